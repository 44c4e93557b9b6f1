"""One block per rule: how often, what it means, and where, with examples from the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ftprep.clusters import Cluster
from ftprep.finding import Finding
from ftprep.output.cells import cells, cut, cut_front, fill
from ftprep.output.figures import count, percent
from ftprep.output.fixes import fix_line
from ftprep.output.pointing import excerpt_lines
from ftprep.output.style import Style
from ftprep.record import Ref
from ftprep.report import Report, RuleSummary
from ftprep.selection import ALWAYS
from ftprep.text import snippet
from ftprep.text.excerpt import Excerpt

_ARROW, _BAR, _EQUALS = "   --> ", "    |  ", "    = "
_SIZES = ((2, 2), (3, 5), (6, 20))

Shown = tuple[Finding, Excerpt | None]


@dataclass(frozen=True, slots=True)
class Example:
    """The lines of one example. ``rank`` 0 is shown first when there is room for one only; ``last`` is its place."""

    position: int
    rank: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One rule's part of the report. ``examples`` are in reading order; ``total`` counts what they are taken from.

    Those are clusters where ``sizes`` tells how large they are, else findings, the last of which is at ``last``.
    """

    title: tuple[str, ...]
    examples: tuple[Example, ...]
    total: int
    last: str
    sizes: str
    fix: str
    style: Style

    def lines(self) -> Iterator[str]:
        """All lines of the block."""
        yield from self.title
        for example in self.examples:
            yield from example.lines
        yield from self._tail()
        if self.fix:
            yield cut(f"   = {self.fix}", self.style.cells, self.style.ellipsis)

    def height(self, examples: int) -> int:
        """Number of lines with so many examples."""
        return sum(1 for _ in self.limited(examples).lines())

    def limited(self, examples: int) -> Block:
        """The block with at most so many examples, the most telling ones."""
        if examples >= len(self.examples):
            return self
        kept = sorted(self.examples, key=lambda one: one.rank)[:examples]
        return replace(self, examples=tuple(sorted(kept, key=lambda one: one.position)))

    def _tail(self) -> Iterator[str]:
        more = self.total - len(self.examples)
        if more <= 0:
            return
        text = f"   ... {more:,} more"
        if self.sizes:
            text = f"   ... {count(more, 'more cluster')}; all sizes: {self.sizes}"
        elif not any(example.position == self.total - 1 for example in self.examples):
            text += f", last at {self.last}"
        yield cut(text, self.style.cells, self.style.ellipsis)


def make_blocks(report: Report, style: Style, show: int | None) -> list[Block]:
    """The blocks of all rules with findings, the most severe first, with at most ``show`` examples each."""
    plans = [_plan(report, entry, show) for entry in report.summary()]
    # All at once: a compressed input is read from its start each time that rows are asked for.
    wanted = [one for plan in plans for finding in plan.findings for one in (finding, *_others(finding))]
    excerpts = iter(zip(wanted, report.excerpts(wanted), strict=True))
    return [
        _block(
            report, style, plan, [[next(excerpts) for _ in (finding, *_others(finding))] for finding in plan.findings]
        )
        for plan in plans
    ]


