"""Rows of Bedrock and Gemini: which format a file has where two are near, and what the walk makes of a row."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from row_strategies.parts import text as any_text
from rows import assistant, chat, places, user
from vendor_rows import (
    Row,
    answers,
    asks,
    call,
    choice,
    contents,
    converse,
    declares,
    file,
    image,
    model,
    response,
    result,
    says,
    scored,
    spec,
    text,
    use,
)

import ftprep
from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.detect import detect, foreign_format, matches
from ftprep.formats.format import all_formats, format_named
from ftprep.formats.tool_calls import Call, Result

SYSTEM = {"role": "system", "content": "Add."}
TASK = chat(user("3 + 4?"), reference_answer="7")
SFT = converse(asks(), answers())
PROMPT = converse(asks())
CLAUDE = {"system": "Add.", "messages": [user(), assistant()]}


def names(*rows: Row) -> tuple[str | None, list[str]]:
    found = detect(rows)
    return found.format, [other.name for other in found.alternatives]


# --- files that could be of two formats -------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["7", {"sum": 7}])
@pytest.mark.parametrize("before", [(), (SYSTEM,)])
def test_reference_answers_of_system_and_user_are_novas(answer: Any, before: tuple[Row, ...]) -> None:
    found = detect([chat(*before, user(), reference_answer=answer)] * 3)
    assert found.format == "nova-rft"
    (other,) = found.alternatives
    assert other.name == "openai-rft"
    assert 0 < found.confidence - other.confidence <= 0.15


@pytest.mark.parametrize(
    "row",
    [
        chat({"role": "developer", "content": "Add."}, user(), reference_answer="7"),
        chat(user(), assistant("Plus?"), user(), reference_answer="7"),
        chat(user(), reference_answer=7),
        chat(user(), reference_answer=["7"]),
    ],
)
def test_other_reference_answers_are_openais(row: Row) -> None:
    found = detect([row] * 3)
    assert found.format == "openai-rft"
    (other,) = found.alternatives
    assert other.name == "nova-rft"
    assert 0 < found.confidence - other.confidence <= 0.15


def test_the_whole_file_is_novas_or_openais() -> None:
    other = chat({"role": "developer", "content": "Add."}, user(), reference_answer="7")
    assert names(*[TASK] * 9, other)[0] == "nova-rft"
    assert names(*[other] * 9, TASK)[0] == "openai-rft"
    assert foreign_format(format_named("alpaca"), other) == "openai-rft"
    assert foreign_format(format_named("alpaca"), TASK) == "nova-rft"


def test_reference_answers_under_other_names_are_openais() -> None:
    assert names(chat(user(), answer="7")) == ("openai-rft", [])
    assert names(chat(user(), assistant(), reference_answer="7"))[0] == "openai-chat"


def test_nova_tasks_that_have_their_answers_are_conversations() -> None:
    answered = chat(user(), assistant("7"), reference_answer="7")
    assert names(*[TASK] * 10, answered, answered)[0] == "nova-rft"
    assert names(TASK, TASK, *[answered] * 10)[0] == "openai-chat"


def test_converse_rows_that_end_with_the_user_are_prompts_or_have_lost_their_answers() -> None:
    assert names(*[PROMPT] * 9, SFT) == ("bedrock-distillation", ["bedrock-converse"])
    found = detect([SFT] * 8 + [PROMPT] * 2)
    assert (found.format, found.alternatives) == ("bedrock-converse", ())
    assert "2 of 10 rows end with the user" in found.reasons
    assert foreign_format(format_named("bedrock-converse"), PROMPT) is None
    report = ftprep.lint([converse(asks(text(f"a{n}")), answers()) for n in range(9)] + [PROMPT], ignore=["BAL004"])
    assert [(one.code, one.ref.line) for one in report.findings] == [("CHT001", 10)]


def test_a_system_prompt_beside_messages_is_claudes_and_inside_is_none() -> None:
    assert names(CLAUDE) == ("claude-bedrock", [])
    assert names(chat(SYSTEM, user(), assistant())) == ("openai-chat", [])
    assert names(chat(user(), assistant())) == ("openai-chat", [])
    # both at once: the top-level one is a stranger among chat rows
    assert names({**chat(SYSTEM, user(), assistant()), "system": "x"})[0] == "openai-chat"
    for key, value in {"tools": [], "chosen": "x", "images": ["a.png"]}.items():
        assert matches({**CLAUDE, key: value}) == []


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (converse(user(), assistant(), schemaVersion="bedrock-conversation-2024"), "bedrock-converse"),
        (converse(schemaVersion="bedrock-conversation-2024"), "bedrock-converse"),
        (converse(user([{"type": "text", "text": "Hi"}]), assistant()), "openai-chat"),
        (converse(asks(image()), answers(use())), "bedrock-converse"),
        (converse(asks(), choice(("a", "preferred"))), "nova-dpo"),
        (contents(says(), model()), "gemini-sft"),
        (contents(says()), "gemini-sft"),
        (contents(), "gemini-sft"),
        (contents(says(), completions=scored((1, "a"), (0, "b"))), "gemini-preference"),
        (contents(says(), references={}), "gemini-rft"),
        ({"schemaType": "ModelInvocationLog"}, "bedrock-invocation-log"),
        ({"image-ref": "s3://a/b.png"}, "titan-image"),
        (converse(asks({"txt": "Hi"})), None),
        ({"contents": ["Hi"]}, None),
        ({"contents": "Hi", "completions": scored((1, "a"))}, None),
        (contents(says(), completions=["a", "b"]), None),
        ({"schemaType": "Other", "input": {}}, None),
    ],
)
def test_shapes(row: Row, expected: str | None) -> None:
    assert next((name for name, _ in matches(row)), None) == expected


def test_prompts_with_completions_stay_what_they_are() -> None:
    pair = {"prompt": "<|begin_of_text|><|start_header_id|>user<|end_header_id|>Hi", "completion": "Hello"}
    found = detect([pair] * 3)
    assert found.format == "prompt-completion"
    assert found.confidence <= 0.7
    assert "Llama on Bedrock" in found.reasons[0]
    older = detect([{"prompt": "Hi ->", "completion": " Hello"}])
    assert older.confidence <= 0.7
    assert "older OpenAI files" in older.reasons[0]


def test_gemini_rows_that_lack_their_other_half_stay() -> None:
    row = contents(says(), model())
    assert foreign_format(format_named("gemini-preference"), row) is None
    assert foreign_format(format_named("gemini-rft"), row) is None
    assert foreign_format(format_named("nova-dpo"), SFT) is None
    assert foreign_format(format_named("nova-dpo"), PROMPT) is None


# --- what the walk makes of a row -------------------------------------------------------------------------------------


def walked(name: str, row: Row) -> tuple[str, list[tuple[str, str, int, bool]]]:
    """Turn letters; pointer, role, side and trained of each text."""
    format, out = format_named(name), ColumnBuilder()
    format.append(row, out)
    texts = [
        (pointer, c.ROLE_NAMES[code & c.ROLE_MASK], code & c.SIDE_MASK, bool(code & c.TRAINED))
        for _, code, pointer in places(format, out)
    ]
    return "".join(out.turns), texts


def test_converse_turns_and_places() -> None:
    row = converse(
        asks(text("Rain?"), image()),
        answers({"reasoningContent": {"reasoningText": {"text": "Hm."}}}, text("I look."), use()),
        asks(result("t1", text("no"), {"json": {"rain": False}})),
        answers(),
        asks(text("And Quito?"), result("t2")),
        system=[text("Add."), text("Be brief.")],
        toolConfig=spec(),
    )
    letters, texts = walked("bedrock-converse", row)
    assert letters == "uctau"
    assert texts == [
        ("/system/0/text", "system", c.PROMPT, False),
        ("/system/1/text", "system", c.PROMPT, False),
        ("/messages/0/content/0/text", "user", c.PROMPT, False),
        ("/messages/1/content/0/reasoningContent/reasoningText/text", "assistant", c.PROMPT, True),
        ("/messages/1/content/1/text", "assistant", c.PROMPT, True),
        ("/messages/1/content/2/toolUse/name", "assistant", c.PROMPT, True),
        ("/messages/1/content/2/toolUse/input", "assistant", c.PROMPT, True),
        ("/messages/2/content/0/toolResult/content/0/text", "tool", c.PROMPT, False),
        ("/messages/2/content/0/toolResult/content/1/json", "tool", c.PROMPT, False),
        ("/messages/3/content/0/text", "assistant", c.PROMPT, True),
        ("/messages/4/content/0/text", "user", c.PROMPT, False),
        ("/messages/4/content/1/toolResult/content/0/text", "tool", c.PROMPT, False),
        ("/toolConfig/tools", "other", c.PROMPT, False),
    ]
    assert walked("bedrock-distillation", row)[0] == "uCtAu"
    (items,) = format_named("bedrock-converse").exchanges(row)
    assert [(type(item), item.turn, item.id) for item in items] == [
        (Call, 1, "t1"),
        (Result, 2, "t1"),
        (Result, 4, "t2"),
    ]
    (tool,) = format_named("bedrock-converse").tools(row) or ()
    assert (tool.name, tool.parameters_pointer) == ("rain", "/toolConfig/tools/0/toolSpec/inputSchema/json")


def test_nova_candidates_are_sides_whatever_their_order() -> None:
    row = converse(
        asks(), answers(), asks(), choice(("a", "non-preferred"), ("b", "preferred"), ("c", "non-preferred"))
    )
    letters, texts = walked("nova-dpo", row)
    assert letters == "uAu|a|a|a"
    assert texts[3:] == [
        ("/messages/3/candidates/1/content/0/text", "assistant", c.CHOSEN, True),
        ("/messages/3/candidates/0/content/0/text", "assistant", c.REJECTED, True),
        ("/messages/3/candidates/2/content/0/text", "assistant", c.REJECTED, True),
    ]
    assert texts[1] == ("/messages/1/content/0/text", "assistant", c.PROMPT, False)
    assert format_named("nova-dpo").turn_pointers(row)[3:] == [f"/messages/3/candidates/{n}" for n in (1, 0, 2)]


def test_gemini_turns_and_places() -> None:
    row = contents(
        says(text("Rain?"), file()),
        model(text("I look."), call()),
        says(response()),
        model({"function_call": {"name": "rain"}}),
        says({"function_response": {"name": "rain", "response": {}}}, text("And Quito?")),
        model(),
        system_instruction={"role": "system", "parts": [text("Add."), text("Be brief.")]},
        tools=declares(),
    )
    letters, texts = walked("gemini-sft", row)
    assert letters == "uctcua"
    assert texts == [
        ("/system_instruction/parts/0/text", "system", c.PROMPT, False),
        ("/system_instruction/parts/1/text", "system", c.PROMPT, False),
        ("/contents/0/parts/0/text", "user", c.PROMPT, False),
        ("/contents/1/parts/0/text", "assistant", c.PROMPT, True),
        ("/contents/1/parts/1/functionCall/name", "assistant", c.PROMPT, True),
        ("/contents/1/parts/1/functionCall/args", "assistant", c.PROMPT, True),
        ("/contents/2/parts/0/functionResponse/name", "tool", c.PROMPT, False),
        ("/contents/2/parts/0/functionResponse/response", "tool", c.PROMPT, False),
        ("/contents/3/parts/0/function_call/name", "assistant", c.PROMPT, True),
        ("/contents/4/parts/0/function_response/name", "tool", c.PROMPT, False),
        ("/contents/4/parts/0/function_response/response", "tool", c.PROMPT, False),
        ("/contents/4/parts/1/text", "user", c.PROMPT, False),
        ("/contents/5/parts/0/text", "assistant", c.PROMPT, True),
        ("/tools", "other", c.PROMPT, False),
    ]
    (tool,) = format_named("gemini-sft").tools(row) or ()
    assert tool.parameters == {
        "type": "object",
        "properties": {"at": {"type": "string", "minLength": 1}, "type": {"type": "string", "nullable": True}},
        "required": ["at"],
    }


def test_gemini_completions_are_sides_by_their_score() -> None:
    letters, texts = walked("gemini-preference", contents(says(), completions=scored((0, "a"), (1.0, "b"))))
    assert letters == "u|a|a"
    assert texts[1:] == [
        ("/completions/1/completion/parts/0/text", "assistant", c.CHOSEN, True),
        ("/completions/0/completion/parts/0/text", "assistant", c.REJECTED, True),
    ]


def test_nothing_of_a_gemini_task_is_trained() -> None:
    letters, texts = walked("gemini-rft", contents(says(), model(), says(), references={"b~/": "2", "a": "1"}))
    assert letters == "uAu"
    assert texts[3:] == [
        ("/references/a", "other", c.REFERENCE, False),
        ("/references/b~0~1", "other", c.REFERENCE, False),
    ]
    assert not any(trained for *_, trained in texts)


@given(references=st.dictionaries(any_text, any_text, max_size=4))
def test_any_key_of_references_is_found_again(references: dict[str, str]) -> None:
    row = contents(says(), references=references)
    found = [pointer for pointer, _, side, _ in walked("gemini-rft", row)[1] if side == c.REFERENCE]
    keys = [pointer[12:].replace("~1", "/").replace("~0", "~") for pointer in found]
    assert keys == sorted(references)


def test_the_logged_answer_alone_is_trained() -> None:
    row = {
        "schemaType": "ModelInvocationLog",
        "input": {"inputBodyJson": {"messages": [asks(), answers(), asks()], "system": [text("Add.")]}},
        "output": {"outputBodyJson": {"output": {"message": answers(use())}}},
    }
    letters, texts = walked("bedrock-invocation-log", row)
    assert letters == "uAu|c"
    assert [pointer for pointer, _, _, trained in texts if trained] == [
        f"/output/outputBodyJson/output/message/content/0/toolUse/{key}" for key in ("name", "input")
    ]


# --- rows that are told apart, and rows that are not ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (chat(user(), reference_answer="7", id="1"), chat(user(), reference_answer="7", id="2"), True),
        (chat(user(), reference_answer={"a": 1}), chat(user(), reference_answer={"a": 2}), False),
        (contents(says(), references={"a": "1"}), contents(says(), references={"b": "1"}), False),
        (contents(says(), references={"a": "1", "b": "2"}), contents(says(), references={"b": "2", "a": "1"}), True),
        (contents(says(), references={"a": "1", "b": "2"}), contents(says(), references={"a": "2", "b": "1"}), False),
        (
            {"image-ref": "s3://a/b.png", "caption": "a crate"},
            {"image-ref": "s3://a/c.png", "caption": "a crate"},
            False,
        ),
        (
            contents(says(), completions=scored((0, "a"), (1, "b"))),
            contents(says(), completions=scored((1, "b"), (0, "a"))),
            True,
        ),
        (
            contents(says(), completions=scored((0, "a"), (1, "b"))),
            contents(says(), completions=scored((1, "a"), (0, "b"))),
            False,
        ),
        (converse(asks(), answers(use(at="Lima"))), converse(asks(), answers(use(at="Quito"))), False),
        (
            converse(asks(), choice(("a", "preferred"), ("b", "non-preferred"))),
            converse(asks(), choice(("b", "non-preferred"), ("a", "preferred"))),
            True,
        ),
    ],
)
def test_duplicates(one: Row, other: Row, equal: bool) -> None:
    found = ftprep.lint([one, other], isolated=True, select=["DUP001"]).findings
    assert [finding.ref.line for finding in found] == ([2] if equal else [])


def test_tokens_of_a_converse_row_are_counted_for_both_sides() -> None:
    long = " ".join(["word"] * 50)
    row = converse(asks(), choice((long, "preferred"), ("No.", "non-preferred")))
    found = ftprep.lint([row], isolated=True, select=["TOK001", "TOK002"], max_tokens=30).findings
    assert [finding.code for finding in found] == ["TOK001", "TOK002"]
    assert ftprep.lint([row], isolated=True, select=["TOK001"], max_tokens=60).findings == []


def test_files_of_both_formats_do_not_share_compiled_tools() -> None:
    """The same text declares a tool with its arguments in Gemini, and nothing of the kind in a chat row."""
    tools = declares()
    gemini = contents(says(), model(call(at=7)), tools=tools)
    calls = [{"id": "c", "type": "function", "function": {"name": "rain", "arguments": '{"at": 7}'}}]
    other = chat(user(), assistant(None, tool_calls=calls), tools=tools)
    for rows in ([other], [gemini], [other], [gemini]):
        found = {one.code for one in ftprep.lint(rows, isolated=True).findings}
        assert ("TUL004" in found) == (rows == [gemini])


def test_formats_are_grouped_by_their_origin() -> None:
    names = {
        origin: {name for name, one in all_formats().items() if f".{origin}." in type(one).__module__}
        for origin in ("bedrock", "gemini")
    }
    assert names["gemini"] == {"gemini-sft", "gemini-preference", "gemini-rft"}
    assert names["bedrock"] >= {"bedrock-converse", "nova-dpo", "nova-rft", "claude-bedrock", "titan-image"}
