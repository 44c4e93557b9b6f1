"""Drift: how the rows of a run differ from a sample of production."""
