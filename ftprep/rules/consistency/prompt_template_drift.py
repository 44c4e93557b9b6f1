"""Rule FMT002."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.tasks.table import ANSWERS
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.tasks.frames import Frame, Surface
    from ftprep.tasks.split import Task

_READ = 200  # ways of writing one template that are read


def _rows(template: str, count: int, start: int = 0) -> list[dict[str, Any]]:
    things = ("the lamp on the pier", "a rope", "Two boats", "nets, and floats", "our crane", "fog", "an old buoy")
    return [
        {"prompt": template.format(f"{things[number % 7]} of day {number}"), "completion": f"Case {number * 37 % 91}."}
        for number in range(start, start + count)
    ]


def _pairs(instruction: str, count: int, start: int = 0) -> list[dict[str, Any]]:
    return [
        {"instruction": instruction, "input": f"Note {number} of the pilot", "output": f"Case {number * 37 % 91}."}
        for number in range(start, start + count)
    ]


_ASK = "Sort this note of the harbour: {}"


class _Variant(NamedTuple):
    """Rows that write a template otherwise than most."""

    surface: Surface
    rows: Any


class PromptTemplateDrift(DatasetRule):
    """One prompt template that is written in several ways.

    ## What it does
    Finds the words with which many prompts of a task begin (or the instruction, where what it is about stands in an
    input of its own), and reports prompts that write them in another case, with other punctuation or other white
    space than most. A template has at least three words that nearly always follow each other, or ends in a colon; the
    first 24 words are looked at. Other wording is diversity, and is left alone, as is what fills the template.

    ## Why is this bad?
    The application sends one of the versions. What the model has learnt from the others it applies less surely, and
    where a version came with other data, it becomes a hidden switch. On the public data that it was tried on, 58
    templates in 100,000 rows among them, it reports nothing.

    ## How to settle it
    Write the template in one way; the commonest is named first, and the fix writes it.
    """

    code = "FMT002"
    name = "prompt-template-drift"
    severity = Severity.WARNING
    methods = frozenset({"sft", "rft"})
    facts = ANSWERS
    options = {
        "majority": Option(0.3, "share of the prompts with a template that write it in the commonest way"),
        "share": Option(0.0005, "share that writes it otherwise, under which it is left alone"),
        "blanks": Option(0.02, "the same where nothing but white space differs"),
    }
    examples = (
        Good(*_rows(_ASK, 60)),
        Good(*_rows(_ASK, 30), *_rows("Which topic has this note of the harbour? {}", 30), note="other wording"),
        Good(*_rows(_ASK, 59), *_rows(_ASK.lower(), 1, 59), note="one alone may be a slip"),
        Good(
            *_rows("What became of {}?", 40),
            *_rows("and {}?", 10, 40),
            *_rows("{} is gone, why?", 10, 50),
            note="prompts that people wrote",
        ),
        Good(*_rows(_ASK, 57), *_rows(_ASK.replace("{}", "\n{}"), 3, 57), note="a note that begins with a newline"),
        Good(*_pairs("Sort this", 60), *_pairs("Translate this", 30, 60)),
        Bad(
            *_rows(_ASK, 60),
            *_rows("SORT THIS NOTE OF THE HARBOUR {}", 3, 60),
            *_rows("Sort this note of the harbour:\n{}", 2, 63),
            at=[(line, "/prompt") for line in range(61, 66)],
            message="template `Sort this note of the harbo…` ×60 is also written `SORT THIS NOTE OF THE…` ×3",
            fixed=_rows(_ASK, 65),
        ),
        Bad(
            *_pairs("Classify this:", 30),
            *_pairs("classify this", 2, 30),
            *_pairs("CLASSIFY THIS", 2, 32),
            at=[(line, "/instruction") for line in range(31, 35)],
            message="template `Classify this:` ×30 is also written `classify this` ×2, `CLASSIFY THIS` ×2",
            fixed=_pairs("Classify this:", 34),
        ),
        Bad(
            *_rows("Classify this:\n\n{}", 40),
            *_rows("classify this: {}", 4, 40),
            at=[(line, "/prompt") for line in range(41, 45)],
            message="template `Classify this:` ×40 is also written `classify this:` ×4",
            fixed=_rows("Classify this:\n\n{}", 44),
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.frames import frames
        from ftprep.tasks.split import tasks

        by_split: dict[str, list[Task]] = {}
        for task in tasks(table, engine):
            by_split.setdefault(task.split, []).append(task)
        for ones in by_split.values():
            rows = np.sort(np.concatenate([one.rows for one in ones]))
            seen: set[int] = set()
            for frame in dict.fromkeys(frames(table, rows, ones)):
                yield from self._judge(table, engine, frame, rows, seen)

    def _judge(self, table: Table, engine: Engine, frame: Frame, rows: Any, seen: set[int]) -> Iterator[Finding]:
        """Findings about one template; ``seen`` are the rows that have one already."""
        from ftprep.tasks.frames import surfaces

        groups = surfaces(table, frame, rows)
        total = sum(map(len, groups))
        least = max(2, self.values["share"] * total)
        if len(groups) < 2 or len(groups[0]) < self.values["majority"] * total or len(groups[1]) < least:
            return
        read = [
            _Variant(surface, group)
            for group in groups[:_READ]
            if len(group) >= least and (surface := _surface(table, engine, group, frame)) is not None
        ]
        if len(read) < 2:
            return
        usual, *others = read
        if frame.short and not usual.surface.text.endswith((":", "：")):
            return
        blanks = max(2, self.values["blanks"] * total)
        odd = [
            one
            for one in others
            if not seen.intersection(one.rows.tolist()) and _drifts(one, usual.surface, int(blanks))
        ]
        if odd:
            seen.update(row for one in odd for row in one.rows.tolist())
            yield from self._findings(table, engine, frame, usual, odd)

    def _findings(
        self, table: Table, engine: Engine, frame: Frame, usual: _Variant, odd: list[_Variant]
    ) -> Iterator[Finding]:
        """One for each row that writes a template otherwise, all in one group."""
        import numpy as np

        from ftprep.tasks.frames import opening_of, surface_of
        from ftprep.tasks.rewording import group_name, reworded
        from ftprep.tasks.voices import each_voice

        message = _said(usual, odd)
        rows = np.sort(np.concatenate([one.rows for one in odd]))
        first = table.ref(int(rows[0]))
        data = {"rows": len(usual.rows), "variants": [len(one.rows) for one in odd], "words": frame.words}
        for _, voice, record in each_voice(table, engine, rows):
            text, pointer = opening_of(record, frame.asked)
            mine = surface_of(text, frame.words)
            if mine is None:
                continue
            end = len(mine.text)
            piece = (0, end, usual.surface.text)
            if mine.newline != usual.surface.newline and end + len(mine.blanks) < len(text):
                piece = (0, end + len(mine.blanks), usual.surface.text + usual.surface.blanks)
            yield self.finding(
                voice.ref,
                message,
                pointer=pointer,
                span=(0, end),
                group=group_name(first.file, first.line),
                data=data,
                fix=reworded(record, pointer, text, [piece], f"write {quote(usual.surface.text, 30)}", "unsafe"),
            )


def _said(usual: _Variant, odd: list[_Variant]) -> str:
    """The template and as many other ways of writing it as there is room for, each where it differs."""
    right = usual.surface.text
    places = [_differs_at(one.surface.text, right) for one in odd]
    message = f"template {_around(right, places[0], 28)} ×{len(usual.rows):,} is also written "
    shown = ""
    for number, (one, place) in enumerate(zip(odd, places, strict=True), 1):
        more = f" and {len(odd) - number} more" if number < len(odd) else ""
        part = (", " if shown else "") + f"{_around(one.surface.text, place, 22)} ×{len(one.rows):,}"
        if shown and len(message) + len(shown) + len(part) + len(more) > 100:
            return f"{message}{shown} and {len(odd) - number + 1} more"[:100]
        shown += part
    return (message + shown)[:100]


def _differs_at(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (mine, theirs) in enumerate(pairs) if mine != theirs), min(len(one), len(other)))


def _around(text: str, place: int, room: int) -> str:
    """A text from its start, or where it is long, from shortly before a place."""
    if len(text) <= room or place < room - 4:
        return quote(text, room)
    start = min(max(place - room // 2, 0), max(len(text) - room + 1, 0))
    return quote("…" + text[start:], room)


def _surface(table: Table, engine: Engine, rows: Any, frame: Frame) -> Surface | None:
    """How the first of some rows writes a template."""
    from ftprep.tasks.frames import opening_of, surface_of

    ref = table.ref(int(rows[0]))
    record = engine.records([ref]).get(ref)
    return None if record is None else surface_of(opening_of(record, frame.asked)[0], frame.words)


def _drifts(one: _Variant, usual: Surface, least: int) -> bool:
    """Whether a way of writing is another than the usual one, and not what fills the template."""
    if not one.surface.differs_in_blanks(usual):
        return True
    if one.surface.text == usual.text and usual.blanks and one.surface.blanks.startswith(usual.blanks):
        return False  # what fills it begins with a newline
    return len(one.rows) >= least
