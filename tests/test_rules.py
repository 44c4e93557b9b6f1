"""Every example of every rule: good ones stay silent, bad ones are found at exactly the stated places."""

from __future__ import annotations

from pathlib import Path

import pytest
from examples import lint_example

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
