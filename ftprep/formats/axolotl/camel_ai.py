"""Axolotl rows of type ``camel_ai``: two messages, the second of which answers the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT, StringsFormat, strings


class AxolotlCamelAIRow(Open, total=False):
    """A problem and its solution, as in the sets of CAMEL-AI."""

    message_1: Required[str]
    message_2: Required[str]


class AxolotlCamelAI(StringsFormat):
    """The first message is the prompt, the second is trained on."""

    name = "axolotl-camel-ai"
    title = "Axolotl camel_ai"
    method = "sft"
    priority = 30.6
    keys = frozenset({"message_1", "message_2"})
    fields = ("/message_1", "/message_2")
    parts = (
        ("message_1", PROMPT_TEXT),
        ("message_2", ANSWER_TEXT),
    )
    example = {
        "message_1": "A stone falls for two seconds. How far?",
        "message_2": "About 20 m: half of 9.8 times four.",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "message_1", "message_2"):
            return Match(0.95, "`message_1` and `message_2` are strings")
        return None

    def schema(self) -> Any:
        return AxolotlCamelAIRow
