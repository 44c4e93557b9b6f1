"""Drift: training data that is unlike the rows of production."""
