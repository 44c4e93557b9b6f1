"""HH-RLHF rows: ``chosen`` and ``rejected`` as transcripts with ``Human:`` and ``Assistant:``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.field_checks import fault, row_check
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import CHOSEN_TEXT, REJECTED_TEXT, StringsFormat
from ftprep.formats.tool_calls import Call, Result
from ftprep.formats.transcripts import is_transcript, speakers, utterances
from ftprep.formats.trl.preference_implicit_std import PROMPTS_ELSEWHERE


class HHRLHFRow(Open, total=False):
    """Two transcripts that share their first turns and differ in the last, which is the assistant's."""

    chosen: Required[str]
    rejected: Required[str]


def _ends_with_assistant(row: Mapping[str, Any]) -> None:
    for key in ("chosen", "rejected"):
        turns = speakers(row[key])
        if not turns:
            raise fault(f"`{key}` is no transcript: there is no `Human:` or `Assistant:`", f"/{key}")
        if turns.endswith("u"):
            raise fault(f"`{key}` ends with a turn of the human", f"/{key}")


class HHRLHF(StringsFormat):
    """Two dialogues, each written out as one text. The places of their turns are those of the texts."""

    name = "hh-rlhf"
    title = "HH-RLHF transcripts"
    method = "preference"
    priority = 18.9
    rendered = True
    keys = frozenset({"chosen", "rejected"})
    fields = ("/chosen", "/rejected")
    lone = frozenset({"/chosen", "/rejected"})
    parts = (("chosen", CHOSEN_TEXT), ("rejected", REJECTED_TEXT))
    incomplete = frozenset({"trl-preference-implicit-std"})
    transcripts = True
    example = {
        "chosen": "\n\nHuman: How do I keep moths out of wool?\n\nAssistant: Wash it, and store it in a closed box.",
        "rejected": "\n\nHuman: How do I keep moths out of wool?\n\nAssistant: You cannot.",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if row.keys() & PROMPTS_ELSEWHERE:
            return None
        if is_transcript(row.get("chosen")) and is_transcript(row.get("rejected")):
            return Match(0.95, "`chosen` and `rejected` are transcripts of `Human:` and `Assistant:`")
        return None

    def schema(self) -> Any:
        return Annotated[HHRLHFRow, row_check(_ends_with_assistant)]

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = super().append(row, out)
        for number, (key, _) in enumerate(self.parts):
            if number:
                out.turns.append(c.SEPARATOR)
            turns = speakers(row[key])
            # Only the last turn is learnt, or unlearnt: what is before it is the prompt of both.
            out.turns += [*turns[:-1].replace("a", "A"), *turns[-1:]]
        return keys

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        found: list[tuple[str, list[Any]]] = []
        for key, _ in self.parts:
            text = row.get(key)
            if isinstance(text, str):
                found.append((f"/{key}", [text[one.mark : one.end] for one in utterances(text)]))
        return found

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        for _ in self.conversations(row):
            yield []
