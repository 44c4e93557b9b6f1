"""One defect planted in a row of Bedrock or Gemini among sound ones; and rows that look defective and are not."""

from __future__ import annotations

import json
from pathlib import Path

import bedrock_defects
import gemini_defects
import pytest
from bedrock_defects import HI, PAIR, Said, log
from gemini_defects import GREET
from vendor_rows import Row, answers, asks, call, choice, contents, converse, file, model, says, scored, spec, text, use

import ftprep


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


DEFECTS = bedrock_defects.DEFECTS + gemini_defects.DEFECTS
LEGAL = bedrock_defects.LEGAL + gemini_defects.LEGAL


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
