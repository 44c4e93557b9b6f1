"""Rule FTP900."""

from __future__ import annotations

from ftprep.finding import Severity
from ftprep.rule import FileRule, Needs


class RuleCrashed(FileRule):
    """A rule of ftprep itself failed.

    ## What it does
    Stands for an exception inside a rule. The other rules and rows went on; the exit code is 2, because this rule's
    silence about the named row means nothing. Always runs and cannot be hidden.

    ## Why is this bad?
    It is a defect of ftprep, never of the data.

    ## How to settle it
    Report it with the rule, the place and the output of `-v`, and a row that shows it if you may share one.
    """

    code = "FTP900"
    name = "rule-crashed"
    severity = Severity.ERROR
    needs = Needs.RAW
    # Crashes are reported by the engine (ftprep.engine.inspection.crash): no file has them by itself.
