"""Together's own dialects."""
