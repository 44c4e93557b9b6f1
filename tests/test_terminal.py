"""The terminal: colour, progress, encodings, signals, and readers that go away."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from command_line import CLEAN, chat, prepared_folder  # noqa: F401
from hypothesis import given
from hypothesis import strategies as st

from ftprep.cli import terminal
from ftprep.cli.main import main


def in_process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "ftprep", *arguments], capture_output=True, **options)


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


# --- hostile surroundings -----------------------------------------------------------------------------------------


def test_output_is_utf_8_where_the_locale_is_not(folder: Path) -> None:
    Path("é\u202e\x1b[31m.jsonl").write_text(chat("ü", ""))
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    for output in ("full", "concise", "json"):
        done = in_process("lint", ".", "--profile", "fast", "--select", "CHT003", "-o", output, env=environment)
        assert done.returncode == 1, done.stderr
        text = done.stdout.decode("utf-8")
        assert "é" in text
        assert "\x1b" not in text
    wrong = in_process("lint", "\x1b[31mé.jsonl", env=environment)
    assert wrong.returncode == 2
    assert "`\\u001b[31mé.jsonl`".encode() in wrong.stderr


def test_a_reader_that_goes_away_ends_it_quietly(folder: Path) -> None:
    Path("many.jsonl").write_text("{\n" * 20_000)
    command = [sys.executable, "-m", "ftprep", "lint", "many.jsonl", "--profile", "fast", "-o", "concise"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_standard_output_that_takes_nothing_is_said_in_one_sentence(folder: Path) -> None:
    full = "ftprep: standard output cannot be written: no space left on device\n"
    with Path("/dev/full").open("wb") as stream:
        for arguments in (
            ["lint", "bad.jsonl"],
            ["lint", "bad.jsonl", "-o", "json"],
            ["rule", "CHT003"],
            ["schema"],
            [],
        ):
            command = [sys.executable, "-m", "ftprep", *arguments]
            done = subprocess.run(command, stdout=stream, stderr=subprocess.PIPE, encoding="utf-8")
            assert (done.returncode, done.stderr) == (2, full)
    shell = f"{sys.executable} -m ftprep lint bad.jsonl -o"
    for outputs, code, said in (
        ("full >&-", 2, "standard output is closed"),
        ("json=r.json >&-", 1, "errors present (wrote r.json)"),
        ("json=/dev/full", 2, "errors present (wrote nothing)"),
    ):
        done = subprocess.run(f"{shell} {outputs}", shell=True, capture_output=True, encoding="utf-8")
        assert done.returncode == code
        assert done.stderr.splitlines()[-1] == f"ftprep: {said}"


def heed_ctrl_c() -> None:
    """Undo what a shell does to background jobs, which inherit that Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_is_130_and_leaves_nothing(folder: Path) -> None:
    before = sorted(folder.iterdir())
    scratch = folder.parent / f"{folder.name}-scratch"
    scratch.mkdir()
    command = [sys.executable, "-m", "ftprep", "lint", "-", "-o", "json=r.json"]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        preexec_fn=heed_ctrl_c,
    ) as process:
        deadline = time.monotonic() + 30
        while not list(scratch.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.02)  # until it has made the temporary file for its input
        time.sleep(0.5)  # and waits for the input
        process.send_signal(signal.SIGINT)
        out, error = process.communicate()
    assert process.returncode == 130
    assert out == b""
    assert b"Traceback" not in error
    assert sorted(folder.iterdir()) == before
    assert list(scratch.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads the list of children from /proc")
def test_ctrl_c_ends_a_pool_without_a_word(folder: Path) -> None:
    Path("large.jsonl").write_text(CLEAN * 20_000)
    command = [sys.executable, "-m", "ftprep", "lint", "large.jsonl", "--jobs", "2", "-o", "json=r.json"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, start_new_session=True, preexec_fn=heed_ctrl_c) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        deadline = time.monotonic() + 60
        while not children.read_text() and time.monotonic() < deadline:
            time.sleep(0.02)  # until it has started the server that forks its workers
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
