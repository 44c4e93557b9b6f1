"""Why a row is no JSON object: which code, in which words, at which character."""

from __future__ import annotations

import ast
import json
import math
import random
import time
import warnings
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep.io.diagnose import Diagnosis, diagnose
from ftprep.io.python_literal import is_python_dict

# The row, with the place of the defect between » and « (the first character shown, and the one behind the last).
CASES = [
    ("JSN001", '{"a": 1»«', "the row ends inside an object at column 8"),
    ("JSN001", '{"a": [1, 2»«', "the row ends inside an array at column 12"),
    ("JSN001", '{"a": {"b": 1}»«', "the row ends inside an object at column 15"),
    ("JSN001", '{"a": »"«bc', "unterminated string at column 7"),
    ("JSN001", '{"a": »"«bc\\', "unterminated string at column 7"),
    ("JSN001", '{"a": 1} »{«"b": 2}', "a second object follows on the same line at column 10"),
    ("JSN001", '{"a": 1}»}«', "surplus `}` behind the end at column 9"),
    ("JSN001", '{"a": 1}»,«', "comma behind the end at column 9"),
    ("JSN001", '{"a": 1} »more« text', "text behind the end at column 10"),
    ("JSN001", '{"a": 1 »"b"«: 2}', "expected a comma or `}` at column 9"),
    ("JSN001", '{"a": [1 »2«]}', "expected a comma or `]` at column 10"),
    ("JSN001", '{"é": "x"»y«"}', "expected a comma or `}` (an unescaped quotation mark?) at column 10"),
    ("JSN001", '{"a": 1»:«2}', "expected a comma or `}`, found a colon at column 8"),
    ("JSN001", '{"a": 1»,«}', "trailing comma before `}` at column 8"),
    ("JSN001", '{"a": [1, 2»,« ]}', "trailing comma before `]` at column 12"),
    ("JSN001", '{»,« "a": 1}', "comma with nothing before it at column 2"),
    ("JSN001", '{"a": [1, »,« 2]}', "comma with nothing before it at column 11"),
    ("JSN001", '{"a": 1»]«', "`]` where `}` must close the object at column 8"),
    ("JSN001", '{"a": [1»}«', "`}` where `]` must close the array at column 9"),
    ("JSN001", '{"a": »}«', "value missing at column 7"),
    ("JSN001", '{"a"»}«', "colon and value missing at column 5"),
    ("JSN001", '{"a"»,« 1}', "colon and value missing at column 5"),
    ("JSN001", '{"a" »1«}', "expected a colon behind the key at column 6"),
    ("JSN001", "{»:« 1}", "key missing at column 2"),
    ("JSN001", "{»a«: 1}", "key without double quotes at column 2"),
    ("JSN001", "»:«", "colon with no key before it at column 1"),
    ("JSN001", "»}«", "`}` without an opening bracket at column 1"),
    ("JSN001", "{»'«a': nan}", "single quotes instead of double quotes at column 2"),
    ("JSN001", "{»“«a”: 1}", "curly quotes instead of straight ones at column 2"),
    ("JSN001", '{"a": "x»\t«y"}', "raw tab in a string at column 9"),
    ("JSN001", '{"a": "x»\n«y"}', "raw line break in a string at column 9"),
    ("JSN001", '{"a": "x»\0«y"}', "NUL byte in a string at column 9"),
    ("JSN001", '{"a": "»\x1b«[31m"}', "raw control character U+001B in a string at column 8"),
    ("JSN001", '{"a": 1}»\0«', "NUL byte outside a string at column 9"),
    ("JSN001", '{"a": "»\\x«41"}', "invalid escape `\\x` in a string at column 8"),
    ("JSN001", '{"a": "»\\u«12"}', "invalid escape `\\u` in a string at column 8"),
    ("JSN001", '»\ufeff«{"a": 1}', "byte order mark inside the file at column 1"),
    ("JSN001", '{»\u00a0«"a": 1}', "U+00A0 is not white space in JSON at column 2"),
    ("JSN001", '{"a": »01«}', "number not written as in JSON at column 7"),
    ("JSN001", '{"a": »1«.}', "number not written as in JSON at column 7"),
    ("JSN001", '{"a": ».«5}', "number not written as in JSON at column 7"),
    ("JSN001", '{"a": »undefined«}', "word without quotes where a value must be at column 7"),
    ("JSN001", "»hello« world", "word without quotes where a value must be at column 1"),
    ("JSN001", '»/«/ rows\n{"a": 1}', "comment at column 1"),
    ("JSN001", "»<«div>", "unexpected `<` at column 1"),
    ("JSN001", '{"a": »1e400«}', "number too large for a double at column 7"),
    ("JSN001", '{"a": »-' + "9" * 400 + "«}", "number too large for a double at column 7"),
    (
        "JSN001",
        '{\n "a": 1,\n "b": »nul«\n}',
        "word without quotes where a value must be at column 7 of line 3 of the row",
    ),
    ("JSN007", '{"é": "x»\\ud800«"}', "half a surrogate pair, \\ud800 at column 9"),
    ("JSN007", '{"a": "»\\uDC00«\\ud83d\\ude00"}', "half a surrogate pair, \\udc00 at column 8"),
    ("JSN007", '{"»\\ud83d«\\u0041": 1}', "half a surrogate pair, \\ud83d at column 3"),
    ("JSN008", '{"a": »NaN«}', "NaN is no JSON value at column 7"),
    ("JSN008", '{"a": [1, »-Infinity«]}', "-Infinity is no JSON value at column 11"),
    ("JSN011", "{»'«a': None}", "a Python dict, not JSON: single quotes at column 2"),
    ("JSN011", '{"a": »True«, "b": (1, 2)}', "a Python dict, not JSON: True at column 7"),
    ("JSN011", '{"a": »(«1, 2)}', "a Python dict, not JSON: a tuple at column 7"),
    ("JSN011", "{»1«: {'a': [\"it's\", -0.5e3,],},}", "a Python dict, not JSON: a key that is not text at column 2"),
]


