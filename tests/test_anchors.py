"""The anchors of texts are those that a plain look at every character gives."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ftprep.privacy import anchors as a

characters = st.one_of(
    st.sampled_from("0123456789 -./()+~[]@:_=abfgzABFGZ\n\t٣८３ſKıİé–😀"),
    st.characters(codec="utf-8"),
)
texts = st.lists(st.text(characters, max_size=60), max_size=5)


def plain(character: str) -> int:
    """What a character stands as, worked out one by one."""
    if character.isascii():
        return ord(character)
    if unicodedata.category(character) == "Nd":
        return a.FOREIGN_DIGIT
    return a.FOREIGN_LETTER if character in "ſ\u212aıİ" else 0x80


@given(texts)
@example(["a\u0660"])
@example(["\U0001d7ce"])
@example([])
def test_one_byte_per_character(values: list[str]) -> None:
    projection = a.project(values)
    assert len(projection.starts) == len(values) + 1
    for number, value in enumerate(values):
        start, end = projection.starts[number], projection.starts[number + 1] - 1
        assert projection.chars[end] == a.SEPARATOR
        seen = [0x80 if 0x80 <= byte < 0xFD else byte for byte in projection.chars[start:end].tolist()]
        assert seen == [plain(one) for one in value]


@given(texts, st.integers(1, 9), st.sampled_from((a.DIGIT, a.HEX, a.ALNUM, a.TOKEN, a.UPPER)))
def test_runs(values: list[str], least: int, bits: int) -> None:
    found = a.Anchors(a.project(values))
    mask = "".join("x" if one else "." for one in found.mask(bits).tolist())
    expected = [match.span() for match in re.finditer(f"x{{{least},}}", mask)]
    assert list(zip(*(part.tolist() for part in found.runs(bits, least)), strict=True)) == expected


@given(texts)
def test_digit_clusters(values: list[str]) -> None:
    found = a.Anchors(a.project(values))
    letters = "".join(
        "d" if bits & a.DIGIT else "p" if bits & a.PUNCTUATION else "." for bits in found.classes.tolist()
    )
    expected = [(*match.span(), match[0].count("d")) for match in re.finditer(f"d(?:p{{0,{a.WIDEST_GAP}}}d)*", letters)]
    runs, counts = found.clusters
    assert list(zip(runs.starts.tolist(), runs.ends.tolist(), counts.tolist(), strict=True)) == expected


def test_no_run_crosses_texts() -> None:
    found = a.Anchors(a.project(["12", "34", "ab"]))
    assert found.runs(a.ALNUM).starts.tolist() == [0, 3, 6]
    assert found.clusters[0].starts.tolist() == [0, 3]
    assert found.text_of(np.array([0, 1, 3, 6])).tolist() == [0, 0, 1, 2]


@pytest.mark.parametrize("text", ["mail me at ann@firm.com", "é ann@firm.com"])
def test_places_are_places_in_the_string(text: str) -> None:
    assert a.anchors_of(text).at("@").tolist() == [text.index("@")]
