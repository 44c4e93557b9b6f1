"""Rule FMT001."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good
from ftprep.tasks.table import ANSWERS
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.tasks.drift import Drift


def _rows(*answers: str, start: int = 0) -> list[dict[str, Any]]:
    return [
        {"prompt": f"Sort note {number} from the quay", "completion": answer}
        for number, answer in enumerate(answers, start)
    ]


_LABELS = ("mooring_fee", "lost property", "timetable") * 20


class LabelSpellingDrift(DatasetRule):
    """One label that is written in several ways.

    ## What it does
    In tasks whose answers are labels, and in fields of answers in JSON that hold labels, reports labels that differ in
    case, punctuation at the edges or in what joins their words (`top_up`, `Top-up`), a rare label that is another one
    cut short (`pos`, `positive`), and a rare one that is another with a typing error. Spellings that the prompt itself
    lists, spellings that belong to templates of their own, numbered labels, inflections, opposites and words that
    prompts use are left alone.

    ## Why is this bad?
    The model learns several names for one thing and splits its trust among them; whoever compares its answers with
    the label counts right answers as wrong. None is reported in public sets of intents and sentiments, and none was
    wrong there.

    ## How to settle it
    Write the label in one way; the commonest is named first. The fix writes it; look at the list of variants before
    it is let loose, because a rare label that seems mistyped may be one of its own.
    """

    code = "FMT001"
    name = "label-spelling-drift"
    severity = Severity.WARNING
    methods = frozenset({"sft"})
    facts = ANSWERS
    examples = (
        Good(*_rows(*_LABELS)),
        Good(*_rows(*("class_1", "class_2", "class_12") * 20), note="numbered labels"),
        Good(*_rows(*("happy", "not happy", "unhappy") * 20), note="opposites"),
        Good(*_rows(*("order", "orders", "ordering") * 20, "ordered"), note="forms of a word"),
        Good(*_rows(*("card_payment", "card_payment_fee") * 20), note="a label that goes on"),
        Good(*_rows(*("A", "a", "B") * 20), note="option letters"),
        Good(*_rows(*("-1", "1", "0") * 20), note="signs are no punctuation"),
        Good(*_rows(*_LABELS * 3, *["increase"] * 60, *["increased"] * 3)),
        Good(
            *[
                {"prompt": f"Is buoy {number} lit? Answer {options}.", "completion": answer}
                for number in range(60)
                for options, answer in (
                    ("Yes or No", ("Yes", "No")[number % 2]),
                    ("yes or no", ("yes", "no")[number % 2]),
                )
            ],
            note="the prompt lists the labels in this spelling",
        ),
        Bad(
            *_rows(*_LABELS, "Mooring-Fee", "mooring_fee.", "timetabel"),
            at=[(61, "/completion"), (62, "/completion"), (63, "/completion")],
            message="label `mooring_fee` ×20 is also written `Mooring-Fee` ×1, `mooring_fee.` ×1",
            fixed=_rows(*_LABELS, "mooring_fee", "mooring_fee", "timetable"),
        ),
        Bad(
            *_rows(*("positive", "negative") * 30, *["Pos"] * 3),
            at=[(61, "/completion"), (62, "/completion"), (63, "/completion")],
            message="label `positive` ×30 is also written `Pos` ×3",
            fixed=_rows(*("positive", "negative") * 30, *["positive"] * 3),
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.tasks.drift import drifts

        for drift in drifts(table, engine):
            yield from self._findings(engine, drift)

    def _findings(self, engine: Engine, drift: Drift) -> Iterator[Finding]:
        """One for each row of a variant, all in one group."""
        import numpy as np

        from ftprep.tasks.rewording import answer_piece, group_name, reworded
        from ftprep.tasks.voices import each_voice

        parts = [f"{quote(one.surface, 20)} ×{len(one.rows):,}" for one in drift.variants[:3]]
        more = f" and {len(drift.variants) - 3} more" if len(drift.variants) > 3 else ""
        label = f"{drift.subject.prefix}label {quote(drift.surface, 20)} ×{len(drift.rows):,}"
        message = f"{label} is also written {', '.join(parts)}{more}"
        rows = np.sort(np.concatenate([one.rows for one in drift.variants]))
        mine = drift.subject.table
        first = mine.ref(int(rows[0]))
        data = _data(drift)
        for _, voice, record in each_voice(mine, engine, rows):
            pieces = answer_piece(voice, drift.surface)
            title = f"write {quote(drift.surface, 30)}"
            yield self.finding(
                voice.ref,
                message[:100],
                pointer=voice.pointer,
                span=pieces[0][:2] if voice.whole and pieces else None,
                group=group_name(first.file, first.line, drift.subject.field),
                data=data,
                fix=reworded(record, voice.pointer, voice.whole or voice.answer, pieces, title, "unsafe"),
            )


def _data(drift: Drift) -> dict[str, Any]:
    return {
        "rows": len(drift.rows),
        "variants": [len(one.rows) for one in drift.variants],
        "how": [one.how for one in drift.variants],
        **drift.subject.data(),
    }
