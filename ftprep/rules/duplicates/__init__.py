"""Repetition inside a dataset."""
