"""What an input is, by its first bytes and its name; and the inputs that hold no rows."""

from __future__ import annotations

import gzip
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from reading import opened, raws_of, rows_of, values_of

from ftprep.io.probe import HEAD_BYTES, Container, probe

ROWS: list[dict[str, Any]] = [{"messages": [{"role": "user", "content": f"row {{{n}}}"}], "n": n} for n in range(30)]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
PRETTY = "\n".join(json.dumps(row, indent=2) for row in ROWS).encode()
ARRAY = json.dumps(ROWS, indent=1).encode()
COMPACT = json.dumps(ROWS).encode()
BY_LINE = b"[\n" + LINES.strip().replace(b"\n", b",\n") + b"\n]\n"
LOOSE = "".join(json.dumps(row).replace("[{", "[\n  {").replace("}]", "}\n]") + "\n" for row in ROWS).encode()


@pytest.mark.parametrize(
    ("data", "name", "container", "misnamed"),
    [
        (LINES, "x.jsonl", "jsonl", False),
        (LINES, "x.json", "jsonl", False),
        (LINES, "x.txt", "jsonl", False),
        (LINES, "x.csv", "jsonl", False),
        (LINES[:50], "x.jsonl", "jsonl", False),
        (b"{broken\n" + LINES, "x.jsonl", "jsonl", False),
        (b"{\n" + LINES, "x.jsonl", "jsonl", False),
        (b"[broken\n" + LINES, "x.jsonl", "jsonl", False),
        (b"# rows\n" + LINES, "x.jsonl", "jsonl", False),
        (b"\n\n" + LINES, "x.jsonl", "jsonl", False),
        (b'[{"a": 1}]\n[{"a": 2}]\n', "x.jsonl", "jsonl", False),
        (LINES.replace(b"}\n", b"},\n"), "x.jsonl", "jsonl", False),
        (LINES.replace(b'"n": ', b'"n": NaN'), "x.jsonl", "jsonl", False),
        ("".join(f"{row}\n" for row in ROWS).encode(), "x.jsonl", "jsonl", False),
        (LINES.replace(b"row", b"caf\xe9"), "x.jsonl", "jsonl", False),
        (ARRAY, "x.jsonl", "array", True),
        (ARRAY, "x.ndjson", "array", True),
        (ARRAY, "x.json", "array", False),
        (ARRAY, "", "array", False),
        (COMPACT, "x.jsonl", "array", True),
        (COMPACT, "x.json", "array", False),
        (BY_LINE, "x.json", "array", False),
        (b" \n\t" + ARRAY, "x.json", "array", False),
        (b'[{"a": 1}]', "x.jsonl", "array", True),
        (b'[{"a": 1}', "x.json", "array", False),
        (b"[" + b'{"a": "x" y"},' + ARRAY[1:], "x.json", "array", False),
        (PRETTY, "x.jsonl", "concatenated", True),
        (PRETTY, "x.json", "concatenated", True),
        (PRETTY.replace(b"\n}\n", b"\n},\n"), "x.jsonl", "concatenated", True),
        (b'{\n "a": "x" y"\n}\n' + PRETTY, "x.jsonl", "concatenated", True),
        (LOOSE, "x.jsonl", "concatenated", True),
        (json.dumps(ROWS[0], indent=2).encode(), "x.json", "concatenated", False),
        (json.dumps({"data": ROWS}, indent=2).encode(), "x.json", "concatenated", False),
        (b"a,b\n1,2\n", "x.csv", "csv", False),
        (b"a\tb\n1\t2\n", "x.tsv", "tsv", False),
        (b"PAR1", "x.parquet", "parquet", False),
    ],
)  # fmt: skip
def test_containers(data: bytes, name: str, container: Container, misnamed: bool) -> None:
    for text, bom in ((data, False), (b"\xef\xbb\xbf" + data, True)):
        if bom and container == "parquet":
            continue
        found = probe(text, name, complete=True)
        assert (found.container, found.misnamed, found.bom, found.problem) == (container, misnamed, bom, None)


@pytest.mark.parametrize("cut", [700, 1200, 2001])
def test_a_head_that_ends_anywhere_is_judged_alike(cut: int) -> None:
    for data, container in ((LINES, "jsonl"), (ARRAY, "array"), (COMPACT, "array"), (PRETTY, "concatenated")):
        assert probe(data[:cut], "x.json", complete=False).container == container


