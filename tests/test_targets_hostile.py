"""Rows that are broken in any place: no target makes a rule crash, and every finding points at something."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ftprep
from ftprep.formats.format import all_formats
from ftprep.targets.target import Target, all_targets

JUNK = (None, True, -1, 0.5, "", "x", "{}", [], [[]], {}, {"a": 1}, [None], ["x"])


def _rows(target: Target) -> list[tuple[str, Any]]:
    """The rows that break a restriction of the target, each with its format."""
    found = []
    for one in target.restrictions:
        format = (one.formats or target.formats)[0]
        for text in one.bad + one.good if format in all_formats() else ():
            try:
                row = json.loads(text)
            except ValueError:
                continue
            if isinstance(row, dict) and len(text) < 2_000:
                found.append((format, row))
    return found


def _places(value: Any, pointer: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield pointer
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from _places(child, (*pointer, key))


def _replaced(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    if not place:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = _replaced(value[place[0]], place[1:], new)
    return copy


@pytest.mark.parametrize("name", [name for name, one in all_targets().items() if _rows(one)])
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_broken_rows_make_no_rule_crash(name: str, data: st.DataObject) -> None:
    format, row = data.draw(st.sampled_from(_rows(load(name))))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(list(_places(row))[1:] or [()]))
        row = _replaced(row, place, data.draw(st.sampled_from(JUNK)))
        if not isinstance(row, dict):
            return
    report = ftprep.lint([row], format=format, target=name)
    assert [one.message for one in report.findings if one.code == "FTP900"] == [], row
    assert all(one.pointer == "" or one.pointer.startswith("/") for one in report.findings)


def load(name: str) -> Target:
    return all_targets()[name]
