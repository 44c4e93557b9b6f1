"""Rule FMT005."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ftprep.finding import Finding, Safety, Severity
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.tasks.table import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.tasks.split import Task


def _rows(*answers: str) -> list[dict[str, Any]]:
    return [
        {"prompt": f"What does the harbour log say of day {number}?", "completion": answer}
        for number, answer in enumerate(answers)
    ]


_LOG = [f"On day {number} the wind was from the west and {number + 2} boats came in." for number in range(40)]


# Blank lines before the first word, and a blank of its own; two are indentation, as a tab is.
_LEADING = re.compile(r"(?:[ \t]*[\r\n]+)*(?: (?![ \t]))?")


class _Form(NamedTuple):
    """Entries of a task of which few (or all but few) have blanks at one end of the answer.

    ``usual`` says that nearly all have them, so that those of ``rows`` lack something; ``share`` is that of the
    answers that have them.
    """

    flag: int
    says: str
    rows: Any
    usual: bool
    share: float

    @property
    def is_habit(self) -> bool:
        """Whether most answers start with a blank: perhaps on purpose, as completion models wanted it."""
        from ftprep.tasks.forms import LEADING

        return self.flag == LEADING and self.share >= 0.5


class WhitespaceDrift(DatasetRule):
    """Some answers of a task start or end with white space, and others do not.

    ## What it does
    Counts, in tasks with at least 20 answers, those that start with a blank, end with a newline, or end with another
    blank, and reports each form that some but not all answers have. Answers that all have it are a convention, and so
    is a leading blank in 95 % and more: then the others are named. Indentation at the start, of code for example, is
    not counted. Under 1 % outside tasks with labels it is information.

    ## Why is this bad?
    A blank is a token. Where it comes and goes without reason the model learns to guess it, a label with it is another
    label, and a newline at the end may be learnt as what comes before the end of the turn.

    ## How to settle it
    Strip the answers, as the fix does (which is unsafe where half of the answers start with a blank and more). Only
    where every completion starts with a blank on purpose, as old completion models wanted it, give it to all.
    """

    code = "FMT005"
    name = "whitespace-drift"
    severity = Severity.WARNING
    methods = frozenset({"sft"})
    facts = ANSWERS
    options = {
        "convention": Option(0.95, "share of answers with a blank at one end, from which on it is a convention"),
        "few": Option(0.01, "share of answers under which it is information, outside tasks with labels"),
    }
    examples = (
        Good(*_rows(*_LOG)),
        Good(*_rows(*[f" {one}" for one in _LOG]), note="a leading blank in all of them"),
        Good(*_rows(*_LOG[:30], "    return berth", "\treturn berth"), note="indentation"),
        Good(*_rows(*_LOG[:15], _LOG[15] + "\n"), note="too few to call it drift"),
        Bad(
            *_rows(*_LOG[:30], _LOG[30] + "\n", " " + _LOG[31], _LOG[32] + "\n"),
            at=[(31, "/completion"), (32, "/completion"), (33, "/completion")],
            message="of 33 answers 1 starts with a blank, 2 end with a newline",
            fixed=_rows(*_LOG[:33]),
        ),
        Bad(
            *_rows(*[f" {one}" for one in _LOG[:39]], _LOG[39]),
            at=[(40, "/completion")],
            message="of 40 answers 1 does not start with a blank",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.tasks.split import tasks

        for task in tasks(table, engine):
            yield from self._judge(table, engine, task)

    def _judge(self, table: Table, engine: Engine, task: Task) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.kinds import Kind
        from ftprep.tasks.labels import label_set
        from ftprep.tasks.rewording import group_name, reworded
        from ftprep.tasks.split import LEAST_ROWS
        from ftprep.tasks.voices import each_voice

        kinds = table["kind"][task.rows]
        said = task.rows[(kinds != Kind.TOOL) & (kinds != Kind.EMPTY)]
        if len(said) < LEAST_ROWS:
            return
        found = list(self._forms(table, said))
        if not found:
            return
        rows = np.unique(np.concatenate([one.rows for one in found]))
        message = f"of {len(said):,} answers {', '.join(one.says for one in found)}"
        few = len(rows) < self.values["few"] * len(said) and label_set(table, task) is None
        first = table.ref(int(rows[0]))
        data = {"rows": len(rows), "judged": len(said)}
        for row, voice, record in each_voice(table, engine, rows):
            pieces = _blanks(voice.answer, int(table["form"][row]), found)
            safety: Safety = (
                "unsafe" if any(one.is_habit and table["form"][row] & one.flag for one in found) else "safe"
            )
            yield self.finding(
                voice.ref,
                message[:100],
                severity=Severity.INFO if few else Severity.WARNING,
                pointer=voice.pointer,
                group=group_name(first.file, first.line),
                data=data,
                fix=reworded(record, voice.pointer, voice.answer, pieces, "strip the answer", safety),
            )

    def _forms(self, table: Table, rows: Any) -> Iterator[_Form]:
        from ftprep.tasks.forms import LEADING, NEWLINE, TRAILING

        flags = table["form"][rows]
        for flag, end, what in (
            (LEADING, "start", "a blank"),
            (NEWLINE, "end", "a newline"),
            (TRAILING, "end", "a blank"),
        ):
            has = flags & flag != 0
            count = int(has.sum())
            if not 0 < count < len(rows):
                continue
            share = count / len(rows)
            if count >= self.values["convention"] * len(rows):
                left = len(rows) - count
                says = f"{left:,} {'does' if left == 1 else 'do'} not {end} with {what}"
                yield _Form(flag, says, rows[~has], True, share)
            else:
                yield _Form(flag, f"{count:,} {end}{'s' if count == 1 else ''} with {what}", rows[has], False, share)


def _blanks(answer: str, flags: int, forms: list[_Form]) -> Iterator[tuple[int, int, str]]:
    """The blanks at the ends of an answer that are to go; those that nearly all answers have stay."""
    from ftprep.tasks.forms import LEADING, NEWLINE, TRAILING

    odd = {one.flag for one in forms if not one.usual and flags & one.flag}
    usual = {one.flag for one in forms if one.usual}
    if LEADING in odd:
        start = _LEADING.match(answer)
        if start is not None:
            yield 0, start.end(), ""
    if odd & {NEWLINE, TRAILING}:
        # A newline behind which blanks stand, where all answers end with a newline, loses the blanks only.
        blanks = " \t" if NEWLINE in usual else "\r\n" if TRAILING in usual else " \t\r\n"
        yield len(answer.rstrip(blanks)), len(answer), ""
