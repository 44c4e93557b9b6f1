"""Mistral's own dialects."""
