"""Completion: the words that come, and that a real bash gets them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import CompletionItem, ShellComplete
from command_line import cli

from ftprep.cli.main import COMMANDS, main
from ftprep.rules import all_rules


def complete(*words: str) -> list[CompletionItem]:
    """What is offered for the last of some words."""
    return ShellComplete(main, {}, "ftprep", "_FTPREP_COMPLETE").get_completions(list(words[:-1]), words[-1])


def values(*words: str) -> list[str]:
    return [one.value for one in complete(*words)]


def test_commands() -> None:
    assert values("") == list(COMMANDS)
    assert values("ba") == ["baseline"]
    assert [one.help for one in complete("ba")] == [COMMANDS["baseline"]]
    assert set(values("baseline", "")) == {"write", "prune", "show"}
    assert "--version" in values("--")


def test_options() -> None:
    assert values("lint", "--max-f") == ["--max-findings"]
    assert set(values("lint", "--no-")) == {
        "--no-baseline",
        "--no-fix",
        "--no-ignores",
        "--no-progress",
        "--no-unsafe-fixes",
    }
    assert values("lint", "--color", "a") == ["auto", "always"]


@pytest.mark.parametrize("option", ["--select", "--extend-select", "--ignore"])
def test_codes_come_with_names(option: str) -> None:
    found = complete("lint", option, "cht00")
    assert [one.value for one in found] == [code for code in all_rules() if code.startswith("CHT00")]
    assert found[2].help == "empty-turn"
    assert values("lint", option, "TUL001,DUP00")[0] == "TUL001,DUP001"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("rule", "FTP00"), ["FTP001", "FTP002"]),
        (("lint", "--max-findings", "DUP00"), ["DUP001="]),
        (("lint", "--max-findings", "DUP001="), []),
        (("lint", "--format", "sharegpt"), ["sharegpt"]),
        (("schema", "repo"), ["report"]),
        (("schema", "alp"), ["alpaca"]),
        (("formats", "alp"), ["alpaca"]),
        (("formats", "rows.js"), ["rows.js"]),  # left to the shell
        (("config", "max-"), ["max-tokens", "max-findings"]),
        (("lint", "--profile", "f"), ["fast"]),
        (("lint", "--fail-on", "n"), ["never"]),
        (("lint", "--model", "gpt-3"), ["gpt-3.5-turbo"]),
        (("lint", "-o", "json=r.json,sum"), []),
        (("lint", "-o", "full,sum"), ["full,summary"]),
        (("completions", "ba"), ["bash"]),
        (("lnt", "--select", "C"), []),
    ],
)
def test_words(words: tuple[str, ...], expected: list[str]) -> None:
    found = values(*words)
    assert found[: len(expected)] == expected
    assert len(found) >= len(expected)
    if not expected:
        assert found == []


def test_files_are_left_to_the_shell() -> None:
    assert [(one.type, one.value) for one in complete("lint", "da")] == [("file", "da")]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell(shell: str) -> None:
    result = cli("completions", shell)
    assert result.exit_code == 0
    assert "_FTPREP_COMPLETE" in result.stdout


SCRIPT = """
eval "$(ftprep completions bash)"
COMP_WORDS=(ftprep lint --select TUL001,cht00)
COMP_CWORD=3
_ftprep_completion ftprep
printf '%s\\n' "${COMPREPLY[@]}"
COMP_WORDS=(ftprep lnt --sel)
COMP_CWORD=2
COMPREPLY=()
_ftprep_completion ftprep
echo "${#COMPREPLY[@]}"
complete -p ftprep
"""


@pytest.mark.skipif(shutil.which("bash") is None or os.name != "posix", reason="needs bash")
def test_a_real_bash_completes(tmp_path: Path) -> None:
    command = tmp_path / "ftprep"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ftprep "$@"\n')
    command.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "--norc", "-c", SCRIPT],
        env=environment,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    assert done.stderr == ""
    *codes, after_a_mistake, registered = done.stdout.splitlines()
    assert codes == [f"TUL001,{code}" for code in all_rules() if code.startswith("CHT00")]
    assert after_a_mistake == "0"
    assert registered.endswith(" ftprep")
