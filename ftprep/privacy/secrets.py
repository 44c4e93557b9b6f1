"""Finding secrets in a text: keys of providers, private keys, passwords in URLs, JSON Web Tokens, assigned secrets.

:func:`search` says what is there, :func:`find_in` only where; rules, masking and redaction see the same values. Nothing
is asked of any network: a key is judged by its shape, its checksum or what it decodes to.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ftprep.privacy.secret_proofs import (
    PROOFS,
    decoded,
    entropy,
    is_placeholder,
    is_random,
    is_weak_password,
    json_object,
)
from ftprep.privacy.secret_shape import Shape
from ftprep.privacy.secret_shapes import ANCHORS, SHAPES, compiled
from ftprep.privacy.value import Grade, Value

API_KEY, PRIVATE_KEY, URL_PASSWORD, WEB_TOKEN, ASSIGNED = "SEC001", "SEC002", "SEC003", "SEC004", "SEC005"
PEM_ANCHOR, URL_ANCHOR, TOKEN_ANCHOR = "-----BEGIN ", "://", "eyJ"

# Signatures and contents of tokens that documentation shows everywhere.
_SHOWN_SIGNATURES = frozenset(
    ("SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c", "TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ")
)
_SHOWN_SUBJECT, _SHOWN_NAME = "1234567890", "John Doe"
_LEAST_SIGNATURE = 16  # bytes
_LEAST_BODY, _LONGEST_BODY = 64, 50_000  # characters of base64 in a private key, and of all that stands between


class Secret(NamedTuple):
    """A value with what it is in words (``GitHub token``), and whether it only opens a sandbox."""

    value: Value
    name: str
    test: bool = False


def find_in(text: str) -> list[Value]:
    """The secrets in ``text``, in reading order, none inside another. Fixtures are those that open nothing."""
    return [secret.value for secret in search(text)]


def search(text: str) -> list[Secret]:
    """The secrets in ``text`` with their names."""
    found = [one for look in LOOKS.values() for one in look(text)]
    return _outermost(found) if len(found) > 1 else found


def _outermost(found: list[Secret]) -> list[Secret]:
    """Without those that overlap a longer one; of two equally long ones the code that comes first stays."""
    found.sort(key=lambda one: (one.value.start - one.value.end, one.value.code, one.value.start))
    kept: list[Secret] = []
    for one in found:
        if all(one.value.end <= other.value.start or other.value.end <= one.value.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.value.start)


# --- keys of providers --------------------------------------------------------------------------------------------


@functools.lru_cache(4)
def anchors_in(text: str) -> tuple[str, ...]:
    """The anchors of keys that stand in ``text``, which is often asked of one text by several."""
    return tuple(anchor for anchor in ANCHORS if anchor in text)


@functools.cache
def _shapes_by_anchor() -> dict[str, tuple[Shape, ...]]:
    return {anchor: tuple(shape for shape in SHAPES if anchor in shape.anchors) for anchor in ANCHORS}


def _api_keys(text: str) -> Iterator[Secret]:
    by_anchor = _shapes_by_anchor()
    shapes = dict.fromkeys(shape for anchor in anchors_in(text) for shape in by_anchor[anchor])
    for shape in shapes:
        for match in compiled(shape).finditer(text):
            group = 1 if match.re.groups else 0
            key = match[group]
            grade = _judged(shape, key)
            if grade is not None:
                yield Secret(Value(*match.span(group), "API_KEY", API_KEY, key, grade), shape.name, shape.test)


def _judged(shape: Shape, key: str) -> Grade | None:
    """What a text of a shape is: real, a fixture (of a sandbox, or with a wrong checksum), or no key at all (None)."""
    body = key
    for anchor in shape.anchors:
        body = body.replace(anchor, "", 1)
    if isinstance(shape.proof, float):
        if not is_random(body, shape.proof):
            return None
        return Grade.FIXTURE if shape.test else Grade.REAL
    if is_placeholder(body):
        return None
    return Grade.REAL if PROOFS[shape.proof](key) else Grade.FIXTURE


# --- private keys -------------------------------------------------------------------------------------------------


@functools.cache
def _pem() -> re.Pattern[str]:
    # The body ends at the next five hyphens; a line break in it may be written as \n.
    return re.compile(
        r"-----BEGIN ((?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?)-----([^-]*(?:-(?!----)[^-]*)*)-----END \1-----"
    )


_BLANKS = re.compile(r"\\+[nrt]|[\s\"'+\\]|^[A-Za-z-]{3,20}: .*$", re.MULTILINE)
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=]")
_LEFT_OUT = re.compile(r"\.{3}|…|(.)\1{11}")


def _private_keys(text: str) -> Iterator[Secret]:
    if PEM_ANCHOR not in text:
        return
    for match in _pem().finditer(text):
        if len(match[2]) > _LONGEST_BODY:
            continue
        body = _BLANKS.sub("", match[2])
        letters = _NOT_BASE64.sub("", body)
        if len(letters) < max(_LEAST_BODY, 0.95 * len(body)) or _LEFT_OUT.search(body.rstrip("=")):
            continue
        if entropy(letters) >= 4.0:
            name = match[1].removesuffix(" BLOCK").replace("PRIVATE KEY", "private key").strip()
            yield Secret(Value(*match.span(), "PRIVATE_KEY", PRIVATE_KEY, letters), name)


# --- passwords in URLs --------------------------------------------------------------------------------------------


@functools.cache
def _url() -> re.Pattern[str]:
    return re.compile(
        r"(?<![A-Za-z0-9])([A-Za-z][A-Za-z0-9+.-]{1,30})://([^\s:/?#@\"'<>`\\]{0,128}):([^\s/?#@\"'<>`\\]{1,256})@"
        r"([A-Za-z0-9._~-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])"
    )


_VARIABLE = re.compile(r"[$%{}<>\[\]()*…•]|\.\.\.|^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|^[A-Z]{3,}$")
_RESERVED_HOST = re.compile(
    r"(?i)(?:^|\.)(?:example(?:\.(?:com|org|net))?|test|invalid)$|^(?:host(?:name)?|server)$|your"
)


def _url_passwords(text: str) -> Iterator[Secret]:
    if URL_ANCHOR not in text or "@" not in text:
        return
    for match in _url().finditer(text):
        user, password, host = match[2], match[3], match[4]
        if not _opens(user, password, host):
            continue
        yield Secret(
            Value(*match.span(3), "PASSWORD", URL_PASSWORD, password), f"password in a {match[1].lower()[:16]} URL"
        )


def _opens(user: str, password: str, host: str) -> bool:
    if _VARIABLE.search(password) or password.lower() == user.lower() or (password.isdigit() and len(password) <= 5):
        return False
    if _RESERVED_HOST.search(host):
        return False
    return not is_weak_password(password) and not re.fullmatch(r"(?i)x+|y+|z+|(.)\1*", password)


# --- JSON Web Tokens ----------------------------------------------------------------------------------------------


@functools.cache
def _token() -> re.Pattern[str]:
    return re.compile(
        r"(?<![A-Za-z0-9_-])(eyJ[A-Za-z0-9_-]{10,2000})\.(eyJ[A-Za-z0-9_-]{8,8000})\.([A-Za-z0-9_-]{20,1500})(?![A-Za-z0-9_-])"
    )


def _web_tokens(text: str) -> Iterator[Secret]:
    if TOKEN_ANCHOR not in text or ".eyJ" not in text:
        return
    for match in _token().finditer(text):
        header, content, signature = json_object(match[1]), json_object(match[2]), decoded(match[3])
        if header is None or "alg" not in header or content is None or signature is None:
            continue
        if len(signature) < _LEAST_SIGNATURE or is_placeholder(match[3]) or entropy(match[3]) < 3.5:
            continue
        shown = (
            match[3] in _SHOWN_SIGNATURES or content.get("sub") == _SHOWN_SUBJECT or content.get("name") == _SHOWN_NAME
        )
        grade = Grade.FIXTURE if shown else Grade.REAL
        yield Secret(Value(*match.span(), "JSON_WEB_TOKEN", WEB_TOKEN, match[0], grade), "JSON Web Token")


def _assigned(text: str) -> Iterator[Secret]:
    from ftprep.privacy.secret_fields import assigned

    for start, end, label in assigned(text):
        yield Secret(Value(start, end, "SECRET", ASSIGNED, text[start:end]), label)


LOOKS: dict[str, Callable[[str], Iterator[Secret]]] = {
    API_KEY: _api_keys,
    PRIVATE_KEY: _private_keys,
    URL_PASSWORD: _url_passwords,
    WEB_TOKEN: _web_tokens,
    ASSIGNED: _assigned,
}
"""By rule, what finds its secrets, whatever the others find."""
