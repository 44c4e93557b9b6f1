"""Edits of a row's own text: they mean what they say, and leave all else as it is written."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ftprep.finding import Edit, Fix
from ftprep.fixing.compact import one_line
from ftprep.fixing.meaning import meant, parse
from ftprep.fixing.python_rows import json_from_python
from ftprep.fixing.rows import edited, fix_row
from ftprep.fixing.splices import CannotEdit
from ftprep.pointer import escape_token, resolve
from ftprep.text.locate import children, locate

# --- rows that are written in odd ways ----------------------------------------------------------------------------

KEYS = st.sampled_from(["a", "b", "role", "content", "é", "", "a/b", "m~n", '"', "\\", "0", "😀"])
TEXTS = st.text(st.sampled_from('aé😀"\\/\n\t\u2028\x7f{[]}:, ß'), max_size=8)
NUMBERS = st.sampled_from(["0", "-0", "1.0", "1e5", "12345678901234567890", "-1.50E+2"])
BLANKS = st.sampled_from(["", "", " ", "  ", "\n", "\t", " \r\n "])


@st.composite
def literals(draw: st.DrawFn, value: str) -> str:
    """A JSON string with some characters escaped that need not be."""
    parts = []
    for one in value:
        plain = json.dumps(one, ensure_ascii=False)[1:-1]
        escaped = "".join(f"\\u{unit:04X}" for unit in _units(one))
        short = "\\/" if one == "/" else escaped
        parts.append(draw(st.sampled_from([plain, plain, escaped, short])))
    return f'"{"".join(parts)}"'


def _units(one: str) -> list[int]:
    data = one.encode("utf-16-be")
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


@st.composite
def values(draw: st.DrawFn, depth: int = 4) -> str:
    kind = draw(st.sampled_from(["text", "number", "word", "object", "list"] if depth else ["text", "number", "word"]))
    if kind == "text":
        return draw(literals(draw(TEXTS)))
    if kind == "number":
        return draw(NUMBERS)
    if kind == "word":
        return draw(st.sampled_from(["true", "false", "null"]))
    if kind == "list":
        items = [draw(BLANKS) + draw(values(depth - 1)) + draw(BLANKS) for _ in range(draw(st.integers(0, 3)))]
        return f"[{','.join(items) or draw(BLANKS)}]"
    return draw(objects(depth - 1))


@st.composite
def objects(draw: st.DrawFn, depth: int = 4) -> str:
    members = [
        draw(BLANKS)
        + draw(literals(draw(KEYS)))
        + draw(BLANKS)
        + ":"
        + draw(BLANKS)
        + draw(values(depth))
        + draw(BLANKS)
        for _ in range(draw(st.integers(0, 4)))
    ]
    return "{" + (",".join(members) or draw(BLANKS)) + "}"


def places(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    yield pointer, value
    ones = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in ones:
        yield from places(one, f"{pointer}/{escape_token(str(key))}")


NEW = st.recursive(
    TEXTS | st.integers(-3, 3) | st.none() | st.booleans() | st.just(1.5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def edits(draw: st.DrawFn, row: Any) -> Edit:
    """One edit that has a place in ``row``."""
    known = list(places(row))
    kind = draw(st.sampled_from(["replace", "span", "add", "remove", "rename"]))
    if kind == "span":
        texts = [(pointer, value) for pointer, value in known if isinstance(value, str)]
        assume(texts)
        pointer, value = draw(st.sampled_from(texts))
        start, end = sorted((draw(st.integers(0, len(value))), draw(st.integers(0, len(value)))))
        return Edit("replace", pointer, draw(TEXTS), (start, end))
    if kind == "add":
        pointer, value = draw(st.sampled_from([one for one in known if isinstance(one[1], dict)]))
        key = draw(KEYS)
        assume(key not in value)
        return Edit("add", f"{pointer}/{escape_token(key)}", draw(NEW))
    inside = [pointer for pointer, _ in known if pointer]
    assume(inside)
    if kind == "rename":
        members = [one for one in inside if isinstance(resolve(row, one.rpartition("/")[0]), dict)]
        assume(members)
        pointer = draw(st.sampled_from(members))
        key = draw(KEYS)
        assume(key not in resolve(row, pointer.rpartition("/")[0]))
        return Edit("rename", pointer, key)
    pointer = draw(st.sampled_from(inside))
    return Edit("remove", pointer) if kind == "remove" else Edit("replace", pointer, draw(NEW))


@st.composite
def rows_and_edits(draw: st.DrawFn, most: int) -> tuple[str, list[Edit]]:
    text = draw(BLANKS) + draw(objects()) + draw(BLANKS)
    row = json.loads(text)
    return text, [draw(edits(row)) for _ in range(draw(st.integers(1, most)))]


# --- what edits mean, on plain dicts and lists --------------------------------------------------------------------

GONE = object()


def applied(row: Any, edit: Edit) -> Any:
    row = copy.deepcopy(row)
    if not edit.pointer:
        return edit.new
    parent, _, token = edit.pointer.rpartition("/")
    holder, key = resolve(row, parent), token.replace("~1", "/").replace("~0", "~")
    at: Any = key if isinstance(holder, dict) else int(key)
    if edit.op == "remove":
        del holder[at]
    elif edit.op == "rename":
        pairs = [(edit.new if name == at else name, value) for name, value in holder.items()]
        holder.clear()
        holder.update(pairs)
    elif edit.op == "replace" and edit.span is not None:
        holder[at] = holder[at][: edit.span[0]] + edit.new + holder[at][edit.span[1] :]
    else:
        holder[at] = edit.new
    return row


MAY_FAIL = {
    "it changes nothing",
    "its edits overlap",
    "the key stands there more than once",
    "the object has that key already",
}


def edited_or_none(text: str, asked: list[Edit]) -> str | None:
    try:
        return edited(text, asked)
    except CannotEdit as error:
        reason = str(error)
    assert reason in MAY_FAIL
    return None


@given(rows_and_edits(1))
def test_an_edit_means_what_it_says_and_changes_nothing_else(case: tuple[str, list[Edit]]) -> None:
    text, (edit,) = case
    new = edited_or_none(text, [edit])
    row = json.loads(text)
    if new is None:
        twice = '": ' in text or text.count('"') > 2  # repeated keys, or what is there already
        assert twice or edit.op == "replace"
        return
    assert json.loads(new) == applied(row, edit)
    outer = edit.pointer if edit.op == "replace" else edit.pointer.rpartition("/")[0]
    place = locate(text, outer)
    assert place is not None
    assert new.startswith(text[: place[0]])
    assert new.endswith(text[place[1] :])
    if edit.op != "replace":  # the other members and items are written as they were
        key = edit.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        before = [text[one.start : one.value[1]] for one in children(text, place[0]) if one.key != key]
        after = [new[one.start : one.value[1]] for one in children(new, place[0])]
        if text[place[0]] == "{":
            assert [one for one in after if one in before] == before or edit.op == "rename"
            assert len(after) - len(before) == {"add": 1, "remove": 0, "rename": 1}[edit.op]


@given(rows_and_edits(5))
def test_several_edits_mean_all_that_they_say(case: tuple[str, list[Edit]]) -> None:
    text, asked = case
    new = edited_or_none(text, asked)
    if new is not None:
        assert parse(new) == meant(text, asked)


@given(rows_and_edits(5))
def test_fixes_of_one_row_are_applied_in_rounds(case: tuple[str, list[Edit]]) -> None:
    text, asked = case
    fixes = [Fix("edit", edits=(edit,)) for edit in asked]
    raw, numbers, failed = fix_row(text.encode(), fixes)
    assert raw is not None
    assert not failed.keys() & set(numbers)
    assert numbers or len(failed) == len(fixes) or raw == text.encode()
    distinct = {repr(asked[number]): asked[number] for number in numbers}.values()
    assert parse(raw.decode()) == meant(text, distinct)
    if not numbers:
        assert raw == text.encode()


# --- examples -----------------------------------------------------------------------------------------------------

SPACED = '{"a": 1, "b": [1, 2, 3], "c": "x"}'


@pytest.mark.parametrize(
    ("text", "asked", "wanted"),
    [
        (SPACED, [Edit("remove", "/a")], '{"b": [1, 2, 3], "c": "x"}'),
        (SPACED, [Edit("remove", "/c")], '{"a": 1, "b": [1, 2, 3]}'),
        (SPACED, [Edit("remove", "/b/0"), Edit("remove", "/b/2")], '{"a": 1, "b": [2], "c": "x"}'),
        (SPACED, [Edit("remove", "/b/1"), Edit("remove", "/b/2")], '{"a": 1, "b": [1], "c": "x"}'),
        (SPACED, [Edit("remove", f"/b/{at}") for at in range(3)], '{"a": 1, "b": [], "c": "x"}'),
        (SPACED, [Edit("add", "/d", {"e": [1, 2]})], '{"a": 1, "b": [1, 2, 3], "c": "x", "d": {"e": [1, 2]}}'),
        (SPACED, [Edit("remove", "/c"), Edit("add", "/c", None)], '{"a": 1, "b": [1, 2, 3], "c": null}'),
        ('{"a":1,"b":2}', [Edit("add", "/c", [1, {"d": 2}])], '{"a":1,"b":2,"c":[1,{"d":2}]}'),
        ('{"a" :1 ,  "b" :2 }', [Edit("add", "/c", 3)], '{"a" :1 ,  "b" :2 ,  "c" :3 }'),
        ('{\n  "a": 1\n}', [Edit("add", "/b", 2)], '{\n  "a": 1,\n  "b": 2\n}'),
        ('{\n  "a": 1,\n  "b": 2\n}', [Edit("remove", "/b")], '{\n  "a": 1\n}'),
        ("{ }", [Edit("add", "/b", 2)], '{"b": 2 }'),
        ('{"a": {"b": 1}}', [Edit("add", "/a/c", 2)], '{"a": {"b": 1, "c": 2}}'),
        ('{"é": "x"}', [Edit("replace", "/é", "ü")], '{"é": "ü"}'),
        ('{"\\u00e9": "x"}', [Edit("replace", "/é", "ü😀")], '{"\\u00e9": "\\u00fc\\ud83d\\ude00"}'),
        ('{"a": "\\u0041\\/\\u00e9z"}', [Edit("replace", "/a", "A/éy")], '{"a": "\\u0041\\/\\u00e9y"}'),
        ('{"a": "\\u003c"}', [Edit("replace", "/a", "<é")], '{"a": "\\u003cé"}'),
        ('{"a": "x"}', [Edit("replace", "/a", "é")], '{"a": "é"}'),
        ('{"a": "😀\\ud83d\\ude00x"}', [Edit("replace", "/a", "", (1, 2))], '{"a": "😀x"}'),
        ('{"a": 1, "a": "xy"}', [Edit("replace", "/a", "z", (0, 1))], '{"a": 1, "a": "zy"}'),
        ('{"a": 1}', [Edit("replace", "", {"b": 1.5})], '{"b": 1.5}'),
        ('{"a": 1, "n": NaN}', [Edit("rename", "/a", "b")], '{"b": 1, "n": NaN}'),
    ],
)
def test_the_style_of_the_row_is_kept(text: str, asked: list[Edit], wanted: str) -> None:
    assert edited(text, asked) == wanted


@pytest.mark.parametrize(
    ("text", "asked", "reason"),
    [
        (SPACED, [Edit("remove", "/d")], "no such value"),
        (SPACED, [Edit("remove", "/b/3")], "no such value"),
        (SPACED, [Edit("remove", "/b/01")], "no such value"),
        (SPACED, [Edit("remove", "")], "only be replaced"),
        (SPACED, [Edit("add", "/a", 2)], "has that key already"),
        (SPACED, [Edit("add", "/b/0", 2)], "only an object"),
        (SPACED, [Edit("add", "/d/e", 2)], "no such value"),
        (SPACED, [Edit("rename", "/a", "c")], "has that key already"),
        (SPACED, [Edit("rename", "/b/0", "c")], "only a member"),
        (SPACED, [Edit("rename", "/a", "a")], "changes nothing"),
        (SPACED, [Edit("replace", "/c", "x")], "changes nothing"),
        (SPACED, [Edit("replace", "/c", "y", (1, 2))], "shorter"),
        (SPACED, [Edit("replace", "/a", "y", (0, 1))], "only a text"),
        (SPACED, [Edit("replace", "/a", {1, 2})], "no JSON value"),
        (SPACED, [Edit("replace", "/a", float("nan"))], "no JSON value"),
        (SPACED, [Edit("replace", "/c", "\ud83d")], "half a surrogate"),
        (SPACED, [Edit("replace", "/b", []), Edit("remove", "/b/0")], "overlap"),
        ('{"a": 1, "a": 2}', [Edit("remove", "/a")], "more than once"),
        ('{"a": 1, "a": 2}', [Edit("rename", "/a", "b")], "more than once"),
        ('{"a": 1, "b": ', [Edit("replace", "/a", 2)], "not JSON"),
    ],
)
def test_what_has_no_place_is_not_done(text: str, asked: list[Edit], reason: str) -> None:
    with pytest.raises(CannotEdit, match=reason):
        edited(text, asked)


def test_conflicting_fixes_wait() -> None:
    row = b'{"a": "one two", "b": [1, 2]}\r'
    fixes = [
        Fix("the text", edits=(Edit("replace", "/a", "1 two"),)),
        Fix("a word of it", edits=(Edit("replace", "/a", "2", (4, 7)),)),
        Fix("an item", edits=(Edit("remove", "/b/0"),)),
        Fix("the same again", edits=(Edit("remove", "/b/0"),)),
        Fix("the other item", edits=(Edit("remove", "/b/1"),)),
        Fix("nowhere", edits=(Edit("remove", "/c"),)),
    ]
    raw, numbers, failed = fix_row(row, fixes)
    assert raw == b'{"a": "1 two", "b": [2]}\r'
    assert numbers == (0, 2, 3)
    assert failed == {5: "there is no such value"}


def test_fixes_that_only_together_break_the_row_are_told_apart() -> None:
    fixes = [Fix("a", edits=(Edit("rename", "/a", "c"),)), Fix("b", edits=(Edit("rename", "/b", "c"),))]
    raw, numbers, failed = fix_row(b'{"a": 1, "b": 2}', fixes)
    assert (raw, numbers, failed) == (b'{"c": 1, "b": 2}', (0,), {})


def test_thousands_of_fixes_of_one_row_take_no_time() -> None:
    text = "é\u200b\\" * 5_000
    raw = json.dumps({"a": text}).encode()
    fixes = [Fix("remove it", edits=(Edit("replace", "/a", "", (at, at + 1)),)) for at in range(1, len(text), 3)]
    new, numbers, failed = fix_row(raw, fixes)
    assert len(numbers) == len(fixes)
    assert not failed
    assert json.loads(new or b"") == {"a": "é\\" * 5_000}


def test_what_is_too_deep_or_no_text_stays() -> None:
    deep = b'{"a": 1, "b": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    fix = Fix("x", edits=(Edit("replace", "/a", 2),))
    assert fix_row(deep, [fix]) == (deep, (), {0: "the row is nested too deeply"})
    assert fix_row(b'{"a": "\xff"}', [fix]) == (b'{"a": "\xff"}', (), {0: "the row is not UTF-8"})
    assert fix_row(b"{}", [Fix("x", act="remove-line")]) == (b"{}", (), {0: "the line holds a row"})


# --- rows as Python prints them, rows over several lines ----------------------------------------------------------

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(KEYS, PLAIN, max_size=4))
def test_python_rows_become_json(row: dict[str, Any]) -> None:
    assert json.loads(json_from_python(repr(row).encode())) == row
    assert json_from_python(repr({"a": (1,), 2: (), None: -0.0}).encode()) == b'{"a": [1], "2": [], "null": -0.0}'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{1: 'a', '1': 'b'}", "one in JSON"),
        ("{'a': '\\ud800'}", "surrogate"),
        ("{'a': 1e999, }", ""),
        ("[1]", "no dict"),
    ],
)
def test_python_rows_that_json_cannot_say(text: str, reason: str) -> None:
    if not reason:
        assert json_from_python(text.encode()) == b'{"a": 1e999 }'
        return
    with pytest.raises(CannotEdit, match=reason):
        json_from_python(text.encode())


@given(objects())
def test_a_row_on_one_line_is_the_same_row(text: str) -> None:
    line = one_line(text.encode()).decode()
    assert "\n" not in line
    assert parse(line) == parse(text)


def test_blanks_inside_a_line_stay() -> None:
    assert (
        one_line(b'{\r\n  "a" :  [1,\n 2 ],\n\t"b\\n": "x\\"\\u000a"\n}') == b'{"a" :  [1, 2 ], "b\\n": "x\\"\\u000a"}'
    )
    with pytest.raises(CannotEdit):
        one_line(b'{"a": "x\ny"}')
