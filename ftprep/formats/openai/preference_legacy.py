"""OpenAI preference rows in the names of the interface of early 2025, which exports still carry."""

from __future__ import annotations

from typing import Any, Required

from ftprep.formats.message_schema import Closed, Messages
from ftprep.formats.openai.preference import OpenAIPreference, PreferenceInput


class OpenAIPreferenceLegacyRow(Closed, total=False):
    """One prompt with a completion that is preferred and one that is not."""

    input: Required[PreferenceInput]
    preferred_completion: Required[Messages]
    non_preferred_completion: Required[Messages]


class OpenAIPreferenceLegacy(OpenAIPreference):
    """A prompt and two completions; today's platforms ask for `preferred_output` and `non_preferred_output`."""

    name = "openai-preference-legacy"
    title = "OpenAI preference (DPO), old names"
    priority = 2
    keys = frozenset({"input", "preferred_completion", "non_preferred_completion"})
    fields = (
        "/input/messages",
        "/input/tools",
        "/input/functions",
        "/preferred_completion",
        "/non_preferred_completion",
    )
    outputs = ("preferred_completion", "non_preferred_completion")
    example = {
        "input": {"messages": [{"role": "user", "content": "Name a river that flows north."}]},
        "preferred_completion": [{"role": "assistant", "content": "The Nile."}],
        "non_preferred_completion": [{"role": "assistant", "content": "The Danube."}],
    }

    def schema(self) -> Any:
        return OpenAIPreferenceLegacyRow
