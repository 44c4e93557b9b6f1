"""Rule JSN006."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Fix, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, FileRule, Good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.inputs import Input

_FIX = Fix("remove the mark", act="remove-bom")
_ROW = b'{"prompt": "a", "completion": "b"}\n'


class ByteOrderMark(FileRule):
    """The file starts with a byte order mark.

    ## What it does
    Reports files whose first three bytes are EF BB BF. They are skipped for everything else. Silent for a target that
    asks for the mark.

    ## Why is this bad?
    Most readers take the mark for a part of the first row and fail on line 1. Only Azure asks for one.

    ## How to settle it
    Save the file as UTF-8 without BOM (in Python, write with `encoding="utf-8"`, not `"utf-8-sig"`).
    """

    code = "JSN006"
    name = "byte-order-mark"
    severity = Severity.WARNING
    examples = (
        Good(file=_ROW),
        Bad(
            file=b"\xef\xbb\xbf" + _ROW,
            at=[(0, "")],
            message="starts with a UTF-8 byte order mark",
            fixed=_ROW,
        ),
        Good(file=b"\xef\xbb\xbf" + _ROW, settings={"target": "azure"}, note="this platform asks for it"),
    )

    def check_file(self, source: Input) -> Iterator[Finding]:
        probe = source.source.probe
        if probe.bom and self.restriction("byte-order-mark") is None:
            message = "the file starts with a UTF-8 byte order mark (EF BB BF)"
            yield self.finding(Ref(source.index, 0), message, fix=_FIX)
