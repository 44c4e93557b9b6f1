"""Leakage: rows that give away what a model is measured by, or that one split has from another."""
