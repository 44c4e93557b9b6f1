"""Preference pairs: which rule speaks, whatever shape the pair has."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftprep

Row = dict[str, Any]
PROMPT = "Which of the four ferries stops at the island?"
words = st.lists(st.sampled_from(["the", "red", "ferry", "Sunday", "7", "not", "né", "島"]), min_size=1, max_size=12)
sides = words.map(" ".join)
blanks = st.sampled_from([" ", "  ", " \n", "\t"])


def assistant(text: str | None) -> Row:
    return {"role": "assistant", "content": text}


def user(text: str) -> Row:
    return {"role": "user", "content": text}


def shapes(chosen: str, rejected: str) -> dict[str, Row]:
    """One pair in every shape that has sides of text."""
    return {
        "openai-preference": {
            "input": {"messages": [user(PROMPT)]},
            "preferred_output": [assistant(chosen)],
            "non_preferred_output": [assistant(rejected)],
        },
        "trl-preference-std": {"prompt": PROMPT, "chosen": chosen, "rejected": rejected},
        "trl-preference-conv": {
            "prompt": [user(PROMPT)],
            "chosen": [assistant(chosen)],
            "rejected": [assistant(rejected)],
        },
        "trl-preference-implicit-conv": {
            "chosen": [user(PROMPT), assistant(chosen)],
            "rejected": [user(PROMPT), assistant(rejected)],
        },
    }


def said(row: Row, format: str, select: str = "PRF,CHT") -> list[str]:
    return [one.code for one in ftprep.lint([row], format=format, select=select, isolated=True).findings]


@given(sides, sides)
def test_every_shape_of_a_pair_gets_the_same_verdict(chosen: str, rejected: str) -> None:
    found = {name: said(row, name) for name, row in shapes(chosen, rejected).items()}
    assert len({tuple(codes) for codes in found.values()}) == 1, found
    assert ("PRF001" in found["openai-preference"]) == (folded(chosen) == folded(rejected)), (
        "equal but for case, white space and Unicode form"
    )


def folded(text: str) -> str:
    return " ".join(text.casefold().split())


@given(words, st.data())
def test_white_space_does_not_make_two_sides_different(parts: list[str], data: st.DataObject) -> None:
    joined = "".join(part + data.draw(blanks) for part in parts)
    for name, row in shapes(" ".join(parts), joined).items():
        assert said(row, name, "PRF001,PRF006") == ["PRF001"]


@pytest.mark.parametrize("name", list(shapes("a", "b")))
@pytest.mark.parametrize("side", ["", " \n", "\u200b"])
def test_an_empty_side_is_said_once(name: str, side: str) -> None:
    assert said(shapes("At noon.", side)[name], name) == ["PRF002"]
    assert said(shapes(side, "At noon.")[name], name) == ["PRF002"]
    assert said(shapes(side, side)[name], name) == ["PRF002", "PRF002"]


def test_a_side_that_asks_is_no_answer() -> None:
    row = shapes("a", "b")["trl-preference-conv"]
    row["rejected"] = [user("And on Sundays?")]
    assert said(row, "trl-preference-conv") == ["PRF011"]
    row["rejected"] = [assistant("On Sundays"), user("And on Sundays?")]
    assert said(row, "trl-preference-conv") == ["PRF011"]


def test_a_set_of_minimal_pairs_is_one_finding() -> None:
    text = "The ferry to the island leaves from the second pier, " * 4
    rows = [shapes(text + "promptly.", text + "prompt.")["trl-preference-std"] | {"prompt": f"{n}?"} for n in range(9)]
    found = ftprep.lint(rows, select="PRF006", isolated=True).findings
    assert [(one.ref.line, one.data["rows"]) for one in found] == [(0, 9)]
