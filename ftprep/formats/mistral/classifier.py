"""Mistral classifier rows: ``text`` or ``messages``, and ``labels`` by task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Required

from pydantic import Field

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.field_checks import OneOf, fault, row_check
from ftprep.formats.format import Format, Match
from ftprep.formats.message_columns import append_messages
from ftprep.formats.message_schema import Messages, Object, Open
from ftprep.formats.message_shape import is_messages
from ftprep.formats.parts import PROMPT_TEXT
from ftprep.pointer import escape_token
from ftprep.text.snippet import json_type, quote

# Beside a text and labels, each of them makes the row something else: a message of a tree, an answer.
_OTHER_SHAPES = frozenset({"message_id", "chosen", "rejected", "completion", "response", "output"})


class MistralClassifierRow(Open, total=False):
    """What is classified, and for each task its label, or its labels where several may hold."""

    text: str | None
    messages: Messages | None
    labels: Required[Annotated[Object, Field(min_length=1)]]


def _labels_are_words(row: Mapping[str, Any]) -> None:
    for task, label in row["labels"].items():
        words = label if isinstance(label, list) else [label]
        if not words or not all(isinstance(word, str) for word in words):
            message = f"the label of {quote(task, 24)} is {json_type(label)}; a string or a list of strings is due"
            raise fault(message, f"/labels/{escape_token(task)}", "SCH003")


class MistralClassifier(Format):
    """A text or a conversation to be classified; a head of the model learns the labels, no token does.

    The conversation is what is judged: it may end with anybody, and it has no turns that are trained on.
    """

    name = "mistral-classifier"
    title = "Mistral classifier"
    method = "sft"
    priority = 46
    keys = frozenset({"text", "messages", "labels"})
    fields = ("/text", "/messages")
    incomplete = frozenset({"plain-text", "openai-chat"})
    answered = False
    labels = True
    example = {"text": "The parcel came wet through.", "labels": {"mood": "angry", "topic": ["delivery"]}}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        labels = row.get("labels")
        if not isinstance(labels, Mapping) or not labels or row.keys() & _OTHER_SHAPES:
            return None
        if isinstance(row.get("text"), str) or is_messages(row.get("messages")):
            return Match(0.9, "`text` or `messages` beside `labels` by task")
        return None

    def schema(self) -> Any:
        return Annotated[MistralClassifierRow, OneOf("text", "messages"), row_check(_labels_are_words)]

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        out.add(row.get("text"), PROMPT_TEXT, 0)
        return len(row) + len(row["labels"]) + append_classified(row.get("messages"), 1, out)

    def identity(self, row: Mapping[str, Any]) -> Any:
        return row.get("labels")


def append_classified(messages: Any, field: int, out: ColumnBuilder) -> int:
    """Add the texts of a conversation that is judged as a whole, without its turns; return the number of keys in it."""
    if not isinstance(messages, list):
        return 0
    turns = len(out.turns)
    keys = append_messages(messages, field, out, c.PROMPT, trained=False)
    del out.turns[turns:]
    return keys
