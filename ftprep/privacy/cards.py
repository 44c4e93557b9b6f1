"""Payment cards: issuer prefixes with their lengths, the check digit, and numbers that are made for tests."""

from __future__ import annotations

import re

from ftprep.privacy import context
from ftprep.privacy.phones import CLUSTER

# Prefix ranges and lengths, from the public tables of issuer identification numbers (ISO/IEC 7812).
_ISSUERS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (4, 4, (13, 16, 19)),  # Visa
    (51, 55, (16,)),  # Mastercard
    (2221, 2720, (16,)),
    (34, 34, (15,)),  # American Express
    (37, 37, (15,)),
    (300, 305, (14, 16)),  # Diners Club
    (309, 309, (14, 16)),
    (36, 36, (14, 16, 19)),
    (38, 39, (14, 16, 19)),
    (6011, 6011, (16, 19)),  # Discover
    (644, 649, (16, 19)),
    (65, 65, (16, 19)),
    (3528, 3589, (16, 17, 18, 19)),  # JCB
    (2131, 2131, (15,)),
    (1800, 1800, (15,)),
    (622126, 622925, (16, 17, 18, 19)),  # UnionPay
    (624, 626, (16, 17, 18, 19)),
    (6282, 6288, (16, 17, 18, 19)),
    (81, 81, (16, 17, 18, 19)),
    (5018, 5018, (12, 13, 14, 15, 16, 17, 18, 19)),  # Maestro
    (5020, 5020, (12, 13, 14, 15, 16, 17, 18, 19)),
    (5038, 5038, (12, 13, 14, 15, 16, 17, 18, 19)),
    (5893, 5893, (12, 13, 14, 15, 16, 17, 18, 19)),
    (6304, 6304, (12, 13, 14, 15, 16, 17, 18, 19)),
    (6759, 6759, (12, 13, 14, 15, 16, 17, 18, 19)),
    (6761, 6763, (12, 13, 14, 15, 16, 17, 18, 19)),
    (2200, 2204, (16, 17, 18, 19)),  # Mir
    (60, 60, (16,)),  # RuPay
    (508, 508, (16,)),
    (979200, 979289, (16,)),  # Troy
)
LEAST_DIGITS, MOST_DIGITS = 12, 19

# Cards that payment providers publish for tests; nobody owns them.
_TEST_CARDS_TEXT = (
    "4242424242424242 4000056655665556 5555555555554444 2223003122003222 5200828282828210 5105105105105100"
    " 378282246310005 371449635398431 6011111111111117 6011000990139424 6011981111111113 3056930009020004"
    " 36227206271667 30569309025904 38520000023237 6555900000604105 3566002020360505 3530111333300000 6200000000000005"
    " 6200000000000047 6205500000000000004 4111111111111111 4012888888881881 4222222222222 5019717010103742"
    " 6331101999990016 4000000000000002 4000000000009995 4000000000000069 4000000000000127 4000000000000119"
    " 4000000000000077 4000000000000341 4000002500003155 4000002760003184 4000008260003178 4000003800000446"
    " 5454545454545454 4444333322221111 4917610000000000 6759649826438453 4532015112830366 4539578763621486"
    " 4716059250198440 5425233430109903 374245455400126 378734493671000 5610591081018250 4917484589897107"
)
_TEST_CARDS = frozenset(_TEST_CARDS_TEXT.split())
# How the digits are grouped on cards and in letters, one string of group lengths each.
_GROUPINGS_TEXT = "4444 465 464 44443 445 4441 88 664 456 4443 4442 44441 44442 444 474 4445 4446"
_GROUPINGS = frozenset(tuple(map(int, word)) for word in _GROUPINGS_TEXT.split())
_PARTS = re.compile(r"\d+|\D+")


def passes_check(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (Luhn)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit)
        if place % 2:
            number = number * 2 - 9 * (number > 4)
        total += number
    return total % 10 == 0


def may_have_issuer(digits: str) -> bool:
    """Whether a number begins with a digit that card schemes use; enough where a word says that it is a card."""
    return digits[0] in "234568" or digits[:2] == "18"


def has_issuer(digits: str) -> bool:
    """Whether a number begins like those of an issuer, and has one of the lengths of its cards."""
    return any(
        len(digits) in lengths and first <= int(digits[: len(str(first))]) <= last for first, last, lengths in _ISSUERS
    )


def is_test_card(digits: str) -> bool:
    """Whether a number is published for tests, or hardly has different digits."""
    return digits in _TEST_CARDS or len(set(digits)) <= 3 or digits.count("0") >= len(digits) - 5


def spans(text: str) -> list[tuple[int, int]]:
    """The card numbers of a text: one issuer's prefix and length, usual groups, one kind of separator, check digit."""
    found = []
    for cluster in CLUSTER.finditer(text):
        if sum(map(str.isdigit, cluster[0])) >= LEAST_DIGITS:
            found += _in_cluster(text, *cluster.span())
    return found


def _in_cluster(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The card numbers inside one cluster of digits, which may have other numbers before and after."""
    parts = [(match[0], match.start() + start) for match in _PARTS.finditer(text[start:end])]
    digits = parts[0::2]
    gaps = [part for part, _ in parts[1::2]]
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(digits):
        taken = 0
        for count in range(min(len(digits) - first, 5), 0, -1):
            groups = [part for part, _ in digits[first : first + count]]
            if len({*gaps[first : first + count - 1]}) <= 1 and _is_card(text, groups, gaps[first : first + 1], count):
                place = (digits[first][1], digits[first + count - 1][1] + len(groups[-1]))
                if _stands_alone(text, *place, "".join(groups), count):
                    found.append(place)
                    taken = count
                    break
        first += taken or 1
    return found


def _is_card(text: str, groups: list[str], gap: list[str], count: int) -> bool:
    number = "".join(groups)
    if not LEAST_DIGITS <= len(number) <= MOST_DIGITS or not number.isascii():
        return False
    if count > 1 and (gap[0] not in _SEPARATORS or tuple(map(len, groups)) not in _GROUPINGS):
        return False
    return may_have_issuer(number) and passes_check(number)


_SEPARATORS = frozenset((" ", "-", ".", "\xa0", "\u2009", "\u202f", "\u2010", "\u2011", "\u2012", "\u2013"))
_TOUCHES_BEFORE = re.compile(r"(?:[^\W_]|[.,]|[^\W_][-_/])\Z")
_TOUCHES_AFTER = re.compile(r"[^\W_]|[.,]\d|[-_/][^\W_]")


def _stands_alone(text: str, start: int, end: int, number: str, count: int) -> bool:
    """Whether a number is no part of a longer token or sum; one that could be many things needs a word for cards."""
    if _TOUCHES_BEFORE.search(text[max(start - 3, 0) : start]) or _TOUCHES_AFTER.match(text[end : end + 2]):
        return False
    if text[max(start - 3, 0) : start].rstrip(" (").endswith("+") or context.in_arithmetic(text, start, end):
        return False
    if context.says("card", text, start, end, 80, 40):
        return True
    if not has_issuer(number) or (count == 1 and (len(number) not in (14, 15, 16) or number[0] in "1289")):
        return False
    return not context.says("book", text, start, end, before=24, after=0)
