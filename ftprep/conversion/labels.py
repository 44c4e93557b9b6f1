"""Classified texts and conversations."""

from __future__ import annotations

from typing import Any

from ftprep.conversion.calls import dump
from ftprep.conversion.conversation import CannotConvert, Example, Notes, Row, text_message
from ftprep.conversion.dialect import Dialect
from ftprep.conversion.messages import read_messages, write_messages
from ftprep.conversion.shape import Shape, add_columns, columns_of, plain_turn
from ftprep.formats.public.text_label import LABELS, TEXTS, learnt_label

TASK = "label"


def read_text_label(row: Row, notes: Notes) -> Example:
    """A text and its label: the word where the row has it as a number and as a word."""
    text = next(key for key in TEXTS if isinstance(row.get(key), str))
    label = learnt_label(row) or next(key for key in LABELS if row.get(key) is not None)
    columns = columns_of(row, text, label)
    return Example("label", [text_message("user", row[text])], label=row[label], columns=columns)


def write_text_label(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A text and its label."""
    if [one.role for one in example.messages] != ["user"]:
        raise CannotConvert(f"{dialect.format} has one text, and this row {len(example.messages)} turns")
    row: Row = {"text": plain_turn(example.messages[0], dialect, notes), "label": example.label}
    return add_columns(row, example, None, dialect, notes)


def read_chat_label(row: Row, notes: Notes) -> Example:
    """A conversation and its label."""
    key = learnt_label(row) or next(key for key in ("label", "labels") if row.get(key) is not None)
    if key not in ("label", "labels"):
        key = "label" if row.get("label") is not None else "labels"
    return Example(
        "label", read_messages(row["messages"], notes), label=row[key], columns=columns_of(row, "messages", key)
    )


def write_chat_label(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A conversation and its label."""
    if not example.messages or example.messages[-1].role != "assistant":
        raise CannotConvert(f"{dialect.format} has a conversation that ends with the assistant")
    row: Row = {"messages": write_messages(example.messages, dialect, notes), "label": example.label}
    return add_columns(row, example, None, dialect, notes)


def read_classifier(row: Row, notes: Notes) -> Example:
    """A text or a conversation, and labels by task."""
    if row.get("text") is not None:
        messages = [text_message("user", row["text"])]
    else:
        messages = read_messages(row["messages"], notes)
    labels = row["labels"]
    label: Any = labels[TASK] if set(labels) == {TASK} else labels
    return Example("label", messages, label=label, columns=columns_of(row, "text", "messages", "labels"))


def write_classifier(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A text or a conversation, and its labels, of which a single one is that of the task `label`."""
    label = example.label
    labels = label if isinstance(label, dict) else {TASK: _words(label, notes)}
    row: Row = {}
    if [one.role for one in example.messages] == ["user"] and example.messages[0].is_text:
        row["text"] = plain_turn(example.messages[0], dialect, notes)
    else:
        row["messages"] = write_messages(example.messages, dialect, notes)
    row["labels"] = labels
    return add_columns(row, example, None, dialect, notes)


def _words(label: Any, notes: Notes) -> Any:
    if isinstance(label, list):
        return [_words(one, notes) for one in label]
    return label_text(label, notes)


def label_text(label: Any, notes: Notes) -> str:
    """A label as the text that a model writes."""
    if isinstance(label, str):
        return label
    notes.change("label written as text")
    if isinstance(label, list) and all(isinstance(one, str) for one in label):
        return ", ".join(label)
    return dump(label).decode()


SHAPES = {
    "text-label": Shape("label", read_text_label, write_text_label, ("conversations",)),
    "chat-label": Shape("label", read_chat_label, write_chat_label, ("texts alone",)),
    "mistral-classifier": Shape("label", read_classifier, write_classifier),
}
