"""Several fixes applied to one raw row: :func:`fix_row`."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ftprep.finding import Edit, Finding, Fix
from ftprep.fixing.meaning import meant, parse
from ftprep.fixing.python_rows import json_from_python
from ftprep.fixing.splices import CannotEdit, RowText, Splice, clash, spliced

_TRIALS = 20


class FixedRow(NamedTuple):
    """A row after some of its fixes; ``raw`` None when its line goes away.

    ``applied`` are the numbers of the fixes that were, ``failed`` says of others why they never can be. The rest
    stands in the way of an applied one, and may be found again.
    """

    raw: bytes | None
    applied: tuple[int, ...]
    failed: dict[int, str]


def fix_row(raw: bytes, fixes: Sequence[Fix]) -> FixedRow:
    """Apply as many of ``fixes`` to ``raw`` as do not touch each other, the earlier in the text first.

    What comes out parses to exactly what the edits mean; a fix of which that does not hold is not applied.
    """
    for act in ("remove-line", "python-to-json"):
        numbers = tuple(number for number, fix in enumerate(fixes) if fix.act == act)
        if numbers:
            return _acted(raw, act, numbers)
    failed: dict[int, str] = {}
    try:
        row = RowText(raw.decode())
    except UnicodeDecodeError:
        return FixedRow(raw, (), dict.fromkeys(range(len(fixes)), "the row is not UTF-8"))
    plans: dict[int, list[Splice]] = {}
    for number, fix in enumerate(fixes):
        try:
            plans[number] = row.splices(fix.edits)
        except CannotEdit as error:
            failed[number] = str(error)
        except ValueError:
            failed[number] = "the row is not JSON"
    chosen = _compatible(fixes, plans)
    try:
        return FixedRow(_proven(row, fixes, plans, chosen), tuple(chosen), failed)
    except CannotEdit:
        pass
    for number in chosen[:_TRIALS]:  # one of them is at fault: take the first that holds alone
        try:
            return FixedRow(_proven(row, fixes, plans, [number]), (number,), failed)
        except CannotEdit as error:
            failed[number] = str(error)
    return FixedRow(raw, (), failed)


def edited(text: str, edits: Sequence[Edit]) -> str:
    """``text``, which is JSON, after ``edits``; raises :class:`CannotEdit` where they do not fit."""
    row = RowText(text)
    return _proven(row, [Fix("", edits=tuple(edits))], {0: row.splices(edits)}, [0]).decode()


def _acted(raw: bytes, act: str, numbers: tuple[int, ...]) -> FixedRow:
    if act == "remove-line":
        if raw.strip():
            return FixedRow(raw, (), dict.fromkeys(numbers, "the line holds a row"))
        return FixedRow(None, numbers, {})
    try:
        return FixedRow(json_from_python(raw), numbers, {})
    except CannotEdit as error:
        return FixedRow(raw, (), dict.fromkeys(numbers, str(error)))


def _compatible(fixes: Sequence[Fix], plans: dict[int, list[Splice]]) -> list[int]:
    """Numbers of the fixes that can be applied together, in the order of their places."""
    chosen: list[int] = []
    taken: list[Splice] = []  # in order, none touching another
    known: set[str] = set()
    for number in sorted(plans, key=lambda one: (plans[one][0].start, one)):
        asked = _asked(fixes[number])
        if asked in known:
            chosen.append(number)
        elif not any(_clashes(mine, taken) for mine in plans[number]):
            chosen.append(number)
            known.add(asked)
            for mine in plans[number]:
                insort(taken, mine)
    return chosen


def _clashes(mine: Splice, taken: Sequence[Splice]) -> bool:
    at = bisect_left(taken, mine)
    return any(clash(mine, other) for other in taken[max(at - 1, 0) : at + 1])


def _proven(row: RowText, fixes: Sequence[Fix], plans: dict[int, list[Splice]], chosen: Iterable[int]) -> bytes:
    """The row after the ``chosen`` fixes, once it is shown to mean what they mean."""
    kept = _distinct(fixes, chosen)
    text = spliced(row.text, [splice for number in kept for splice in plans[number]])
    try:
        wanted = meant(row.text, [edit for number in kept for edit in fixes[number].edits])
        same = parse(text) == wanted
    except RecursionError:
        raise CannotEdit("the row is nested too deeply") from None
    except ValueError:
        raise CannotEdit("the row is not JSON") from None
    if not same:
        raise CannotEdit("the new text would mean something else")
    return text.encode()


def _distinct(fixes: Sequence[Fix], chosen: Iterable[int]) -> list[int]:
    """One number for each set of edits: two findings may ask for the same."""
    return list({_asked(fixes[number]): number for number in reversed(list(chosen))}.values())


def _asked(fix: Fix) -> str:
    """What a fix asks for, as it is: how edits print is masked."""
    return repr([(edit.op, edit.pointer, edit.new, edit.span) for edit in fix.edits])


def is_fixable(finding: Finding, *, unsafe: bool = False) -> bool:
    """Whether a run applies the fix of a finding: a safe one, or with ``unsafe`` any that drops no row."""
    fix = finding.fix
    return fix is not None and not fix.drop and bool(fix.edits or fix.act) and (unsafe or fix.safety == "safe")
