"""Rule DUP004."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.tasks.table import ANSWERS
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.record import Record
    from ftprep.tasks.split import Ints

LEAST_WORDS, LEAST_BYTES = 8, 24
DOMINANT_SHARE, DOMINANT_ROWS = 0.5, 50  # from here on an answer is BAL003's

_CANNED = "Thank you for writing; a keeper will read your letter this week."


def _rows(count: int, answer: str) -> list[dict[str, str]]:
    return [
        {"prompt": f"Letter {number} about {answer[:9]}?", "completion": answer.format(number)}
        for number in range(count)
    ]


class RepeatedAnswer(DatasetRule):
    """One long answer to many different prompts.

    ## What it does
    Counts the different prompts of each answer of at least 8 words. Answers that are given to 20 prompts or more, and
    to 1 % of all prompts of the dataset, are reported in one finding. Left out are tasks whose answers are labels, code
    and JSON, goodbyes at the end of a dialogue, and an answer to half of the prompts of a task, which is BAL003's.

    ## Why is this bad?
    Whatever is asked, the canned answer is a fair guess, and the model learns to give it: to questions that deserve a
    better one, too. (No public set read here is reported.)

    ## How to settle it
    Keep a few rows of each such answer, or write answers that fit their prompts. In support or refusal data canned
    answers may be what you want.
    """

    code = "DUP004"
    name = "repeated-answer"
    severity = Severity.WARNING
    methods = frozenset({"sft"})
    facts = ANSWERS
    options = {
        "prompts": Option(20, "fewest prompts of an answer that is reported"),
        "share": Option(0.01, "smallest share of all prompts"),
    }
    examples = (
        Good(*_rows(60, "House {} has nine planks, a door and no window at all.")),
        Good(*_rows(19, _CANNED), *_rows(60, "House {} has nine planks, a door and no window at all.")),
        Good(*_rows(30, "Not today, sorry."), *_rows(60, "House {} has nine planks and a door."), note="short"),
        Good(
            *_rows(30, "for plank in range(9): print(plank, end=';') or nail(plank, 'door');"),
            *_rows(60, "House {} has nine planks, a door and no window at all."),
            note="code",
        ),
        Bad(
            *_rows(30, _CANNED),
            *_rows(60, "House {} has nine planks, a door and no window at all."),
            at=[(0, "")],
            message="one answer to 30 of 90 prompts (33 %): `Thank you for writing; a keep…`",
        ),
        Bad(
            *_rows(25, _CANNED),
            *_rows(25, "We are sorry that the tower was closed on that day."),
            *_rows(60, "House {} has nine planks, a door and no window at all."),
            at=[(0, "")],
            message="2 answers to 50 of 110 prompts (45 %), most often `Thank you for writing; a keep…` ×25",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.kinds import Kind, stripped
        from ftprep.tasks.labels import label_set
        from ftprep.tasks.split import tasks
        from ftprep.tasks.voices import voice

        least, share = int(self.values["prompts"]), float(self.values["share"])
        kinds = [int(kind) for kind in (Kind.SHORT, Kind.LINE, Kind.LIST, Kind.MIXED, Kind.PROSE)]
        by_split: defaultdict[str, list[Ints]] = defaultdict(list)
        for task in tasks(table, engine):
            by_split[task.split].append(task.rows)
        totals = {split: len(np.unique(table["prompt"][np.concatenate(rows)])) for split, rows in by_split.items()}
        found: defaultdict[str, list[Ints]] = defaultdict(list)
        for task in tasks(table, engine):
            if label_set(table, task) is not None:
                continue
            pairs = np.stack([table["prompt"][task.rows], table["answer"][task.rows]], axis=1)
            _, first = np.unique(pairs, axis=0, return_index=True)
            rows = task.rows[np.sort(first)]
            said = rows[np.isin(table["kind"][rows], kinds) & (table["answer_bytes"][rows] >= LEAST_BYTES)]
            answers, counts = np.unique(table["answer"][said], return_counts=True)
            dominant = (counts >= DOMINANT_SHARE * len(rows)) & (len(rows) >= DOMINANT_ROWS)
            common = answers[(counts >= max(least, share * totals[task.split])) & ~dominant]
            found[task.split] += [said[table["answer"][said] == answer] for answer in common]
        records = engine.records([table.ref(int(group[0])) for groups in found.values() for group in groups])
        for split, groups in found.items():
            canned = []
            for group in sorted(groups, key=lambda one: (-len(one), int(one[0]))):
                record = records.get(table.ref(int(group[0])))
                text = "" if record is None else stripped(voice(record).answer)
                if record is not None and _is_canned(record, text):
                    canned.append((group, text))
            if canned:
                yield self._report(table, totals[split], canned)

    def _report(self, table: Table, total: int, canned: list[tuple[Ints, str]]) -> Finding:
        answered = sum(len(group) for group, _ in canned)
        group, text = canned[0]
        share = f"{answered:,} of {total:,} prompts ({answered / total:.0%})".replace("%", " %")
        if len(canned) == 1:
            message = f"one answer to {share}: {quote(text, 30)}"
            refs = table.refs(group[:5])
        else:
            message = f"{len(canned)} answers to {share}, most often {quote(text, 30)} ×{len(group):,}"
            refs = [table.ref(int(group[0])) for group, _ in canned[:5]]
        data: dict[str, Any] = {"answers": len(canned), "prompts": answered, "of": total, "most": len(group)}
        return self.finding(Ref(refs[0].file, 0), message[:100], related=tuple(refs), data=data)


def _is_canned(record: Record, text: str) -> bool:
    """Whether an answer is long enough to be noticed, no code, and no goodbye at the end of a dialogue."""
    from ftprep.tasks.kinds import word_count

    marks = len(text) - len(text.translate(_WITHOUT_MARKS))
    if word_count(text) < LEAST_WORDS or marks * 30 > len(text) or text.lstrip()[:1] in ("<", "$", "#"):
        return False
    if text.split(maxsplit=1)[0].isupper() and text.split(maxsplit=1)[0].lower() in _QUERIES:
        return False
    folded = text.casefold()
    return record.turns.lower().count("u") < 2 or len(text) > 200 or not any(word in folded for word in _GOODBYES)


_WITHOUT_MARKS = str.maketrans("", "", "{}();=<>|$\\")
_QUERIES = frozenset({"select", "insert", "update", "delete", "create", "with"})
_GOODBYES = ("thank", "welcome", "bye", "have a ", "glad", "enjoy", "anything else", "my pleasure", "see you")
