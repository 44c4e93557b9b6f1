"""Rows that are Python objects: lists, data frames, datasets, iterators, open files."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import io
import json
import math
import pathlib
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import check_fetch, opened_rows, raws_of, rows_of, values_of

from ftprep.errors import UsageError
from ftprep.io.chunk import Limits
from ftprep.io.diagnose import diagnose
from ftprep.io.discover import open_sources
from ftprep.io.serialise import Missing, to_json

ROWS: list[dict[str, Any]] = [
    {"prompt": f"é {n}", "completion": None if n % 3 else "b", "n": [n, None]} for n in range(300)
]
DENSE = [{key: value for key, value in row.items() if value is not None} for row in ROWS]


@dataclasses.dataclass
class Point:
    x: int = 1
    y: object = None


class Colour(enum.Enum):
    RED = "red"


def test_a_list_keeps_its_nulls(tmp_path: Path) -> None:
    for data in (ROWS, tuple(ROWS), collections.UserList(ROWS)):
        source = opened_rows(data, Limits(2 << 20, 100))
        assert (source.name, source.size, source.counts, source.sha256()) == ("<list>", None, "row", None)
        assert source.probe.container == "objects"
        assert values_of(source) == ROWS
        assert [(line, offset) for _, line, offset in rows_of(source)] == [(n, -1) for n in range(1, 301)]
        assert source.ranges() is None
        check_fetch(source)


def test_an_iterator_can_be_read_twice_and_by_row(tmp_path: Path) -> None:
    source = opened_rows(row for row in ROWS)
    assert (source.name, source.size is not None, source.counts) == ("<iterator>", True, "row")
    assert values_of(source) == ROWS
    assert rows_of(source)[7][1:] == (8, -1)
    check_fetch(source)
    assert source.ranges() is None
    assert source.sha256() is None
    source.close()


def test_temporary_files_go_with_their_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    source = opened_rows(iter(ROWS))
    assert len(list(tmp_path.iterdir())) == 1
    source.close()
    assert not list(tmp_path.iterdir())
    opened_rows(iter(ROWS))  # let go at once
    assert not list(tmp_path.iterdir())

    def broken() -> Iterator[dict[str, int]]:
        yield {"a": 1}
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        opened_rows(broken())
    assert not list(tmp_path.iterdir())


def test_a_data_frame_has_no_nan_and_no_null(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "text": ["a", None, "c"],
            "score": [1.5, math.nan, 2],
            "n": pd.array([1, None, 3], dtype="Int64"),
            "when": pd.to_datetime(["2026-01-02", None, "2026-01-03"]),
            "messages": [np.array([{"role": "user", "name": None}], dtype=object), [], [{"w": math.nan}]],
            7: [1, 2, 3],
        },
        index=[5, 5, 9],
    )
    source = opened_rows(frame)
    assert source.name == "<DataFrame>"
    assert values_of(source) == [
        {"text": "a", "score": 1.5, "n": 1, "when": "2026-01-02T00:00:00", "messages": [{"role": "user"}], "7": 1},
        {"messages": [], "7": 2},
        {"text": "c", "score": 2.0, "n": 3, "when": "2026-01-03T00:00:00", "messages": [{}], "7": 3},
    ]
    check_fetch(source)
    with pytest.raises(UsageError, match="two columns of one name"):
        opened_rows(pd.DataFrame([[1, 2]], columns=["a", "a"]))


def test_hugging_face_datasets_have_no_null_keys() -> None:
    dataset = datasets.Dataset.from_list(ROWS)
    source = opened_rows(dataset)
    assert source.name == "<Dataset>"
    assert values_of(source) == DENSE
    check_fetch(source)
    assert values_of(opened_rows(dataset.shuffle(seed=1).select([5, 6]))) == [
        {key: value for key, value in row.items() if value is not None}
        for row in dataset.shuffle(seed=1).select([5, 6])
    ]
    nested = datasets.Dataset.from_list([{"m": [{"a": 1}, {"b": 2}]}])
    assert values_of(opened_rows(nested)) == [{"m": [{"a": 1}, {"b": 2}]}]


def test_streamed_datasets(tmp_path: Path) -> None:
    source = opened_rows(datasets.Dataset.from_list(ROWS).to_iterable_dataset())
    assert source.name == "<Dataset>"
    assert values_of(source) == DENSE
    check_fetch(source)


def test_arrow_tables() -> None:
    assert values_of(opened_rows(pa.Table.from_pylist(ROWS))) == DENSE


def test_open_files_are_read_as_files(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf{"a": 1}\n\n{"a": 2}\n'
    for file in (io.BytesIO(data), io.StringIO(data.decode())):
        source = open_sources(file).sources[0]
        assert source.name == "<file>"
        assert [raw for chunk in source.chunks() for raw in chunk.rows()] == [b'{"a": 1}', b"", b'{"a": 2}']
    (tmp_path / "x.csv").write_text("a\n1\n")
    with (tmp_path / "x.csv").open() as text:
        source = open_sources(text).sources[0]
    assert source.name.endswith("x.csv")
    assert source.probe.container == "csv"


def test_what_holds_no_rows_is_a_usage_error() -> None:
    for data, words in (
        ({"prompt": "a"}, "one dict is one row: give a list of rows"),
        (
            datasets.DatasetDict({"train": datasets.Dataset.from_list(ROWS)}),
            r"one split of the dataset.*data\['train'\]",
        ),
        (7, "cannot read rows from `int`"),
        (b"rows", "cannot read rows from `bytes`"),
        (None, "cannot read rows from `NoneType`"),
    ):
        with pytest.raises(UsageError, match=words):
            opened_rows(data)


@pytest.mark.parametrize("data", [[], iter([]), pd.DataFrame({"a": []}), datasets.Dataset.from_list([])], ids=repr)
def test_nothing_at_all_is_no_dataset(data: Any) -> None:
    source = opened_rows(data)
    assert source.probe.container == "none"
    assert source.probe.problem is not None
    assert source.probe.problem.code == "JSN009"
    assert rows_of(source) == []


def test_defects_stay_visible() -> None:
    rows: list[Any] = [
        {"a": math.nan},
        {"a": [-math.inf]},
        {"a": "\ud800 é"},
        {"\udc00": 1},
        [1],
        "text",
        {1, 2},
        {"a": None},
    ]
    raws = raws_of(opened_rows(rows))
    assert [found and found.code for found in map(diagnose, raws)] == [
        "JSN008",
        "JSN008",
        "JSN007",
        "JSN007",
        "JSN003",
        "JSN003",
        "JSN003",
        None,
    ]
    assert raws[6] == b'"<set>"'


CYCLE: list[Any] = [1]
CYCLE.append(CYCLE)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (
            {1: "a", None: "b", False: "c", 1.5: "d", (1,): "e"},
            '{"1":"a","null":"b","false":"c","1.5":"d","<tuple>":"e"}',
        ),
        ({"a": 2**70, "b": (1, [2])}, '{"a":1180591620717411303424,"b":[1,[2]]}'),
        ({"a": 10**5000}, '{"a":"<int of 16610 bits>"}'),
        ({"a": b"bytes", "b": bytearray(b"more")}, '{"a":"bytes","b":"more"}'),
        ({"a": b"\xff"}, '{"a":"<bytes 1 sha256:a8100ae6aa1940d0>"}'),
        (
            {"a": np.float32(0.5), "b": np.int8(3), "c": np.bool_(True), "d": np.str_("x")},
            '{"a":0.5,"b":3,"c":true,"d":"x"}',
        ),
        (
            {"a": np.array([[1, 2], [3, 4]]), "b": np.array(5), "c": np.array(["x", None], dtype=object)},
            '{"a":[[1,2],[3,4]],"b":5,"c":["x",null]}',
        ),
        ({"a": np.datetime64("2026-01-02"), "b": np.float64("nan")}, '{"a":"2026-01-02","b":NaN}'),
        ({"a": pd.Timestamp("2026-01-02"), "b": pd.NaT, "c": pd.NA}, '{"a":"2026-01-02T00:00:00","b":null,"c":null}'),
        ({"a": datetime.date(2026, 1, 2), "b": datetime.timedelta(1)}, '{"a":"2026-01-02","b":"1 day, 0:00:00"}'),
        (
            {"a": decimal.Decimal("1.5"), "b": decimal.Decimal(3), "c": decimal.Decimal("1e999999")},
            '{"a":1.5,"b":3,"c":Infinity}',
        ),
        (
            {"a": uuid.UUID(int=1), "b": pathlib.PurePosixPath("x/y")},
            '{"a":"00000000-0000-0000-0000-000000000001","b":"x/y"}',
        ),
        (
            {"a": Point(), "b": Colour.RED, "c": collections.UserDict(z=1)},
            '{"a":{"x":1,"y":null},"b":"red","c":{"z":1}}',
        ),
        ({"a": object(), "b": len, "c": Point}, '{"a":"<object>","b":"<builtin_function_or_method>","c":"<type>"}'),
        (CYCLE, '[1,"<circular reference>"]'),
        ([[], {}, [[]], {"a": {}}, 2**64], '[[],{},[[]],{"a":{}},18446744073709551616]'),
    ],
)
def test_json_forms(value: Any, text: str) -> None:
    assert to_json(value).decode() == text


def test_depth_is_no_limit() -> None:
    deep: Any = 1
    for _ in range(20_000):
        deep = {"a": [deep]}
    assert to_json(deep) == b'{"a":[' * 20_000 + b"1" + b"]}" * 20_000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[]), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_any_value_reads_back_as_itself(value: Any) -> None:
    raw = to_json(value)
    assert b"\n" not in raw
    assert repr(json.loads(raw)) == repr(value)


@given(JSON)
def test_missing_keys_are_left_out_at_any_depth(value: Any) -> None:
    def pruned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: pruned(one) for key, one in value.items() if not missing(one)}
        if isinstance(value, list):
            return [pruned(one) for one in value]
        return None if missing(value) else value

    def missing(value: Any) -> bool:
        return value is None or (isinstance(value, float) and math.isnan(value))

    assert repr(json.loads(to_json(value, Missing(null=True, nan=True)))) == repr(pruned(value))


def test_plain_rows_import_neither_pandas_nor_datasets() -> None:
    code = (
        "import sys; from ftprep.io.discover import open_sources;"
        "source = open_sources([{'a': 1}]).sources[0]; print(len(list(source.chunks())));"
        "print(sorted({'pandas', 'datasets', 'pyarrow', 'zstandard'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n[]\n"


def test_orjson_is_the_measure_of_plain_rows() -> None:
    assert [to_json(row) for row in ROWS] == [orjson.dumps(row) for row in ROWS]
