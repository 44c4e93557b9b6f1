"""Every example of every rule: good ones stay silent, bad ones are found at exactly the stated places."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from examples import fix_example, lint_example

from ftprep.fixing.rows import is_fixable
from ftprep.rule import Bad, Example, Rule
from ftprep.rules import all_rules

CASES = [
    pytest.param(rule, example, id=f"{rule.code}-{number}")
    for rule in all_rules().values()
    for number, example in enumerate(rule.examples)
]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_example(rule: type[Rule], example: Example, tmp_path: Path) -> None:
    report = lint_example(rule, example, tmp_path)
    found = [(finding.ref.line, finding.pointer) for finding in report.findings if finding.code == rule.code]
    crashed = [finding.message for finding in report.findings if finding.code == "FTP900"]
    assert not crashed or rule.code == "FTP900"
    if isinstance(example, Bad):
        assert found == list(example.at)
        assert any(example.message in finding.message for finding in report.findings)
    else:
        assert found == [], [finding.message for finding in report.findings]


BAD = [case for case in CASES if isinstance(case.values[1], Bad)]


@pytest.mark.parametrize(("rule", "example"), BAD)
def test_fixes_of_example(rule: type[Rule], example: Bad, tmp_path: Path) -> None:
    before = lint_example(rule, example, tmp_path)
    raw = (tmp_path / example.name).read_bytes()
    fixable = [one for one in before.findings if is_fixable(one, unsafe=True)]
    report, fixed = fix_example(rule, example, tmp_path)
    assert report.fixed is not None
    assert report.fixed.notes == ()
    assert report.problems == ()
    assert report.fixed.counts == ({rule.code: len(fixable)} if fixable else {})
    if example.fixed is None:
        assert not fixable, "say in `fixed` what comes out"
        assert fixed == raw
    elif isinstance(example.fixed, bytes):
        assert fixed == example.fixed
    else:
        assert [orjson.loads(line) for line in fixed.splitlines()] == list(example.fixed)
    assert report.record_count == before.record_count
    assert not [one for one in report.findings if is_fixable(one, unsafe=True)]
    again, twice = fix_example(rule, example, tmp_path, fixed)
    assert twice == fixed
    assert again.fixed is not None
    assert not again.fixed.counts
