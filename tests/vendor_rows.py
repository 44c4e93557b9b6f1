"""Small rows of Bedrock and Gemini for tests."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

RAIN = {"type": "object", "properties": {"at": {"type": "string"}}, "required": ["at"]}
GOOGLE_RAIN = {
    "type": "OBJECT",
    "properties": {"at": {"type": "STRING", "minLength": "1"}, "type": {"type": "STRING", "nullable": True}},
    "required": ["at"],
}


# --- Bedrock Converse -------------------------------------------------------------------------------------------------


def text(value: Any) -> Row:
    """A block, or a part, of text."""
    return {"text": value}


def image(uri: str = "s3://shop/a.png", kind: str = "png") -> Row:
    """An image block."""
    return {"image": {"format": kind, "source": {"s3Location": {"uri": uri}}}}


def use(name: str = "rain", id: str = "t1", **arguments: Any) -> Row:
    """A call."""
    return {"toolUse": {"toolUseId": id, "name": name, "input": arguments or {"at": "Lima"}}}


def result(id: str = "t1", *content: Row) -> Row:
    """The result of a call."""
    return {"toolResult": {"toolUseId": id, "content": list(content) or [text("no")]}}


def asks(*blocks: Any) -> Row:
    """A user turn."""
    return {"role": "user", "content": list(blocks) or [text("Hi")]}


def answers(*blocks: Any) -> Row:
    """An assistant turn."""
    return {"role": "assistant", "content": list(blocks) or [text("Hello!")]}


def converse(*messages: Any, **more: Any) -> Row:
    """A Converse row."""
    return {"messages": list(messages), **more}


def spec(name: str = "rain", schema: Any = RAIN) -> Row:
    """A tool configuration with one tool."""
    return {"tools": [{"toolSpec": {"name": name, "inputSchema": {"json": schema}}}]}


def choice(*labelled: tuple[str, str]) -> Row:
    """The last message of a Nova preference, from texts and labels."""
    candidates = [{"content": [text(value)], "preferenceLabel": label} for value, label in labelled]
    return {"role": "assistant", "candidates": candidates}


# --- Gemini -----------------------------------------------------------------------------------------------------------


def says(*parts: Any, role: str = "user") -> Row:
    """A turn."""
    return {"role": role, "parts": list(parts) or [text("Hi")]}


def model(*parts: Any) -> Row:
    """A turn of the model."""
    return {"role": "model", "parts": list(parts) or [text("Hello!")]}


def contents(*turns: Any, **more: Any) -> Row:
    """A Gemini row."""
    return {"contents": list(turns), **more}


def call(name: str = "rain", **arguments: Any) -> Row:
    """A call."""
    return {"functionCall": {"name": name, "args": arguments or {"at": "Lima"}}}


def response(name: str = "rain", **more: Any) -> Row:
    """The result of a call."""
    return {"functionResponse": {"name": name, "response": {"rain": False}, **more}}


def declares(name: str = "rain", schema: Any = GOOGLE_RAIN) -> list[Row]:
    """Tools with one function."""
    return [{"functionDeclarations": [{"name": name, "parameters": schema}]}]


def file(uri: str = "gs://shop/a.png") -> Row:
    """A file part."""
    return {"fileData": {"mimeType": "image/png", "fileUri": uri}}


def scored(*pairs: tuple[Any, str], role: str = "model") -> list[Row]:
    """Completions, from scores and texts."""
    return [{"score": score, "completion": {"role": role, "parts": [text(value)]}} for score, value in pairs]
