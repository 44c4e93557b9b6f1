"""Classified conversations: ``messages`` and a ``label`` that is a word, a number or a list of words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Required

from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.field_checks import OneOf
from ftprep.formats.format import Format, Match
from ftprep.formats.message_schema import Messages, Open
from ftprep.formats.message_shape import ends_with_answer, is_messages
from ftprep.formats.mistral.classifier import append_classified
from ftprep.formats.public.text_label import append_label, learnt_label, other_labels

Label = str | float | list[str] | list[int]


class ChatLabelRow(Open, total=False):
    """A conversation and its class."""

    messages: Required[Messages]
    label: Label | None
    labels: Label | None


class ChatLabel(Format):
    """A conversation and the class that it belongs to. Its turns are judged, not learnt."""

    name = "chat-label"
    title = "conversation and label"
    method = "sft"
    priority = 46.2
    keys = frozenset({"messages", "label", "labels"})
    fields = ("/messages", "/label", "/labels")
    incomplete = frozenset({"openai-chat"})
    answered = False
    labels = True
    example = {
        "messages": [
            {"role": "user", "content": "My order never came."},
            {"role": "assistant", "content": "I am sorry. Shall I send it again?"},
        ],
        "label": "complaint",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        messages = row.get("messages")
        labels = [row[key] for key in ("label", "labels") if key in row]
        if not labels or isinstance(labels[0], bool | Mapping) or row.keys() & {"chosen", "rejected", "kto_tag"}:
            return None
        if not is_messages(messages) or not ends_with_answer(messages):
            return None
        return Match(0.5, "`messages` that end with the assistant beside a label")

    def schema(self) -> Any:
        return Annotated[ChatLabelRow, OneOf("label", "labels")]

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row) + append_classified(row["messages"], 0, out)
        key = learnt_label(row)
        if key in ("label", "labels"):
            append_label(row[key], 1 if key == "label" else 2, out)
        return keys

    def identity(self, row: Mapping[str, Any]) -> Any:
        return other_labels({key: row.get(key) for key in ("label", "labels")})
