"""A report as JSON values: the document of version 1, its parts, and findings as columns of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from ftprep import __version__
from ftprep.finding import Finding, Severity
from ftprep.inputs import Input
from ftprep.output.columns import finding_columns
from ftprep.output.document_schema import (
    BaselineEntry,
    ClusterEntry,
    Document,
    FindingEntry,
    FixedEntry,
    HeadEntry,
    InputEntry,
    NotRunEntry,
    PlaceEntry,
    RunEntry,
    SettingsEntry,
    SeverityWord,
    SummaryEntry,
    TargetEntry,
    ToolEntry,
    VerdictEntry,
    report_schema,
)
from ftprep.output.fixes import fix_entry, fix_kind
from ftprep.record import Ref
from ftprep.report import Report
from ftprep.rules import all_rules
from ftprep.text import snippet
from ftprep.text.excerpt import Columns

__all__ = ["document", "finding_rows", "report_schema"]

_NOWHERE: Columns = (None, None)


def document(report: Report) -> Document:
    """The whole report. Everything in it is a JSON value, but strings may hold lone surrogates from file names."""
    return {**head(report), "findings": list(finding_entries(report)), "verdict": verdict_entry(report)}


def head(report: Report) -> HeadEntry:
    """The report without its findings and its verdict."""
    return {
        "version": 1,
        "tool": _tool(),
        "inputs": [input_entry(one) for one in report.inputs],
        "settings": _settings(report),
        "summary": list(summary_entries(report)),
        "not_run": _not_run(report),
        "hidden": dict(sorted(report.hidden.items())),
        "baseline": _baseline(report),
        "fixed": fixed_entry(report),
        "targets": target_entries(report),
    }


def target_entries(report: Report) -> list[TargetEntry]:
    """What each target says, where all were asked."""
    return [
        {
            "target": one.target,
            "accepts": one.accepts,
            "unread": list(one.unread),
            "records": one.rows,
            "obstacles": [
                {"code": found.code, "name": found.name, "records": found.rows, "files": found.files}
                for found in one.obstacles
            ],
        }
        for one in report.targets
    ]


def input_entry(one: Input) -> InputEntry:
    """One input; reads the file once more for its digest."""
    tokens = one.tokens
    return {
        "path": one.name,
        "format": one.detection.format,
        "confidence": one.detection.confidence,
        "records": one.records,
        "bytes": one.source.size if one.source.size is not None else one.bytes,
        "sha256": one.source.sha256(),
        "split": one.split,
        "tokens": None
        if tokens is None
        else {"encoding": tokens.encoding, "total": tokens.total, "trained": tokens.trained},
        "beside": one.beside,
    }


def finding_entries(report: Report) -> Iterator[FindingEntry]:
    """Every shown finding in reading order."""
    columns = finding_columns(report)
    names = {code: rule.name for code, rule in all_rules().items()}
    for number, (finding, fingerprint) in enumerate(zip(report.findings, report.fingerprints, strict=True)):
        yield _finding(report, finding, names[finding.code], columns.get(number, _NOWHERE), fingerprint)


def cluster_entries(report: Report) -> Iterator[ClusterEntry]:
    """The clusters of each rule that has any, the largest first."""
    for entry in report.summary():
        for cluster in report.clusters(entry.code) if entry.clusters else ():
            yield {
                "code": entry.code,
                "group": cluster.group,
                "size": len(cluster.members),
                "kept": _place(report, cluster.kept),
                "members": [_place(report, ref) for ref in cluster.members],
                "similarity": cluster.similarity,
            }


def summary_entries(report: Report) -> Iterator[SummaryEntry]:
    """One entry per rule with findings, the most severe first."""
    for one in report.summary():
        yield {
            "code": one.code,
            "name": one.name,
            "severity": _word(one.severity),
            "findings": one.findings,
            "records": one.records,
            "share": one.share,
            "files": one.files,
            "lines": one.lines,
            "clusters": one.clusters,
            "where": list(one.where),
        }


def verdict_entry(report: Report) -> VerdictEntry:
    """Whether the run passed, with which exit code, and why not."""
    verdict = report.verdict
    return {"ok": verdict.ok, "exit_code": verdict.exit_code, "reasons": list(verdict.reasons)}


def run_entry(report: Report) -> RunEntry:
    """The verdict with what else concerns the run as a whole."""
    return {
        **verdict_entry(report),
        "version": 1,
        "tool": _tool(),
        "settings": _settings(report),
        "not_run": _not_run(report),
        "hidden": dict(sorted(report.hidden.items())),
        "baseline": _baseline(report),
        "fixed": fixed_entry(report),
        "targets": target_entries(report),
    }


def fixed_entry(report: Report) -> FixedEntry | None:
    """What the run fixed."""
    fixed = report.fixed
    if fixed is None:
        return None
    return {
        "findings": fixed.findings,
        "by_code": dict(fixed.counts),
        "rows": fixed.rows,
        "files": list(fixed.files),
        "notes": list(fixed.notes),
    }


def finding_rows(report: Report) -> dict[str, list[Any]]:
    """Findings as columns of equal length: code, name, severity, path, line, row, pointer, message, group, fixable,
    fingerprint.

    ``line`` counts from 1 and is None for inputs without lines. Those have ``row`` instead, which counts from 0: it
    is the position of the row in the DataFrame or list, as in ``frame.iloc[row]``. Both are None for findings about
    an input as a whole.
    """
    rules = all_rules()
    by_row = [one.source.counts == "row" for one in report.inputs]
    findings = report.findings
    return {
        "code": [one.code for one in findings],
        "name": [rules[one.code].name for one in findings],
        "severity": [_word(one.severity) for one in findings],
        "path": [report.inputs[one.ref.file].name for one in findings],
        "line": [one.ref.line if one.ref.line and not by_row[one.ref.file] else None for one in findings],
        "row": [one.ref.line - 1 if one.ref.line and by_row[one.ref.file] else None for one in findings],
        "pointer": [snippet.mask(one.pointer) for one in findings],
        "message": [one.message for one in findings],
        "group": [one.group for one in findings],
        "fixable": [fix_kind(one) for one in findings],
        "fingerprint": list(report.fingerprints),
    }


def _tool() -> ToolEntry:
    return {"name": "ftprep", "version": __version__}


def _settings(report: Report) -> SettingsEntry:
    settings = report.settings
    return {
        "profile": settings.profile,
        "model": settings.model,
        "tokenizer": settings.tokenizer,
        "max_tokens": settings.max_tokens,
        "count_tokens": settings.count_tokens,
        "format": settings.format,
        "target": settings.target,
        "target_model": settings.target_model,
        "survey": settings.survey,
        "response_format": settings.response_format,
        "against": snippet.masked_value(settings.against),
        "against_production": snippet.masked_value(settings.against_production),
        "pii_engine": settings.pii_engine,
        "ner_model": settings.ner_model,
        "splits": [{"dataset": one.dataset, "split": one.split, "glob": one.pattern} for one in settings.splits],
        "rule_options": {name: dict(values) for name, values in settings.rule_options.items()},
        "fail_on": "never" if report.fail_on is None else _word(report.fail_on),
        "exit_zero": report.exit_zero,
        "max_findings": {prefix or "ALL": str(one) for prefix, one in report.allowances.items()},
        "rules": list(report.rules),
    }


def _not_run(report: Report) -> list[NotRunEntry]:
    return [{"code": one.code, "name": one.name, "reason": one.reason} for one in report.not_run]


def _baseline(report: Report) -> BaselineEntry | None:
    applied = report.baseline
    if applied is None:
        return None
    from ftprep.config_file import shown_path

    return {"path": shown_path(applied.baseline.path), "entries": len(applied.baseline), "stale": applied.stale}


def _finding(report: Report, finding: Finding, name: str, columns: Columns, fingerprint: str) -> FindingEntry:
    return {
        "code": finding.code,
        "name": name,
        "severity": _word(finding.severity),
        "message": finding.message,
        "location": {
            **_place(report, finding.ref),
            "column": columns[0],
            "end_column": columns[1],
            "pointer": snippet.mask(finding.pointer),
            "span": None if finding.span is None else list(finding.span),
        },
        "related": [_place(report, ref) for ref in finding.related],
        "group": finding.group,
        "data": snippet.masked_value(finding.data),
        "fix": fix_entry(finding),
        "fingerprint": fingerprint,
    }


def _place(report: Report, ref: Ref) -> PlaceEntry:
    source = report.inputs[ref.file].source
    by_row = source.counts == "row"
    number = ref.line or None
    return {"path": source.name, "line": None if by_row else number, "row": number if by_row else None}


def _word(severity: Severity | None) -> SeverityWord:
    return cast(SeverityWord, (severity or Severity.ERROR).label)
