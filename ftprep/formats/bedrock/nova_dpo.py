"""Nova preference rows: Converse messages, the last of which has candidates in the place of its content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Required

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from ftprep.formats import columns as c
from ftprep.formats.bedrock.converse import ConverseFormat
from ftprep.formats.bedrock.converse_columns import (
    append_system,
    append_tools,
    append_turn,
    append_turns,
    block_pointer,
    converse_exchanges,
    turn_exchanges,
)
from ftprep.formats.bedrock.converse_schema import AssistantContent, SystemBlock, ToolConfig, UserMessage
from ftprep.formats.columns import INDEX_MASK, OUTER_SHIFT, ColumnBuilder, field_of
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Closed
from ftprep.formats.tool_calls import Call, Result

PREFERRED, OTHER = "preferred", "non-preferred"
CANDIDATE_FIELD = 3


class Candidate(Closed):
    """One answer, and whether it is the one that is preferred."""

    content: AssistantContent
    preferenceLabel: Literal["preferred", "non-preferred"]


class NovaAssistantMessage(Closed, total=False):
    """What the model said before; in the last message, the candidates for what it says now."""

    role: Required[Literal["assistant"]]
    content: AssistantContent | None
    candidates: Annotated[list[Candidate], Field(min_length=2)] | None


class NovaDPORow(Closed, total=False):
    """One prompt with answers that are preferred and answers that are not."""

    schemaVersion: str | None
    system: list[SystemBlock] | None
    messages: Required[
        Annotated[list[Annotated[UserMessage | NovaAssistantMessage, Field(discriminator="role")]], Field(min_length=1)]
    ]
    toolConfig: ToolConfig | None


def _defect(pointer: str, message: str, code: str = "SCH006", **data: str) -> PydanticCustomError:
    context = {"pointer": pointer, "message": message, "code": code, **data}
    return PydanticCustomError("nova_preference", "candidates and content do not go together", context)


def _candidates_at_the_end(row: NovaDPORow) -> NovaDPORow:
    messages: list[Mapping[str, Any]] = list(row["messages"])
    *earlier, last = messages
    for index, message in enumerate(earlier):
        here = f"/messages/{index}"
        if message.get("candidates") is not None:
            raise _defect(f"{here}/candidates", "`candidates` stands before the last message")
        if message.get("content") is None:
            raise _defect(here, "`content` is missing", "SCH001", field="content")
    here = f"/messages/{len(earlier)}"
    if last.get("candidates") is None:
        raise _defect(here, "`candidates` is missing", "SCH001", field="candidates")
    if last.get("content") is not None:
        raise _defect(f"{here}/content", "`content` stands beside `candidates`")
    labels = {candidate["preferenceLabel"] for candidate in last["candidates"]}
    if len(labels) == 1:
        one = labels.pop()
        raise _defect(f"{here}/candidates", f"every candidate is `{one}`")
    return row


class NovaDPO(ConverseFormat):
    """Converse prompts whose last message holds two or more labelled candidates.

    Of several candidates with one label, the first stands for its side where rules compare the sides.
    """

    name = "nova-dpo"
    title = "Nova preference (DPO)"
    method = "preference"
    priority = 8
    fields = (*ConverseFormat.fields, "/messages")
    incomplete = frozenset({"bedrock-converse", "bedrock-distillation"})
    trained = False
    example = {
        "schemaVersion": "bedrock-conversation-2024",
        "messages": [
            {"role": "user", "content": [{"text": "Tell a guest that the kitchen is closed."}]},
            {
                "role": "assistant",
                "candidates": [
                    {
                        "content": [{"text": "Our kitchen has just closed; may I bring you some bread?"}],
                        "preferenceLabel": "preferred",
                    },
                    {"content": [{"text": "Too late."}], "preferenceLabel": "non-preferred"},
                ],
            },
        ],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        messages = row.get("messages")
        last = messages[-1] if isinstance(messages, list) and messages else None
        if isinstance(last, Mapping) and isinstance(last.get("candidates"), list):
            return Match(0.98, "the last of `messages` has `candidates`")
        return None

    def schema(self) -> Any:
        return Annotated[NovaDPORow, AfterValidator(_candidates_at_the_end)]

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row) + append_system(row.get("system"), 1, out)
        messages = row["messages"]
        candidates = _candidates(row)
        prompt = messages[:-1] if candidates else messages
        keys += append_turns(prompt, 0, out, trained=False)
        keys += len(messages[-1]) if candidates else 0
        for number, candidate in candidates:
            out.turns.append(c.SEPARATOR)
            side = c.CHOSEN if candidate.get("preferenceLabel") == PREFERRED else c.REJECTED
            packed = c.slot(CANDIDATE_FIELD, len(prompt)) | number << c.ITEM_SHIFT
            keys += append_turn(candidate, packed, out, side, True, "assistant")
        append_tools(row, 2, out)
        return keys

    def pointer(self, code: int, packed: int) -> str:
        if field_of(packed) != CANDIDATE_FIELD:
            return super().pointer(code, packed)
        at = f"/messages/{packed >> OUTER_SHIFT & INDEX_MASK}/candidates/{packed >> c.ITEM_SHIFT}"
        return block_pointer(at, code, packed & (1 << c.ITEM_SHIFT) - 1)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        messages = row.get("messages")
        if not isinstance(messages, list):
            return []
        candidates, last = _candidates(row), len(messages) - 1
        found = [("/messages", messages[:-1] if candidates else messages)]
        return found + [(f"/messages/{last}/candidates/{number}", [one]) for number, one in candidates]

    def turn_pointers(self, row: Mapping[str, Any]) -> list[str]:
        (pointer, prompt), *answers = self.conversations(row) or [("", [])]
        return [f"{pointer}/{index}" for index in range(len(prompt))] + [place for place, _ in answers]

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        lists = self.conversations(row)
        if lists:
            pointer, prompt = lists[0]
            for place, answer in lists[1:3]:
                before = converse_exchanges(prompt, pointer, learn=False)
                yield [*before, *turn_exchanges(answer[0], place, len(prompt), learn=True)]


def _candidates(row: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    """The candidates with their numbers: the first that is preferred, the first that is not, then the others."""
    messages = row.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    listed = last.get("candidates") if isinstance(last, Mapping) else None
    if not isinstance(listed, list):
        return []
    numbered = [(number, one) for number, one in enumerate(listed) if isinstance(one, Mapping)]
    front: list[tuple[int, Mapping[str, Any]]] = []
    for label in (PREFERRED, OTHER):
        front += [pair for pair in numbered if pair[1].get("preferenceLabel") == label][:1]
    taken = {number for number, _ in front}
    return front + [pair for pair in numbered if pair[0] not in taken]
