"""Bedrock Converse prompts that a teacher model answers: the input of model distillation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftprep.formats.bedrock.converse import ConverseFormat, ends_with_user, match_converse
from ftprep.formats.format import Match


class BedrockDistillation(ConverseFormat):
    """Prompts as content blocks. An answer is optional, and the teacher's takes its place.

    A file counts as one of prompts when nearly all of its rows end with the user.
    """

    name = "bedrock-distillation"
    title = "Bedrock distillation prompts"
    method = "prompt-only"
    priority = 8.5
    incomplete = frozenset({"bedrock-converse"})
    trained = False
    example = {
        "schemaVersion": "bedrock-conversation-2024",
        "system": [{"text": "You help in a seed shop."}],
        "messages": [{"role": "user", "content": [{"text": "When do I sow broad beans?"}]}],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        found = match_converse(row)
        if found is None or not ends_with_user(row):
            return None
        return Match(0.9, f"{found.reason}, and no answer follows the user")
