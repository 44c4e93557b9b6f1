"""What targets' own validators and loaders refused once, and what is written for them since."""

from __future__ import annotations

from typing import Any

import pytest

import ftprep
from ftprep.conversion.trainer_files import trainer_file

USER = {"role": "user", "content": "Is stop 14 on time?"}
ANSWER = {"role": "assistant", "content": "Three minutes late."}
SHAREGPT = {"conversations": [{"from": "human", "value": "Colour of a lime?"}, {"from": "gpt", "value": "Green."}]}
ALPACA = {"instruction": "Name a colour.", "input": "", "output": "Red."}
PAIR = {"prompt": [USER], "chosen": [ANSWER], "rejected": [{"role": "assistant", "content": "No idea."}]}
JUDGED = {"prompt": [USER], "completion": [ANSWER], "label": True}
CALLED = {
    "messages": [
        USER,
        {
            "role": "assistant",
            "tool_calls": [
                {"id": "a1", "type": "function", "function": {"name": "status", "arguments": '{"stop": 14}'}},
                {"id": "a2", "type": "function", "function": {"name": "status", "arguments": '{"stop": 15}'}},
            ],
        },
        {"role": "tool", "tool_call_id": "a1", "content": "3"},
        {"role": "tool", "tool_call_id": "a2", "content": "4"},
        ANSWER,
    ],
    "tools": [{"type": "function", "function": {"name": "status", "parameters": {"type": "object"}}}],
}


@pytest.mark.parametrize(
    ("target", "row", "format"),
    [
        ("trl", SHAREGPT, "openai-chat"),  # TRL renames the keys, and leaves `human` to the template
        ("unsloth", SHAREGPT, "openai-chat"),
        ("unsloth", ALPACA, "openai-chat"),  # its trainer has no text of such rows
        ("unsloth", {"question": "3+1?", "answer": "4\n#### 4"}, "trl-prompt-only-conv"),
        ("axolotl", SHAREGPT, "openai-chat"),
        ("axolotl", PAIR, "axolotl-chat-template-dpo"),  # no `type` reads a list as a prompt
        ("axolotl", JUDGED, "axolotl-kto-argilla"),
        ("llamafactory", SHAREGPT, "sharegpt"),
    ],
)
def test_format_that_the_trainer_reads_without_more(target: str, row: dict[str, Any], format: str) -> None:
    made = ftprep.convert([row], to=target)
    assert (made.format, len(made.rows)) == (format, 1)


@pytest.mark.parametrize(
    ("target", "row", "why"),
    [
        ("bedrock-llama", CALLED, "bedrock-llama has no place for calls of tools"),
        ("bedrock-llama", {"messages": [ANSWER]}, "bedrock-llama wants two turns, and this row has one"),
    ],
)
def test_rows_that_a_validator_refuses_are_not_converted(target: str, row: dict[str, Any], why: str) -> None:
    made = ftprep.convert([row], to=target)
    assert [one.reason for one in made.refused] == [why]


def test_tools_of_nova_are_described() -> None:
    made = ftprep.convert([CALLED], to="nova")
    assert made.rows[0]["toolConfig"]["tools"][0]["toolSpec"]["description"] == "status"
    assert [one.what for one in made.changes] == ["its name as its description"]


@pytest.mark.parametrize("target", ["trl", "axolotl", "unsloth", "llamafactory", "together"])
@pytest.mark.parametrize(
    "answer",
    [{"content": None, "refusal": "I will not."}, {"content": [{"type": "refusal", "refusal": "I will not."}]}],
)
def test_trainers_read_refusals_as_texts_alone(target: str, answer: dict[str, Any]) -> None:
    made = ftprep.convert([{"messages": [USER, {"role": "assistant", **answer}]}], to=target)
    assert made.rows is not None
    assert made.rows[0]["messages"][1] in (
        {"role": "assistant", "content": "I will not."},
        {"role": "assistant", "content": [{"type": "text", "text": "I will not."}]},
    )
    assert [one.what for one in made.changes] == ["a refusal written as text"]


def test_questions_beside_images_are_parts_for_trl() -> None:
    seen = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "a.png"}}]}
    made = ftprep.convert([{"messages": [seen, ANSWER, USER, ANSWER]}], to="trl")
    assert made.rows is not None
    assert [type(one["content"]) for one in made.rows[0]["messages"]] == [list, str, list, str]
    assert made.rows[0]["images"] == ["a.png"]


@pytest.mark.parametrize("target", ["fireworks", "trl", "axolotl", "unsloth"])
def test_where_nobody_knows_a_developer(target: str) -> None:
    made = ftprep.convert([{"messages": [{"role": "developer", "content": "Be brief."}, USER, ANSWER]}], to=target)
    assert made.rows is not None
    assert made.rows[0]["messages"][0]["role"] == "system"


@pytest.mark.parametrize(
    ("messages", "codes"),
    [
        (CALLED["messages"], set()),  # results in a row are one turn
        ([USER, ANSWER, ANSWER], {"CHT004"}),
        ([USER, CALLED["messages"][1], *CALLED["messages"][2:4], USER, ANSWER], {"CHT004"}),
        ([ANSWER, USER, ANSWER], {"CHT007"}),
        ([USER, ANSWER, USER], {"CHT002"}),
        ([USER, {"role": "system", "content": "Be brief."}, ANSWER], {"CHT005"}),
    ],
)
def test_llamafactory_knows_speakers_by_their_position(messages: list[Any], codes: set[str]) -> None:
    row = {"messages": messages, "tools": CALLED["tools"]}
    report = ftprep.lint([row], target="llamafactory", select=["CHT002", "CHT004", "CHT005", "CHT007"])
    assert {one.code for one in report.findings if one.severity >= ftprep.Severity.ERROR} == codes


@pytest.mark.parametrize("text", ["My chatbot: it works.", "Thought: easy.", "An <unk> token."])
def test_words_that_nova_refuses_in_answers(text: str) -> None:
    row = {"messages": [{"role": r, "content": [{"text": t}]} for r, t in (("user", "Tell me."), ("assistant", text))]}
    report = ftprep.lint([row], target="nova", select=["TPL004"])
    assert [one.severity for one in report.findings] == [ftprep.Severity.ERROR]


@pytest.mark.parametrize(
    ("format", "lines"),
    [
        ("axolotl-kto-argilla", ["rl: kto", "datasets:", "    type: chatml.argilla"]),
        ("trl-preference-implicit-conv", ["rl: dpo", "datasets:", "    type: chat_template.argilla_chat"]),
        ("trl-prompt-only-conv", ["rl: grpo", "datasets:", "trl:", "  reward_funcs: [MODULE.FUNCTION]"]),
    ],
)
def test_types_that_axolotl_has(format: str, lines: list[str]) -> None:
    made = trainer_file("axolotl", format, {"train": "train.jsonl"})
    assert made is not None
    assert [one for one in made.text.splitlines() if "path:" not in one and "ds_type" not in one] == lines


def test_newer_engine_of_llamafactory_has_a_file_of_its_own() -> None:
    made = trainer_file("llamafactory", "llamafactory-v1", {"train": "train.jsonl", "test": "test.jsonl"})
    assert made is not None
    assert (made.name, made.text) == (
        "dataset_info.yaml",
        'train:\n  path: "train.jsonl"\n  source: local\ntest:\n  path: "test.jsonl"\n  source: local\n',
    )
