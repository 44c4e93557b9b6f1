"""Rule FMT008."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.tasks.table import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.tasks.split import Ints

_READ = 200  # values of each style that are looked up in their prompts


def _rows(*answers: str, ask: str = "How many crates came on day {}?") -> list[dict[str, Any]]:
    return [{"prompt": ask.format(number), "completion": answer} for number, answer in enumerate(answers)]


_PLAIN = [f"Two ships brought half each.\n#### {3000 + 37 * number}" for number in range(40)]


class ValueFormatDrift(DatasetRule):
    """Dates, times, amounts of money or large numbers are written in several styles.

    ## What it does
    Looks at answers that are one value, at the value that an answer ends in (`#### 1200`, `\\boxed{1200}`, "the answer
    is 1200"), and at each field of answers in JSON. Where a task has at least 20 values of one family (numbers from
    1,000 on, money with a sign or a code, dates, times of day) in several styles, it reports the rarer ones, if they
    are at least two and 0.5 %. It is silent where at least half of the values of each style are copied from their
    prompts.

    ## Why is this bad?
    Graders that compare texts count `1,200` as wrong where `1200` is expected, and parsers read `1/5/2024` in two ways.
    In public sums for schools 93 of 785 large answers (years aside) have a comma; nothing but such sums was reported on
    real data.

    ## How to settle it
    Write all values in one style, or compare them by value.
    """

    code = "FMT008"
    name = "value-format-drift"
    severity = Severity.INFO
    methods = frozenset({"sft", "rft"})
    facts = ANSWERS
    options = {
        "values": Option(20, "values of one family that a task must have"),
        "share": Option(0.005, "share of them in another style that is left alone"),
    }
    examples = (
        Good(*_rows(*_PLAIN)),
        Good(*_rows(*_PLAIN, "One ship.\n#### 2,500"), note="one alone may be a slip"),
        Good(*_rows(*[str(1890 + number) for number in range(30)], "12,500", "13,000"), note="years are no thousands"),
        Good(
            *[
                {"prompt": f"When was the lamp of {date} lit?", "completion": date}
                for number in range(1, 25)
                for date in (f"2024-05-{number:02d}", f"{number} May 2024")
            ],
            note="copied from the prompt",
        ),
        Bad(
            *_rows(*_PLAIN, "One ship.\n#### 2,500", "Three ships.\n#### 11,250"),
            at=[(41, "/completion")],
            message="numbers are written in 2 styles: 40 like 1000, 2 like 1,000",
            settings={"profile": "thorough"},
        ),
        Bad(
            *_rows(
                *[f'{{"lit": "2024-05-{number:02d}", "berth": {number}}}' for number in range(1, 29)],
                '{"lit": "1 May 2024", "berth": 7}',
                '{"lit": "2 May 2024", "berth": 8}',
                ask="Read log {}.",
            ),
            at=[(29, "/completion")],
            message="field `/lit`: dates are written in 2 styles: 28 like 2024-05-01, 2 like 1 May 2024",
        ),
        Bad(
            *_rows(
                *[f"2024-05-{number:02d}" for number in range(1, 29)], "29/5/2024", "30/5/2024", ask="Date of log {}?"
            ),
            at=[(29, "/completion")],
            message="dates are written in 2 styles: 28 like 2024-05-01, 2 like 1/5/2024",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.fields import field_tables
        from ftprep.tasks.split import tasks

        for task in tasks(table, engine):
            if not task.rest:
                yield from self._judge(table, engine, task.rows)
                for field in field_tables(table, task.rows, int(self.values["values"])):
                    yield from self._judge(field, engine, np.arange(len(field)))

    def _judge(self, table: Table, engine: Engine, rows: Ints) -> Iterator[Finding]:
        """The families of values that answers are or end in, or that one field of answers in JSON holds."""
        import numpy as np

        from ftprep.tasks.fields import FieldTable
        from ftprep.tasks.styles import EXAMPLES, FAMILIES, Style
        from ftprep.tasks.subjects import name_field
        from ftprep.tasks.voices import pointer_of
        from ftprep.text.snippet import mask, quote

        found = table["style"][rows]
        for family, name in FAMILIES.items():
            styles, counts = np.unique(found[found // 10 == family], return_counts=True)
            total = int(counts.sum())
            if total < self.values["values"]:
                continue
            kept = counts >= max(2, self.values["share"] * total)
            order = np.argsort(-counts[kept], kind="stable")
            styles, counts = styles[kept][order], counts[kept][order]
            if len(styles) < 2:
                continue
            groups = [rows[found == style] for style in styles]
            if all(_copied(table, engine, one) for one in groups):
                continue
            prefix, field = "", {}
            if isinstance(table, FieldTable) and name_field(table, engine):
                prefix, field = f"field {quote(table.field, 24)}: ", {"field": mask(table.field)}
            parts = [
                f"{count:,} like {EXAMPLES[Style(style)]}"
                for style, count in zip(styles.tolist(), counts.tolist(), strict=True)
            ]
            odd = np.sort(np.concatenate(groups[1:]))
            refs = list(dict.fromkeys(table.refs(odd[:60])))
            yield self.finding(
                refs[0],
                f"{prefix}{name} are written in {len(styles)} styles: {', '.join(parts)}"[:100],
                pointer=pointer_of(engine, refs[0]),
                related=tuple(refs[1:6]),
                data={
                    "values": total,
                    "styles": {Style(one).name: n for one, n in zip(styles, counts.tolist(), strict=True)},
                    **field,
                },
            )


def _copied(table: Table, engine: Engine, rows: Ints) -> bool:
    """Whether half of some values stand in their own prompts."""
    from ftprep.tasks.kinds import final_answer, stripped
    from ftprep.tasks.voices import voices_of

    read = voices_of(table, engine, [rows[at : at + 1] for at in range(min(len(rows), _READ))])
    voices = [one for _, some in read for one in some]
    values = [final_answer(stripped(one.answer)) or stripped(one.answer) for one in voices]
    return 2 * sum(value in one.request for value, one in zip(values, voices, strict=True)) >= len(voices)
