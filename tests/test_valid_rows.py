"""Rows and files as people have them: nothing is said about them but that they are few."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rows import assistant, chat, user

import ftprep

Row = dict[str, Any]


def call(name: str = "tide", arguments: Any = "{}", id: str = "c1", **more: Any) -> Row:
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}, **more}


def tool(name: str = "tide", **parameters: Any) -> Row:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object", **parameters}}}


def calling(arguments: Any, **parameters: Any) -> Row:
    """A row that ends with one call of a tool with these parameters."""
    return chat(user("Tide?"), assistant(None, tool_calls=[call(arguments=arguments)]), tools=[tool(**parameters)])


def answered(*turns: Row, **more: Any) -> Row:
    """A row with one call, what follows it, and an answer."""
    return chat(user("Tide?"), assistant(None, tool_calls=[call()]), *turns, assistant("High."), tools=[tool()], **more)


def result(content: Any = "high", **more: Any) -> Row:
    return {"role": "tool", "tool_call_id": "c1", "content": content, **more}


def talk(*turns: tuple[str, str], **more: Any) -> Row:
    """A ShareGPT row."""
    return {"conversations": [{"from": who, "value": text} for who, text in turns], **more}


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}

EXPORTED: Row = {"refusal": None, "annotations": [], "audio": None, "function_call": None, "tool_calls": None}
"""What OpenAI's Python client writes out beside role and content."""

NULLS: Row = {"name": None, "tool_calls": None, "tool_call_id": None, "weight": None}
"""What Arrow puts into every message of a column."""

SHORT = (
    "👍",
    "はい",
    "。",
    "نعم",
    "ไม่",
    "⠓",
    "1",
    "}",
    "{}",
    "null",
    "NaN",
    "\\",
    '"',
    "{'a': None}",
    "\u0301",
    "\u2061x",
)

ROWS: dict[str, Row] = {
    "answer of the client written out": chat(user(), assistant("Hello!", **EXPORTED)),
    "call of the client written out": chat(
        user("Tide?"),
        assistant(None, **{**EXPORTED, "tool_calls": [call(index=0)]}),
        result(),
        assistant("High.", **EXPORTED),
        tools=[tool()],
    ),
    "both sides of the client written out": {
        "input": chat(user(), tools=None, parallel_tool_calls=None),
        "preferred_output": [assistant("Good day.", **EXPORTED)],
        "non_preferred_output": [assistant("What?", **EXPORTED)],
    },
    "nulls of Arrow": chat(user(**NULLS), assistant(**NULLS), tools=None, images=None),
    "nulls in arguments and schema": calling(
        {"pier": "east", "hour": None, "other": None},
        properties={"pier": {**TEXT, "enum": None, "description": None}, "hour": NUMBER, "x": None},
        required=["pier"],
        additionalProperties=False,
    ),
    "nulls deeper down": calling(
        {"stops": [{"pier": "east", "hour": None}, {"pier": None, "hour": 3}]},
        properties={"stops": {"items": {"type": "object", "properties": {"pier": TEXT, "hour": NUMBER}}}},
    ),
    "many nulls": calling(
        {f"a{number}": None for number in range(30)},
        properties={f"a{number}": {"type": "string"} for number in range(30)},
    ),
    "const that Arrow left null": calling({"hour": 3}, properties={"hour": {"type": "integer", "const": None}}),
    "null that is meant": calling('{"hour": null}', properties={"hour": {"enum": [None, 3]}, "b": {"const": None}}),
    "decimal steps": calling('{"a": 0.07, "b": 19.99}', properties={key: {"multipleOf": 0.01} for key in "ab"}),
    "whole number with a point": calling('{"a": 3.0, "b": 1e2}', properties={key: {"type": "integer"} for key in "ab"}),
    "draft 4": calling('{"a": 3}', properties={"a": {"type": "number", "minimum": 0, "exclusiveMinimum": True}}),
    "lists by place": calling('{"a": [1, "b"]}', properties={"a": {"items": [NUMBER, TEXT]}}),
    "schema of a list": calling(
        '{"v": 1, "next": {"v": 2}}', properties={"v": {"type": "integer"}, "next": {"$ref": "#"}}, required=["v"]
    ),
    "arguments over several lines": calling('{\n\t"a": "b"\r\n}', properties={"a": {"type": "string"}}),
    "empty result": answered(result("")),
    "result of parts": answered(result([{"type": "text", "text": ""}], name="tide")),
    "user after the result": answered(result(), user("And now?")),
    "results in another order": chat(
        user("Tides?"),
        assistant("", tool_calls=[call(id="a"), call(id="b")]),
        result(tool_call_id="b"),
        result(tool_call_id="a"),
        assistant("High."),
        tools=[tool()],
    ),
    "objects and names for TRL": chat(
        user("Tides?"),
        assistant(None, tool_calls=[{"type": "function", "function": {"name": "tide", "arguments": {"a": 1}}}] * 2),
        {"role": "tool", "name": "tide", "content": "high"},
        {"role": "tool", "name": "tide", "content": "low"},
        assistant("High and low."),
        tools=json.dumps([tool()]),
    ),
    "calls in text": chat(
        user("Tide?"),
        assistant('<tool_call>\n{"name": "tide", "arguments": {}}\n</tool_call>'),
        {"role": "tool", "content": "<tool_response>high</tool_response>"},
        assistant("High."),
    ),
    "calls in text of ShareGPT": talk(
        ("system", "Call what you need."),
        ("human", "Tide?"),
        ("gpt", '<tool_call>{"name": "tide"}</tool_call>'),
        ("tool", "high"),
        ("gpt", "High."),
        tools="[]",
    ),
    "calls like Python": talk(
        ("user", "Tides?"), ("assistant", "[tide(a=1), tide(a=2)]"), ("tool", "[1, 2]"), ("assistant", "Low."), id=7
    ),
    "calls after ReAct": talk(
        ("human", "Tide?"), ("gpt", "Action: tide\nAction Input: east"), ("observation", "high"), ("gpt", "High.")
    ),
    "JSON in text": chat(user('{"a": 1, "a": 2}'), assistant('{"role": "user", "role": "\\": x"}')),
    "control characters": chat(user("\ta\r\nb\u00a0c\u2009d"), assistant("```\n\x1b[31mok\x1b[0m\n```")),
    "image and no text": chat(
        user([{"type": "image_url", "image_url": {"url": "HTTPS://EXAMPLE.COM/A.PNG?x=1", "detail": None}}]),
        assistant([{"type": "text", "text": "A pear."}]),
    ),
    "legacy function": chat(
        user("Tide?"),
        {"role": "assistant", "content": None, "function_call": {"name": "tide", "arguments": "{}"}},
        {"role": "function", "name": "tide", "content": None},
        assistant("High."),
        functions=[{"name": "tide"}],
    ),
    "alpaca with columns": {"instruction": "Hi", "input": None, "output": "Ho", "history": [["a", "b"]], "source": 1},
    "KTO": {"prompt": [user()], "completion": [assistant()], "label": False, "id": 3},
    "implicit prompt": {"chosen": [user(), assistant("a")], "rejected": [user(), assistant("b")]},
    "steps": {"prompt": "2 + 2?", "completions": ["4", "5"], "labels": [True, False], "source_url": "x"},
    "story without a prompt": {"prompt": "", "completion": "Once upon a time"},
} | {f"answer {number}": chat(user(text), assistant(text)) for number, text in enumerate(SHORT)}