@pytest.mark.parametrize(("code", "marked", "message"), CASES, ids=range(len(CASES)))
def test_code_words_and_place(code: str, marked: str, message: str) -> None:
    start = marked.index("»")
    end = marked.index("«") - 1
    raw = marked.replace("»", "").replace("«", "").encode()
    assert diagnose(raw) == Diagnosis(code, message, (start, end))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"[]", "an array"),
        (b' ["a", {}]\r', "an array"),
        (b'"a"', "a string"),
        (b"-1.5e3", "a number"),
        (b"null", "null"),
        (b"true", "a boolean"),
        (b"[NaN]", "an array"),
    ],
)
def test_values_that_are_no_objects(raw: bytes, kind: str) -> None:
    assert diagnose(raw) == Diagnosis("JSN003", f"the row is {kind}, not an object", None)


@pytest.mark.parametrize(
    "raw",
    [b"", b" \t\r", b'{"a": 1}', b' {"a": "\\ud83d\\ude00"}\r', b'{"a": 1e308}', b'{"a":' * 1024 + b"1" + b"}" * 1024],
)
def test_blank_rows_and_objects_need_no_diagnosis(raw: bytes) -> None:
    assert diagnose(raw) is None


@pytest.mark.parametrize(
    ("raw", "column", "words"),
    [
        (b'{"a": "caf\xe9"}', 11, "byte 0xE9 at column 11; likely Latin-1"),
        (b'{"a": "\x93caf\xe9\x94"}', 8, "byte 0x93 at column 8; likely Windows-1252"),
        (b'{"a": "\xc4\xe3\xba\xc3\xca\xc0\xbd\xe7"}', 8, "byte 0xC4 at column 8"),
        ('{"é": "naïveté — déjà '.encode() + b'\xff"}', 23, "byte 0xFF at column 23 in text that is UTF-8 otherwise"),
        ('{"é": "'.encode() + b"\xed\xa0\x80" + b'"}', 8, "half a surrogate pair as bytes at column 8"),
        ('{"é": "x'.encode() + b"\xe2\x82", 9, "the row ends in the middle of a character at column 9"),
    ],
)
def test_bytes_that_are_not_utf_8(raw: bytes, column: int, words: str) -> None:
    assert diagnose(raw) == Diagnosis("JSN002", f"not UTF-8: {words}", (column - 1, column))


def test_utf_16_in_the_middle_of_a_file() -> None:
    found = diagnose('{"a": "text"}'.encode("utf-16-le"))
    assert found is not None
    assert (found.code, found.message) == ("JSN002", "not UTF-8: about every other byte is NUL; likely UTF-16")
    nothing = diagnose(b"\0" * 100)
    assert nothing is not None
    assert nothing.code == "JSN001"


def test_the_first_defect_that_leaves_the_structure_sound_is_told() -> None:
    for raw, code in (
        (b'{"a": NaN, "b": "\\ud800"}', "JSN008"),
        (b'{"a": "\\ud800", "b": NaN}', "JSN007"),
        (b'{"a": 1e999, "b": NaN}', "JSN001"),
        (b'{"a": NaN, "b": }', "JSN001"),
        (b"{'a': NaN}", "JSN001"),
    ):
        found = diagnose(raw)
        assert found is not None
        assert found.code == code


