"""Every format: its schema, its walk over the texts, and what becomes of rows that are not quite its own."""

from __future__ import annotations

import copy
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from row_strategies import VALID_ROWS
from rows import assistant, chat, places, user

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.detect import matches
from ftprep.formats.format import Format, all_formats, format_named
from ftprep.formats.tool_calls import Call
from ftprep.formats.validation import schema_errors, validator
from ftprep.pointer import resolve

FORMATS = [pytest.param(one, id=name) for name, one in all_formats().items()]


def walked(format: Format, row: dict[str, Any]) -> tuple[ColumnBuilder, int]:
    out = ColumnBuilder()
    return out, format.append(row, out)


def keys_in(value: Any) -> int:
    """The number of keys of every object inside ``value``, which is what the duplicate-key screen compares with."""
    if isinstance(value, dict):
        return len(value) + sum(map(keys_in, value.values()))
    return sum(map(keys_in, value)) if isinstance(value, list) else 0


def test_every_format_has_a_strategy() -> None:
    assert set(VALID_ROWS) == set(all_formats())


# --- rows that are as they should be ----------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
@given(data=st.data())
def test_valid_rows(format: Format, data: st.DataObject) -> None:
    row = data.draw(VALID_ROWS[format.name])
    passes_and_its_texts_are_found(format, row)
    turn_letters_belong_to_turns(format, row)
    calls_and_results_stand_where_they_say(format, row)


def passes_and_its_texts_are_found(format: Format, row: dict[str, Any]) -> None:
    before = copy.deepcopy(row)
    assert not format.keys.isdisjoint(key for key, value in row.items() if value is not None)
    assert validator(format.name).isinstance_python(row)
    assert schema_errors(format.name, row) == ()
    out, keys = walked(format, row)
    assert row == before
    assert len(row) <= keys <= keys_in(row)
    for value, code, pointer in places(format, out):
        there = resolve(row, pointer)
        if code & c.KIND_MASK in (c.TOOLS, c.ARGUMENTS) and not isinstance(there, str):
            assert orjson.loads(value) == there
        else:
            assert value == there


def turn_letters_belong_to_turns(format: Format, row: dict[str, Any]) -> None:
    out, _ = walked(format, row)
    lists = format.conversations(row)
    parts = "".join(out.turns).split(c.SEPARATOR) if out.turns else []
    assert [len(part) for part in parts] == [len(turns) for _, turns in lists]
    flat = [turn for _, turns in lists for turn in turns]
    pointers = format.turn_pointers(row)
    assert len(pointers) == len(flat)
    roles = {"s": "system", "d": "system", "u": "user", "t": "tool", "a": "assistant", "c": "assistant", "x": "other"}
    by_turn: dict[str, str] = {}
    if format.transcripts:  # there, the place of a turn is that of the whole text
        assert [one for pointer, turns in lists for one in turns if one not in resolve(row, pointer)] == []
    else:
        assert all(resolve(row, pointer) is turn for pointer, turn in zip(pointers, flat, strict=True))
        by_turn = dict(zip(pointers, "".join(parts), strict=True))
    for _, code, pointer in places(format, out):
        for turn, letter in by_turn.items():
            if pointer.startswith(turn + "/"):
                # A user who also brings results says some of the texts as a tool.
                if not (letter == "u" and code & c.ROLE_MASK == c.TOOL):
                    assert c.ROLE_NAMES[code & c.ROLE_MASK] == roles.get(letter.lower(), "assistant")
                if code & c.TRAINED:
                    assert letter.islower()


def calls_and_results_stand_where_they_say(format: Format, row: dict[str, Any]) -> None:
    lists = list(format.exchanges(row))
    assert len(lists) == (0 if not format.conversations(row) else 2 if format.method == "preference" else 1)
    for items in lists:
        assert [item.turn for item in items] == sorted(item.turn for item in items)
        for item in items:
            resolve(row, item.pointer)
            if isinstance(item, Call) and item.arguments is not None and item.arguments_pointer.endswith("/arguments"):
                assert resolve(row, item.arguments_pointer) == item.arguments
    for tool in format.tools(row) or ():
        resolve(row, tool.pointer)


@pytest.mark.parametrize("format", FORMATS)
def test_example_is_valid_and_matches_its_own_format(format: Format) -> None:
    row = dict(format.example)
    assert schema_errors(format.name, row) == ()
    assert matches(row)[0][0] == format.name
    out, _ = walked(format, row)
    assert out.values or format.name == "tokenized"


# --- what the texts are -----------------------------------------------------------------------------------------------


def texts(name: str, row: dict[str, Any]) -> list[tuple[str, str, int, bool, bool]]:
    """Pointer, role, side, trained, optional of each text."""
    format = format_named(name)
    out, _ = walked(format, row)
    return [
        (pointer, c.ROLE_NAMES[code & c.ROLE_MASK], code & c.SIDE_MASK, bool(code & c.TRAINED), bool(code & c.OPTIONAL))
        for _, code, pointer in places(format, out)
    ]


def letters(name: str, row: dict[str, Any]) -> str:
    return "".join(walked(format_named(name), row)[0].turns)


def test_preference_sides_are_trained_and_their_prompt_is_not() -> None:
    row = {
        "input": chat(user(), assistant("How so?"), user("Why?")),
        "preferred_output": [assistant("Because.")],
        "non_preferred_output": [assistant("")],
    }
    assert letters("openai-preference", row) == "uAu|a|a"
    assert texts("openai-preference", row)[1:2] == [("/input/messages/1/content", "assistant", c.PROMPT, False, False)]
    assert texts("openai-preference", row)[3:] == [
        ("/preferred_output/0/content", "assistant", c.CHOSEN, True, False),
        ("/non_preferred_output/0/content", "assistant", c.REJECTED, True, False),
    ]


