"""The verbs of ftprep. The command line is a shell over them."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ftprep.engine.inspection import CRASH, Inspection, guarded
from ftprep.engine.local import LocalEngine, no_cyclic_gc
from ftprep.engine.table import Table
from ftprep.finding import Finding, Severity
from ftprep.inputs import Input, Tokens, open_input
from ftprep.record import Ref
from ftprep.report import Report
from ftprep.rule import Needs, Rule
from ftprep.selection import Selection
from ftprep.settings import Settings

if TYPE_CHECKING:
    from ftprep.io.source import Source


def run_lint(
    sources: Sequence[Source],
    settings: Settings,
    selection: Selection,
    *,
    jobs: int = 0,
    fail_on: Severity | None = Severity.ERROR,
    exit_zero: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Lint opened sources and return the report. Reads the data once, after a look at each head."""
    started = time.perf_counter()
    chosen = selection.choose(settings)
    inputs = [open_input(source, settings.format) for source in sources]
    findings: list[Finding] = []
    engine = LocalEngine(inputs, settings, jobs, progress)
    inspection = Inspection(chosen.codes, settings)
    tables: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    totals: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for lines, outcome in engine.map_shards(inspection):
        totals[outcome.file].update(
            records=outcome.records,
            bytes=outcome.bytes,
            total=outcome.total_tokens,
            trained=outcome.trained_tokens,
        )
        one = inputs[outcome.file]
        one.last_line = max(one.last_line, outcome.last_line + lines)
        findings.extend(_moved(outcome.findings, lines))
        for code, table in outcome.tables.items():
            if lines:
                table["line"] = table["line"] + lines
            tables[code].append(table)
    for one in inputs:
        _fill_counts(one, totals[one.index], settings)
    findings.extend(_file_findings(inputs, inspection.rules))
    with no_cyclic_gc():
        for rule in inspection.dataset_rules:
            whole = Table.concatenate(tables[rule.code])
            findings.extend(guarded(rule, lambda: Ref(0, 0), rule.reduce(whole, engine)))
    shown, hidden = selection.filter(_unique_crashes(findings), [one.name for one in inputs])
    return Report(
        inputs,
        shown,
        hidden,
        chosen.codes,
        chosen.not_run,
        settings,
        fail_on,
        exit_zero,
        time.perf_counter() - started,
        tuple(problem for one in inputs for problem in one.source.problems),
    )


def _file_findings(inputs: Sequence[Input], rules: Iterable[Rule]) -> Iterator[Finding]:
    for rule in rules:
        for one in inputs:
            if rule.needs == Needs.RAW or one.format is not None:
                yield from guarded(rule, lambda: Ref(one.index, 0), rule.check_file(one))  # noqa: B023


def _unique_crashes(findings: Iterable[Finding]) -> Iterable[Finding]:
    """Drop crashes that several shards report about the input as a whole: their number depends on the cuts."""
    seen: set[tuple[Ref, str]] = set()
    for finding in findings:
        if finding.code == CRASH and not finding.ref.line:
            if (finding.ref, finding.message) in seen:
                continue
            seen.add((finding.ref, finding.message))
        yield finding


def _fill_counts(one: Input, totals: Counter[str], settings: Settings) -> None:
    one.records, one.bytes = totals["records"], totals["bytes"]
    if settings.count_tokens and one.format is not None:
        from ftprep.text.tokens import load_tokenizer

        name = load_tokenizer(settings.model, settings.tokenizer).name
        one.tokens = Tokens(name, totals["total"], totals["trained"])


def _moved(findings: Iterable[Finding], lines: int) -> Iterable[Finding]:
    """Turn lines that count from the start of a range into lines of the file."""
    if not lines:
        return findings
    from dataclasses import replace

    return [
        replace(
            finding,
            ref=_shift(finding.ref, lines),
            related=tuple(_shift(ref, lines) for ref in finding.related),
        )
        for finding in findings
    ]


def _shift(ref: Ref, lines: int) -> Ref:
    return ref._replace(line=ref.line + lines) if ref.line else ref
