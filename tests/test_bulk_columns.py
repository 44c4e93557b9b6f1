"""What is worked out for many rows or texts at a time is what one by one gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.field_types import Field
from ftprep.formats.format import all_formats
from ftprep.formats.message_columns import _PLAIN, append_messages, plain_rows
from ftprep.formats.validation import validator
from ftprep.text.echoes import _begin_alike, _openings
from ftprep.text.loops import _blanks_beyond, may_loop, texts_that_may_loop

ROLES = st.sampled_from(["system", "developer", "user", "assistant", "tool"])
PLAIN = st.fixed_dictionaries({"role": ROLES, "content": st.text(max_size=5)})
PLAIN_ROWS = st.lists(st.lists(PLAIN, min_size=1, max_size=5), min_size=1, max_size=6)


def walked(rows: list[dict[str, Any]]) -> tuple[ColumnBuilder, list[int]]:
    out = ColumnBuilder()
    keys = []
    for row in rows:
        keys.append(len(row) + append_messages(row["messages"], 0, out))
        out.counts.append(len(out.values))
        out.turns.append("\n")
    return out, keys


@given(PLAIN_ROWS)
def test_plain_rows_give_the_columns_that_a_walk_gives(lists: list[list[dict[str, str]]]) -> None:
    rows = [{"messages": messages} for messages in lists]
    expected, keys = walked([*rows, *rows])
    out = ColumnBuilder()
    plain = plain_rows(rows, "messages")
    assert plain is not None
    assert plain.append(out) == keys[: len(rows)]
    assert plain.append(out) == keys[len(rows) :]
    assert (out.values, out.codes, out.slots, out.counts) == (
        expected.values,
        expected.codes,
        expected.slots,
        expected.counts,
    )
    assert "".join(out.turns) == "".join(expected.turns)
    assert out.plain == [range(len(rows)), range(len(rows), 2 * len(rows))]


def test_a_row_that_is_more_is_not_plain() -> None:
    plain = {"messages": [{"role": "user", "content": "Is it open?"}]}
    for other in (
        {"messages": [{"role": "user", "content": "Is it open?", "name": "ann"}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "Is it open?"}]}]},
        {"messages": [{"role": "assistant", "content": None}]},
        {"messages": [{"role": "function", "content": "12"}]},
        {"messages": [{"role": "pirate", "content": "Aye."}]},
        {"messages": [{"role": "user", "content": "Yes."}] * 65},
        {**plain, "tools": []},
    ):
        assert plain_rows([plain, other], "messages") is None


ODD_MESSAGE: st.SearchStrategy[Any] = st.one_of(
    PLAIN,
    st.dictionaries(
        st.sampled_from(["role", "content", "name", "weight", "tool_calls"]),
        st.one_of(ROLES, st.sampled_from(["function", "pirate", ""]), st.none(), st.integers(), st.lists(st.text())),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from([None, "user", 1, []]),
)
ODD_ROW: st.SearchStrategy[Any] = st.one_of(
    st.dictionaries(
        st.sampled_from(["messages", "conversations", "tools"]),
        st.one_of(st.lists(ODD_MESSAGE, max_size=3), st.none(), st.text(), st.dictionaries(st.just("role"), ROLES)),
        max_size=2,
    ),
    st.sampled_from([None, [], "messages", 1]),
)


@given(st.lists(ODD_ROW, min_size=1, max_size=2))
def test_plain_rows_are_valid(rows: list[Any]) -> None:
    for format in all_formats().values():
        if format.messages is not None and plain_rows(rows, format.messages) is not None:
            assert all(validator(format.name).isinstance_python(row) for row in rows)


@pytest.mark.parametrize("format", [name for name, one in all_formats().items() if one.messages is not None])
def test_each_role_of_plain_rows_is_valid(format: str) -> None:
    key = all_formats()[format].messages
    assert key is not None
    for role in _PLAIN:
        row = {key: [{"role": role, "content": ""}]}
        assert plain_rows([row], key) is not None
        assert validator(format).isinstance_python(row)


@given(PLAIN_ROWS, st.integers(0, 3), st.integers(1, 12))
def test_fields_of_rows_that_are_alike_are_noted_at_once(
    lists: list[list[dict[str, str]]], before: int, alike: int
) -> None:
    rows: list[dict[str, Any]] = [{"messages": messages} for messages in lists]
    one_by_one, at_once = Field(), Field()
    for row in range(before):
        one_by_one.take(rows[row % len(rows)], row)
        at_once.take(rows[row % len(rows)], row)
    for row in range(before, before + alike):
        one_by_one.take(rows[row % len(rows)], row)
    at_once.take_alike(rows[0], range(before, before + alike))
    noted = [[(path, field.seen) for path, field in one.walk()] for one in (one_by_one, at_once)]
    assert noted[0] == noted[1]


LOOPED = st.builds(
    lambda head, unit, blanks, times, tail: head + "".join(word + blanks for word in unit) * times + tail,
    st.text(alphabet="ab é漢\n", max_size=20),
    st.lists(st.text(alphabet="abcé漢", min_size=1, max_size=12), min_size=1, max_size=12),
    st.sampled_from([" ", "  ", "\n", "\t", "\u00a0", "\u3000", " \u2009", ""]),
    st.integers(1, 60),
    st.text(alphabet="ab é漢\n", max_size=20),
)


@given(st.lists(LOOPED, max_size=5), st.sampled_from([32, 80]))
def test_the_screen_for_loops_misses_none(texts: list[str], step: int) -> None:
    screened = texts_that_may_loop(texts, [text.encode() for text in texts], step).tolist()
    assert all(maybe or not may_loop(text, step) for text, maybe in zip(texts, screened, strict=True))


def test_the_screen_for_loops_lets_most_texts_go() -> None:
    texts = [
        "The boat left at nine and came back at ten, which nobody had thought of before it did. " * 2,
        "",
        "a " * 50,
        "For the first of the boats, " * 2
        + "nobody knew who was to go with it, and nobody asked "
        + "or went " * 2
        + " ".join(map(str, range(30))),
    ]
    assert texts_that_may_loop(texts, [text.encode() for text in texts]).tolist() == [False, False, True, False]


def test_blanks_beyond_ascii_are_those_that_split_cuts_at() -> None:
    characters = [chr(code) for code in range(0x80, 0x110000) if not 0xD800 <= code < 0xE000]
    blanks = [one for one in characters if one.isspace()]
    others = "".join(one for one in characters if not one.isspace())
    assert all(_blanks_beyond(np.frombuffer(one.encode(), dtype=np.uint8)).size for one in blanks)
    assert not _blanks_beyond(np.frombuffer(others.encode(), dtype=np.uint8)).size


OPENING = st.text(alphabet='abAk .?\n"é\u212a', max_size=40)


@given(OPENING, OPENING, st.sampled_from([" ", "  ", "\n", "?", "a"]), st.booleans())
def test_openings_that_differ_belong_to_texts_that_begin_otherwise(
    answer: str, more: str, between: str, alike: bool
) -> None:
    request = answer.swapcase().replace(" ", between) + more if alike else more
    texts = [text.strip(" \t\r\n") for text in (answer, request)]
    encoded = [text.encode() for text in texts]
    data = np.frombuffer(b"\xff".join([*encoded, b""]), dtype=np.uint8)
    openings, sizes = _openings(data, np.array([0, len(encoded[0]) + 1]))
    unlike = (openings[0] | 0x20) != (openings[1] | 0x20)
    if texts[0] and texts[1] and unlike.any() and unlike.argmax() < sizes.min():
        assert not _begin_alike(*texts)
