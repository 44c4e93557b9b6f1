"""Rows for environments of the verifiers library: ``question`` or ``prompt``, ``answer``, ``info`` and ``task``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from ftprep.formats.columns import ColumnBuilder, slot
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import REFERENCE_FIELDS, append_references, graded_columns
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import Messages, Object, Open, Tools
from ftprep.formats.message_shape import is_messages, message_lists
from ftprep.formats.parts import PROMPT_TEXT, AtLeastOne
from ftprep.formats.tool_calls import Tool, declared_tools

_OTHER_SHAPES = frozenset(
    {
        "chosen", "rejected", "completion", "completions", "conversations", "messages", "response", "data_source",
        "reward_model", "ground_truth", "verification_info", "test_list", "input_output", "instruction",
        "article", "context", "category", "choices",
    }
)  # fmt: skip


class VerifiersRow(Open, total=False):
    """One task. `question` becomes the user's turn; where there is a `prompt`, it is left aside."""

    prompt: str | Messages | None
    question: str | None
    answer: str | None
    info: Object | str | None
    task: str | None
    tools: Tools | None


class Verifiers(Format):
    """A task of an environment: what is asked, the answer that is due, and what the environment needs to judge."""

    name = "verifiers"
    title = "verifiers environment"
    method = "rft"
    # After the shapes of other tools that share `prompt` and `answer`: it is the other way to read those.
    priority = 43.7
    keys = frozenset({"prompt", "question", "answer", "info", "task"})
    fields = ("/prompt", "/tools", "/functions", "/question", *REFERENCE_FIELDS)
    incomplete = frozenset({"gsm8k", "qa", "trl-prompt-only", "trl-prompt-only-conv"})
    example = {
        "question": "Spell the word for a young goose backwards.",
        "answer": "gnilsog",
        "info": {"letters": 7},
        "task": "reverse",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if not row.keys().isdisjoint(_OTHER_SHAPES):
            return None
        prompt, question = row.get("prompt"), row.get("question")
        listed = is_messages(prompt)
        if not listed and not isinstance(prompt if prompt is not None else question, str):
            return None
        if isinstance(row.get("info"), Mapping | str):
            return Match(0.7, "a question beside `info` for an environment")
        if isinstance(row.get("answer"), str) and (listed or prompt is None):
            return Match(0.6 if isinstance(row.get("task"), str) else 0.5, "a question beside its `answer`")
        return None

    def schema(self) -> Any:
        return Annotated[VerifiersRow, AtLeastOne("prompt", "question")]

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row)
        prompt = row.get("prompt")
        if isinstance(prompt, list):
            keys += append_messages(prompt, 0, out, trained=False)
        else:
            out.add(prompt, PROMPT_TEXT, slot(0))
        append_tools(row, 1, out)
        if prompt is None:
            out.add(row.get("question"), PROMPT_TEXT, slot(3))
        append_references(row, 4, out)
        return keys

    def identity(self, row: Mapping[str, Any]) -> Any:
        return graded_columns(row, frozenset({"prompt", "question", "tools"}))

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return declared_tools(row)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/prompt")
