"""Rule JSN010."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Fix, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, FileRule, Good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.inputs import Input

_FIX = Fix("write each row on a line of its own", act="one-row-per-line")
_WORDS = {
    "array": "a JSON array; one object per line is due",
    "concatenated": "objects that span several lines; one object per line is due",
}


class NotJsonLines(FileRule):
    """A JSON array, or objects over several lines, where one object per line is due.

    ## What it does
    Reports `.jsonl` and `.ndjson` files that hold one JSON array, and files of several pretty-printed objects, which
    are no JSON either. The rows are linted all the same, each at the line on which it starts. An array in a `.json`
    file is what its name says.

    ## Why is this bad?
    Platforms read line by line and reject the first line.

    ## How to settle it
    Write one object per line, for example with `jq -c '.[]' data.jsonl` for an array, `jq -c .` for objects.
    """

    code = "JSN010"
    name = "not-json-lines"
    severity = Severity.ERROR
    examples = (
        Good(file=b'[\n{"prompt": "a", "completion": "b"}\n]\n', name="rows.json"),
        Bad(
            file=b'[\n{"prompt": "a", "completion": "b"}\n]\n',
            at=[(0, "")],
            message="a JSON array",
            fixed=b'{"prompt": "a", "completion": "b"}\n',
        ),
        Bad(
            file=b'{\n  "prompt": "a",\n  "completion": "b"\n}\n{\n  "prompt": "c",\n  "completion": "d"\n}\n',
            at=[(0, "")],
            message="span several lines",
            fixed=b'{"prompt": "a", "completion": "b"}\n{"prompt": "c", "completion": "d"}\n',
        ),
    )

    def check_file(self, source: Input) -> Iterator[Finding]:
        probe = source.source.probe
        if probe.misnamed and probe.container in _WORDS:
            message = f"the file holds {_WORDS[probe.container]}"
            yield self.finding(Ref(source.index, 0), message, fix=_FIX)
