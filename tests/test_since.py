"""``--since REF``: only rows that a git revision does not have."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from command_line import cli

import ftprep
from ftprep.errors import UsageError

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def chat(question: str, answer: str = "") -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def text_of(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


OLD = [chat("One?"), chat("Two?", "Yes."), chat("Three?")]


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    git("init", "--initial-branch", "main")
    Path("data").mkdir()
    Path("data/rows.jsonl").write_text(text_of(OLD))
    git("add", ".")
    git("commit", "-m", "Add rows")
    return tmp_path


def found(*paths: str, since: str = "HEAD", select: str = "CHT003,DUP001,BAL004") -> list[tuple[str, int]]:
    report = ftprep.lint(list(paths) or "data", select=select, isolated=True, since=since)
    return [(one.code, one.ref.line) for one in report.findings]


def test_nothing_is_found_where_nothing_changed() -> None:
    assert found() == []
    result = cli("lint", "data", "--since", "main", "--select", "CHT003")
    assert result.exit_code == 0
    assert "2 findings hidden (unchanged)" in result.stdout
    assert cli("lint", "data", "--since", "main", "--no-baseline", "--fail-on", "error").exit_code == 0


def test_only_new_rows_count_wherever_they_stand() -> None:
    rows = [chat("Zero?"), *reversed(OLD), chat("Four?", "No."), chat("Five?")]
    Path("data/rows.jsonl").write_text(text_of(rows))
    assert found() == [("BAL004", 0), ("CHT003", 1), ("CHT003", 6)]
    git("commit", "-am", "More")
    assert found() == []
    assert len(found(since="HEAD~1")) == 3


def test_an_old_row_with_a_new_partner_is_shown() -> None:
    question = "Which harbour keeper has lit the lamp on the north pier since spring?"
    Path("data/train.jsonl").write_text(text_of([chat("Which tide brings the herring into the bay?", "The second.")]))
    Path("data/test.jsonl").write_text(text_of([chat(question, "Ola.")]))
    Path("data/moods.jsonl").write_text(text_of([chat("Is the ferry late today?", "Yes"), *OLD]))
    git("add", ".")
    git("commit", "-m", "Split")
    assert found(select="LEK001,CON002") == []
    with Path("data/train.jsonl").open("a") as file:
        file.write(text_of([chat(question, "It is Ola.")]))
    report = ftprep.lint("data", select="LEK001,CON002", isolated=True, since="HEAD")
    assert [(one.code, one.ref.line, one.related[0].line) for one in report.findings] == [("LEK001", 1, 2)]
    git("commit", "-am", "Leak")
    assert found(select="LEK001,CON002") == []
    Path("data/moods.jsonl").write_text(
        text_of([chat("Is the ferry late today?", "Yes"), *OLD]) + text_of([chat("Is the ferry late today?", "No")])
    )
    assert found(select="LEK001,CON002") == [("CON002", 1)]


def test_another_copy_of_an_old_row_is_new() -> None:
    Path("data/rows.jsonl").write_text(text_of([*OLD, OLD[1], OLD[0]]))
    assert found(select="DUP001,CHT003") == [("DUP001", 4), ("CHT003", 5), ("DUP001", 5)]


def test_a_row_written_in_another_way_is_old_and_an_edited_one_new() -> None:
    Path("data/rows.jsonl").write_text(text_of(OLD).replace(": ", " :  "))
    assert found(select="CHT003") == []
    Path("data/rows.jsonl").write_text(text_of(OLD).replace("One?", "One!"))
    assert found(select="CHT003") == [("CHT003", 1)]


def test_a_file_that_the_revision_does_not_have_is_new() -> None:
    Path("data/more.jsonl").write_text(text_of(OLD))
    assert found("data/more.jsonl", select="CHT003") == [("CHT003", 1), ("CHT003", 3)]
    assert found("data/rows.jsonl", select="CHT003") == []


def test_packed_files_and_arrays() -> None:
    Path("data/rows.jsonl.gz").write_bytes(gzip.compress(text_of(OLD).encode()))
    Path("data/rows.json").write_text(json.dumps(OLD))
    git("add", ".")
    git("commit", "-m", "More kinds")
    rows = [*OLD, chat("New?")]
    Path("data/rows.jsonl.gz").write_bytes(gzip.compress(text_of(rows).encode()))
    Path("data/rows.json").write_text(json.dumps(rows, indent=1))
    assert len(found("data/rows.jsonl.gz", select="CHT003")) == 1
    assert len(found("data/rows.json", select="CHT003")) == 1


@pytest.mark.parametrize("revision", ["nowhere", "--upload-pack=x", "", "HEAD~9", "-"])
def test_an_unknown_revision_is_exit_2(revision: str) -> None:
    with pytest.raises(UsageError, match="there is no git revision"):
        found(since=revision)
    if revision:
        result = cli("lint", "data", f"--since={revision}")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.count("\n") == 1


def test_what_is_not_in_git_is_exit_2(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "is none" in cli("lint", "-", "--since", "HEAD", input=text_of(OLD)).stderr
    with pytest.raises(UsageError, match="`<list>` is none"):
        ftprep.lint(OLD, since="HEAD")
    outside = tmp_path_factory.mktemp("outside")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(outside.parent))
    (outside / "rows.jsonl").write_text(text_of(OLD))
    with pytest.raises(UsageError, match="is in no git repository"):
        found(str(outside / "rows.jsonl"))


def test_a_pointer_to_large_file_storage_tells_nothing() -> None:
    Path("data/rows.jsonl").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n")
    git("commit", "-am", "Store elsewhere")
    Path("data/rows.jsonl").write_text(text_of(OLD))
    with pytest.raises(UsageError, match="Git LFS"):
        found()


def test_without_git_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "needs the program git" in cli("lint", "data", "--since", "HEAD").stderr


def test_it_goes_with_a_baseline_but_not_with_writing_one() -> None:
    cli("baseline", "write", "data")
    Path("data/rows.jsonl").write_text(text_of([*OLD, chat("Five?")]))
    report = ftprep.lint("data", select="CHT003", since="HEAD")
    assert ([one.ref.line for one in report.findings], dict(report.hidden)) == ([4], {"baseline": 2, "unchanged": 0})
    assert "exclude each other" in cli("lint", "data", "--since", "HEAD", "--write-baseline").stderr
