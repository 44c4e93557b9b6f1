"""Where values stand in the raw text of a row, and what is shown of them."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ftprep
from ftprep.pointer import escape_token
from ftprep.text import locate as locate_module
from ftprep.text import snippet
from ftprep.text.excerpt import CONTEXT, WIDEST, Excerpt, RowText, find_columns, make_excerpt
from ftprep.text.locate import Places, locate, locate_nearest, locate_span
from ftprep.text.snippet import escape, moved

KEYS = st.one_of(
    st.sampled_from(["a", "b", "", "a/b", "~", "~1", "0", '"', "\\", "\n", "é", "\ud83d", "😀"]), st.text()
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=25,
)


def pointers(value: Any, pointer: str = "") -> list[tuple[str, Any]]:
    found = [(pointer, value)]
    if isinstance(value, dict):
        for key, inner in value.items():
            found += pointers(inner, f"{pointer}/{escape_token(key)}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += pointers(inner, f"{pointer}/{index}")
    return found


def cut_out(raw: str, pointer: str) -> str:
    found = locate(raw, pointer)
    assert found is not None, pointer
    return raw[found[0] : found[1]]


@settings(max_examples=300, deadline=None)
@given(VALUES, st.booleans(), st.sampled_from([None, 0, 2]))
def test_every_value_is_located(value: Any, ascii_only: bool, indent: int | None) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    for pointer, expected in pointers(value):
        text = cut_out(raw, pointer)
        assert text == text.strip()
        assert json.loads(text) == expected
        assert type(json.loads(text)) is type(expected)
    places = Places(raw)
    for pointer, _ in reversed(pointers(value)):
        assert places.locate(pointer) == locate(raw, pointer)


def test_a_row_is_walked_once_for_all_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    ends: list[int] = []
    value_end = locate_module._value_end
    monkeypatch.setattr(locate_module, "_value_end", lambda raw, start: ends.append(start) or value_end(raw, start))
    places = Places(json.dumps({"messages": [{"content": number} for number in range(500)]}))
    for number in range(500):
        assert places.locate(f"/messages/{number}/content") is not None
    assert len(ends) < 4 * 500


@settings(max_examples=200, deadline=None)
@given(st.text(), st.text(), st.booleans(), st.data())
def test_spans_are_mapped_through_escapes(before: str, value: str, ascii_only: bool, data: st.DataObject) -> None:
    # Neighbouring halves of a pair are one character for every JSON parser.
    value = json.loads(json.dumps(value))
    raw = json.dumps({"before": before, "value": value}, ensure_ascii=ascii_only)
    start = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(start, len(value)))
    place = locate(raw, "/value")
    assert place is not None
    low, high = locate_span(raw, place, (start, end))
    assert place[0] < low <= high < place[1]
    assert json.loads(f'"{raw[low:high]}"') == value[start:end]


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('{}[]",:\\ a1\n'), max_size=40), st.sampled_from(["", "/a", "/0", "/a/0/1", "/1", "x"]))
def test_text_that_is_no_json_never_raises(raw: str, pointer: str) -> None:
    for found in (locate(raw, pointer), locate_nearest(raw, pointer)):
        assert found is None or 0 <= found[0] <= found[1] <= len(raw)


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=60) | VALUES.map(lambda value: json.dumps(value).encode()),
    st.sampled_from(["", "/a", "/0", "/a/b"]),
    st.none() | st.tuples(st.integers(-5, 80), st.integers(-5, 80)),
)
def test_any_bytes_give_an_excerpt(raw: bytes, pointer: str, span: tuple[int, int] | None) -> None:
    excerpt = make_excerpt(RowText(raw), pointer, span)
    assert 0 <= excerpt.mark_start <= excerpt.mark_end <= len(excerpt.text)
    assert escape(excerpt.text) == excerpt.text
    assert excerpt.on_first_line == (excerpt.column is not None)
    assert (excerpt.column, excerpt.end_column) == find_columns(RowText(raw), pointer, span)


@pytest.mark.parametrize(
    ("raw", "pointer", "expected"),
    [
        ('{"a": 1, "a": 2}', "/a", "2"),
        ('{"a": {"b": 1}, "a": {"c": 2}}', "/a/b", None),
        ('{"a": {"b": 1}, "a": {"c": 2}}', "/a/c", "2"),
        (r'{"\u0061": 1}', "/a", "1"),
        (r'{"a\"]}": [1, {"x": "\\"}]}', '/a"]}/1/x', r'"\\"'),
        ('{"a/b": {"~": 1}}', "/a~1b/~0", "1"),
        ('{"": {"": 5}}', "//", "5"),
        ("[1, 2]", "/2", None),
        ("[1, 2]", "/-1", None),
        ("[1, 2]", "/01", None),
        ("[1, 2]", "/" + "9" * 5000, None),
        ("[]", "/0", None),
        ('{"a": "x"}', "/a/0", None),
        ('{"a": NaN, "b": 1}', "/a", "NaN"),
        ('\ufeff {"a": 1}', "/a", "1"),
        ('{"a": [1, 2', "/a/1", "2"),
        ('{"a": "x', "/a", None),
        ("", "", None),
    ],
)
def test_locate(raw: str, pointer: str, expected: str | None) -> None:
    found = locate(raw, pointer)
    assert (None if found is None else raw[found[0] : found[1]]) == expected


def test_nearest_is_what_should_hold_a_missing_value() -> None:
    raw = '{"messages": [{"role": "user"}]}'
    for pointer in ("/messages/0/content", "/messages/0/content/3/text"):
        found = locate_nearest(raw, pointer)
        assert found is not None
        assert raw[found[0] : found[1]] == '{"role": "user"}'


def test_depth_needs_no_stack() -> None:
    lists = "[" * 100_000 + "]" * 100_000
    assert cut_out(lists, "/0" * 1023) == lists[1023:-1023]
    objects = '{"a": ' * 1024 + "1" + "}" * 1024
    assert cut_out(objects, "/a" * 1024) == "1"


def test_a_long_row_takes_no_long_time() -> None:
    turn = '{"role": "user", "content": "%s", "tool_calls": [{"function": {"arguments": "{}"}}]}, ' % (
        r"a \"b\" c\n" * 90
    )
    raw = '{"messages": [' + turn * 10_000 + '{"role": "assistant", "content": ""}]}'
    assert len(raw) > 9_000_000
    started = time.process_time()
    assert cut_out(raw, "/messages/10000/content") == '""'
    assert time.process_time() - started < 3  # 0.1 s on an idle machine


def shown(excerpt: Excerpt) -> str:
    return excerpt.text[excerpt.mark_start : excerpt.mark_end]


def test_excerpt_of_a_value() -> None:
    raw = b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": ""}], "id": 7}'
    excerpt = make_excerpt(RowText(raw), "/messages/1/content")
    assert shown(excerpt) == '""'
    assert raw[excerpt.column - 1 : excerpt.end_column - 1] == b'""'  # type: ignore[operator]
    assert excerpt.text == '…"Hi"}, {"role": "assistant", "content": ""}], "id": 7}'
    assert excerpt.mark_start == CONTEXT + 1
    assert excerpt.on_first_line


def test_excerpt_of_a_span_counts_decoded_characters() -> None:
    raw = r'{"content": "a\n\ud83d\ude00é\u00e9 x"}'.encode()
    excerpt = make_excerpt(RowText(raw), "/content", (2, 5))
    assert shown(excerpt) == r"\ud83d\ude00é\u00e9"
    assert (excerpt.column, excerpt.end_column) == (17, 36)


def test_columns_count_characters_not_bytes() -> None:
    raw = '{"a": "漢字🙂", "b": ""}'.encode()
    assert find_columns(RowText(raw), "/b") == (19, 21)


def test_excerpt_of_a_long_value_shows_its_start() -> None:
    raw = json.dumps({"a": "x" * 1_000_000, "b": 1}).encode()
    excerpt = make_excerpt(RowText(raw), "/a")
    assert excerpt.text == '{"a": "' + "x" * (WIDEST - 1) + "…"
    assert shown(excerpt) == '"' + "x" * (WIDEST - 1)
    assert (excerpt.column, excerpt.end_column) == (7, 1_000_009)


def test_excerpt_of_a_whole_row_marks_nothing() -> None:
    excerpt = make_excerpt(RowText(json.dumps({"a": "x" * 1000}).encode()), "")
    assert excerpt.text == '{"a": "' + "x" * (WIDEST - 7) + "…"
    assert excerpt.mark_start == excerpt.mark_end
    assert (excerpt.column, excerpt.end_column) == (1, None)


def test_excerpt_in_a_pretty_printed_row_keeps_to_its_line() -> None:
    raw = json.dumps({"a": 1, "messages": [{"content": ""}]}, indent=2).encode()
    excerpt = make_excerpt(RowText(raw), "/messages/0/content")
    assert excerpt.text == '"content": ""'
    assert shown(excerpt) == '""'
    assert (excerpt.column, excerpt.end_column, excerpt.on_first_line) == (None, None, False)
    assert find_columns(RowText(b'{"a": "",\n"b": ""}'), "/a") == (7, 9)
    assert find_columns(RowText(b'{"a": [\n]}'), "/a") == (7, None)


def test_excerpt_of_bytes_that_are_no_text() -> None:
    raw = b'{"content": "caf\xe9"}'
    excerpt = make_excerpt(RowText(raw), "", (16, 17))
    assert shown(excerpt) == r"\xe9"
    assert (excerpt.column, excerpt.end_column) == (17, 18)


def test_missing_value_shows_what_should_hold_it() -> None:
    excerpt = make_excerpt(RowText(b'{"messages": [{"role": "user"}]}'), "/messages/0/content")
    assert shown(excerpt) == '{"role": "user"}'


def test_terminal_escapes_cannot_leave() -> None:
    raw = json.dumps({"a": "\x1b[2J \u202e \u200b \x9b", "b\x07": ""}, ensure_ascii=False).encode()
    text = make_excerpt(RowText(raw), "/b\x07").text
    assert text.isprintable()
    assert r"\u202e \u200b \u009b" in text


def test_masking_comes_once_and_before_the_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def mask(text: str, **cut: object) -> str:
        seen.append(text)
        return text.replace("bob@example.com", "<EMAIL>").replace("eve@example.com", "<A LONGER NAME FOR AN EMAIL>")

    monkeypatch.setattr(snippet, "mask", mask)
    # The address before the value is cut by the edge of what is shown: it must be masked all the same.
    raw = json.dumps({"a": "bob@example.com", "filler": "x" * 20, "b": "to eve@example.com now"}).encode()
    excerpt = make_excerpt(RowText(raw), "/b", (3, 18))
    assert shown(excerpt) == "<A LONGER NAME FOR AN EMAIL>"
    assert "example" not in excerpt.text
    assert len(seen) == 1
    assert (excerpt.column, excerpt.end_column) == find_columns(RowText(raw), "/b", (3, 18))


@settings(max_examples=200, deadline=None)
@given(st.text("ab@", max_size=30), st.text("ab@", max_size=30), st.text("ab@", max_size=30))
def test_marks_stay_inside_whatever_masking_does(before: str, value: str, after: str) -> None:
    window = before + value + after
    masked = window.replace("@a", "<EMAIL>").replace("bb", "")
    start, end = moved((len(before), len(before) + len(value)), window, masked)
    assert 0 <= start <= end <= len(masked)
    if masked == window:
        assert masked[start:end] == value


def test_values_over_several_lines_are_shown_on_one() -> None:
    raw = json.dumps({"messages": [{"role": "user", "content": "a  b"}]}, indent=4).encode()
    excerpt = make_excerpt(RowText(raw), "/messages/0")
    assert shown(excerpt) == '{ "role": "user", "content": "a  b" }'
    assert (excerpt.column, excerpt.end_column) == (None, None)
    assert make_excerpt(RowText(raw), "").text == '{ "messages": [ { "role": "user", "content": "a  b" } ] }'


@pytest.mark.parametrize("name", ["plain.jsonl", "packed.jsonl.gz", "mark.jsonl", "crlf.jsonl"])
def test_columns_are_those_of_the_file(name: str, tmp_path: Path) -> None:
    lines = [
        json.dumps({"messages": [{"role": "user", "content": text}, {"role": "assistant", "content": answer}]}, **style)
        for text, answer, style in (
            ("Hi", "", {}),
            ("漢字 🙂", "", {"ensure_ascii": False}),
            ("fine", "fine", {}),
            ("x" * 70_000, "", {"separators": (",", ":")}),
        )
    ]
    data = "\n".join([*lines, ""]).encode()
    if name.startswith("mark"):
        data = b"\xef\xbb\xbf" + data
    if name.startswith("crlf"):
        data = data.replace(b"\n", b"\r\n")
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    report = ftprep.lint(tmp_path / name, select=["CHT003"], isolated=True)
    assert [one.ref.line for one in report] == [1, 2, 4]
    for finding, excerpt, columns in zip(
        report, report.excerpts(list(report)), report.columns(list(report)), strict=True
    ):
        assert excerpt is not None
        assert (excerpt.column, excerpt.end_column) == columns
        assert columns[0] is not None
        assert columns[1] is not None
        assert lines[finding.ref.line - 1][columns[0] - 1 : columns[1] - 1] == '""' == shown(excerpt)
