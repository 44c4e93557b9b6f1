"""JSON Lines: plain, compressed, cut anywhere, with any bytes in them."""

from __future__ import annotations

import gzip
import hashlib
import pickle
import sys
import time
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from reading import LARGE, check_fetch, opened, put, raws_of, rows_of

from ftprep.errors import InputError
from ftprep.io.chunk import Chunk, Limits
from ftprep.io.discover import open_path
from ftprep.io.lines import LinesSource
from ftprep.io.probe import Probe
from ftprep.io.source import Source
from ftprep.record import Ref

SMALL = [Limits(1, 1), Limits(3, 2), Limits(64, 4096), Limits(2 << 20, 7)]
TEN = b"".join(b'{"a":%d}\n' % number for number in range(10))


def lines_source(folder: Path, data: bytes, limits: Limits = LARGE) -> LinesSource:
    """Any bytes as JSON Lines, whatever a look at them would say."""
    return LinesSource(put(folder, data), "rows.jsonl", 3, Probe("jsonl"), limits=limits)


def test_lines_are_rows_with_line_and_offset(tmp_path: Path) -> None:
    source = opened(tmp_path, b'{"a":1}\n{"b":2}\r\n\n{"c":3}')
    assert rows_of(source) == [(b'{"a":1}', 1, 0), (b'{"b":2}\r', 2, 8), (b"", 3, 17), (b'{"c":3}', 4, 18)]
    assert (source.name, source.index, source.size, source.counts) == (str(tmp_path / "rows.jsonl"), 3, 25, "line")
    assert source.probe.container == "jsonl"
    assert not source.problems
    assert not source.faults


def test_the_final_newline_is_no_row_and_a_second_one_is(tmp_path: Path) -> None:
    assert raws_of(opened(tmp_path, b'{"a":1}\n')) == [b'{"a":1}']
    assert raws_of(opened(tmp_path, b'{"a":1}')) == [b'{"a":1}']
    assert raws_of(opened(tmp_path, b'{"a":1}\n\n \n')) == [b'{"a":1}', b"", b" "]


def test_only_newlines_end_lines(tmp_path: Path) -> None:
    odd = '{"a":"\u2028\u2029\x85\x0b\x0c"}\r{"b":1}'.encode()
    assert rows_of(opened(tmp_path, odd + b'\n{"c":2}')) == [(odd, 1, 0), (b'{"c":2}', 2, len(odd) + 1)]


def test_a_byte_order_mark_is_stripped_and_counted(tmp_path: Path) -> None:
    source = opened(tmp_path, b"\xef\xbb\xbf" + TEN)
    assert source.probe.bom
    assert rows_of(source)[:2] == [(b'{"a":0}', 1, 3), (b'{"a":1}', 2, 11)]
    check_fetch(source)
    ranges = source.ranges()
    assert ranges is not None
    assert source.read_range(ranges[0]).rows() == raws_of(source)


@given(st.binary(max_size=300).map(lambda data: data.replace(b"\x0b", b"\n")))
def test_any_bytes_joined_again_are_the_file_for_every_cut(tmp_path: Path, data: bytes) -> None:
    whole = rows_of(lines_source(tmp_path, data))
    joined = b"\n".join(raw for raw, _, _ in whole) + (b"\n" if data.endswith(b"\n") else b"")
    assert joined == data
    for raw, line, offset in whole:
        assert data[offset : offset + len(raw)] == raw
        assert line == data.count(b"\n", 0, offset) + 1
    for limits in SMALL:
        source = lines_source(tmp_path, data, limits)
        assert rows_of(source) == whole
        assert ranged_rows(source) == whole


def ranged_rows(source: Source) -> list[tuple[bytes, int, int]]:
    """The rows of all ranges, read last to first by a copy of the source as a worker would have it."""
    copy = pickle.loads(pickle.dumps(source))
    ranges = source.ranges()
    assert ranges is not None
    chunks = {part.number: copy.read_range(part) for part in reversed(ranges)}
    found: list[tuple[bytes, int, int]] = []
    before = 0
    for part in ranges:
        chunk: Chunk = chunks[part.number].moved(before)
        assert (chunk.file, chunk.number) == (3, part.number)
        found += zip(chunk.rows(), chunk.lines.tolist(), chunk.offsets.tolist(), strict=True)
        before += chunk.line_count
    return found


