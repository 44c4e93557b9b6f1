"""Screens let through every row that a rule could speak about, and pattern rules see every text once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep.engine.inspection import Inspection
from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.formats.format import format_named
from ftprep.io.chunk import row_chunk
from ftprep.record import Record
from ftprep.rule import PatternRule, RecordRule
from ftprep.settings import Settings
from ftprep.shard import Shard
from ftprep.text.screens import CONTROL, NOT_ASCII, VISIBLE, LiteralScreen, text_classes


def joined(texts: Sequence[str]) -> tuple[bytes, Any]:
    pieces = [text.encode() for text in texts]
    return b"\xff".join([*pieces, b""]), np.cumsum([0, *(len(piece) + 1 for piece in pieces)])


def make_shard(rows: Sequence[dict[str, Any]]) -> Shard:
    raws = [orjson.dumps(row) for row in rows]
    numbers = np.arange(1, len(raws) + 1)
    return Shard(row_chunk(0, 0, raws, numbers, -numbers), format_named("openai-chat"), Settings(count_tokens=False))


def chat(*contents: str) -> dict[str, Any]:
    roles = ("user", "assistant")
    return {"messages": [{"role": roles[turn % 2], "content": text} for turn, text in enumerate(contents)]}


LITERALS = {"AAA001": ("<|im_start|>", "ab"), "BBB001": ("b", "\u200b", "漢"), "CCC001": ("nowhere",)}
words = st.text(alphabet="ab漢\u200b<|>_imstart ", max_size=12) | st.sampled_from(["<|im_start|>", "", "aab"])


@given(st.lists(words, max_size=8), st.booleans())
def test_the_literal_screen_finds_what_a_search_finds(texts: list[str], automaton: bool) -> None:
    screen = LiteralScreen(LITERALS, automaton=automaton)
    expected = {
        code: [index for index, text in enumerate(texts) if any(word in text for word in literals)]
        for code, literals in LITERALS.items()
    }
    found = screen.scan(*joined(texts))
    assert {code: hits.tolist() for code, hits in found.items()} == expected


@given(st.lists(words | st.text(alphabet="aAbBÉé漢", max_size=6), max_size=8), st.booleans())
def test_literals_of_any_case_are_found_in_the_case_of_the_texts(texts: list[str], automaton: bool) -> None:
    any_case = {"AAA001": ("aB", "É"), "DDD001": ("b漢", "<|IM_start|>")}
    screen = LiteralScreen(LITERALS, any_case, automaton=automaton)
    expected = {code: set[int]() for code in (*LITERALS, *any_case)}
    for index, text in enumerate(texts):
        for code, literals in LITERALS.items():
            expected[code] |= {index} if any(word in text for word in literals) else set()
        for code, literals in any_case.items():
            lower = text.encode().lower()  # ASCII letters only
            expected[code] |= {index} if any(word.encode().lower() in lower for word in literals) else set()
    found = screen.scan(*joined(texts))
    assert {code: hits.tolist() for code, hits in found.items()} == {k: sorted(v) for k, v in expected.items()}


def test_the_automaton_is_used_where_it_is_installed() -> None:
    pytest.importorskip("ahocorasick_rs")
    assert LiteralScreen(LITERALS).automaton is not None
    assert LiteralScreen(LITERALS, automaton=False).automaton is None


@given(st.lists(st.text(alphabet=" \t\r\n\u200b漢aé~!<&\x7f\x00", max_size=4), max_size=8))
def test_classes_tell_texts_with_printable_ascii_and_texts_beyond_ascii(texts: list[str]) -> None:
    classes = text_classes(*joined(texts))
    assert (classes & VISIBLE != 0).tolist() == [any("!" <= one <= "~" for one in text) for text in texts]
    assert (classes & NOT_ASCII == 0).tolist() == [text.isascii() for text in texts]
    controls = set(map(chr, range(32))) - set("\t\n") | {"\x7f"}
    assert (classes & CONTROL != 0).tolist() == [not controls.isdisjoint(text) for text in texts]


class Shouting(PatternRule):
    """Three capitals in a row."""

    code, name, severity = "ZZZ001", "shouting", Severity.WARNING
    pattern = re.compile(rb"[A-Z]{3,}")
    kinds = frozenset({c.CONTENT})

    def check_match(self, record: Record, text: int, match: re.Match[bytes]) -> Iterator[Finding]:
        word = match.group().decode()
        yield self.finding(record.ref, f"shouts {word.lower()}", pointer=record.pointer(text))


class Whisper(RecordRule):
    """A row with a zero-width space; finds it through the literal screen."""

    code, name, severity = "ZZZ002", "whisper", Severity.WARNING
    literals = ("\u200b",)
    checked: list[int] = []

    def check(self, record: Record) -> Iterator[Finding]:
        self.checked.append(record.ref.line)
        yield self.finding(record.ref, "whispers")


def run(rule: type[PatternRule] | type[RecordRule], rows: Sequence[dict[str, Any]]) -> list[Finding]:
    settings = Settings(count_tokens=False)
    inspection = Inspection((), settings)
    made = rule(settings)
    if isinstance(made, PatternRule):
        inspection.pattern_rules.append(made)
    else:
        inspection.record_rules.append(made)
    return inspection(make_shard(rows)).findings


def test_a_pattern_rule_sees_each_match_with_its_row_and_text() -> None:
    rows = [chat("hello", "HELLO there"), {"messages": []}, chat("ABC", "d"), chat("EF", "GH")]
    found = [(finding.ref.line, finding.pointer, finding.message) for finding in run(Shouting, rows)]
    # EF and GH stand side by side in the joined buffer and are no match; the broken row is not looked at.
    assert found == [(1, "/messages/1/content", "shouts hello"), (3, "/messages/0/content", "shouts abc")]


def test_a_pattern_rule_keeps_to_its_kinds() -> None:
    row = chat("hi", "ho")
    row["messages"][0]["name"] = "ADA"
    assert run(Shouting, [row]) == []


def test_a_literal_screen_lets_only_rows_with_the_literal_through() -> None:
    Whisper.checked.clear()
    found = run(Whisper, [chat("a", "b"), chat("a\u200b", "\u200bb"), chat("c", "d")])
    assert [finding.ref.line for finding in found] == [2]
    assert Whisper.checked == [2]


class Crashing(RecordRule):
    """Raises on the second row."""

    code, name, severity = "ZZZ003", "crashing", Severity.WARNING

    def check(self, record: Record) -> Iterator[Finding]:
        if record.ref.line == 2:
            raise ValueError("secret text of the row")
        yield self.finding(record.ref, "seen")


def test_a_crash_becomes_a_finding_and_the_run_goes_on() -> None:
    found = run(Crashing, [chat("a", "b")] * 3)
    assert [(finding.code, finding.ref.line) for finding in found] == [("ZZZ003", 1), ("FTP900", 2), ("ZZZ003", 3)]
    assert found[1].message.startswith("rule ZZZ003 crashing raised ValueError at ")
    assert "secret" not in str(found[1])
