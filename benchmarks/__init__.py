"""Benchmarks: ratios and latencies of what the window and the command line call."""

import srcnn_gui  # noqa: F401  it says how PySide6 is to be imported, which comes after it
