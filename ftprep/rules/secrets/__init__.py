"""Secrets: keys, passwords and tokens that open something, and that a model would learn by heart."""
