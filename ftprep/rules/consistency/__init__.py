"""Rules about answers and prompts of one task that are written in several ways."""
