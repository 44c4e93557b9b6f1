"""Which rows are left out, and why: rows with defects, all but one of each cluster of duplicates, contradictions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ftprep.config_asked import KEEP_ALL
from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rules import all_rules, prefix_meant, selectors
from ftprep.splitting.rows import Fault

if TYPE_CHECKING:
    from ftprep.report import Report

LEVELS = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}
CLUSTERS = ("DUP001", "DUP002")
DISPUTES = ("CON001",)
_SAYS = {"DUP001": "same content as", "DUP002": "near-duplicate of"}


def checked_drops(words: Iterable[str]) -> tuple[str, ...]:
    """The words of ``drop``, which were checked, as severities and prefixes of codes."""
    meant = ((one, None if one in LEVELS else prefix_meant(one)) for one in words if one != KEEP_ALL)
    return tuple(dict.fromkeys(word if prefix is None else prefix for word, prefix in meant))


def needed_rules(drops: Sequence[str]) -> tuple[str, ...]:
    """The codes among ``drops`` that a run has to select, whatever its profile."""
    return tuple(code for code in all_rules() if code in drops)


def fixable(codes: Iterable[str]) -> tuple[str, ...]:
    """Those of ``codes`` whose rules have fixes other than leaving out a row."""
    rules = all_rules()
    return tuple(code for code in codes if any(getattr(one, "fixed", None) for one in rules[code].examples))


def choose_drops(
    report: Report,
    drops: Sequence[str],
    answer_lengths: Callable[[Sequence[Ref]], Mapping[Ref, int]],
    place: Callable[[Ref], str],
) -> dict[Ref, Fault]:
    """The rows to be left out, each with the rule that is the reason.

    Rows with defects of their own go first. Of a cluster the row stays that has the fewest findings, then the longest
    answer, then comes first by path and line (``answer_lengths`` and ``place`` tell). Of answers that exclude each
    other those of a minority go, where the majority has at least twice as many, else all.
    """
    chosen: dict[Ref, Fault] = {}
    level = min((LEVELS[word] for word in drops if word in LEVELS), default=None)
    codes = tuple(word for word in drops if word not in LEVELS)
    for finding in report.findings:
        if finding.ref.line and _is_own(finding, level, codes):
            chosen.setdefault(finding.ref, Fault(finding.code, finding.message))
    counts: defaultdict[Ref, int] = defaultdict(int)
    for finding in report.findings:
        counts[finding.ref] += finding.code not in CLUSTERS
    for code in CLUSTERS:
        if code.startswith(codes or ("-",)) and code in report.by_code:
            _thin(report, code, chosen, counts, answer_lengths, place)
    for finding in report.findings:
        if finding.code in DISPUTES and finding.code.startswith(codes or ("-",)) and finding.ref.line:
            members = (finding.ref, *finding.related)
            for number in finding.data["minority"]:
                chosen.setdefault(members[number], Fault(finding.code, finding.message))
    return chosen


def _is_own(finding: Finding, level: Severity | None, codes: tuple[str, ...]) -> bool:
    """Whether a finding is a reason to leave out the very row that it is about."""
    if finding.code in CLUSTERS or finding.code in DISPUTES:
        return False
    if codes and finding.code.startswith(codes):
        return True
    rule = all_rules()[finding.code]
    if level is None or rule.scope == "dataset" or rule.scope == "file":
        return False
    return (finding.severity or rule.severity) >= level


def _thin(
    report: Report,
    code: str,
    chosen: dict[Ref, Fault],
    counts: Mapping[Ref, int],
    answer_lengths: Callable[[Sequence[Ref]], Mapping[Ref, int]],
    place: Callable[[Ref], str],
) -> None:
    """Leave one row of each cluster, of those that are still there."""
    clusters = [[ref for ref in one.members if ref not in chosen] for one in report.clusters(code)]
    clusters = [one for one in clusters if len(one) > 1]
    lengths = answer_lengths([ref for one in clusters for ref in one])
    for members in clusters:
        best = min(
            members,
            key=lambda ref: (counts[ref], -lengths.get(ref, 0), report.inputs[ref.file].name, ref.line),
        )
        for ref in members:
            if ref != best:
                chosen[ref] = Fault(code, f"{_SAYS[code]} {place(best)}")


def known_words() -> list[str]:
    """Everything that ``drop`` may name, for completion."""
    return [*LEVELS, KEEP_ALL, *selectors()]
