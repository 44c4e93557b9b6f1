"""Rows that one split has from another."""
