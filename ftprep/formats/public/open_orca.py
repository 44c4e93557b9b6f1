"""OpenOrca rows: ``{"system_prompt", "question", "response"}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT, StringsFormat, strings


class OpenOrcaRow(Open, total=False):
    """A system prompt, which may be empty, a question, and the response."""

    system_prompt: Required[str]
    question: Required[str]
    response: Required[str]


class OpenOrca(StringsFormat):
    """A question under a system prompt, and its response."""

    name = "open-orca"
    title = "OpenOrca"
    method = "sft"
    priority = 30
    keys = frozenset({"system_prompt", "question", "response"})
    fields = ("/system_prompt", "/question", "/response")
    parts = (
        ("system_prompt", c.SYSTEM | c.FIELD | c.OPTIONAL),
        ("question", PROMPT_TEXT),
        ("response", ANSWER_TEXT),
    )
    example = {"system_prompt": "", "question": "Put in order: noon, dusk, dawn.", "response": "Dawn, noon, dusk."}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "system_prompt", "question", "response"):
            return Match(0.95, "`system_prompt`, `question` and `response` are strings")
        return None

    def schema(self) -> Any:
        return OpenOrcaRow
