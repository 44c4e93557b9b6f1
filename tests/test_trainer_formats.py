"""The dialects of trainers and public sets: which rows are theirs, what is wrong with broken ones, what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rows import assistant, chat, places, user

import ftprep
from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.detect import detect, matches
from ftprep.formats.format import all_formats, format_named
from ftprep.formats.tool_calls import Call

Row = dict[str, Any]
USER, ASSISTANT = user(), assistant()


def says(who: str, value: str, **more: Any) -> Row:
    return {"from": who, "value": value, **more}


def block(role: str, *parts: tuple[str, str], **more: Any) -> Row:
    return {"role": role, "content": [{"type": kind, "value": value} for kind, value in parts], **more}


HUMAN, GPT = says("human", "Tide?"), says("gpt", "High.")
CALL = says("function_call", '{"name": "tide", "arguments": {"pier": "east"}}')
SEEN = says("observation", "high")
TIDE = '[{"name": "tide", "parameters": {"type": "object", "properties": {"pier": {"type": "string"}}}}]'
V1_USER = block("user", ("text", "Hi"), loss_weight=0.0)
V1_ANSWER = block("assistant", ("text", "Hello!"), loss_weight=1.0)
DIALOGUE = "\n\nHuman: Hi\n\nAssistant: Hello!\n\nHuman: Tide?\n\nAssistant:"


# --- which format a row has -------------------------------------------------------------------------------------------

SHAPES: dict[str, tuple[str, Row]] = {
    "v1 blocks": ("llamafactory-v1", chat(V1_USER, V1_ANSWER)),
    "v1 blocks without weights": ("llamafactory-v1", chat(block("user", ("text", "a")), block("assistant"), V1_ANSWER)),
    "v1 pairs": (
        "llamafactory-v1-preference",
        {"chosen_messages": [V1_USER, V1_ANSWER], "rejected_messages": [V1_USER, V1_ANSWER]},
    ),
    "marks of images": ("llamafactory-multimodal", chat(user("<image>Who?"), ASSISTANT, images=["a.jpg"])),
    "videos": ("llamafactory-multimodal", chat(user("Who?"), ASSISTANT, videos=["a.mp4"])),
    "images without marks": ("openai-chat", chat(user("Who?"), ASSISTANT, images=["a.jpg"])),
    "no images": ("openai-chat", chat(USER, ASSISTANT, images=[])),
    "images as parts": ("openai-chat", chat(user([{"type": "image"}]), ASSISTANT, images=["a.jpg"])),
    "true-or-false label": ("llamafactory-kto-messages", chat(USER, ASSISTANT, label=True)),
    "label of 0 or 1": ("llamafactory-kto-messages", chat(USER, ASSISTANT, label=0)),
    "label as a word": ("chat-label", chat(USER, ASSISTANT, label="calm")),
    "label of 2": ("chat-label", chat(USER, ASSISTANT, label=2)),
    "labels as words": ("chat-label", chat(USER, ASSISTANT, labels=["calm", "short"])),
    "labels by task": ("mistral-classifier", chat(USER, ASSISTANT, labels={"mood": "calm"})),
    "labels by task of a question": ("mistral-classifier", chat(USER, labels={"mood": "calm"})),
    "labels by task of a text": ("mistral-classifier", {"text": "Hi", "labels": {"mood": ["calm"]}}),
    "label beside a question": ("openai-rft", chat(USER, label="7")),
    "tag of messages": ("llamafactory-kto-messages", chat(USER, ASSISTANT, kto_tag=False)),
    "tag of turns": ("llamafactory-kto-sharegpt", {"conversations": [HUMAN, GPT], "kto_tag": True}),
    "label of turns": ("llamafactory-kto-sharegpt", {"conversations": [HUMAN, GPT], "label": False}),
    "tag of Alpaca": ("llamafactory-kto-alpaca", {"instruction": "Hi", "output": "Ho", "kto_tag": False}),
    "pairs of turns": ("llamafactory-preference-sharegpt", {"conversations": [HUMAN], "chosen": GPT, "rejected": GPT}),
    "pairs of Alpaca": (
        "llamafactory-preference-alpaca",
        {"instruction": "Hi", "input": "", "chosen": "a", "rejected": "b"},
    ),
    "pairs of messages": ("axolotl-chat-template-dpo", chat(USER, chosen=ASSISTANT, rejected=ASSISTANT)),
    "intel": ("axolotl-intel", {"system": "", "question": "Hi", "chosen": "a", "rejected": "b"}),
    "icr": ("axolotl-icr", {"system": "", "input": "Hi", "chosen": "a", "rejected": "b", "generations": ["a"]}),
    "argilla": ("axolotl-argilla", {"instruction": "Hi", "chosen_response": "a", "rejected_response": "b"}),
    "prompt_pairs": ("trl-preference-std", {"system": "", "prompt": "Hi", "chosen": "a", "rejected": "b"}),
    "transcripts": ("hh-rlhf", {"chosen": DIALOGUE + " High.", "rejected": DIALOGUE + " Low."}),
    "pairs of texts": ("trl-preference-implicit-std", {"chosen": "Q: Hi\nA: a", "rejected": "Q: Hi\nA: b"}),
    "answers without a mark": (
        "trl-preference-implicit-std",
        {"chosen": "The Human: a study", "rejected": "Not Human: or Assistant: at all"},
    ),
    "answers with one mark": ("trl-preference-implicit-std", {"chosen": "a\n\nHuman: b", "rejected": "a\n\nHuman: c"}),
    "prompt as text": ("ultrafeedback-binarized", {"prompt": "Hi", "chosen": [USER, ASSISTANT], "rejected": [USER]}),
    "prompt as list": ("trl-preference-conv", {"prompt": [USER], "chosen": [ASSISTANT], "rejected": [ASSISTANT]}),
    "no prompt": ("trl-preference-implicit-conv", {"chosen": [USER, ASSISTANT], "rejected": [USER, ASSISTANT]}),
    "prompt as object": ("oasst-tree", {"message_tree_id": "a", "prompt": {"text": "Hi", "role": "prompter"}}),
    "objects of messages": ("fireworks-chosen-rejected", {"chosen": chat(USER, ASSISTANT), "rejected": chat(USER)}),
    "samples": ("fireworks-scored-pairs", {"samples": [chat(USER, score=1.0), chat(USER, evals={"score": 0})]}),
    "first message of a tree": ("oasst-flat", {"message_id": "a", "parent_id": None, "text": "Hi", "role": "prompter"}),
    "labelled message of a tree": (
        "oasst-flat",
        {"message_id": "a", "text": "Hi", "role": "prompter", "labels": {"name": ["spam"], "value": [0.1]}},
    ),
    "starts with gpt": ("sharegpt", {"conversations": [GPT, HUMAN, GPT]}),
    "starts with system": ("sharegpt", {"conversations": [says("system", "x"), HUMAN, GPT]}),
    "messages under conversations": ("chat-conversations", {"conversations": [USER, ASSISTANT]}),
    "role and value": ("axolotl-pygmalion", {"conversations": [{"role": "human", "value": "a"}]}),
    "from and value of Arrow": (
        "sharegpt",
        {"conversations": [{**HUMAN, "role": None, "content": None}, {**GPT, "role": None, "content": None}]},
    ),
    "role and content of Arrow": (
        "chat-conversations",
        {"conversations": [{**USER, "from": None, "value": None}, {**ASSISTANT, "from": None, "value": None}]},
    ),
    "role and value of Arrow": (
        "axolotl-pygmalion",
        {"conversations": [{"role": "human", "value": "a", "from": None, "content": None}]},
    ),
    "chat of Arrow": ("openai-chat", chat({**USER, "loss_weight": None}, ASSISTANT, chosen=None, kto_tag=None)),
    "interactions": ("mistral-interactions", {"interactions": [USER, ASSISTANT]}),
    "parts of a prompt": (
        "together-vision",
        {"prompt": [{"type": "text", "text": "Hi"}], "completion": [{"type": "text", "text": "a"}]},
    ),
    "parts and a text": ("together-vision", {"prompt": [{"type": "text", "text": "Hi"}], "completion": "a"}),
    "messages of a prompt": ("trl-prompt-completion-conv", {"prompt": [USER], "completion": [ASSISTANT]}),
    "Dolly": ("dolly", {"instruction": "Hi", "context": "", "response": "Ho", "category": "chat"}),
    "gpteacher": ("axolotl-gpteacher", {"instruction": "Hi", "input": "", "response": "Ho"}),
    "Orca": ("open-orca", {"system_prompt": "", "question": "Hi", "response": "Ho", "id": "flan.1"}),
    "a class as a word": ("text-label", {"text": "lights off", "category": "lamp"}),
    "a class as a number": ("text-label", {"sentence": "lights off", "label": 3, "idx": 7}),
    "a class as true or false": ("text-label", {"text": "Win money!", "label": True}),
    "classes as words": ("text-label", {"text": "lights off", "labels": ["lamp", "home"]}),
    "labelled prompt": ("text-label", {"prompt": "lights off", "label": "lamp"}),
    "judged completion": ("trl-kto", {"prompt": "Hi", "completion": "a", "label": 1}),
    "labelled steps": ("trl-stepwise", {"prompt": "Hi", "completions": ["a"], "labels": [True]}),
    "ranked answers": ("axolotl-nectar", {"prompt": "Hi", "answers": [{"answer": "a", "rank": 1, "model": "x"}] * 2}),
    "judged answer": ("axolotl-kto-argilla", {"instruction": "Hi", "completion": "a", "label": True}),
    "reflection": (
        "axolotl-reflection",
        {"instruction": "Hi", "input": "", "output": "a", "reflection": "b", "corrected": "c"},
    ),
    "segments": ("axolotl-input-output", {"segments": [{"label": True, "text": "a"}]}),
    "red team": ("hh-red-team", {"transcript": DIALOGUE, "rating": 2, "tags": None, "is_upworker": True}),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes(name: str) -> None:
    format, row = SHAPES[name]
    assert matches(row)[0][0] == format
    assert detect([row] * 3).format == format


NOBODYS: dict[str, Row] = {
    "question that lost its answer": {"prompt": "Hi", "label": True},
    "premise and hypothesis": {"premise": "a", "hypothesis": "b", "label": 1},
    "two texts": {"text": "a", "query": "b", "label": "c"},
    "no label": {"text": "a", "label": None, "device": "b"},
    "a reply of a tree": {"message_id": "a", "text": "b"},
    "plain messages under the names of v1": {"chosen_messages": [USER, ASSISTANT], "rejected_messages": [USER]},
    "sides of two kinds": {"chosen": "a", "rejected": [ASSISTANT]},
    "samples without scores": {"samples": [chat(USER), chat(USER)]},
}


@pytest.mark.parametrize("name", NOBODYS)
def test_rows_of_nobody(name: str) -> None:
    assert matches(NOBODYS[name]) == []


def test_a_label_of_0_or_1_beside_messages_is_doubtful() -> None:
    found = detect([chat(USER, ASSISTANT, label=number % 2) for number in range(4)])
    assert (found.format, found.confidence) == ("llamafactory-kto-messages", 0.6)
    assert found.alternatives == (("chat-label", 0.5),)


# --- what is wrong ----------------------------------------------------------------------------------------------------


def findings(rows: Any, **more: Any) -> list[tuple[int, str, str, str]]:
    report = ftprep.lint(rows, select="ALL", ignore="BAL,RFT011,TXT009", isolated=True, **more)
    return [(one.ref.line, one.code, one.pointer, one.message) for one in report.findings]


def spoilt(name: str, **changes: Any) -> Row:
    """The example of a format with some of its fields changed, or left out where the change is ``...``."""
    row = {**format_named(name).example, **changes}
    return {key: value for key, value in row.items() if value is not ...}


TURNS = [says("human", "a"), says("gpt", "b")]
DEFECTS: list[tuple[str, Row, str, str, str]] = [
    ("llamafactory-v1", chat(V1_USER, block("asistant", ("text", "a"))), "SCH004", "/messages/1/role", "`assistant`"),
    (
        "llamafactory-v1",
        chat(V1_USER, block("assistant", ("txt", "a"))),
        "CHT009",
        "/messages/1/content/0/type",
        "unknown content part `txt`",
    ),
    ("llamafactory-v1", chat(V1_USER, block("assistant")), "SCH007", "/messages/1/content", "is empty"),
    ("llamafactory-v1", chat(V1_USER, block("assistant", ("text", " "))), "CHT003", "/messages/1/content", "white"),
    ("llamafactory-v1", chat(V1_USER, {**V1_ANSWER, "loss_weight": 0}), "CHT008", "", "not trained"),
    (
        "llamafactory-v1",
        chat(V1_USER, {**V1_ANSWER, "loss_weight": "1"}),
        "SCH003",
        "/messages/1/loss_weight",
        "number",
    ),
    (
        "llamafactory-v1",
        chat(V1_USER, block("assistant", ("tool_call", "{tide}")), tools=TIDE),
        "TUL001",
        "/messages/1/content/0/value",
        "not JSON",
    ),
    (
        "llamafactory-v1",
        chat(V1_USER, block("assistant", ("tool_call", '{"name": "tides"}')), tools=TIDE),
        "TUL003",
        "/messages/1/content/0/value",
        "there is `tide`",
    ),
    (
        "llamafactory-v1-preference",
        {
            "chosen_messages": [V1_USER, V1_ANSWER],
            "rejected_messages": [V1_USER, block("assistant", ("text", ""), loss_weight=1.0)],
        },
        "PRF002",
        "/rejected_messages",
        "the rejected side is empty",
    ),
    (
        "llamafactory-multimodal",
        chat(user("<image>Who?<image>"), ASSISTANT, images=["a.jpg"]),
        "CHT009",
        "/images",
        "1 image for 2 `<image>` marks",
    ),
    (
        "llamafactory-multimodal",
        chat(user("Who?"), ASSISTANT, images=["a.jpg"]),
        "CHT009",
        "/images",
        "1 image for 0 `<image>` marks",
    ),
    ("llamafactory-multimodal", chat(user("<image>Who?"), ASSISTANT), "CHT009", "", "0 images for 1 `<image>` mark"),
    (
        "llamafactory-multimodal",
        chat(user("<video><audio>"), ASSISTANT, videos=["a.mp4", "b.mp4"], audios=["a.wav"]),
        "CHT009",
        "/videos",
        "2 videos for 1 `<video>` mark",
    ),
    (
        "sharegpt",
        {"conversations": [says("human", "<image>a"), GPT], "images": ["a", "b"]},
        "CHT009",
        "/images",
        "2 images for 1 `<image>` mark",
    ),
    (
        "llamafactory-kto-alpaca",
        spoilt("llamafactory-kto-alpaca", kto_tag="yes"),
        "SCH003",
        "/kto_tag",
        "true or false",
    ),
    ("llamafactory-kto-alpaca", spoilt("llamafactory-kto-alpaca", kto_tag=...), "SCH001", "", "`kto_tag` is missing"),
    ("llamafactory-kto-alpaca", spoilt("llamafactory-kto-alpaca", output=""), "CHT003", "/output", "`output` is empty"),
    ("llamafactory-kto-sharegpt", {"conversations": TURNS}, "SCH001", "", "`kto_tag` or `label` is missing"),
    ("llamafactory-kto-sharegpt", {"conversations": [HUMAN], "kto_tag": True}, "CHT001", "", "the only turn"),
    (
        "llamafactory-kto-sharegpt",
        {"conversations": [HUMAN, says("gtp", "a")], "kto_tag": True},
        "SCH004",
        "/conversations/1/from",
        "did you mean `gpt`",
    ),
    ("llamafactory-kto-messages", chat(USER, ASSISTANT), "SCH001", "", "`kto_tag` or `label` is missing"),
    ("llamafactory-kto-messages", chat(USER, ASSISTANT, label="yes"), "SCH003", "/label", ""),
    ("llamafactory-kto-messages", chat(USER, assistant(" "), label=True), "CHT003", "/messages/1/content", ""),
    (
        "llamafactory-preference-sharegpt",
        spoilt("llamafactory-preference-sharegpt", chosen=says("gpt", "")),
        "PRF002",
        "/chosen",
        "the chosen side is empty",
    ),
    (
        "llamafactory-preference-sharegpt",
        spoilt("llamafactory-preference-sharegpt", rejected={"from": "gpt"}),
        "SCH001",
        "/rejected",
        "`value` is missing",
    ),
    (
        "llamafactory-preference-sharegpt",
        spoilt("llamafactory-preference-sharegpt", rejected=...),
        "SCH001",
        "",
        "`rejected` is missing",
    ),
    (
        "llamafactory-preference-sharegpt",
        spoilt("llamafactory-preference-sharegpt", conversations=TURNS),
        "CHT004",
        "/chosen",
        "2 assistant turns in a row",
    ),
    (
        "llamafactory-preference-alpaca",
        spoilt("llamafactory-preference-alpaca", chosen="\u200b"),
        "PRF002",
        "/chosen",
        "nothing that can be seen",
    ),
    ("axolotl-chat-template-dpo", spoilt("axolotl-chat-template-dpo", chosen=...), "SCH001", "", "`chosen` is missing"),
    (
        "axolotl-chat-template-dpo",
        spoilt("axolotl-chat-template-dpo", chosen={"role": "asistant", "content": "a"}),
        "SCH004",
        "/chosen/role",
        "did you mean `assistant`",
    ),
    (
        "axolotl-chat-template-dpo",
        spoilt("axolotl-chat-template-dpo", rejected=assistant("")),
        "PRF002",
        "/rejected",
        "the rejected side is empty",
    ),
    (
        "axolotl-pygmalion",
        {"conversations": [{"role": "human", "value": "a"}, {"role": "bto", "value": "b"}]},
        "SCH004",
        "/conversations/1/role",
        "did you mean `bot`",
    ),
    ("axolotl-pygmalion", {"conversations": [{"role": "human", "value": "a"}]}, "CHT001", "", "the only turn"),
    (
        "axolotl-pygmalion",
        {"conversations": [{"role": "human", "value": "a"}, {"role": "bot", "value": ""}]},
        "CHT003",
        "/conversations/1/value",
        "assistant turn is empty",
    ),
    ("axolotl-input-output", {"segments": [{"label": False, "text": "a"}]}, "CHT008", "", "the text is not trained"),
    ("axolotl-input-output", {"segments": [{"label": 1, "text": "a"}]}, "SCH003", "/segments/0/label", "true or false"),
    ("axolotl-input-output", {"segments": []}, "SCH007", "/segments", ""),
    (
        "axolotl-nectar",
        spoilt("axolotl-nectar", answers=[{"answer": "a", "rank": 1}]),
        "SCH006",
        "/answers",
        "at least 2",
    ),
    (
        "axolotl-nectar",
        spoilt("axolotl-nectar", answers=[{"answer": "a", "rank": 1}, {"answer": "b"}]),
        "SCH001",
        "/answers/1",
        "`rank` is missing",
    ),
    (
        "axolotl-nectar",
        spoilt("axolotl-nectar", answers=[{"answer": "a", "rank": 2}, {"answer": "", "rank": 1}]),
        "PRF002",
        "/answers/1/answer",
        "is empty",
    ),
    ("axolotl-explainchoice", spoilt("axolotl-explainchoice", choices=[]), "SCH007", "/choices", ""),
    ("axolotl-kto-intel", spoilt("axolotl-kto-intel", label="good"), "SCH003", "/label", "true or false"),
    ("mistral-interactions", {"interactions": [USER, ASSISTANT, USER]}, "CHT002", "/interactions/2", "a user turn"),
    ("mistral-classifier", {"text": "a", "labels": {"mood": 3}}, "SCH003", "/labels/mood", ""),
    ("mistral-classifier", {"labels": {"mood": "a"}}, "SCH001", "", "`text` or `messages` is missing"),
    ("mistral-classifier", {"text": " ", "labels": {"mood": "a"}}, "CHT003", "/text", "`text` holds only white space"),
    (
        "fireworks-scored-pairs",
        {"samples": [chat(USER, ASSISTANT, score=1), chat(USER, assistant("b"), evals={"score": 1.0})]},
        "SCH006",
        "/samples",
        "both samples have the score 1",
    ),
    (
        "fireworks-scored-pairs",
        {"samples": [chat(USER, ASSISTANT, score=1), chat(USER, ASSISTANT)]},
        "SCH001",
        "/samples/1",
        "`score` is missing",
    ),
    ("fireworks-scored-pairs", {"samples": [chat(USER, ASSISTANT, score=1)] * 3}, "SCH006", "/samples", "at most 2"),
    (
        "fireworks-scored-pairs",
        {"samples": [chat(USER, assistant(""), score=0), chat(USER, ASSISTANT, score=1)]},
        "PRF002",
        "/samples/0/messages",
        "",
    ),
    (
        "fireworks-chosen-rejected",
        {"chosen": chat(USER, USER, ASSISTANT), "rejected": chat(USER, USER, assistant("No."))},
        "CHT004",
        "/chosen/messages/1",
        "2 user turns in a row",
    ),
    ("together-vision", spoilt("together-vision", completion=[]), "SCH007", "/completion", ""),
    (
        "together-vision",
        spoilt("together-vision", prompt=[{"type": "picture", "url": "a"}]),
        "CHT009",
        "/prompt/0/type",
        "unknown content part `picture`",
    ),
    (
        "together-vision",
        spoilt("together-vision", prompt=[{"type": "image_url", "image_url": {"url": "data:image/png;base64,!"}}]),
        "CHT009",
        "/prompt/0/image_url/url",
        "not valid base64",
    ),
    (
        "together-vision",
        spoilt("together-vision", completion=[{"type": "image_url", "image_url": "https://example.org/a.png"}]),
        "CHT009",
        "/completion/0",
        "image in an assistant turn",
    ),
    ("dolly", spoilt("dolly", response=" "), "CHT003", "/response", "`response` holds only white space"),
    ("open-orca", spoilt("open-orca", question=""), "CHT003", "/question", "`question` is empty"),
    (
        "hh-rlhf",
        {"chosen": DIALOGUE + " High.\n\nHuman: Thanks", "rejected": DIALOGUE + " Low."},
        "SCH006",
        "/chosen",
        "`chosen` ends with a turn of the human",
    ),
    ("hh-rlhf", {"chosen": DIALOGUE + " High.", "rejected": "Low."}, "SCH006", "/rejected", "is no transcript"),
    ("hh-rlhf", {"chosen": DIALOGUE + " High.", "rejected": DIALOGUE}, "CHT003", "/rejected", "assistant turn"),
    (
        "hh-rlhf",
        {"chosen": "\n\nAssistant: Hi" + DIALOGUE + " a", "rejected": "\n\nAssistant: Hi" + DIALOGUE + " b"},
        "CHT007",
        "/chosen",
        "",
    ),
    (
        "hh-rlhf",
        {"chosen": f"\n\nHuman: Hi{DIALOGUE} a", "rejected": f"\n\nHuman: Hi{DIALOGUE} b"},
        "CHT004",
        "/chosen",
        "2 user turns in a row",
    ),
    (
        "ultrafeedback-binarized",
        spoilt("ultrafeedback-binarized", prompt="Which mountain?"),
        "PRF003",
        "/prompt",
        "not what the user says in the sides",
    ),
    (
        "ultrafeedback-binarized",
        {"prompt": "Hi", "chosen": [ASSISTANT], "rejected": [assistant("b")]},
        "CHT007",
        "/chosen/0",
        "",
    ),
    (
        "oasst-tree",
        spoilt("oasst-tree", prompt={"role": "prompter", "text": "a", "replies": [{"role": "bot", "text": "b"}]}),
        "SCH004",
        "/prompt/replies/0/role",
        "unknown role `bot`",
    ),
    (
        "oasst-tree",
        spoilt("oasst-tree", prompt={"role": "prompter", "text": "a", "replies": [{"role": "assistant", "text": ""}]}),
        "CHT003",
        "/prompt/replies/0/text",
        "assistant turn is empty",
    ),
    ("oasst-flat", spoilt("oasst-flat", role="bot"), "SCH004", "/role", "unknown role `bot`"),
    ("oasst-flat", spoilt("oasst-flat", text=""), "CHT003", "/text", "`text` is empty"),
    (
        "chat-conversations",
        {"conversations": [USER, {"role": "gpt", "content": "a"}]},
        "SCH004",
        "/conversations/1/role",
        "",
    ),
    ("text-label", {"text": "a"}, "SCH001", "", "the label is missing"),
    ("text-label", {"label": "a"}, "SCH001", "", "the text is missing"),
    ("text-label", {"text": "a", "label": {"b": 1}}, "SCH003", "/label", ""),
    ("text-label", {"text": "a", "label": ""}, "CHT003", "/label", "`label` is empty"),
    (
        "chat-label",
        chat(USER, {"role": "Bot", "content": "a"}, label="b"),
        "SCH004",
        "/messages/1/role",
        "unknown role",
    ),
    ("hh-red-team", spoilt("hh-red-team", rating="3"), "SCH003", "/rating", "a number is due"),
]


@pytest.mark.parametrize(
    ("name", "row", "code", "pointer", "message"),
    DEFECTS,
    ids=[f"{one[0]}-{one[2]}-{n}" for n, one in enumerate(DEFECTS)],
)
def test_a_defect_is_found_once_where_it_is(name: str, row: Row, code: str, pointer: str, message: str) -> None:
    """Among sound rows of its format, without any other finding."""
    sound = [dict(format_named(name).example)]
    found = findings([*sound, row], format=name)
    assert [one[:3] for one in found] == [(2, code, pointer)]
    assert message in found[0][3]


# --- what is not ------------------------------------------------------------------------------------------------------

FINE: dict[str, Row] = {
    "masked turns of v1": chat(V1_USER, {**V1_ANSWER, "loss_weight": 0.0}, block("user", ("text", "b")), V1_ANSWER),
    "call of v1": chat(
        V1_USER,
        block("assistant", ("reasoning", ""), ("tool_call", '{"name": "tide", "arguments": {"pier": "east"}}')),
        block("tool", ("text", "")),
        V1_ANSWER,
        tools=TIDE,
    ),
    "tools of v1 in a block": chat(
        block("system", ("text", "Help."), ("tools", TIDE)),
        V1_USER,
        block("assistant", ("tool_call", '{"name": "tide", "arguments": {}}')),
        block("tool", ("text", "high")),
        V1_ANSWER,
    ),
    "image of v1": chat(block("user", ("image_url", "a.png"), ("text", "")), V1_ANSWER),
    "marks in several turns": chat(user("<image>a"), ASSISTANT, user("b<image>"), assistant("c"), images=["a", "b"]),
    "frames of a video": chat(user("<video>a"), ASSISTANT, videos=[["1.jpg", "2.jpg"]], images=[], audios=None),
    "image in a column, without a mark": chat(user("Who?"), ASSISTANT, images=["a.jpg"]),
    "image of turns, without a mark": {"conversations": [HUMAN, GPT], "images": ["a.jpg"]},
    "tag and call": {"conversations": [HUMAN, CALL, SEEN, GPT], "kto_tag": False, "tools": TIDE, "system": ""},
    "wrong call that is unwanted": {
        "conversations": [HUMAN, says("function_call", '{"name": "tides", "arguments": {}}')],
        "kto_tag": False,
        "tools": TIDE,
    },
    "wrong call on the rejected side": {
        "conversations": [HUMAN],
        "chosen": CALL,
        "rejected": says("function_call", '{"name": "tides", "arguments": {}}'),
        "tools": TIDE,
    },
    "pair after a call": {
        "conversations": [HUMAN, CALL, SEEN],
        "chosen": GPT,
        "rejected": {**GPT, "value": "No."},
        "tools": TIDE,
    },
    "empty columns of Alpaca": {"instruction": "a", "input": "", "chosen": "b", "rejected": "c", "system": ""},
    "segments of markup": {
        "segments": [
            {"label": False, "text": "<s>"},
            {"label": True, "text": "Hi"},
            {"label": True, "text": "\n"},
            {"label": False, "text": ""},
        ]
    },
    "ranks that are equal": {"prompt": "a", "answers": [{"answer": "b", "rank": 1.0}, {"answer": "c", "rank": 1.0}]},
    "open question": {"article": "a", "unanswerable_question": "b"},
    "choice without an explanation": {"question": "a", "choices": ["b", "c"], "solution": "b", "explanation": None},
    "creative row": {"instruction": "a", "revision": "b", "scores": {"refusal": 1}, "critiques": {}},
    "classified question": chat(USER, labels={"mood": "calm", "topics": ["a", "b"]}),
    "classified monologue": chat(USER, user("b"), USER, labels={"mood": "calm"}),
    "classified conversation": chat(USER, ASSISTANT, label="calm"),
    "class of one letter": {"text": "Write a story about a dog, please", "label": "a"},
    "class as a number": {"text": "Explain why it rains", "label": 0},
    "classes as numbers": {"text": "a", "labels": [0, 3]},
    "class as a number and a word": {"text": "a", "label": 0, "label_text": "negative"},
    "first message of a tree": {"message_id": "a", "parent_id": None, "text": "b", "role": "prompter", "rank": None},
    "deleted message": {"message_id": "a", "parent_id": "c", "text": "", "role": "assistant", "deleted": True},
    "tree without replies": {"message_tree_id": "a", "prompt": {"role": "prompter", "text": "b", "replies": []}},
    "prompt with white space": {
        "prompt": " Hi ",
        "chosen": [USER, ASSISTANT],
        "rejected": [USER, assistant("b")],
        "messages": [USER, ASSISTANT],
        "score_chosen": 7,
    },
    "pair under a system turn": {
        "prompt": "Hi",
        "chosen": [{"role": "system", "content": "x"}, USER, ASSISTANT],
        "rejected": [{"role": "system", "content": "x"}, USER, assistant("b")],
    },
    "longer transcripts": {"chosen": DIALOGUE + " a\n\nb: c", "rejected": DIALOGUE + " Human: no"},
    "score among evaluations": {
        "samples": [chat(USER, ASSISTANT, evals={"score": 0.0}), chat(USER, assistant("b"), evals={"score": 1})]
    },
    "image of a prompt": {
        "prompt": [{"type": "image_url", "image_url": "https://example.org/a.png"}, {"type": "text", "text": ""}],
        "completion": [{"type": "text", "text": "A pear."}],
        "weight": 0.5,
    },
    "persona": {"conversations": [{"role": "system", "value": "a"}, {"role": "human", "value": "b"},
                                  {"role": "bot", "value": "c"}]},
    "conversation of messages": {"conversations": [{**USER, "tool_calls": None}, ASSISTANT], "source": "a"},
}  # fmt: skip


@pytest.mark.parametrize("name", FINE)
def test_nothing_is_said_about_a_valid_row(name: str) -> None:
    assert findings([FINE[name]]) == []


@pytest.mark.parametrize("name", [*all_formats()])
def test_nothing_is_said_about_an_example(name: str) -> None:
    assert findings([dict(format_named(name).example)], format=name) == []


def test_the_same_words_under_two_parents_are_two_messages() -> None:
    rows = [{"message_id": f"m{n}", "parent_id": f"p{n % 2}", "text": "Yes.", "role": "assistant"} for n in range(3)]
    assert [one[:2] for one in findings(rows)] == [(3, "DUP001")]


def test_two_classes_of_one_text_are_two_rows() -> None:
    rows = [{"text": "a", "label": 1}, {"text": "a", "label": 2}, {"text": "a", "label": 1}]
    assert [one[:2] for one in findings(rows)] == [(3, "DUP001")]


def test_judgements_of_one_answer_are_two_rows() -> None:
    rows = [chat(USER, ASSISTANT, label=True), chat(USER, ASSISTANT, label=False)]
    assert findings(rows) == []


def test_a_class_is_a_full_answer_but_a_story_is_not() -> None:
    story = {"instruction": "Write a story about a dog.", "response": "Dog"}
    assert [one[1] for one in findings([story])] == ["TOK004"]
    assert findings([{"text": "Write a story about a dog.", "label": "Dog"}]) == []


# --- what the texts are -----------------------------------------------------------------------------------------------


def walked(name: str, row: Row) -> tuple[str, list[tuple[str, int, bool]]]:
    """Turn letters, and pointer, side and flag of each text."""
    format, out = format_named(name), ColumnBuilder()
    format.append(row, out)
    found = [(pointer, code & c.SIDE_MASK, bool(code & c.TRAINED)) for _, code, pointer in places(format, out)]
    return "".join(out.turns), found


def test_only_the_last_turn_of_a_judged_conversation_is_judged() -> None:
    row = {"conversations": [HUMAN, GPT, HUMAN, GPT], "kto_tag": False}
    letters, texts = walked("llamafactory-kto-sharegpt", row)
    assert letters == "uAua"
    assert texts[1] == ("/conversations/1/value", c.PROMPT, False)
    assert texts[3] == ("/conversations/3/value", c.REJECTED, True)
    letters, texts = walked("llamafactory-kto-messages", chat(USER, ASSISTANT, USER, ASSISTANT, label=True))
    assert letters == "uAua"
    assert texts[3] == ("/messages/3/content", c.CHOSEN, True)


def test_a_turn_that_stands_alone_has_the_place_of_its_field() -> None:
    row = {"conversations": [HUMAN, CALL, SEEN], "chosen": CALL, "rejected": GPT, "tools": TIDE}
    format = format_named("llamafactory-preference-sharegpt")
    letters, texts = walked(format.name, row)
    assert letters == "uCt|c|a"
    assert texts[3:5] == [("/chosen/value", c.CHOSEN, True), ("/rejected/value", c.REJECTED, True)]
    assert format.turn_pointers(row)[3:] == ["/chosen", "/rejected"]
    chosen, rejected = format.exchanges(row)
    assert [(one.pointer, one.turn) for one in chosen] == [
        ("/conversations/1/value", 1),
        ("/conversations/2", 2),
        ("/chosen/value", 3),
    ]
    assert [one.trained for one in chosen if isinstance(one, Call)] == [False, True]
    assert len(rejected) == 2


def test_calls_of_a_message_that_stands_alone() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "tide", "arguments": "{}"}}
    row = chat(USER, chosen=assistant(None, tool_calls=[call]), rejected=ASSISTANT, tools=json.loads(TIDE))
    format = format_named("axolotl-chat-template-dpo")
    (item,), rejected = format.exchanges(row)
    assert (item.pointer, item.turn) == ("/chosen/tool_calls/0", 1)
    assert isinstance(item, Call)
    assert item.arguments_pointer == "/chosen/tool_calls/0/function/arguments"
    assert rejected == []


def test_the_better_sample_comes_first_wherever_it_stands() -> None:
    row = {"samples": [chat(USER, assistant("b"), score=0), chat(USER, assistant("a"), score=1)]}
    letters, texts = walked("fireworks-scored-pairs", row)
    assert letters == "ua|ua"
    assert texts[1] == ("/samples/1/messages/1/content", c.CHOSEN, True)
    assert texts[3] == ("/samples/0/messages/1/content", c.REJECTED, True)


def test_ranked_answers_have_two_sides_and_the_rest_has_none() -> None:
    row = {"prompt": "a", "answers": [{"answer": str(rank), "rank": rank} for rank in (2, 3, 1)]}
    _, texts = walked("axolotl-nectar", row)
    assert [(pointer, side) for pointer, side, _ in texts[1:]] == [
        ("/answers/0/answer", c.REFERENCE),
        ("/answers/1/answer", c.REJECTED),
        ("/answers/2/answer", c.CHOSEN),
    ]
    many = {"prompt": "a", "answers": [{"answer": f"{rank} word " * 25, "rank": rank} for rank in range(7)]}
    assert findings([many], max_tokens=100) == [], "no answer is counted with another"


def test_every_message_of_a_deep_tree_has_its_place() -> None:
    message: Row = {"role": "assistant", "text": "200"}
    for depth in reversed(range(200)):
        role = "assistant" if depth % 2 else "prompter"
        message = {"role": role, "text": str(depth), "replies": [{"role": "prompter", "text": "x"}, message]}
    row = {"message_tree_id": "a", "prompt": message}
    _, texts = walked("oasst-tree", row)
    assert texts[-1] == (f"/prompt{'/replies/1' * 200}/text", c.PROMPT, True)
    assert len(texts) == 401


def test_a_tree_that_is_deeper_than_any_schema_is_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "trees.jsonl"
    text = '{"role": "prompter", "text": "a", "replies": [' * 400 + "]}" * 400
    path.write_text(f'{{"message_tree_id": "a", "prompt": {text}}}\n' * 2)
    assert {one.code for one in ftprep.lint(path, isolated=True, ignore="DUP").findings}.isdisjoint({"FTP900"})


def test_weights_say_which_blocks_are_learnt() -> None:
    row = chat(
        block("user", ("text", "a"), loss_weight=1.0),
        block("assistant", ("reasoning", "b"), ("text", "c")),
        block("assistant", ("text", "d"), loss_weight=0.0),
    )
    letters, texts = walked("llamafactory-v1", row)
    assert letters == "uaA"
    assert [one[2] for one in texts] == [True, True, True, False]


def test_a_word_is_learnt_before_a_number() -> None:
    row = {"text": "a", "label": 0, "label_text": "negative"}
    assert walked("text-label", row)[1] == [("/text", c.PROMPT, False), ("/label_text", c.PROMPT, True)]
    assert format_named("text-label").identity(row) == {"label": 0}
    row = {"text": "a", "labels": ["b", "c"]}
    assert [one[0] for one in walked("text-label", row)[1]] == ["/text", "/labels/0", "/labels/1"]


def test_a_table_of_texts_and_classes(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_text("text,category\nlights off,lamp\nlights on,\n")
    report = ftprep.lint(path, isolated=True, ignore="BAL")
    assert report.inputs[0].detection.format == "text-label"
    assert [(one.ref.line, one.code) for one in report.findings] == [(3, "CHT003")]


def test_labels_of_a_message_leave_no_doubt_about_a_tree() -> None:
    assert [name for name, _ in matches(SHAPES["labelled message of a tree"][1])] == ["oasst-flat"]
