"""The result of a run: findings, counts and verdict. Renderers and notebooks read it; nothing changes it."""

from __future__ import annotations

import functools
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from ftprep.allowance import Allowance, judge
from ftprep.clusters import Cluster, Pair, clusters_of, pairs_of
from ftprep.errors import FtprepError, UsageError, did_you_mean
from ftprep.finding import Finding, Severity
from ftprep.fixed import Fixed
from ftprep.inputs import Input
from ftprep.record import Ref
from ftprep.rule import Rule, summary
from ftprep.rules import all_rules, rule_named
from ftprep.selection import ALWAYS, IN_BASELINE, UNCHANGED, NotRun, without_old, without_unchanged
from ftprep.settings import Settings
from ftprep.text.excerpt import Columns, Excerpt, RowText, find_columns, make_excerpt
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    import pandas

    from ftprep.baseline import Applied, Baseline
    from ftprep.engine.survey import Answer
    from ftprep.since import Changes

BUCKETS = 10
_READ_FROM_START = frozenset(("csv", "tsv", "parquet"))
_ROWS_AT_ONCE = {False: 32, True: 1_000}  # fetched again: by offset, or in one pass from the start of the input


class LintFailed(FtprepError):
    """Raised by :meth:`Report.raise_if_failed`; ``str(error)`` is the verdict in one line."""


class RuleSummary(NamedTuple):
    """One rule's findings in numbers.

    ``records`` are the rows with a finding, ``files`` the inputs with one about them as a whole. ``first`` and
    ``last`` are in reading order. ``where`` counts findings about rows by tenth of the records' positions.
    ``lines`` are the lines without a row that a rule about such lines names; they are no records.
    """

    code: str
    name: str
    severity: Severity
    description: str
    findings: int
    records: int
    share: float
    clusters: int
    first: Ref
    last: Ref
    where: tuple[int, ...]
    files: int = 0
    lines: int = 0


