"""Axolotl rows of type ``metharme``: a prompt and its generation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT, StringsFormat, strings


class AxolotlMetharmeRow(Open, total=False):
    """A prompt, marked up with roles or not, and what follows."""

    prompt: Required[str]
    generation: Required[str]


class AxolotlMetharme(StringsFormat):
    """A prompt and what the model makes of it."""

    name = "axolotl-metharme"
    title = "Axolotl metharme"
    method = "sft"
    priority = 42
    rendered = True
    keys = frozenset({"prompt", "generation"})
    fields = ("/prompt", "/generation")
    parts = (
        ("prompt", PROMPT_TEXT | c.OPTIONAL),
        ("generation", ANSWER_TEXT),
    )
    incomplete = frozenset({"trl-prompt-only"})
    example = {
        "prompt": "<|user|>Tell me of the old mill.<|model|>",
        "generation": "It stood where the two brooks meet.",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "prompt", "generation"):
            return Match(0.95, "`prompt` and `generation` are strings")
        return None

    def schema(self) -> Any:
        return AxolotlMetharmeRow
