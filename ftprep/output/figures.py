"""Numbers as people read them."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """``1 record``, ``1,204 records``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def percent(share: float, digits: int = 2) -> str:
    """A share from 0 to 1 as ``0.30 %``; one too small for that as ``<0.01 %``."""
    least = 10.0**-digits
    if 0 < share * 100 < least:
        return f"<{least:.{digits}f} %"
    return f"{share * 100:.{digits}f} %"


def short(number: int) -> str:
    """``950``, ``61.2k``, ``61.2M``: three digits are enough."""
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return str(number)


def file_size(size: int) -> str:
    """Bytes as ``812 bytes``, ``9.1 kB``, ``182 MB`` (decimal units)."""
    for least, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= least:
            value = size / least
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return count(size, "byte")


def duration(seconds: float) -> str:
    """``9.8 s``, ``3 min 12 s``."""
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
