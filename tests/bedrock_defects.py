"""Rows of Bedrock with one defect each, and what is to be said; rows that look defective and are not."""

from __future__ import annotations

from typing import Any

from vendor_rows import Row, answers, asks, choice, converse, image, result, spec, text, use

Said = tuple[str, str]


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
TOOLS = spec()
AT = "/messages/1/content/0/toolUse"
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
        [("PRF002", "/messages/1/candidates/1")],
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
]

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
]
