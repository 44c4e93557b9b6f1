"""``--max-findings``: how much of a rule may be found, and what the verdict makes of it."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from command_line import cli
from hypothesis import given
from hypothesis import strategies as st

import ftprep
from ftprep.allowance import Allowance, judge, parse_allowance, split_allowances
from ftprep.config import resolve
from ftprep.errors import UsageError
from ftprep.finding import Finding
from ftprep.record import Ref


def chat(number: int, answer: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": f"{number}?"}, {"role": "assistant", "content": answer}]}


# 20 rows: 2 empty turns (an error), 3 repeated rows (warnings), and one warning about the file.
ROWS = [chat(number, "") for number in range(2)] + [chat(7, "Aye.")] * 4 + [chat(number, "No.") for number in range(14)]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return tmp_path


@pytest.mark.parametrize(
    ("allowances", "more", "reasons"),
    [
        ("", "", ["errors present"]),
        ("CHT003=2", "", []),
        ("CHT003=1", "", ["CHT003 2 findings (at most 1)"]),
        ("CHT003=0", "", ["CHT003 2 findings (at most 0)"]),
        ("CHT003=10%", "", []),
        ("CHT003=9.99%", "", ["CHT003 10.0 % of records (at most 9.99 %)"]),
        ("CHT003=9%,DUP001=15%", "", ["CHT003 10.0 % of records (at most 9 %)"]),
        ("CHT003=2,DUP001=10%", "", ["DUP001 15.0 % of records (at most 10 %)"]),
        ("empty-turn=2,DUP=2", "", ["DUP 3 findings (at most 2)"]),
        ("CHT=0,CHT003=2", "", []),
        ("CHT=2,CHT003=0", "", ["CHT003 2 findings (at most 0)"]),
        ("ALL=6", "", []),
        ("ALL=5", "", ["ALL 6 findings (at most 5)"]),
        ("ALL=50%", "", []),
        ("ALL=50%", "--fail-on warning", ["warnings present"]),  # the one about the file
        ("ALL=24%", "", ["ALL 25.0 % of records (at most 24 %)"]),
        ("DUP001=0", "", ["errors present", "DUP001 3 findings (at most 0)"]),
        ("DUP001=0", "--fail-on never", ["DUP001 3 findings (at most 0)"]),
        ("CHT003=2", "--fail-on warning", ["warnings present"]),
        ("CHT003=2,DUP001=3,BAL=1", "--fail-on warning", []),
        ("DUP001=3", "", ["errors present"]),
        ("TUL=0", "", ["errors present"]),
    ],
)
def test_what_the_verdict_says(allowances: str, more: str, reasons: list[str]) -> None:
    options = ["--max-findings", allowances] if allowances else []
    result = cli("lint", "rows.jsonl", *options, *more.split(), "-o", "json")
    verdict = json.loads(result.stdout)["verdict"]
    assert verdict == {"ok": not reasons, "exit_code": int(bool(reasons)), "reasons": reasons}
    assert result.exit_code == verdict["exit_code"]
    assert cli("lint", "rows.jsonl", *options, *more.split(), "--exit-zero").exit_code == 0


def test_reasons_are_in_the_last_lines() -> None:
    shown = cli("lint", "rows.jsonl", "--max-findings", "CHT003=2", "--max-findings", "DUP001=5%").stdout
    assert "failed: DUP001 15.0 % of records (at most 5 %)" in shown
    assert "6 findings" not in shown


def test_every_place_of_the_setting() -> None:
    Path("ftprep.toml").write_text('[max-findings]\nempty-turn = 2\nDUP001 = "5%"\n')
    assert cli("lint", "rows.jsonl").exit_code == 1
    assert cli("lint", "rows.jsonl", env={"FTPREP_MAX_FINDINGS": "DUP001=5"}).exit_code == 0
    assert cli("lint", "rows.jsonl", "--max-findings", "exact-duplicate=15 %").exit_code == 0
    assert cli("lint", "rows.jsonl", "--config", "max-findings.DUP001 = 3").exit_code == 0
    assert 'max-findings.DUP001      "5%"' in cli("config", "max-findings").stdout
    report = ftprep.lint("rows.jsonl", max_findings={"DUP001": 3})
    assert report.verdict.ok
    assert json.loads(cli("lint", "rows.jsonl", "-o", "json").stdout)["settings"]["max_findings"] == {
        "CHT003": "2",
        "DUP001": "5 %",
    }


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("CHT003", "`CHT003` is not of the form CODE=N or CODE=P%"),
        ("=5", "`=5` is not of the form"),
        ("CHT003=", "`CHT003=` is not of the form"),
        ("CHT03=1", "unknown rule `CHT03`; did you mean `CHT003`?"),
        ("CHT003=few", '`CHT003` is `few`; a number of findings or a share such as "5%" is due'),
        ("CHT003=-1", "`CHT003` is `-1`; a number of findings"),
        ("CHT003=101%", "`CHT003` is `101%`; a number of findings"),
        ("CHT003=1e3", "`CHT003` is `1e3`; a number of findings"),
    ],
)
def test_mistakes(value: str, message: str) -> None:
    result = cli("lint", "rows.jsonl", "--max-findings", value)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("table", ["CHT003 = -1", "CHT003 = 1.5", "CHT003 = true", 'CHT003 = "half"', "CHT003 = []"])
def test_mistakes_in_files(table: str) -> None:
    Path("ftprep.toml").write_text(f"[max-findings]\n{table}\n")
    result = cli("lint", "rows.jsonl")
    assert result.exit_code == 2
    assert result.stderr.startswith("ftprep: ftprep.toml: `max-findings.CHT003` is ")
    assert result.stderr.endswith('; a number of findings or a share such as "5%" is due\n')


def test_a_crash_has_no_allowance(monkeypatch: pytest.MonkeyPatch) -> None:
    from ftprep.rules import all_rules

    monkeypatch.setattr(all_rules()["CHT003"], "check", lambda *_: 1 / 0)
    assert ftprep.lint("rows.jsonl", max_findings="ALL=100%", isolated=True).verdict.exit_code == 2


def test_texts_and_numbers_are_read() -> None:
    assert parse_allowance(0) == Allowance(Fraction(0))
    assert parse_allowance("12") == Allowance(Fraction(12))
    assert parse_allowance("2.5 %") == Allowance(Fraction(1, 40), True)
    assert [parse_allowance(one) for one in (True, -1, "x", "", "200%", "1.5", "%")] == [None] * 7
    assert split_allowances(["A=1, B = 5 %", "C=2"], "") == {"A": "1", "B": "5 %", "C": "2"}
    with pytest.raises(UsageError):
        resolve({"max-findings": "CHT003"})


@given(st.integers(1, 10_000), st.integers(0, 10_000), st.integers(0, 1000))
def test_a_share_that_fails_is_seen_to_be_too_large(records: int, flagged: int, tenths: int) -> None:
    flagged = min(flagged, records)
    allowance = parse_allowance(f"{tenths / 10}%")
    assert allowance is not None
    findings = [Finding("DUP001", Ref(0, line), "same") for line in range(1, flagged + 1)]
    reasons, rest = judge(findings, {"DUP": allowance}, records)
    assert rest == []
    assert bool(reasons) == (flagged * 1000 > tenths * records)
    for reason in reasons:
        said = Fraction(reason.split()[1])
        assert said > Fraction(tenths, 10)
        assert abs(said - Fraction(100 * flagged, records)) <= Fraction(1, 10)
