"""International bank account numbers: as long as their country makes them, with the right check digits."""

from __future__ import annotations

import re

# Characters of an IBAN by country, from the registry that SWIFT keeps (ISO 13616).
_LENGTHS_TEXT = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28"
    " EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26"
    " IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28"
    " NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25"
    " SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
)
_LENGTHS = {word[:2]: int(word[2:]) for word in _LENGTHS_TEXT.split()}
LONGEST = 80
"""No IBAN is longer with its separators."""
_LEAST_DIGITS = 6  # behind the check digits
_HEAD = re.compile(r"(?<![A-Za-z0-9_/+])([A-Za-z]{2})[ -]?[0-9]{2}(?=[ \u00a0\u202f-]?[A-Za-z0-9])")
_CHARACTER = re.compile(r"[ \u00a0\u202f-]?([A-Za-z0-9])")
_AFTER = re.compile(r"[A-Za-z0-9_/+=]")


def spans(text: str) -> list[tuple[int, int]]:
    """The account numbers of a text, in groups or not, whatever follows behind a blank."""
    found = []
    for head in _HEAD.finditer(text):
        length = _LENGTHS.get(head[1].upper())
        end = None if length is None else _end(text, head.start(), length)
        if end is not None and _passes_check(text[head.start() : end]):
            found.append((head.start(), end))
    return found


def _end(text: str, start: int, length: int) -> int | None:
    """Where so many letters and digits end, single separators aside; None where they do not end there."""
    at = start
    for _ in range(length):
        match = _CHARACTER.match(text, at)
        if match is None:
            return None
        at = match.end()
    return None if _AFTER.match(text, at) is not None else at


def _passes_check(written: str) -> bool:
    plain = re.sub(r"[^A-Za-z0-9]", "", written).upper()
    if sum(map(str.isdigit, plain[4:])) < _LEAST_DIGITS:
        return False
    return int("".join(str(int(one, 36)) for one in plain[4:] + plain[:4])) % 97 == 1
