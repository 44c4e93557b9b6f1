"""The default report for people: findings by rule, each rule with examples, then the table and the verdict.

Counts are exact, examples are chosen. With the usual three examples per rule the report keeps to 80 lines: where rules
are many, examples get fewer from the least severe rule up, and rules without one stand in the table alone. A table that
would leave no room for examples is cut, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ftprep.output.answers import answers
from ftprep.output.blocks import Block, make_blocks
from ftprep.output.cells import cut
from ftprep.output.closing import closing, is_clean
from ftprep.output.figures import count
from ftprep.output.header import header
from ftprep.output.style import Style
from ftprep.output.table import table
from ftprep.report import Report

MAX_LINES = 80
IN_PLACE = 10
"""Number of findings up to which each is shown, and no table."""
TABLE_ROWS = 40
"""Number of rules up to which the table has them all, whatever room that leaves for examples."""
_DEFAULT = Style()


def render(report: Report, style: Style = _DEFAULT) -> Iterator[str]:
    """Yield the report line by line, newlines included."""
    for line in _lines(report, style):
        yield f"{line}\n"


def _lines(report: Report, style: Style) -> Iterator[str]:
    if style.quiet:
        yield from _quiet(report, style)
        return
    top = list(header(report, style))
    bottom = [*closing(report, style), *_asked(report, style)]
    yield from top
    if is_clean(report):
        yield from bottom
        return
    usual = style.show == _DEFAULT.show
    in_place = len(report.findings) <= IN_PLACE and (usual or style.show is None)
    limited = usual and not in_place and not style.verbose
    rows = [] if in_place else [*_table(report, style, limited), ""]
    last = [*rows, *bottom, *_next(report, style)]
    blocks = make_blocks(report, style, IN_PLACE if in_place else style.show)
    room = MAX_LINES - len(top) - 1 - len(last)
    shown = _within(blocks, room) if limited else blocks
    yield ""
    for block in shown:
        yield from block.lines()
        yield ""
    if len(shown) < len(blocks):
        yield _rest(len(blocks), len(shown), style)
        yield ""
    yield from last


def _asked(report: Report, style: Style) -> Iterator[str]:
    lines = list(answers(report, style))
    yield from ["", *lines] if lines else []


def _quiet(report: Report, style: Style) -> Iterator[str]:
    for number, block in enumerate(make_blocks(report, style, style.show)):
        if number:
            yield ""
        yield from block.lines()


def _within(blocks: Sequence[Block], room: int) -> Sequence[Block]:
    """Choose what fits into ``room`` lines: first one example for each rule, in order, then a second, then a third."""
    left = room - 2  # for the line about the rules left out
    chosen = [0] * len(blocks)
    for wanted in range(1, max((len(block.examples) for block in blocks), default=0) + 1):
        for number, block in enumerate(blocks):
            if wanted > 1 and (chosen[number] < wanted - 1 or len(block.examples) < wanted):
                continue
            cost = block.height(wanted) + 1 - (block.height(wanted - 1) + 1 if wanted > 1 else 0)
            if cost > left:
                if wanted == 1:
                    break  # the order of rules is that of importance: no smaller block jumps ahead
                continue
            left -= cost
            chosen[number] = wanted
    return [block.limited(number) for block, number in zip(blocks, chosen, strict=True) if number]


def _table(report: Report, style: Style, limited: bool) -> Iterator[str]:
    """The table, whole or with as many rules as leave room for examples."""
    rows = list(table(report, style))
    more = len(rows) - 1 - TABLE_ROWS
    if not limited or more <= 1:  # a line that says "1 more" takes as much room as the row
        yield from rows
        return
    yield from rows[: TABLE_ROWS + 1]
    found = sum(len(report.by_code[one.code]) for one in report.summary()[TABLE_ROWS:])
    text = f" ... {count(more, 'more rule')} with {count(found, 'finding')}; -o summary lists all rules"
    yield cut(text, style.cells, style.ellipsis)


def _rest(rules: int, shown: int, style: Style) -> str:
    noun = count(rules - shown, "more rule" if shown else "rule")
    where = (
        "without examples here"
        if rules > TABLE_ROWS + 1
        else f"{'stands' if rules - shown == 1 else 'stand'} in the table"
    )
    return cut(f"... {noun} {where}; --show all shows examples", style.cells, style.ellipsis)


def _next(report: Report, style: Style) -> Iterator[str]:
    if report.findings:
        code = report.summary()[0].code
        line = f"next: ftprep rule {code} | ftprep lint --select {code} --show all"
        yield style.paint(cut(line, style.cells, style.ellipsis), "dim")