def _others(finding: Finding) -> list[Finding]:
    """The related rows that are shown beside that of a finding: ``data["beside"]`` has their numbers and pointers."""
    return [
        replace(finding, ref=finding.related[number], pointer=pointer, span=None)
        for number, pointer in finding.data.get("beside", ())
    ]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which findings (or the first rows of which clusters) stand for a rule."""

    entry: RuleSummary
    positions: tuple[int, ...]
    findings: tuple[Finding, ...]
    clusters: tuple[Cluster, ...]
    total: int
    sizes: str = ""


def _plan(report: Report, entry: RuleSummary, show: int | None) -> _Plan:
    findings = report.by_code[entry.code]
    if not entry.clusters:
        positions = choose(findings, show)
        return _Plan(entry, positions, tuple(findings[at] for at in positions), (), len(findings))
    clusters = report.clusters(entry.code)
    shown = clusters if show is None else clusters[:show]
    in_group: dict[str | None, Finding] = {}
    for finding in findings:
        in_group.setdefault(finding.group, finding)
    # The first row of a cluster may have no finding of its own: it is shown by what is said of another member.
    firsts = tuple(replace(in_group[one.group], ref=one.kept, span=None) for one in shown)
    return _Plan(entry, tuple(range(len(shown))), firsts, tuple(shown), len(clusters), _histogram(clusters))


def choose(findings: Sequence[Finding], show: int | None) -> tuple[int, ...]:
    """Positions of the examples in the order of how telling they are: the first, the worst, the median, others.

    The worst is the one with the highest ``data["score"]``, or the last where the rule gives no scores. Others are
    spread evenly.
    """
    total = len(findings)
    if show is None or show >= total:
        show = total
    scored = [
        (score, -at) for at, one in enumerate(findings) if isinstance(score := one.data.get("score"), int | float)
    ]
    worst = -max(scored)[1] if scored else total - 1
    spread = [round(step * (total - 1) / max(show - 1, 1)) for step in range(show)]
    wanted = dict.fromkeys([0, worst, (total - 1) // 2, *spread, *range(min(show, total))])
    return tuple(list(wanted)[:show])


def _histogram(clusters: Sequence[Cluster]) -> str:
    """``871 of 2, 269 of 3-5, 57 of 6-20, 7 above``."""
    parts = []
    sizes = [len(one.members) for one in clusters]
    for low, high in _SIZES:
        number = sum(low <= size <= high for size in sizes)
        if number:
            parts.append(f"{number:,} of {low}" if low == high else f"{number:,} of {low}-{high}")
    more = sum(size > _SIZES[-1][1] for size in sizes)
    return ", ".join([*parts, *([f"{more:,} above"] if more else [])])


def _block(report: Report, style: Style, plan: _Plan, shown: Sequence[Sequence[Shown]]) -> Block:
    examples = []
    for rank, (position, rows) in enumerate(zip(plan.positions, shown, strict=True)):
        if plan.clusters and len(plan.clusters[rank].members) > 1:
            lines = _cluster_lines(report, style, plan.clusters[rank], *rows[0])
        else:
            lines = _finding_lines(report, style, *rows[0], rows[1:])
        examples.append(Example(position, rank, tuple(lines)))
    last = report.by_code[plan.entry.code][-1].ref
    return Block(
        tuple(_title(style, plan.entry)),
        tuple(sorted(examples, key=lambda one: one.position)),
        plan.total,
        style.plain(_short_place(report, last)),
        plan.sizes,
        style.plain(fix_line(report.by_code[plan.entry.code])),
        style,
    )


def _title(style: Style, entry: RuleSummary) -> Iterator[str]:
    kind = f"{entry.severity.label}[{entry.code}]"
    numbers = _numbers(entry)
    if cells(kind) + len(numbers) + 3 > style.cells:  # too narrow for all: the table has the rest
        numbers = count(entry.lines, "line") if entry.lines else count(entry.records, "record")
    name = cut(entry.name, max(style.cells - len(kind) - len(numbers) - 3, 0), style.ellipsis)
    space = " " * max(style.cells - len(kind) - 1 - cells(name) - len(numbers), 1)
    yield f"{style.paint(kind, entry.severity)} {style.paint(name, 'bold')}{space}{numbers}"
    yield cut(f"  {style.plain(entry.description)}", style.cells, style.ellipsis)


def _numbers(entry: RuleSummary) -> str:
    if entry.lines:
        return count(entry.lines, "line")
    if not entry.records:
        return count(entry.files, "file")
    share = f"{percent(entry.share):>8}"
    if entry.clusters:
        return f"{count(entry.records, 'record')} in {count(entry.clusters, 'cluster')}  {share}"
    if entry.findings != entry.records:
        return f"{entry.findings:,} in {count(entry.records, 'record')}  {share}"
    return f"{count(entry.records, 'record')}  {share}"


def _short_place(report: Report, ref: Ref) -> str:
    """A place in the words of a sentence: the path only where there are several."""
    if len(report.inputs) > 1 or not ref.line:
        return report.place(ref)
    return f"{report.inputs[ref.file].source.counts} {ref.line:,}"


def _finding_lines(
    report: Report, style: Style, finding: Finding, excerpt: Excerpt | None, others: Sequence[Shown]
) -> Iterator[str]:
    yield _place(report, style, finding, excerpt)
    if not others:
        yield from _pointed(style, excerpt, finding)
    else:  # what is said is about all of them
        for other, text in ((finding, excerpt), *others):
            if other is not finding:
                yield _place(report, style, other, text)
            yield from _pointed(style, text, replace(other, message=""))
        yield from fill(style.plain(finding.message), style.cells, _EQUALS, " " * len(_EQUALS))
    yield from _says(style, finding)
    shown = {other.ref for other, _ in others}
    related = [ref for ref in finding.related if ref not in shown]
    if related:
        rows = Cluster(finding.ref, (finding.ref, *related), 0.0)
        yield style.paint(_BAR, "dim") + _members(report, style, rows)
    if style.verbose and finding.code == ALWAYS:
        for frame in finding.data.get("stack", ()):
            yield cut(f"{_EQUALS}at {style.plain(str(frame))}", style.cells, style.ellipsis)


def _place(report: Report, style: Style, finding: Finding, excerpt: Excerpt | None) -> str:
    place = style.plain(report.place(finding.ref))
    if excerpt is not None and excerpt.column is not None:
        place += f":{excerpt.column}"
    return _location(style, place, snippet.mask(finding.pointer))


def _location(style: Style, place: str, pointer: str) -> str:
    """The place, whole if at all possible, so that a terminal can open it; then the pointer, as far as it fits."""
    room = style.cells - len(_ARROW)
    place = cut_front(place, room, style.ellipsis)
    rest = room - cells(place) - 2
    shown = f"  {cut(style.plain(pointer[: 4 * style.cells]), rest, style.ellipsis)}" if pointer and rest > 4 else ""
    return style.paint(_ARROW, "dim") + place + style.paint(shown, "dim")


def _pointed(style: Style, excerpt: Excerpt | None, finding: Finding) -> Iterator[str]:
    """The excerpt with carets under the value and the message as their label, or below where it does not fit."""
    message = style.plain(finding.message)
    if excerpt is not None and excerpt.text.strip():
        room = style.cells - len(_BAR)
        text, carets = excerpt_lines(excerpt, room, style)
        bar = style.paint(_BAR, "dim")
        yield bar + text
        if finding.pointer or finding.span:  # else the row as a whole is meant
            labelled = bool(message) and len(carets) + 1 + cells(message) <= room
            sign = carets.lstrip(" ") + (f" {message}" if labelled else "")
            kind = finding.severity if finding.severity is not None else "bold"
            yield bar + " " * (len(carets) - len(carets.lstrip(" "))) + style.paint(sign, kind)
            if labelled:
                return
    if message:
        yield from fill(message, style.cells, _EQUALS, " " * len(_EQUALS))


def _says(style: Style, finding: Finding) -> Iterator[str]:
    """The target's own words, which is what a search engine finds."""
    says = finding.data.get("says")
    if isinstance(says, str):
        words = style.plain(f"{finding.data.get('target')} says: {snippet.mask(says)}")
        yield from fill(words, style.cells, _EQUALS, " " * len(_EQUALS))


