"""Defects that people really have, each planted once among sound rows of its format: exactly that is said.

Each is written as a user makes the mistake. `test_each_defect_is_found` wants the expected findings at warning or
above, at their lines, and none besides; information is left alone.
"""

# ruff: noqa: E501  (tables: one case is one line)

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ordinary_rows import (
    PAIRS,
    RAIN,
    call,
    calling,
    declares,
    kto,
    pair,
    result,
    said,
    sft,
    sound,
    task,
)
from planted import PEM_BODY, SECRETS

import ftprep
from ftprep.finding import Severity
from ftprep.rules import all_rules

Row = dict[str, Any]
Found = tuple[tuple[int, str], ...]

PLACE = 4
"""The line on which a row is planted."""


class Defect(NamedTuple):
    """Rows or bytes with a defect, the settings of the run, and what is to be found: lines and codes."""

    name: str
    data: list[Row] | bytes
    wanted: Found
    settings: dict[str, Any] = {}


def plant(name: str, among: str, row: Any, *codes: str, **settings: Any) -> Defect:
    """``row`` on the fourth line of sound rows."""
    rows = sound(among)
    rows.insert(PLACE - 1, row)
    return Defect(f"{among}: {name}", rows, tuple((PLACE, code) for code in codes), settings)


def lines(format: str) -> list[bytes]:
    """Sound rows of a format as lines."""
    return [json.dumps(row, ensure_ascii=False).encode() for row in sound(format)]


def file(name: str, among: str, line: bytes, *codes: str, at: int = PLACE, **settings: Any) -> Defect:
    """``line`` on the fourth line of a file of sound rows."""
    all_lines = lines(among)
    all_lines.insert(PLACE - 1, line)
    return Defect(f"{among}: {name}", b"\n".join(all_lines) + b"\n", tuple((at, code) for code in codes), settings)


def whole(name: str, data: list[Row] | bytes, *wanted: tuple[int, str], **settings: Any) -> Defect:
    """Data as they are."""
    return Defect(name, data, wanted, settings)


def chat(*messages: Row, **more: Any) -> Row:
    """A row of messages."""
    return {"messages": list(messages), **more}


def without(row: Row, *keys: str) -> Row:
    """A row that lacks fields."""
    return {key: value for key, value in row.items() if key not in keys}


ASK, TOLD = "How do I descale a kettle?", "Boil equal parts of water and vinegar in it, then rinse it twice."
USER, ASSISTANT = said("user", ASK), said("assistant", TOLD)
CHAT, SHAREGPT, ALPACA = (sft(format, ASK, TOLD) for format in ("chat", "sharegpt", "alpaca"))
GEMINI, CONVERSE, CLAUDE = (sft(format, ASK, TOLD) for format in ("gemini", "converse", "claude"))
PLAIN = b"\n".join(lines("chat")) + b"\n"
KETTLE = json.dumps(CHAT).encode()


def turns(*said_by: tuple[str, str], **more: Any) -> Row:
    """A ShareGPT row."""
    return {"conversations": [{"from": who, "value": text} for who, text in said_by], **more}


def gemini(*said_by: tuple[str, str], **more: Any) -> Row:
    """A Gemini row."""
    return {"contents": [{"role": role, "parts": [{"text": text}]} for role, text in said_by], **more}


def converse(*said_by: tuple[str, str], **more: Any) -> Row:
    """A Converse row."""
    messages = [said(role, [{"text": text}]) for role, text in said_by]
    return {"schemaVersion": "bedrock-conversation-2024", "messages": messages, **more}


FILES = [
    file("line cut at its end", "chat", KETTLE[:-9], "JSN001"),
    file("comma after the last field", "alpaca", b'{"instruction": "Hi there", "input": "", "output": "Hello.",}', "JSN001"),
    file("comma after the row", "sharegpt", json.dumps(SHAREGPT).encode() + b",", "JSN001"),
    file("quotation mark not escaped", "completion", b'{"prompt": "Say "hi" to me", "completion": "hi"}', "JSN001"),
    file("line break inside a text", "alpaca", b'{"instruction": "Hi\tthere", "input": "", "output": "Hello."}', "JSN001"),
    file("two rows on one line", "chat", KETTLE + KETTLE, "JSN001"),
    file("a heading", "chat", b"// second half", "JSN001"),
    file("Latin-1 in one line", "alpaca", '{"instruction": "Où est la gare ?", "input": "", "output": "Près du café."}'.encode("latin-1"), "JSN002"),
    file("Windows-1252 quotes", "completion", "{\"prompt\": \"What is it?\", \"completion\": \"It\u2019s a café.\"}".encode("cp1252"), "JSN002"),
    whole("UTF-16 file", PLAIN.decode().encode("utf-16"), (0, "JSN002")),
    file("a list as row", "chat", json.dumps(CHAT["messages"]).encode(), "JSN003"),
    file("a string as row", "alpaca", b'"How do I descale a kettle?"', "JSN003"),
    file("null as row", "sharegpt", b"null", "JSN003"),
    file("role given twice", "chat", b'{"messages": [{"role": "user", "content": "Hi there"}, {"role": "user", "role": "assistant", "content": "Hello."}]}', "JSN004"),
    file("output given twice", "alpaca", b'{"instruction": "Hi there", "input": "", "output": "Hello.", "output": "Good day."}', "JSN004"),
    file("empty line", "chat", b"", "JSN005"),
    file("line of spaces", "alpaca", b"   ", "JSN005"),
    whole("byte order mark", b"\xef\xbb\xbf" + PLAIN, (0, "JSN006")),
    file("half of an emoji", "chat", b'{"messages": [{"role": "user", "content": "Smile please"}, {"role": "assistant", "content": "\\ud83d"}]}', "JSN007"),
    file("half of an emoji", "completion", b'{"prompt": "Smile please", "completion": "Here: \\ude00"}', "JSN007"),
    file("score of no number", "kto", b'{"prompt": "Hi there", "completion": "Hello.", "label": true, "score": NaN}', "JSN008"),
    file("margin without end", "trl", b'{"prompt": "Hi there", "chosen": "Hello.", "rejected": "What?", "margin": Infinity}', "JSN008"),
    whole("empty file", b"", (0, "JSN009")),
    whole("Git LFS pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d7a" * 16 + b"\nsize 12345\n", (0, "JSN009")),
    whole("JSON array", json.dumps(sound("alpaca")).encode(), (0, "JSN010")),
    whole("pretty-printed rows", "\n".join(json.dumps(row, indent=2) for row in sound("chat")).encode(), (0, "JSN010")),
    whole("Python dicts", "\n".join(repr(row) for row in sound("chat")).encode(), *((number, "JSN011") for number in range(1, 12))),
    file("one Python dict", "alpaca", repr({"instruction": ASK, "input": None, "output": TOLD}).encode(), "JSN011"),
    whole("no byte order mark for Azure", PLAIN, (0, "JSN012"), target="azure"),
    whole("keys of no format", [{"frage": q, "antwort": a} for q, a in PAIRS], (0, "SCH009")),
    whole("a report", b'{"created": "2026-01-01", "pages": 3}\n{"created": "2026-01-02", "pages": 5}\n', (0, "SCH009")),
]  # fmt: skip

