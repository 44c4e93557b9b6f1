"""One defect planted in a row of Bedrock or Gemini among sound ones; and rows that look defective and are not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from vendor_rows import (
    RAIN,
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

Said = tuple[str, str]


def numbered(format: str, number: int) -> Row:
    """A sound row of ``format``."""
    question, reply = f"What is {number} and {number + 1}?", f"That is {2 * number + 1}."
    chat = [{"role": "user", "content": question}, {"role": "assistant", "content": reply}]
    turns = [says(text(question)), model(text(reply))]
    rows: dict[str, Row] = {
        "bedrock-converse": converse(asks(text(question)), answers(text(reply))),
        "bedrock-distillation": converse(asks(text(question))),
        "nova-dpo": converse(asks(text(question)), choice((reply, "preferred"), ("No idea.", "non-preferred"))),
        "nova-rft": {"messages": chat[:1], "reference_answer": reply},
        "bedrock-invocation-log": log(asks(text(question)), answers(text(reply))),
        "claude-bedrock": {"system": "You add.", "messages": chat},
        "titan-image": {"image-ref": f"s3://shop/{number}.png", "caption": f"crate number {number}"},
        "gemini-sft": contents(*turns),
        "gemini-preference": contents(turns[0], completions=scored((0, "No idea."), (1, reply))),
        "gemini-rft": contents(turns[0], references={"sum": reply}),
    }
    return rows[format]


def log(*messages: Row, **more: Any) -> Row:
    *asked, answer = messages
    return {
        "schemaType": "ModelInvocationLog",
        "input": {"inputBodyJson": {"messages": asked, **more}},
        "output": {"outputBodyJson": {"output": {"message": answer}}},
    }


def claude(*messages: Row, system: Any = "You add.") -> Row:
    return {"system": system, "messages": list(messages)}


def turn(role: str, content: Any, **more: Any) -> Row:
    return {"role": role, "content": content, **more}


def nova(*messages: Row, answer: Any = "7", **more: Any) -> Row:
    return {"messages": list(messages), "reference_answer": answer, **more}


HI = asks(text("Rain in Lima?"))
GREET = says(text("Rain in Lima?"))
TOOLS = spec()
AT = "/messages/1/content/0/toolUse"
CALL = "/contents/1/parts/0/functionCall"
PAIR = (("No.", "preferred"), ("Yes!", "non-preferred"))

DEFECTS: list[tuple[str, Row, list[Said]]] = [
    # content blocks
    ("bedrock-converse", converse(asks({"txt": "x"}), answers()), [("CHT009", "/messages/0/content/0/txt")]),
    ("bedrock-converse", converse(asks({}), answers()), [("CHT009", "/messages/0/content/0")]),
    ("bedrock-converse", converse(asks(text("x") | image()), answers()), [("CHT009", "/messages/0/content/0")]),
    ("bedrock-converse", converse(asks(text("x"), use()), answers()), [("CHT009", "/messages/0/content/1/toolUse")]),
    ("bedrock-converse", converse(HI, answers(result())), [("CHT009", "/messages/1/content/0/toolResult")]),
    ("bedrock-converse", converse(HI, answers(image())), [("CHT009", "/messages/1/content/0")]),
    ("bedrock-converse", converse(asks(text(None)), answers()), [("SCH003", "/messages/0/content/0/text")]),
    ("bedrock-converse", converse(asks(text(7)), answers()), [("SCH003", "/messages/0/content/0/text")]),
    ("bedrock-converse", converse(asks("Hi"), answers()), [("SCH003", "/messages/0/content/0")]),
    ("bedrock-converse", converse(HI, {"role": "assistant", "content": []}), [("SCH007", "/messages/1/content")]),
    ("bedrock-converse", converse(HI, {"role": "assistant"}), [("SCH001", "/messages/1")]),
    ("bedrock-converse", converse(HI, {"content": [text("No.")]}), [("SCH001", "/messages/1")]),
    ("bedrock-converse", converse(HI, {**answers(), "role": "model"}), [("SCH004", "/messages/1/role")]),
    ("bedrock-converse", converse({**HI, "role": "system"}, answers()), [("SCH004", "/messages/0/role")]),
    ("bedrock-converse", converse(HI, answers(), system="Add."), [("SCH003", "/system")]),
    ("bedrock-converse", converse(HI, answers(), inferenceConfig={}), [("SCH002", "/inferenceConfig")]),
    (
        "bedrock-converse",
        converse(asks({**text("x"), "cachePoint": {}}), answers()),
        [("SCH002", "/messages/0/content/0/cachePoint")],
    ),
    (
        "bedrock-converse",
        converse(asks(image("https://example.org/a.png")), answers()),
        [("SCH006", "/messages/0/content/0/image/source/s3Location/uri")],
    ),
    (
        "bedrock-converse",
        converse(asks(image(kind="bmp")), answers()),
        [("SCH006", "/messages/0/content/0/image/format")],
    ),
    # turns
    ("bedrock-converse", converse(HI), [("CHT001", "")]),
    ("bedrock-converse", converse(HI, answers(), asks(text("Thanks"))), [("CHT002", "/messages/2")]),
    ("bedrock-converse", converse(asks(text(" ")), answers()), [("CHT003", "/messages/0/content")]),
    ("bedrock-converse", converse(HI, answers(text(""), text("\u200b"))), [("CHT003", "/messages/1/content")]),
    ("bedrock-converse", converse(HI, answers(), system=[text("Add."), text("")]), [("CHT003", "/system/1/text")]),
    ("bedrock-converse", converse(HI, asks(text("Well?")), answers()), [("CHT004", "/messages/1")]),
    ("bedrock-converse", converse(HI, answers(), answers(text("No."))), [("CHT004", "/messages/2")]),
    (
        "bedrock-converse",
        converse(HI, answers(use()), asks(result()), asks(text("Well?")), answers(), toolConfig=TOOLS),
        [("CHT004", "/messages/3")],
    ),
    ("bedrock-converse", converse(answers(), HI, answers(text("No."))), [("CHT007", "/messages/0")]),
    ("bedrock-converse", {"prompt": "Hi", "completion": "Hello"}, [("SCH005", "")]),
    # tools
    ("bedrock-converse", converse(HI, answers(use(name="rian")), toolConfig=TOOLS), [("TUL003", f"{AT}/name")]),
    ("bedrock-converse", converse(HI, answers(use(at=7)), toolConfig=TOOLS), [("TUL004", f"{AT}/input/at")]),
    ("bedrock-converse", converse(HI, answers(use(town="Lima")), toolConfig=TOOLS), [("TUL004", f"{AT}/input")]),
    (
        "bedrock-converse",
        converse(HI, answers(use()), asks(text("Well?")), answers(), toolConfig=TOOLS),
        [("TUL005", AT)],
    ),
    (
        "bedrock-converse",
        converse(HI, answers(use(), use(id="t2")), asks(result("t2"), text("Well?")), answers(), toolConfig=TOOLS),
        [("TUL005", AT)],
    ),
    (
        "bedrock-converse",
        converse(HI, answers(use()), asks(result("t9"), result()), answers(), toolConfig=TOOLS),
        [("TUL006", "/messages/2/content/0/toolResult")],
    ),
    (
        "bedrock-converse",
        converse(HI, answers(use(), use()), asks(result()), answers(), toolConfig=TOOLS),
        [("TUL007", "/messages/1/content/1/toolUse/toolUseId")],
    ),
    (
        "bedrock-converse",
        converse(HI, answers(), toolConfig=spec(schema={"type": "object", "properties": {"at": {"type": "text"}}})),
        [("TUL008", "/toolConfig/tools/0/toolSpec/inputSchema/json")],
    ),
    (
        "bedrock-converse",
        converse(HI, answers(), toolConfig=spec(name="rain.at")),
        [("TUL008", "/toolConfig/tools/0/toolSpec/name")],
    ),
    (
        "bedrock-converse",
        converse(HI, answers(), toolConfig={"tools": [{"toolSpec": {"name": "rain"}}]}),
        [("SCH001", "/toolConfig/tools/0/toolSpec")],
    ),
    ("bedrock-converse", converse(HI, answers(use())), [("TUL010", "")]),
    (
        "bedrock-converse",
        converse(HI, answers(use()), asks(result("t1", {"txt": "no"})), answers(), toolConfig=TOOLS),
        [("CHT009", "/messages/2/content/0/toolResult/content/0/txt")],
    ),
    # other rows of Bedrock
    ("bedrock-distillation", converse(asks(text(""))), [("CHT003", "/messages/0/content")]),
    ("bedrock-distillation", converse(HI, {"role": "assistant"}), [("SCH001", "/messages/1")]),
    ("nova-dpo", converse(HI, answers()), [("SCH001", "/messages/1")]),
    ("nova-dpo", converse(HI), [("SCH001", "/messages/0")]),
    ("nova-dpo", converse(HI, choice(PAIR[0])), [("SCH006", "/messages/1/candidates")]),
    ("nova-dpo", converse(HI, choice(PAIR[0], PAIR[0])), [("SCH006", "/messages/1/candidates")]),
    ("nova-dpo", converse(HI, choice(*PAIR) | {"content": [text("x")]}), [("SCH006", "/messages/1/content")]),
    (
        "nova-dpo",
        converse(HI, choice(PAIR[0], ("x", "rejected"))),
        [("SCH006", "/messages/1/candidates/1/preferenceLabel")],
    ),
    (
        "nova-dpo",
        converse(HI, choice(("Yes!", "non-preferred"), ("", "preferred"))),
        [("CHT003", "/messages/1/candidates/1/content")],
    ),
    (
        "nova-dpo",
        converse(HI, choice(*PAIR, ("\u3164", "non-preferred"))),
        [("CHT003", "/messages/1/candidates/2/content")],
    ),
    ("nova-dpo", converse(HI, answers(), choice(*PAIR)), [("CHT004", "/messages/2/candidates/0")]),
    ("nova-rft", nova(turn("user", "3 + 4?"), answer=7), [("SCH003", "/reference_answer")]),
    ("nova-rft", nova(turn("user", "3 + 4?"), answer={}), [("SCH007", "/reference_answer")]),
    ("nova-rft", {"messages": [turn("user", "3 + 4?")], "answer": "7"}, [("SCH001", "")]),
    ("nova-rft", nova(turn("developer", "Add."), turn("user", "3 + 4?")), [("SCH004", "/messages/0/role")]),
    ("nova-rft", nova(turn("user", "3 + 4?"), turn("system", "Add.")), [("CHT005", "/messages/1")]),
    ("nova-rft", nova(turn("user", "")), [("CHT003", "/messages/0/content")]),
    ("claude-bedrock", claude(turn("user", [text("Hi")]), turn("assistant", "No.")), [("SCH005", "")]),
    ("claude-bedrock", claude(turn("user", 5), turn("assistant", "No.")), [("SCH003", "/messages/0/content")]),
    (
        "claude-bedrock",
        claude(turn("user", "Hi"), turn("assistant", "No.", weight=1)),
        [("SCH002", "/messages/1/weight")],
    ),
    ("claude-bedrock", claude(turn("user", "Hi"), turn("tool", "No.")), [("SCH004", "/messages/1/role")]),
    (
        "claude-bedrock",
        claude(turn("system", "Add."), turn("user", "Hi"), turn("assistant", "No.")),
        [("SCH004", "/messages/0/role")],
    ),
    ("claude-bedrock", claude(turn("user", "Hi")), [("CHT001", "")]),
    (
        "claude-bedrock",
        claude(turn("user", "Hi"), turn("user", "Ho"), turn("assistant", "No.")),
        [("CHT004", "/messages/1")],
    ),
    ("claude-bedrock", claude(turn("user", "Hi"), turn("assistant", "\n")), [("CHT003", "/messages/1/content")]),
    ("claude-bedrock", claude(turn("user", "Hi"), turn("assistant", "No."), system=["Add."]), [("SCH003", "/system")]),
    ("titan-image", {"image-ref": "https://example.org/a.png", "caption": "a crate"}, [("SCH006", "/image-ref")]),
    ("titan-image", {"image_ref": "s3://shop/a.png", "caption": "a crate"}, [("SCH001", "")]),
    ("titan-image", {"image-ref": "s3://shop/a.png", "caption": ""}, [("CHT003", "/caption")]),
    ("titan-image", {"image-ref": "s3://shop/a.png", "caption": ["a crate"]}, [("SCH003", "/caption")]),
    ("bedrock-invocation-log", {"schemaType": "ModelInvocationLog", "input": {}}, [("SCH001", "/input")]),
    (
        "bedrock-invocation-log",
        {"schemaType": "ModelInvocationLog", "input": {"inputBodyJson": {"messages": [HI]}}},
        [("CHT001", "")],
    ),
    (
        "bedrock-invocation-log",
        log(HI, answers(text(""))),
        [("CHT003", "/output/outputBodyJson/output/message/content")],
    ),
    (
        "bedrock-invocation-log",
        log(HI, answers(use(at=7)), toolConfig=TOOLS),
        [("TUL004", "/output/outputBodyJson/output/message/content/0/toolUse/input/at")],
    ),
    (
        "bedrock-invocation-log",
        log(HI, asks(text("Well?")), answers()),
        [("CHT004", "/input/inputBodyJson/messages/1")],
    ),
    # Gemini: parts
    ("gemini-sft", contents(says({"txt": "x"}), model()), [("CHT009", "/contents/0/parts/0/txt")]),
    ("gemini-sft", contents(says({}), model()), [("CHT009", "/contents/0/parts/0")]),
    ("gemini-sft", contents(says(text("x") | file()), model()), [("CHT009", "/contents/0/parts/0")]),
    ("gemini-sft", contents(GREET, model(file())), [("CHT009", "/contents/1/parts/0")]),
    ("gemini-sft", contents(says("Hi"), model()), [("SCH003", "/contents/0/parts/0")]),
    ("gemini-sft", contents(says(text(7)), model()), [("SCH003", "/contents/0/parts/0/text")]),
    ("gemini-sft", contents(GREET, {"role": "model", "parts": []}), [("SCH007", "/contents/1/parts")]),
    ("gemini-sft", contents(GREET, {"role": "model"}), [("SCH001", "/contents/1")]),
    ("gemini-sft", contents(GREET, {"role": "model", "content": "No."}), [("SCH001", "/contents/1")]),
    ("gemini-sft", contents(GREET, {"parts": [text("No.")]}), [("SCH001", "/contents/1")]),
    ("gemini-sft", contents(GREET, says(text("No."), role="assistant")), [("SCH004", "/contents/1/role")]),
    ("gemini-sft", contents(says(role="system"), GREET, model()), [("SCH004", "/contents/0/role")]),
    ("gemini-sft", contents(GREET, model(), systemInstruction="Add."), [("SCH003", "/systemInstruction")]),
    ("gemini-sft", contents(GREET, model(), safety=[]), [("SCH002", "/safety")]),
    (
        "gemini-sft",
        contents(GREET, model({**text("No."), "thought": True})),
        [("SCH002", "/contents/1/parts/0/thought")],
    ),
    (
        "gemini-sft",
        contents(says(file("https://example.org/a.png")), model()),
        [("SCH006", "/contents/0/parts/0/fileData/fileUri")],
    ),
    # Gemini: turns
    ("gemini-sft", contents(GREET), [("CHT001", "")]),
    ("gemini-sft", contents(GREET, model(), says()), [("CHT002", "/contents/2")]),
    ("gemini-sft", contents(GREET, model(text(""))), [("CHT003", "/contents/1/parts")]),
    (
        "gemini-sft",
        contents(GREET, model(), system_instruction={"parts": [text(" ")]}),
        [("CHT003", "/system_instruction/parts/0/text")],
    ),
    ("gemini-sft", contents(GREET, says(), model()), [("CHT004", "/contents/1")]),
    ("gemini-sft", contents(model(), GREET, model(text("No."))), [("CHT007", "/contents/0")]),
    # Gemini: tools
    ("gemini-sft", contents(GREET, model(call("rian")), tools=declares()), [("TUL003", f"{CALL}/name")]),
    ("gemini-sft", contents(GREET, model(call(at=7)), tools=declares()), [("TUL004", f"{CALL}/args/at")]),
    (
        "gemini-sft",
        contents(GREET, model({"function_call": {"name": "rain"}}), tools=declares()),
        [("TUL004", "/contents/1/parts/0/function_call")],
    ),
    ("gemini-sft", contents(GREET, model(call()), says(), model(), tools=declares()), [("TUL005", CALL)]),
    (
        "gemini-sft",
        contents(GREET, model(call()), says(response("sun")), model(), tools=declares()),
        [("TUL005", CALL), ("TUL006", "/contents/2/parts/0/functionResponse")],
    ),
    (
        "gemini-sft",
        contents(GREET, model(call()), says(response(), response()), model(), tools=declares()),
        [("TUL006", "/contents/2/parts/1/functionResponse")],
    ),
    (
        "gemini-sft",
        contents(GREET, model(), tools=declares(schema={"type": "OBJECT", "properties": {"at": {"type": "text"}}})),
        [("TUL008", "/tools/0/functionDeclarations/0/parameters")],
    ),
    (
        "gemini-sft",
        contents(GREET, model(), tools=declares("rain at")),
        [("TUL008", "/tools/0/functionDeclarations/0/name")],
    ),
    ("gemini-sft", contents(GREET, model(call())), [("TUL010", "")]),
    ("gemini-sft", contents(GREET, completions=scored((1, "No."), (0, "Yes!"))), [("SCH005", "")]),
    ("gemini-sft", contents(GREET, references={"a": "7"}), [("SCH005", "")]),
    # Gemini: other methods
    ("gemini-preference", contents(GREET), [("SCH001", "")]),
    ("gemini-preference", contents(GREET, completions=scored((1, "No."))), [("SCH006", "/completions")]),
    ("gemini-preference", contents(GREET, completions=scored((1, "No."), (1, "x"))), [("SCH006", "/completions")]),
    (
        "gemini-preference",
        contents(GREET, completions=scored((1, "No."), (0.5, "x"))),
        [("SCH006", "/completions/1/score")],
    ),
    (
        "gemini-preference",
        contents(GREET, completions=scored(("1", "No."), (0, "x"))),
        [("SCH003", "/completions/0/score")],
    ),
    (
        "gemini-preference",
        contents(GREET, completions=scored((1, "No."), (0, "x"), role="assistant")),
        [("SCH004", "/completions/0/completion/role"), ("SCH004", "/completions/1/completion/role")],
    ),
    (
        "gemini-preference",
        contents(GREET, completions=scored((0, "No."), (1, ""))),
        [("CHT003", "/completions/1/completion/parts")],
    ),
    ("gemini-rft", contents(GREET), [("SCH001", "")]),
    ("gemini-rft", contents(GREET, references={"a/b": 7}), [("SCH003", "/references/a~1b")]),
    ("gemini-rft", contents(GREET, references=["7"]), [("SCH003", "/references")]),
]


@pytest.mark.parametrize(("format", "row", "said"), DEFECTS)
def test_a_planted_defect_is_the_only_one(format: str, row: Row, said: list[Said], tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [*(numbered(format, number) for number in range(12)), row]
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    report = ftprep.lint(path, isolated=True, ignore=["BAL004"])
    assert report.inputs[0].detection.format == format
    found = [(one.ref.line, one.code, one.pointer) for one in report.findings]
    assert sorted(found) == sorted((13, code, pointer) for code, pointer in said)
    assert all(len(one.message) <= 100 for one in report.findings)


LEGAL: list[tuple[str, Row]] = [
    ("bedrock-converse", converse(asks(text(""), image()), answers())),
    ("bedrock-converse", converse(asks(text("x") | {"image": None, "toolUse": None}), answers())),
    ("bedrock-converse", converse(HI, answers({"reasoningContent": {"reasoningText": {"text": ""}}}, text("No.")))),
    ("bedrock-converse", converse(HI, answers(text(""), use()), toolConfig=TOOLS)),
    (
        "bedrock-converse",
        converse(HI, answers(text("I look."), use()), toolConfig={**TOOLS, "toolChoice": {"auto": {}}}),
    ),
    ("bedrock-converse", converse(HI, answers(use()), asks(result()), answers(), toolConfig=TOOLS)),
    (
        "bedrock-converse",
        converse(HI, answers(use()), asks(result(), text("And in Quito?")), answers(), toolConfig=TOOLS),
    ),
    (
        "bedrock-converse",
        converse(
            HI,
            answers(use(), use(id="t2", at="Quito")),
            asks(result("t2", {"json": {"rain": True}}), {"toolResult": {"toolUseId": "t1", "content": []}}),
            answers(),
            toolConfig=TOOLS,
        ),
    ),
    (
        "bedrock-converse",
        converse(HI, answers(use()), asks(result("t1", image(), text(""))), answers(), toolConfig=TOOLS),
    ),
    ("bedrock-converse", {"messages": [HI, answers()], "system": [], "toolConfig": None, "schemaVersion": None}),
    ("bedrock-distillation", converse(HI, answers(), asks(text("And in Quito?")))),
    ("bedrock-distillation", converse(HI, answers(text("No.")))),
    ("nova-dpo", converse(HI, choice(*reversed(PAIR)))),
    ("nova-dpo", converse(HI, choice(*PAIR, ("Maybe.", "preferred")))),
    ("nova-dpo", converse(HI, {**choice(*PAIR), "content": None})),
    ("nova-rft", nova(turn("system", "Add."), turn("user", [{"type": "text", "text": "3 + 4?"}]), tools=[], note=3)),
    ("nova-rft", nova(turn("user", "3"), turn("assistant", "Plus?"), turn("user", "4"), answer={"sum": 7})),
    ("claude-bedrock", claude(turn("user", "Hi"), turn("assistant", "Hello!"), system="")),
    ("claude-bedrock", {"messages": [turn("user", "Hi"), turn("assistant", "Hello!")]}),
    ("titan-image", {"image-ref": "s3://shop/a.png"}),
    ("bedrock-invocation-log", log(HI, answers(use()), toolConfig=TOOLS)),
    ("bedrock-invocation-log", log(HI, answers(use()), asks(result()), answers(), toolConfig=TOOLS)),
    (
        "bedrock-invocation-log",
        {
            "schemaType": "ModelInvocationLog",
            "input": {"inputBodyJson": {"prompt": "Rain?", "temperature": 0}},
            "output": {"outputBodyJson": {"generation": "No."}},
            "accountId": "1",
        },
    ),
    (
        "bedrock-invocation-log",
        {
            "schemaType": "ModelInvocationLog",
            "input": {"inputBodyJson": {"system": "Add.", "messages": [turn("user", "3 + 4?")]}},
            "output": {"outputBodyJson": [{"type": "message_start"}, {"type": "content_block_delta"}]},
        },
    ),
    (
        "bedrock-invocation-log",
        {
            "schemaType": "ModelInvocationLog",
            "input": {"inputBodyJson": {"messages": [turn("user", [{"type": "text", "text": "3 + 4?"}])]}},
            "output": {"outputBodyJson": {"role": "assistant", "content": [{"type": "text", "text": "7"}]}},
        },
    ),
    ("gemini-sft", contents(says(text(""), file()), model())),
    ("gemini-sft", contents(GREET, model(call()), tools=declares())),
    ("gemini-sft", contents(GREET, model(text("I look."), call()), tools=declares("rain"))),
    ("gemini-sft", contents(GREET, model(call(at="Lima", type=None)), tools=declares())),
    ("gemini-sft", contents(GREET, model(call(), call()), says(response(), response()), model(), tools=declares())),
    ("gemini-sft", contents(GREET, model(call()), says(response(), text("And Quito?")), model(), tools=declares())),
    (
        "gemini-sft",
        contents(
            GREET,
            model({"functionCall": {"name": "rain", "args": {"at": "Lima"}, "id": "1"}}),
            says({"function_response": {"name": "rain", "response": {}, "id": "1"}}),
            model(),
            tools=[{"function_declarations": [{"name": "rain", "parametersJsonSchema": RAIN}]}, {"googleSearch": {}}],
        ),
    ),
    ("gemini-sft", contents(GREET, model(), tools=declares("shop.hours:v-2"))),
    ("gemini-sft", contents(GREET, model(), system_instruction={"role": "system", "parts": [text("Add.")]})),
    ("gemini-sft", contents(says(*[file(f"gs://shop/{n}.png") for n in range(12)]), model())),
    ("gemini-preference", contents(GREET, completions=scored((0.0, "No."), (1.0, "Yes!")))),
    ("gemini-preference", contents({"parts": [text("Hi")]}, completions=scored((1, "No."), (0, "Yes!")))),
    ("gemini-rft", contents({"parts": [text("3 + 4?")]}, references={"sum": "7", "a/b": "", "ø": "x"})),
    ("gemini-rft", contents(GREET, model(), says(text("And Quito?")), references={"rain": "no"})),
]


@pytest.mark.parametrize(("format", "row"), LEGAL)
def test_legal_rows_are_not_reported(format: str, row: Row) -> None:
    rows = [*(numbered(format, number) for number in range(12)), row]
    report = ftprep.lint(rows, isolated=True, ignore=["BAL004"])
    assert report.inputs[0].detection.format == format
    assert [(one.ref.line, one.code, one.pointer, one.message) for one in report.findings] == []


MESSAGES = [
    ("gemini-sft", contents(GREET, model(text(""))), "model turn is empty"),
    ("gemini-sft", contents(GREET), "the only turn is not the model's"),
    ("gemini-sft", contents(GREET, model(), model(text("No."))), "2 model turns in a row"),
    ("gemini-sft", contents(model(), GREET, model(text("No."))), "no user turn before the first model turn"),
    ("gemini-sft", contents(GREET, model(file())), "image in a model turn"),
    ("gemini-sft", contents(GREET, says(role="assistant")), "unknown role `assistant`; did you mean `model`?"),
    ("gemini-sft", contents(GREET, says(role="function")), "unknown role `function`; did you mean `user`?"),
    ("gemini-sft", contents(says({"txt": "x"}), model()), "`txt` is no part of a turn; did you mean `text`?"),
    (
        "gemini-sft",
        contents(says(text("x") | call()), model()),
        "part of a turn with `text` and `functionCall`; one is due",
    ),
    (
        "bedrock-converse",
        converse(HI, {**answers(), "role": "model"}),
        "unknown role `model`; did you mean `assistant`?",
    ),
    ("bedrock-converse", converse(asks(use()), answers()), "`toolUse` is no content block of a user turn"),
    ("bedrock-converse", converse(HI, asks(), answers()), "2 user turns in a row"),
    (
        "bedrock-converse",
        converse(HI, answers(), toolConfig=spec(schema={"type": "string"})),
        "`inputSchema` describes a string; arguments are an object",
    ),
    ("nova-dpo", converse(HI, choice(PAIR[0], PAIR[0])), "every candidate is `preferred`"),
    (
        "gemini-preference",
        contents(GREET, completions=scored((0, "a"), (0, "b"))),
        "every `score` is 0; one 1 and one 0 are due",
    ),
]


@pytest.mark.parametrize(("format", "row", "message"), MESSAGES)
def test_messages_speak_the_words_of_the_format(format: str, row: Row, message: str) -> None:
    found = [one.message for one in ftprep.lint([row], format=format, isolated=True).findings if one.code != "BAL004"]
    assert found == [message]
