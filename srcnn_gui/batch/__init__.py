"""Enlarging many pictures: a queue, one setting for all, and what becomes of each."""
