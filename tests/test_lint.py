"""The Python verb ``ftprep.lint``."""

from __future__ import annotations

import gc
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ftprep
from ftprep.testing import assert_clean


def chat(question: str, answer: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


ROWS = [chat("Oar or sail?", "Sail."), chat("Rope or chain?", "")]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return tmp_path


def places(report: ftprep.Report) -> list[tuple[str, int]]:
    return [(one.code, one.ref.line) for one in report.findings]


def inputs() -> dict[str, Any]:
    import pandas

    return {
        "path": Path("rows.jsonl"),
        "text": "rows.jsonl",
        "glob": "*.jsonl",
        "folder": ".",
        "paths": [Path("rows.jsonl")],
        "rows": ROWS,
        "iterator": iter(ROWS),
        "generator": (row for row in ROWS),
        "DataFrame": pandas.DataFrame(ROWS),
        "open file": io.BytesIO(Path("rows.jsonl").read_bytes()),
    }


KINDS = ("path", "text", "glob", "folder", "paths", "rows", "iterator", "generator", "DataFrame", "open file")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_data(kind: str) -> None:
    data = inputs()
    assert set(data) == set(KINDS)
    report = ftprep.lint(data[kind], select="CHT")
    assert places(report) == [("CHT003", 2)]
    assert report.records("CHT003") == [ROWS[1]]


def test_a_hugging_face_dataset() -> None:
    datasets = pytest.importorskip("datasets")
    report = ftprep.lint(datasets.Dataset.from_list(ROWS), select="CHT")
    assert places(report) == [("CHT003", 2)]


@pytest.mark.parametrize("select", ["CHT,JSN", ["CHT", "JSN"], ("CHT,JSN",), {"CHT", "JSN"}, "empty-turn"])
def test_selectors_are_a_string_or_a_list(select: Any) -> None:
    assert places(ftprep.lint(ROWS, select=select)) == [("CHT003", 2)]


def test_every_argument_is_the_option_of_that_name() -> None:
    report = ftprep.lint(
        "rows.jsonl",
        select=["ALL"],
        extend_select="CHT003",
        ignore=["BAL"],
        per_file_ignores={"*.jsonl": "DUP"},
        severity={"CHT003": "info", "SCH": ftprep.Severity.WARNING},
        profile="thorough",
        format="openai-chat",
        model="gpt-4.1-mini",
        max_tokens=9,
        fail_on=ftprep.Severity.WARNING,
        rules={"answer-cut-away": {"keep": "end"}},
        exclude=["old/*"],
        config=["ignore = ['TOK003']"],
    )
    settings = report.settings
    assert (settings.profile, settings.format, settings.model, settings.max_tokens) == (
        "thorough",
        "openai-chat",
        "gpt-4.1-mini",
        9,
    )
    assert settings.rule_options == {"answer-cut-away": {"keep": "end"}}
    assert report.fail_on is ftprep.Severity.WARNING
    assert {"BAL004", "TOK003"}.isdisjoint(report.rules)
    assert [one.severity for one in report.of("CHT003")] == [ftprep.Severity.INFO]
    assert ftprep.lint("rows.jsonl", fail_on="never").verdict.ok


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"select": "XYZ"}, "^select=: unknown rule `XYZ`"),
        ({"per_file_ignores": {"a": "XYZ"}}, "^per_file_ignores=: unknown rule `XYZ`"),
        ({"profile": "fats"}, r"^lint\(\): `profile` is `fats`; did you mean `fast`\?$"),
        ({"max_tokens": "9"}, r"^lint\(\): `max-tokens` is a string; a whole number is due$"),
        ({"max_tokens": True}, r"^lint\(\): `max-tokens` is true; a whole number is due$"),
        ({"select": 5}, r"^lint\(\): `select` is a whole number; a list is due$"),
        ({"jobs": 0}, r"^lint\(\): `jobs` is `0`; a positive whole number or `auto` is due$"),
        ({"rules": {"empty-trun": {}}}, r"^rules=: no rule is named `empty-trun`; did you mean `empty-turn`\?$"),
        ({"tokenizer": "no.json"}, "^tokenizer=: there is no file `no.json`"),
        ({"config": "no.toml"}, "^config=: there is no file `no.toml`"),
    ],
)
def test_a_wrong_argument_is_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ftprep.UsageError, match=message):
        ftprep.lint(ROWS, **arguments)


