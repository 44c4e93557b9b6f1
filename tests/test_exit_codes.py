"""The table of exit codes, line by line: 0 all is well, 1 something was found, 2 the job could not be done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from command_line import EMPTY_TURN, cli, prepared_folder  # noqa: F401

from ftprep.rules import all_rules

TABLE = [
    # 0: nothing at or above --fail-on, no threshold passed; or --exit-zero
    ("nothing found", "lint clean.jsonl", 0),
    ("found below the level", "lint few.jsonl", 0),
    ("found, and the level is never", "lint bad.jsonl --fail-on never", 0),
    ("found, and exit zero", "lint bad.jsonl --exit-zero", 0),
    ("within the allowance", "lint bad.jsonl --max-findings CHT003=1", 0),
    ("within the allowed share", "lint bad.jsonl --max-findings CHT003=2%", 0),
    ("above the allowance, and exit zero", "lint bad.jsonl --max-findings CHT003=0 --exit-zero", 0),
    ("known", "lint known.jsonl --baseline known.json", 0),
    ("made known", "lint bad.jsonl --write-baseline", 0),
    ("ignored in the row", "lint ignored.jsonl", 0),
    ("ignored in the file", "lint bad.jsonl --per-file-ignores *:CHT003", 0),
    ("everything excluded by force", "lint bad.jsonl --exclude *.jsonl --force-exclude", 0),
    ("baseline written", "baseline write bad.jsonl", 0),
    ("baseline pruned", "baseline prune known.jsonl --baseline known.json", 0),
    ("baseline shown", "baseline show --baseline known.json", 0),
    ("configuration printed", "init bad.jsonl --dry-run", 0),
    ("completion printed", "completions zsh", 0),
    ("the demo, which finds much", "demo", 0),
    # 1: findings at or above --fail-on, or a threshold passed
    ("found", "lint bad.jsonl", 1),
    ("found at the level", "lint few.jsonl --fail-on warning", 1),
    ("above the allowance", "lint bad.jsonl --max-findings CHT003=0", 1),
    ("above the allowed share", "lint bad.jsonl --max-findings CHT003=1%", 1),
    ("above the allowance, whatever the level", "lint few.jsonl --fail-on never --max-findings BAL=0", 1),
    ("not known", "lint bad.jsonl --baseline known.json", 1),
    ("known, and no baseline is used", "lint known.jsonl --no-baseline", 1),
    ("ignored in the row, and that is not heeded", "lint ignored.jsonl --no-ignores", 1),
    ("a broken line is data", "lint cut.jsonl", 1),
    ("an empty file is data", "lint empty.jsonl", 1),
    ("only the table", "lint bad.jsonl --statistics", 1),
    # 2: could not do the job
    ("bad argument", "lint bad.jsonl --width x", 2),
    ("unknown option", "lint --selct CHT", 2),
    ("unknown command", "lnt", 2),
    ("unknown rule", "lint --select CHT03", 2),
    ("unknown rule with an allowance", "lint --max-findings CHT03=1", 2),
    ("a rule named in full that cannot run", "lint clean.jsonl --select TOK001", 2),
    ("bad configuration", "lint --config modle=1", 2),
    ("bad allowance", "lint --max-findings CHT003=few", 2),
    ("unreadable file", "lint missing.jsonl", 2),
    ("unreadable file among others", "lint bad.jsonl missing.jsonl", 2),
    ("unreadable file, and exit zero", "lint bad.jsonl missing.jsonl --exit-zero", 2),
    ("no input matched", "lint no*.jsonl", 2),
    ("no input in a folder", "lint nothing", 2),
    ("everything excluded", "lint . --exclude *.jsonl,*.json", 2),
    ("output not written", "lint clean.jsonl -o json=missing/r.json", 2),
    ("missing baseline", "lint bad.jsonl --baseline missing.json", 2),
    ("broken baseline", "lint bad.jsonl --baseline bad.jsonl", 2),
    ("broken baseline, and exit zero", "lint bad.jsonl --baseline bad.jsonl --exit-zero", 2),
    ("baseline and none", "lint bad.jsonl --baseline known.json --no-baseline", 2),
    ("two names for the table", "lint bad.jsonl --statistics -o json", 2),
    ("nothing to prune", "baseline prune bad.jsonl --baseline missing.json", 2),
    ("no verb", "baseline", 2),
    ("baseline of a missing file", "baseline write missing.jsonl", 2),
    ("unknown shell", "completions csh", 2),
    ("configuration of missing data", "init missing.jsonl", 2),
    ("unknown rule to explain", "rule CHT03", 2),
    ("unknown format", "formats openai", 2),
    ("unknown schema", "schema openai", 2),
    ("unknown key", "config modle", 2),
]


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    Path("known.jsonl").write_text(EMPTY_TURN.replace("Anything else", "Anything known"))
    assert cli("baseline", "write", "known.jsonl", "--baseline", "known.json").exit_code == 0
    why = '"_ftprep": {"ignore": "CHT003", "why": "silence is meant"}, "messages"'
    *rows, last = EMPTY_TURN.splitlines(keepends=True)
    Path("ignored.jsonl").write_text("".join(rows) + last.replace('"messages"', why))


@pytest.mark.parametrize(("arguments", "code"), [pytest.param(line, code, id=what) for what, line, code in TABLE])
def test_exit_codes(arguments: str, code: int) -> None:
    result = cli(*arguments.split())
    assert result.exit_code == code, result.output
    assert "internal error" not in result.stderr
    if code == 2:
        assert result.stderr.startswith("ftprep: ")


@pytest.mark.parametrize("more", [[], ["--exit-zero"], ["--fail-on", "never"], ["--max-findings", "ALL=100%"]])
def test_a_crashed_rule_is_2_whatever_is_asked(more: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(all_rules()["CHT003"], "check", lambda *_: 1 / 0)
    assert cli("lint", "bad.jsonl", *more).exit_code == 2
    before = Path("known.json").read_bytes()
    assert cli("lint", "bad.jsonl", "--baseline", "known.json", "--write-baseline").exit_code == 2
    assert cli("baseline", "prune", "known.jsonl", "--baseline", "known.json").exit_code == 2
    assert Path("known.json").read_bytes() == before


@pytest.mark.parametrize("command", [["lint"], ["baseline", "write"], ["init", "--dry-run"]])
def test_ctrl_c_is_130(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("ftprep.api.run_lint", interrupted)
    result = cli(*command, "bad.jsonl")
    assert (result.exit_code, result.stdout) == (130, "")
    assert sorted(one.name for one in Path().iterdir() if one.name.startswith(".")) == []
