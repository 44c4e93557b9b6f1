"""Fireworks' own dialects."""
