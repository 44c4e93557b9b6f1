"""Files of a configured dataset that were not given: read to compare splits with, and runs without paths."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import ftprep
from ftprep.cli.main import main
from ftprep.report import Report

CONFIG = '[datasets.parcels]\ntrain = "data/train*.jsonl"\nvalidation = "data/valid.jsonl"\ntest = "data/test.jsonl"\n'


def row(number: int, **more: Any) -> dict[str, Any]:
    return {"prompt": f"Where is parcel number {number} today?", "completion": f"In depot {number}.", **more}


def write(name: str, *rows: dict[str, Any]) -> None:
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))


def found(report: Report) -> list[tuple[str, str, int]]:
    return [(one.code, report.inputs[one.ref.file].name, one.ref.line) for one in report.findings]


@pytest.fixture(autouse=True)
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ftprep.toml").write_text(CONFIG)
    write("data/train_1.jsonl", *map(row, range(10)))
    write("data/train_2.jsonl", *map(row, range(20, 30)))
    write("data/valid.jsonl", row(3), row(50), row(24), row(50))
    write("data/test.jsonl", row(50), row(60))
    write("data/other.jsonl", row(3))


def test_what_concerns_the_given_file_is_told_and_nothing_else() -> None:
    train = ftprep.lint("data/train_1.jsonl", select=["LEK", "DUP", "JSN"])
    assert found(train) == [("LEK001", "data/valid.jsonl", 1)]
    assert [train.inputs[one.file].name for one in train.findings[0].related] == ["data/train_1.jsonl"]
    assert {one.name: one.beside for one in train.inputs} == {
        "data/train_1.jsonl": False,
        "data/train_2.jsonl": True,
        "data/valid.jsonl": True,
        "data/test.jsonl": True,
    }
    valid = ftprep.lint("data/valid.jsonl", select=["LEK"])
    assert found(valid) == [
        ("LEK001", "data/valid.jsonl", 1),
        ("LEK001", "data/valid.jsonl", 3),
        ("LEK001", "data/test.jsonl", 1),
    ]
    assert found(ftprep.lint("data/other.jsonl", select=["LEK"])) == []


def test_only_rules_about_splits_see_siblings() -> None:
    write("data/valid.jsonl", row(3), row(3), row(3), {"prompt": 7})
    Path("data/test.jsonl").write_bytes(b'{"prompt": "\xff')
    report = ftprep.lint("data/train_1.jsonl")
    assert {one.code for one in report.findings if report.inputs[one.ref.file].beside} == {"LEK001"}
    assert not report.problems
    alone = ftprep.lint("data/train_1.jsonl", ignore="LEK")
    assert [one.name for one in alone.inputs] == ["data/train_1.jsonl"]
    assert alone.record_count == 10


def test_the_same_is_found_with_every_file_given() -> None:
    together = ftprep.lint(["data/train_1.jsonl", "data/train_2.jsonl", "data/valid.jsonl", "data/test.jsonl"])
    apart = ftprep.lint("data/valid.jsonl", select=["LEK"])
    assert set(found(apart)) == {one for one in found(together) if one[0].startswith("LEK")}
    assert {one.message for one in apart.findings} <= {one.message for one in together.findings}


def test_a_row_of_a_sibling_may_hide_it() -> None:
    write("data/valid.jsonl", row(3, _ftprep={"ignore": ["LEK001"], "why": "asked in both"}), row(1))
    report = ftprep.lint("data/train_1.jsonl")
    assert ("LEK001", "data/valid.jsonl", 1) not in found(report)
    assert ("LEK001", "data/valid.jsonl", 2) in found(report)
    write("data/valid.jsonl", row(77, _ftprep={"ignore": ["LEK001"], "why": "asked in both"}))
    assert "FTP001" not in {one.code for one in ftprep.lint("data/train_1.jsonl").findings}


def test_things_in_two_splits() -> None:
    write("data/train_1.jsonl", *[row(n, customer_id=f"C-{n}") for n in range(10)])
    write("data/train_2.jsonl", *[row(n + 20, customer_id=f"C-{n + 20}") for n in range(10)])
    write("data/valid.jsonl", *[row(n + 50, customer_id=f"C-{n + 5}") for n in range(10)])
    for name in ("train_1", "valid"):
        assert found(ftprep.lint(f"data/{name}.jsonl", select=["LEK003"])) == [("LEK003", "data/valid.jsonl", 0)]
    assert found(ftprep.lint("data/train_2.jsonl", select=["LEK003"])) == []


def test_a_missing_or_broken_sibling_is_no_problem() -> None:
    Path("data/test.jsonl").unlink()
    report = ftprep.lint("data/train_1.jsonl", select=["LEK"])
    assert not report.problems
    assert found(report) == [("LEK001", "data/valid.jsonl", 1)]


def test_siblings_are_never_written() -> None:
    write("data/train_1.jsonl", {**row(3), "prompt": "Where is parcel number 3 today?\u200b"})
    before = Path("data/valid.jsonl").read_bytes()
    done = CliRunner().invoke(main, ["lint", "--fix", "--unsafe-fixes", "data/train_1.jsonl", "-o", "concise"])
    assert Path("data/valid.jsonl").read_bytes() == before
    assert "data/valid.jsonl:1:1: LEK001" in done.output


def test_the_hook_sees_it_and_says_what_it_read() -> None:
    done = CliRunner().invoke(main, ["lint", "--profile", "fast", "--force-exclude", "data/train_1.jsonl"])
    assert done.exit_code == 1
    assert "to compare with" in done.output
    document = json.loads(CliRunner().invoke(main, ["lint", "data/train_1.jsonl", "-o", "json"]).stdout)
    assert [one["beside"] for one in document["inputs"]] == [False, True, True, True]


def test_without_paths_the_datasets_are_linted(monkeypatch: pytest.MonkeyPatch) -> None:
    done = CliRunner().invoke(main, ["lint", "--show-files"])
    assert done.output.split() == [f"data/{name}.jsonl" for name in ("train_1", "train_2", "valid", "test")]
    Path("below").mkdir()
    monkeypatch.chdir("below")
    assert "valid.jsonl:1:1: LEK001" in CliRunner().invoke(main, ["lint", "-o", "concise"]).output
    Path("../ftprep.toml").write_text("")
    assert "no " in CliRunner().invoke(main, ["lint"]).output


def test_a_dataset_of_files_beside_the_configuration() -> None:
    Path("ftprep.toml").write_text('[datasets.parcels]\ntrain = "train*.jsonl"\ntest = "test.jsonl"\n')
    write("train_1.jsonl", *map(row, range(10)))
    write("test.jsonl", row(3))
    assert found(ftprep.lint("train_1.jsonl", select=["LEK"])) == [("LEK001", "test.jsonl", 1)]
    done = CliRunner().invoke(main, ["lint", "--select", "LEK", "-o", "concise"])
    assert done.exit_code == 1, done.output
    assert "test.jsonl:1" in done.output


def test_files_beside_the_configuration_are_found_from_a_folder_below(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("ftprep.toml").write_text('[datasets.parcels]\ntrain = "train*.jsonl"\ntest = "test.jsonl"\n')
    write("train_1.jsonl", *map(row, range(10)))
    write("test.jsonl", row(3))
    monkeypatch.chdir("data")
    done = CliRunner().invoke(main, ["lint", "--select", "LEK", "-o", "concise"])
    assert done.exit_code == 1, done.output
    assert "test.jsonl:1" in done.output
    (one,) = found(ftprep.lint("../train_1.jsonl", select=["LEK"]))
    assert (one[0], Path(one[1]).name) == ("LEK001", "test.jsonl")


def test_a_file_of_the_dataset_that_is_not_there_is_told() -> None:
    Path("data/test.jsonl").unlink()
    words = ["lint", "data/train_1.jsonl", "--select", "JSN"]
    done = CliRunner().invoke(main, words)
    said = "ftprep: `data/test.jsonl` of the same dataset is not there, so nothing is compared with it\n"
    assert (done.exit_code, said in done.output) == (0, True)
    assert said not in CliRunner().invoke(main, [*words, "-q"]).output
    assert said not in CliRunner().invoke(main, ["lint", "data/other.jsonl", "--select", "JSN"]).output
