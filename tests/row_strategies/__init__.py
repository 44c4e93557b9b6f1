"""Hypothesis strategies: valid rows of every format, and JSON objects that look like rows and are none.

The rows of each folder of ``ftprep/formats/`` stand in the module of the same name, in its dict ``ROWS``.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import orjson
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from row_strategies.parts import Rows, scalar

VALID_ROWS: dict[str, Rows] = {
    name: rows
    for module in pkgutil.iter_modules(__path__)
    if module.name != "parts"
    for name, rows in importlib.import_module(f"{__name__}.{module.name}").ROWS.items()
}

# --- objects that look like rows --------------------------------------------------------------------------------------

KEYS = [
    "messages", "role", "content", "tools", "functions", "function", "tool_calls", "function_call", "name", "arguments",
    "type", "text", "image_url", "url", "refusal", "weight", "conversations", "from", "value", "system", "prompt",
    "completion", "chosen", "rejected", "label", "labels", "completions", "instruction", "input", "output", "history",
    "preferred_output", "non_preferred_output", "preferred_completion", "reference_answer", "answer", "images", "str",
    "user", "assistant", "tool", "ImageUrl", "loss_weight", "id", "a/b", "~",
    "contents", "parts", "systemInstruction", "system_instruction", "functionCall", "function_call", "functionResponse",
    "args", "response", "fileData", "mimeType", "fileUri", "functionDeclarations", "references", "score",
    "schemaVersion", "toolConfig", "toolSpec", "inputSchema", "json", "toolUse", "toolResult", "toolUseId", "image",
    "candidates", "preferenceLabel", "schemaType", "inputBodyJson", "outputBodyJson", "image-ref", "caption", "=text",
    "kto_tag", "chosen_messages", "rejected_messages", "segments", "samples", "score", "evals", "answers", "rank",
    "interactions", "replies", "message_tree_id", "message_id", "transcript", "rating", "videos", "category",
    "question", "ground_truth", "dataset", "reward_model", "data_source", "info", "task", "input_ids",
    "verification_info", "test_cases", "context", "test_list", "steps", "problem",
]  # fmt: skip
WORDS = [*KEYS, "user", "assistant", "tool", "system", "function", "human", "gpt", "function_call", "", "{}", "[1]"]
WORDS += ["model", "preferred", "ModelInvocationLog", "bedrock-conversation-2024"]
WORDS += ["\n\nHuman: a\n\nAssistant: b", "Human:", "<image>"]
key = st.sampled_from(KEYS)
leaf = scalar | st.sampled_from(WORDS)
rough: SearchStrategy[Any] = st.recursive(
    leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(key, inner, max_size=4), max_leaves=20
)
ROUGH_ROWS: Rows = st.dictionaries(key, rough, max_size=5)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        found += _paths(child, (*path, step))
    return found


@st.composite
def spoilt_rows(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A format and a row of it in which one value, anywhere, was replaced, removed or given a strange neighbour."""
    name = draw(st.sampled_from(sorted(VALID_ROWS)))
    row: dict[str, Any] = orjson.loads(orjson.dumps(draw(VALID_ROWS[name])))
    path = draw(st.sampled_from(_paths(row)))
    parent: Any = row
    for step in path[:-1]:
        parent = parent[step]
    action = draw(st.sampled_from(["replace", "remove", "add"]))
    if action == "replace":
        parent[path[-1]] = draw(rough)
    elif action == "remove":
        del parent[path[-1]]
    elif isinstance(parent, dict):
        parent[draw(key)] = draw(rough)
    else:
        parent.append(draw(rough))
    return name, row
