"""Dialects of Axolotl, each told by its keys."""
