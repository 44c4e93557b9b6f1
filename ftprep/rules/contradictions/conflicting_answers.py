"""Rule CON002."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good
from ftprep.tasks.table import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table


def _rows(prompt: str, *answers: str) -> list[dict[str, Any]]:
    return [{"prompt": prompt, "completion": answer} for answer in answers]


class ConflictingAnswers(DatasetRule):
    """One prompt with free answers that cannot both hold.

    ## What it does
    Compares the answers to prompts that occur several times, by their kind: yes against no, different numbers, option
    letters, different values of one key in JSON, different final answers (`####`, `\\boxed{}`), prose that opens with
    Yes or No to a yes-or-no question, and short prose that is the same but for a number or a negation. Several answers
    to a request for something free (a story, a list, a random number) agree. Labels are CON001's.

    ## Why is this bad?
    The model is taught both, and asked to be sure of either. In tasks with one right answer at least one of the rows is
    wrong.

    ## How to settle it
    Find out which answer is right and drop the others. Where both are, because something outside the prompt decides,
    put that into the prompt.
    """

    code = "CON002"
    name = "conflicting-answers"
    severity = Severity.WARNING
    methods = frozenset({"sft"})
    facts = ANSWERS
    examples = (
        Good(*_rows("Describe the sea.", "It is blue and wide.", "Waves, salt and a long horizon.")),
        Good(*_rows("Name any number from 1 to 9.", "4", "7"), note="a free request"),
        Good(*_rows("How many planks?", "1,000", "1000."), note="one number, written in two ways"),
        Good(*_rows("List all files but logs.", "find . -not -name '*.log'", "find . ! -name '*.log'")),
        Good(*_rows("Add n0 and n1.", "+ n0 n1", "+ n1 n0")),
        Good(*_rows("Is it red or blue?", "Yes, it is red.", "No, it is blue."), note="no yes-or-no question"),
        Bad(*_rows("How many planks does the door have?", "7", "9"), at=[(1, "/completion")], message="`7` ×1, `9` ×1"),
        Bad(
            *_rows("Is the ferry running today?", "Yes, until nine.", "No, the sea is too rough."),
            at=[(1, "/completion")],
            message="`yes` ×1, `no` ×1",
        ),
        Bad(
            *_rows("Read the meter.", '{"kwh": 812, "ok": true}', '{"ok": true, "kwh": 821}'),
            at=[(1, "/completion")],
            message="`/kwh` is `812` ×1, `821` ×1",
        ),
        Bad(
            *_rows("When was it built?", "The mill was built in 1871.", "The mill was built in 1817."),
            at=[(1, "/completion")],
        ),
        Bad(
            *_rows("May dogs come along?", "Dogs may come along.", "Dogs may not come along."),
            at=[(1, "/completion")],
            message="1 of 2 say not",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.tasks.verdicts import verdicts

        for one in verdicts(table, engine):
            if one.disagreement is not None:
                message = f"{one.rows} answers to one prompt disagree: {one.disagreement}"
                yield self.finding(
                    one.refs[0],
                    message[:100],
                    pointer=one.pointer,
                    related=one.refs[1:],
                    data={"answers": one.rows, "beside": one.beside},
                )
