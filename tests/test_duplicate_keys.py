"""Repeated keys: the count of pairs misses none, and the exact look says where they are."""

from __future__ import annotations

import json
import random

import numpy as np
import orjson
from reading import DATA, rows_of

from ftprep.io.discover import open_path
from ftprep.io.duplicates import Repeated, duplicate_keys, keys_in, pair_counts

# Keys that look like the end of a key, and blanks wherever JSON allows them.
KEYS = ["a", "b", 'q"', "\\", "x\\", '":', '\\":', '" :', "é", "", 'a":"b', "~/", "{", "\n"]
BLANKS = ["", "", "", " ", "\t", "  ", "\r", "\n "]


class Repeat(Exception):
    """An object repeats a key."""


def written(chance: random.Random, depth: int = 0) -> str:
    """Valid JSON with odd keys, some of them twice."""

    def blank() -> str:
        return chance.choice(BLANKS)

    def text(value: str) -> str:
        if value == "a" and chance.random() < 0.3:
            return '"\\u0061"'
        return json.dumps(value, ensure_ascii=chance.random() < 0.5)

    def inner() -> str:
        return blank() + written(chance, depth + 1) + blank()

    kind = chance.random()
    if depth and (depth > 3 or kind < 0.3):
        return chance.choice([text(chance.choice(KEYS)), text(chance.choice(KEYS)), "1", "null", "-2.5e3"])
    if depth and kind < 0.5:
        return "[" + ",".join(inner() for _ in range(chance.randint(0, 3))) + "]"
    pairs = (blank() + text(chance.choice(KEYS)) + blank() + ":" + inner() for _ in range(chance.randint(0, 4)))
    return "{" + ",".join(pairs) + "}"


def repeats(raw: bytes) -> bool:
    """Whether a parser that is shown all pairs sees one twice."""

    def look(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) < len(pairs):
            raise Repeat
        return dict(pairs)

    try:
        json.loads(raw, object_pairs_hook=look)
    except Repeat:
        return True
    return False


def counted(rows: list[bytes], gap: bytes = b"\n") -> list[int]:
    """Pair counts of rows that stand in one chunk with ``gap`` between them."""
    lengths = np.array([len(row) for row in rows])
    starts = np.cumsum(lengths + len(gap)) - lengths - len(gap)
    return pair_counts(gap.join(rows), starts, starts + lengths).tolist()


def test_no_repeated_key_is_missed() -> None:
    chance = random.Random(5)
    rows = [written(chance).encode() for _ in range(4000)]
    repeated = [repeats(row) for row in rows]
    keys = [keys_in(orjson.loads(row)) for row in rows]
    for gap in (b"\n", b",\n  ", b""):
        pairs = counted(rows, gap)
        assert all(count >= known for count, known in zip(pairs, keys, strict=True))
        missed = [
            row
            for row, count, known, twice in zip(rows, pairs, keys, repeated, strict=True)
            if twice and count == known
        ]
        assert not missed
    assert 1000 < sum(repeated) < 3000, "the rows must be of both kinds"
    assert [bool(duplicate_keys(row)) for row in rows] == repeated


def test_counts_stay_within_their_row() -> None:
    assert counted([b'{"a":1}', b"{}", b'{"a" : {"b"\t:2}}', b'{"a":"x:y"}', b":"]) == [1, 0, 2, 1, 0]
    assert counted([]) == []
    assert pair_counts(b"", np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)).tolist() == [0]


def test_text_that_looks_like_pairs_hardly_counts() -> None:
    row = json.dumps({"a": json.dumps({"b": {"c": 1}}), "d": 'x":1'}).encode()
    assert counted([row]) == [2]


def test_places_of_repeated_keys() -> None:
    assert duplicate_keys(b'{"a":{"b":1,"b":2,"b":3},"a":[{"c":1},{"d~/":1,"d~/":{}}]}') == [
        Repeated("/a", "a", 2),
        Repeated("/a/b", "b", 3),
        Repeated("/a/1/d~0~1", "d~/", 2),
    ]
    assert duplicate_keys(b'{"\\u0061":1,"a":2}') == [Repeated("/a", "a", 2)]
    assert duplicate_keys(b'[1,"{",{"x":"}","y":",","x":"\\""}]') == [Repeated("/2/x", "x", 2)]
    assert duplicate_keys(b'{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}') == []
    assert duplicate_keys(b'"a"') == []


def test_nesting_is_no_limit() -> None:
    raw = b'{"a":' * 1000 + b'{"x":1,"x":2}' + b"}" * 1000
    assert duplicate_keys(raw) == [Repeated("/a" * 1000 + "/x", "x", 2)]
    assert keys_in(orjson.loads(raw)) == 1001
    assert counted([raw]) == [1002]


def test_keys_are_counted_at_any_depth() -> None:
    assert keys_in({"a": {"b": [{"c": 1}, {"d": 2, "e": [[{"f": None}]]}]}}) == 6
    assert keys_in([1, "a", None]) == 0


def test_real_rows_hardly_ever_need_the_exact_look() -> None:
    if not DATA.is_dir():
        return
    source = open_path(DATA / "sft" / "stock_toolcall_86.jsonl", 3)
    rows = [raw for raw, _, _ in rows_of(source)]
    spare = [row for row, pairs in zip(rows, counted(rows), strict=True) if pairs > keys_in(orjson.loads(row))]
    assert len(spare) * 20 <= len(rows)
