"""Rule FMT004."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.tasks.table import ANSWERS
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.record import Record
    from ftprep.tasks.schemas import Departure
    from ftprep.tasks.split import Task

_BATCH = 1_000  # rows that are read at a time


def _rows(*answers: str, ask: str = "Enter ship {} into the book") -> list[dict[str, Any]]:
    return [{"prompt": ask.format(number), "completion": answer} for number, answer in enumerate(answers)]


def _ship(number: int, **more: Any) -> str:
    import json

    return json.dumps({"ship": f"no. {number}", "berthNumber": number, "cargo": {"tons": number * 3}} | more)


_SHIPS = [_ship(number) for number in range(60)]


class JsonKeyDrift(DatasetRule):
    """JSON answers of a task with other keys or types than the rest.

    ## What it does
    In tasks with at least 20 answers that are JSON objects, reports keys that few have and that are the usual key in
    another spelling (`order_id` for `orderId`), keys that at least 90 % but not all have, keys that at most 2 % have,
    and fields of which some hold another type (null aside). Keys between 5 % and 90 % are optional, and a task with
    many different key sets has an open schema: nothing is said of those. Answers of a kind of their own, such as
    errors, are not compared with the others, and keys that the prompt itself asks for are right.

    ## Why is this bad?
    Code that reads the answers looks a key up by its one name. The model learns both names, and the code fails on one
    of them. On the public data that it was tried on it reports nothing.

    ## How to settle it
    Rename the key, or write it (perhaps as null) in all answers.
    """

    code = "FMT004"
    name = "json-key-drift"
    severity = Severity.WARNING
    methods = frozenset({"sft"})
    facts = ANSWERS
    options = {"shapes": Option(3_000, "different shapes of a task's answers that are looked at")}
    examples = (
        Good(*_rows(*_SHIPS)),
        Good(*_rows(*_SHIPS, *[_ship(number, flag="red") for number in range(20)]), note="an optional key"),
        Good(*_rows(*_SHIPS, *['{"error": "no such ship"}'] * 3), note="another kind of answer"),
        Good(*_rows(*_SHIPS, *[_ship(number, cargo=None) for number in range(4)]), note="null has no type"),
        Good(
            *_rows(*_SHIPS),
            {
                "prompt": "Enter ship 70 into the book, with berth_number",
                "completion": '{"ship": "x", "berth_number": 1}',
            },
            note="the prompt names the key",
        ),
        Good(*_rows(*[f'{{"word {number}": 1, "x{number}": 2}}' for number in range(40)]), note="an open schema"),
        Bad(
            *_rows(*[f'{{"ship": {n}, "berthNumber": 7}}' for n in range(80)], *['{"ship": 9, "berth_number": 8}'] * 4),
            at=[(81, "/completion")],
            message="of 84 JSON answers 4 have `/berth_number` for `berthNumber`",
        ),
        Bad(
            *_rows(*_SHIPS, '{"ship": "no. 61", "berth_number": 61, "cargo": {"tons": 5}}'),
            at=[(61, "/completion")],
            message="of 61 JSON answers 1 has `/berth_number` for `berthNumber`",
        ),
        Bad(
            *_rows(*_SHIPS, _ship(61, berthNumber="61"), '{"ship": "no. 62", "cargo": {"tons": 5}}'),
            at=[(61, "/completion")],
            message="of 62 JSON answers 1 lacks `/berthNumber`, 1 field holds number and string",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.tasks.split import tasks

        for task in tasks(table, engine):
            if not task.rest:
                yield from self._judge(table, engine, task)

    def _judge(self, table: Table, engine: Engine, task: Task) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.forms import json_of, shape_of
        from ftprep.tasks.kinds import Kind
        from ftprep.tasks.schemas import LEAST_ROWS, departures
        from ftprep.tasks.voices import pointer_of, voice

        rows = task.rows[np.isin(table["kind"][task.rows], (int(Kind.JSON_OBJECT), int(Kind.FENCED_JSON)))]
        if len(rows) < LEAST_ROWS:
            return
        order = np.argsort(table["shape"][rows], kind="stable")
        ordered = table["shape"][rows][order]
        groups = np.split(rows[order], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1)
        if len(groups) < 2:
            return
        groups = sorted(groups, key=lambda group: int(group[0]))[: self.values["shapes"]]
        shapes, kept = [], []
        for start in range(0, len(groups), _BATCH):
            batch = groups[start : start + _BATCH]
            refs = [table.ref(int(group[0])) for group in batch]
            records = engine.records(refs)
            for group, ref in zip(batch, refs, strict=True):
                data = json_of(voice(records[ref]).answer) if ref in records else None
                if isinstance(data, dict):
                    shapes.append((frozenset(shape_of(data)), len(group)))
                    kept.append(group)
        found = [one for one in departures(shapes) if not _asked_for(one, table, engine, kept)]
        if not found:
            return
        odd = np.unique(np.concatenate([kept[number] for one in found for number in one.shapes]))
        total = sum(count for _, count in shapes)
        ref = table.ref(int(odd[0]))
        yield self.finding(
            ref,
            f"of {total:,} JSON answers {_said(found)}"[:100],
            pointer=pointer_of(engine, ref),
            related=tuple(table.refs(odd[1:6])),
            data={"rows": len(odd), "judged": total, "departures": [[one.what, one.rows] for one in found]},
        )


def _said(found: Sequence[Departure]) -> str:
    parts = []
    for one in found:
        has, lacks = ("has", "lacks") if one.rows == 1 else ("have", "lack")
        if one.what == "variant":
            parts.append(f"{one.rows:,} {has} {quote(one.key, 24)} for {quote(one.usual, 24)}")
        elif one.what == "missing":
            parts.append(f"{one.rows:,} {lacks} {quote(one.key, 24)}")
        elif one.what == "rare":
            parts.append(f"{one.rows:,} {has} {quote(one.key, 24)} besides")
    mixed = [one for one in found if one.what == "type"]
    if mixed:
        fields = "1 field holds" if len(mixed) == 1 else f"{len(mixed)} fields hold"
        parts.append(f"{fields} {mixed[0].usual}")
    return ", ".join(parts)


def _asked_for(one: Departure, table: Table, engine: Engine, groups: Sequence[Any]) -> bool:
    """Whether prompts ask for what departs: for the odd key in its own prompt, for the missing one only in others."""
    if one.what == "type":
        return False
    key = one.key.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    odd = [table.ref(int(groups[number][0])) for number in one.shapes[:20]]
    records = engine.records(odd)
    asked = sum(_names(record, key) for record in records.values())
    if one.what != "missing":
        return 2 * asked > len(records)
    usual = next((number for number in range(len(groups)) if number not in one.shapes), None)
    if usual is None or 2 * asked > len(records):
        return False
    ref = table.ref(int(groups[usual][0]))
    return any(_names(record, key) for record in engine.records([ref]).values())


def _names(record: Record, key: str) -> bool:
    from ftprep.tasks.spelling import says
    from ftprep.text.answers import answers

    return any(says(one.prompt, key) for one in answers(record)[-1:])
