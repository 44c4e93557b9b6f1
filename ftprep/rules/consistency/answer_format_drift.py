"""Rule FMT003."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.tasks.table import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.tasks.split import Task

_NAMES = {
    "JSON_OBJECT": "JSON objects",
    "JSON_ARRAY": "JSON arrays",
    "FENCED_JSON": "JSON in a code fence",
    "BROKEN_JSON": "JSON that does not parse",
    "FENCE": "a code fence",
    "YES_NO": "yes or no",
    "LETTER": "single letters",
    "NUMBER": "numbers",
    "TAGGED": "inside a tag",
    "EXPRESSION": "an expression",
    "SHORT": "short text",
    "MIXED": "text with code fences",
    "LIST": "a list",
    "LINE": "prose",
    "PROSE": "prose",
}
_JSON = ("JSON_OBJECT", "JSON_ARRAY", "FENCED_JSON")
_FORMS = (*_JSON, "TAGGED", "LETTER", "NUMBER", "YES_NO")
_READ = 200  # different answers of the minority of one task that are read
_LABEL_WORDS, _LABEL_ROWS = 2, 3  # a short answer that several rows have is a label beside yes and no
_TOLD = 80  # characters of an answer that a prompt may have named
_ORDERS = r"(?:[Rr]eply|[Aa]nswer|[Rr]espond|[Ww]rite|[Ss]ay|[Oo]utput|[Rr]eturn|[Uu]se|[Ss]tate)"
_SAID = re.compile(r"\b(?:is|are|was|were|answer|result|total|equals)\b", re.IGNORECASE)


def _rows(*answers: str, ask: str = "Give the berth of boat {} as asked", **more: str) -> list[dict[str, Any]]:
    return [{"prompt": ask.format(number), "completion": answer, **more} for number, answer in enumerate(answers)]


_BERTHS = [f'{{"berth": {number}, "deep": true}}' for number in range(30)]


def _chat(answer: str, number: int) -> dict[str, Any]:
    return {
        "messages": [
            {"role": "system", "content": "Reply in JSON. If nothing is known, reply NONE."},
            {"role": "user", "content": f"Which berth has boat {number}?"},
            {"role": "assistant", "content": answer},
        ]
    }


class AnswerFormatDrift(DatasetRule):
    """Some answers of a task have another form than nearly all others.

    ## What it does
    In tasks with at least 20 answers of which 80 % and more are JSON objects, JSON arrays, JSON in a code fence, texts
    inside a tag, option letters, numbers, or yes and no, reports the others, JSON that does not parse first. Left
    alone are answers that the prompt itself names (`UNKNOWN`), further labels beside yes and no, values that are no
    plain numbers (`x + 2`, `none`), and calls of tools.

    ## Why is this bad?
    Whatever reads the answers fails on the odd ones, and the model learns that the form is a matter of taste. On the
    public data it was tried on it reports nothing but what was broken on purpose.

    ## How to settle it
    Write the odd answers as the others, or drop them.
    """

    code = "FMT003"
    name = "answer-format-drift"
    severity = Severity.WARNING
    methods = frozenset({"sft"})
    facts = ANSWERS
    options = {"share": Option(0.8, "share of the answers of a task that must have one form")}
    examples = (
        Good(*_rows(*_BERTHS)),
        Good(*_rows(*("Yes", "No") * 15, *["Maybe"] * 4), note="three labels"),
        Good(*_rows(*[str(number * 7) for number in range(30)], "x + 2", "no solution", "about 5")),
        Good(
            *[_chat(answer, number) for number, answer in enumerate([*_BERTHS, "NONE"])],
            note="the prompt says what to answer then",
        ),
        Good(
            *_rows(
                *[f"Berth {number} is on the left, behind the crane and the old shed" for number in range(30)], "{}"
            ),
            note="prose has any form",
        ),
        Bad(
            *_rows(*_BERTHS, "It lies at berth 4.", '{"berth": 5, "deep": true,}'),
            at=[(31, "/completion")],
            message="of 32 answers 30 are JSON objects, 2 are not: JSON that does not parse ×1, short text ×1",
        ),
        Bad(
            *_rows(*[str(number * 7) for number in range(30)], "The answer is 14", ask="Count the ropes of ship {}"),
            at=[(31, "/completion")],
            message="of 31 answers 30 are numbers, 1 is not: short text ×1",
        ),
        Bad(
            *_rows(*"ABCDABDCBADC" * 3, "The right option is the second one, because of the tide"),
            at=[(37, "/completion")],
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.tasks.split import tasks

        for task in tasks(table, engine):
            if not task.rest:
                yield from self._judge(table, engine, task)

    def _judge(self, table: Table, engine: Engine, task: Task) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.kinds import Kind
        from ftprep.tasks.split import LEAST_ROWS
        from ftprep.tasks.voices import pointer_of

        kinds = table["kind"][task.rows]
        said = task.rows[(kinds != Kind.TOOL) & (kinds != Kind.EMPTY)]
        if len(said) < LEAST_ROWS:
            return
        counts = np.bincount(table["kind"][said])
        usual = Kind(int(counts.argmax()))
        share = counts[usual] / len(said)
        if share >= 1 or share < self.values["share"] or usual.name not in _FORMS:
            return
        odd = _odd(table, engine, said[table["kind"][said] != usual], usual)
        if not odd:
            return
        named = Counter(_NAMES[Kind(int(table["kind"][row])).name] for row in odd)
        broken = _NAMES["BROKEN_JSON"]
        ranked = sorted(named.items(), key=lambda one: (one[0] != broken, -one[1], one[0]))
        parts = ", ".join(f"{name} ×{count:,}" for name, count in ranked[:3])
        more = " and others" if len(ranked) > 3 else ""
        most, others = int(counts[usual]), "1 is" if len(odd) == 1 else f"{len(odd):,} are"
        message = f"of {len(said):,} answers {most:,} are {_NAMES[usual.name]}, {others} not: {parts}{more}"
        ref = table.ref(odd[0])
        yield self.finding(
            ref,
            message[:100],
            pointer=pointer_of(engine, ref),
            related=tuple(table.ref(row) for row in odd[1:6]),
            data={"rows": len(odd), "judged": len(said), "usual": usual.name, "forms": dict(ranked)},
        )


def _odd(table: Table, engine: Engine, rows: Any, usual: Any) -> list[int]:
    """Those of the ``rows`` without the usual form that have no reason for it."""
    import numpy as np

    order = np.argsort(table["surface"][rows], kind="stable")
    ordered = table["surface"][rows][order]
    groups = np.split(rows[order], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1)
    groups.sort(key=lambda group: int(group[0]))
    refs = [table.ref(int(group[0])) for group in groups[:_READ]]
    records = engine.records(refs)
    found = []
    for number, group in enumerate(groups):
        record = records.get(refs[number]) if number < _READ else None
        if record is None or not _has_reason(record, usual, len(group)):
            found += group.tolist()
    return sorted(found)


def _has_reason(record: Any, usual: Any, rows: int) -> bool:
    from ftprep.tasks.kinds import Kind, read_answer, stripped
    from ftprep.tasks.spelling import says
    from ftprep.tasks.voices import voice
    from ftprep.text.answers import answers

    said = voice(record)
    text = stripped(said.answer)
    reading = read_answer(text)
    kind, words = reading.kind, len(text.split())
    if kind == Kind.BROKEN_JSON:
        return False
    if usual in (Kind.YES_NO, Kind.LETTER) and len(text.strip("().: ")) == 1:
        return True  # letters that are also short for yes and no
    if usual in (Kind.YES_NO, Kind.LETTER) and kind == Kind.SHORT and words <= _LABEL_WORDS and rows >= _LABEL_ROWS:
        return True
    if usual == Kind.NUMBER and kind in (Kind.SHORT, Kind.EXPRESSION, Kind.LETTER, Kind.YES_NO):
        return not (any(map(str.isdigit, text)) and _SAID.search(text))
    if len(text) > _TOLD:
        return False
    context = [one for one in answers(record) if one.pointer == said.pointer]
    told = re.compile(rf"\b(?:{_ORDERS})\W+(?:(?:only|just|with|exactly|the word)\W+)*{re.escape(text.rstrip('.'))}\b")
    return any(says(one.system, text.rstrip(".")) or told.search(one.prompt) for one in context)
