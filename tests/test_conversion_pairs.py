"""Every pair of formats, and every format for every target: what is written is valid, or one sentence says why not."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from row_strategies import VALID_ROWS, spoilt_rows

import ftprep
from ftprep.conversion.conversation import CannotConvert, Example, Notes
from ftprep.conversion.converter import MISREAD, Converter
from ftprep.conversion.goal import Goal, format_for, goal_named
from ftprep.conversion.shapes import NEITHER, all_shapes, writable
from ftprep.errors import UsageError
from ftprep.finding import Severity
from ftprep.formats.detect import matches
from ftprep.formats.format import all_formats
from ftprep.formats.validation import schema_errors
from ftprep.targets.target import all_targets

READABLE = [name for name, shape in all_shapes().items() if shape.read is not None]
BOTH = [name for name in READABLE if all_shapes()[name].write is not None]

# Rows that are the other format's as well, so that detection may name that one.
TWINS = {
    "claude-bedrock": {"openai-chat"},
    "verifiers": {"qa", "gsm8k", "trl-prompt-only-conv"},
    "qa": {"gsm8k", "axolotl-jeopardy"},
    "openai-rft": {"rlvr-generic", "nova-rft", "openr1-code"},
    "plain-text": {"plain-text-prerendered"},
}


def to_format(source: str, format: str) -> Converter:
    return Converter(source, Goal(format, None, format))


def tried(converter: Converter, row: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The rows that ``row`` becomes, or why it becomes none."""
    try:
        return converter.rows(row), ""
    except CannotConvert as refusal:
        return [], str(refusal)


def possible(source: str, goals: list[Goal]) -> Iterator[Converter]:
    """A converter for each of ``goals`` that rows of ``source`` can become."""
    for goal in goals:
        with contextlib.suppress(UsageError):
            yield Converter(source, goal)


