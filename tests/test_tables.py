"""CSV, TSV and Parquet: rows as JSON text, on the right line."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import DATA, check_fetch, opened, put, raws_of, rows_of, values_of

from ftprep.errors import InputError
from ftprep.io.chunk import Limits
from ftprep.io.delimited import EXTRA_CELLS
from ftprep.io.diagnose import diagnose
from ftprep.io.discover import open_path
from ftprep.io.source import Fault

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=6)


def test_the_first_row_names_the_columns(tmp_path: Path) -> None:
    source = opened(tmp_path, b'text,label\n"Hi, you",a\n\n"two\nlines",b\n"a ""quote""",\n', "x.csv")
    assert [(orjson.loads(raw), line, offset) for raw, line, offset in rows_of(source)] == [
        ({"text": "Hi, you", "label": "a"}, 2, 11),
        ({"text": "two\nlines", "label": "b"}, 4, 24),
        ({"text": 'a "quote"', "label": ""}, 6, 38),
    ]
    assert source.counts == "line"
    assert source.ranges() is None
    check_fetch(source)
    assert not source.faults


@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz"])
def test_windows_files_with_a_byte_order_mark(tmp_path: Path, name: str) -> None:
    data = b"\xef\xbb\xbfa,b\r\n1,2\r\n3,4\r\n"
    source = opened(tmp_path, gzip.compress(data) if name.endswith("gz") else data, name)
    assert source.probe.bom
    assert rows_of(source) == [(b'{"a":"1","b":"2"}', 2, 8), (b'{"a":"3","b":"4"}', 3, 13)]
    check_fetch(source)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"a;b\n1,5;2\n", "x.csv"),
        (b"a\tb\n1,5\t2\n", "x.tsv"),
        (b"a\tb\n1,5\t2\n", "x.csv"),
        (b'"a"|"b"\n1,5|2\n', "x.csv"),
    ],
)
def test_the_delimiter_is_the_one_of_the_first_line(tmp_path: Path, data: bytes, name: str) -> None:
    assert values_of(opened(tmp_path, data, name)) == [{"a": "1,5", "b": "2"}]


def test_a_comma_in_a_quoted_name_is_no_delimiter(tmp_path: Path) -> None:
    assert values_of(opened(tmp_path, b'"a,b,c";d\n1;2\n', "x.csv")) == [{"a,b,c": "1", "d": "2"}]


def test_ragged_rows_lose_nothing(tmp_path: Path) -> None:
    source = opened(tmp_path, b"a,b\n1\n1,2,3,4\n", "x.csv")
    assert values_of(source) == [{"a": "1"}, {"a": "1", "b": "2", EXTRA_CELLS: ["3", "4"]}]


def test_a_column_name_that_comes_twice_keeps_both_columns(tmp_path: Path) -> None:
    source = opened(tmp_path, b"a,b,a,a\n1,2,3,4\n", "x.csv")
    assert values_of(source) == [{"a": "1", "b": "2", "a (2)": "3", "a (3)": "4"}]
    assert source.faults == [Fault(1, 0, "the column `a` comes more than once", code="JSN004")]
    check_fetch(source)


def test_bytes_that_are_not_utf_8_stay_for_a_rule_to_find(tmp_path: Path) -> None:
    source = opened(tmp_path, b"a,b\ncaf\xe9,1\nok,2\n", "x.csv")
    raw, other = raws_of(source)
    assert raw == b'{"a":"caf\xe9","b":"1"}'
    found = diagnose(raw)
    assert found is not None
    assert found.code == "JSN002"
    assert orjson.loads(other) == {"a": "ok", "b": "2"}
    check_fetch(source)


def test_a_quote_that_is_never_closed_is_said(tmp_path: Path) -> None:
    for limits in (Limits(2 << 20, 4096), Limits(1, 1)):
        source = opened(tmp_path, b'a,b\n1,2\n3,"4\n5,6\n', "x.csv", limits)
        assert values_of(source) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4\n5,6\n"}]
        assert source.faults == [Fault(3, 8, "a quoted cell of this row is never closed")]
    assert not opened(tmp_path, b'a,b\n1,5" disk', "x.csv").faults


def test_carriage_returns(tmp_path: Path) -> None:
    assert values_of(opened(tmp_path, b"a,b\r1,2\r3,4", "x.csv")) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    source = opened(tmp_path, b"a,b\n1\r1,2\n3,4\n5\r,\n", "x.csv")
    assert {"a": "3", "b": "4"} in values_of(source)
    assert source.faults == [Fault(2, 4, "a carriage return stands outside quotes", 2)]


