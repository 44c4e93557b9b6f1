"""Rule FMT007."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.tasks.table import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.tasks.split import Task


def _rows(thinking: int, plain: int, switch: str = "", system: bool = False) -> list[dict[str, Any]]:
    rows = []
    for number in range(thinking + plain):
        thinks = number < thinking
        answer = f"The tide turns at {number % 12 + 1} o'clock, so leave an hour before."
        content = f"<think>\nHigh water is {number % 5} m.\n</think>\n\n{answer}" if thinks else answer
        asked = f"When may boat {number} leave?" + ("" if thinks else switch)
        start = [{"role": "system", "content": "Think first." if thinks else "Answer at once."}] if system else []
        rows.append(
            {"messages": [*start, {"role": "user", "content": asked}, {"role": "assistant", "content": content}]}
        )
    return rows


class ReasoningDrift(DatasetRule):
    """Some answers of a task think first, and others do not.

    ## What it does
    Reports tasks with at least ten answers of which more than 2 % (three at least) and fewer than 98 % open with
    thoughts: a tag such as `<think>`, or thoughts in a field beside the answer. An empty pair of tags counts as
    thoughts. Rows with a switch (`/think`, `/no_think`) are left out, and system prompts are judged one by one where
    there are few of them.

    ## Why is this bad?
    The model cannot know when to think. It will skip the thoughts where they are needed, and parsers that wait for
    the closing tag take the whole answer for thoughts. In the public data that it was tried on all answers think or
    none does: nothing is reported there.

    ## How to settle it
    Give all rows thoughts, or take them out; for a model that does both, put an empty pair of tags or a switch where it
    shall not think.
    """

    code = "FMT007"
    name = "reasoning-drift"
    severity = Severity.WARNING
    methods = frozenset({"sft"})
    facts = ANSWERS
    options = {
        "share": Option(0.02, "share of answers on either side that is left alone"),
        "answers": Option(10, "answers that a task must have"),
    }
    examples = (
        Good(*_rows(20, 0)),
        Good(*_rows(0, 20)),
        Good(*_rows(30, 30, switch=" /no_think"), note="the prompt switches the thoughts off"),
        Good(*_rows(15, 15, system=True), note="the system prompt does"),
        Good(*_rows(2, 28), note="two may be odd in another way"),
        Bad(
            *_rows(20, 10),
            at=[(21, "/messages/1/content")],
            message="20 of 30 answers think first, 10 do not",
        ),
        Bad(*_rows(3, 27), at=[(1, "/messages/1/content")], message="3 of 30 answers think first, 27 do not"),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.tasks.split import tasks

        for task in tasks(table, engine):
            yield from self._judge(table, engine, task)

    def _judge(self, table: Table, engine: Engine, task: Task) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.forms import SWITCHED, THINKS
        from ftprep.tasks.kinds import Kind
        from ftprep.tasks.voices import pointer_of

        rows = task.rows[(table["form"][task.rows] & SWITCHED == 0) & (table["kind"][task.rows] != Kind.TOOL)]
        few: list[Any] = []
        judged = 0
        for group in _by_system(table, rows):
            thinks = table["form"][group] & THINKS != 0
            least = max(self.values["share"] * len(group), _LEAST)
            count = int(thinks.sum())
            if len(group) >= self.values["answers"] and least <= count <= len(group) - least:
                few.append((group, thinks))
                judged += len(group)
        if not few:
            return
        count = sum(int(thinks.sum()) for _, thinks in few)
        fewer = count <= judged - count
        odd = np.sort(np.concatenate([group[thinks == fewer] for group, thinks in few]))
        ref = table.ref(int(odd[0]))
        yield self.finding(
            ref,
            f"{count:,} of {judged:,} answers think first, {judged - count:,} do not",
            pointer=pointer_of(engine, ref),
            related=tuple(table.refs(odd[1:6])),
            data={"thinking": count, "judged": judged},
        )


_LEAST = 3  # answers on either side: fewer may be about thoughts, or odd in another way
_SYSTEMS = 20  # system prompts of a task, up to which each is judged by itself


def _by_system(table: Table, rows: Any) -> list[Any]:
    import numpy as np

    systems = table["system"][rows]
    distinct = np.unique(systems)
    return [rows[systems == one] for one in distinct] if len(distinct) <= _SYSTEMS else [rows]
