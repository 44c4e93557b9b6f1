"""Rule JSN012."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Fix, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, FileRule, Good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.inputs import Input
    from ftprep.settings import Settings

_FIX = Fix("add the mark", act="add-bom")
_ROW = b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}\n'


class MissingByteOrderMark(FileRule):
    """The file has no byte order mark, which the target asks for.

    ## What it does
    With a target whose documentation asks for UTF-8 with a byte order mark (Azure), reports files that do not start
    with the bytes EF BB BF. Rows that are no file (objects in Python) are not judged.

    ## Why is this bad?
    The platform states the mark as a condition of its file format. Many files without one were accepted, so this is
    a warning.

    ## How to settle it
    The fix adds the mark; in Python, write with `encoding="utf-8-sig"`. For any other platform, take it away again.
    """

    code = "JSN012"
    name = "missing-byte-order-mark"
    severity = Severity.WARNING
    examples = (
        Good(file=_ROW, settings={"target": "openai"}, note="a platform that asks for none"),
        Good(file=b"\xef\xbb\xbf" + _ROW, settings={"target": "azure"}),
        Bad(
            file=_ROW,
            settings={"target": "azure"},
            at=[(0, "")],
            message="azure asks for one",
            fixed=b"\xef\xbb\xbf" + _ROW,
        ),
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        return None if settings.target else "needs --target"

    def check_file(self, source: Input) -> Iterator[Finding]:
        due, probe = self.restriction("byte-order-mark"), source.source.probe
        if due is None or probe.bom or probe.problem is not None or probe.container in ("objects", "parquet", "none"):
            return
        message = f"the file starts without a byte order mark; {due.target} asks for one"
        yield self.refused(Ref(source.index, 0), due, message, fix=_FIX)
