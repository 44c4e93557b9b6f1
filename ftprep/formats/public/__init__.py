"""Shapes of public datasets, which many tools read."""
