"""Rows as Google reads them for tuning Gemini."""
