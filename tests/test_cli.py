"""The command line: exit codes, streams, outputs, and what it says about mistakes."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import ftprep
from ftprep.cli import terminal
from ftprep.cli.main import COMMANDS, main
from ftprep.cli.outputs import Output, OutputError, check_writable, parse_outputs, write_file
from ftprep.errors import UsageError
from ftprep.rules import all_rules

Cli = Callable[..., Result]


def chat(question: str, answer: str) -> str:
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return json.dumps({"messages": turns}) + "\n"


CLEAN = "".join(chat(f"What is {number} plus one?", f"That is {number + 1}.") for number in range(60))
EMPTY_TURN = CLEAN + chat("Anything else?", "")
CUT = CLEAN + '{"messages": [\n'
FEW = chat("Oar or sail?", "Sail.")  # one warning: too few rows


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own with some files, and an environment that says nothing."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("FTPREP_")]:
        monkeypatch.delenv(name)
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "CI", "PRE_COMMIT"):
        monkeypatch.delenv(name, raising=False)
    for name, text in {"clean": CLEAN, "bad": EMPTY_TURN, "cut": CUT, "few": FEW, "empty": ""}.items():
        Path(f"{name}.jsonl").write_text(text)
    Path("nothing").mkdir()
    return tmp_path


@pytest.fixture
def cli() -> Cli:
    def cli(*arguments: str, **options: Any) -> Result:
        return CliRunner().invoke(main, arguments, **options)

    return cli


def in_process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "ftprep", *arguments], capture_output=True, **options)


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
def test_exit_codes(cli: Cli, arguments: str, code: int) -> None:
    result = cli("lint", *arguments.replace("'", "").split())
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    if code == 2:
        assert result.stderr.startswith("ftprep: ")
        assert result.stderr.count("\n") == 1, "one sentence"
    else:
        assert "internal error" not in result.stderr


def test_a_crashed_rule_is_exit_2(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(*_: object) -> Any:
        raise ValueError("text of the data")

    monkeypatch.setattr(all_rules()["CHT003"], "check", check)
    result = cli("lint", "bad.jsonl", "--exit-zero", "-v")
    assert result.exit_code == 2
    assert "FTP900" in result.stdout
    assert "CHT003" in result.stdout
    assert "text of the data" not in result.output


def test_a_bug_is_exit_2_and_shows_no_data(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Any:
        raise RuntimeError("text of the data")

    monkeypatch.setattr("ftprep.api.run_lint", fail)
    result = cli("lint", "clean.jsonl")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("ftprep: internal error: RuntimeError at ")
    assert "text of the data" not in result.output


def test_an_unreadable_file_does_not_stop_the_others(cli: Cli) -> None:
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
def test_a_file_without_permission_is_exit_2(cli: Cli) -> None:
    Path("bad.jsonl").chmod(0)
    assert cli("lint", "bad.jsonl").exit_code == 2


def test_a_file_that_goes_away_is_exit_2(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_everything_excluded_by_force_is_no_mistake(cli: Cli) -> None:
    result = cli("lint", "bad.jsonl", "--exclude", "*.jsonl", "--force-exclude")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "ftprep: nothing to lint: 1 excluded\n"


# --- streams and outputs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["clean", "bad", "cut", "few", "empty"])
def test_standard_output_is_only_the_result(cli: Cli, name: str) -> None:
    result = cli("lint", f"{name}.jsonl", "-o", "json")
    report = json.loads(result.stdout)
    assert report["verdict"]["exit_code"] == result.exit_code
    assert result.stderr == ""
    lines = cli("lint", f"{name}.jsonl", "--output", "jsonl").stdout.splitlines()
    assert all(isinstance(json.loads(line), dict) for line in lines)


def test_several_outputs_in_one_run(cli: Cli, folder: Path) -> None:
    result = cli("lint", "bad.jsonl", "-o", "concise,json=r.json", "-o", f"full={folder}/r.txt")
    assert result.exit_code == 1
    assert result.stdout.startswith("bad.jsonl:61:")
    assert json.loads(Path("r.json").read_text())["verdict"]["exit_code"] == 1
    assert "error[CHT003]" in Path("r.txt").read_text()
    assert not [one for one in folder.iterdir() if one.name.startswith(".")], "no temporary file is left"


def test_only_files_leaves_standard_output_empty(cli: Cli) -> None:
    result = cli("lint", "bad.jsonl", "-o", "json=r.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "ftprep: errors present (wrote r.json)\n"
    assert cli("lint", "bad.jsonl", "-q", "-o", "json=r.json").output == ""
    assert cli("lint", "clean.jsonl", "-o", "json=r.json").stderr == "ftprep: ok (wrote r.json)\n"


def test_files_have_no_colour_unless_asked(cli: Cli) -> None:
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


def test_an_output_that_fails_late_leaves_the_others(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(path: str, chunks: Any) -> None:
        raise OutputError(f"`{path}` cannot be written: no space left on device")

    monkeypatch.setattr("ftprep.cli.outputs.write_file", full_disk)
    result = cli("lint", "clean.jsonl", "-o", "json=r.json", "-o", "concise,summary=s.txt")
    assert result.exit_code == 2
    assert result.stderr.count("no space left on device") == 2


def test_standard_input(cli: Cli) -> None:
    result = cli("lint", "-", "-o", "concise", input=EMPTY_TURN)
    assert result.exit_code == 1
    assert result.stdout.startswith("<stdin>:61:")
    assert cli("lint", "-", "--stdin-filename", "rows.csv", input="prompt,completion\na,b\n").exit_code == 0


def test_the_configuration_of_standard_input_is_that_of_its_name(cli: Cli) -> None:
    Path("nothing/ftprep.toml").write_text('ignore = ["CHT003"]')
    assert cli("lint", "-", input=EMPTY_TURN).exit_code == 1
    assert cli("lint", "-", "--stdin-filename", "nothing/x.jsonl", input=EMPTY_TURN).exit_code == 0


def test_show_files(cli: Cli) -> None:
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


def test_files_below_a_folder_may_share_a_configuration_of_their_own(cli: Cli) -> None:
    Path("all/data").mkdir(parents=True)
    Path("all/data/bad.jsonl").write_text(EMPTY_TURN)
    Path("all/data/ftprep.toml").write_text('ignore = ["CHT003"]')
    assert cli("lint", "all").exit_code == 0
    assert cli("lint", "all", "--isolated").exit_code == 1


def test_verbose_says_where_settings_came_from(cli: Cli) -> None:
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
def test_every_option_stands_in_the_environment(
    cli: Cli, name: str, value: str, check: Callable[[Result], Any]
) -> None:
    assert check(cli("lint", "bad.jsonl", env={f"FTPREP_{name}": value}))


# --- hostile surroundings -----------------------------------------------------------------------------------------


def test_output_is_utf_8_where_the_locale_is_not(folder: Path) -> None:
    Path("é\u202e\x1b[31m.jsonl").write_text(chat("ü", ""))
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    for output in ("full", "concise", "json"):
        done = in_process("lint", ".", "--select", "CHT003", "-o", output, env=environment)
        assert done.returncode == 1, done.stderr
        text = done.stdout.decode("utf-8")
        assert "é" in text
        assert "\x1b" not in text
    wrong = in_process("lint", "\x1b[31mé.jsonl", env=environment)
    assert wrong.returncode == 2
    assert "`\\u001b[31mé.jsonl`".encode() in wrong.stderr


def test_a_reader_that_goes_away_ends_it_quietly(folder: Path) -> None:
    Path("many.jsonl").write_text("{\n" * 20_000)
    command = [sys.executable, "-m", "ftprep", "lint", "many.jsonl", "-o", "concise"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_is_130_and_leaves_nothing(folder: Path) -> None:
    before = sorted(folder.iterdir())
    scratch = folder.parent / f"{folder.name}-scratch"
    scratch.mkdir()
    command = [sys.executable, "-m", "ftprep", "lint", "-", "-o", "json=r.json"]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        deadline = time.monotonic() + 30
        while not list(scratch.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.02)  # until it has made the temporary file for its input, and waits
        process.send_signal(signal.SIGINT)
        out, error = process.communicate()
    assert process.returncode == 130
    assert out == b""
    assert b"Traceback" not in error
    assert sorted(folder.iterdir()) == before
    assert list(scratch.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("seconds", [0.5, 1.2])
def test_ctrl_c_ends_a_pool_without_a_word(folder: Path, seconds: float) -> None:
    Path("large.jsonl").write_text(CLEAN * 5_000)
    command = [sys.executable, "-m", "ftprep", "lint", "large.jsonl", "--jobs", "2", "-o", "json=r.json"]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "start_new_session": True}
    with subprocess.Popen(command, **options) as process:  # type: ignore[call-overload]
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process of the group
        out, error = process.communicate()
    assert process.returncode == 130
    assert (out, error.strip()) == (b"", b"")
    assert not Path("r.json").exists()


@given(st.text(st.characters(exclude_characters="/"), max_size=30))
def test_any_path_is_linted_or_named_in_one_sentence(name: str) -> None:
    result = CliRunner().invoke(main, ["lint", "--isolated", "--", name])
    assert result.exit_code in (0, 1, 2)
    assert "internal error" not in result.stderr
    if result.exit_code == 2:
        assert result.stderr.count("\n") == 1
        assert result.stderr.startswith("ftprep: ")


# --- colour, width, progress --------------------------------------------------------------------------------------


class Screen(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("option", "environment", "screen", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": ""}, False, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1", "TERM": "dumb"}, False, True),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_the_order_of_colour(option: str, environment: dict[str, str], screen: bool, wanted: bool) -> None:
    stream = Screen() if screen else io.StringIO()
    assert terminal.wants_color(stream, option, environment) is wanted


def test_progress_appears_late_and_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(terminal, "PROGRESS_AFTER", 0.0)
    monkeypatch.setattr(sys, "stderr", Screen())
    with terminal.Progress(1000) as progress:
        progress(10, 500)
        assert "linting   50 %  10 rows" in sys.stderr.getvalue()  # type: ignore[attr-defined]
    assert sys.stderr.getvalue().endswith("\r\x1b[K")  # type: ignore[attr-defined]
    monkeypatch.setattr(terminal, "PROGRESS_AFTER", 60.0)
    monkeypatch.setattr(sys, "stderr", Screen())
    with terminal.Progress(1000) as progress:
        progress(10, 500)
    assert sys.stderr.getvalue() == ""  # type: ignore[attr-defined]


@pytest.mark.parametrize("variable", ["CI", "PRE_COMMIT"])
def test_progress_is_off(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Screen())
    assert terminal.Progress().enabled
    assert not terminal.Progress(enabled=False).enabled
    monkeypatch.setenv(variable, "1")
    assert not terminal.Progress().enabled
    monkeypatch.delenv(variable)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert not terminal.Progress().enabled


def test_what_progress_says() -> None:
    assert terminal.progress_line(61_204, 612, 1000, 5.5) == "linting   61 %  61,204 rows  11k/s  about 3 s"
    assert terminal.progress_line(50, 612, 0, 2.0) == "linting  50 rows  25/s"


# --- the other commands -------------------------------------------------------------------------------------------


def test_bare_ftprep_welcomes(cli: Cli) -> None:
    result = cli()
    assert result.exit_code == 0
    commands = [line.split()[1] for line in result.stdout.splitlines() if line.startswith("  ftprep ")]
    assert commands == ["demo", "lint", "rule", "formats"]


def test_version(cli: Cli) -> None:
    assert cli("--version").stdout == f"ftprep {ftprep.__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_starts_like_the_list_says(cli: Cli, name: str) -> None:
    assert COMMANDS[name] in cli("--help").stdout
    result = cli(name, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: main {name} ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lnt"], "ftprep: no such command `lnt`; did you mean `lint`?\n"),
        (["xyzzy"], "ftprep: no such command `xyzzy`; known: lint, rule, formats, schema, config, demo\n"),
        (["lint", "--selct", "CHT"], "ftprep: no such option `--selct`; did you mean `--select`?\n"),
        (["rule", "CHT03"], "ftprep: unknown rule `CHT03`; did you mean `CHT003`? (`ftprep rule` lists them)\n"),
        (["rule", "empty-trun"], "ftprep: unknown rule `empty-trun`; did you mean `empty-turn`? "),
        (["formats", "openai-chatt"], "ftprep: `openai-chatt` is neither a format nor a file; did you mean `openai-"),
        (["schema", "confg"], "ftprep: there is no schema `confg`; did you mean `config`?\n"),
        (["config", "modle"], "ftprep: no setting is named `modle`; did you mean `model`? "),
        (["config", "rules.empty-trun"], "ftprep: unknown rule `empty-trun`; did you mean `empty-turn`? "),
    ],
)
def test_a_mistake_is_answered_with_the_nearest_word(cli: Cli, arguments: list[str], message: str) -> None:
    result = cli(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1


def test_aliases(cli: Cli) -> None:
    assert cli("check", "bad.jsonl", "-o", "concise").stdout == cli("lint", "bad.jsonl", "-o", "concise").stdout
    assert cli("explain", "CHT003").stdout == cli("rule", "CHT003").stdout


@pytest.mark.parametrize("code", all_rules())
def test_every_rule_is_explained(cli: Cli, code: str) -> None:
    rule = all_rules()[code]
    text = cli("rule", code.lower()).stdout
    assert text.startswith(f"{code} {rule.name}   {rule.severity.label}")
    assert cli("rule", rule.name).stdout == text
    for heading in ("What it does", "Why is this bad?", "How to settle it"):
        assert f"\n{heading}\n" in text
    assert all(f"  {name.replace('_', '-')} = " in text for name in rule.options)
    assert text.isprintable() or "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 100
    document = json.loads(cli("rule", code, "--output", "json").stdout)
    assert (document["code"], len(document["examples"])) == (code, len(rule.examples))
    assert cli("rule", code, "--output", "markdown").stdout.startswith(f"# {code} {rule.name}\n")


def test_rules_are_listed(cli: Cli) -> None:
    lines = [line for line in cli("rule").stdout.splitlines() if line]
    assert [line.split()[0] for line in lines] == list(all_rules())
    family = [line.split()[0] for line in cli("rule", "cht").stdout.splitlines()]
    assert family == [code for code in all_rules() if code.startswith("CHT")]
    assert [one["code"] for one in json.loads(cli("rule", "--output", "json").stdout)] == list(all_rules())
    assert cli("rule", "--output", "markdown").stdout.count("\n") == len(all_rules()) + 2


def test_formats(cli: Cli) -> None:
    from ftprep.formats.format import all_formats

    assert [line.split()[0] for line in cli("formats").stdout.splitlines()] == list(all_formats())
    for name, one in all_formats().items():
        text = cli("formats", name).stdout
        assert text.startswith(f"{name}   {one.title}   {one.method}\n")
        row = next(line for line in text.splitlines() if line.startswith("example"))
        assert json.loads(row.removeprefix("example")) == json.loads(json.dumps(dict(one.example)))
    found = cli("formats", "clean.jsonl").stdout
    assert found.startswith("clean.jsonl  openai-chat  confidence 0.")
    assert "because" in found
    Path("odd.jsonl").write_text('{"wharf": 1}\n')
    unknown = cli("formats", "odd.jsonl").stdout
    assert unknown.startswith("odd.jsonl  unknown format\n  keys     ")
    assert "wharf" in unknown
    assert cli("formats", "nothing").exit_code == 2


def test_schemas_are_printed(cli: Cli) -> None:
    names = cli("schema").stdout.split()
    assert {"config", "report", "rules", "openai-chat"} <= set(names)
    for name in names:
        assert json.loads(cli("schema", name).stdout)


def test_config_shows_values_and_origins(cli: Cli) -> None:
    Path("ftprep.toml").write_text('profile = "fast"\n[severity]\nSCH = "info"\n[rules.too-few-records]\nsft = 9')
    shown = json.loads(cli("config", "--output", "json", env={"FTPREP_MAX_TOKENS": "7"}).stdout)
    assert shown["profile"] == {"value": "fast", "from": "ftprep.toml"}
    assert shown["max-tokens"] == {"value": 7, "from": "environment FTPREP_MAX_TOKENS"}
    assert shown["severity.SCH"] == {"value": "info", "from": "ftprep.toml"}
    assert shown["fail-on"] == {"value": "error", "from": "default"}
    assert cli("config", "profile").stdout.split() == ["profile", '"fast"', "ftprep.toml"]
    assert cli("config", "profile", "--isolated").stdout.split() == ["profile", '"standard"', "default"]
    assert cli("config", "profile", "--config", "profile = 'thorough'").stdout.split()[1:] == ['"thorough"', "--config"]
    rows = [line.split() for line in cli("config", "rules.too-few-records").stdout.splitlines()]
    assert ["rules.too-few-records.sft", "9", "ftprep.toml"] in rows
    assert ["rules.too-few-records.rft", "100", "default"] in rows


def test_demo(cli: Cli) -> None:
    Path("ftprep.toml").write_text("broken [")
    result = cli("demo")
    assert result.exit_code == 0, result.output
    assert "sample_data/support_export.jsonl" in result.stdout
    assert "error[" in result.stdout
    assert "FTP900" not in result.stdout
    assert len(result.stdout.splitlines()) <= 80
    folder = result.stderr.strip().rsplit(" in ", 1)[1]
    assert (Path(folder) / "support_export.jsonl").is_file()