def test_large_cells(tmp_path: Path) -> None:
    cell = "x" * 1_000_000
    assert values_of(opened(tmp_path, f"a\n{cell}\n".encode(), "x.csv")) == [{"a": cell}]


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    assert rows_of(opened(tmp_path, b"a,b\n", "x.csv")) == []


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2).filter(any), max_size=6))
def test_cells_come_back_for_every_cut(tmp_path: Path, rows: list[list[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([["a", "b"], *rows])
    data = text.getvalue().encode()
    whole = rows_of(opened(tmp_path, data, "x.csv"))
    assert [list(orjson.loads(raw).values()) for raw, _, _ in whole] == rows
    assert all(line == data.count(b"\n", 0, offset) + 1 for _, line, offset in whole)
    for limits in (Limits(1, 1), Limits(17, 2)):
        source = opened(tmp_path, data, "x.csv", limits)
        assert rows_of(source) == whole
        check_fetch(source)


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not here")
def test_a_real_csv_file(tmp_path: Path) -> None:
    data = (DATA / "classification" / "banking77_train.csv").read_bytes()
    source = opened(tmp_path, data, "x.csv")
    assert values_of(source) == list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    lines = data.split(b"\n")
    for raw, line, _ in rows_of(source)[::97]:
        assert orjson.loads(raw)["text"].split("\n")[0][:10].encode().replace(b'"', b'""') in lines[line - 1]


# --- Parquet ------------------------------------------------------------------------------------------------------

CHAT: list[dict[str, Any]] = [
    {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 1}], "n": 1},
    {"messages": [{"role": "user", "content": "é"}], "tags": ["x", None], "n": 2.5},
]


def parquet(folder: Path, table: pa.Table, name: str = "x.parquet", **options: Any) -> Path:
    path = folder / name
    pq.write_table(table, path, **options)
    return path


def test_null_keys_of_parquet_are_absent(tmp_path: Path) -> None:
    source = open_path(parquet(tmp_path, pa.Table.from_pylist([{**CHAT[0], "tags": None}, CHAT[1]])), 3)
    assert [(orjson.loads(raw), line, offset) for raw, line, offset in rows_of(source)] == [
        (CHAT[0] | {"n": 1.0}, 1, -1),
        (CHAT[1], 2, -1),
    ]
    assert source.counts == "row"
    assert source.probe.container == "parquet"
    assert source.ranges() is None
    check_fetch(source)


def test_parquet_is_read_in_parts(tmp_path: Path) -> None:
    table = pa.table({"n": list(range(5000)), "text": [f"row {n}" for n in range(5000)]})
    for limits in (Limits(2 << 20, 4096), Limits(1000, 999), Limits(2 << 20, 1)):
        source = open_path(parquet(tmp_path, table, row_group_size=700), 3, limits=limits)
        rows = rows_of(source)
        assert [orjson.loads(raw)["n"] for raw, _, _ in rows] == list(range(5000))
        assert [line for _, line, _ in rows] == list(range(1, 5001))
    check_fetch(source)


def test_parquet_values_get_a_json_form(tmp_path: Path) -> None:
    import datetime
    import decimal

    table = pa.table(
        {
            "when": [datetime.datetime(2026, 1, 2, 3, 4, 5)],
            "sum": [decimal.Decimal("1.50")],
            "image": [b"\x89PNG"],
            "bytes": [b"text"],
            "score": [float("nan")],
            "scores": [[float("nan"), 1.0]],
            "nothing": pa.array([None], pa.string()),
        }
    )
    raw = raws_of(open_path(parquet(tmp_path, table), 3))[0]
    row = orjson.loads(raw)  # no NaN: a number that is missing is nothing that JSON forbids
    assert row.pop("image").startswith("<bytes 4 sha256:")
    assert row == {"when": "2026-01-02T03:04:05", "sum": 1.5, "bytes": "text", "scores": [None, 1.0]}


def test_damaged_parquet_is_one_sentence(tmp_path: Path) -> None:
    path = parquet(tmp_path, pa.table({"n": list(range(9000))}), row_group_size=1000, compression="none")
    whole = path.read_bytes()
    cut = opened(tmp_path, whole[:2000], "cut.parquet")
    assert rows_of(cut) == []
    assert cut.problems == [f"`{cut.name}` is a damaged Parquet file"]
    assert cut.fetch([]) == {}
    path.unlink()
    source = opened(tmp_path, whole, "gone.parquet")
    (tmp_path / "gone.parquet").unlink()
    with pytest.raises(InputError, match="no such file"):
        rows_of(source)


def test_text_in_parquet_that_is_not_utf_8_is_a_broken_row(tmp_path: Path) -> None:
    column = pa.array([b"ok", b"caf\xe9", b"fine"], pa.binary()).view(pa.string())
    source = open_path(parquet(tmp_path, pa.table({"text": column})), 3)
    raws = raws_of(source)
    assert [orjson.loads(raws[0]), orjson.loads(raws[2])] == [{"text": "ok"}, {"text": "fine"}]
    found = diagnose(raws[1])
    assert found is not None
    assert found.code == "JSN002"
    check_fetch(source)


def test_packed_parquet_is_refused(tmp_path: Path) -> None:
    path = parquet(tmp_path, pa.table({"n": [1]}))
    source = open_path(put(tmp_path, gzip.compress(path.read_bytes()), "y.parquet.gz"), 3)
    assert source.probe.problem is not None
    assert source.probe.problem.code == "JSN009"
