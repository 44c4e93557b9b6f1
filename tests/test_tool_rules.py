"""Rules of family TUL, beyond the examples that they carry."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tool_rows import conversations

import ftprep
from ftprep.finding import Finding, Severity

STYLES = ["openai", "trl", "legacy", "sharegpt"]


def found(*rows: dict[str, Any], select: str = "CHT,TUL", **options: Any) -> list[Finding]:
    return list(ftprep.lint(list(rows), select=select, isolated=True, **options).findings)


def said(*rows: dict[str, Any], **options: Any) -> list[tuple[str, str]]:
    return [(one.code, one.pointer) for one in found(*rows, **options)]


def call(name: str = "rain", arguments: Any = "{}", id: str | None = None) -> dict[str, Any]:
    body = {"type": "function", "function": {"name": name, "arguments": arguments}}
    return body if id is None else {"id": id, **body}


def calls(*bodies: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": None, "tool_calls": list(bodies), **more}


def row(*messages: dict[str, Any], parameters: Any = None, **more: Any) -> dict[str, Any]:
    tool = {"name": "rain"} if parameters is None else {"name": "rain", "parameters": parameters}
    return {"messages": list(messages), "tools": [{"type": "function", "function": tool}], **more}


USER = {"role": "user", "content": "Rain?"}
ANSWER = {"role": "assistant", "content": "No."}


# --- valid rows -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
@given(data=st.data())
def test_a_valid_conversation_of_any_kind_is_never_flagged(style: str, data: st.DataObject) -> None:
    row = data.draw(conversations(style))
    assert [(one.code, one.message) for one in found(row)] == []


@given(one=conversations("openai"), data=st.data())
def test_what_is_damaged_is_found_where_it_is(one: dict[str, Any], data: st.DataObject) -> None:
    places = [
        (turn, number)
        for turn, message in enumerate(one["messages"])
        for number in range(len(message.get("tool_calls", [])))
    ]
    if not places:
        return
    turn, number = data.draw(st.sampled_from(places))
    body = one["messages"][turn]["tool_calls"][number]
    at = f"/messages/{turn}/tool_calls/{number}"
    damage = data.draw(st.sampled_from(["name", "arguments", "type", "result", "id"]))
    expected = []
    if damage == "name":
        body["function"]["name"] = "no_such_tool"
        expected = [("TUL003", f"{at}/function/name")]
    elif damage == "arguments":
        body["function"]["arguments"] = "{'a': 1}"
        expected = [("TUL001", f"{at}/function/arguments")]
    elif damage == "type":
        body["function"]["arguments"] = json.dumps(body["function"]["arguments"])
        expected = [("TUL009", f"{at}/function/arguments")]
    elif damage == "result":
        kept = [message for message in one["messages"] if message.get("tool_call_id") != body["id"]]
        if len(kept) < len(one["messages"]):
            expected = [("TUL005", at)]
        one["messages"] = kept
    else:
        results = [index for index, message in enumerate(one["messages"]) if message.get("tool_call_id") == body["id"]]
        for index in results:
            one["messages"][index]["tool_call_id"] = "no_such_call"
            expected = [("TUL005", at), ("TUL006", f"/messages/{index}")]
    assert said(one) == expected


# --- which result answers which call --------------------------------------------------------------------------------


def result(id: str | None = None, name: str | None = None) -> dict[str, Any]:
    return {"role": "tool", "content": "no", **({"tool_call_id": id} if id else {}), **({"name": name} if name else {})}


PAIRINGS = [
    pytest.param([calls(call(), call()), result(), result(), ANSWER], [], id="no ids: by order"),
    pytest.param([calls(call(), call()), result(), ANSWER], [], id="one nameless result may be that of both calls"),
    pytest.param(
        [calls(call(), call()), result(name="rain"), ANSWER],
        [("TUL005", "/messages/1/tool_calls/1")],
        id="a named result is that of one call",
    ),
    pytest.param(
        [calls(call()), result(name="rain"), result(name="rain"), ANSWER],
        [("TUL006", "/messages/3")],
        id="no ids: more results than calls",
    ),
    pytest.param([calls(call(id="a")), result(name="rain"), ANSWER], [], id="the call has an id, the result a name"),
    pytest.param([calls(call()), result("a"), ANSWER], [], id="only the result has an id"),
    pytest.param([calls(call(id="")), result(), ANSWER], [], id="an empty id is none"),
    pytest.param(
        [calls(call(id="a")), USER, calls(call(id="b")), result("b"), ANSWER],
        [("TUL005", "/messages/1/tool_calls/0")],
        id="a later call is answered",
    ),
    pytest.param(
        [calls(call()), USER, calls(call()), result(), ANSWER],
        [("TUL005", "/messages/1/tool_calls/0")],
        id="the result is that of the call just before it",
    ),
    pytest.param(
        [calls(call(id="a"), call(id="a")), result("a"), ANSWER],
        [("TUL007", "/messages/1/tool_calls/1/id")],
        id="which of two calls lacks its result cannot be known",
    ),
    pytest.param(
        [calls(call(id="a"), call(id="a")), USER, ANSWER],
        [
            ("TUL005", "/messages/1/tool_calls/0"),
            ("TUL005", "/messages/1/tool_calls/1"),
            ("TUL007", "/messages/1/tool_calls/1/id"),
        ],
        id="two calls with one id and no result at all",
    ),
    pytest.param(
        [calls(call(id="a")), result("a"), calls(call(id="a")), result("a"), calls(call(id="a"))],
        [("TUL007", "/messages/3/tool_calls/0/id")],
        id="a repeated id is told once",
    ),
]


@pytest.mark.parametrize(("messages", "expected"), PAIRINGS)
def test_pairing(messages: list[dict[str, Any]], expected: list[tuple[str, str]]) -> None:
    assert said(row(USER, *messages), select="TUL005,TUL006,TUL007") == expected


def test_a_row_of_very_many_calls() -> None:
    same = [call(id="a") for _ in range(8_000)]
    results = [result("a") for _ in range(7_999)]
    assert said(row(USER, calls(*same), *results, ANSWER), select="TUL005,TUL006,TUL007") == [
        ("TUL007", "/messages/1/tool_calls/1/id")
    ]
    nameless = [calls(call()) for _ in range(8_000)]
    found_in_all = said(row(USER, *nameless, result(), ANSWER), select="TUL005,TUL006,TUL007")
    assert len(found_in_all) == 7_999


def test_an_id_that_is_used_again_after_its_result_is_a_warning() -> None:
    messages = [USER, calls(call(id="a")), result("a"), calls(call(id="a")), result("a"), ANSWER]
    assert [one.severity for one in found(row(*messages))] == [Severity.WARNING]


def test_a_call_that_nobody_can_read_has_its_results() -> None:
    turns = ["human", "tool_call", "tool", "tool", "gpt"]
    one = {"conversations": [{"from": turn, "value": "<tool_call>rain</tool_call>"} for turn in turns], "tools": "[]"}
    assert said(one, select="TUL005,TUL006") == []


# --- sides of a preference ------------------------------------------------------------------------------------------


def preference(chosen: list[dict[str, Any]], rejected: list[dict[str, Any]]) -> dict[str, Any]:
    tools = row()["tools"]
    return {"input": {"messages": [USER], "tools": tools}, "preferred_output": chosen, "non_preferred_output": rejected}


def test_a_rejected_call_may_be_wrong() -> None:
    wrong = [calls(call("ran", "{")), result(name="ran"), ANSWER]
    assert said(preference([ANSWER], wrong)) == []
    assert said(preference(wrong, [ANSWER])) == [
        ("TUL001", "/preferred_output/0/tool_calls/0/function/arguments"),
        ("TUL003", "/preferred_output/0/tool_calls/0/function/name"),
    ]


def test_a_rejected_conversation_must_hold_together_all_the_same() -> None:
    assert said(preference([ANSWER], [result("a"), ANSWER])) == [("TUL006", "/non_preferred_output/0")]


def test_a_shared_beginning_is_judged_once() -> None:
    start = [USER, {"role": "user", "content": ""}, calls(call("ran", "{", "a")), USER]
    one = {"chosen": [*start, ANSWER], "rejected": [*copy.deepcopy(start), {"role": "assistant", "content": "Yes."}]}
    one["tools"] = row()["tools"]
    assert said(one) == [
        ("CHT003", "/chosen/1/content"),
        ("CHT004", "/chosen/1"),
        ("TUL001", "/chosen/2/tool_calls/0/function/arguments"),
        ("TUL003", "/chosen/2/tool_calls/0/function/name"),
        ("TUL005", "/chosen/2/tool_calls/0"),
    ]


@pytest.mark.parametrize(("label", "expected"), [(True, ["TUL003"]), (False, [])])
def test_a_bad_answer_of_a_kto_row_may_be_wrong(label: bool, expected: list[str]) -> None:
    one = {"prompt": [USER], "completion": [calls(call("ran"))], "label": label, "tools": row()["tools"]}
    assert [code for code, _ in said(one)] == expected


def test_a_call_that_is_not_trained_on_is_a_warning() -> None:
    messages = [USER, calls(call("ran", "{", "a"), weight=0), result("a"), ANSWER]
    assert [(one.code, one.severity) for one in found(row(*messages))] == [
        ("TUL001", Severity.WARNING),
        ("TUL003", Severity.WARNING),
    ]


# --- arguments ------------------------------------------------------------------------------------------------------

PROPERTIES = {
    "n": {"type": "integer", "exclusiveMaximum": 5, "multipleOf": 2},
    "s": {"type": "string", "minLength": 2, "pattern": "^a"},
    "l": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "object", "required": ["a/b"]}},
    "o": {"oneOf": [{"type": "integer"}, {"type": "null"}]},
    "c": {"const": 3},
    "d": {"not": {"type": "string"}},
    "e": {"enum": [f"value {number}" for number in range(40)]},
}
BREAKS = [
    ({"n": 7}, ["`n` is no multiple of 2", "`n` is not below 5"]),
    ({"n": True}, ["`n` is a boolean; an integer is due"]),
    ({"s": "b"}, ["`s` does not match `^a`", "`s` is shorter than 2 characters"]),
    ({"l": []}, ["`l` has fewer than 1 items"]),
    ({"l": [{"a/b": 1}, {"a/b": 1}]}, ["`l` repeats an item"]),
    ({"l": [{}]}, ["missing required argument `/l/0/a~1b`"]),
    ({"o": "secret"}, ["`o` is a string; an integer or null is due"]),
    ({"c": 4}, ["`c` is not `3`"]),
    ({"d": "secret"}, ["`d` breaks `not`"]),
    ({"e": "secret"}, ["`e` is none of its 40 allowed values"]),
    ({"x\n\x1b[31m" * 40: 1}, None),
]


@pytest.mark.parametrize(("arguments", "expected"), BREAKS)
@pytest.mark.parametrize("encode", [json.dumps, dict], ids=["string", "object"])
def test_breaks_in_words(arguments: dict[str, Any], expected: list[str] | None, encode: Any) -> None:
    parameters = {"type": "object", "properties": PROPERTIES, "additionalProperties": False}
    messages = [
        one.message for one in found(row(USER, calls(call(arguments=encode(arguments))), parameters=parameters))
    ]
    assert all(len(one) <= 100 and one.isprintable() and "secret" not in one for one in messages)
    assert expected is None or sorted(messages) == expected


def test_no_more_than_five_breaks_of_a_call() -> None:
    properties = {f"a{number}": {"type": "integer"} for number in range(50)}
    arguments = json.dumps(dict.fromkeys(properties, "text"))
    one = row(USER, calls(call(arguments=arguments)), parameters={"type": "object", "properties": properties})
    assert len(found(one)) == 5


def test_long_arguments_are_checked_to_the_first_break() -> None:
    parameters = {"type": "object", "properties": {"l": {"type": "array", "items": {"type": "string"}}}}
    one = row(USER, calls(call(arguments=json.dumps({"l": [1] * 100_000}))), parameters=parameters)
    assert [item.message for item in found(one)] == ["`/l/0` is a number; a string is due"]


def test_empty_arguments_are_an_error_where_arguments_are_needed() -> None:
    needed = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    for parameters, severity in ((None, Severity.WARNING), (needed, Severity.ERROR)):
        one = row(USER, calls(call(arguments="")), parameters=parameters)
        assert [(item.code, item.severity) for item in found(one)] == [("TUL001", severity)]


# --- definitions ----------------------------------------------------------------------------------------------------


def fan_out(depth: int) -> dict[str, Any]:
    """A schema whose references lead to 2 ** ``depth`` copies of one type."""
    definitions: dict[str, Any] = {
        f"d{level}": {"allOf": [{"$ref": f"#/$defs/d{level + 1}"}] * 2} for level in range(depth)
    }
    definitions[f"d{depth}"] = {"type": "string"}
    return {"type": "object", "properties": {"x": {"$ref": "#/$defs/d0"}}, "$defs": definitions}


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"}
    for _ in range(depth):
        schema = {"type": "object", "properties": {"x": schema}}
    return schema


TREE = {
    "type": "object",
    "properties": {"x": {"$ref": "#"}, "y": {"$ref": "#"}, "z": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}},
}
# Valid or not to be judged here, and dangerous to apply.
HOSTILE = [
    fan_out(60),
    nested(150),
    {"$ref": "#", "type": "object"},
    {"type": "object", "properties": {"x": {"$ref": "http://127.0.0.1:9/x"}}},
    {"type": "object", "properties": {"x": {"$ref": "file:///etc/passwd"}}},
    {"$schema": "https://example.com/dialect", "type": "object"},
    {"type": "object", "properties": {"x": {"type": "string", "pattern": "^(a+)+$(?=b)"}}},
    {"type": "object", "properties": {"x": {"$dynamicRef": "#meta"}}, "$dynamicAnchor": "meta"},
]


@pytest.mark.parametrize("parameters", HOSTILE)
def test_hostile_schemas_do_no_harm(parameters: dict[str, Any]) -> None:
    one = row(USER, calls(call(arguments={"x": "a" * 40 + "!"})), parameters=parameters)
    assert said(one, select="TUL004,TUL008") in ([], [("TUL004", "/messages/1/tool_calls/0/function/arguments/x")])


def test_deep_arguments_of_a_schema_that_branches() -> None:
    arguments: dict[str, Any] = {}
    for _ in range(80):
        arguments = {"z": arguments}
    assert said(row(USER, calls(call(arguments=arguments)), parameters=TREE)) == []
    shallow = {"x": {"y": 7}}
    assert said(row(USER, calls(call(arguments=shallow)), parameters=TREE)) == [
        ("TUL004", "/messages/1/tool_calls/0/function/arguments/x/y")
    ]


def test_a_regular_expression_that_only_some_libraries_know_is_no_defect() -> None:
    for pattern, expected in (("(?<year>\\d{4})", []), ("(?P<year>\\d{4})", []), ("(", [Severity.WARNING])):
        parameters = {"type": "object", "properties": {"x": {"type": "string", "pattern": pattern}}}
        assert [one.severity for one in found(row(USER, ANSWER, parameters=parameters))] == expected


def test_tools_and_functions_of_one_row_are_both_declared() -> None:
    first = row(USER, calls(call("rain")), functions=[{"name": "snow"}])
    second = row(USER, {"role": "assistant", "content": None, "function_call": {"name": "snow", "arguments": "{}"}})
    assert said(first, second, {**second, "functions": [{"name": "snow"}]}) == [
        ("TUL003", "/messages/1/function_call/name")
    ]


def test_one_defect_of_unreadable_tools() -> None:
    one = {
        "conversations": [
            {"from": "human", "value": "Rain?"},
            {"from": "function_call", "value": '{"name": "rain", "arguments": {}}'},
            {"from": "observation", "value": "no"},
            {"from": "gpt", "value": "No."},
        ]
    }
    assert said({**one, "tools": "[{]"}) == [("TUL008", "/tools")]
    assert said({**one, "tools": '["rain"]'}) == [("TUL003", "/conversations/1/value"), ("TUL008", "/tools")]
    assert said({**one, "tools": " "}) == [("TUL010", "")]


def test_undeclared_tools_are_counted_by_file() -> None:
    bare = {"messages": [USER, calls(call())]}
    report = ftprep.lint([bare, bare, row(USER, ANSWER)], select="TUL010", isolated=True)
    assert [(one.ref.line, one.message) for one in report.findings] == [(0, "none of 2 rows with calls declares tools")]
