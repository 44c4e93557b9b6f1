"""Why a row is not a JSON object: one diagnosis, the most specific one."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ftprep.io.python_literal import is_python_dict
from ftprep.io.syntax import Defect, Reading, read

Code = Literal["JSN001", "JSN002", "JSN003", "JSN007", "JSN008", "JSN011"]

_BLANKS = b" \t\r\n"
_SAMPLE_BYTES = 64 << 10


class Diagnosis(NamedTuple):
    """The code of the rule that speaks, its message, and the characters [start, end) of the row that show it.

    ``span`` counts characters of the decoded row; where the row does not decode, of what precedes the first bad byte.
    """

    code: Code
    message: str
    span: tuple[int, int] | None


def diagnose(raw: bytes) -> Diagnosis | None:
    """Say why ``raw`` is not a JSON object; None when it is one, or is blank."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        return _not_utf8(raw, error)
    found = read(text)
    if found.broken is not None:
        if not raw.strip(_BLANKS):
            return None
        if found.broken.python and is_python_dict(text):
            return _say("JSN011", _as_python(found.broken, text), text)
        if len(raw) < 4 * raw.count(0) < 3 * len(raw):
            return Diagnosis("JSN002", "not UTF-8: about every other byte is NUL; likely UTF-16", (0, 1))
        return _say("JSN001", found.broken, text)
    return _of_sound_structure(found, text)


def _of_sound_structure(found: Reading, text: str) -> Diagnosis | None:
    if found.kind != "object":
        kind = {"array": "an array", "null": "null"}.get(found.kind, f"a {found.kind}")
        return Diagnosis("JSN003", f"the row is {kind}, not an object", None)
    judged: tuple[tuple[Defect | None, Code], ...] = (
        (found.not_finite, "JSN008"),
        (found.half_surrogate, "JSN007"),
        (found.out_of_range, "JSN001"),
        (found.too_deep, "JSN001"),
    )
    defects = [(defect, code) for defect, code in judged if defect is not None]
    if not defects:
        return None
    first, code = min(defects)
    return _say(code, first, text)


def _as_python(defect: Defect, text: str) -> Defect:
    """The same place, named by what makes it Python."""
    shown = text[defect.start : defect.end]
    words = {"'": "single quotes", "(": "a tuple", "u": "a text with prefix u"}
    sign = words.get(shown[:1], shown if shown in ("True", "False", "None") else "a key that is not text")
    return defect._replace(message=f"a Python dict, not JSON: {sign}")


def _say(code: Code, defect: Defect, text: str) -> Diagnosis:
    return Diagnosis(code, f"{defect.message} {_place(text, defect.start)}", (defect.start, defect.end))


def _place(text: str, at: int) -> str:
    """Where a character stands, for people: a row of an array may span several lines."""
    lines = text.count("\n", 0, at)
    if not lines:
        return f"at column {at + 1:,}"
    return f"at column {at - text.rfind(chr(10), 0, at):,} of line {lines + 1:,} of the row"


# --- bytes that are not UTF-8 -------------------------------------------------------------------------------------


def _not_utf8(raw: bytes, error: UnicodeDecodeError) -> Diagnosis:
    before = raw[: error.start].decode()
    at = len(before)
    where = _place(before, at)
    if raw[error.start] == 0xED and 0xA0 <= raw[min(error.start + 1, len(raw) - 1)] <= 0xBF:
        message = f"not UTF-8: half a surrogate pair as bytes {where}"
    elif error.reason == "unexpected end of data":
        message = f"not UTF-8: the row ends in the middle of a character {where}"
    else:
        guess = _likely_encoding(before[-_SAMPLE_BYTES:], raw[error.start : error.start + _SAMPLE_BYTES])
        message = f"not UTF-8: byte 0x{raw[error.start]:02X} {where}{guess}"
    return Diagnosis("JSN002", message, (at, at + 1))


def _likely_encoding(before: str, rest: bytes) -> str:
    """Name the encoding that the bytes look like, as the end of a sentence.

    ``before`` is sound text, ``rest`` begins with the first bad byte.

    Bytes 80 to 9F are control characters in Latin-1 and quotes, dashes and the euro sign in Windows-1252. Accented
    letters stand alone or in twos; longer runs belong to encodings that cannot be told apart by so little.
    """
    if rest.count(0) * 3 > len(rest):
        return "; likely UTF-16"
    text = rest.decode("utf-8", "surrogateescape")
    bad = [one for one in text if "\udc80" <= one <= "\udcff"]
    sound = sum(one > "\x7f" for one in before + text) - len(bad)
    if sound > len(bad):
        return " in text that is UTF-8 otherwise"
    runs = sum(
        "\udc80" <= one <= "\udcff" and not "\udc80" <= before <= "\udcff"
        for before, one in zip(" " + text, text, strict=False)
    )
    if len(bad) > 2 * runs:
        return ""
    values = bytes(ord(one) - 0xDC00 for one in bad)
    if not any(0x80 <= value <= 0x9F for value in values):
        return "; likely Latin-1"
    try:
        values.decode("cp1252")
    except UnicodeDecodeError:
        return ""
    return "; likely Windows-1252"