def example(name: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(json.dumps(dict(all_formats()[name].example)))
    return row


def test_every_format_is_read_or_says_why_not() -> None:
    assert set(READABLE).isdisjoint(NEITHER)
    assert set(READABLE) | set(NEITHER) == set(all_formats())
    for name, shape in all_shapes().items():
        assert shape.write is not None or shape.why, name
    assert len(READABLE) > 75
    assert len(writable()) > 60


@pytest.mark.parametrize("format", writable())
def test_rows_written_are_valid_and_detected(format: str) -> None:
    written = 0
    goal = [Goal(format, None, format)]
    for source, converter in ((name, one) for name in READABLE for one in possible(name, goal)):
        rows, reason = tried(converter, example(source))
        assert reason != MISREAD, source
        for row in rows:
            assert schema_errors(format, row) == (), source
            found = [name for name, _ in matches(row)]
            if all_shapes()[format].method in ("rft", "prompt-only"):  # any column may be there, whosever it is
                continue
            assert found[0] == format or found[0] in TWINS.get(format, ()), source
            written += 1
    assert written or all_shapes()[format].method in ("rft", "prompt-only")


@pytest.mark.parametrize("format", [name for name in BOTH if name != "axolotl-nectar"])  # has a third answer
def test_the_example_is_converted_to_its_own_format_without_a_loss(format: str) -> None:
    converter = to_format(format, format)
    (row,) = converter.rows(example(format))
    assert converter.notes.losses == []
    read = all_shapes()[format].read
    assert read is not None
    assert read(row, Notes()) == read(example(format), Notes())


@pytest.mark.parametrize("target", all_targets())
def test_rows_for_a_target_are_what_it_takes(target: str) -> None:
    """Lint with the target finds no error in the rows written of sound examples but those about the file's size."""
    written: dict[str, list[dict[str, Any]]] = {}
    goal = [goal_named(target)]
    for source, converter in ((name, one) for name in READABLE for one in possible(name, goal)):
        rows, reason = tried(converter, example(source))
        assert reason != MISREAD, source
        written.setdefault(converter.format, []).extend(rows)
    assert written
    for format, rows in written.items():
        # One row of each format makes no dataset: what rules say of all rows together is left out.
        report = ftprep.lint(rows, target=target, format=format, isolated=True, ignore="TOK005,BAL,DUP,CON,RFT001")
        errors = [f"{one.code} {one.message}" for one in report.findings if one.severity == Severity.ERROR]
        assert errors == [], format


@pytest.mark.parametrize("target", all_targets())
@pytest.mark.parametrize("source", READABLE)
def test_a_pair_that_cannot_be_is_one_sentence_with_the_nearest(source: str, target: str) -> None:
    try:
        format = format_for(goal_named(target), source)
    except UsageError as refusal:
        text = str(refusal)
        assert text.startswith(f"{target} is not trained with ")
        assert "nearest: `--to " in text or "targets that are: " in text
        assert "\n" not in text
    else:
        assert format in all_targets()[target].formats
        assert all_shapes()[format].write is not None


@pytest.mark.parametrize("format", NEITHER)
def test_formats_that_cannot_be_converted_say_why(format: str) -> None:
    with pytest.raises(UsageError, match="cannot be converted: "):
        format_for(goal_named("trl"), format)
    with pytest.raises(UsageError, match=f"`{format}` cannot be written: "):
        goal_named(format)


# --- whatever valid rows hold -----------------------------------------------------------------------------------------

SLOW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def everyone(source: str) -> list[Converter]:
    goals = [Goal(name, None, name) for name in writable()] + [goal_named(name) for name in all_targets()]
    return list(possible(source, goals))


@pytest.mark.parametrize("source", READABLE)
def test_a_valid_row_is_written_as_a_valid_row_or_refused_for_a_reason(source: str) -> None:
    converters = everyone(source)

    @SLOW
    @given(VALID_ROWS[source])
    def holds(row: dict[str, Any]) -> None:
        before = json.dumps(row)
        for converter in converters:
            rows, reason = tried(converter, row)
            assert reason != MISREAD, converter.goal.word
            assert "\n" not in reason
            for one in rows:
                errors = schema_errors(converter.format, one)
                assert all(error.code == "SCH002" and converter.goal.target for error in errors)
        assert json.dumps(row) == before, "the row that was given is left alone"

    holds()


@SLOW
@given(spoilt_rows())
def test_a_broken_row_never_breaks_the_conversion(spoilt: tuple[str, dict[str, Any]]) -> None:
    name, row = spoilt
    if name not in READABLE:
        return
    for converter in everyone(name):
        rows, reason = tried(converter, row)
        assert rows or reason


# --- there and back ---------------------------------------------------------------------------------------------------


def meaning(name: str, row: dict[str, Any]) -> Example:
    """What a row says, whatever way it says it. That an answer is learnt is the rule, so saying it says nothing."""
    read = all_shapes()[name].read
    assert read is not None
    found = read(row, Notes())
    for message in (*found.messages, *found.chosen, *found.rejected):
        message.trained = False if message.trained is False else None
    return found


def through(source: str, other: str, row: dict[str, Any]) -> dict[str, Any] | None:
    """``row`` in the format ``other``; None where it is refused, or anything is lost or said in another way."""
    converter = to_format(source, other)
    rows, _ = tried(converter, row)
    return rows[0] if len(rows) == 1 and not converter.notes.losses and not converter.notes.changes else None


@pytest.mark.parametrize("source", BOTH)
def test_there_and_back_again_is_the_same_row(source: str) -> None:
    """A to B to A gives what A was, for every B that says that it lost and changed nothing."""
    others = [name for name in BOTH if name != source and all_shapes()[name].method == all_shapes()[source].method]

    @SLOW
    @given(st.just(example(source)) | VALID_ROWS[source])
    def holds(row: dict[str, Any]) -> None:
        rows, _ = tried(to_format(source, source), row)
        for first, other in ((one, other) for one in rows for other in others):
            there = through(source, other, first)
            if there is not None:
                (back,) = to_format(other, source).rows(there)
                assert meaning(source, back) == meaning(source, first), other

    holds()


HOLDS = {
    "openai-chat": {"mistral-interactions", "chat-conversations", "trl-prompt-completion-conv", "sharegpt"},
    "sharegpt": {"openai-chat", "llamafactory-v1", "chat-conversations"},
    "alpaca": {"sharegpt"},
    "prompt-completion": {"openai-chat", "sharegpt", "alpaca", "input-output-pair", "gemini-sft", "bedrock-converse"},
    "openai-preference": {"trl-preference-conv", "gemini-preference", "nova-dpo", "hh-rlhf", "trl-preference-std"},
    "hh-rlhf": {"openai-preference", "trl-preference-implicit-conv", "fireworks-scored-pairs"},
    "trl-kto": {"trl-kto-conv", "llamafactory-kto-sharegpt", "llamafactory-kto-alpaca"},
    "openai-rft": {"gemini-rft", "verifiers", "trl-prompt-only-conv"},
}


@pytest.mark.parametrize(("source", "other"), [(a, b) for a, names in HOLDS.items() for b in sorted(names)])
def test_pairs_that_hold_each_other_lose_nothing(source: str, other: str) -> None:
    """The round trips above are not empty: these formats hold the examples of each other."""
    there = to_format(source, other)
    assert len(there.rows(example(source))) == 1
    assert there.notes.losses == []
