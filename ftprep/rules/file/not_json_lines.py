"""Rule JSN010."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Fix, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, FileRule, Good
from ftprep.text.snippet import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.inputs import Input

_FIX = Fix("write each row on a line of its own", act="one-row-per-line")
_KINDS = {
    "array": "a JSON array",
    "concatenated": "objects over several lines",
    "csv": "CSV",
    "tsv": "TSV",
    "parquet": "Parquet",
}
_READ = {"jsonl": "JSON Lines", "array": "JSON arrays", "csv": "CSV", "tsv": "TSV", "parquet": "Parquet"}
_WORDS = {
    "array": "a JSON array; one object per line is due",
    "concatenated": "objects that span several lines; one object per line is due",
}


class NotJsonLines(FileRule):
    """A JSON array, or objects over several lines, where one object per line is due.

    ## What it does
    Reports `.jsonl` and `.ndjson` files that hold one JSON array, and files of several pretty-printed objects, which
    are no JSON either. The rows are linted all the same, each at the line on which it starts. An array in a `.json`
    file is what its name says. With a target, files of a kind that it does not read (arrays, CSV, Parquet) are errors
    whatever their name, and those that it reads are silent.

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
        Bad(
            file=b'[\n{"prompt": "a", "completion": "b"}\n]\n',
            name="rows.json",
            settings={"target": "together"},
            at=[(0, "")],
            message="the file is a JSON array; together reads JSON Lines",
        ),
        Good(
            file=b'[\n{"instruction": "a", "output": "b"}\n]\n',
            name="rows.json",
            settings={"target": "llamafactory"},
            note="this trainer reads arrays",
        ),
    )

    def check_file(self, source: Input) -> Iterator[Finding]:
        probe = source.source.probe
        kinds = self.restriction("containers")
        fix = _FIX if probe.misnamed and probe.container in _WORDS else None
        if kinds is not None and probe.container in _KINDS and probe.container not in kinds.value:
            read = " and ".join(dict.fromkeys(_READ[kind] for kind in kinds.value))
            message = f"the file is {_KINDS[probe.container]}; {kinds.target} reads {read}"
            yield self.refused(Ref(source.index, 0), kinds, shorten(message, 100), fix=fix)
        elif fix is not None and kinds is None:
            yield self.finding(Ref(source.index, 0), f"the file holds {_WORDS[probe.container]}", fix=fix)
