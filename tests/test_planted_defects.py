"""One defect planted among many sound rows: one finding, at its line and pointer, in every kind of file."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rows import assistant, chat, user

import ftprep

Row = dict[str, Any]
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]


class Planted(NamedTuple):
    """A broken row, and what is to be said about it: codes and pointers."""

    row: Row
    said: tuple[tuple[str, str], ...]


def one(row: Row, code: str, pointer: str = "") -> Planted:
    return Planted(row, ((code, pointer),))


def calling(arguments: Any, **tool: Any) -> Row:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}
    tools = [{"type": "function", "function": {"name": "f", **tool}}]
    return chat(user(), assistant(None, tool_calls=[call]), tools=tools)


ARGUMENTS = "/messages/1/tool_calls/0/function/arguments"
INTEGER = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}

CHAT = [
    one(chat(user(), {"content": "Hello!"}), "SCH001", "/messages/1"),
    one(chat(user(), {"role": "assistant"}), "SCH001", "/messages/1"),
    one(chat(user(), {"role": "assistant", "contents": "Hello!"}), "SCH001", "/messages/1"),
    one(chat(user(), {"rol": "assistant", "content": "Hello!"}), "SCH001", "/messages/1"),
    one({**chat(user(), assistant()), "a/b~c": 1}, "SCH002", "/a~1b~0c"),
    one({**chat(user(), assistant()), "\u202e": 1}, "SCH002", "/\u202e"),
    one(chat(user(), assistant(annotations=[{"type": "url_citation"}])), "SCH002", "/messages/1/annotations"),
    one(chat(user(7), assistant()), "SCH003", "/messages/0/content"),
    one(chat(user(["Hi"]), assistant()), "SCH003", "/messages/0/content/0"),
    one(chat(user(), assistant(weight=True)), "SCH003", "/messages/1/weight"),
    one({"messages": user()}, "SCH003", "/messages"),
    one(chat({"role": "Human", "content": "Hi"}, assistant()), "SCH004", "/messages/0/role"),
    one({"prompt": "Hi", "completion": "Ho"}, "SCH005"),
    one(chat(user(), assistant(weight=2)), "SCH006", "/messages/1/weight"),
    one({"messages": []}, "SCH007", "/messages"),
    one(chat(user()), "CHT001"),
    one(chat(user("a"), assistant(), user("b")), "CHT002", "/messages/2"),
    one(chat(user("\u200b\u3164"), assistant()), "CHT003", "/messages/0/content"),
    one(chat(user(), assistant(None, tool_calls=[])), "CHT003", "/messages/1/content"),
    one(chat(user("a"), user("b"), assistant()), "CHT004", "/messages/1"),
    one(chat(user(), {"role": "system", "content": "x"}, assistant()), "CHT005", "/messages/1"),
    one(chat(*[{"role": "system", "content": "x"}] * 2, user(), assistant()), "CHT006", "/messages/1"),
    one(chat(assistant("a"), user(), assistant()), "CHT007", "/messages/0"),
    one(chat(user(), assistant(weight=0)), "CHT008"),
    one(chat(user([{"type": "txt", "text": "x"}]), assistant()), "CHT009", "/messages/0/content/0/type"),
    one(calling("{a: 1}"), "TUL001", ARGUMENTS),
    one(calling(None, parameters=INTEGER), "TUL004", "/messages/1/tool_calls/0/function"),
    one(calling({"a": None}, parameters=INTEGER), "TUL004", ARGUMENTS),
    one(calling({"a": "1", "b": None}, parameters=INTEGER), "TUL004", f"{ARGUMENTS}/a"),
    one(calling('{"a": null}', parameters=INTEGER), "TUL004", ARGUMENTS),
    one(calling('"{}"'), "TUL009", ARGUMENTS),
    one(
        calling("{}", parameters={"properties": {"a" * 60: {"type": "b" * 60}}}),
        "TUL008",
        "/tools/0/function/parameters",
    ),
    one(
        chat(user(), assistant("I look."), {"role": "tool", "content": "x"}, assistant(), tools=TOOLS),
        "TUL006",
        "/messages/2",
    ),
    one(
        chat(user(), assistant(None, tool_calls=[CALL]), user("Well?"), assistant(), tools=TOOLS),
        "TUL005",
        "/messages/1/tool_calls/0",
    ),
]

SOUND = [chat(user(f"Question é {number}"), assistant("An answer.")) for number in range(400)]


def planted() -> tuple[list[Row], list[int]]:
    """All broken rows, every seventh row from the hundredth on, and their places."""
    rows = list(SOUND)
    places = [100 + 7 * number for number in range(len(CHAT))]
    for place, broken in zip(places, CHAT, strict=True):
        rows.insert(place, broken.row)
    return rows, places


def lines_of(texts: list[str]) -> list[int]:
    """The line on which each of ``texts`` starts, when they stand below each other."""
    starts = [1]
    for text in texts:
        starts.append(starts[-1] + text.count("\n") + 1)
    return starts[:-1]


def files() -> Iterator[tuple[str, bytes, list[int]]]:
    """Name, content, and the line of each planted row."""
    rows, places = planted()
    for ending, name in (("\n", "a.jsonl"), ("\r\n", "b.jsonl")):
        content = ending.join(json.dumps(row, ensure_ascii=place % 2 == 0) for place, row in enumerate(rows)).encode()
        yield name, content, [place + 1 for place in places]
    yield "c.jsonl.gz", gzip.compress(content), [place + 1 for place in places]
    pretty = [json.dumps(row, indent=1) for row in rows]
    below = lines_of(pretty)
    yield "d.jsonl", "\n".join(pretty).encode(), [below[place] for place in places]
    yield "e.json", ("[\n" + ",\n".join(pretty) + "\n]\n").encode(), [below[place] + 1 for place in places]


@pytest.mark.parametrize(("name", "content", "lines"), [*files()])
def test_each_defect_is_found_once_where_it_is(name: str, content: bytes, lines: list[int], tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    report = ftprep.lint(path, isolated=True, ignore=["DUP", "BAL", "JSN010"])
    found = [(one.ref.line, one.code, one.pointer) for one in report.findings]
    wanted = [
        (line, code, pointer) for line, broken in zip(lines, CHAT, strict=True) for code, pointer in sorted(broken.said)
    ]
    assert sorted(found) == sorted(wanted)
    assert all(len(one.message) <= 100 for one in report.findings)
    assert report.inputs[0].records == len(SOUND) + len(CHAT)


def found_in(path: Path, content: str) -> list[tuple[int, str]]:
    path.write_text(content, newline="")
    return [(one.ref.line, one.code) for one in ftprep.lint(path, isolated=True, ignore="BAL").findings]


def test_defects_of_tables(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    assert found_in(path, 'prompt,completion\n"a\nb",c\nd,e,f\ng,h\n') == [(4, "JSN001")]
    assert found_in(path, "prompt,completion\na,b,c\nd,e,f\n") == [(2, "JSN001")], "told once, with the number of rows"
    assert found_in(path, "prompt,completion\n") == [(0, "JSN009")]
    assert found_in(path, "prompt, completion\na,b\n") == [(0, "SCH009")], "no prompts without answers"


def test_tables_without_rows(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "rows.parquet")
    report = ftprep.lint(tmp_path / "rows.parquet", isolated=True)
    assert [one.message for one in report.findings] == ["the file names columns and has no rows"]


def test_defects_between_the_first_rows_of_an_array(tmp_path: Path) -> None:
    row = json.dumps(SOUND[0])
    other = json.dumps(SOUND[1])
    path = tmp_path / "rows.json"
    assert found_in(path, f"[\n{row}\n{other}\n]") == [(3, "JSN001")]
    assert found_in(path, f"[\n{row},\n{other},\n]") == [(4, "JSN001")]
    assert found_in(path, f"[\n{row},\n{other}\n") == [(3, "JSN001")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"type": "multi", "graders": {}, "calculate_output": "a"}, "the configuration of a grader (`multi`), no data"),
        (
            {"type": "python", "source": "def grade(sample, item): ..."},
            "the configuration of a grader (`python`), no data",
        ),
        (
            {"type": "json_schema", "json_schema": {"schema": {}}},
            "a response_format (a JSON Schema for answers), no data",
        ),
        (
            {"a": {"file_name": "a.json"}, "b": {"hf_hub_url": "o/b"}},
            "a dataset_info.json that describes 2 datasets, no data",
        ),
    ],
)
def test_configurations_are_no_data(content: Row, message: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    assert found_in(path, json.dumps(content, indent=1)) == [(0, "SCH009")]
    assert ftprep.lint(path, isolated=True).findings[0].message == f"the file is {message}"


def test_splits_inside_an_object_are_named() -> None:
    def said(row: Row) -> str:
        return ftprep.lint([row], isolated=True, select="SCH009").findings[0].message

    assert said({"train": SOUND[:2], "test": SOUND[:1]}) == (
        "the row is an object around 2 openai-chat rows, in `train` (and in `test`)"
    )
    assert said({"data": [{"utterance": "a", "mood": "b"}]}) == "the row is an object around 1 object, in `data`"
    assert said({"python": {"source": 1}}) == "no known shape: `python`"
    assert said({"type": "python", "text": "x = 1"}) == "no known shape: `type`, `text`; near: plain-text, mbpp"


def test_rows_inside_an_object_are_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    assert found_in(path, json.dumps({"version": 1, "data": SOUND[:5]}, indent=1)) == [(0, "SCH009")]
    message = ftprep.lint(path, isolated=True).findings[0].message
    assert message == "the row is an object around 5 openai-chat rows, in `data`"
    report = ftprep.lint([{"candidates": [{"text": "a"}]}], isolated=True)
    assert report.findings[0].message == "no known shape: `candidates`"
