"""Benchmarks: ratios and latencies of what the window and the command line call."""
