"""Rule TXT016."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.escapes import LETTERS, WORDS, swallowed_escapes
from ftprep.text.snippet import quote, quote_part
from ftprep.text.spans import within

if TYPE_CHECKING:
    from ftprep.record import Record

_COMMAND = re.compile(r".[a-zA-Z]*", re.DOTALL)


class SwallowedEscape(RecordRule):
    """A backslash that was lost: `\\beta` whose first two characters became a backspace.

    ## What it does
    Reports control characters that begin a command of LaTeX without its backslash and first letter: a bell before
    `lpha`, a form feed before `rac`, a tab before `imes`. Words that may well stand after a tab or a line end (`au`,
    `heta`, `angle`, `ho`) count in texts with other mathematics only.

    ## Why is this bad?
    The formula cannot be read, and the model learns to write control characters. It happens where text with
    backslashes is put between quotes of a program or of JSON without being escaped.

    None of 120,000 rows of public sets was flagged.

    ## How to settle it
    `ftprep lint --fix` puts the backslash back. Escape backslashes where the rows are written.
    """

    code = "TXT016"
    name = "swallowed-escape"
    severity = Severity.WARNING
    literals = WORDS
    examples = (
        Good(
            {
                "prompt": "What is $\\beta \\times \\frac{1}{2}$?",
                "completion": "Item\tau revoir\tfrance\ntimes\ttime\r\nightfall\tauto",
            },
            format="prompt-completion",
            note="a table with tabs, and proper mathematics elsewhere",
        ),
        Good(
            {"prompt": "Greet me.", "completion": "salut\tau revoir\nvarm\theta dagar"},
            format="prompt-completion",
        ),
        Bad(
            {"prompt": "Simplify $\frac{2}{4} \times \beta$.", "completion": "That is $\frac{1}{2}\beta + \theta$."},
            at=[(1, "/completion"), (1, "/prompt")],
            message="backslash lost in 3 places: `\\u000crac` was `\\frac`",
            fixed=[
                {
                    "prompt": "Simplify $\\frac{2}{4} \\times \\beta$.",
                    "completion": "That is $\\frac{1}{2}\\beta + \\theta$.",
                }
            ],
            format="prompt-completion",
        ),
        Bad(
            {"prompt": "Which angle?", "completion": "The angle is \alpha."},
            at=[(1, "/completion")],
            fixed=[{"prompt": "Which angle?", "completion": "The angle is \\alpha."}],
            format="prompt-completion",
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.code_points import has_place
        from ftprep.text.mojibake import damages

        shard = record.shard
        mask = shard.once(has_place)
        for text in record.text_range:
            value = shard.values[text]
            places = swallowed_escapes(value) if mask[text] else []
            if places:  # what was read in a wrong encoding comes first
                repaired = [(one.start, one.end) for one in damages(record, text)]
                places = [place for place in places if not within(place, repaired)]
            if not places:
                continue
            pointer, first = record.pointer(text), places[0]
            match = _COMMAND.match(value, first)
            assert match is not None
            was = f"\\{LETTERS[value[first]]}{match[0][1:]}"
            where = "" if len(places) == 1 else f" in {len(places):,} places"
            yield self.finding(
                record.ref,
                f"backslash lost{where}: {quote_part(value, *match.span(), 24)} was {quote(was, 20)}",
                pointer=pointer,
                span=match.span(),
                data={"places": len(places)},
                fix=Fix(
                    "put the backslash back",
                    edits=tuple(
                        Edit("replace", pointer, f"\\{LETTERS[value[place]]}", (place, place + 1)) for place in places
                    ),
                ),
            )