def test_nothing_of_a_reinforcement_row_is_trained_and_strings_are_references() -> None:
    row = chat(user(), assistant("Let me see."), user("Go on"), answer="7", total=7, ground_truth="seven", note="x")
    assert letters("openai-rft", row) == "uAu"
    assert [one[0] for one in texts("openai-rft", row) if one[2] == c.REFERENCE] == ["/answer", "/ground_truth"]
    assert not any(one[3] for one in texts("openai-rft", row))
    assert format_named("openai-rft").identity(row) == {"total": 7, "note": "x"}


def test_shared_turns_of_two_conversations_are_prompt() -> None:
    shared = [user(), assistant("Yes?"), user("Sing")]
    row = {"chosen": [*shared, assistant("La")], "rejected": [*shared, assistant("No")]}
    assert letters("trl-preference-implicit-conv", row) == "uAua|uAua"
    assert [one for one in texts("trl-preference-implicit-conv", row) if one[3]] == [
        ("/chosen/3/content", "assistant", c.CHOSEN, True, False),
        ("/rejected/3/content", "assistant", c.REJECTED, True, False),
    ]


def test_the_last_turn_is_an_answer_even_where_both_sides_are_equal() -> None:
    row = {"chosen": [user(), assistant()], "rejected": [user(), assistant()]}
    assert letters("trl-preference-implicit-conv", row) == "ua|ua"


@pytest.mark.parametrize(("label", "side"), [(True, c.CHOSEN), (False, c.REJECTED), (1, c.CHOSEN), (0, c.REJECTED)])
def test_the_label_puts_an_answer_on_its_side(label: Any, side: int) -> None:
    assert texts("trl-kto", {"prompt": "", "completion": "b", "label": label}) == [
        ("/prompt", "user", c.PROMPT, False, True),
        ("/completion", "assistant", side, True, False),
    ]
    row = {"prompt": [user()], "completion": [assistant()], "label": label}
    assert texts("trl-kto-conv", row)[1] == ("/completion/0/content", "assistant", side, True, False)
    assert letters("trl-kto-conv", row) == "u|a"


def test_alpaca_history_is_trained_and_empty_input_is_no_defect() -> None:
    row = {"instruction": "Sum up.", "input": "", "output": "Done.", "system": "", "history": [["Hi", "Hello!"]]}
    assert texts("alpaca", row) == [
        ("/system", "system", c.PROMPT, False, True),
        ("/instruction", "user", c.PROMPT, False, False),
        ("/input", "user", c.PROMPT, False, True),
        ("/output", "assistant", c.PROMPT, True, False),
        ("/history/0/0", "user", c.PROMPT, False, False),
        ("/history/0/1", "assistant", c.PROMPT, True, False),
    ]
    assert letters("alpaca", row) == ""


def test_sharegpt_turns_and_calls() -> None:
    call = '[{"name": "f", "arguments": {"x": 1}}, {"name": "g"}]'
    row = {
        "conversations": [
            {"from": "human", "value": "Do f and g"},
            {"from": "function_call", "value": call},
            {"from": "observation", "value": "{}"},
            {"from": "gpt", "value": "Done", "weight": 0},
        ],
        "tools": '[{"name": "f"}, {"name": "g"}]',
    }
    format = format_named("sharegpt")
    assert letters("sharegpt", row) == "uctA"
    assert [one[3] for one in texts("sharegpt", row)] == [False, True, False, False, False]
    (items,) = format.exchanges(row)
    assert [(item.turn, item.pointer) for item in items] == [
        (1, "/conversations/1/value"),
        (1, "/conversations/1/value"),
        (2, "/conversations/2"),
    ]
    assert [item.arguments for item in items if isinstance(item, Call)] == [{"x": 1}, None]
    assert [tool.name for tool in format.tools(row) or ()] == ["f", "g"]
    row["conversations"][1]["value"] = "call f"
    assert [type(item) for items in format.exchanges(row) for item in items] == [type(items[2])]


def test_prompt_and_answer_are_one_conversation_for_calls() -> None:
    called = {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{}"}}]}
    answer = {"role": "tool", "tool_call_id": "1", "content": "ok"}
    row = {"prompt": [user(), called], "chosen": [answer, assistant()], "rejected": [assistant(), called]}
    chosen, rejected = format_named("trl-preference-conv").exchanges(row)
    assert [(item.turn, item.pointer) for item in chosen] == [(1, "/prompt/1/tool_calls/0"), (2, "/chosen/0")]
    assert [(item.turn, item.trained) for item in rejected if isinstance(item, Call)] == [(1, False), (3, True)]


def test_image_columns_and_parts_make_media_rows() -> None:
    picture = [{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]
    for name, row in [
        ("openai-chat", chat(user(picture), assistant())),
        ("sharegpt", {"conversations": [{"from": "human", "value": "<image>"}], "images": ["a.png"]}),
        ("alpaca", {"instruction": "<image>", "output": "a cat", "images": ["a.png"]}),
    ]:
        assert walked(format_named(name), row)[0].media == {0}
    assert not walked(format_named("alpaca"), {"instruction": "a", "output": "b", "images": []})[0].media
