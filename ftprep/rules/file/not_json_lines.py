"""Rule JSN010."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, FileRule, Good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.inputs import Input

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
        Bad(file=b'[\n{"prompt": "a", "completion": "b"}\n]\n', at=[(0, "")], message="a JSON array"),
        Bad(
            file=b'{\n  "prompt": "a",\n  "completion": "b"\n}\n{\n  "prompt": "c",\n  "completion": "d"\n}\n',
            at=[(0, "")],
            message="span several lines",
        ),
    )

    def check_file(self, source: Input) -> Iterator[Finding]:
        probe = source.source.probe
        if probe.misnamed and probe.container in _WORDS:
            yield self.finding(Ref(source.index, 0), f"the file holds {_WORDS[probe.container]}")
