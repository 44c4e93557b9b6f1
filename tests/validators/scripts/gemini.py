"""Rows as the types of Google's SDK know them: contents, system instruction, tools."""

import json
import sys
from pathlib import Path

from google.genai import types

count = 0
for path in sorted(Path(sys.argv[1]).glob("[tv]*.jsonl")):
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for content in row["contents"]:
            assert types.Content.model_validate(content).role in ("user", "model", "function")
        if "systemInstruction" in row:
            types.Content.model_validate(row["systemInstruction"])
        for tool in row.get("tools", []):
            types.Tool.model_validate(tool)
        if sys.argv[3] == "preference":
            scores = sorted(one["score"] for one in row["completions"])
            assert scores == [0.0, 1.0], scores
            for one in row["completions"]:
                types.Content.model_validate(one["completion"])
        count += 1
print(f"{count} rows")