def test_a_file_longer_than_the_head_is_judged_by_it(tmp_path: Path) -> None:
    many = LINES * (2 * HEAD_BYTES // len(LINES))
    assert len(values_of(opened(tmp_path, many))) == many.count(b"\n")
    long = b'{"a": "' + b"x" * (2 * HEAD_BYTES) + b'"}\n' + LINES
    assert len(values_of(opened(tmp_path, long))) == 31
    pretty = opened(tmp_path, json.dumps({"data": ["x" * 100] * 9000}, indent=1).encode(), "x.json")
    assert pretty.probe.container == "concatenated"
    assert len(rows_of(pretty)) == 1


@pytest.mark.parametrize(
    ("data", "name", "code", "kind", "detail"),
    [
        (b"", "x.jsonl", "JSN009", "empty", "empty"),
        (b"", "x.csv", "JSN009", "empty", "empty"),
        (b"", "x.parquet", "JSN009", "empty", "empty"),
        (b" \r\n\t\n", "x.jsonl", "JSN009", "blank", "nothing but white space"),
        (b"\xef\xbb\xbf\n", "x.jsonl", "JSN009", "blank", "nothing but white space"),
        (b"[]", "x.json", "JSN009", "empty", "an empty JSON array"),
        (b"[\n]\n", "x.jsonl", "JSN009", "empty", "an empty JSON array"),
        (b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml", "x.jsonl", "JSN009", "xlsx", "an Office document"),
        (b"PK\x03\x04" + b"\0" * 26 + b"xl/workbook.xml", "x.csv", "JSN009", "xlsx", "an Excel workbook"),
        (b"PK\x03\x04" + b"\0" * 26 + b"train.jsonl", "x.jsonl", "JSN009", "zip", "a ZIP archive"),
        (b"PAR1" + b"\0" * 40, "x.jsonl", "JSN009", "parquet", "a Parquet file"),
        (b'{"a": 1}', "x.parquet", "JSN009", "binary", "not Parquet, in spite of its name"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "x.jsonl", "JSN009", "binary", "a PDF file"),
        (bytes(range(256)) * 9, "x.jsonl", "JSN009", "binary", "binary data"),
        (b"<!DOCTYPE html>\n<html>", "x.jsonl", "JSN009", "html", "a web page or XML"),
        (b'<?xml version="1.0"?>', "x.json", "JSN009", "html", "a web page or XML"),
        (LINES.decode().encode("utf-16"), "x.jsonl", "JSN002", "utf-16", "UTF-16 text (little-endian)"),
        (LINES.decode().encode("utf-16-le"), "x.jsonl", "JSN002", "utf-16", "UTF-16 text (little-endian)"),
        (LINES.decode().encode("utf-16-be"), "x.jsonl", "JSN002", "utf-16", "UTF-16 text (big-endian)"),
        (LINES.decode().encode("utf-32"), "x.jsonl", "JSN002", "utf-32", "UTF-32 text (little-endian)"),
        (LINES.decode().encode("utf-32-be"), "x.jsonl", "JSN002", "utf-32", "UTF-32 text (big-endian)"),
        ("a,b\n1,é\n".encode("utf-16"), "x.csv", "JSN002", "utf-16", "UTF-16 text (little-endian)"),
    ],
)  # fmt: skip
def test_inputs_that_hold_no_rows(tmp_path: Path, data: bytes, name: str, code: str, kind: str, detail: str) -> None:
    for content, called in ((data, name), (gzip.compress(data), f"{name}.gz")):
        source = opened(tmp_path, content, called)
        assert source.probe.container == "none"
        assert source.probe.problem == (code, kind, detail)
        assert rows_of(source) == []
        assert source.ranges() is None
        assert not source.problems
        if kind == "parquet":
            return  # packed Parquet is refused by another name


def test_git_lfs_pointers_say_what_they_point_to(tmp_path: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d" * 32 + b"\nsize 1048576\n"
    source = opened(tmp_path, pointer)
    assert source.probe.problem == ("JSN009", "git-lfs-pointer", "a Git LFS pointer to 1,048,576 bytes, not the data")
    assert raws_of(source) == []
    short = opened(tmp_path, pointer[:60], "short.parquet")
    assert short.probe.problem == ("JSN009", "git-lfs-pointer", "a Git LFS pointer, not the data")


def test_utf_16_is_named_for_other_code(tmp_path: Path) -> None:
    assert opened(tmp_path, LINES.decode().encode("utf-16-be")).probe.encoding == "utf-16-be"
    assert opened(tmp_path, LINES).probe.encoding == "utf-8"


def test_a_compressed_file_without_any_good_byte_is_damaged_not_empty(tmp_path: Path) -> None:
    source = opened(tmp_path, gzip.compress(LINES)[:12], "x.jsonl.gz")
    assert source.probe.problem is None
    assert rows_of(source) == []
    assert source.problems == [f"`{source.name}` ends in the middle of its gzip data"]


def test_temporary_files_are_private(tmp_path: Path) -> None:
    from ftprep.io.spool import Spool

    spool = Spool()
    spool.fill([b"a", b"b"])
    assert stat.S_IMODE(spool.path.stat().st_mode) == 0o600
    assert spool.path.read_bytes() == b"ab"
    spool.close()
    assert not spool.path.exists()
    spool.close()
