"""What tells a secret from what only has its shape: checksums, contents that decode, entropy, words of placeholders."""

from __future__ import annotations

import base64
import binascii
import functools
import json
import math
import re
import zlib
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

# What people write in the place of a secret. Five letters and more occur in a random key hardly ever.
_PLACEHOLDER = (
    r"example|placeholder|dummy|sample|redacted|change.?me|replace|insert|your[_-]?|fake|mock|secret|password|passwd|hidden"
    r"|foobar|foo[_-]?bar|test|demo|token|api.?key|here$|lorem|my[_-](?:key|pass)|abcdef|qwerty|12345|98765|asdf|deadbeef|xxxx"
)
_RUNS = r"(.)\1{4}|[xX*.#0•…]{4}|\.\.\."
_MARKS = r"[<>{}$*…•\[\]]|%[sd({]"


def entropy(text: str) -> float:
    """Bits per character that the frequencies of its characters leave."""
    size = len(text)
    return -sum(times / size * math.log2(times / size) for times in Counter(text).values()) if size else 0.0


@functools.cache
def _words(marks: str = "") -> re.Pattern[str]:
    return re.compile(rf"(?i:{_PLACEHOLDER})|{_RUNS}{marks}")


def says_placeholder(text: str) -> bool:
    """Whether a text of any characters says that it stands for a secret: in words, or as ``xxxx`` or ``abcdef``."""
    return _words().search(text) is not None or _longest_sequence(text) >= 6


def is_placeholder(text: str) -> bool:
    """The same of a key, which has no brackets either: ``YOUR_KEY``, ``xxxx``, ``<token>``, ``abcdef123456``."""
    return _words(f"|{_MARKS}").search(text) is not None or _longest_sequence(text) >= 6


def _longest_sequence(text: str) -> int:
    """Length of the longest run of characters that each follow, or precede, the one before: ``abcd``, ``4321``."""
    points = [ord(one) for one in text.lower()]
    best = up = down = 1
    for before, after in pairwise(points):
        up = up + 1 if after == before + 1 else 1
        down = down + 1 if after == before - 1 else 1
        best = max(best, up, down)
    return best


def is_random(text: str, bits: float) -> bool:
    """Whether a text can be the random part of a key: enough ``bits`` per character, and no placeholder."""
    return entropy(text) >= bits and not is_placeholder(text)


def crc32_holds(token: str) -> bool:
    """Whether the last six characters are the CRC-32 of the others, without the prefix, in base 62 (0-9A-Za-z).

    So GitHub and npm build their tokens: four characters of prefix, thirty of chance, six of checksum.
    """
    body, checksum = token.partition("_")[2][:-6], token[-6:]
    number, digits = zlib.crc32(body.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits.rjust(6, "0") == checksum


def bech32_holds(text: str) -> bool:
    """Whether the checksum of BIP 173 holds: of ``text`` in one case, with a prefix that ends at the last ``1``."""
    prefix, _, data = text.lower().rpartition("1")
    values = [ord(one) >> 5 for one in prefix] + [0] + [ord(one) & 31 for one in prefix]
    if not prefix or any(one not in _BECH32 for one in data):
        return False
    checksum = 1
    for value in values + [_BECH32.index(one) for one in data]:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, factor in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            checksum ^= factor if top >> bit & 1 else 0
    return checksum == 1


def decoded(text: str) -> bytes | None:
    """The bytes that base64 of either alphabet stands for, with or without padding; None where it is none."""
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def json_object(text: str) -> dict[str, Any] | None:
    """The JSON object that base64 stands for, or None."""
    raw = decoded(text)
    if raw is None:
        return None
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _is_macaroon(token: str) -> bool:
    content = decoded(token.removeprefix("pypi-"))
    return content is not None and b"pypi.org" in content[:64]


def _is_discord_token(token: str) -> bool:
    number = decoded(token.partition(".")[0])
    return number is not None and number.isdigit() and 17 <= len(number) <= 20 and is_random(token[-27:], 3.3)


def _is_intercom_token(token: str) -> bool:
    content = decoded(token)
    return content is not None and content.startswith(b"tok:")


def _is_mapbox_token(token: str) -> bool:
    content = json_object(token.partition(".")[0])
    return content is not None and "u" in content


PROOFS: dict[str, Callable[[str], bool]] = {
    "crc32": crc32_holds,
    "bech32": bech32_holds,
    "macaroon": _is_macaroon,
    "discord": _is_discord_token,
    "intercom": _is_intercom_token,
    "mapbox": _is_mapbox_token,
}


# --- passwords ----------------------------------------------------------------------------------------------------

_COMMON = re.compile(
    r"(?i)p[a4@]s+(?:w[o0]?r?d?|wd|phrase)?|pwd|passwort|contrase|s[e3]cr[e3]t|adm[i1]n|r[o0]{2}t|t[e3]st|us[e3]r|gu[e3]st|demo"
    r"|w[e3]lc[o0]m[e3]|l[e3]tm[e3]|qwert|hunter2|changeme|example|foo|bar|abc|123|default|dummy|hello|monkey|dragon"
    r"|postgres|mysql|mongo|redis|rabbit|username|login|token|api|key|value|string|null|none|undefined|true|false|my|your|new|old|temp"
    r"|s[e3]cur[e3]|str[o0]ng|sup[e3]r|saf[e3]|random|unique|compl[e3]x|summer|winter|spring|autumn|sunshine|20\d\d|tr[o0]ub|dor"
)


def is_weak_password(text: str) -> bool:
    """Whether what is left of a password without the words that stand in examples is too little to guess."""
    rest = _COMMON.sub("", text)
    letters, digits = re.sub(r"[^A-Za-z]", "", text), re.sub(r"\D", "", text)
    if _longest_sequence(letters) >= 5 or _longest_sequence(digits) >= 5:  # as in A1b2C3d4E5
        return True
    return len(re.sub(r"[\W_]+", "", rest)) < 5 or len(set(rest.lower())) < 4


def character_classes(text: str) -> int:
    """How many of the four there are: lower case, upper case, digits, other characters."""
    return sum(
        (any(map(str.islower, text)), any(map(str.isupper, text)), any(map(str.isdigit, text)), not text.isalnum())
    )


def switches(value: str) -> int:
    """How often neighbours are of different classes: letters in lower and upper case, digits."""
    kinds = ["d" if one.isdigit() else "u" if one.isupper() else "l" for one in value if one.isalnum()]
    return sum(before != after for before, after in pairwise(kinds))
