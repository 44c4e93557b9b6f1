"""The screens of the text rules let through every row that the rules speak about, whatever the texts are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_screens import chat, make_shard

import ftprep
from ftprep.rules import all_rules
from ftprep.settings import Settings
from ftprep.text.echoes import echo
from ftprep.text.edges import head, heads, tails
from ftprep.text.endings import cut_off, is_cut_json
from ftprep.text.languages import language_switch
from ftprep.text.loops import longest_loop, may_loop

WORDS = "the a and boat sea, island. Why? «да» né 海 好 7. - | ( : Boat THE"
words = st.sampled_from(WORDS.split(" "))
spaces = st.sampled_from([" ", " ", " ", "  ", "\n", "\t", "\n\n| "])
prose = st.lists(st.tuples(words, spaces), max_size=60).map(lambda pairs: "".join(a + b for a, b in pairs))
UNIT_WORDS = "so it goes on and never ends here today now"
units = st.lists(st.sampled_from(UNIT_WORDS.split(" ")), min_size=1, max_size=12)


def screened(code: str, rows: list[dict[str, Any]]) -> set[int]:
    shard = make_shard(rows)
    found = all_rules()[code](Settings(count_tokens=False)).screen(shard)  # type: ignore[attr-defined]
    return set(found)


@given(st.lists(st.text(alphabet=" \t\r\naé海!~", max_size=9), min_size=1, max_size=6))
def test_edges_are_the_first_and_last_visible_bytes(texts: list[str]) -> None:
    shard = make_shard([{"messages": [{"role": "user", "content": text} for text in texts]}])
    for text, first, last in zip(texts, heads(shard).tolist(), tails(shard).tolist(), strict=True):
        blanks = " \t\r\n"
        if len(text) - len(text.lstrip(blanks)) <= 4 and len(text.strip(blanks).encode()) >= 4:
            assert first == head(text.lstrip(blanks))
        if len(text) - len(text.rstrip(blanks)) <= 4 and len(text.strip(blanks).encode()) >= 3:
            assert last & 0xFFFFFF == int.from_bytes(text.rstrip(blanks).encode()[-3:], "big")


@given(prose, prose, st.booleans())
@example("Is  the boat\nlate today now?", "is the boat late today now", False)
@example("«Да, это так. Почему лодка стоит?", "Почему", True)
def test_no_echo_gets_past_the_screen(request: str, rest: str, loud: bool) -> None:
    answers = [f"{request} {rest}", request.upper() if loud else request.lower(), f'"{request}"', rest]
    rows = [chat(request or "x", answer or "y") for answer in answers]
    echoes = {number for number, answer in enumerate(answers) if echo(answer or "y", request or "x")}
    assert echoes <= screened("TXT010", rows)


@given(prose, st.sampled_from(["", " ", "\n\n", "     "]))
@example("1. one two three\n2. four five six\n3. seven eight nine ten eleven\n4.", "")
@example('{"a": "b c d e f g h i j k l m n o p.', " ")
def test_no_cut_answer_gets_past_the_screen(answer: str, blanks: str) -> None:
    text = answer + blanks
    expected = {0} if cut_off(text) is not None else set()
    assert screened("TXT007", [chat("Why?", text or "x")]) >= expected


@given(prose, units, st.integers(8, 70), prose)
def test_a_loop_is_found_and_gets_past_the_screen(before: str, unit: list[str], times: int, after: str) -> None:
    text = f"{before} {' '.join(unit * times)} {after}"
    loop = longest_loop(text)
    if len(unit) * times >= 40 and times >= 8:
        assert loop is not None
        assert loop.repeats >= 4
        assert text[loop.start : loop.end].split()[: len(loop.unit.split())] == loop.unit.split()
    if loop is not None:
        assert may_loop(text)
        assert screened("TXT009", [chat("Why?", text)]) == {0}


@given(
    st.recursive(st.none() | st.integers() | st.text(max_size=8), lambda one: st.lists(one, max_size=3), max_leaves=6)
)
@example('a\\"b\n{é')
def test_json_is_cut_at_every_character_but_the_last(value: Any) -> None:
    for ascii_only in (True, False):
        text = json.dumps({"key": value, "more": [value]}, ensure_ascii=ascii_only)
        assert not is_cut_json(text)
        for end in range(len('{"key":'), len(text) - 1):
            assert is_cut_json(text[:end].rstrip()), text[:end]


TONGUES = (
    "The ferry leaves the old harbour every morning at nine, and if the wind is strong it stays there all day.",
    "Die Fähre fährt jeden Morgen um neun Uhr vom alten Hafen ab, und bei starkem Wind bleibt sie dort bis zum Abend.",
    "Il traghetto parte ogni mattina alle nove dal porto vecchio, "
    "e quando il vento soffia forte rimane fino alla sera.",
    "Kapal itu berangkat setiap pagi dari pelabuhan lama, dan jika angin terlalu kencang tidak akan pergi.",
    "Паром отходит каждое утро в девять часов от старой пристани, а при сильном ветре остаётся там.",
    "渡轮每天早上九点从老码头出发，傍晚返回，但是遇到大风的时候，乘客们只好等到第二天再走。",
)


@pytest.mark.parametrize("request_number", range(len(TONGUES)))
@pytest.mark.parametrize("answer_number", range(len(TONGUES)))
def test_a_switch_between_any_two_languages_is_found(request_number: int, answer_number: int) -> None:
    asked, said = TONGUES[request_number], TONGUES[answer_number]
    switch = language_switch(asked, said, [asked])
    assert (switch is None) == (request_number == answer_number)
    if switch is not None:
        assert screened("TXT011", [chat(asked, said)]) == {0}


def lint(rows: list[dict[str, Any]], code: str) -> list[tuple[int, str, str]]:
    report = ftprep.lint(rows, select=[code], isolated=True, format="openai-chat")
    return [(one.ref.line, one.severity.label, one.message) for one in report.findings if one.code in (code, "FTP900")]


def test_two_refusals_in_a_small_file_are_named_and_three_are_a_share() -> None:
    fine = [chat(f"What is {number} + 1?", f"It is {number + 1}.") for number in range(8)]
    refusals = [chat(f"Tell me about {number}.", "I cannot provide that.") for number in range(3)]
    assert [line for line, _, _ in lint(fine + refusals[:2], "TXT006")] == [9, 10]
    assert lint(fine + refusals, "TXT006") == [
        (0, "info", "3 of 11 rows refuse (27%); expected in safety data"),
    ]


def test_a_missing_end_mark_counts_only_beside_answers_that_are_cut() -> None:
    whole = "The ferry leaves at nine in the morning and comes back at six in the evening. It is never late."
    bare = "The ferry leaves at nine in the morning. You can buy a ticket at the pier from the captain of the boat"
    cut = "The ferry leaves at nine in the morning. You can buy a ticket for it and for the bus at the"
    rows = [chat(f"Why {number}?", whole) for number in range(30)]
    assert lint([*rows, chat("How?", bare)], "TXT007") == []
    named = lint([*rows, chat("How?", bare), *(chat(f"When {number}?", cut) for number in range(3))], "TXT007")
    assert [(line, level) for line, level, _ in named] == [
        (31, "info"),
        (32, "warning"),
        (33, "warning"),
        (34, "warning"),
    ]


def test_labels_of_half_the_answers_are_a_style() -> None:
    rows = [chat(f"What is {number} + 1?", f"Answer: {number + 1}") for number in range(5)]
    others = [chat(f"What is {number} + 2?", str(number + 2)) for number in range(9)]
    assert [level for _, level, _ in lint(rows + others[:5], "TXT013")] == ["info"]
    assert [level for _, level, _ in lint(rows + others, "TXT013")] == ["warning"]


@pytest.mark.parametrize("code", ["TXT005", "TXT006", "TXT007", "TXT009", "TXT010", "TXT011", "TXT013"])
@pytest.mark.parametrize(
    "text",
    [
        "{" * 50_000,
        "[Your " * 20_000,
        "as an ai " * 20_000,
        "a, " * 50_000,
        "\n" * 50_000,
        "`" * 50_000,
        "I'm sorry, " * 9_000,
        "[your " + "-" * 5_000,
        "[your" + "-a" * 5_000,
        '"' * 20_001,
        "<insert " * 9_000,
        "Human: " * 9_000,
        "* a b\n" * 9_000 + "*",
        "{" + '"a": ' * 9_000,
        "|" * 9_000 + "\n|" * 9_000,
        "写" * 30_000,
        "$a " * 9_000,
    ],
    ids=lambda text: text[:6],
)
def test_hostile_texts_are_no_trouble(code: str, text: str) -> None:
    assert [
        one for one in lint([chat(text, text), chat("the " * 300, text + " \u202e")], code) if "raised" in one[2]
    ] == []