def test_wrong_data() -> None:
    for data in ("missing.jsonl", "no*.jsonl", "a\0b", []):
        if data == []:
            assert ftprep.lint(data, select="CHT").record_count == 0
            continue
        with pytest.raises(ftprep.InputError):
            ftprep.lint(data)
    for wrong in (5, None, {"messages": []}):
        with pytest.raises(ftprep.UsageError):
            ftprep.lint(wrong)
    report = ftprep.lint(["rows.jsonl", "nowhere/x"], fail_on="never")
    assert report.problems == ("`nowhere/x` does not exist",)
    assert (report.verdict.ok, report.verdict.exit_code) == (False, 2)
    with pytest.raises(ftprep.LintFailed, match="does not exist"):
        report.raise_if_failed()


def test_configuration_is_found_beside_paths_only() -> None:
    Path("ftprep.toml").write_text('ignore = ["CHT003"]\njobs = 2')
    assert places(ftprep.lint("rows.jsonl", select="CHT")) == []
    assert places(ftprep.lint("rows.jsonl", select="CHT", isolated=True)) == [("CHT003", 2)]
    assert places(ftprep.lint(ROWS, select="CHT")) == [("CHT003", 2)]
    assert places(ftprep.lint(ROWS, select="CHT", config="ftprep.toml")) == []


def test_the_environment_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTPREP_SELECT", "JSN")
    assert ("CHT003", 2) in places(ftprep.lint("rows.jsonl"))


def test_it_never_prints(capfd: pytest.CaptureFixture[str]) -> None:
    ftprep.lint(["rows.jsonl", "missing.jsonl"], progress=True)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_as_before(enabled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    was = gc.isenabled()
    try:
        gc.enable() if enabled else gc.disable()
        ftprep.lint(ROWS)
        assert gc.isenabled() is enabled
        monkeypatch.setattr("ftprep.shard.Shard.__init__", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ftprep.lint(ROWS)
        assert gc.isenabled() is enabled
    finally:
        gc.enable() if was else gc.disable()


def test_temporary_files_live_as_long_as_the_report(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = folder / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    report = ftprep.lint(iter(ROWS), select="CHT")
    assert len(list(scratch.iterdir())) == 1
    assert report.records("CHT003") == [ROWS[1]]
    del report
    gc.collect()
    assert list(scratch.iterdir()) == []


def test_temporary_files_go_away_when_the_run_fails(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = folder / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    monkeypatch.setattr("ftprep.shard.Shard.__init__", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ftprep.lint(iter(ROWS))
    assert list(scratch.iterdir()) == []

    def rows() -> Iterator[Any]:
        yield ROWS[0]
        raise RuntimeError("the caller's own")

    with pytest.raises(RuntimeError, match="the caller's own"):
        ftprep.lint(rows())
    gc.collect()
    assert list(scratch.iterdir()) == []


def test_assert_clean() -> None:
    assert_clean(ROWS[:1])
    assert_clean(ROWS, select="JSN,SCH")
    with pytest.raises(AssertionError, match=r"errors present\n(.|\n)*CHT003"):
        assert_clean(ROWS, select="CHT")
    with pytest.raises(AssertionError, match="warnings present"):
        assert_clean(ROWS[:1], select="BAL004", fail_on="warning")


def test_blank_lines_are_no_records(tmp_path: Path) -> None:
    row = b'{"prompt": "What is 2 + 2?", "completion": "4"}\n'
    path = tmp_path / "rows.jsonl"
    path.write_bytes(row + b"\n" + row.replace(b"2?", b"3?") + b"\n\n")
    report = ftprep.lint(path, select=["JSN005"], max_findings={"JSN005": "0%"})
    (entry,) = report.summary()
    assert (report.record_count, report.flagged, entry.records, entry.lines, entry.share) == (2, 0, 0, 3, 0.0)
    assert report.verdict.ok