SCHEMA = [
    plant("no role", "chat", chat({"content": ASK}, ASSISTANT), "SCH001"),
    plant("no output", "alpaca", without(ALPACA, "output"), "SCH001"),
    plant("no value", "sharegpt", {"conversations": [{"from": "human", "value": ASK}, {"from": "gpt"}]}, "SCH001"),
    plant("no rejected", "trl", {"prompt": ASK, "chosen": TOLD}, "SCH001"),
    plant("no label", "kto", {"prompt": ASK, "completion": TOLD}, "SCH001"),
    plant("no parts", "gemini", {"contents": [{"role": "user"}, {"role": "model", "parts": [{"text": TOLD}]}]}, "SCH001"),
    plant("content misspelt", "system", chat(said("system", "Answer in one or two sentences."), USER, {"role": "assistant", "contnet": TOLD}), "SCH001"),
    plant("a note beside the messages", "chat", {**CHAT, "note": "from Ana"}, "SCH002"),
    plant("a score in a message", "chat", chat(USER, said("assistant", TOLD, score=3)), "SCH002"),
    plant("a field that Claude does not know", "claude", {**CLAUDE, "id": 7}, "SCH002", target="claude-bedrock"),
    plant("an id that OpenAI rejects", "chat", {**CHAT, "id": 7}, "SCH002", target="openai"),
    plant("content is a number", "chat", chat(USER, said("assistant", 42)), "SCH003"),
    plant("output is a list", "alpaca", {**ALPACA, "output": [TOLD]}, "SCH003"),
    plant("messages as a string of JSON", "chat", {"messages": json.dumps(CHAT["messages"])}, "SCH003"),
    plant("label in words", "kto", {**kto(ASK, TOLD, True), "label": "yes"}, "SCH003"),
    plant("text of a block is null", "converse", {**CONVERSE, "messages": [CONVERSE["messages"][0], said("assistant", [{"text": None}])]}, "SCH003"),
    plant("content is a string", "converse", {**CONVERSE, "messages": [CONVERSE["messages"][0], ASSISTANT]}, "SCH003"),
    plant("chosen is null", "trl", pair("trl", ASK, None, "Buy one."), "SCH003"),
    plant("role bot", "chat", chat(USER, said("bot", TOLD)), "SCH004"),
    plant("role with a capital", "chat", chat(said("User", ASK), ASSISTANT), "SCH004"),
    plant("role assistant", "gemini", gemini(("user", ASK), ("assistant", TOLD)), "SCH004"),
    plant("role misspelt", "sharegpt", turns(("hummany", ASK), ("gpt", TOLD)), "SCH004"),
    plant("system in a role of Converse", "converse", converse(("system", "Be brief."), ("user", ASK), ("assistant", TOLD)), "SCH004"),
    plant("a row of Alpaca", "chat", ALPACA, "SCH005"),
    plant("a row of messages", "alpaca", CHAT, "SCH005"),
    plant("a row of ShareGPT", "gemini", SHAREGPT, "SCH005"),
    plant("a pair", "completion", pair("trl", ASK, TOLD, "Buy one."), "SCH005"),
    plant("weight of two", "chat", chat(USER, said("assistant", TOLD, weight=2)), "SCH006"),
    plant("detail of images", "chat", chat(said("user", [{"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "max"}}]), ASSISTANT), "SCH006"),
    plant("score of a half", "gemini-pairs", {**pair("gemini-pairs", ASK, TOLD, "Buy one."), "completions": [{"score": 0.5, "completion": {"role": "model", "parts": [{"text": text}]}} for text in (TOLD, "Buy one.")]}, "SCH006"),
    plant("label of Nova", "nova-pairs", {"schemaVersion": "bedrock-conversation-2024", "messages": [said("user", [{"text": ASK}]), {"role": "assistant", "candidates": [{"content": [{"text": TOLD}], "preferenceLabel": "good"}, {"content": [{"text": "No."}], "preferenceLabel": "non-preferred"}]}]}, "SCH006"),
    plant("no messages", "chat", {"messages": []}, "SCH007"),
    plant("no turns", "sharegpt", {"conversations": []}, "SCH007"),
    plant("no answer on a side", "openai-dpo", {**pair("openai-dpo", ASK, TOLD, "Buy one."), "non_preferred_output": []}, "SCH007"),
    plant("no parts", "gemini", {"contents": [{"role": "user", "parts": []}, {"role": "model", "parts": [{"text": TOLD}]}]}, "SCH007"),
    plant("no content blocks", "converse", {"messages": [said("user", []), said("assistant", [{"text": TOLD}])]}, "SCH007"),
]  # fmt: skip

CONVERSATIONS = [
    plant("only a question", "chat", chat(USER), "CHT001"),
    plant("only a question", "sharegpt", turns(("human", ASK)), "CHT001"),
    plant("only a system prompt", "chat", chat(said("system", "Be kind.")), "CHT001"),
    plant("only a question", "gemini", gemini(("user", ASK)), "CHT001"),
    plant("a thank you at the end", "chat", chat(USER, ASSISTANT, said("user", "Thank you!")), "CHT002"),
    plant("a thank you at the end", "sharegpt", turns(("human", ASK), ("gpt", TOLD), ("human", "Thank you!")), "CHT002"),
    plant("a thank you at the end", "gemini", gemini(("user", ASK), ("model", TOLD), ("user", "Thank you!")), "CHT002"),
    plant("a thank you at the end", "converse", converse(("user", ASK), ("assistant", TOLD), ("user", "Thank you!")), "CHT002"),
    plant("empty answer", "chat", chat(USER, said("assistant", "")), "CHT003"),
    plant("answer of a line break", "alpaca", {**ALPACA, "output": "\n"}, "CHT003"),
    plant("empty answer", "sharegpt", turns(("human", ASK), ("gpt", "")), "CHT003"),
    plant("empty answer", "completion", {"prompt": ASK, "completion": ""}, "CHT003"),
    plant("empty answer", "gemini", gemini(("user", ASK), ("model", " ")), "CHT003"),
    plant("answer of a zero-width space", "chat", chat(USER, said("assistant", "\u200b")), "CHT003"),
    plant("content null without calls", "chat", chat(USER, said("assistant", None)), "CHT003"),
    plant("empty system prompt", "system", chat(said("system", ""), USER, ASSISTANT), "CHT003"),
    plant("empty instruction", "alpaca", {**ALPACA, "instruction": ""}, "CHT003"),
    plant("two questions", "chat", chat(USER, said("user", "And quickly?"), ASSISTANT), "CHT004"),
    plant("two answers", "sharegpt", turns(("human", ASK), ("gpt", TOLD), ("gpt", "Then let it dry.")), "CHT004"),
    plant("two answers", "claude", {**CLAUDE, "messages": [USER, ASSISTANT, said("assistant", "Then let it dry.")]}, "CHT004", target="claude-bedrock"),
    plant("two questions", "converse", converse(("user", ASK), ("user", "Well?"), ("assistant", TOLD)), "CHT004"),
    plant("two answers", "gemini", gemini(("user", ASK), ("model", TOLD), ("model", "Then let it dry.")), "CHT004"),
    plant("system prompt after the question", "chat", chat(USER, said("system", "Be brief."), ASSISTANT), "CHT005"),
    plant("system prompt at the end", "sharegpt", turns(("human", ASK), ("gpt", "Yes?"), ("system", "Be brief."), ("human", ASK + " Now?"), ("gpt", TOLD)), "CHT005"),
    plant("two system prompts", "chat", chat(said("system", "Be brief."), said("system", "Be kind."), USER, ASSISTANT), "CHT006"),
    plant("two system prompts", "sharegpt", turns(("system", "Be brief."), ("system", "Be kind."), ("human", ASK), ("gpt", TOLD)), "CHT006"),
    plant("greeting first", "chat", chat(said("assistant", "Hello! What is it?"), USER, ASSISTANT), "CHT007"),
    plant("greeting first", "sharegpt", turns(("gpt", "Hello! What is it?"), ("human", ASK), ("gpt", TOLD)), "CHT007"),
    plant("greeting first", "gemini", gemini(("model", "Hello! What is it?"), ("user", ASK), ("model", TOLD)), "CHT007"),
    plant("all answers weigh nothing", "chat", chat(USER, said("assistant", TOLD, weight=0)), "CHT008"),
    plant("no answer is trained", "chat", chat(USER, said("assistant", TOLD, train=False)), "CHT008", target="axolotl"),
    plant("image without a type", "parts", chat(said("user", [{"type": "image", "url": "https://example.com/a.png"}]), ASSISTANT), "CHT009", target="openai"),
    plant("image from a disk", "parts", chat(said("user", [{"type": "image_url", "image_url": {"url": "C:\\pictures\\cat.png"}}]), ASSISTANT), "CHT009"),
    plant("image that is no base64", "parts", chat(said("user", [{"type": "image_url", "image_url": {"url": "data:image/png;base64,??nothing??"}}]), ASSISTANT), "CHT009"),
    plant("image in an answer", "parts", chat(USER, said("assistant", [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}])), "CHT009"),
    plant("system beside a system turn", "claude", {"system": "Be brief.", "messages": [said("system", "Be kind."), USER, ASSISTANT]}, "SCH004"),
    plant("system beside a system turn", "sharegpt", turns(("system", "Be kind."), ("human", ASK), ("gpt", TOLD), system="Be brief."), "CHT010"),
    plant("system beside a system turn", "sharegpt-pairs", {**pair("sharegpt-pairs", ASK, TOLD, "Buy one."), "system": "Be brief.", "conversations": [{"from": "system", "value": "Be kind."}, {"from": "human", "value": ASK}]}, "CHT010"),
    plant("words beside a call", "tools", chat(USER, calling(call(id="a9f8e7d6c"), content="One moment."), result("a9f8e7d6c"), ASSISTANT, tools=declares()), "CHT011", target="mistral"),
]  # fmt: skip


def ask_tool(*after: Row, tools: Any = None, **more: Any) -> Row:
    """A row that asks whether it rains in Riga."""
    return chat(said("user", "Does it rain in Riga?"), *after, tools=declares() if tools is None else tools, **more)


DRY = said("assistant", "No, Riga stays dry.")
OWN = {"name": "rain", "description": "Rain?", "inputSchema": {"json": RAIN}}


def converse_tools(name: str, use: Row, *more: Row) -> Row:
    """A Converse row with a call and its result."""
    called = {"toolUse": {"toolUseId": "t1", "name": name, "input": use}}
    back = {"toolResult": {"toolUseId": "t1", "content": [{"text": "dry"}]}}
    messages = [
        said("user", [{"text": "Does it rain in Riga?"}]),
        said("assistant", [called]),
        said("user", [back]),
        said("assistant", [{"text": "No, Riga stays dry."}]),
    ]
    return {"messages": messages, "toolConfig": {"tools": [{"toolSpec": OWN}]}}


def gemini_tools(name: str, **arguments: Any) -> Row:
    """A Gemini row with a call and its result."""
    contents = [
        {"role": "user", "parts": [{"text": "Does it rain in Riga?"}]},
        {"role": "model", "parts": [{"functionCall": {"name": name, "args": arguments}}]},
        {"role": "user", "parts": [{"functionResponse": {"name": name, "response": {"rain": False}}}]},
        {"role": "model", "parts": [{"text": "No, Riga stays dry."}]},
    ]
    parameters = {"type": "OBJECT", "properties": {"at": {"type": "STRING"}}, "required": ["at"]}
    return {"contents": contents, "tools": [{"functionDeclarations": [{"name": "rain", "parameters": parameters}]}]}


TOOLS = [
    plant("single quotes", "tools", ask_tool(calling(call("{'at': 'Riga'}")), result(), DRY), "TUL001"),
    plant("arguments are no object", "tools", ask_tool(calling(call("Riga")), result(), DRY), "TUL001"),
    plant("arguments cut off", "tools", ask_tool(calling(call('{"at": "Ri')), result(), DRY), "TUL001"),
    plant("arguments of a list", "tools", ask_tool(calling(call('["Riga"]')), result(), DRY), "TUL001"),
    plant("object for OpenAI", "tools", ask_tool(calling(call({"at": "Riga"})), result(), DRY), "TUL002", target="openai"),
    plant("object for Mistral", "tools", ask_tool(calling(call({"at": "Riga"}, id="a9f8e7d6c")), result("a9f8e7d6c"), DRY), "TUL002", target="mistral"),
    plant("tool misspelt", "tools", ask_tool(calling(call(name="rian")), result(), DRY), "TUL003"),
    plant("tool misspelt", "converse", converse_tools("rian", {"at": "Riga"}), "TUL003"),
    plant("tool misspelt", "gemini", gemini_tools("rian", at="Riga"), "TUL003"),
    plant("required argument missing", "tools", ask_tool(calling(call("{}")), result(), DRY), "TUL004"),
    plant("number as a string", "tools", ask_tool(calling(call('{"at": "Riga", "days": "2"}')), result(), DRY), "TUL004"),
    plant("argument unknown", "tools", ask_tool(calling(call('{"at": "Riga", "unit": "mm"}')), result(), DRY), "TUL004"),
    plant("argument of another type", "converse", converse_tools("rain", {"at": 5}), "TUL004"),
    plant("required argument missing", "gemini", gemini_tools("rain", where="Riga"), "TUL004"),
    plant("answer without a result", "tools", ask_tool(calling(call()), DRY), "TUL005", ignore="CHT004"),
    plant("question before the result", "tools", ask_tool(calling(call()), said("user", "And?"), DRY), "TUL005"),
    plant("one of two calls answered", "tools", ask_tool(calling(call(), call('{"at": "Ogre"}', id="call_2")), result(), DRY), "TUL005"),
    plant("result without a call", "tools", ask_tool(said("assistant", "Let me see."), result(), DRY), "TUL006"),
    plant("result of another call", "tools", ask_tool(calling(call()), result(), result("call_9"), DRY), "TUL006"),
    plant("same id twice", "tools", ask_tool(calling(call(), call('{"at": "Ogre"}')), result(), result(), DRY), "TUL007"),
    plant("ids of OpenAI for Mistral", "tools", ask_tool(calling(call(id="call_1")), result("call_1"), DRY), "TUL007", "TUL007", target="mistral"),
    plant("space in a name", "tools", ask_tool(DRY, tools=declares("rain today")), "TUL008"),
    plant("parameters are no schema", "tools", ask_tool(DRY, tools=declares(parameters={"type": "objekt"})), "TUL008"),
    plant("type of an argument misspelt", "tools", ask_tool(DRY, tools=declares(parameters={"type": "object", "properties": {"at": {"type": "str"}}})), "TUL008"),
    plant("encoded twice", "tools", ask_tool(calling(call(json.dumps(json.dumps({"at": "Riga"})))), result(), DRY), "TUL009"),
    plant("no tools declared", "tools", without(ask_tool(calling(call()), result(), DRY), "tools"), "TUL010"),
    plant("no tools declared", "converse", without(converse_tools("rain", {"at": "Riga"}), "toolConfig"), "TUL010"),
]  # fmt: skip

SAME = "Fill it with equal parts of water and vinegar, boil that, let it stand for an hour, pour it away and rinse the kettle twice with clear water."

PAIRED = [
    *(plant("both sides equal", format, pair(format, ASK, TOLD, TOLD), "PRF001") for format in ("trl", "trl-chat", "implicit", "openai-dpo", "hh", "sharegpt-pairs", "gemini-pairs", "nova-pairs")),
    plant("sides differ by a space", "trl", pair("trl", ASK, TOLD, TOLD.replace(" ", "  ", 1)), "PRF001"),
    *(plant("rejected is empty", format, pair(format, ASK, TOLD, ""), "PRF002") for format in ("trl", "trl-chat", "openai-dpo", "sharegpt-pairs", "gemini-pairs", "nova-pairs", "implicit")),
    plant("chosen is blank", "trl", pair("trl", ASK, " \n", TOLD), "PRF002"),
    plant("questions differ", "implicit", {**pair("implicit", ASK, TOLD, "Buy one."), "rejected": [said("user", "How do I clean an oven?"), said("assistant", "Buy one.")]}, "PRF003"),
    plant("questions differ", "ultrafeedback", {**pair("ultrafeedback", ASK, TOLD, "Buy one."), "rejected": [said("user", "How do I clean an oven?"), said("assistant", "Buy one.")]}, "PRF003"),
    plant("questions differ", "hh", {**pair("hh", ASK, TOLD, "Buy one."), "rejected": "\n\nHuman: How do I clean an oven?\n\nAssistant: Buy one."}, "PRF003"),
    *(plant("one comma of difference", format, pair(format, ASK, SAME, SAME.replace("vinegar,", "vinegar")), "PRF006") for format in ("trl", "trl-chat", "openai-dpo", "hh", "gemini-pairs")),
    plant("question in the sides", "trl-chat", {"prompt": [USER], "chosen": [USER, ASSISTANT], "rejected": [USER, said("assistant", "Buy one.")]}, "PRF008"),
    plant("question in the sides", "trl", pair("trl", ASK, f"{ASK} {TOLD}", f"{ASK} Buy a new one."), "PRF008"),
    plant("scores the other way round", "ultrafeedback", {**pair("ultrafeedback", ASK, TOLD, "Buy one."), "score_chosen": 3.0, "score_rejected": 8.0}, "PRF009"),
    plant("side ends with the user", "trl-chat", {"prompt": [USER], "chosen": [ASSISTANT, said("user", "Thanks!")], "rejected": [said("assistant", "Buy one.")]}, "PRF011"),
    plant("side of the user", "openai-dpo", {**pair("openai-dpo", ASK, TOLD, "Buy one."), "preferred_output": [said("user", TOLD)]}, "PRF011"),
    plant("two answers on a side", "openai-dpo", {**pair("openai-dpo", ASK, TOLD, "Buy one."), "preferred_output": [ASSISTANT, said("assistant", "Then dry it.")]}, "CHT004", "SCH006", target="openai"),
]  # fmt: skip

SUM = "How much is 6 * 9?"
REFERENCES = [
    *(plant("empty reference", format, task(format, SUM, ""), "RFT001") for format in ("openai-rft", "nova-rft", "verl", "gemini-rft", "ground-truth")),
    plant("N/A as reference", "verl", task("verl", SUM, "N/A"), "RFT001"),
    plant("null as reference", "openai-rft", task("openai-rft", SUM, None), "RFT001"),
    plant("unknown as reference", "ground-truth", task("ground-truth", SUM, "unknown"), "RFT001"),
    plant("answer among the messages", "openai-rft", chat(said("user", SUM), said("assistant", "54"), answer="54"), "RFT002"),
    plant("answer among the messages", "ground-truth", {**task("ground-truth", SUM, "54"), "messages": [said("user", SUM), said("assistant", "54")]}, "RFT002"),
    plant("answer in the prompt", "openai-rft", task("openai-rft", f"{SUM} The answer is 54.", "54"), "RFT003"),
    plant("solution left in the prompt", "verl", task("verl", f"{SUM}\n#### 54", "54"), "RFT003"),
    plant("no number", "gsm8k", {"question": SUM, "answer": "Nine sixes.\n#### fifty-four"}, "RFT004"),
    whole("two references", [*sound("openai-rft"), task("openai-rft", "How much is 7 * 7?", "48")], (12, "RFT005")),
    whole("two references", [*sound("verl"), task("verl", "How much is 3 + 4?", "8")], (12, "RFT005")),
    plant("number among strings", "openai-rft", task("openai-rft", SUM, 54), "RFT013"),
    plant("number among strings", "nova-rft", task("nova-rft", SUM, 54), "RFT013"),
]  # fmt: skip

LONG = "The keeper writes down the hour, the wind and every ship that passes the island. " * 40
LIMITS = [
    plant("too long", "chat", sft("chat", ASK, LONG), "TOK001", "TOK002", max_tokens=300, ignore="TXT009"),
    plant("too long", "alpaca", sft("alpaca", ASK, LONG), "TOK001", "TOK002", max_tokens=300, ignore="TXT009"),
    plant("too long", "gemini", sft("gemini", ASK, LONG), "TOK001", "TOK002", max_tokens=300, ignore="TXT009"),
    plant("question leaves no room", "chat", sft("chat", f"{LONG}\n{ASK}", TOLD), "TOK001", "TOK002", max_tokens=300, target="openai"),
    whole("nine rows for OpenAI", sound("chat")[:9], (0, "TOK005"), target="openai"),
    whole("eleven rows for Claude", sound("claude"), (0, "TOK005"), target="claude-bedrock"),
]  # fmt: skip


def again(format: str, row: Row) -> Defect:
    """A row that stands at the end of its file once more."""
    return whole(f"{format}: row twice", [*sound(format), row], (len(sound(format)) + 1, "DUP001"))


REPEATED = [
    *(again(format, sound(format)[2]) for format in ("chat", "alpaca", "sharegpt", "gemini", "converse", "completion", "trl", "openai-dpo", "openai-rft", "tools", "kto", "hh")),
    again("chat", {"messages": [said("user", PAIRS[0][0].upper()), said("assistant", f" {PAIRS[0][1]}\n")]}),
    again("alpaca", {"output": PAIRS[4][1], "instruction": PAIRS[4][0], "input": "", "id": 77}),
]  # fmt: skip


def everywhere(
    name: str, question: str, answer: str, *codes: str, among: tuple[str, ...], **settings: Any
) -> list[Defect]:
    """The same question and answer among sound rows of several formats."""
    return [plant(name, format, sft(format, question, answer), *codes, **settings) for format in among]


MOST = ("chat", "sharegpt", "alpaca", "gemini", "converse", "completion")
FEW = ("chat", "sharegpt", "gemini")
LIST = "Write these steps down for me."
LOOP = "and then the tide comes in again " * 14
POEM = "How does one make a hedge dense?"
TEXTS = [
    *everywhere("UTF-8 read as Latin-1", ASK, "Use vinegar, as they do in the cafÃ© â€“ it is cheap.", "TXT001", among=MOST),
    *everywhere("character lost", ASK, "Use vinegar in the caf\ufffd and rinse it twice.", "TXT001", among=FEW),
    *everywhere("bell in a text", ASK, "Boil \x01 vinegar in it, then rinse it.", "TXT002", among=MOST),
    *everywhere("backspace in a text", ASK, "Boil vinegaa\x08r in it, then rinse it.", "TXT002", among=FEW),
    *everywhere("zero-width space", ASK, "Boil vin\u200begar in it, then rinse it.", "TXT003", among=MOST),
    *everywhere("soft hyphen of a PDF", ASK, "Boil vine\u00adgar in it, then rinse it.", "TXT003", among=FEW),
    *everywhere("override of direction", ASK, "Boil \u202evinegar in it, then rinse it.", "TXT003", among=FEW),
    *everywhere("tags of a web page", ASK, "Boil vinegar in it.<br /><br />Then rinse it and dry it.", "TXT004", among=MOST),
    *everywhere("paragraph of a web page", ASK, "<p>Boil vinegar in it.</p><p>Then rinse it.</p> Let it dry in the open air for an hour.", "TXT004", among=FEW),
    *everywhere("non-breaking space of a web page", ASK, "Boil vinegar in it.&nbsp;Then rinse it twice.", "TXT004", among=FEW),
    *everywhere("name not filled in", "Can I return the kettle?", "Dear {{customer_name}}, you can return the kettle within two weeks.", "TXT005", among=MOST),
    *everywhere("company not filled in", "Can I return the kettle?", "Yes, [Company Name] takes it back within two weeks of the day you got it.", "TXT005", among=FEW),
    *everywhere("no output", ASK, "<nooutput>", "TXT005", among=FEW),
    *everywhere("filler", ASK, "Lorem ipsum dolor sit amet, consectetur adipiscing elit.", "TXT005", among=("chat", "alpaca")),
    *everywhere("refusal", ASK, "I'm sorry, but I can't assist with that request.", "TXT006", among=MOST),
    *everywhere("as an AI", "Which tea do people like best?", "As an AI language model, I do not have personal preferences, but many like green tea.", "TXT006", among=FEW),
    *everywhere("refusal in German", "Wie entkalke ich einen Kocher?", "Es tut mir leid, aber dabei kann ich Ihnen nicht helfen.", "TXT006", among=FEW),
    *everywhere("cut after a small word", ASK, "Boil equal parts of water and vinegar in the kettle, let it stand for an hour and then pour it into the", "TXT007", among=MOST),
    *everywhere("cut in a list", LIST, "1. Fill the kettle with water and vinegar.\n2. Boil it once and let it stand.\n3. Rinse it two times.\n4.", "TXT007", among=FEW),
    *everywhere("cut in JSON", "Give me the steps as JSON, with names and minutes please.", '{"steps": [{"name": "fill the kettle with vinegar", "minutes": 1}, {"name": "boil it well", "minutes": 5}, {"name": "let it st', "TXT007", among=FEW),
    *everywhere("fence not closed", "How do I print in Python?", "Call the function:\n```python\nprint('kettle')\n", "TXT008", among=MOST),
    *everywhere("loop", ASK, f"First the ships leave {LOOP}", "TXT009", among=MOST),
    *everywhere("line again and again", ASK, "Boil the kettle with vinegar.\n" * 12, "TXT009", among=FEW),
    *everywhere("prompt as answer", ASK, ASK, "TXT010", among=MOST),
    *everywhere("prompt before the answer", ASK, f"{ASK} {TOLD}", "TXT010", among=FEW),
    *everywhere("answer in Chinese", "What do I have to do when the kettle is full of lime?", "请将等量的水和白醋倒入水壶中，煮沸后静置一小时，然后倒掉并用清水冲洗两遍，最后晾干即可再次使用。", "TXT011", among=MOST),
    *everywhere("answer in Spanish", "In winter the kettle is used by all of us every day, and there is a lot of lime in it by now. What should I do about this when I have no vinegar?", "Llena el hervidor con agua y vinagre a partes iguales, hierve la mezcla, déjala reposar una hora y enjuágalo dos veces con agua limpia. Después puedes usarlo como siempre, pero no lo llenes hasta el borde.", "TXT011", among=FEW),
    *everywhere("label of the answer", ASK, f"Assistant: {TOLD}", "TXT013", among=MOST),
    *everywhere("label of the user", ASK, "User: I have the same question.", "TXT013", among=FEW),
    *everywhere("runs on", ASK, f"{TOLD}\n\n### Human: And an oven?\n\n### Assistant: With soda.", "TXT013", among=MOST),
    plant("no input", "alpaca", {"instruction": ASK, "input": "No input", "output": TOLD}, "TXT014"),
    plant("N/A as input", "alpaca", {"instruction": ASK, "input": "N/A", "output": TOLD}, "TXT014"),
    plant("<noinput>", "alpaca", {"instruction": ASK, "input": "<noinput>", "output": TOLD}, "TXT014"),
    plant("none as context", "dolly", {**sft("dolly", ASK, TOLD), "context": "None"}, "TXT014"),
    *everywhere("next examples", "Name a use of vinegar.", "It removes lime.\n\n8. Instruction: Name a use of salt.\nInput:\nOutput: It melts ice.", "TXT015", among=("chat", "alpaca", "completion")),
    *everywhere("backslash eaten", "What is half of pi?", "It is $\x0crac{\\pi}{2}$ in radians.", "TXT016", among=MOST),
    *everywhere("tab for a backslash", "What is two times three?", "It is $2 \times 3 = 6$.".replace("\\t", "\t"), "TXT016", among=FEW),
    plant("bad encoding in a question", "chat", sft("chat", "Where is the cafÃ© of the museum?", TOLD), "TXT001"),
    plant("tags in a question", "alpaca", sft("alpaca", "How do I descale a kettle &amp; a pot?", TOLD), "TXT004"),
    plant("refusal preferred", "trl", pair("trl", ASK, "I'm sorry, but I can't help with that.", TOLD), "TXT006"),
    plant("bad encoding on a side", "openai-dpo", pair("openai-dpo", ASK, "Use vinegar, as in the cafÃ©.", "Buy one."), "TXT001"),
    plant("fence not closed on a side", "trl-chat", pair("trl-chat", "How do I print in Python?", "Like this:\n```python\nprint(1)", "No idea."), "TXT008"),
]  # fmt: skip

TEMPLATES = [
    *everywhere("end of text", ASK, f"{TOLD}<|endoftext|>", "TPL001", among=MOST),
    *everywhere("end of turn of Llama", ASK, f"{TOLD}<|eot_id|>", "TPL001", among=FEW),
    *everywhere("end of turn of Gemma", ASK, f"{TOLD}<end_of_turn>", "TPL001", among=FEW),
    *everywhere("end of sentence", ASK, f"{TOLD}</s>", "TPL001", among=("chat", "completion")),
    *everywhere("thinking not closed", ASK, f"<think>Lime is a base. {TOLD}", "TPL002", among=MOST),
    *everywhere("nothing after thinking", ASK, "<think>Lime is a base, so an acid.</think>", "TPL002", among=FEW),
    *everywhere("thinking inside thinking", ASK, f"<think>\nLime is a base.\n<think>\nSo an acid.\n</think>\n</think>\n{TOLD}", "TPL002", among=FEW),
    *everywhere("ChatML in the question", f"<|im_start|>user\n{ASK}<|im_end|>\n<|im_start|>assistant\n", TOLD, "TPL003", among=FEW),
    *everywhere("Llama 2 in the question", f"[INST] {ASK} [/INST]", TOLD, "TPL003", among=FEW),
    *everywhere("Alpaca's template in the question", f"### Instruction:\n{ASK}\n\n### Response:\n", TOLD, "TPL003", among=FEW),
    plant("word of Claude", "claude", {**CLAUDE, "messages": [said("user", f"Look:\n\nHuman: {ASK}"), ASSISTANT]}, "TPL004", target="claude-bedrock"),
    plant("word of Nova", "converse", converse(("user", f"User: {ASK}"), ("assistant", TOLD)), "TPL004", target="nova"),
]  # fmt: skip

LABELS = ("billing", "delivery", "praise")
LETTERS = [
    (f"Sort this letter: the {thing} {event} {when}.", LABELS[number % 3])
    for number, (thing, event, when) in enumerate(
        (thing, event, when)
        for thing in ("lamp", "chair", "kettle", "mirror", "carpet")
        for event in ("came", "was paid", "broke", "pleases us")
        for when in ("yesterday", "in May", "on Monday")
    )
]


def labelled(format: str, *more: tuple[str, str]) -> list[Row]:
    """Rows of a classification, and more."""
    if format == "text-label":
        return [{"text": text, "label": label} for text, label in (*LETTERS, *more)]
    return [sft(format, text, label) for text, label in (*LETTERS, *more)]


THINGS = tuple(
    f"{kind} {thing}" for kind in ("old", "cheap", "grey", "wet") for thing in
    ("tea", "salt", "oil", "rice", "soap", "wool", "sand", "clay", "lime", "iron", "zinc", "coal", "gold")
)  # fmt: skip
SETS = [
    *(whole(f"{format}: two labels of a letter", labelled(format, (LETTERS[0][0], "praise")), (1, "CON001")) for format in ("chat", "alpaca", "sharegpt", "text-label", "gemini")),
    *(whole(f"{format}: labels of nearly one letter", labelled(format, (LETTERS[0][0].replace("yesterday", "yesterday, thanks"), "praise")), (1, "CON003")) for format in ("chat", "alpaca", "sharegpt")),
    *(whole(f"{format}: two numbers", [*sound(format), sft(format, "How many legs has a spider?", "A spider has 8 legs."), sft(format, "How many legs has a spider?", "A spider has 6 legs.")], (12, "CON002")) for format in ("chat", "alpaca", "sharegpt")),
    *(whole(f"{format}: yes and no", [*sound(format), sft(format, "Is a whale a fish?", "No, it is a mammal."), sft(format, "Is a whale a fish?", "Yes, it lives in the sea.")], (12, "CON002")) for format in ("chat", "completion", "gemini")),
    *(whole(f"{format}: one label nearly everywhere", labelled(format)[:60] + [sft(format, f"{text} {name} says so.", "delivery") for text, _ in LETTERS for name in ("Ana", "Ben", "Cid", "Eva")], (0, "BAL001")) for format in ("chat", "alpaca")),
    *(whole(f"{format}: a label of three rows", labelled(format, *((f"Sort this letter: the box {word} leaks.", "returns") for word in ("here", "there", "now"))), (61, "BAL002")) for format in ("chat", "alpaca")),
    *(whole(f"{format}: the same answer to most", [*sound(format), *(sft(format, f"What do you say about {thing}?", "Please write to our service, they are glad to help you with it.") for thing in THINGS)], (0, "BAL003")) for format in ("chat", "alpaca")),
    *(whole(f"{format}: few rows", sound(format), (0, "BAL004")) for format in ("chat", "trl", "openai-rft")),
]  # fmt: skip

PERSONAL_VALUES = (
    ("an e-mail address", "Please write to hanna.brodersen@faehrhof-husum.de instead.", "PII001"),
    ("a phone number", "Please ring me on +49 4841 89920 instead.", "PII002"),
    ("a card number", "Please take it from 4539 1488 0343 6467 instead.", "PII003"),
    ("an account", "Please pay to DE44 5001 0517 5407 3249 31 instead.", "PII004"),
    ("an IP address", "Please let 93.184.216.34 in as well.", "PII005"),
    ("a social security number", "My social security number is 536-22-8726, as asked.", "PII006"),
    ("a network card", "Please let the card 3c:22:fb:9a:10:7e in as well.", "PII007"),
    ("a date of birth", "My date of birth is 12 March 1985, as asked.", "PII008"),
    ("an address", "Please send it to 4821 Maple Avenue, Springfield, IL 62704 instead.", "PII009"),
)
PERSONAL = [
    plant(name, format, sft(format, said_so, "That is noted, and it takes a day or two."), code)
    for name, said_so, code in PERSONAL_VALUES
    for format in ("chat", "alpaca", "sharegpt", "completion", "gemini", "converse")
]

UUID = "7c1f04be-93d2-4e58-b0a6-2fd1947a35ec"
IDENTIFIERS = [
    *(plant("an order number in the question", format, sft(format, "Where is order number W-48213?", "It left the harbour this morning."), "IDS001") for format in ("chat", "alpaca", "sharegpt", "completion", "gemini", "converse")),
    *(plant("a UUID in the question", format, sft(format, f"Please close {UUID} for me.", "It is closed since this morning."), "IDS002") for format in ("chat", "alpaca", "sharegpt", "gemini")),
    *(plant("a number that nobody gave", format, sft(format, "Where is my parcel?", "Your order number is W-48213, and it comes by noon."), "IDS001", "IDS003") for format in ("chat", "alpaca", "sharegpt", "gemini", "converse")),
]  # fmt: skip

_PEM = "\n".join(("-----BEGIN PRIVATE KEY-----", *PEM_BODY, "-----END PRIVATE KEY-----"))
SECRET = [
    *(plant("an API key in the answer", format, sft(format, "How do I call it?", f"Send {SECRETS['openai']} with it."), "SEC001") for format in ("chat", "alpaca", "sharegpt", "completion", "gemini", "converse")),
    *(plant("a private key in the question", format, sft(format, f"Why is it refused? {_PEM}", "It must be added to the list first."), "SEC002") for format in ("chat", "alpaca", "sharegpt", "gemini")),
    *(plant("a password in a URL", format, sft(format, "Where is the log book?", f"At {SECRETS['url']} and nowhere else."), "SEC003") for format in ("chat", "alpaca", "sharegpt", "gemini")),
    *(plant("a web token in the question", format, sft(format, f"Is {SECRETS['token']} still good?", "It ends within the hour."), "SEC004") for format in ("chat", "alpaca", "sharegpt", "gemini")),
    *(plant("a password in the answer", format, sft(format, "How do I get in?", "Use the side door. The password: Kx7#vQ2mL!p"), "SEC005") for format in ("chat", "alpaca", "sharegpt", "gemini")),
]  # fmt: skip

ALL = [
    *FILES,
    *SCHEMA,
    *CONVERSATIONS,
    *TOOLS,
    *PAIRED,
    *REFERENCES,
    *LIMITS,
    *REPEATED,
    *TEXTS,
    *TEMPLATES,
    *SETS,
    *IDENTIFIERS,
    *SECRET,
    *PERSONAL,
]
"""Every defect of this file."""

FAMILIES = ("JSN", "SCH", "CHT", "TUL", "PRF", "RFT", "TOK", "DUP", "TXT", "TPL", "CON", "BAL", "IDS", "SEC", "PII")
ELSEWHERE = {
    "SCH010": "a format that the target does not take: in test_targets.py",
    "RFT011": "takes a set that names its form: in its examples",
    "RFT014": "about the file of a setting, not about rows",
    "CON004": "information",
    "DUP002": "about many rows together: in test_near.py",
    **dict.fromkeys(("SCH008", "DUP003", "DUP004", "RFT010"), "about many rows together: in test_dataset_rules.py"),
    **dict.fromkeys(("PRF004", "PRF005", "PRF007", "PRF010", "PRF012"), "the same"),
    "BAL005": "about many rows together: in test_drift.py",
    "IDS004": "about many rows together: in test_identifiers.py",
    "IDS005": "the same",
    "TOK003": "information",
    "TOK004": "information",
    "TXT012": "information",
    "TXT017": "information",
    "PII101": "needs a model: in test_personal_data.py",
}
"""Rules without a defect here, and why."""

SMALL = ("BAL004", "TOK005")
"""What every small set has."""


@pytest.mark.parametrize("defect", ALL, ids=[f"{number} {one.name}" for number, one in enumerate(ALL)])
def test_each_defect_is_found(defect: Defect, tmp_path: Path) -> None:
    data: Any = defect.data
    if isinstance(data, bytes):
        path = tmp_path / "rows.jsonl"
        path.write_bytes(data)
        data = path
    settings = dict(defect.settings)
    wanted = {code for _, code in defect.wanted}
    ignore = [code for code in (*SMALL, *settings.pop("ignore", "").split()) if code not in wanted]
    report = ftprep.lint(data, isolated=True, ignore=ignore, **settings)
    found = [(one.ref.line, one.code) for one in report.findings if (one.severity or Severity.INFO) >= Severity.WARNING]
    assert sorted(found) == sorted(defect.wanted)


def test_every_rule_has_an_ordinary_defect() -> None:
    told = {code for defect in ALL for _, code in defect.wanted}
    rules = {code for code in all_rules() if code.startswith(FAMILIES)}
    assert rules - told == set(ELSEWHERE)