def test_depth() -> None:
    deep = b'{"a":' * 10_000 + b"1" + b"}" * 10_000
    assert diagnose(deep) == Diagnosis("JSN001", "nested deeper than 1,024 levels at column 5,121", (5120, 5121))
    inner = diagnose(b'{"a":' + b"[" * 1030 + b"]" * 1030 + b"}")
    assert inner is not None
    assert inner.span == (5 + 1023, 5 + 1024)
    mixed = diagnose(b'{"a": NaN, "b":' + b"[" * 5000 + b"]" * 5000 + b"}")
    assert mixed is not None
    assert mixed.code == "JSN008"
    assert diagnose(b"[" * 10_000) == Diagnosis(
        "JSN001", "the row ends inside an array at column 10,001", (10_000, 10_000)
    )
    python = b"{'a':" * 10_000 + b"1" + b"}" * 10_000
    assert diagnose(python) == Diagnosis("JSN001", "single quotes instead of double quotes at column 2", (1, 2))


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"a": "' + b"x" * 20_000_000, "JSN001"),
        (b'{"a": "' + b"\\n" * 3_000_000, "JSN001"),
        (b'{"a": "' + "é".encode() * 5_000_000 + b'\xff"}', "JSN002"),
        (b"{'a': '" + b"x" * 20_000_000 + b"'}", "JSN011"),
        (b'{"a": [' + b"1," * 1_000_000 + b"NaN]}", "JSN008"),
        (b'{"a": [' + b'{"b":[1]},' * 200_000, "JSN001"),
        (b"[" * 200_000, "JSN001"),
        (b" " * 5_000_000 + b"x", "JSN001"),
        (b'{"a": ' + b" " * 5_000_000 + b"}", "JSN001"),
        (b'{"a": "' + b"\\ud800" * 200_000 + b'"}', "JSN007"),
    ],
    ids=range(10),
)
def test_long_rows_take_linear_time(raw: bytes, code: str) -> None:
    start = time.process_time()
    found = diagnose(raw)
    assert found is not None
    assert found.code == code
    assert time.process_time() - start < 8


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([10**400, "it's", '"', "\\", "\u2028", "\x7f", "\ud800", "é\udc00", "},{", ""])
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)
PIECES = [
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b'"',
    b"\\",
    b" ",
    b"\n",
    b"'",
    b"1",
    b"e",
    b"0",
    b".",
    b"-",
    b"\xe9",
    b"\xff",
    b"\0",
    b"\t",
]
PIECES += [
    b"\\u",
    b"\\ud83d",
    b"\\ude00",
    b"true",
    b"NaN",
    b"None",
    b"(",
    b")",
    b"1e999",
    b"//",
    b"\xef\xbb\xbf",
    b"\xc2\xa0",
    b"+",
    b"",
]


@given(VALUES, st.randoms(use_true_random=False), st.integers(0, 4))
def test_a_diagnosis_is_made_exactly_where_the_parser_refuses(value: Any, chance: random.Random, changes: int) -> None:
    for written in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1), repr(value)):
        raw = written.encode("utf-8", "surrogatepass")
        for _ in range(changes):
            at = chance.randint(0, len(raw))
            raw = raw[:at] + chance.choice(PIECES) + raw[at + chance.randint(0, 2) :]
        check_diagnosis(raw)


@given(st.binary(max_size=60))
def test_any_bytes_have_a_diagnosis_or_are_an_object(raw: bytes) -> None:
    check_diagnosis(raw)
    check_diagnosis(b'{"a":' + raw)


def check_diagnosis(raw: bytes) -> None:
    found = diagnose(raw)
    try:
        value = orjson.loads(raw)
    except ValueError:
        value = None
        blank = not raw.strip(b" \t\r\n")
        assert (found is None) == blank
    else:
        assert (found is None) == isinstance(value, dict)
        assert found is None or found.code == "JSN003"
    if found is None:
        return
    assert len(found.message) <= 100
    assert not found.message.endswith(".")
    if found.span is not None:
        text = raw.decode("utf-8", "replace")
        assert 0 <= found.span[0] <= found.span[1] <= len(text)
    if found.code == "JSN011":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert isinstance(ast.literal_eval(raw.decode().strip()), dict)
    elif found.code in ("JSN007", "JSN008"):
        json.loads(raw)


PYTHON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3) | st.integers() | st.none(), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=3), PYTHON, max_size=3))
def test_what_python_prints_is_recognised(row: dict[str, Any]) -> None:
    assert is_python_dict(repr(row))
    assert not is_python_dict(repr([row]))
    assert not is_python_dict(repr(row)[:-1])
    if not math.isnan(float(len(row))):
        assert not is_python_dict(repr(row) + "}")
