"""Duplicates: which tracks may be the same recording, with the evidence, for people to decide.

Nothing is ever merged, hidden or deleted here.
"""
