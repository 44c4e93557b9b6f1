"""Identifiers that give themselves away by their shape: UUIDs, long hexadecimal numbers, random letters and digits."""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from ftprep.privacy.identifier_context import (
    in_code_line,
    is_of_code,
    is_of_product,
    is_placeholder,
    without_code,
    words,
)
from ftprep.privacy.identifier_labels import normal_form
from ftprep.privacy.value import Grade, Value

UUID = r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
HEX_LENGTHS = (24, 32, 40, 64)
RANDOM_LENGTHS = (20, 64)
RANDOM_ENTROPY = 3.9  # bits per character
_PREFIXED = r"[A-Z]{2,6}(?:-\d{2,10}){1,3}"

# Printed in standards and manuals as examples of the shape.
_KNOWN = frozenset((
    "550E8400E29B41D4A716446655440000", "123E4567E89B12D3A456426614174000", "123E4567E89B12D3A456426655440000",
    "F81D4FAE7DEC11D0A76500A0C91E6BF6", "6BA7B8109DAD11D180B400C04FD430C8", "507F1F77BCF86CD799439011",
))  # fmt: skip
# Of standards, records, products and places, never of somebody's matter.
_PUBLIC = words(
    "ISO IEC RFC CVE CWE UTF SHA IEEE ANSI DIN EN BS ASTM MIL STD FIPS NIST ISBN ISSN GPT AES RSA HTTP USB EAN UPC GTIN"
    " NASA NGC HD HIP GSC MS KB PEP JSR CAS PMID UCS JIS GB TS TR ECE EU EC EEC SAE API DSM ICD NCT HR SB AB COVID SARS"
    " EPA OSHA NFPA UL CE FCC FDA TIA EIA PCI DDR LGA AM BGA RTX GTX GSM ITU ETSI ASIN MPN SKU PN TM"
)
_STATES = words(
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA"
    " RI SC SD TN TX UT VT VA WA WV WI WY DC PR"
)
_ZIP = re.compile(r"[A-Z]{2}-\d{5}\Z")


@functools.cache
def _pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![A-Za-z0-9_#@+/=.\\-])(?:(?P<uuid>{UUID})|(?P<prefixed>{_PREFIXED})|(?P<long>[A-Za-z0-9]{{20,64}}))"
        r"(?![A-Za-z0-9_@+/=\\-]|[.,]\d)"
    )


_PARTS = re.compile(r"[A-Z]-\d|-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-|[A-Za-z0-9]{20}")


def has_shape(text: str) -> bool:
    """Whether ``text`` holds a part that every identifier with a shape has."""
    return _PARTS.search(text) is not None


def opaque(text: str, *, payload: bool) -> Iterator[Value]:
    """The identifiers that ``text`` holds by their shape, in order; a ``payload`` is JSON, and no code."""
    quiet = text if payload else without_code(text)
    for match in _pattern().finditer(quiet):
        start, end = match.span()
        written = match.group()
        kind = match.lastgroup
        found = _uuid(written) if kind == "uuid" else _prefixed(written) if kind == "prefixed" else _random(written)
        if not found or (not payload and in_code_line(quiet, start, end)):
            continue
        if kind == "prefixed" and is_of_product(quiet, start, end):
            continue
        if kind == "long" and is_of_code(quiet, start, end):
            continue
        yield Value(start, end, found, "IDS002", normal_form(written), Grade.REAL)
    if quiet is not text:  # an address may lead to somebody's page
        yield from _in_addresses(text, quiet)


def _in_addresses(text: str, quiet: str) -> Iterator[Value]:
    from ftprep.text.markdown import mask_code

    prose = mask_code(text)
    for match in re.finditer(rf"(?<![A-Za-z0-9-]){UUID}(?![A-Za-z0-9-])", prose):
        start, end = match.span()
        if quiet[start:end].isspace() and _uuid(match.group()) and not in_code_line(prose, start, end):
            yield Value(start, end, "UUID", "IDS002", normal_form(match.group()), Grade.REAL)


def _uuid(written: str) -> str:
    bare = written.replace("-", "").upper()
    if bare in _KNOWN or _is_dull(bare) or bare[:8] in ("12345678", "00000000", "AAAAAAAA", "DEADBEEF"):
        return ""
    return "UUID"


def _prefixed(written: str) -> str:
    prefix, _, rest = written.partition("-")
    digits = rest.replace("-", "")
    if len(digits) < 5 or prefix in _PUBLIC or is_placeholder(written):
        return ""
    if _ZIP.match(written) and prefix in _STATES:
        return ""
    return "ID"


def _random(written: str) -> str:
    if not any(map(str.isdigit, written)) or written.isdigit():
        return ""
    low = written.lower()
    if len(written) in HEX_LENGTHS and written in (low, written.upper()) and not low.strip("0123456789abcdef"):
        letters = sum(map(str.isalpha, written))
        if low.upper() in _KNOWN or _is_dull(low) or letters < 4 or len(written) - letters < 4:
            return ""
        return "HEX"
    upper, lower = written.upper() != written and low != written, any(map(str.islower, written))
    if not upper or not lower or entropy(written) < RANDOM_ENTROPY:
        return ""
    switches = sum(_class(one) != _class(other) for one, other in pairwise(written))
    return "TOKEN" if 2.5 * switches >= len(written) else ""


def _class(character: str) -> int:
    return 0 if character.isdigit() else 1 if character.isupper() else 2


def _is_dull(bare: str) -> bool:
    """Whether a hexadecimal number was typed, not drawn: few different digits, or digits in their order."""
    steps = sum((ord(other) - ord(one)) in (0, 1) for one, other in pairwise(bare))
    return len(set(bare)) < 7 or 2 * steps > len(bare)


def entropy(text: str) -> float:
    """Shannon entropy of the characters of ``text``, in bits per character."""
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())
