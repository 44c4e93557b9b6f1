"""JSON arrays and objects over several lines: elements as slices of bytes, broken ones without harm to the others."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import DATA, LARGE, Row, check_fetch, opened, put, raws_of, rows_of

from ftprep.io.array import ElementSource
from ftprep.io.chunk import Limits
from ftprep.io.diagnose import diagnose
from ftprep.io.probe import Container, Probe
from ftprep.io.source import Fault
from ftprep.io.structure import State, _scan, _walk

CUTS = [Limits(1, 1), Limits(7, 2), Limits(64, 4096), Limits(100_000, 3)]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(['"', "\\", "},{", "[1", '{"a":'])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)
OBJECTS = st.lists(st.dictionaries(st.text(max_size=4), VALUES, max_size=3), min_size=1, max_size=6)
STYLES: list[dict[str, Any]] = [{}, {"indent": 2}, {"indent": 0}, {"separators": (",", ":")}, {"ensure_ascii": False}]
PIECES = [
    *(bytes([byte]) for byte in b"{}[],:\"\\ \n1a'"),
    b'"a":',
    b'{"a":',
    b'},{"a":1',
    b"\n  {",
    b'"x"',
    b"\xff",
    b'\\"',
]


def elements(folder: Path, data: bytes, container: Container = "array", limits: Limits = LARGE) -> ElementSource:
    """Any bytes as elements, whatever a look at them would say."""
    return ElementSource(put(folder, data), "rows.json", 3, Probe(container), limits=limits)


def check_places(data: bytes, rows: list[Row]) -> None:
    """Rows are slices at their offsets, on their lines, in order; nothing but separators stands between them."""
    end = 0
    between = b""
    for raw, line, offset in rows:
        assert data[offset : offset + len(raw)] == raw
        assert raw
        assert line == data.count(b"\n", 0, offset) + 1
        assert offset >= end
        between += data[end:offset]
        end = offset + len(raw)
    assert not (between + data[end:]).strip(b" \t\r\n,[]")


@given(OBJECTS, st.sampled_from(STYLES))
def test_elements_of_an_array_are_its_values(tmp_path: Path, values: list[Any], style: dict[str, Any]) -> None:
    data = json.dumps(values, **style).encode("utf-8", "surrogatepass")
    whole = rows_of(elements(tmp_path, data))
    assert [json.loads(raw) for raw, _, _ in whole] == values
    check_places(data, whole)
    for limits in CUTS:
        source = elements(tmp_path, data, limits=limits)
        assert rows_of(source) == whole
        assert not source.faults


@given(OBJECTS, st.sampled_from(STYLES), st.sampled_from(["\n", "", "\r\n\r\n"]))
def test_objects_one_after_the_other(tmp_path: Path, values: list[Any], style: dict[str, Any], gap: str) -> None:
    data = gap.join(json.dumps(value, **style) for value in values).encode("utf-8", "surrogatepass")
    whole = rows_of(elements(tmp_path, data, "concatenated"))
    assert [json.loads(raw) for raw, _, _ in whole] == values
    check_places(data, whole)
    for limits in CUTS:
        source = elements(tmp_path, data, "concatenated", limits)
        assert rows_of(source) == whole
        assert not source.faults


@given(st.lists(st.sampled_from(PIECES), max_size=50).map(b"".join), st.booleans())
def test_any_text_gives_the_same_rows_for_every_cut(tmp_path: Path, data: bytes, in_array: bool) -> None:
    container: Container = "array" if in_array else "concatenated"
    data = b"[" + data if in_array else data
    source = elements(tmp_path, data, container)
    whole = rows_of(source)
    check_places(data, whole)
    check_fetch(source)
    for limits in CUTS:
        other = elements(tmp_path, data, container, limits)
        assert rows_of(other) == whole
        assert other.faults == source.faults


@given(st.lists(st.sampled_from([*PIECES, b" " * 40]), max_size=30).map(b"".join), st.sampled_from([1, 3, 1000]))
def test_the_loop_and_numpy_find_the_same_structure(data: bytes, size: int) -> None:
    state = State()
    for at in range(0, len(data) + 1, size):
        walked, scanned = (find(data[at : at + size], state, at) for find in (_walk, _scan))
        for name in ("at", "opens", "depth"):
            assert getattr(walked, name).tolist() == getattr(scanned, name).tolist()
        assert (walked.stop, walked.trouble, walked.end) == (scanned.stop, scanned.trouble, scanned.end)
        if walked.trouble >= 0:
            assert walked.restart == scanned.restart
        if walked.trouble >= 0 or walked.stop >= 0:
            return
        state = walked.end


BROKEN = {
    "an unescaped quotation mark": b'{"a": "x "y" z", "b": [{"c": 1}]}',
    "a string that is not closed": b'{"a": "x, "b": [{"c": 1}]}',
    "a string that is not closed at the end": b'{"a": 1, "b": "x}',
    "a bracket that is not closed": b'{"a": [1, 2, "b": {"c": 1}}',
    "a brace that is not closed": b'{"a": {"b": {"c": 1}}',
    "the wrong bracket": b'{"a": [1, 2}, "b": 3}',
    "single quotes": b"{'a': 'it\"s', 'b': 1}",
    "words": b'{"a": hello, "b": NaN}',
    "a raw line break in a string": b'{"a": "x\ny", "b": "z"}',
    "a missing comma": b'{"a": 1 "b": 2}',
}


@pytest.mark.parametrize("defect", BROKEN)
@pytest.mark.parametrize("style", ["indented", "one row a line", "compact"])
def test_a_broken_element_takes_no_other_with_it(tmp_path: Path, defect: str, style: str) -> None:
    sound = [{"a": f"row {number}", "b": [{"c": 1}, {"c": 2}]} for number in range(20)]
    texts = [json.dumps(row, indent=2 if style == "indented" else None).encode() for row in sound]
    for at in (0, 10, 19):
        rows = [*texts]
        rows[at] = BROKEN[defect].replace(b", ", b",\n  ") if style == "indented" else BROKEN[defect]
        join = {"indented": b",\n", "one row a line": b",\n", "compact": b", "}[style]
        data = b"[" + join.join(rows) + b"]\n"
        for limits in (LARGE, Limits(50, 10)):
            source = elements(tmp_path, data, limits=limits)
            found = rows_of(source)
            check_places(data, found)
            assert [raw for raw, _, _ in found] == rows, f"element {at} broken"
            check_fetch(source)
            assert not source.faults


def test_what_is_wrong_between_elements_is_said_once_at_the_right_line(tmp_path: Path) -> None:
    cases = {
        b'[\n{"a":1}\n{"a":2},\n{"a":3}\n{"a":4}\n]': [Fault(3, 10, "comma missing before this row of the array", 2)],
        b'[{"a":1},\n{"a":2},\n]': [Fault(3, 19, "trailing comma at the end of the array")],
        b'[\n{"a":1},,\n{"a":2}]': [Fault(2, 10, "comma with no row before it in the array")],
        b'[{"a":1},\n{"a":2}\n\n': [Fault(2, 17, "the array is never closed")],
        b'[{"a":1}]\n\n{"a":2}': [Fault(3, 11, "text after the end of the array")],
        b'[{"a":1}]\n[{"a":2}]': [Fault(2, 10, "text after the end of the array")],
    }
    for data, faults in cases.items():
        for limits in (LARGE, Limits(1, 1)):
            source = elements(tmp_path, data, limits=limits)
            assert all(diagnose(raw) is None for raw in raws_of(source))
            assert source.faults == faults, data
            assert raws_of(source)
            assert source.faults == faults, "a second pass says the same"
    commas = elements(tmp_path, b'{"a":1},\n{"a":2},\n{"a":3}', "concatenated")
    assert len(rows_of(commas)) == 3
    assert commas.faults == [Fault(1, 7, "commas between objects that are in no array", 2)]


def test_what_no_element_can_hold_becomes_a_broken_row(tmp_path: Path) -> None:
    cases = {
        b'[{"a":1}]]': [(b"]", 1, 9)],
        b'[{"a":1}]\nmore': [(b"more", 2, 10)],
        b'[\n{"a":1},\n{"a":2': [(b'{"a":2', 3, 11)],
        b'[{"a":1},\nword,\n"text"]': [(b"word", 2, 10), (b'"text"', 3, 16)],
        b'[{"a":1}},\n{"a":2}]': [(b"}", 1, 8)],
        b'[{"a":1},\n1,[2]]': [(b"1", 2, 10), (b"[2]", 2, 12)],
    }
    for data, broken in cases.items():
        source = elements(tmp_path, data)
        assert [row for row in rows_of(source) if diagnose(row[0]) is not None] == broken
        assert not source.faults


def test_an_array_of_scalars_is_read_in_parts(tmp_path: Path) -> None:
    chance = random.Random(1)
    numbers = [chance.randrange(10**9) for _ in range(100_000)]
    data = json.dumps(numbers, indent=0).encode()
    source = elements(tmp_path, data, limits=Limits(128 << 10, 4096))
    assert [int(raw) for raw in raws_of(source)] == numbers


def test_long_elements_are_read_to_their_end(tmp_path: Path) -> None:
    long = json.dumps({"a": ['"}]{[' * 50, {"b": "\\" * 99}] * 2000}).encode()
    data = b'[\n{"a": 1},\n' + long + b',\n{"a": 2}]'
    source = elements(tmp_path, data, limits=Limits(16 << 10, 4096))
    assert rows_of(source) == [(b'{"a": 1}', 2, 2), (long, 3, 12), (b'{"a": 2}', 4, len(data) - 9)]
    check_fetch(source)


def test_a_broken_long_element_is_read_to_the_next_one(tmp_path: Path) -> None:
    long = b'{"a": "' + b"x" * 100_000 + b'" y" ' + b"z" * 100_000 + b'"}'
    data = b'[{"a": 1},' + long + b',{"a": 2},{"a": 3}]'
    for size in (1 << 12, 1 << 16, 1 << 20):
        source = elements(tmp_path, data, limits=Limits(size, 4096))
        assert raws_of(source) == [b'{"a": 1}', long, b'{"a": 2}', b'{"a": 3}']


def test_ten_thousand_levels_are_one_row(tmp_path: Path) -> None:
    deep = b'{"a":' * 10_000 + b"1" + b"}" * 10_000
    data = b"[" + deep + b',\n{"a":2}]'
    for limits in (LARGE, Limits(1000, 10)):
        assert rows_of(elements(tmp_path, data, limits=limits)) == [(deep, 1, 1), (b'{"a":2}', 2, len(deep) + 3)]


def test_arrays_count_their_byte_order_mark(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf[\r\n {"a": 1},\r\n {"a": 2}\r\n]\r\n'
    source = opened(tmp_path, data, "rows.json")
    assert source.probe.bom
    assert rows_of(source) == [(b'{"a": 1}', 2, 7), (b'{"a": 2}', 3, 19)]
    check_fetch(source)
    packed = opened(tmp_path, gzip.compress(data), "rows.json.gz")
    assert rows_of(packed) == rows_of(source)
    check_fetch(packed)
    assert packed.ranges() is None


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not here")
@pytest.mark.parametrize(
    "name",
    [
        "sft/sharegpt_toolcall_300",
        "sft/alpaca_identity_91",
        "sft/llamafactory_multimodal_6",
        "preference/kto_300",
        "pii/presidio_synth_v2_1500",
    ],
)
def test_real_arrays_are_what_a_parser_says(tmp_path: Path, name: str) -> None:
    data = (DATA / f"{name}.json").read_bytes()
    rows = json.loads(data)
    for limits in (LARGE, Limits(20_000, 100)):
        source = opened(tmp_path, data, "rows.json", limits)
        assert (source.probe.container, source.probe.misnamed) == ("array", False)
        found = rows_of(source)
        assert [json.loads(raw) for raw, _, _ in found] == rows
        check_places(data, found)
    if len(rows) < 1000:
        check_fetch(source)
    as_lines = opened(tmp_path, "\n".join(json.dumps(row, indent=1) for row in rows).encode())
    assert (as_lines.probe.container, as_lines.probe.misnamed) == ("concatenated", True)
    assert [json.loads(raw) for raw in raws_of(as_lines)] == rows
