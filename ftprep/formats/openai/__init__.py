"""Rows as OpenAI reads them, and the platforms that follow it."""
