"""Rows as mistral-common validates them for fine-tuning."""

import json
import sys
from pathlib import Path

from mistral_common.protocol.instruct.messages import (
    FinetuningAssistantMessage,
    SystemMessage,
    ToolMessage,
    UserMessage,
)
from mistral_common.protocol.instruct.tool_calls import Tool
from mistral_common.protocol.instruct.validator import MistralRequestValidatorV3, ValidationMode

MESSAGES = {
    "system": SystemMessage,
    "user": UserMessage,
    "assistant": FinetuningAssistantMessage,
    "tool": ToolMessage,
}

validator = MistralRequestValidatorV3(ValidationMode.finetuning)
count = 0
for path in sorted(Path(sys.argv[1]).glob("[tv]*.jsonl")):
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        validator.validate_messages([MESSAGES[one["role"]].model_validate(one) for one in row["messages"]])
        for tool in row.get("tools") or ():
            Tool.model_validate(tool)
        count += 1
print(f"{count} rows")
