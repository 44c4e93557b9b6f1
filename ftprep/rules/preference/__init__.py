"""Preference pairs: two answers to one prompt."""
