"""Rows as the types of OpenAI's SDK know them: messages and tools of chat, and both sides of preferences."""

import json
import sys
from pathlib import Path

from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from pydantic import TypeAdapter

MESSAGES = TypeAdapter(list[ChatCompletionMessageParam])
TOOLS = TypeAdapter(list[ChatCompletionToolParam])


def check(messages: list[dict[str, object]]) -> None:
    """Validate turns; ``weight`` belongs to fine-tuning alone, and the types do not know it."""
    MESSAGES.validate_python([{key: value for key, value in one.items() if key != "weight"} for one in messages])


count = 0
for path in sorted(Path(sys.argv[1]).glob("[tv]*.jsonl")):
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        row = json.loads(line)
        prompt = row["input"] if sys.argv[3] == "preference" else row
        check(prompt["messages"])
        TOOLS.validate_python(prompt.get("tools", []))
        if sys.argv[3] == "preference":
            check(row["preferred_output"])
            check(row["non_preferred_output"])
        count += 1
print(f"{count} rows")
