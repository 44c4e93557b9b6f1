"""The sample says what EXPECTED.json says, file by file, and tells the stories that it is there for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from derived import SAMPLE, sample_files
from test_rules_meta import CATALOGUE

import ftprep

EXPECTED = json.loads((SAMPLE / "EXPECTED.json").read_text(encoding="utf-8"))
FILES = [pytest.param(path, id=path.name) for path in sample_files()]

# No row of the sample shows these, each for a reason.
ELSEWHERE = {
    "JSN009",  # a whole file that is no data
    "SCH009",  # a whole file of no known format
    "TOK001",  # needs a limit
    "TOK002",  # needs a limit
    "TOK003",  # information, does not run by default
    "TOK004",  # information, does not run by default
    "JSN012",  # needs a target
    "SCH010",  # needs a target
    "CHT011",  # needs a target
    "TUL002",  # needs a target
    "TOK005",  # needs a target
    "TPL004",  # needs a target
    "BAL003",  # BAL001 speaks first where labels are skewed
    "CON004",  # information, does not run by default
    "LEK001",  # needs files of two splits
    "LEK002",  # needs files of two splits
    "LEK003",  # needs files of two splits
    "RFT014",  # needs a response format
    "LEK004",  # needs an evaluation file
    "DRF001",  # needs files of production
    "DRF002",  # needs files of production
    "DRF003",  # needs files of production
    "PII101",  # needs a model
    "TXT012",  # information, does not run by default
    "TXT017",  # information, does not run by default
    "FMT006",  # information, does not run by default
    "FMT008",  # information, does not run by default
    "FTP900",  # a defect of ftprep
}


@pytest.mark.parametrize("path", FILES)
def test_findings_are_the_expected_ones(path: Path) -> None:
    found = [[one.ref.line, one.code, one.pointer] for one in ftprep.lint(path, isolated=True).findings]
    assert found == EXPECTED[path.name]


def test_every_file_is_expected_and_described() -> None:
    names = [path.name for path in sample_files()]
    assert list(EXPECTED) == names
    described = (SAMPLE / "README.md").read_text(encoding="utf-8")
    assert [name for name in names if f"`{name}`" not in described] == []


def test_the_clean_file_is_clean_whatever_is_asked() -> None:
    report = ftprep.lint(SAMPLE / "clean_chat.jsonl", isolated=True, profile="thorough")
    assert report.record_count >= 50
    assert [(one.code, one.ref.line, one.message) for one in report.findings] == []


def test_valid_tool_rows_are_not_flagged() -> None:
    rows = [json.loads(line) for line in (SAMPLE / "tools.jsonl").read_text(encoding="utf-8").splitlines()]
    flagged = {line for line, _, _ in EXPECTED["tools.jsonl"]}
    kinds = [json.dumps(row) for number, row in enumerate(rows, 1) if number not in flagged]
    for kind in ('"content": null', '"type": "refusal"', '"function_call"', '"parallel_tool_calls"', '"weight": 0'):
        assert any(kind in row for row in kinds), kind


def test_every_rule_has_a_row_that_shows_it() -> None:
    shown = {code for findings in EXPECTED.values() for _, code, _ in findings}
    assert set(CATALOGUE) - shown == ELSEWHERE


def test_the_sample_is_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) < 300_000
