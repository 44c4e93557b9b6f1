"""The last lines of a report: totals, what did not run, what is hidden, and the verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ftprep.finding import Severity
from ftprep.output.cells import cells, cut, fill
from ftprep.output.figures import count, duration, percent
from ftprep.output.fixes import summary_lines
from ftprep.output.style import Style
from ftprep.report import Report

_NAMED = 3
"""Number of rules not run for one reason up to which all are named; of more, one less is, and the rest are counted."""
_NONE = {Severity.ERROR: "no errors", Severity.WARNING: "no errors or warnings", Severity.INFO: "no findings"}


def is_clean(report: Report) -> bool:
    """Whether there is nothing to say but that all is well."""
    return not report.findings and report.verdict.exit_code == 0


def closing(report: Report, style: Style) -> Iterator[str]:
    """All last lines, from the totals to the verdict; one line for a clean run."""
    if is_clean(report):
        yield clean_line(report, style)
        if style.verbose:
            yield from _not_run(report, style)
        yield from _json_only(report, style)
        yield from _hidden(report, style)
        yield from _fixes(report, style)
        return
    yield cut(_totals(report), style.cells, style.ellipsis)
    yield from _not_run(report, style)
    yield from _json_only(report, style)
    yield from _hidden(report, style)
    yield from _fixes(report, style)
    for problem in report.problems:
        yield from fill(f"problem: {style.plain(problem)}", style.cells, "", "  ")
    yield verdict_line(report, style)


def clean_line(report: Report, style: Style) -> str:
    """``ok: 100,000 records, 42 rules, no findings (6.1 s)``, with the rules that could not run named if they fit."""
    before = f"ok: {count(report.record_count, 'record')}, {count(len(report.rules), 'rule')}"
    after = f", no findings ({duration(report.seconds)})"
    if report.not_run:
        codes = ", ".join(sorted(one.code for one in report.not_run))
        named = f", {len(report.not_run)} not run ({codes})"
        fits = cells(before + named + after) <= style.cells
        before += named if fits else f", {len(report.not_run)} not run (-v lists them)"
    line = cut(before + after, style.cells, style.ellipsis)
    return style.paint("ok", "ok") + line.removeprefix("ok")


def verdict_line(report: Report, style: Style) -> str:
    """``failed: errors present  (--fail-on error)`` with the time the run took at the right edge."""
    verdict = report.verdict
    reasons = list(verdict.reasons[len(report.problems) :])
    if report.problems:
        with_what = "files" if report.fixed is not None else "the input"
        reasons.insert(0, f"{count(len(report.problems), 'problem')} with {with_what}")
    threshold = "never" if report.fail_on is None else report.fail_on.label
    if verdict.exit_code == 2:
        note = "(exit code 2)"
    elif reasons and report.exit_zero:
        note = "(--exit-zero)"
    else:
        note = f"(--fail-on {threshold})"
    word = "failed" if reasons else "passed"
    if not reasons and report.fail_on is not None:
        reasons = [_NONE[report.fail_on]]
    seconds = duration(report.seconds)
    text = f"{word}{': ' if reasons else ''}{style.plain('; '.join(reasons))}  {note}"
    text = cut(text, style.cells - len(seconds) - 2, style.ellipsis)
    space = " " * (style.cells - cells(text) - len(seconds))
    painted = style.paint(word, "error" if word == "failed" else "ok") + text.removeprefix(word)
    return painted + space + seconds


def _totals(report: Report) -> str:
    kinds = [count(report.counts[one], one.label) for one in sorted(report.counts, reverse=True)]
    found = ", ".join(kinds).replace("infos", "info") or "no findings"
    records = report.record_count
    if not report.flagged and report.findings:
        files = len({finding.ref.file for finding in report.findings})
        rest = f"; {count(records, 'record')} without a finding" if records else ""
        return f"{found} about {count(files, 'file')}{rest}"
    if not report.flagged:
        return f"{found} in {count(records, 'record')}"
    share = f" ({percent(report.flagged / records, 1)})" if records else ""
    return f"{found} in {report.flagged:,} of {count(records, 'record')}{share}"


def _not_run(report: Report, style: Style) -> Iterator[str]:
    """How many rules ran, and the others with the reason, those with the same reason together."""
    text = f"{count(len(report.rules), 'rule')} run"
    if report.not_run:
        by_reason: defaultdict[str, list[str]] = defaultdict(list)
        for one in report.not_run:
            by_reason[one.reason].append(one.code)
        groups = [_codes(codes, style) + (f" ({reason})" if reason else "") for reason, codes in by_reason.items()]
        text += f"; {len(report.not_run)} not run: {'; '.join(groups)}"
    yield from fill(style.plain(text), style.cells, "", "  ")


def _codes(codes: list[str], style: Style) -> str:
    """``CHT011, JSN012 and 4 more``: the reason is what to act on, and the whole list is for who asks (``-v``)."""
    if style.verbose or len(codes) <= _NAMED:
        return ", ".join(codes)
    return f"{', '.join(codes[: _NAMED - 1])} and {len(codes) - _NAMED + 1} more"


def _json_only(report: Report, style: Style) -> Iterator[str]:
    """How many records had no known format, which silences nearly all rules about them."""
    unknown = sum(one.records for one in report.inputs if one.format is None and not one.beside)
    if unknown:
        text = f"{count(unknown, 'record')} of unknown format: checked as JSON only"
        yield cut(text, style.cells, style.ellipsis)


def hidden_sentence(report: Report) -> str:
    """``640 findings hidden: 616 baseline, 24 ignored in records``; empty where nothing is hidden."""
    hidden = {reason: number for reason, number in report.hidden.items() if number}
    if not hidden:
        return ""
    parts = ", ".join(f"{number:,} {reason}" for reason, number in sorted(hidden.items()))
    reasons = f": {parts}" if len(hidden) > 1 else f" ({next(iter(hidden))})"
    return f"{count(sum(hidden.values()), 'finding')} hidden{reasons}"


def stale_sentence(report: Report) -> str:
    """How many entries of the baseline were not found again; empty where none."""
    applied = report.baseline
    if applied is None or not applied.stale:
        return ""
    entries = "1 entry" if applied.stale == 1 else f"{applied.stale:,} entries"
    return f"{entries} of the baseline not found again: `ftprep baseline prune` removes what is stale"


def _hidden(report: Report, style: Style) -> Iterator[str]:
    for text in filter(None, (hidden_sentence(report), stale_sentence(report))):
        yield from fill(style.plain(text), style.cells, "", "  ")


def _fixes(report: Report, style: Style) -> Iterator[str]:
    for text in summary_lines(report):
        yield from fill(style.plain(text), style.cells, "", "  ")
