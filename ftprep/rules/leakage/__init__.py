"""Leakage: rows that give away what a model is measured by."""
