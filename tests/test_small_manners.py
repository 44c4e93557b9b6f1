"""What commands say in corner cases: nothing to run, tables on standard input, wide characters, lost files."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import ftprep
from ftprep.cli.main import main
from ftprep.errors import UsageError
from ftprep.output.cells import cells, folded

ROW = {"messages": [{"role": "user", "content": "Where?"}, {"role": "assistant", "content": "Here."}]}


@given(st.text(st.sampled_from("ab 间问é\u0301"), max_size=60), st.integers(2, 12))
def test_folding_loses_nothing_and_keeps_to_the_width(text: str, width: int) -> None:
    pieces = list(folded(text, width))
    assert "".join(pieces) == text
    assert all(cells(piece) <= width for piece in pieces)


@pytest.mark.parametrize("arguments", [["rule", "CON001"], ["rule", "TXT011"], ["formats"]])
def test_no_line_is_wider_than_the_terminal(arguments: list[str]) -> None:
    output = CliRunner().invoke(main, arguments).output
    assert max(cells(line) for line in output.splitlines()) <= 88


def test_a_run_without_any_rule_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="no rule is left to run"):
        ftprep.lint([ROW], select="ALL", ignore="ALL", isolated=True)
    assert ftprep.lint([ROW], select="DRF", isolated=True).not_run


@pytest.mark.parametrize(
    ("text", "arguments", "hint"),
    [
        ("prompt,completion\nWhere?,Here.\n", [], True),
        ("prompt\tcompletion\nWhere?\tHere.\n", [], True),
        ("prompt,completion\nWhere?,Here.\n", ["--stdin-filename", "t.csv"], False),
        ("prompt,completion\nWhere?,Here.\n", ["-q"], False),
        ("{broken, json\n", [], False),
        ('{"prompt": "a", "completion": "b"}\n', [], False),
        ("hello\n", [], False),
        ("", [], False),
    ],
)
def test_a_table_on_standard_input_is_told_how_to_come(text: str, arguments: list[str], hint: bool) -> None:
    done = CliRunner().invoke(main, ["lint", "-", *arguments], input=text)
    assert ("--stdin-filename NAME.csv" in done.stderr) == hint


def test_a_file_that_extends_a_lost_one_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ftprep.toml").write_text('extend = "../shared.toml"\n')
    with pytest.raises(UsageError, match=r"ftprep\.toml: `extend` names .*shared\.toml, which does not exist"):
        ftprep.lint([ROW], config="ftprep.toml")
