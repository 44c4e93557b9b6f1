"""The command line: exit codes, and what goes to which stream."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command_line import EMPTY_TURN, FEW, cli, prepared_folder  # noqa: F401

from ftprep.cli.outputs import Output, check_writable, parse_outputs, write_file
from ftprep.errors import OutputError, UsageError
from ftprep.rules import all_rules

# --- exit codes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("clean.jsonl", 0),
        ("few.jsonl", 0),
        ("few.jsonl --fail-on warning", 1),
        ("few.jsonl --fail-on info", 1),
        ("bad.jsonl", 1),
        ("cut.jsonl", 1),
        ("empty.jsonl", 1),
        ("clean.jsonl bad.jsonl", 1),
        ("bad.jsonl --fail-on never", 0),
        ("bad.jsonl --exit-zero", 0),
        ("bad.jsonl --ignore CHT003", 0),
        ("bad.jsonl --per-file-ignores bad*:CHT003", 0),
        ("bad.jsonl --per-file-ignores good*:CHT003", 1),
        ("bad.jsonl --select JSN", 0),
        ("bad.jsonl -q", 1),
        ("bad.jsonl -v", 1),
        ("bad.jsonl --show-files", 0),
        ("missing.jsonl", 2),
        ("missing.jsonl --exit-zero", 2),
        ("missing.jsonl clean.jsonl", 2),
        ("missing.jsonl bad.jsonl --fail-on never", 2),
        ("nothing", 2),
        ("no*.jsonl", 2),
        ("clean.jsonl/inside", 2),
        (". --exclude *.jsonl", 2),
        ("bad.jsonl --exclude bad.jsonl", 1),
        ("bad.jsonl --exclude bad.jsonl --force-exclude", 0),
        ("clean.jsonl --select XYZ001", 2),
        ("clean.jsonl --profile quick", 2),
        ("clean.jsonl --format openai", 2),
        ("clean.jsonl --model unknown-model", 2),
        ("clean.jsonl --tokenizer missing.json", 2),
        ("clean.jsonl --max-tokens none", 2),
        ("clean.jsonl --max-tokens 0", 2),
        ("clean.jsonl --select TOK001", 2),  # named in full, and cannot run
        ("clean.jsonl --jobs many", 2),
        ("clean.jsonl --show few", 2),
        ("clean.jsonl --show -1", 2),
        ("clean.jsonl --color red", 2),
        ("clean.jsonl --width 3", 2),
        ("clean.jsonl -q -v", 2),
        ("clean.jsonl --selct CHT", 2),
        ("clean.jsonl --config missing.toml", 2),
        ("clean.jsonl --config 'modle=\"x\"'", 2),
        ("clean.jsonl -o yaml", 2),
        ("clean.jsonl -o json=missing/r.json", 2),
        ("bad.jsonl -o json=nothing", 2),
        ("bad.jsonl -o json=clean.jsonl clean.jsonl", 2),
        ("clean.jsonl -o json -o full", 2),
    ],
)
def test_exit_codes(arguments: str, code: int) -> None:
    result = cli("lint", *arguments.replace("'", "").split())
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    if code == 2:
        assert result.stderr.startswith("ftprep: ")
        assert result.stderr.count("\n") == 1, "one sentence"
    else:
        assert "internal error" not in result.stderr


def test_a_crashed_rule_is_exit_2(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(*_: object) -> Any:
        raise ValueError("text of the data")

    monkeypatch.setattr(all_rules()["CHT003"], "check", check)
    result = cli("lint", "bad.jsonl", "--exit-zero", "-v")
    assert result.exit_code == 2
    assert "FTP900" in result.stdout
    assert "CHT003" in result.stdout
    assert "text of the data" not in result.output


def test_a_bug_is_exit_2_and_shows_no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Any:
        raise RuntimeError("text of the data")

    monkeypatch.setattr("ftprep.api.run_lint", fail)
    result = cli("lint", "clean.jsonl")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("ftprep: internal error: RuntimeError at ")
    assert "text of the data" not in result.output


def test_an_unreadable_file_does_not_stop_the_others() -> None:
    result = cli("lint", "missing.jsonl", "bad.jsonl", "cleam.jsonl", "-o", "json")
    assert result.exit_code == 2
    report = json.loads(result.stdout)
    assert [one["path"] for one in report["inputs"]] == ["bad.jsonl"]
    assert [one["code"] for one in report["findings"]] == ["CHT003"]
    assert result.stderr.splitlines() == [
        "ftprep: `missing.jsonl` does not exist",
        "ftprep: `cleam.jsonl` does not exist; did you mean `clean.jsonl`?",
    ]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_exit_2() -> None:
    Path("bad.jsonl").chmod(0)
    assert cli("lint", "bad.jsonl").exit_code == 2


def test_a_file_that_goes_away_is_exit_2(monkeypatch: pytest.MonkeyPatch) -> None:
    from ftprep import api
    from ftprep.inputs import Input

    def open_and_remove(source: Any, forced: str | None = None) -> Input:
        opened = original(source, forced)
        if source.name == "bad.jsonl":
            Path("bad.jsonl").unlink()
        return opened

    original = api.open_input
    monkeypatch.setattr(api, "open_input", open_and_remove)
    result = cli("lint", "bad.jsonl", "cut.jsonl", "-o", "concise")
    assert result.exit_code == 2
    assert "JSN001" in result.stdout
    assert "bad.jsonl" in result.stderr


def test_everything_excluded_by_force_is_no_mistake() -> None:
    result = cli("lint", "bad.jsonl", "--exclude", "*.jsonl", "--force-exclude")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "ftprep: nothing to lint: 1 excluded\n"


# --- streams and outputs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["clean", "bad", "cut", "few", "empty"])
def test_standard_output_is_only_the_result(name: str) -> None:
    result = cli("lint", f"{name}.jsonl", "-o", "json")
    report = json.loads(result.stdout)
    assert report["verdict"]["exit_code"] == result.exit_code
    assert result.stderr == ""
    lines = cli("lint", f"{name}.jsonl", "--output", "jsonl").stdout.splitlines()
    assert all(isinstance(json.loads(line), dict) for line in lines)


def test_several_outputs_in_one_run(folder: Path) -> None:
    result = cli("lint", "bad.jsonl", "-o", "concise,json=r.json", "-o", f"full={folder}/r.txt")
    assert result.exit_code == 1
    assert result.stdout.startswith("bad.jsonl:61:")
    assert json.loads(Path("r.json").read_text())["verdict"]["exit_code"] == 1
    assert "error[CHT003]" in Path("r.txt").read_text()
    assert not [one for one in folder.iterdir() if one.name.startswith(".")], "no temporary file is left"


def test_only_files_leaves_standard_output_empty() -> None:
    result = cli("lint", "bad.jsonl", "-o", "json=r.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "ftprep: errors present (wrote r.json)\n"
    assert cli("lint", "bad.jsonl", "-q", "-o", "json=r.json").output == ""
    assert cli("lint", "clean.jsonl", "-o", "json=r.json").stderr == "ftprep: ok (wrote r.json)\n"


def test_files_have_no_colour_unless_asked() -> None:
    cli("lint", "bad.jsonl", "-o", "full=a.txt", env={"FORCE_COLOR": "1"})
    cli("lint", "bad.jsonl", "-o", "full=b.txt", "--color", "always")
    assert "\x1b[" not in Path("a.txt").read_text()
    assert "\x1b[" in Path("b.txt").read_text()


def test_outputs_are_parsed_with_lists_and_repetition() -> None:
    known = ("full", "json", "jsonl")
    assert parse_outputs([], known) == [Output("full")]
    assert parse_outputs(["json=-"], known) == [Output("json")]
    assert parse_outputs(["full,json=a=b.json", "jsonl=c"], known) == [
        Output("full"),
        Output("json", "a=b.json"),
        Output("jsonl", "c"),
    ]
    for texts, message in (
        (["jsno"], r"unknown output format `jsno`; did you mean `json`\?"),
        (["json="], "--output `json=` names no file"),
        (["json,full"], "only one output can go to standard output, not json and full: write `-o full=FILE`"),
        (["json=a", "full=./a"], "two outputs go to"),
    ):
        with pytest.raises(UsageError, match=message):
            parse_outputs(texts, known)


def test_an_output_is_replaced_whole_or_not_at_all(folder: Path) -> None:
    def broken() -> Any:
        yield "new"
        raise KeyboardInterrupt

    target = folder / "real.txt"
    target.write_text("old")
    target.chmod(0o640)
    link = folder / "link.txt"
    link.symlink_to(target)
    before = sorted(folder.iterdir())
    with pytest.raises(KeyboardInterrupt):
        write_file(str(link), broken())
    assert target.read_text() == "old"
    assert sorted(folder.iterdir()) == before
    write_file(str(link), ["é", "\udcff"])
    assert target.read_bytes() == "é\\udcff".encode()
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    write_file(os.devnull, ["x"])
    assert not Path(os.devnull).is_file()


def test_outputs_that_cannot_be_written_are_refused_before_the_run() -> None:
    with pytest.raises(OutputError, match="there is no folder"):
        check_writable([Output("json", "no/r.json")], [])
    with pytest.raises(OutputError, match="it is a folder"):
        check_writable([Output("json", "nothing")], [])
    with pytest.raises(UsageError, match="is an input"):
        check_writable([Output("json", "./clean.jsonl")], ["clean.jsonl"])
    check_writable([Output("json", "r.json"), Output("full")], ["clean.jsonl"])


def test_an_output_that_fails_late_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(path: str, chunks: Any) -> None:
        raise OutputError(f"`{path}` cannot be written: no space left on device")

    monkeypatch.setattr("ftprep.cli.outputs.write_file", full_disk)
    result = cli("lint", "clean.jsonl", "-o", "json=r.json", "-o", "concise,summary=s.txt")
    assert result.exit_code == 2
    assert result.stderr.count("no space left on device") == 2


def test_standard_input() -> None:
    result = cli("lint", "-", "-o", "concise", input=EMPTY_TURN)
    assert result.exit_code == 1
    assert result.stdout.startswith("<stdin>:61:")
    assert cli("lint", "-", "--stdin-filename", "rows.csv", input="prompt,completion\na,b\n").exit_code == 0


def test_the_configuration_of_standard_input_is_that_of_its_name() -> None:
    Path("nothing/ftprep.toml").write_text('ignore = ["CHT003"]')
    assert cli("lint", "-", input=EMPTY_TURN).exit_code == 1
    assert cli("lint", "-", "--stdin-filename", "nothing/x.jsonl", input=EMPTY_TURN).exit_code == 0


def test_show_files() -> None:
    Path("nothing/ftprep.toml").write_text("")
    Path("nothing/old").mkdir()
    Path("nothing/old/a.jsonl").write_text(FEW)
    Path("nothing/b.jsonl").write_text(FEW)
    assert cli("lint", "nothing", "--show-files").stdout == "nothing/b.jsonl\nnothing/old/a.jsonl\n"
    Path("nothing/ftprep.toml").write_text('exclude = ["old"]')
    assert cli("lint", "nothing", "--show-files").stdout == "nothing/b.jsonl\n"
    assert cli("lint", "nothing", "--show-files", "--exclude", "b*,x").exit_code == 2
    result = cli("lint", ".", "--show-files")
    assert "run them apart" in result.stderr
    Path("ftprep.toml").write_text('exclude = ["nothing/*"]')
    assert "nothing" not in cli("lint", ".", "--show-files").stdout


def test_files_below_a_folder_may_share_a_configuration_of_their_own() -> None:
    Path("all/data").mkdir(parents=True)
    Path("all/data/bad.jsonl").write_text(EMPTY_TURN)
    Path("all/data/ftprep.toml").write_text('ignore = ["CHT003"]')
    assert cli("lint", "all").exit_code == 0
    assert cli("lint", "all", "--isolated").exit_code == 1


def test_verbose_says_where_settings_came_from() -> None:
    Path("ftprep.toml").write_text('fail-on = "never"')
    result = cli("lint", "bad.jsonl", "-v", "--select", "JSN,CHT", env={"FTPREP_PROFILE": "fast"})
    assert "ftprep: fail-on = never (ftprep.toml)\n" in result.stderr
    assert "ftprep: profile = fast (environment FTPREP_PROFILE)\n" in result.stderr
    assert "ftprep: select = JSN, CHT (command line)\n" in result.stderr
    assert "max-tokens" not in result.stderr


@pytest.mark.parametrize(
    ("name", "value", "check"),
    [
        ("SELECT", "JSN, SCH", lambda result: result.exit_code == 0),
        ("IGNORE", "CHT003", lambda result: result.exit_code == 0),
        ("FAIL_ON", "never", lambda result: result.exit_code == 0),
        ("EXIT_ZERO", "1", lambda result: result.exit_code == 0),
        ("OUTPUT", "json", lambda result: json.loads(result.stdout)),
        ("OUTPUT", "concise,json=a b.json", lambda result: Path("a b.json").exists()),
        ("SHOW_FILES", "true", lambda result: result.stdout == "bad.jsonl\n"),
        ("CONFIG", "ignore = ['CHT003']", lambda result: result.exit_code == 0),
        ("COLOR", "always", lambda result: "\x1b[" in result.stdout),
        ("SHOW", "none", lambda result: result.exit_code == 2),
        ("WIDTH", "x", lambda result: result.exit_code == 2),
        ("QUIET", "1", lambda result: "failed" not in result.stdout),
    ],
)
def test_every_option_stands_in_the_environment(name: str, value: str, check: Callable[[Result], Any]) -> None:
    assert check(cli("lint", "bad.jsonl", env={f"FTPREP_{name}": value}))