class Verdict(NamedTuple):
    """Whether the run passed, with which exit code, and why not."""

    ok: bool
    exit_code: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Report:
    """Everything that one run found.

    ``findings`` are the shown ones, in reading order, each with its severity; ``hidden`` counts the others by
    reason. ``problems`` are sentences about inputs that could not be read to their end, or not be written; they make
    the exit code 2. ``digests`` are known ones of rows, ``allowances`` say how much of which rules may be found, by
    prefix of their codes, ``baseline`` tells what was made of the one that was used, and ``fixed`` what was fixed
    before; None for a run that fixes nothing. ``targets`` are the answers of all targets, where they were asked.
    """

    inputs: Sequence[Input]
    findings: Sequence[Finding]
    hidden: Mapping[str, int]
    rules: Sequence[str]
    not_run: Sequence[NotRun]
    settings: Settings
    fail_on: Severity | None = Severity.ERROR
    exit_zero: bool = False
    seconds: float = 0.0
    problems: Sequence[str] = field(default_factory=tuple)
    digests: Mapping[Ref, int] = field(default_factory=dict, repr=False)
    allowances: Mapping[str, Allowance] = field(default_factory=dict)
    baseline: Applied | None = None
    fixed: Fixed | None = None
    targets: Sequence[Answer] = field(default_factory=tuple)

    # --- numbers ------------------------------------------------------------------------------------------------

    @property
    def record_count(self) -> int:
        """Rows read, blank lines aside; those of files that were only compared with count where they have findings."""
        found = {finding.ref.file for finding in self.findings}
        return sum(one.records for one in self.inputs if not one.beside or one.index in found)

    @functools.cached_property
    def counts(self) -> Mapping[Severity, int]:
        """Number of findings by severity."""
        return Counter(finding.severity or Severity.ERROR for finding in self.findings)

    @functools.cached_property
    def flagged(self) -> int:
        """Number of rows with a finding."""
        rules = all_rules()
        return len({one.ref for one in self.findings if one.ref.line and not rules[one.code].of_lines})

    @functools.cached_property
    def verdict(self) -> Verdict:
        """2 when a rule crashed or an input was unreadable, 1 when a finding reaches ``fail_on``, else 0.

        Findings with an allowance are judged by that alone: 1 where there are more than it allows.
        """
        reasons: list[str] = list(self.problems)
        code = 2 if self.problems else 0
        crashed = sorted({str(one.data.get("rule")) for one in self.findings if one.code == ALWAYS})
        if crashed:
            code = 2
            reasons.append(f"rules crashed: {' '.join(crashed)}")
        broken, rest = judge(self.findings, self.allowances, self.record_count)
        worst = max((one.severity or Severity.ERROR for one in rest), default=None)
        if self.fail_on is not None and worst is not None and worst >= self.fail_on:
            broken.insert(0, f"{worst.label}s present")
        if self.fixed is not None and self.fixed.fails and self.fixed.findings:
            broken.append(str(self.fixed).split(" (")[0])
        reasons += broken
        if broken and not self.exit_zero:
            code = max(code, 1)
        return Verdict(code == 0 and not reasons, code, tuple(reasons))

    @functools.cached_property
    def by_code(self) -> Mapping[str, list[Finding]]:
        """The findings of each rule that has any, in reading order."""
        groups: defaultdict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            groups[finding.code].append(finding)
        return dict(groups)

    @functools.cached_property
    def fingerprints(self) -> Sequence[str]:
        """The fingerprint of each finding, by which it is known again; may read rows again."""
        from ftprep.fingerprint import fingerprints

        return fingerprints(self.findings, self.inputs, self.digests)

    def without_old(self, baseline: Baseline) -> Report:
        """The same report without the findings that ``baseline`` knows, which count as hidden."""
        from ftprep.baseline import Applied

        shown, hidden = without_old(self.findings, self.fingerprints, baseline)
        applied = Applied(baseline, len(baseline.of(self.rules)) - hidden, hidden)
        counted = {**self.hidden, IN_BASELINE: hidden}
        return replace(self, findings=shown, hidden=counted, baseline=applied)

    def without_unchanged(self, changes: Changes) -> Report:
        """The same report without the findings about what did not change, which count as hidden."""
        shown, hidden = without_unchanged(self.findings, changes)
        return replace(self, findings=shown, hidden={**self.hidden, UNCHANGED: hidden})

    def summary(self) -> list[RuleSummary]:
        """One entry per rule with findings: the most severe first, then the one with most records."""
        return list(self._summary)

    @functools.cached_property
    def _summary(self) -> list[RuleSummary]:
        entries = [self._summarise(code, findings) for code, findings in self.by_code.items()]
        return sorted(entries, key=lambda one: (-one.severity, -one.records, -one.findings, one.code))

    def _summarise(self, code: str, findings: Sequence[Finding]) -> RuleSummary:
        rule = all_rules()[code]
        rows = {finding.ref for finding in findings if finding.ref.line}
        clusters = len({finding.group for finding in findings if finding.group is not None})
        records = 0 if rule.of_lines else len(rows)
        severity = max(finding.severity or rule.severity for finding in findings)
        return RuleSummary(
            code,
            rule.name,
            severity,
            summary(rule),
            len(findings),
            records,
            records / self.record_count if self.record_count else 0.0,
            clusters,
            findings[0].ref,
            findings[-1].ref,
            self._where(findings),
            len({finding.ref.file for finding in findings if not finding.ref.line}),
            len(rows) - records,
        )

    def _where(self, findings: Sequence[Finding]) -> tuple[int, ...]:
        """Findings by tenth of the run: inputs follow each other, each as long as its highest line."""
        starts, total = [], 0
        for one in self.inputs:
            starts.append(total)
            total += max(one.last_line, 1)
        buckets = [0] * BUCKETS
        for finding in findings:
            if not finding.ref.line:
                continue
            position = starts[finding.ref.file] + finding.ref.line - 1
            buckets[min(position * BUCKETS // max(total, 1), BUCKETS - 1)] += 1
        return tuple(buckets)

    # --- rows ---------------------------------------------------------------------------------------------------

    def of(self, code: str) -> list[Finding]:
        """The findings of one rule, by code or name."""
        found = self.by_code.get(code)
        return list(found if found is not None else self.by_code.get(rule_named(code).code, ()))

    def place(self, ref: Ref) -> str:
        """``path:line`` of a row, ``name row 17`` where rows have no line, or ``path`` for an input as a whole."""
        source = self.inputs[ref.file].source
        if not ref.line:
            return source.name
        return f"{source.name} row {ref.line}" if source.counts == "row" else f"{source.name}:{ref.line}"

    def raw(self, refs: Sequence[Ref]) -> dict[Ref, bytes]:
        """Read the raw bytes of some rows again."""
        wanted: defaultdict[int, list[Ref]] = defaultdict(list)
        for ref in dict.fromkeys(refs):
            if ref.line:
                wanted[ref.file].append(ref)
        found: dict[Ref, bytes] = {}
        for file, rows in wanted.items():
            found.update(self.inputs[file].source.fetch(rows))
        return found

    def rows(self, refs: Sequence[Ref]) -> list[Any]:
        """Some rows as Python objects; rows that are not JSON come back as their text."""
        raws = self.raw(refs)
        return [_parsed(raws[ref]) for ref in dict.fromkeys(refs) if ref in raws]

    def excerpts(self, findings: Sequence[Finding]) -> list[Excerpt | None]:
        """What each finding looks like in its row, masked and escaped; None for findings about a whole input.

        Columns are None where the text of rows is not that of lines: in arrays, tables and Python objects.
        """
        found: list[Excerpt | None] = []
        for finding, row in self._with_rows(findings):
            excerpt = None
            if row is not None:
                excerpt = make_excerpt(row, finding.pointer, finding.span)
                if not self._has_columns(finding.ref):
                    excerpt = excerpt._replace(column=None, end_column=None)
            found.append(excerpt)
        return found

    def columns(self, findings: Sequence[Finding]) -> list[Columns]:
        """Columns (see :class:`~ftprep.text.excerpt.Excerpt`) of each finding, without the text; reads rows again."""
        known = [self._has_columns(one.ref) for one in findings]
        inside = [one for one, has in zip(findings, known, strict=True) if has and (one.pointer or one.span)]
        rows = self._with_rows(inside)
        found: list[Columns] = []
        for one, has in zip(findings, known, strict=True):
            if has and (one.pointer or one.span):
                _, row = next(rows)
                found.append((None, None) if row is None else find_columns(row, one.pointer, one.span))
            else:
                found.append((1, None) if has else (None, None))
        return found

    def _with_rows(self, findings: Sequence[Finding]) -> Iterator[tuple[Finding, RowText | None]]:
        """Each finding with the text of its row; few rows at a time stand in memory where that costs no time.

        Findings about one row that follow each other share its text.
        """
        probes = [one.source.probe for one in self.inputs]
        from_start = any(one.compression or one.container in _READ_FROM_START for one in probes)
        step = _ROWS_AT_ONCE[from_start]
        by_row = itertools.groupby(findings, key=lambda one: one.ref)
        while batch := [(ref, list(ones)) for ref, ones in itertools.islice(by_row, step)]:
            raws = self.raw([ref for ref, _ in batch])
            for ref, ones in batch:
                row = RowText(raws[ref]) if ref in raws else None
                yield from ((one, row) for one in ones)

    def _has_columns(self, ref: Ref) -> bool:
        """Whether the text of a row starts its line, so that columns of the one are columns of the other."""
        source = self.inputs[ref.file].source
        return ref.line > 0 and source.counts == "line" and source.probe.container == "jsonl"

    def records(self, code: str) -> list[Any]:
        """The rows with a finding of one rule, each once, in reading order."""
        return self.rows([finding.ref for finding in self.of(code)])

    def clusters(self, code: str, similarity: float = 0.0) -> list[Cluster]:
        """The clusters that one rule found, the largest first.

        With ``similarity`` only rows at least so similar to the kept row stay in a cluster, and a cluster of none is
        left out. That is never more than was found; a new run with a higher threshold of the rule can group rows that
        go here among themselves.
        """
        return clusters_of(self.of(code), similarity)

    def borderline(self, count: int = 5, code: str = "DUP002") -> list[Pair]:
        """The least similar pairs that one rule took for near-duplicates, the least similar first.

        If they are near-duplicates, the threshold may be lower; if they are not, ``clusters(code, similarity=...)``
        shows what a higher one would leave.
        """
        return pairs_of(self.of(code))[:count]

    def rule(self, code: str) -> type[Rule]:
        """The class of a rule, by code or name."""
        return rule_named(code)

    # --- for people ---------------------------------------------------------------------------------------------

    def to_pandas(self) -> pandas.DataFrame:
        """One row per finding: code, name, severity, path, line or row, pointer, message, group, fixable, fingerprint.

        ``fixable`` is "safe", "unsafe", "drop" (only by leaving the row out) or None.
        """
        import pandas

        from ftprep.output.document import finding_rows

        # Int64 has a missing value; the plain integers of pandas would turn lines into floats.
        return pandas.DataFrame(finding_rows(self)).astype({"line": "Int64", "row": "Int64"})

    def raise_if_failed(self) -> None:
        """Raise :class:`LintFailed` unless the verdict is ok."""
        if not self.verdict.ok:
            raise LintFailed("; ".join(self.verdict.reasons))

    def __repr__(self) -> str:
        from ftprep.output.summary import render

        return "".join(render(self)).rstrip("\n")

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)


def _parsed(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except ValueError:
        return raw.decode("utf-8", "backslashreplace")


def severity_named(word: str) -> Severity | None:
    """The severity for ``--fail-on``; None for "never". Raises ``UsageError`` for other words."""
    known = [*(one.label for one in sorted(Severity, reverse=True)), "never"]
    if word == "never":
        return None
    try:
        return Severity.parse(word)
    except KeyError:
        near = did_you_mean(word, known) or "; known: " + ", ".join(known)
        raise UsageError(f"unknown severity {quote(word)}{near}") from None
