"""Rows that are nearly the same: shingles, candidates, exact similarity, and what a difference means."""
