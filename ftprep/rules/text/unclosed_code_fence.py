"""Rule TXT008."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.record import Record


class UnclosedCodeFence(RecordRule):
    """A fenced block of code in an answer that is never closed.

    ## What it does
    Reads answers as CommonMark does, and reports those that end inside a fenced block. Fences inside a longer fence
    are its content; an answer that goes on in the block which its prompt opened may close it.

    ## Why is this bad?
    Most often the answer was cut off. A model that learns from it leaves its own blocks open, and what follows is shown
    as code.

    One of 120,000 rows of public sets was flagged, rightly.

    ## How to settle it
    Look at the end of the answer: complete it or drop the row, or add the fence that was forgotten.
    """

    code = "TXT008"
    name = "unclosed-code-fence"
    severity = Severity.WARNING
    literals = ("```", "~~~")
    examples = (
        Good(
            {"prompt": "Sum?", "completion": "```python\nsum(a)\n```\nor ```x``` in a line\n\n~~~\n```\n~~~"},
            {"prompt": "Fences?", "completion": "Like this:\n\n````markdown\n```python\nx = 1\n```\n````\nThat is it."},
            {"prompt": "List", "completion": "1. First:\n   ```\n   ls\n   ```\n> ```\n> quoted\n> ```"},
            {"prompt": "Write it.\n```python\n", "completion": "x = 1\n```"},
            {"prompt": "```\nnot closed", "completion": "Your block is not closed."},
            format="prompt-completion",
        ),
        Bad(
            {"prompt": "Sum?", "completion": "Here:\n```python\ndef total(a):\n    return"},
            at=[(1, "/completion")],
            message="code block that line 2 opens is never closed",
            format="prompt-completion",
        ),
        Bad(
            {"prompt": "Sum?", "completion": "```\nsum(a)\n```\nThat is all.\n```"},
            at=[(1, "/completion")],
            message="last line opens a code block that is never closed",
            format="prompt-completion",
        ),
        Bad(
            {"prompt": "Fences?", "completion": "````\n```\nx\n```\n"},
            at=[(1, "/completion")],
            format="prompt-completion",
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.answers import answers
        from ftprep.text.markdown import fences
        from ftprep.text.turns import is_in_parts

        for answer in answers(record):
            found = fences(answer.value)
            if not found or found[-1].closed or is_in_parts(record, answer.text):
                continue
            before = fences(answer.context[-1]) if answer.context else []
            if before and not before[-1].closed:  # the fence at the end may be the one that closes it
                continue
            opening = found[-1]
            line = answer.value.count("\n", 0, opening.start) + 1
            end = answer.value.find("\n", opening.start)
            last = end < 0 or not answer.value[end:].strip()
            language = f" ({quote(opening.info, 20)})" if opening.info else ""
            yield self.finding(
                record.ref,
                "last line opens a code block that is never closed"
                if last
                else f"code block that line {line:,} opens is never closed{language}",
                pointer=answer.pointer,
                span=(opening.start, end if end >= 0 else len(answer.value)),
                data={"line": line, "in_last_line": last},
            )
