"""What reports say about fixes: of a rule, of a run, and of one finding for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from ftprep.finding import Edit, Finding
from ftprep.fixed import REWRITTEN
from ftprep.output.document_schema import EditEntry, FixEntry
from ftprep.output.figures import count
from ftprep.report import Report
from ftprep.text import snippet

_WAYS = {"safe": "--fix", "unsafe": "--unsafe-fixes", "drop": "drop"}


def fix_kind(finding: Finding) -> str | None:
    """``safe`` or ``unsafe`` for what `lint --fix` can do, ``drop`` where the row can only be left out, else None."""
    fix = finding.fix
    if fix is None:
        return None
    if fix.drop:
        return "drop"
    return fix.safety if fix.edits or fix.act else None


def only_linted(report: Report) -> frozenset[int]:
    """The inputs that fixes are not written into: tables, Parquet files, and objects."""
    return frozenset(one.index for one in report.inputs if one.source.probe.container not in REWRITTEN)


def fix_way(findings: Iterable[Finding], linted: Collection[int] = ()) -> str:
    """How findings of a rule are fixed, in one word: the easiest way there is, or nothing.

    ``linted`` are the inputs where only leaving out the row is a way.
    """
    kinds = {kind for one in findings if (kind := fix_kind(one)) == "drop" or one.ref.file not in linted}
    return next((way for kind, way in _WAYS.items() if kind in kinds), "")


def fix_line(findings: Sequence[Finding]) -> str:
    """``fix: write `user` (2 of 3)``: the most frequent fix of a rule's findings; empty where none has one."""
    titles: Counter[tuple[str, str]] = Counter()
    for one in findings:
        kind = fix_kind(one)
        if kind is not None and one.fix is not None:
            titles[one.fix.title, kind] += 1
    if not titles:
        return ""
    (title, kind), _ = titles.most_common(1)[0]
    others = ", and others like it" if len(titles) > 1 else ""
    number = sum(titles.values())
    remarks = ["unsafe"] if kind == "unsafe" else []
    remarks += [f"{number:,} of {len(findings):,}"] if number < len(findings) else []
    return f"fix: {title}{others}" + (f" ({'; '.join(remarks)})" if remarks else "")


def available(report: Report) -> str:
    """``2 fixable with --fix, 7 more with --unsafe-fixes``; empty where there is nothing to fix."""
    linted = only_linted(report)
    kinds = Counter(fix_kind(one) for one in report.findings if one.ref.file not in linted)
    safe, unsafe = kinds["safe"], kinds["unsafe"]
    if report.fixed is not None:  # what safe fixes there were has been applied, or could not be
        return f"{unsafe:,} more fixable with --fix --unsafe-fixes" if unsafe and not report.fixed.unsafe else ""
    parts = [f"{safe:,} fixable with --fix"] if safe else []
    if unsafe:
        parts.append(f"{unsafe:,} {'more' if safe else 'fixable'} with --fix --unsafe-fixes")
    closed = sum(fix_kind(one) in ("safe", "unsafe") for one in report.findings if one.ref.file in linted)
    if closed:
        parts.append(
            f"{closed:,} {'fix' if closed == 1 else 'fixes'} for tables or Parquet files, which are only linted"
        )
    return ", ".join(parts)


def summary_lines(report: Report) -> Iterator[str]:
    """What was fixed, and what else could be."""
    if report.fixed is not None:
        yield str(report.fixed)
    hint = available(report)
    if hint:
        yield hint
    if report.fixed is not None and report.fixed.notes:
        yield f"{count(len(report.fixed.notes), 'reason')} why fixes were not applied: see standard error"


def fix_entry(finding: Finding) -> FixEntry | None:
    """The fix of a finding with edits in the words of JSON Patch; text of the data is masked."""
    fix = finding.fix
    if fix is None:
        return None
    return {
        "title": snippet.mask(fix.title),
        "safety": fix.safety,
        "drop": fix.drop,
        "act": fix.act,
        "edits": [_edit_entry(one) for one in fix.edits],
    }


def _edit_entry(edit: Edit) -> EditEntry:
    path = snippet.mask(edit.pointer)
    if edit.op == "rename":
        from ftprep.pointer import escape_token

        to = snippet.mask(f"{edit.pointer.rpartition('/')[0]}/{escape_token(str(edit.new))}")
        return {"op": "move", "path": to, "from": path}
    if edit.op == "remove":
        return {"op": "remove", "path": path}
    entry: EditEntry = {"op": edit.op, "path": path, "value": snippet.masked_value(edit.new)}
    if edit.span is not None:
        entry["span"] = list(edit.span)
    return entry
