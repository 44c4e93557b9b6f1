"""From paths, folders, globs and standard input to sources."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ftprep.errors import InputError
from ftprep.io.discover import Opened, open_sources

ROW = b'{"a": 1}\n'


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files of every kind, which is also the working folder."""
    for name in (
        "train.jsonl",
        "valid.ndjson",
        "b/rows.JSON",
        "b/deep/er/rows.jsonl.gz",
        "b/rows.jsonl.zst",
        "b/table.csv",
        "b/table.tsv",
        "b/notes.txt",
        "b/README.md",
        "b/.hidden.jsonl",
        "b/.cache/rows.jsonl",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(ROW)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(opened: Opened) -> list[str]:
    """Names of the sources, which must be numbered in order."""
    assert [source.index for source in opened.sources] == list(range(len(opened.sources)))
    return [source.name for source in opened.sources]


def rows(opened: Opened) -> list[bytes]:
    """All raw rows."""
    return [raw for source in opened.sources for chunk in source.chunks() for raw in chunk.rows()]


ALL = [
    "b/deep/er/rows.jsonl.gz",
    "b/rows.JSON",
    "b/rows.jsonl.zst",
    "b/table.csv",
    "b/table.tsv",
    "train.jsonl",
    "valid.ndjson",
]


def test_folders_are_searched_for_data_files(data: Path) -> None:
    assert names(open_sources(".")) == [f"./{name}" for name in ALL]
    os.mkfifo("b/pipe.jsonl")  # reading it would wait for ever
    assert names(open_sources("b")) == ALL[:5]
    assert names(open_sources([data / "b"])) == [str(data / name) for name in ALL[:5]]


def test_files_are_taken_whatever_their_suffix_and_once(data: Path) -> None:
    os.symlink("train.jsonl", "link.jsonl")
    given = ["b/notes.txt", "train.jsonl", "./train.jsonl", data / "train.jsonl", "link.jsonl", "b/.hidden.jsonl"]
    assert names(open_sources(given)) == ["b/notes.txt", "train.jsonl", "b/.hidden.jsonl"]
    assert names(open_sources(["train.jsonl", "."]))[0] == "train.jsonl"
    assert "./train.jsonl" not in names(open_sources(["train.jsonl", "."]))


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.jsonl", ["train.jsonl"]),
        ("**/*.jsonl", ["train.jsonl"]),
        ("b/*", ["b/rows.JSON", "b/rows.jsonl.zst", "b/table.csv", "b/table.tsv"]),
        ("b/*.txt", ["b/notes.txt"]),
        ("**/rows.*", ["b/deep/er/rows.jsonl.gz", "b/rows.JSON", "b/rows.jsonl.zst"]),
        ("[tv]*", ["train.jsonl", "valid.ndjson"]),
    ],
)
def test_globs(data: Path, pattern: str, found: list[str]) -> None:
    assert names(open_sources(pattern)) == found


def test_a_name_with_a_wildcard_in_it_is_a_name_first(data: Path) -> None:
    (data / "a[1].jsonl").write_bytes(ROW)
    assert names(open_sources("a[1].jsonl")) == ["a[1].jsonl"]


@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        (["b"], ALL[5:]),
        (["b/"], ALL[5:]),
        (["b/*"], ALL[5:]),
        (["*.csv", "*.tsv"], [ALL[0], ALL[1], ALL[2], ALL[5], ALL[6]]),
        (["deep"], ALL[1:]),
        (["b/deep/**"], ALL[1:]),
        (["train.jsonl"], [*ALL[:5], ALL[6]]),
        (["rain.jsonl"], ALL),
    ],
)
def test_exclude(data: Path, exclude: list[str], left: list[str]) -> None:
    opened = open_sources(".", exclude=exclude)
    assert names(opened) == [f"./{name}" for name in left]
    assert opened.excluded == 7 - len(left)
    absolute = open_sources(".", exclude=[str(data / pattern) for pattern in exclude if "/" in pattern])
    assert not any("/" in pattern for pattern in exclude) or names(absolute) == names(opened)


def test_named_files_are_excluded_only_by_force(data: Path) -> None:
    assert names(open_sources(["train.jsonl", "b"], exclude=["*.jsonl", "b/deep"])) == ["train.jsonl", *ALL[1:5]]
    forced = open_sources(["train.jsonl"], exclude=["*.jsonl"], force_exclude=True)
    assert (forced.sources, forced.problems, forced.excluded) == ([], [], 1)


