"""Made-up values from ranges that nobody has: addresses at example.com, 555-01xx, cards that fail their checksum.

A value is made from its normal form by a keyed hash, so it is the same in every file, and written as it was: with its
blanks and hyphens. Kinds without a reserved range have none and get a placeholder; so do identifiers and secrets.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator

_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")  # RFC 5737
_SHORTEST_CARD = 12


def surrogate(kind: str, normal: str, written: str, seed: str) -> str | None:
    """The made-up value in the place of ``written``; None for kinds that get a placeholder."""
    make = _MAKERS.get(kind)
    if make is None:
        return None
    return make(written, _numbers(f"{kind}\0{normal}", seed))


def _numbers(value: str, seed: str) -> Iterator[int]:
    """Endless numbers below 256 from a value and the seed."""
    count = 0
    while True:
        key = f"{seed}\0{count}".encode("utf-8", "surrogatepass")
        yield from hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        count += 1


def _digits(numbers: Iterator[int], count: int) -> list[int]:
    return [next(numbers) % 10 for _ in range(count)]


def _email(written: str, numbers: Iterator[int]) -> str:
    return "user" + "".join(f"{next(numbers):02x}" for _ in range(5)) + "@example.com"


def _phone(written: str, numbers: Iterator[int]) -> str:
    count = sum(map(str.isdigit, written))
    area = [2 + next(numbers) % 8, next(numbers) % 8, next(numbers) % 10]
    if area[1] == 1 and area[2] == 1:  # 211, 311 … are services
        area[2] = 2
    number = [*area, 5, 5, 5, 0, 1, *_digits(numbers, 2)]
    if count == 7:
        return _filled(written, number[3:])
    if count == 10 and not written.lstrip().startswith("+"):
        return _filled(written, number)
    if count == 11 and re.sub(r"\D", "", written)[0] == "1":
        return _filled(written, [1, *number])
    text = "".join(map(str, number))
    return f"+1-{text[:3]}-{text[3:6]}-{text[6:]}"


def _card(written: str, numbers: Iterator[int]) -> str:
    first = int(next((one for one in written if one.isdigit()), "4"))
    count = sum(map(str.isdigit, written))
    digits = [first, *_digits(numbers, count - 1)]
    while _holds_card(digits):  # one in five does not
        digits = [first, *_digits(numbers, count - 1)]
    return _filled(written, digits)


def _holds_card(digits: list[int]) -> bool:
    """Whether the checksum of a card holds for these digits, or for a part of them that is as long as a card."""
    count = len(digits)
    return any(
        _luhn(digits[start:end])
        for start in range(count - _SHORTEST_CARD + 1)
        for end in range(start + _SHORTEST_CARD, count + 1)
    )


def _luhn(digits: list[int]) -> bool:
    doubled = (digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _address(written: str, numbers: Iterator[int]) -> str:
    if ":" in written:
        groups = ":".join(f"{next(numbers):x}{next(numbers):02x}" for _ in range(2))
        return f"2001:db8::{groups}"  # RFC 3849
    return f"{_NETWORKS[next(numbers) % 3]}.{1 + next(numbers) % 254}"


def _filled(written: str, digits: list[int]) -> str:
    """``written`` with other digits, one after the other."""
    left = iter(digits)
    return "".join(str(next(left)) if one.isdigit() else one for one in written)


_MAKERS: dict[str, Callable[[str, Iterator[int]], str]] = {
    "EMAIL": _email,
    "PHONE": _phone,
    "CARD": _card,
    "IP": _address,
}
