"""UltraFeedback rows made binary: ``prompt`` as a string, ``chosen`` and ``rejected`` as whole conversations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.format import Match
from ftprep.formats.message_schema import Messages, Open
from ftprep.formats.message_shape import is_messages
from ftprep.formats.trl.preference_implicit_conv import TRLPreferenceImplicitConv


class UltraFeedbackBinarizedRow(Open, total=False):
    """The user's turn stands in the prompt and again in both conversations."""

    prompt: Required[str]
    chosen: Required[Messages]
    rejected: Required[Messages]
    score_chosen: float | None
    score_rejected: float | None


class UltraFeedbackBinarized(TRLPreferenceImplicitConv):
    """A prompt and two conversations that begin with it; Axolotl's type `ultra` reads them as well."""

    name = "ultrafeedback-binarized"
    title = "UltraFeedback binarized"
    method = "preference"
    priority = 19.15
    keys = frozenset({"prompt", "chosen", "rejected", "score_chosen", "score_rejected"})
    incomplete = frozenset({"trl-preference-implicit-conv", "trl-prompt-only"})
    example = {
        "prompt": "Which river runs through Prague?",
        "chosen": [
            {"role": "user", "content": "Which river runs through Prague?"},
            {"role": "assistant", "content": "The Vltava."},
        ],
        "rejected": [
            {"role": "user", "content": "Which river runs through Prague?"},
            {"role": "assistant", "content": "The Danube."},
        ],
        "score_chosen": 9.0,
        "score_rejected": 2.5,
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        prompt, chosen = row.get("prompt"), row.get("chosen")
        if not isinstance(prompt, str) or not is_messages(chosen) or not is_messages(row.get("rejected")):
            return None
        if chosen and chosen[0].get("role") == "user" and chosen[0].get("content") == prompt:
            return Match(0.97, "`prompt` is a string, and the first turn of `chosen`")
        return Match(0.85, "`prompt` is a string beside conversations in `chosen` and `rejected`")

    def schema(self) -> Any:
        return UltraFeedbackBinarizedRow

    def identity(self, row: Mapping[str, Any]) -> Any:
        # Beside conversations that do not ask it, the prompt makes another row of the same answers.
        prompt = row["prompt"]
        asked = (turn.get("content") for turn in row["chosen"] if turn.get("role") == "user")
        return None if prompt in asked else " ".join(prompt.split()).casefold()
