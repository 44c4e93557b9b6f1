"""Secrets that only their field gives away: ``api_key = "..."``, ``password: ...``."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from ftprep.privacy.secret_proofs import (
    character_classes,
    entropy,
    is_placeholder,
    is_weak_password,
    says_placeholder,
    switches,
)

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
def _assignment() -> re.Pattern[str]:
    """The end of the name of a field, and what it holds, ``quoted`` or ``bare``.

    Quotes may be escaped, as in JSON inside a string.
    """
    return re.compile(
        r"(?i)(?P<field>(?:pass(?:word|wd|phrase|code)|pwd|key|secret|token|credentials?)(?:[_-][a-z0-9]{1,12}){0,2})"
        r"\\*[\"'`]?[\])]?(?:\*\*)?(?:\s{0,4}(?::=|=>|[:=])\s{0,4}|\s{1,2}(?:is|was|ist|es|est)[: ]\s{0,2})"
        r"(?:\*\*\s{0,2})?\\*(?:[\"'`](?P<quoted>[^\s\"'`\\<>…]{8,200})(?:\\*[\"'`…]|(?=\n)|\Z)"
        r"|(?P<bare>[!#-&(-+.-:=?-\[\]-_a-z{-~-]{8,200}))"
    )


_LONGEST_START = 60
_START = re.compile(r"(?i)(?:\b(?:api|access|secret|private|auth|client|bearer|master) )?[a-z0-9_.-]*\Z")


# Words of fields whose value opens nothing or is meant to be seen.
_HARMLESS = frozenset(
    (
        *(
            "hash",
            "hashed",
            "digest",
            "salt",
            "encrypted",
            "public",
            "publishable",
            "csrf",
            "xsrf",
            "nonce",
            "page",
            "next",
        ),
        *(
            "prev",
            "previous",
            "cursor",
            "continuation",
            "sync",
            "max",
            "min",
            "count",
            "num",
            "number",
            "total",
            "limit",
        ),
        *("type", "name", "length", "size", "field", "index", "url", "uri", "path", "file", "policy", "hint", "expiry"),
        *(
            "expires",
            "primary",
            "foreign",
            "sort",
            "partition",
            "idempotency",
            "strength",
            "regex",
            "pattern",
            "column",
        ),
        *(
            "table",
            "label",
            "class",
            "input",
            "format",
            "special",
            "mask",
            "pad",
            "eos",
            "bos",
            "unk",
            "sep",
            "stop",
            "start",
        ),
        *("end", "first", "last", "vocab", "tokenizer", "contract", "address", "arn", "id", "version"),
    )
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
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
    for match in _assignment().finditer(text):
        start = _START.search(text, max(match.start() - _LONGEST_START, 0), match.start())
        words = [one.lower() for one in _WORDS.findall(f"{start[0] if start else ''}{match['field']}")]
        if not _HARMLESS.isdisjoint(words):
            continue
        field = "".join(words)
        quoted = match["quoted"] is not None
        low, high = match.span("quoted" if quoted else "bare")
        value = text[low:high]
        if not quoted or value.endswith("…"):
            value = value.rstrip(".)]}!?:*_…")
            high = low + len(value)
        if _PASSWORD.search(field):
            if _is_password(value, quoted):
                yield low, high, "password"
        elif _OPENS.search(field) and _is_key(value):
            yield low, high, "value of a field"


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
    return switches(value) >= len(value) // 5 and entropy(value) >= bits
