"""OpenAssistant trees: ``prompt`` with the ``replies`` to it, the replies to these, and so on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.message_schema import Open

_STEP = 28  # bits per level: the index of a reply, counted from 1
_CODES = {"prompter": c.USER, "assistant": c.ASSISTANT | c.TRAINED}


class OasstMessage(Open, total=False):
    """One message and the replies to it; the best of them has rank 0."""

    message_id: str | None
    role: Required[Literal["prompter", "assistant"]]
    text: Required[str]
    rank: int | None
    deleted: bool | None
    replies: list[OasstMessage] | None


class OasstTreeRow(Open, total=False):
    """One tree."""

    message_tree_id: Required[str]
    prompt: Required[OasstMessage]
    tree_state: str | None


class OasstTree(Format):
    """A prompt with alternative replies, level by level: many conversations that share their first turns.

    Paths from the prompt to a leaf are conversations; a row has no turns of its own.
    """

    name = "oasst-tree"
    title = "OpenAssistant trees"
    method = "sft"
    priority = 12
    keys = frozenset({"message_tree_id", "tree_state", "prompt"})
    fields = ("/prompt",)
    answered = False
    example = {
        "message_tree_id": "t1",
        "tree_state": "ready_for_export",
        "prompt": {
            "message_id": "t1",
            "role": "prompter",
            "text": "What do you call a group of owls?",
            "replies": [
                {"message_id": "m2", "role": "assistant", "text": "A parliament.", "rank": 0, "replies": []},
                {"message_id": "m3", "role": "assistant", "text": "A flock.", "rank": 1, "replies": []},
            ],
        },
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        prompt = row.get("prompt")
        if "message_tree_id" in row and isinstance(prompt, Mapping) and ("replies" in prompt or "text" in prompt):
            return Match(0.99, "`prompt` is a message with `replies` beside `message_tree_id`")
        return None

    def schema(self) -> Any:
        return OasstTreeRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row)
        waiting: list[tuple[Mapping[str, Any], int]] = [(row["prompt"], 0)]
        while waiting:
            message, path = waiting.pop()
            keys += len(message)
            code = _CODES.get(message.get("role", ""), c.OTHER) | c.VALUE
            out.add(message.get("text"), code | (c.OPTIONAL if message.get("deleted") else 0), path)
            replies = message.get("replies")
            if isinstance(replies, list):
                below = [(one, path << _STEP | number) for number, one in enumerate(replies, 1) if type(one) is dict]
                waiting.extend(reversed(below))
        return keys

    def pointer(self, code: int, packed: int) -> str:
        steps: list[str] = []
        while packed:
            steps.append(f"/replies/{(packed & (1 << _STEP) - 1) - 1}")
            packed >>= _STEP
        return f"/prompt{''.join(reversed(steps))}/text"
