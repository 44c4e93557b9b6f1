"""The first lines of a report: what was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ftprep.inputs import Input
from ftprep.output.cells import cells, cut, cut_front, fill, pad
from ftprep.output.figures import count, file_size, percent, short
from ftprep.output.style import Style
from ftprep.report import Report
from ftprep.targets.target import load_target

MAX_INPUTS = 8
_SEVERAL = 3
_UNTRAINED = frozenset(("rft", "prompt-only"))  # methods whose rows hold nothing that carries loss
SURE = 0.9
"""Confidence below which the header says how sure the detection is and what else it could be."""


def header(report: Report, style: Style) -> Iterator[str]:
    """One line per input, more where one is too narrow, and one for the inputs beyond the first eight."""
    everything = style.verbose or style.show is None or len(report.inputs) <= MAX_INPUTS
    shown = report.inputs if everything else report.inputs[: MAX_INPUTS - 1]
    rows = [[style.plain(part) for part in _parts(one)] for one in shown]
    widths = _widths(rows)
    if not _fits(widths, style) and len(rows) >= _SEVERAL:
        # A line each matters more than every detail, where there are several to compare.
        brief = [[style.plain(part) for part in _brief(one)] for one in shown]
        if _fits(_widths(brief), style):
            rows, widths = brief, _widths(brief)
    for row, one in zip(rows, shown, strict=True):
        if _fits(widths, style):
            padded = [_aligned(part, width, at) for at, (part, width) in enumerate(zip(row, widths, strict=False))]
            yield (style.paint(padded[0], "bold") + "  " + "  ".join(padded[1:])).rstrip()
        else:
            yield style.paint(cut_front(row[0], style.cells, style.ellipsis), "bold")
            yield from _packed(row[1:], style)
        if style.verbose:
            for reason in one.detection.reasons:
                yield cut(f"  {style.plain(reason)}", style.cells, style.ellipsis)
    if not everything:
        yield cut(_rest(report.inputs[len(shown) :]), style.cells, style.ellipsis)
    yield from _target(report, style)


def _target(report: Report, style: Style) -> Iterator[str]:
    """The target of the run, and what its users must know: once, here."""
    if report.settings.target is None:
        return
    target = load_target(report.settings.target)
    model, given = target.model(report.settings.target_model), report.settings.target_model
    parts = [f"target: {target.name}", target.title, f"as of {target.read}"]
    if model is not None:
        parts.insert(2, f"model {model.name}")
    elif given and target.models:
        parts.insert(2, f"model {given} is not in its list")
    yield from fill(style.plain("  ".join(parts)), style.cells, "", "  ")
    for notice in target.notices:
        yield from fill(style.plain(f"note: {notice.text}"), style.cells, "  ", "    ")


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    columns = max(map(len, rows), default=0)
    return [max(cells(row[at]) for row in rows if at < len(row)) for at in range(columns)]


def _fits(widths: Sequence[int], style: Style) -> bool:
    return sum(widths) + 2 * (len(widths) - 1) <= style.cells


def _packed(parts: Sequence[str], style: Style) -> Iterator[str]:
    """Indented lines with as many parts each as fit."""
    line = ""
    for part in parts:
        if line and cells(line) + 2 + cells(part) > style.cells:
            yield cut(line, style.cells, style.ellipsis)
            line = ""
        line += f"  {part}"
    yield cut(line, style.cells, style.ellipsis)


def _parts(one: Input) -> list[str]:
    if one.beside:
        return _brief(one)
    parts = [one.name, _format(one), count(one.records, "record")]
    if one.tokens is not None:
        encoding = one.tokens.encoding.removesuffix("_base")
        trains = one.format is None or one.format.method not in _UNTRAINED
        trained = f", {short(one.tokens.trained)} trained" if trains else ""
        parts.append(f"{short(one.tokens.total)} tokens ({encoding}){trained}")
    size = one.source.size if one.source.size is not None else one.bytes
    return [*parts, file_size(size)] if size else parts


def _brief(one: Input) -> list[str]:
    detection = one.detection
    sure = "" if detection.confidence >= SURE else f" ({percent(detection.confidence, 0)} sure)"
    parts = [one.name, f"{detection.format}{sure}" if detection.format else "unknown format"]
    tokens = [] if one.tokens is None else [f"{short(one.tokens.total)} tokens"]
    return [*parts, count(one.records, "record"), *tokens, *(["to compare with"] if one.beside else [])]


def _format(one: Input) -> str:
    detection = one.detection
    if detection.format is None:
        near = ", ".join(detection.nearest[:2])
        return f"unknown format (nearest: {near})" if near and one.records else "unknown format"
    if detection.forced:
        return f"{detection.format} (given)"
    if detection.confidence >= SURE:
        return f"{detection.format} (detected)"
    others = "".join(f", or {other.name}" for other in detection.alternatives[:2])
    return f"{detection.format} (detected, {percent(detection.confidence, 0)} sure{others})"


def _aligned(part: str, width: int, column: int) -> str:
    """Counts are flush right so that they can be compared, words are flush left."""
    return pad(part, width) if column < 2 else " " * (width - cells(part)) + part


def _rest(inputs: Sequence[Input]) -> str:
    parts = [f"... {count(len(inputs), 'more input')}", count(sum(one.records for one in inputs), "record")]
    tokens = sum(one.tokens.total for one in inputs if one.tokens is not None)
    size = sum(one.source.size or one.bytes for one in inputs)
    return "  ".join([*parts, *([f"{short(tokens)} tokens"] if tokens else []), *([file_size(size)] if size else [])])
