"""What surrounds an identifier, or stands in its place: placeholders, code, talk about code, checksums, parts."""

from __future__ import annotations

import functools
import re

_RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz")
_NEAR_BEFORE, _NEAR_BEHIND = 90, 50


def words(text: str) -> frozenset[str]:
    """The words of ``text``."""
    return frozenset(text.split())


def is_sequence(value: str) -> bool:
    """Whether a value was typed as an example: ``12345``, ``ORD-98765``, ``ABC123``."""
    digits = re.sub(r"\D", "", value)
    letters = re.sub(r"[^A-Za-z]", "", value).lower()
    digits = digits.lstrip("0") if len(digits.lstrip("0")) >= 3 else digits
    if len(digits) >= 3 and any(digits in run for run in _RUNS) and (len(letters) <= 5 or letters in _RUNS[2]):
        return True
    return len(letters) >= 3 and letters in _RUNS[2] and len(digits) <= 3


def is_dull(value: str) -> bool:
    """Whether a value was left open: ``00000``, ``XXX-1234``."""
    digits = re.sub(r"\D", "", value)
    letters = re.sub(r"[^A-Za-z]", "", value).lower()
    return (len(digits) >= 4 and len(set(digits)) == 1) or (len(letters) >= 3 and set(letters) == {"x"})


def is_placeholder(value: str) -> bool:
    """Whether a value stands for any value."""
    return is_sequence(value) or is_dull(value)


_CODE_TALK = re.compile(
    r"\b(?:commits?|committed|git|github|gitlab|revisions?|rev|merged?|branch|checkout|cherry-?pick|rebase|diff|blob"
    r"|bisect|changeset|HEAD|docker|container|image id|build)\b",
    re.IGNORECASE,
)
_CHECKSUM = re.compile(
    r"\b(?:md5|sha-?\d*|sha\d+sum|md5sum|blake\w*|xxh\w*|crc\d*|checksums?|digests?|hash(?:es|ed|ing)?|fingerprints?|etag|integrity"
    r"|hex(?:adecimal)?|base-?(?:16|32|58|62|64)|encod\w+|decod\w+|encrypt\w*|decrypt\w*|cipher\w*|bytes?|binary"
    r"|bitcoin|ethereum|wallet|txid|blockchain|nonce|salt|uuids?|guids?)\b",
    re.IGNORECASE,
)
_PUBLICATION = re.compile(r"\b(?:isbn|issn|doi|arxiv|pmid|pmcid|asin|lccn|oclc|patent)\b", re.IGNORECASE)
_PART = re.compile(
    r"\b(?:models?|parts?|skus?|catalog(?:ue)?|products?|items?|style|colou?rs?|compatible|engines?|processors?|chips?"
    r"|motors?|sensors?|cartridges?|batter(?:y|ies)|filters?|valves?|standards?|spec(?:ification)?s?|versions?|firmware"
    r"|drivers?|series|edition|grade|resistors?|bearings?|tyres?|tires?|cameras?|printers?|laptops?|zip|postal)\b",
    re.IGNORECASE,
)
_CODE_LINE = re.compile(
    r"[;{}\\]\s*$|^\s*(?:def|let|var|const|import|from|function|class|return|print|echo|sudo|kubectl|git|curl|wget|\$|>>>"
    r"|//|#!|<!--|/\*|\*/|@\w|GET|POST|PUT|DELETE|PATCH|HTTP|SELECT|INSERT|UPDATE|export|assert)(?:\W|$)"
    r"|^\s*[\w.$\[\]\"']+\s?(?:=|\+=|:=|=>)\s?\S|\w\([^)\s]*\)|</?\w+[^>]*>\s*$|[^=]==[^=]",
)


def is_payload(text: str) -> bool:
    """Whether a text is JSON as a whole, as arguments of calls and results of tools are."""
    first, last = text.lstrip()[:1], text.rstrip()[-1:]
    return first + last in ("{}", "[]") and '":' in text.replace('" :', '":')


@functools.lru_cache(maxsize=8)
def without_code(text: str) -> str:
    """``text`` with spaces in the place of code and web addresses."""
    if "`" not in text and "~~~" not in text and "://" not in text and "www." not in text:
        return text
    from ftprep.text.markdown import mask_addresses, mask_code

    return mask_addresses(mask_code(text))


def in_code_line(text: str, start: int, end: int) -> bool:
    """Whether the line of characters ``start`` to ``end``, without them, looks like code."""
    low = text.rfind("\n", 0, start) + 1
    high = text.find("\n", end)
    high = len(text) if high < 0 else high
    line = text[max(low, start - 400) : start] + "0" + text[end : min(high, end + 400)]
    return bool(_CODE_LINE.search(line))


def _near(text: str, start: int, end: int) -> str:
    return text[max(start - _NEAR_BEFORE, 0) : start] + " \x00 " + text[end : end + _NEAR_BEHIND]


def is_of_code(text: str, start: int, end: int) -> bool:
    """Whether the talk around a hash is about code, a checksum, an encoding or a publication."""
    near = _near(text, start, end)
    return bool(_CODE_TALK.search(near) or _CHECKSUM.search(near) or _PUBLICATION.search(near))


def is_of_product(text: str, start: int, end: int) -> bool:
    """Whether the talk around a number is about a product, a part, a standard or a publication."""
    near = _near(text, start, end)
    return bool(_PART.search(near) or _PUBLICATION.search(near))
