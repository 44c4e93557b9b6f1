"""Rule JSN005."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Fix, Severity
from ftprep.record import State
from ftprep.rule import Bad, Good, Needs, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard

_FIX = Fix("remove the line", act="remove-line")


class BlankLine(RecordRule):
    """An empty line inside the file or after its last row.

    ## What it does
    Reports lines with nothing but white space. The one newline that ends the last row is no blank line.

    ## Why is this bad?
    Some loaders stop at a blank line, others count it as a broken row.

    ## How to settle it
    Remove it.
    """

    code = "JSN005"
    name = "blank-line"
    severity = Severity.WARNING
    needs = Needs.RAW
    of_lines = True
    examples = (
        Good({"prompt": "a", "completion": "b"}, {"prompt": "c", "completion": "d"}, format="prompt-completion"),
        Good(file=b'{"prompt": "a", "completion": "b"}\r\n', format="prompt-completion"),
        Bad(
            {"prompt": "a", "completion": "b"},
            "",
            {"prompt": "c", "completion": "d"},
            "  ",
            format="prompt-completion",
            at=[(2, ""), (4, "")],
            fixed=[{"prompt": "a", "completion": "b"}, {"prompt": "c", "completion": "d"}],
        ),
        Bad(
            file=b'\n{"prompt": "a",  "completion":"b"}\r\n\r\n \n{"prompt": "c", "completion": "d"}\n\n\t',
            format="prompt-completion",
            at=[(1, ""), (3, ""), (4, ""), (6, ""), (7, "")],
            fixed=b'{"prompt": "a",  "completion":"b"}\r\n{"prompt": "c", "completion": "d"}\n',
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_in(State.BLANK)

    def check(self, record: Record) -> Iterator[Finding]:
        yield self.finding(record.ref, "blank line" if not record.raw else "line of white space", fix=_FIX)
