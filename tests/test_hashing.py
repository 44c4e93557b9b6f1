"""Row keys: equal rows have equal keys, rows that differ do not, and folding means what it says."""

from __future__ import annotations

import sys
import unicodedata

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ftprep.text.beyond_ascii import code_points
from ftprep.text.hashing import changing_characters, fold_texts, hash_pieces


def folded(texts: list[str]) -> list[bytes]:
    buffer = b"\xff".join([*(text.encode() for text in texts), b""])
    beyond = np.array([number for number, text in enumerate(texts) if not text.isascii()], dtype=np.int64)
    lengths = [len(text.encode()) + 1 for text in texts]
    starts = np.cumsum([0, *lengths])
    return fold_texts(buffer, starts, texts, code_points(texts, beyond))


def reference(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


blanks = st.text(alphabet=" \t\n\r\x0b\x0c\x1c\x85\xa0\u2003\u3000", max_size=4)
words = st.text(alphabet="aAbB1éÉe\u0301ßẞ漢ＡΣς\u212a.", max_size=5)
texts = st.lists(st.tuples(blanks, words, blanks, words, blanks).map("".join), max_size=6)


@given(texts)
def test_folding_agrees_with_the_plain_definition(values: list[str]) -> None:
    assert [piece.decode() for piece in folded(values)] == [reference(value) for value in values]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=6))
def test_folding_keeps_the_number_of_texts(values: list[str]) -> None:
    assert [piece.decode() for piece in folded(values)] == [reference(value) for value in values]


def test_the_table_misses_no_character_that_folding_changes() -> None:
    changing = changing_characters().tolist()
    left_alone = "".join(
        chr(code) for code in range(0x80, sys.maxunicode + 1) if not changing[min(code, len(changing) - 1)]
    )
    assert len(left_alone) > 1_000_000
    assert left_alone.casefold() == left_alone
    assert left_alone.split() == [left_alone]


def test_white_space_collapses_and_is_not_deleted() -> None:
    assert folded(["1 000", "1000", " 1  000\n"]) == [b"1 000", b"1000", b"1 000"]


def test_hashes_have_two_words_each() -> None:
    hashes = hash_pieces([b"", b"a", b"a", b"b"])
    assert hashes.shape == (4, 2)
    assert (hashes[1] == hashes[2]).all()
    assert len({tuple(one) for one in hashes.tolist()}) == 3
    assert hash_pieces([]).shape == (0, 2)
