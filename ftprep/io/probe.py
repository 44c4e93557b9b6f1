"""x"""

from __future__ import annotations


class Probe:
    pass
