"""Rows as mistral-common validates them for fine-tuning, and as mistral-finetune is documented to read them."""

from typing import Any

from mistral_common.protocol.instruct.messages import (
    FinetuningAssistantMessage,
    SystemMessage,
    ToolMessage,
    UserMessage,
)
from mistral_common.protocol.instruct.tool_calls import Tool
from mistral_common.protocol.instruct.validator import MistralRequestValidatorV3, ValidationMode
from verdicts import Job, by_row, must

MESSAGES = {
    "system": SystemMessage,
    "user": UserMessage,
    "assistant": FinetuningAssistantMessage,
    "tool": ToolMessage,
}
VALIDATOR = MistralRequestValidatorV3(ValidationMode.finetuning)


def check(job: Job, row: Any) -> None:
    """Raise for a row that is none."""
    if job.method == "language-modeling":
        must(isinstance(row.get("text", row.get("content")), str), "no text")
        return
    if job.method == "label":
        must(isinstance(row["labels"], dict) and row["labels"], "no labels")
        must(isinstance(row.get("text"), str) or row.get("messages"), "nothing to label")
        return
    VALIDATOR.validate_messages([MESSAGES[one["role"]].model_validate(one) for one in row["messages"]])
    for tool in row.get("tools") or ():
        Tool.model_validate(tool)


if __name__ == "__main__":  # libraries start processes that read this file again
    by_row(check)
