"""Bytes and JSON: what no reader could load."""
