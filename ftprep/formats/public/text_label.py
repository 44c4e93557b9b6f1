"""Classification rows: a text and its label, under the names that are in common use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.field_checks import OneOf
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import METADATA
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT

TEXTS = ("text", "query", "sentence", "utterance", "review", "comment", "tweet", "prompt")
LABELS = ("label_text", "label_name", "label", "labels", "category", "intent", "sentiment")
"""Columns of labels. Where a row has its label as a number and as a word, the word is what is learnt."""

# Beside a text and a label, each of them makes the row something else: an answer, a judgement, tests, a tree.
_OTHER_SHAPES = frozenset(
    {
        "answer", "answers", "article", "canonical_solution", "choices", "chosen", "code", "completion",
        "completions", "contents", "context", "conversations", "data_source", "entry_point", "generation",
        "ground_truth", "hypothesis", "input_ids", "input_output", "instruction", "kto_tag", "message_id",
        "message_tree_id", "messages", "output", "outputs", "parent_id", "premise", "question", "reference_answer",
        "rejected", "replies", "response", "responses", "reward_model", "role", "solution", "summary",
        "system_prompt", "test", "test_list", "transcript", "verification_info",
    }
)  # fmt: skip

Label = str | bool | float | list[str] | list[int]


class TextLabelRow(Open, total=False):
    """One text under one of its names, and at least one label."""

    text: str | None
    query: str | None
    sentence: str | None
    utterance: str | None
    review: str | None
    comment: str | None
    tweet: str | None
    prompt: str | None
    label_text: str | None
    label_name: str | None
    label: Label | None
    labels: Label | None
    category: Label | None
    intent: Label | None
    sentiment: Label | None


class TextLabel(Format):
    """A text and the class that it belongs to. A label that is a word is the answer; a number tells rows apart."""

    name = "text-label"
    title = "text and label"
    method = "sft"
    priority = 46.5
    keys = frozenset({*TEXTS, *LABELS})
    fields = (*(f"/{key}" for key in TEXTS), *(f"/{key}" for key in LABELS))
    incomplete = frozenset({"plain-text", "trl-prompt-only"})
    answered = False
    labels = True
    example = {"text": "I cannot find my card anywhere.", "label": "lost_card"}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if row.keys() & _OTHER_SHAPES:
            return None
        texts = [key for key in TEXTS if isinstance(row.get(key), str)]
        labels = [key for key in LABELS if _is_label(row.get(key))]
        if len(texts) != 1 or not labels:
            return None
        if texts == ["prompt"] and not any(isinstance(row[key], str) for key in labels):
            return None  # a judgement of an answer that is missing
        others = row.keys() - METADATA - {*TEXTS, *LABELS}
        sure = 0.6 if others or texts == ["prompt"] else 0.75
        return Match(sure, f"`{texts[0]}` is a string beside `{labels[0]}`")

    def schema(self) -> Any:
        return Annotated[TextLabelRow, OneOf(*TEXTS, what="the text"), OneOf(*LABELS, what="the label")]

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        for field, key in enumerate(TEXTS):
            if row.get(key) is not None:
                out.add(row[key], PROMPT_TEXT, c.slot(field))
        learnt = learnt_label(row)
        if learnt is not None:
            append_label(row[learnt], len(TEXTS) + LABELS.index(learnt), out)
        return len(row)

    def identity(self, row: Mapping[str, Any]) -> Any:
        return other_labels(row)


def append_label(label: Any, field: int, out: ColumnBuilder) -> None:
    """Add a label that is a word, or a list of words."""
    if isinstance(label, list):
        for number, one in enumerate(label):
            out.add(one, c.ASSISTANT | c.TRAINED | c.ITEM, c.slot(field, number))
    else:
        out.add(label, ANSWER_TEXT, c.slot(field))


def learnt_label(row: Mapping[str, Any]) -> str | None:
    """The column of the label that is learnt: the first that holds words."""
    for key in LABELS:
        label = row.get(key)
        if isinstance(label, str) or (isinstance(label, list) and label and isinstance(label[0], str)):
            return key
    return None


def other_labels(row: Mapping[str, Any]) -> Any:
    """The labels that are no texts of the row."""
    learnt = learnt_label(row)
    return {key: row[key] for key in LABELS if key != learnt and row.get(key) is not None} or None


def _is_label(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str | int) for one in value)
    return isinstance(value, str | bool | int | float)
