"""Secrets that only their field gives away: ``api_key = "..."``, ``password: ...``."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from itertools import pairwise

from ftprep.privacy.secret_proofs import character_classes, entropy, is_placeholder, is_weak_password, says_placeholder

ANY_CASE = (
    *(
        "apikey",
        "api_key",
        "api-key",
        "api key",
        "secret",
        "passw",
        "passphrase",
        "passcode",
        "pwd",
        "_token",
        "-token",
    ),
    *("authtoken", "accesstoken", "auth token", "access token", "access_key", "accesskey", "access key", "private_key"),
    *("privatekey", "token_", "_key", "credential", "token:", "token=", 'token"', "token'", "token is"),
)
"""One of them stands, in whatever case, in every text with a field that is looked at."""

_LEAST_KEY, _LEAST_PASSWORD, _MOST_PASSWORD = 16, 8, 64
_KEY_BITS, _HEX_BITS, _PASSWORD_BITS = 3.5, 3.0, 2.75


@functools.cache
def _field() -> re.Pattern[str]:
    """A field and what it holds, ``quoted`` or ``bare``. Quotes may be escaped, as in JSON inside a string."""
    return re.compile(
        r"(?i)(?<![A-Za-z0-9])(?P<field>(?:(?:api|access|secret|private|auth|client|bearer|master) )?"
        r"(?:[A-Za-z0-9]{1,24}[_.-]){0,4}[A-Za-z0-9]{0,16}?(?:pass(?:word|wd|phrase|code)|pwd"
        r"|key|secret|token|credentials?)"
        r"(?:[_-][A-Za-z0-9]{1,12}){0,2})"
        r"\\*[\"'`]?[\])]?(?:\*\*)?(?:\s{0,4}(?::=|=>|[:=])\s{0,4}|\s{1,2}(?:is|was|ist|es|est)[: ]\s{0,2})"
        r"(?:\*\*\s{0,2})?"
        r"\\*(?:[\"'`](?P<quoted>[^\s\"'`\\<>]{8,200})\\*[\"'`]|(?P<bare>[^\s\"'`\\<>,;]{8,200}))"
    )


# Fields, without what joins their words, whose value opens nothing or is meant to be seen.
_HARMLESS = re.compile(
    r"hash|digest|salt|encrypted|public|publish|csrf|xsrf|page|next|prev|cursor|continu|sync|max|min|count|num|total|limit"
    r"|type|name|length|size|field|index|url|uri|path|file|policy|hint|reset|forgot|expir|primary|foreign|sort|idempot"
    r"|strength|regex|pattern|column|table|label|class|input|format|special|mask|pad|eos|bos|unk|sep|stop|vocab"
)
_OPENS = re.compile(
    r"secret|(?:api|access|private|auth|client|sign(?:ing)?|encryption|service|account|master|storage|license)key"
    r"|token|credential"
)
_PASSWORD = re.compile(r"pass(?:word|wd|phrase|code)|pwd")


def assigned(text: str) -> Iterator[tuple[int, int, str]]:
    """The secrets that stand in fields: start, end, and what kind of field it is."""
    folded = text.lower()
    if not any(word in folded for word in ANY_CASE):
        return
    for match in _field().finditer(text):
        field = re.sub(r"[^a-z]", "", match["field"].lower())
        if _HARMLESS.search(field):
            continue
        quoted = match["quoted"] is not None
        start, end = match.span("quoted" if quoted else "bare")
        value = text[start:end]
        if not quoted:
            value = value.rstrip(".)]}!?:*_")
            end = start + len(value)
        if _PASSWORD.search(field):
            if _is_password(value, quoted):
                yield start, end, "password"
        elif _OPENS.search(field) and _is_key(value):
            yield start, end, "secret"


# Code, addresses, variables, dotted names, colours, hashes of passwords.
_CODE = re.compile(
    r"^[$%@&*#]?[{(\[]|\$\{|\{\{|%[sd(]|\(\)|[\w\])]\(|\[[\"'\w]+\]|://|^[./~]|->|::|^\$(?:\w+$|2[aby]?\$)"
    r"|^[A-Za-z_]+(?:[._-][A-Za-z_]+)+\d*$|^[a-z]\w*(?:\.[A-Za-z]\w*)+$|^#[0-9a-fA-F]{3,8}$|[)\]}];?$"
)
_NO_KEY = re.compile(r"[^A-Za-z0-9_+/=.~-]")
_HEX = re.compile(r"[0-9a-fA-F-]+")


def _is_password(value: str, quoted: bool) -> bool:
    """Whether a value looks like a password that somebody uses, and not like code or an example."""
    if not _LEAST_PASSWORD <= len(value) <= _MOST_PASSWORD or not value.isascii() or _CODE.search(value):
        return False
    if not quoted and ("=" in value or "/" in value):
        return False
    if character_classes(value) < 3 or not any(map(str.isdigit, value)) or entropy(value) < _PASSWORD_BITS:
        return False
    return not is_weak_password(value) and not says_placeholder(value)


def _is_key(value: str) -> bool:
    """Whether a value is random enough for a key: letters and digits, mixed as in no name."""
    if len(value) < _LEAST_KEY or _NO_KEY.search(value) or value.count(".") > 2 or is_placeholder(value):
        return False
    digits = sum(map(str.isdigit, value))
    if digits < max(2, len(value) // 16) or not any(map(str.isalpha, value)):
        return False
    bits = _HEX_BITS if _HEX.fullmatch(value) else _KEY_BITS
    return _switches(value) >= len(value) // 5 and entropy(value) >= bits


def _switches(value: str) -> int:
    """How often neighbours are of different classes: letters in lower and upper case, digits."""
    kinds = ["d" if one.isdigit() else "u" if one.isupper() else "l" for one in value if one.isalnum()]
    return sum(before != after for before, after in pairwise(kinds))