@given(
    st.binary(max_size=200), st.sampled_from(["x.jsonl", "x.json", "x.csv", "x.tsv", "x.parquet", "x.jsonl.gz", "x"])
)
def test_any_file_opens_and_reads_without_an_error(tmp_path: Path, data: bytes, name: str) -> None:
    check_readable(opened(tmp_path, data, name))


@given(
    st.binary(max_size=120),
    st.sampled_from([b"[", b"{", b'[{"a":', b"\xef\xbb\xbf[", b"\x1f\x8b\x08\0", b"PAR1", b"PK\x03\x04"]),
)
def test_any_file_with_a_known_beginning_reads_without_an_error(tmp_path: Path, data: bytes, start: bytes) -> None:
    for name in ("x.jsonl", "x.json", "x.parquet"):
        check_readable(opened(tmp_path, start + data, name))


@given(st.binary(max_size=150))
def test_any_compressed_file_reads_without_an_error(tmp_path: Path, data: bytes) -> None:
    packed = gzip.compress(data)
    for cut in (len(packed), len(packed) // 2, 5):
        check_readable(opened(tmp_path, packed[:cut], "x.jsonl.gz"))


def check_readable(source: Source) -> None:
    """Rows come without an exception, twice alike, and by reference; every place is possible."""
    rows = rows_of(source)
    assert rows_of(source) == rows
    assert all(line >= 1 and offset >= -1 for _, line, offset in rows)
    assert source.probe.container != "none" or not rows
    found = source.fetch(Ref(3, line, offset) for _, line, offset in rows)
    assert found == {Ref(3, line, offset): raw for raw, line, offset in rows}
    assert source.sha256() is not None
    source.close()


def test_ranges_cover_the_file_and_follow_its_density(tmp_path: Path) -> None:
    source = lines_source(tmp_path, TEN * 1000, Limits(1 << 20, 100))
    ranges = source.ranges()
    assert ranges is not None
    assert [part.start for part in ranges[1:]] == [part.end for part in ranges[:-1]]
    assert (ranges[0].start, ranges[-1].end) == (0, len(TEN) * 1000)
    assert max(len(source.read_range(part)) for part in ranges) <= 110


@pytest.mark.parametrize("name", ["rows.jsonl.gz", "rows.jsonl.zst", "rows.jsonl", "rows"])
def test_compressed_files_are_known_by_their_content(tmp_path: Path, name: str) -> None:
    for packed in (gzip.compress(TEN), gzip.compress(TEN[:40]) + gzip.compress(TEN[40:]) + b"\0" * 9):
        source = opened(tmp_path, packed, name)
        assert source.probe.compression == "gzip"
        assert rows_of(source) == rows_of(lines_source(tmp_path, TEN))
    skippable = b"\x50\x2a\x4d\x18\x04\0\0\0abcd"
    for packed in (zstandard.compress(TEN), skippable + zstandard.compress(TEN[:40]) + zstandard.compress(TEN[40:])):
        source = opened(tmp_path, packed, name)
        assert source.probe.compression == "zstd"
        assert rows_of(source) == rows_of(lines_source(tmp_path, TEN))
        assert not source.problems


def test_a_compressed_file_is_fetched_but_not_cut(tmp_path: Path) -> None:
    data = b"".join(b'{"a":"%d"}\n' % (number**9) for number in range(3000))
    source = opened(tmp_path, gzip.compress(b"\xef\xbb\xbf" + data), "rows.jsonl.gz", Limits(999, 50))
    assert source.ranges() is None
    assert source.probe.bom
    check_fetch(source)
    assert source.sha256() == hashlib.sha256((tmp_path / "rows.jsonl.gz").read_bytes()).hexdigest()


def test_damaged_compressed_data_gives_what_can_be_had_and_one_sentence(tmp_path: Path) -> None:
    # Rows that do not compress well, so that a cut leaves some of them.
    lines = [b'{"a":"%s"}' % hashlib.sha256(b"%d" % number).hexdigest().encode() for number in range(9000)]
    whole = b"\n".join(lines)
    packed = gzip.compress(whole)
    for data, words in (
        (packed[: len(packed) // 2], "ends in the middle of its gzip data"),
        (packed[:-1], "ends in the middle of its gzip data"),
        (packed[:-6] + b"wrong!", "holds damaged gzip data"),
        (packed[:300_000] + b"\xff" * 30 + packed[300_030:], "holds damaged gzip data"),
        (packed + b"more", "holds other bytes behind its gzip data"),
        (zstandard.compress(whole)[:-1000], "ends in the middle of its zstd data"),
    ):
        source = opened(tmp_path, data, "rows.jsonl.gz")
        found = rows_of(source)
        assert len(found) > 1000
        sound = min(len(found) - 1, 5000)  # behind overwritten bytes the inflated text may be anything
        assert [raw for raw, _, _ in found[:sound]] == lines[:sound]
        last = found[-1][1] - 1
        assert source.problems == [f"`{source.name}` {words} after line {last:,}"]
        rows_of(source)
        assert len(source.problems) == 1, "the second pass says the same, not the same twice"


def test_isal_is_not_needed_and_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = opened(tmp_path, gzip.compress(TEN), "rows.jsonl.gz")
    expected = rows_of(source)
    calls = []

    class IsalZlib:
        error = zlib.error

        @staticmethod
        def decompressobj(bits: int) -> object:
            calls.append(bits)
            return zlib.decompressobj(bits)

    monkeypatch.setitem(sys.modules, "isal", IsalZlib)
    monkeypatch.setitem(sys.modules, "isal.isal_zlib", IsalZlib)
    assert rows_of(source) == expected
    assert calls == [31]
    monkeypatch.setitem(sys.modules, "isal.isal_zlib", None)
    assert rows_of(source) == expected


def test_fetch_of_lines(tmp_path: Path) -> None:
    source = lines_source(tmp_path, b'{"a":1}\r\n\n' + b"x" * 200_000 + b"\n" + TEN, Limits(1000, 3))
    check_fetch(source)
    by_line = Ref(3, 2), Ref(3, 5)
    assert source.fetch(by_line) == {by_line[0]: b"", by_line[1]: b'{"a":1}'}


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read `.*gone\.jsonl`: no such file or directory"):
        open_path(tmp_path / "gone.jsonl")
    source = opened(tmp_path, TEN)
    (tmp_path / "rows.jsonl").unlink()
    for use in (lambda: list(source.chunks()), source.ranges, source.sha256, lambda: source.fetch([Ref(3, 1, 0)])):
        with pytest.raises(InputError, match="cannot read"):
            use()


def test_a_file_cut_short_between_passes_gives_what_is_there(tmp_path: Path) -> None:
    source = opened(tmp_path, TEN)
    ranges = source.ranges()
    assert ranges is not None
    (tmp_path / "rows.jsonl").write_bytes(TEN[:12])
    assert source.read_range(ranges[0]).rows() == [b'{"a":0}', b'{"a"']
    assert source.fetch([Ref(3, 9, 64)]) in ({}, {Ref(3, 9, 64): b""})


def test_a_100_mb_line_is_one_row_and_no_more_than_a_few_copies(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    size = 100_000_000
    with path.open("wb") as file:
        file.write(b'{"a":"')
        file.seek(size)
        file.write(b'"}\n{"b":1}\n')
    start = time.process_time()
    source = open_path(path, 3)
    tracemalloc.start()
    found = [
        (len(row), int(line)) for chunk in source.chunks() for row, line in zip(chunk.rows(), chunk.lines, strict=True)
    ]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [(size + 2, 1), (7, 2)]
    assert peak < 4.5 * size
    assert time.process_time() - start < 10, "reading must stay linear in the length of a line"
    assert source.fetch([Ref(3, 2, size + 3)]) == {Ref(3, 2, size + 3): b'{"b":1}'}


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    row = b'{"a":"' + b"x" * 500 + b'"}\n'

    def peak(rows: int) -> int:
        source = opened(tmp_path, row * rows, limits=Limits(64 << 10, 4096))
        tracemalloc.start()
        assert sum(len(chunk) for chunk in source.chunks()) == rows
        result = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return result

    assert peak(20_000) < 1.5 * peak(2_000)


def test_chunks_hold_to_their_limits(tmp_path: Path) -> None:
    source = lines_source(tmp_path, TEN * 5000, Limits(100_000, 4096))
    sizes = [(len(chunk), len(chunk.data)) for chunk in source.chunks()]
    assert max(rows for rows, _ in sizes) <= 4096
    assert max(size for _, size in sizes) <= 100_000
    assert sum(rows for rows, _ in sizes) == 50_000
    assert np.concatenate([chunk.lines for chunk in source.chunks()]).tolist() == list(range(1, 50_001))
