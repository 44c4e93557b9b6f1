"""Rules about personal data in texts."""
