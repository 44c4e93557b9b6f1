"""Prose: what is wrong with a text as a text."""
