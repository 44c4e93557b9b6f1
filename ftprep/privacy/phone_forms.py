"""One telephone number in its forms: with the prefix of its country, with the zero of its own, and with neither."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NO_DIGIT = re.compile(r"\D+")
_LEAST_DIGITS = 7


def national_number(written: str) -> str:
    """The digits of a number without any prefix; "" where there are none."""
    return _parts(written)[1]


def forms_of_phone(written: str) -> Iterator[str]:
    """The digits of a number in the forms in which it may stand elsewhere."""
    country, national = _parts(written)
    if len(national) < _LEAST_DIGITS:
        return
    yield national
    if country != "1":
        yield f"0{national}"
    if country:
        yield f"{country}{national}"
        yield f"00{country}{national}"
        yield f"{country}0{national}"  # +49 (0)30 ...


def _parts(written: str) -> tuple[str, str]:
    """The prefix of the country, where it is known, and the number behind it."""
    digits = _NO_DIGIT.sub("", written)
    if written.lstrip(" (").startswith("+") or digits.startswith("00"):
        import phonenumbers

        try:
            parsed = phonenumbers.parse(f"+{digits.removeprefix('00')}", None)
        except phonenumbers.NumberParseException:
            return "", digits.lstrip("0")
        return str(parsed.country_code), str(parsed.national_number)
    if len(digits) == 11 and digits[0] == "1":
        return "1", digits[1:]
    return "", digits.lstrip("0")
