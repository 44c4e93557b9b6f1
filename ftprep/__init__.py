"""ftprep: the linter and preparation toolkit for fine-tuning data."""

from __future__ import annotations

__version__ = "0.1.0"
