"""Rules of family CHT, beyond the examples that they carry."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftprep
from ftprep.finding import Finding, Severity
from ftprep.rules.chat.empty_turn import is_blank


def found(*rows: dict[str, Any], select: str = "CHT", **options: Any) -> list[Finding]:
    return list(ftprep.lint(list(rows), select=select, isolated=True, **options).findings)


def said(*rows: dict[str, Any], **options: Any) -> list[tuple[str, str]]:
    return [(one.code, one.pointer) for one in found(*rows, **options)]


SPEAKERS = {"s": "system", "d": "developer", "u": "user", "a": "assistant"}


def chat(letters: str) -> dict[str, Any]:
    """A row with one turn per letter; an upper-case A is masked."""
    turns = []
    for number, letter in enumerate(letters):
        turns.append({"role": SPEAKERS[letter.lower()], "content": f"turn {number}"})
        if letter == "A":
            turns[-1]["weight"] = 0
    return {"messages": turns}


ORDERS = {
    "ua": [],
    "sua": [],
    "dua": [],
    "suaua": [],
    "sdua": [("CHT006", 1)],
    "usa": [("CHT005", 1)],
    "usas": [("CHT002", 3), ("CHT005", 1), ("CHT006", 3)],
    "suasua": [("CHT006", 3)],
    "uuuaa": [("CHT004", 1), ("CHT004", 4)],
    "a": [("CHT007", 0)],
    "sa": [("CHT007", 1)],
    "aua": [("CHT007", 0)],
    "au": [("CHT002", 1), ("CHT007", 0)],
    "u": [("CHT001", None)],
    "su": [("CHT001", None)],
    "suu": [("CHT001", None), ("CHT004", 2)],
    "uA": [("CHT008", None)],
    "uAua": [],
    "uAu": [("CHT002", 2), ("CHT008", None)],
}


@pytest.mark.parametrize("letters", ORDERS)
def test_orders(letters: str) -> None:
    expected = [(code, "" if place is None else f"/messages/{place}") for code, place in ORDERS[letters]]
    assert sorted(said(chat(letters), format="openai-chat")) == expected


@given(st.text("sdua", min_size=1, max_size=6), st.sampled_from([1, 3]))
def test_turns_are_judged_alike_in_every_format_of_turns(letters: str, before: int) -> None:
    openai = [chat("ua")] * before + [chat(letters)]
    sharegpt = [
        {
            "conversations": [
                {"from": turn["role"].replace("developer", "system"), "value": turn["content"]}
                for turn in row["messages"]
            ]
        }
        for row in openai
    ]
    one = [(code, place.replace("messages", "")) for code, place in said(*openai, format="openai-chat")]
    other = [(code, place.replace("conversations", "")) for code, place in said(*sharegpt, format="sharegpt")]
    assert one == other


def test_very_long_conversations() -> None:
    for letters in ("u" * 30_000 + "a", "uA" * 15_000 + "a", "s" + "a" * 30_000):
        rows = found(chat(letters), format="openai-chat")
        assert rows


def test_prompts_without_answers_are_no_defect_where_the_model_answers() -> None:
    row = {"messages": [{"role": "user", "content": "6 * 7?"}], "reference_answer": "42"}
    assert said(row, format="openai-rft") == []
    assert said({"prompt": row["messages"]}, format="trl-prompt-only-conv") == []


# --- sides of a preference ------------------------------------------------------------------------------------------


def preference(prompt: str, chosen: str, rejected: str) -> dict[str, Any]:
    lists = [chat(letters)["messages"] for letters in (prompt, chosen, rejected)]
    return {"input": {"messages": lists[0]}, "preferred_output": lists[1], "non_preferred_output": lists[2]}


SIDES = [
    (("su", "a", "a"), []),
    (("uu", "a", "a"), [("CHT004", "/input/messages/1")]),
    (("ua", "a", "a"), [("CHT004", "/preferred_output/0")]),
    (("u", "a", "aa"), [("CHT004", "/non_preferred_output/1")]),
    (("us", "a", "a"), [("CHT005", "/input/messages/1")]),
    (("s", "a", "a"), [("CHT007", "/preferred_output/0")]),
    (("u", "a", "sa"), [("CHT005", "/non_preferred_output/0")]),
]


@pytest.mark.parametrize(("letters", "expected"), SIDES)
def test_a_prompt_is_judged_once(letters: tuple[str, str, str], expected: list[tuple[str, str]]) -> None:
    assert said(preference(*letters)) == expected


def test_two_whole_conversations_do_not_follow_each_other() -> None:
    row = {
        "chosen": chat("aua")["messages"],
        "rejected": [*chat("au")["messages"], {"role": "assistant", "content": "x"}],
    }
    assert said(row, format="trl-preference-implicit-conv") == [("CHT007", "/chosen/0")]


# --- empty turns ----------------------------------------------------------------------------------------------------


@given(st.text())
def test_what_unicode_calls_a_letter_or_a_symbol_is_no_blank(value: str) -> None:
    assert not is_blank(f"{value}界")
    assert not is_blank(f"👋{value}")
    if is_blank(value):
        assert not any(one.isalnum() for one in value.strip("\u115f\u1160\u3164\uffa0"))


@pytest.mark.parametrize(
    "value", ["", " ", "\u00a0\u2003", "\u200b\u200d\ufeff", "\u2800", "\u3164", "\ufe0f", "\u00ad"]
)
def test_what_nobody_sees_is_blank(value: str) -> None:
    assert is_blank(value)


EMPTY_FIELDS = [
    ("prompt-completion", {"prompt": "", "completion": ""}, ["/completion"]),
    ("plain-text", {"text": " "}, ["/text"]),
    ("alpaca", {"instruction": "", "input": "", "output": "Red.", "system": ""}, ["/instruction"]),
    (
        "alpaca",
        {"instruction": "a", "output": "b", "history": [["", "x"], ["y", ""]]},
        ["/history/0/0", "/history/1/1"],
    ),
    ("trl-preference-std", {"prompt": "a", "chosen": "", "rejected": "b"}, []),  # PRF002
    ("openai-rft", {"messages": chat("u")["messages"], "reference_answer": ""}, []),
    (
        "sharegpt",
        {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": ""}]},
        ["/conversations/1/value"],
    ),
]


@pytest.mark.parametrize(("format", "row", "expected"), EMPTY_FIELDS)
def test_empty_texts_of_rows_without_messages(format: str, row: dict[str, Any], expected: list[str]) -> None:
    assert said(row, format=format, select="CHT003") == [("CHT003", pointer) for pointer in expected]


# --- images ---------------------------------------------------------------------------------------------------------

HEADS = {
    "png": b"\x89PNG\r\n\x1a\n",
    "jpeg": b"\xff\xd8\xff\xe0",
    "gif": b"GIF89a",
    "webp": b"RIFF\x00\x00\x00\x00WEBP",
}


def image(url: str, role: str = "user") -> dict[str, Any]:
    part = {"type": "image_url", "image_url": {"url": url}}
    turn = {"role": role, "content": [{"type": "text", "text": "What is it?"}, part]}
    turns = [{"role": "user", "content": "Look."}, turn, {"role": "assistant", "content": "A pear."}]
    return {"messages": turns if role != "user" else turns[1:]}


def data_uri(content: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


@pytest.mark.parametrize("kind", HEADS)
def test_images_of_known_kinds(kind: str) -> None:
    content = HEADS[kind] + bytes(20)
    assert said(image(data_uri(content, kind))) == []
    broken_over_lines = base64.encodebytes(content * 9).decode()
    assert said(image(f"data:image/{kind};charset=utf-8;base64,{broken_over_lines}")) == []


URLS = [
    ("https://example.com/a.png", None),
    ("HTTP://example.com/a", None),
    ("s3://bucket/a.png", Severity.WARNING),
    ("/home/me/a.png", Severity.WARNING),
    ("https://", Severity.WARNING),
    (data_uri(b"BM" + bytes(20)), Severity.WARNING),
    (data_uri(b"\x00\x00\x00\x20ftypavif"), Severity.WARNING),
    (data_uri(b"<html>"), Severity.ERROR),
    (data_uri(b""), Severity.ERROR),
    ("data:image/png;base64,@@@@", Severity.ERROR),
    ("data:image/png,abc", Severity.ERROR),
    (" ", Severity.ERROR),
]


@pytest.mark.parametrize(("url", "severity"), URLS)
def test_image_urls(url: str, severity: Severity | None) -> None:
    assert [one.severity for one in found(image(url))] == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    ("role", "severity"), [("system", Severity.WARNING), ("tool", Severity.WARNING), ("assistant", Severity.ERROR)]
)
def test_images_belong_to_the_user(role: str, severity: Severity) -> None:
    row = image("https://example.com/a.png", role)
    assert [(one.severity, one.pointer) for one in found(row, select="CHT009")] == [(severity, "/messages/1/content/1")]


def test_the_number_of_images_is_an_option() -> None:
    parts = [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}] * 12
    row = {"messages": [{"role": "user", "content": parts}, {"role": "assistant", "content": "Pears."}]}
    assert [(one.severity, one.pointer) for one in found(row)] == [(Severity.WARNING, "/messages/0/content/10")]
    assert found(row, rules={"invalid-content-part": {"max-images": 12}}) == []
