"""Templates of requests: found by their words, compared to the letter, left alone where people write as they like."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ftprep
import ftprep.io.chunk as chunk
from ftprep.tasks import frames
from ftprep.tasks.frames import MOST_CHARACTERS, MOST_WORDS, surface_of

THINGS = ("boat", "lamp", "rope", "crane", "letter", "fog bell", "net", "gull", "anchor", "crate", "lantern", "oar")
DOINGS = ("was lost", "came late", "is broken", "was sold twice", "lies at the pier", "has no owner", "needs paint")
TEMPLATE = "Sort the following note into one topic:"
WRITTEN = {
    "no colon": TEMPLATE[:-1],
    "lower": TEMPLATE.lower(),
    "upper": TEMPLATE.upper(),
    "title": TEMPLATE.title(),
    "dot": TEMPLATE[:-1] + ".",
    "comma": TEMPLATE.replace("note", "note,"),
}


def notes(count: int, chance: random.Random) -> list[str]:
    """What people wrote, in many words."""
    starts = ("The {}", "A {}", "My {}", "Our old {}", "{} number 7", "Yesterday the {}", "Is it true that the {}")
    return [
        f"{chance.choice(starts).format(chance.choice(THINGS))} {chance.choice(DOINGS)}, as {number} people say"
        for number in range(count)
    ]


def found(prompts: list[str]) -> dict[int, str]:
    rows = [{"prompt": prompt, "completion": f"Case {hash(prompt) % 97}."} for prompt in prompts]
    report = ftprep.lint(rows, isolated=True, select="FMT002")
    assert not report.of("FTP900")
    return {one.ref.line: one.message for one in report.findings}


@pytest.mark.parametrize("blanks", [" ", "\n", "\n\n"])
@pytest.mark.parametrize("share", [0.01, 0.05, 0.08])
def test_every_way_of_writing_is_found_and_no_clean_prompt(blanks: str, share: float) -> None:
    chance = random.Random(f"{blanks}{share}")
    ways = list(WRITTEN.values())
    texts = [
        (chance.choice(ways) if chance.random() < share * len(ways) else TEMPLATE) + blanks + note
        for note in notes(900, chance)
    ]
    planted = {line for line, text in enumerate(texts, 1) if not text.startswith(TEMPLATE + blanks)}
    assert set(found(texts)) == planted


def test_a_template_may_be_one_of_several() -> None:
    chance = random.Random(5)
    others = ("Which berth does this ask for?\n", "Translate the note into plain words:\n", "Who wrote this?\n")
    texts = [chance.choice(others) + note for note in notes(400, chance)]
    texts += [TEMPLATE + " " + note for note in notes(120, chance)]
    texts += [WRITTEN["lower"] + " " + note for note in notes(4, chance)]
    assert sorted(found(texts)) == list(range(521, 525))


def test_what_fills_a_template_may_begin_as_it_likes() -> None:
    chance = random.Random(6)
    begin = (". ", ": ", "\n", "! ", "")
    texts = [f"{TEMPLATE} {chance.choice(begin)}{note}" for note in notes(500, chance)]
    assert found(texts) == {}


@pytest.mark.parametrize(
    "ways",
    [
        ("how do i {}", "How do I {}", "how can i {}", "i want to {}", "please {}", "{}?"),
        ("{}", "and {}", "The {}", "the {}"),
        ("I would like to {}", "i would like to {}", "I need to {}", "can you {}", "where is {}", "{} now"),
    ],
)
def test_what_people_write_is_no_template(ways: tuple[str, ...]) -> None:
    chance = random.Random(str(ways))
    assert found([chance.choice(ways).format(note) for note in notes(600, chance)]) == {}


def test_one_question_asked_again_is_no_template() -> None:
    rows = ["What does the harbour charge?"] * 40 + ["what does the harbour charge"] * 5
    assert found(rows + notes(40, random.Random(1))) == {}


words = st.lists(st.sampled_from(["Sort", "sort", "İs", "这", "个", "a_b", "9", "ß", "É"]), min_size=1, max_size=30)
gaps = st.sampled_from([" ", "  ", "\n", ", ", ": ", "。", "-", "😀", "\ud800", "\t"])


@given(st.lists(st.lists(st.tuples(words, gaps), max_size=4), min_size=1, max_size=5))
def test_hashes_of_openings_are_those_of_their_words_and_letters(parts: list[list[tuple[list[str], str]]]) -> None:
    texts = ["".join(gap.join(some) + gap for some, gap in part) for part in parts]
    sizes, values = frames._openings(texts)
    by_words: dict[tuple[str, ...], int] = {}
    by_letters: dict[tuple[str, bool], int] = {}
    at = 0
    for text, size in zip(texts, sizes.tolist(), strict=True):
        found = [match[0] for match in frames._WORD.finditer(text[:MOST_CHARACTERS])]
        assert size <= MOST_WORDS
        assert size in (len(found), MOST_WORDS, len(found) - 1)
        for number in range(size):
            surface = surface_of(text, number + 1)
            assert surface is not None
            folded = tuple("".join(low if len(low := one.lower()) == 1 else one for one in word) for word in found)
            behind = text[len(surface.text) : len(surface.text) + 2]
            newline = behind[:1] in ("\n", "\r") or (behind[:1] in (" ", "\t") and behind[1:] in ("\n", "\r"))
            value = int(values[at + number])
            assert by_words.setdefault(folded[: number + 1], value >> 32) == value >> 32
            assert by_letters.setdefault((surface.text, bool(newline)), value & 0xFFFF_FFFF) == value & 0xFFFF_FFFF
        at += size
    assert at == len(values)
    assert len(set(by_words.values())) == len(by_words)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000))
def test_fixing_twice_is_fixing_once(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    ways = [TEMPLATE + " ", *(f"{one}{gap}" for one in WRITTEN.values() for gap in (" ", "\n", ""))]
    rows: list[dict[str, Any]] = [
        {"prompt": (chance.choice(ways) if chance.random() < 0.2 else ways[0]) + note, "completion": f"Case {number}."}
        for number, note in enumerate(notes(150, chance))
    ]
    path = tmp_path / "notes.jsonl"
    before = [json.dumps(row, ensure_ascii=chance.random() < 0.5) for row in rows]
    path.write_text("\n".join(before) + "\n")
    odd = {one.ref.line for one in ftprep.lint(path, isolated=True, select="FMT002").findings}
    report = ftprep.fix(path, unsafe=True, isolated=True, select="FMT002")
    once = path.read_text()
    assert not report.findings
    for number, (old, new) in enumerate(zip(before, once.splitlines(), strict=True), 1):
        assert (old == new) == (number not in odd)
    ftprep.fix(path, unsafe=True, isolated=True, select="FMT002")
    assert path.read_text() == once


def test_any_cut_gives_the_same_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(9)
    ways = list(WRITTEN.values())
    texts = [(chance.choice(ways) if chance.random() < 0.1 else TEMPLATE) + " " + note for note in notes(300, chance)]
    path = tmp_path / "notes.jsonl"
    path.write_text("".join(json.dumps({"prompt": text, "completion": "Case 1."}) + "\n" for text in texts))
    whole = ftprep.lint(path, isolated=True, select="FMT002", jobs=1)
    assert len(whole.findings) > 10
    monkeypatch.setattr(chunk, "BLOCK_BYTES", 5_000)
    for jobs in (1, 2):
        assert list(ftprep.lint(path, isolated=True, select="FMT002", jobs=jobs).findings) == list(whole.findings)
