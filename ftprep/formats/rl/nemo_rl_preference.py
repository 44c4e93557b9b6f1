"""NeMo-RL preference rows: ``context`` and two ``completions`` with their ranks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Required

from pydantic import Field

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import Messages, Open, Tools
from ftprep.formats.message_shape import message_lists
from ftprep.formats.tool_calls import Call, Result, Tool, declared_tools, joined_exchanges


class RankedCompletion(Open, total=False):
    """One completion; the lower rank is the better one."""

    rank: Required[int]
    completion: Required[Messages]


class NeMoRLPreferenceRow(Open, total=False):
    """A context and exactly two completions."""

    context: Required[Messages]
    completions: Required[Annotated[list[RankedCompletion], Field(min_length=2, max_length=2)]]
    tools: Tools | None


class NeMoRLPreference(Format):
    """A prompt and two completions, of which the one with the lower rank is preferred."""

    name = "nemo-rl-preference"
    title = "NeMo-RL preference"
    method = "preference"
    priority = 14
    keys = frozenset({"context", "completions"})
    fields = ("/context", "/completions/0/completion", "/completions/1/completion", "/tools", "/functions")
    example = {
        "context": [{"role": "user", "content": "Name a river that flows north."}],
        "completions": [
            {"rank": 0, "completion": [{"role": "assistant", "content": "The Nile."}]},
            {"rank": 1, "completion": [{"role": "assistant", "content": "All of them."}]},
        ],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        answers = row.get("completions")
        if not isinstance(row.get("context"), list) or not isinstance(answers, list) or not answers:
            return None
        if all(isinstance(one, Mapping) and "rank" in one and "completion" in one for one in answers):
            return Match(0.97, "`context` beside `completions` with ranks")
        return None

    def schema(self) -> Any:
        return NeMoRLPreferenceRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row) + append_messages(row["context"], 0, out, trained=False)
        for (pointer, messages), side in zip(self._ranked(row), (c.CHOSEN, c.REJECTED), strict=False):
            out.turns.append(c.SEPARATOR)
            keys += 2 + append_messages(messages, self.fields.index(pointer), out, side)
        append_tools(row, 3, out)
        return keys

    def identity(self, row: Mapping[str, Any]) -> Any:
        ranks = [one.get("rank") for one in row["completions"]]
        return None if len(set(ranks)) == len(ranks) else ranks  # the sides say the order, but not that there is none

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return declared_tools(row)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/context") + self._ranked(row)

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        for answer in self._ranked(row):
            yield joined_exchanges([*message_lists(row, "/context"), answer])

    def _ranked(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        """The lists of messages of both completions, the preferred one first."""
        answers = row.get("completions")
        found: list[tuple[Any, str, list[Any]]] = []
        for one, pointer in zip(answers if isinstance(answers, list) else (), self.fields[1:3], strict=False):
            turns = one.get("completion") if isinstance(one, Mapping) else None
            if isinstance(turns, list):
                found.append((one.get("rank"), pointer, turns))
        if len(found) == 2 and all(type(rank) is int for rank, _, _ in found):
            found.sort(key=lambda ranked: ranked[0])
        return [(pointer, turns) for _, pointer, turns in found]
