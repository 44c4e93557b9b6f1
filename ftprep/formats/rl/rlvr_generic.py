"""Rows with ``ground_truth``: open-instruct (RLVR), Fireworks, and scripts that follow them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Required

from ftprep.formats.columns import ColumnBuilder, slot
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import REFERENCE_FIELDS, append_references, graded_columns, has_media
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import Messages, Object, Open, Tools
from ftprep.formats.message_shape import CHAT_KEYS, ends_with_answer, is_chat, is_messages, message_lists
from ftprep.formats.parts import PROMPT_TEXT, AtLeastOne
from ftprep.formats.tool_calls import Tool, declared_tools
from ftprep.formats.trl.prompt_only import match_columns


class RLVRGenericRow(Open, total=False):
    """One task. open-instruct names the verifier in `dataset`, or several in a list."""

    messages: Messages | None
    prompt: str | Messages | None
    ground_truth: Required[Any]
    dataset: str | list[str] | None
    tools: Tools | None
    chat_template_kwargs: Object | None


class RLVRGeneric(Format):
    """A prompt and its ground truth, which a verifier compares answers with. Nothing in the row is trained on."""

    name = "rlvr-generic"
    title = "RLVR with ground_truth"
    method = "rft"
    priority = 10.5  # before the OpenAI rows, which may have any column and are the other way to read these
    keys = frozenset({"messages", "prompt", "ground_truth", "dataset"})
    fields = ("/messages", "/tools", "/functions", "/prompt", *REFERENCE_FIELDS)
    incomplete = frozenset({"openai-chat", "openai-rft", "trl-prompt-only", "trl-prompt-only-conv"})
    example = {
        "messages": [{"role": "user", "content": "How many days have April and May together?"}],
        "ground_truth": "61",
        "dataset": "gsm8k",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if "ground_truth" not in row or "reference_answer" in row:
            return None
        if "messages" in row:
            if not is_chat(row) or ends_with_answer(row["messages"]):
                return None
            sign = "`messages` without an answer beside `ground_truth`"
        elif isinstance(row.get("prompt"), str) or is_messages(row.get("prompt")):
            if match_columns(row, "") is None:
                return None
            sign = "`prompt` beside `ground_truth`"
        else:
            return None
        named = isinstance(row.get("dataset"), str | list)
        return Match(0.85 if named else 0.8, sign + (" and the verifier in `dataset` (open-instruct)" if named else ""))

    def schema(self) -> Any:
        return Annotated[RLVRGenericRow, AtLeastOne("messages", "prompt")]

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row)
        messages = row.get("messages")
        prompt = row.get("prompt") if messages is None else None
        if messages is not None:
            keys += append_messages(messages, 0, out, trained=False)
        elif isinstance(prompt, list):
            keys += append_messages(prompt, 3, out, trained=False)
        append_tools(row, 1, out)
        if prompt is not None:
            out.add(prompt, PROMPT_TEXT, slot(3))
        append_references(row, 4, out)
        if has_media(row):
            out.mark_media()
        return keys

    def identity(self, row: Mapping[str, Any]) -> Any:
        found = graded_columns(row, CHAT_KEYS | {"prompt"}) or {}
        if row.get("dataset") is not None:  # no metadata here: it says who judges
            found["dataset"] = row["dataset"]
        return found or None

    def references(self, row: Mapping[str, Any]) -> list[tuple[str, Any]]:
        truth = row.get("ground_truth")
        return [] if truth is None else [("/ground_truth", truth)]

    def verifier(self, row: Mapping[str, Any]) -> str | None:
        name = row.get("dataset")
        if isinstance(name, list) and len(name) == 1:
            name = name[0]
        return name if isinstance(name, str) else None

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return declared_tools(row)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/messages" if row.get("messages") is not None else "/prompt")
