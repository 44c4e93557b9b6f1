"""Rule CON004."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, DatasetRule, Good
from ftprep.tasks.table import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.tasks.verdicts import Verdict


def _rows(prompt: str, *answers: str) -> list[dict[str, Any]]:
    return [{"prompt": prompt, "completion": answer} for answer in answers]


class ManyAnswers(DatasetRule):
    """Prompts with several answers that may all hold.

    ## What it does
    Counts prompts that occur with several answers of which none contradicts another, once per task. Contradictions are
    CON001's and CON002's.

    ## Why is this bad?
    It is not, where diversity is wanted: ten ways to say a thing are ten good rows. In tasks with one exact answer
    (extraction, code, forms) it means that nobody decided which one.

    ## How to settle it
    Nothing, or keep one answer per prompt.
    """

    code = "CON004"
    name = "many-answers"
    severity = Severity.INFO
    methods = frozenset({"sft"})
    facts = ANSWERS
    examples = (
        Good(*_rows("Describe the sea.", "It is blue and wide.")),
        Good(*_rows("Describe the sea.", "It is blue and wide.", "It is blue  and wide.")),
        Good(*_rows("How many planks does the door have?", "7", "9"), note="a contradiction: CON002"),
        Bad(
            *_rows("Describe the sea.", "It is blue and wide.", "Waves, salt and a long horizon."),
            at=[(0, "")],
            message="1 prompt has several answers (2 rows, up to 2 each)",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.tasks.verdicts import verdicts

        by_task: defaultdict[int, list[Verdict]] = defaultdict(list)
        for one in verdicts(table, engine):
            if one.disagreement is None:
                by_task[one.task].append(one)
        for group in by_task.values():
            prompts, rows = len(group), sum(one.rows for one in group)
            noun = "prompt has" if prompts == 1 else "prompts have"
            most = max(one.answers for one in group)
            message = f"{prompts:,} {noun} several answers ({rows:,} rows, up to {most:,} each)"
            yield self.finding(
                Ref(group[0].refs[0].file, 0),
                message,
                related=tuple(one.refs[0] for one in group[:5]),
                data={"prompts": prompts, "rows": rows, "most": most},
            )
