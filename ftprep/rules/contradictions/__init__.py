"""Contradictions: one prompt, answers that cannot both be right."""
