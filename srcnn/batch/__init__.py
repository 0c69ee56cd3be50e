"""Enlarging many pictures: what becomes of each, by one program or by many."""
