"""Words near numbers: the places are those that a plain look at every text gives, and none is left out."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ftprep.privacy import hints
from ftprep.privacy.anchors import Anchors, Runs, project
from ftprep.privacy.national import NATIONAL_IDS, any_words

WORDS = {kind: sorted(one.words) for kind, one in hints.KINDS.items()}
pieces = st.one_of(
    st.sampled_from([word for words in WORDS.values() for word in words]),
    st.sampled_from([word.upper() for words in WORDS.values() for word in words]),
    st.sampled_from(["12", " ", "\n", "é", "ß", "日", "_", "-", "s", "X", "ſ", "\u212a", ". ", "x 1990 "]),
)
texts = st.lists(st.lists(pieces, max_size=8).map("".join), min_size=1, max_size=4)


def plainly(kind: str, texts: list[str]) -> set[int]:
    """Where words of a kind begin, by a search for each in each text."""
    found, start = set(), 0
    for text in texts:
        for word in WORDS[kind]:
            one = hints.KINDS[kind]
            pattern = re.escape(word)
            capital = re.match(r" ?[A-Z]", word)
            if one.begins and word[0].isalpha() and word[0] < "\u0e00":
                pattern = rf"(?<![^\W_]){pattern}"
            if one.ends and word[-1].isalpha() and word[-1] < "\u0e00":
                pattern = rf"{pattern}(?![^\W\d_])"
            for match in re.finditer(pattern, text, re.IGNORECASE):
                if capital is None or match[0][capital.end() - 1].isupper():
                    found.add(start + match.start())
        start += len(text) + 1
    return found


@given(texts)
@example(["Née le 3 mai 1990, ГОД РОЖДЕНИЯ 1990, рожд. 1990"])
@example(["12 Deichstraße 4", "9 STRASSE 4", "the DVLA asks, 出生年月日"])
def test_no_word_is_left_out(values: list[str]) -> None:
    found = hints.words_of(Anchors(project(values)))
    for kind in hints.KINDS:
        missing = plainly(kind, values) - set(found[kind].tolist())
        assert not missing, (kind, missing)


@pytest.mark.parametrize("entry", [word for one in NATIONAL_IDS for word in one.words.split(",")])
@pytest.mark.parametrize("blank", [" ", "\n", "_", "-", "\u00a0"])
def test_every_word_for_a_national_number_is_one(entry: str, blank: str) -> None:
    text = f"(é: {entry.replace(' ', blank)}: 4711"
    if any_words().search(text) is not None:
        assert len(hints.words_of(Anchors(project([text])))["national"]), text


def test_words_stand_by_themselves() -> None:
    found = hints.words_of(Anchors(project(["company 1", "a pan 1", "xborn 1", "at 5 Elm street", "at 5 Elm Street"])))
    assert {kind: len(set(places.tolist())) for kind, places in found.items()} == {
        "birth": 0,
        "street": 1,
        "national": 1,
        "label": 0,
    }


@given(st.lists(st.integers(0, 60), max_size=6), st.integers(0, 9), st.integers(0, 9))
def test_near(places: list[int], before: int, after: int) -> None:
    """A run is kept exactly when a word begins within its reach."""
    text = "".join("dob " if at % 3 == 0 else "xx  " for at in range(16))
    words = {match.start() for match in re.finditer("dob", text)}
    starts = np.array(sorted(set(places)), dtype=np.int64)
    kept = hints.near(Anchors(project([text])), Runs(starts, starts + 2), "birth", before, after)
    expected = [at for at in starts.tolist() if any(at - before <= word < at + 2 + after for word in words)]
    assert kept.starts.tolist() == expected