def findings(data: Any, **more: Any) -> list[tuple[str, int, str, str]]:
    found = ftprep.lint(data, select="ALL", ignore="BAL004", isolated=True, **more).findings
    return [(one.code, one.ref.line, one.pointer, one.message) for one in found]


@pytest.mark.parametrize("name", ROWS)
def test_nothing_is_said_about_a_valid_row(name: str, tmp_path: Path) -> None:
    assert findings([ROWS[name]]) == []
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(ROWS[name]) + "\n")
    assert findings(path) == []


def test_nothing_is_said_about_valid_prompts_for_reinforcement() -> None:
    rows = [chat({"role": "developer", "content": "Count."}, user(f"{n} + 1?"), total=n, unit=None) for n in range(4)]
    assert findings(rows) == []
    assert ftprep.lint(rows, isolated=True).inputs[0].detection.format == "openai-rft"


FEW = [chat(user(f"Wie hoch ist Pier {n}? あ"), assistant(f"{n} Meter 👍")) for n in range(4)]
LINES = [json.dumps(row, ensure_ascii=False) for row in FEW]


def files() -> Iterator[tuple[str, bytes]]:
    """The same rows in files of many makes."""
    text = "\n".join(LINES)
    yield "end.jsonl", text.encode()
    yield "crlf.jsonl", text.replace("\n", "\r\n").encode() + b"\r\n"
    yield "mixed.jsonl", text.replace("\n", "\r\n", 1).encode() + b"\n"
    yield "blanks.jsonl", ("  " + text.replace("\n", " \n\t") + "  \n").encode()
    yield "ascii.NDJSON", "\n".join(json.dumps(row) for row in FEW).encode()
    yield "lines.json", text.encode()
    yield "compact.json", json.dumps(FEW, separators=(",", ":")).encode()
    yield "pretty.json", json.dumps(FEW, indent=2).encode() + b"\n\n"
    yield "tabs.json", json.dumps(FEW, indent="\t").replace("\n", "\r\n").encode()
    yield "line by line.json", ("[\n" + ",\n".join(LINES) + "\n]\n").encode()
    yield "commas first.json", ("[\n" + "\n,".join(LINES) + "\n]\n").encode()
    yield (
        "two members.jsonl.gz",
        gzip.compress(LINES[0].encode() + b"\n") + gzip.compress("\n".join(LINES[1:]).encode()),
    )
    yield "数据 [1].jsonl", text.encode()


@pytest.mark.parametrize(("name", "content"), [*files()])
def test_nothing_is_said_about_a_valid_file(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert findings(path) == []
    assert ftprep.lint(path, isolated=True).inputs[0].records == len(FEW)


def test_numbers_that_are_missing_in_a_table_are_no_nan(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"prompt": ["a", "b"], "completion": ["c", "d"], "score": [float("nan"), 1.0]})
    pq.write_table(table, tmp_path / "rows.parquet")
    assert findings(tmp_path / "rows.parquet") == []
    assert findings(table) == []
