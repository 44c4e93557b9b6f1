"""``ftprep init``: what it writes can be read again, and says what was found."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from command_line import EMPTY_TURN, chat, cli, prepared_folder  # noqa: F401
from derived import SAMPLE

import ftprep
from ftprep.config import resolve
from ftprep.config_file import check_values, load_config


def switched_on(text: str) -> str:
    """A configuration in which every suggestion holds: what stands behind # without a space."""
    return re.sub(r"^#(?=\S|  \")", "", text, flags=re.MULTILINE)


def test_what_is_written_says_nothing_until_it_is_switched_on() -> None:
    result = cli("init", "clean.jsonl", "bad.jsonl")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "ftprep: wrote ftprep.toml: everything in it is a suggestion, behind a #\n"
    text = Path("ftprep.toml").read_text()
    assert tomllib.loads(text) == {}
    assert load_config(Path("ftprep.toml"))[0].values == {}
    assert "#   bad.jsonl  openai-chat  61 records\n" in text
    assert '#  "CHT003",  # empty-turn: 1 record (0.8%), error\n' in text
    assert '#format = "openai-chat"\n' in text
    assert cli("lint", "clean.jsonl").exit_code == 0


@pytest.mark.parametrize("where", [["."], ["bad.jsonl"], ["few.jsonl"], ["empty.jsonl"], [str(SAMPLE)]])
def test_every_suggestion_is_valid(where: list[str]) -> None:
    text = cli("init", "--dry-run", *where).stdout
    Path("ftprep.toml").write_text(switched_on(text))
    values = load_config(Path("ftprep.toml"))[0].values
    assert {"model", "max-tokens", "exclude", "profile", "ignore", "fail-on", "max-findings", "severity"} <= set(values)
    resolve({}, file=Path("ftprep.toml"))


def test_the_suggested_allowances_let_the_data_pass() -> None:
    rows = [chat("Oar or sail?", "Sail.")] * 7 + [
        chat(f"{number}?", f"Aye, {number} it is, and no more.") for number in range(90)
    ]
    Path("rows.jsonl").write_text("".join(rows))
    text = switched_on(cli("init", "rows.jsonl", "--dry-run").stdout)
    allowances = tomllib.loads(text)["max-findings"]
    assert allowances == {"DUP001": "6.2%"}  # 6 of 97 are 6.19 %
    assert ftprep.lint("rows.jsonl", isolated=True, max_findings=allowances, fail_on="warning").verdict.ok
    assert not ftprep.lint("rows.jsonl", isolated=True, max_findings={"DUP001": "6.1%"}).verdict.ok


def test_the_table_for_pyproject_is_printed_only() -> None:
    text = cli("init", "bad.jsonl", "--pyproject").stdout
    assert not Path("ftprep.toml").exists()
    assert tomllib.loads(text) == {"tool": {"ftprep": {}}}
    values = tomllib.loads(switched_on(text))["tool"]["ftprep"]
    assert check_values(values, "here")["max-findings"] == {"DUP001": "5%"}


def test_nothing_is_overwritten_unasked() -> None:
    Path("ftprep.toml").write_text("# mine\n")
    result = cli("init")
    assert result.exit_code == 2
    assert result.stderr.startswith("ftprep: ftprep.toml is there already; --overwrite replaces it")
    assert Path("ftprep.toml").read_text() == "# mine\n"
    assert cli("init", "--dry-run").exit_code == 0
    assert cli("init", "--overwrite").exit_code == 0
    assert Path("ftprep.toml").read_text() != "# mine\n"


def test_a_table_in_pyproject_is_not_put_out_of_force() -> None:
    Path("pyproject.toml").write_text('[tool.ftprep]\nprofile = "fast"\n')
    assert "pyproject.toml has a [tool.ftprep] already" in cli("init").stderr
    assert not Path("ftprep.toml").exists()


def test_without_data_there_is_a_configuration_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path / "nothing")
    result = cli("init")
    assert result.exit_code == 0
    assert "says nothing about data" in result.stderr
    assert 'ignore = ["DUP001"]' in switched_on(Path("ftprep.toml").read_text())
    assert cli("init", "missing.jsonl", "--dry-run").exit_code == 2


def test_names_of_files_cannot_break_out_of_their_comment() -> None:
    name = 'a\nignore = ["ALL"]\n\u202e.jsonl'
    Path(name).write_text(EMPTY_TURN)
    text = cli("init", ".", "--dry-run").stdout
    assert tomllib.loads(text) == {}
    assert json.dumps(name)[1:-1].split("\\n")[0] in text
    assert "\u202e" not in text
