"""Personal data in the short texts that are shown: the same verdicts as elsewhere, without a pass of numpy for each.

The search begins at the neighbourhoods of anchors, and finds these by numpy, which pays for a shard and not for a line.
Here a regular expression per group says first whether a text has such a neighbourhood at all; it may say so too often.
Nothing else is imported for a text without any.
"""

from __future__ import annotations

import re

from ftprep.privacy.value import Value

_HEX = "[0-9A-Fa-f]"
_MAY_HAVE: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "at": r"@\w|@[^\x00-\x7f]",
        "iban": r"[^\W\d_]{2}\d\d",
        "wallet": r"[^\W_]{26}",
        "mac": rf"{_HEX}[:-]{_HEX}{{2}}[:-]{_HEX}|{_HEX}\.{_HEX}{{4}}\.{_HEX}",
        "ipv4": r"\d\.\d{1,3}\.\d{1,3}\.\d",
        "ipv6": r"::|:[^:]{0,4}:[^:]{0,4}:",
        "phone": r"\d(?:[^A-Za-z\d]{0,4}\d){6}",
        "card": r"\d(?:[^A-Za-z\d]{0,4}\d){11}",
        "digits": r"\d(?:[^A-Za-z\d]{0,4}\d){5}",
        "coded": r"(?<![^\W_])(?=[^\W_]{8})(?:[^\W\d_]+\d|\d+[^\W\d_])",
        "house": r"\d[^\W\d_]?(?:, ?| )(?:[^a-z]|ru|av|bo|bd|qu|ch|al|im|pl|ro|co)",
        "date": r"(?:19|20)\d\d|\d[^\w\s]\d{1,2}[^\w\s]\d|\d[ .]+\d{1,2}[ .]+\d",
    }.items()
}
_BIRTH = re.compile(
    r"(?i)birth|born|b-?day|d\.?o\.?b|geb|naiss|nac|nasc|n[ée]e?\b|f[öø]d|nat[oa]|synty|urodz|naroz|do[gğ]um|рожд|родил"
    r"|出生|生年|생년"
)
_LEAST = 6  # characters of any personal data


def personal_data_in(text: str) -> list[Value]:
    """As :func:`ftprep.privacy.personal.find_in`, with the default regions."""
    if len(text) < _LEAST:
        return []
    names = [name for name, pattern in _MAY_HAVE.items() if pattern.search(text) is not None]
    if "date" in names and _BIRTH.search(text) is None:
        names.remove("date")
    if not names:
        return []
    from ftprep.privacy import detectors
    from ftprep.privacy.anchors import anchors_of
    from ftprep.privacy.candidates import by_text
    from ftprep.privacy.personal import judged

    groups = {name: group for name, group in detectors.GROUPS.items() if name in names or name not in _MAY_HAVE}
    marks = by_text(anchors_of(text), groups)
    return judged(text, marks[0]) if marks else []
