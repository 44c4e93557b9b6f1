"""Rule JSN011."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Fix, Severity
from ftprep.rule import Bad, Good, Needs, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard

_FIX = Fix("write the dict as JSON", "unsafe", act="python-to-json")


class PythonLiteral(RecordRule):
    """A Python dict instead of JSON.

    ## What it does
    Reports rows that Python would read as a dict and JSON does not: single quotes, None, True, False.

    ## Why is this bad?
    The rows were written by `str(row)` or `print(row)`; no platform reads them.

    ## How to settle it
    Read them once with `ast.literal_eval` and write them with `json.dumps`.
    """

    code = "JSN011"
    name = "python-literal"
    severity = Severity.ERROR
    needs = Needs.RAW
    examples = (
        Good({"prompt": "Print {'a': None}", "completion": "{'a': None}"}, format="prompt-completion"),
        Bad(
            "{'prompt': 'a', 'completion': None}",
            format="prompt-completion",
            fixed=b'{"prompt": "a", "completion": null}\n',
        ),
        Bad(
            """{'prompt': "it's", 'completion': 'é\\n"', 'tags': ('x', ), 7: +1.}""",
            format="prompt-completion",
            fixed=b'{"prompt": "it\'s", "completion": "\xc3\xa9\\n\\"", "tags": ["x" ], "7": 1.0}\n',
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_diagnosed(self.code)

    def check(self, record: Record) -> Iterator[Finding]:
        diagnosis = record.diagnosis
        if diagnosis is not None:
            yield self.finding(record.ref, diagnosis.message, span=diagnosis.span, fix=_FIX)
