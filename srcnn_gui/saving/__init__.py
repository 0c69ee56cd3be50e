"""Saving a result: what is asked, what it costs, and the job that does it."""