def _cluster_lines(
    report: Report, style: Style, cluster: Cluster, finding: Finding, excerpt: Excerpt | None
) -> Iterator[str]:
    place = style.plain(report.place(cluster.kept))
    yield _location(style, f"cluster of {len(cluster.members):,}, first at {place}", snippet.mask(finding.pointer))
    bar = style.paint(_BAR, "dim")
    if excerpt is not None:
        yield bar + excerpt_lines(excerpt, style.cells - len(_BAR), style)[0]
    yield bar + _members(report, style, cluster)
    if not finding.related:  # what is said is about the group, and not about one row and another
        yield from fill(style.plain(finding.message), style.cells, _EQUALS, " " * len(_EQUALS))


def _members(report: Report, style: Style, cluster: Cluster) -> str:
    """``also at lines 91 240 … 207 more``, with the path of members in other inputs."""
    others = cluster.members[1:]
    if not others:
        return "alone"
    text = "also at" if cluster.kept.line else "for example at"
    if others[0].file == cluster.kept.file:
        text += f" {report.inputs[cluster.kept.file].source.counts}{'s' if len(others) > 1 else ''}"
    room = style.cells - len(_BAR)
    for number, ref in enumerate(others):
        here = ref.file == cluster.kept.file
        word = str(ref.line) if here else style.plain(report.place(ref))
        more = f" {style.ellipsis} {len(others) - number:,} more"
        after = len(f" {style.ellipsis} {len(others) - number - 1:,} more") if number + 1 < len(others) else 0
        if cells(text) + 1 + cells(word) + after > room:
            return cut(text + more, room, style.ellipsis)
        text += f" {word}"
    return text
