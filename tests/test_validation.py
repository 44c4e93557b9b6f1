"""Rows that are not quite of their format: which rule speaks, where, and that nothing ever raises."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from row_strategies import ROUGH_ROWS, VALID_ROWS, spoilt_rows
from rows import assistant, chat, places, user

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.detect import foreign_format
from ftprep.formats.format import Format, all_formats, format_named
from ftprep.formats.validation import adapter, schema_errors, validator
from ftprep.pointer import resolve

FORMATS = [pytest.param(one, id=name) for name, one in all_formats().items()]


ANY_OBJECT = {"references", "reference_answer"}  # required keys whose value may be an object of the author's own


def schema_keys(format: Format) -> set[str]:
    return set(adapter(format.name).json_schema()["properties"])


def required_keys(format: Format) -> list[str]:
    required: list[str] = adapter(format.name).json_schema().get("required", [])
    return required


def is_open(format: Format) -> bool:
    return adapter(format.name).json_schema()["additionalProperties"] is True


def faults(format: Format, row: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error.code, error.pointer) for error in schema_errors(format.name, row)]


@pytest.mark.parametrize("format", FORMATS)
def test_missing_field(format: Format) -> None:
    for key in required_keys(format):
        row = {name: value for name, value in format.example.items() if name != key}
        assert faults(format, row) == [("SCH001", "")]
        assert schema_errors(format.name, row)[0].data == {"field": key}


@pytest.mark.parametrize("format", FORMATS)
def test_wrong_type(format: Format) -> None:
    for key in required_keys(format):
        for wrong in (None, 7.5, {"no": "field"}):
            found = faults(format, {**format.example, key: wrong})
            codes = {code for code, pointer in found if pointer == f"/{key}"}
            if validator(format.name).isinstance_python({**format.example, key: wrong}):
                assert not codes  # any value, any number, or any object
            else:
                assert "SCH003" in codes or (isinstance(wrong, dict) and "SCH001" in codes)


@pytest.mark.parametrize("format", FORMATS)
def test_unknown_field(format: Format) -> None:
    assert faults(format, {**format.example, "colour": "red"}) == ([] if is_open(format) else [("SCH002", "/colour")])


@pytest.mark.parametrize("format", FORMATS)
def test_null_counts_as_absent(format: Format) -> None:
    optional = schema_keys(format) - set(required_keys(format))
    assert faults(format, {**dict.fromkeys(optional), **format.example, "colour": None}) == []


BROKEN = [
    ("openai-chat", {"messages": []}, [("SCH007", "/messages")]),
    ("openai-chat", chat(user(), assistant(weight=1.0)), [("SCH003", "/messages/1/weight")]),
    ("openai-chat", chat(user(), assistant(weight=True)), [("SCH003", "/messages/1/weight")]),
    ("openai-chat", chat(user(), assistant(weight=2)), [("SCH006", "/messages/1/weight")]),
    ("openai-chat", chat(user(weight=1), assistant()), [("SCH002", "/messages/0/weight")]),
    ("openai-chat", chat(user(), assistant(), weight=0.5), [("SCH002", "/weight")]),
    ("openai-chat", chat(user(), {"role": "bot", "content": "x"}), [("SCH004", "/messages/1/role")]),
    ("openai-chat", chat(user(), {"role": 3, "content": "x"}), [("SCH003", "/messages/1/role")]),
    ("openai-chat", chat(user(), {"content": "x"}), [("SCH001", "/messages/1")]),
    ("openai-chat", chat("Hi", assistant()), [("SCH003", "/messages/0")]),
    ("openai-chat", chat(user([]), assistant()), [("SCH007", "/messages/0/content")]),
    ("openai-chat", chat(user([{"type": "text"}]), assistant()), [("SCH001", "/messages/0/content/0")]),
    ("openai-chat", chat(user([{"text": "a"}]), assistant()), [("SCH001", "/messages/0/content/0")]),
    ("openai-chat", chat(user([{"type": "txt"}]), assistant()), [("CHT009", "/messages/0/content/0/type")]),
    (
        "openai-chat",
        chat(user([{"type": "text", "text": "a", "size": 1}]), assistant()),
        [("SCH002", "/messages/0/content/0/size")],
    ),
    (
        "openai-chat",
        chat(user([{"type": "text", "text": "a", "text/x": 1}]), assistant()),
        [("SCH002", "/messages/0/content/0/text~1x")],
    ),
    (
        "openai-chat",
        chat(user([{"type": "image_url", "image_url": {"url": "u", "detail": "max"}}]), assistant()),
        [("SCH006", "/messages/0/content/0/image_url/detail")],
    ),
    (
        "openai-chat",
        chat(user([{"type": "image_url", "image_url": {"ImageUrl": {"url": 3}}}]), assistant()),
        [("SCH001", "/messages/0/content/0/image_url")],
    ),
    ("openai-chat", chat(user({"str": 1}), assistant()), [("SCH003", "/messages/0/content")]),
    (
        "openai-chat",
        chat(user(5, user={"content": 5}), assistant()),
        [("SCH003", "/messages/0/content"), ("SCH002", "/messages/0/user")],
    ),
    (
        "openai-chat",
        chat(user(), {"role": "assistant", "tool_calls": [{"type": "function", "function": {"arguments": "{}"}}]}),
        [("SCH001", "/messages/1/tool_calls/0/function")],
    ),
    (
        "openai-chat",
        chat(user(), {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": [1]}}]}),
        [("SCH003", "/messages/1/tool_calls/0/function/arguments")],
    ),
    ("openai-rft", chat(user(), answer="7", parallel_tool_calls="no"), [("SCH003", "/parallel_tool_calls")]),
    ("openai-rft", {"messages": [], "answer": "7"}, [("SCH007", "/messages")]),
    (
        "openai-preference",
        {"input": chat(user(), seed=3), "preferred_output": [], "non_preferred_output": [assistant()]},
        [("SCH002", "/input/seed"), ("SCH007", "/preferred_output")],
    ),
    (
        "openai-preference",
        {"input": {}, "preferred_output": [assistant()], "non_preferred_output": [{"role": "AI", "content": ""}]},
        [("SCH001", "/input"), ("SCH004", "/non_preferred_output/0/role")],
    ),
    ("trl-kto", {"prompt": "a", "completion": "b", "label": 2}, [("SCH006", "/label")]),
    ("trl-kto", {"prompt": "a", "completion": "b", "label": "yes"}, [("SCH003", "/label")]),
    ("trl-kto-conv", {"prompt": [user()], "completion": [], "label": True}, [("SCH007", "/completion")]),
    ("trl-stepwise", {"prompt": "a", "completions": ["b", "c"], "labels": [True]}, [("SCH006", "/labels")]),
    ("trl-stepwise", {"prompt": "a", "completions": [], "labels": [True]}, [("SCH007", "/completions")]),
    ("trl-stepwise", {"prompt": "a", "completions": ["b"], "labels": ["+"]}, [("SCH003", "/labels/0")]),
    ("prompt-completion", {"prompt": "a", "completion": "b", "chosen": "c"}, [("SCH002", "/chosen")]),
    ("trl-prompt-only", {"prompt": "a", "completion": "b"}, [("SCH002", "/completion")]),
    ("trl-preference-conv", {"prompt": [user()], "chosen": "a", "rejected": [assistant()]}, [("SCH003", "/chosen")]),
    ("sharegpt", {"conversations": []}, [("SCH007", "/conversations")]),
    (
        "sharegpt",
        {"conversations": [{"from": "hummany", "value": "a"}, {"from": 1, "value": "b"}]},
        [("SCH004", "/conversations/0/from"), ("SCH003", "/conversations/1/from")],
    ),
    (
        "sharegpt",
        {"conversations": [{"from": "human"}, {"value": "a"}, {"from": "gpt", "value": None}]},
        [("SCH001", "/conversations/0"), ("SCH001", "/conversations/1"), ("SCH003", "/conversations/2/value")],
    ),
    (
        "alpaca",
        {"instruction": "a", "output": "b", "history": [["q"], ["q", "a", "x"], []]},
        [("SCH006", "/history/0"), ("SCH006", "/history/1"), ("SCH007", "/history/2")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "row", "expected"), BROKEN)
def test_broken_rows_give_the_rule_that_speaks_about_it(name: str, row: dict[str, Any], expected: Any) -> None:
    assert sorted(faults(format_named(name), row)) == sorted(expected)


def test_a_field_under_another_name_is_named() -> None:
    error = schema_errors("openai-chat", {"message": [user(), assistant()]})
    assert [(one.code, one.message) for one in error] == [("SCH001", "`messages` is missing; there is `message`")]


# --- anything at all --------------------------------------------------------------------------------------------------


def check_any(format: Format, row: dict[str, Any]) -> None:
    """What must hold for every object: no exception but those that a shard expects, and places that exist."""
    for error in schema_errors(format.name, row):
        assert len(error.message) <= 100, error
        resolve(row, error.pointer)
    assert bool(schema_errors(format.name, row)) != validator(format.name).isinstance_python(row)
    foreign = foreign_format(format, row)
    assert foreign is None or foreign in all_formats()
    out = ColumnBuilder()
    try:
        format.append(row, out)
    except (TypeError, KeyError, AttributeError, ValueError):
        return
    for value, code, pointer in places(format, out):
        if code & c.KIND_MASK not in (c.TOOLS, c.ARGUMENTS):
            assert resolve(row, pointer) == value
    assert sum(len(turns) for _, turns in format.conversations(row)) == len(
        [one for one in out.turns if one != c.SEPARATOR]
    )
    assert all(isinstance(items, list) for items in format.exchanges(row))


@given(row=ROUGH_ROWS, name=st.sampled_from(sorted(VALID_ROWS)))
def test_any_object(row: dict[str, Any], name: str) -> None:
    check_any(format_named(name), row)


@given(spoilt=spoilt_rows())
def test_spoilt_rows(spoilt: tuple[str, dict[str, Any]]) -> None:
    name, row = spoilt
    check_any(format_named(name), row)
