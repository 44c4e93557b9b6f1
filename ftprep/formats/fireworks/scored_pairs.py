"""Fireworks preference rows: ``samples`` of two conversations with a score each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Required

from pydantic import Field

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.field_checks import fault, row_check
from ftprep.formats.format import Format, Match
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import Messages, Open, Tools
from ftprep.formats.message_shape import is_messages
from ftprep.formats.tool_calls import Call, Result, Tool, declared_tools, message_exchanges
from ftprep.formats.trl.preference_implicit_conv import shared_turns


class Evaluation(Open, total=False):
    """What an evaluator said of a sample."""

    score: Required[float]


class Sample(Open, total=False):
    """A whole conversation and its score, beside it or among its evaluations."""

    messages: Required[Messages]
    score: float | None
    evals: Evaluation | None
    tools: Tools | None


class FireworksScoredPairsRow(Open, total=False):
    """Two conversations; the one with the higher score is preferred."""

    samples: Required[Annotated[list[Sample], Field(min_length=2, max_length=2)]]


def _scores_differ(row: Mapping[str, Any]) -> None:
    first, second = map(_score, row["samples"])
    for number, score in enumerate((first, second)):
        if score is None:
            raise fault("`score` is missing", f"/samples/{number}", "SCH001")
    if first == second:
        raise fault(f"both samples have the score {first:g}", "/samples")


class FireworksScoredPairs(Format):
    """Two conversations with scores; they share the prompt at their start."""

    name = "fireworks-scored-pairs"
    title = "Fireworks preference, scored pairs"
    method = "preference"
    priority = 21
    keys = frozenset({"samples"})
    fields = (
        "/samples/0/messages", "/samples/1/messages",
        "/samples/0/tools", "/samples/0/functions", "/samples/1/tools", "/samples/1/functions",
    )  # fmt: skip
    example = {
        "samples": [
            {
                "messages": [
                    {"role": "user", "content": "What keeps bread from going dry?"},
                    {"role": "assistant", "content": "A cloth bag, or the freezer."},
                ],
                "score": 1.0,
            },
            {
                "messages": [
                    {"role": "user", "content": "What keeps bread from going dry?"},
                    {"role": "assistant", "content": "Nothing does."},
                ],
                "score": 0.0,
            },
        ]
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        samples = row.get("samples")
        if not isinstance(samples, list) or not samples:
            return None
        if all(
            isinstance(one, Mapping)
            and is_messages(one.get("messages"))
            and (one.get("score") is not None or one.get("evals") is not None)
            for one in samples
        ):
            return Match(0.9, "`samples` is a list of `messages` with scores")
        return None

    def schema(self) -> Any:
        return Annotated[FireworksScoredPairsRow, row_check(_scores_differ)]

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        samples = row["samples"]
        keys = len(row)
        first, second = _order(samples)
        shared = shared_turns(samples[first]["messages"], samples[second]["messages"])
        for number, side in ((first, c.CHOSEN), (second, c.REJECTED)):
            sample, messages = samples[number], samples[number]["messages"]
            if side == c.REJECTED:
                out.turns.append(c.SEPARATOR)
            keys += len(sample)
            keys += append_messages(messages[:shared], number, out, trained=False)
            keys += append_messages(messages[shared:], number, out, side, start=shared)
        append_tools(samples[first], 2 + 2 * first, out)
        return keys

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        samples = row.get("samples")
        if not isinstance(samples, list) or len(samples) < 2:
            return None
        best = _order(samples)[0]
        return declared_tools(samples[best], f"/samples/{best}") if isinstance(samples[best], Mapping) else None

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        samples = row.get("samples")
        if not isinstance(samples, list) or len(samples) < 2:
            return []
        found = [
            (f"/samples/{number}/messages", samples[number].get("messages"))
            for number in _order(samples)
            if isinstance(samples[number], Mapping)
        ]
        return [(pointer, messages) for pointer, messages in found if isinstance(messages, list)]

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        for pointer, messages in self.conversations(row):
            yield list(message_exchanges(messages, pointer))


def _order(samples: list[Any]) -> tuple[int, int]:
    """The numbers of the better sample and of the other."""
    first, second = (_score(one) for one in samples[:2])
    return (1, 0) if first is not None and second is not None and second > first else (0, 1)


def _score(sample: Any) -> float | None:
    if not isinstance(sample, Mapping):
        return None
    score, evals = sample.get("score"), sample.get("evals")
    if score is None and isinstance(evals, Mapping):
        score = evals.get("score")
    return score if isinstance(score, int | float) else None