def test_what_is_not_there_is_one_sentence_with_the_nearest_name(data: Path) -> None:
    (data / "empty").mkdir()
    for given, words in (
        ("trian.jsonl", "`trian.jsonl` does not exist; did you mean `train.jsonl`?"),
        ("b/rowz.json", "`b/rowz.json` does not exist; did you mean `b/rows.JSON`?"),
        ("valid.ndjson/x", "`valid.ndjson/x` does not exist; did you mean `valid.ndjson`?"),
        ("zzz", "`zzz` does not exist"),
        ("no/such/folder", "`no/such/folder` does not exist"),
        ("*.parquet", "no data file matches `*.parquet`"),
        ("empty", "no file in `empty` ends in .jsonl, .ndjson, .json, .csv, .tsv or .parquet"),
    ):
        with pytest.raises(InputError) as raised:
            open_sources(given)
        assert str(raised.value) == words
        opened = open_sources([given, "train.jsonl"])
        assert (names(opened), opened.problems) == (["train.jsonl"], [words])


def test_a_dangling_link_and_a_locked_file_are_problems_and_the_rest_is_read(data: Path) -> None:
    os.symlink("nowhere", "b/gone.jsonl")
    opened = open_sources("b")
    assert names(opened) == ALL[:5]
    assert opened.problems == ["cannot read `b/gone.jsonl`: no such file or directory"]


def test_a_locked_folder_among_others_is_a_problem_and_the_rest_is_read(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("b/locked").mkdir()
    look = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)
    opened = open_sources("b")
    assert names(opened) == ALL[:5]
    assert opened.problems == ["cannot read `b/locked`: permission denied"]
    with pytest.raises(InputError, match=r"^cannot read `b/locked`: permission denied$"):
        open_sources("b/locked")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_locked_file_is_one_sentence(data: Path) -> None:
    Path("train.jsonl").chmod(0)
    with pytest.raises(InputError, match=r"^cannot read `train\.jsonl`: permission denied$"):
        open_sources("train.jsonl")


def test_names_that_are_not_utf_8_can_be_shown(data: Path) -> None:
    Path(os.fsdecode(b"caf\xe9.jsonl")).write_bytes(ROW)
    (name,) = names(open_sources("caf*.jsonl"))
    assert name == "caf\\xe9.jsonl"
    assert rows(open_sources("caf*.jsonl")) == [ROW[:-1]]


@pytest.mark.parametrize("name", [None, "x.jsonl"])
def test_standard_input_is_judged_by_its_content(name: str | None) -> None:
    for content in (ROW * 3, gzip.compress(ROW * 3), b"[" + b",".join([ROW] * 3) + b"]"):
        opened = open_sources("-", stdin=io.BytesIO(content), stdin_name=name)
        (source,) = opened.sources
        assert (source.name, source.counts, source.size) == ("<stdin>", "line", len(content))
        assert [raw.strip() for raw in rows(opened)] == [ROW.strip()] * 3
        assert source.sha256() == hashlib.sha256(content).hexdigest()
        source.close()


def test_the_name_of_standard_input_counts_where_content_does_not_tell() -> None:
    content = b"a,b\n1,2\n"
    assert open_sources("-", stdin=io.BytesIO(content), stdin_name="x.csv").sources[0].probe.container == "csv"
    assert open_sources("-", stdin=io.BytesIO(content)).sources[0].probe.container == "jsonl"
    array = io.BytesIO(b'[{"a": 1}]')
    assert open_sources("-", stdin=array, stdin_name="x.jsonl").sources[0].probe.misnamed


def test_standard_input_is_read_once_among_files(data: Path) -> None:
    opened = open_sources(["train.jsonl", "-", "-"], stdin=io.BytesIO(ROW))
    assert names(opened) == ["train.jsonl", "<stdin>"]
    assert rows(opened) == [ROW.strip()] * 2
    empty = open_sources("-", stdin=io.BytesIO(b"")).sources[0].probe.problem
    assert empty is not None
    assert empty.kind == "empty"


def test_real_standard_input() -> None:
    code = (
        "from ftprep.io.discover import open_sources; s = open_sources('-').sources[0];"
        "print([r for c in s.chunks() for r in c.rows()], s.path.exists()); p = s.path; del s; print(p.exists())"
    )
    done = subprocess.run([sys.executable, "-c", code], input=ROW, capture_output=True, check=True)
    assert done.stdout == f"[{ROW[:-1]!r}] True\nFalse\n".encode()


def test_pipes_are_copied_first(data: Path) -> None:
    os.mkfifo("pipe")
    writer = threading.Thread(target=lambda: Path("pipe").write_bytes(ROW * 2))
    writer.start()
    opened = open_sources("pipe")
    writer.join()
    assert names(opened) == ["pipe"]
    assert rows(opened) == rows(opened) == [ROW[:-1]] * 2


def test_no_temporary_file_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    opened = open_sources("-", stdin=io.BytesIO(ROW))
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    opened.sources[0].close()
    assert not list(tmp_path.iterdir())

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(InputError, match="cannot read `<stdin>`: input/output error"):
        open_sources("-", stdin=Broken())
    assert not list(tmp_path.iterdir())
