"""Size in tokens."""
