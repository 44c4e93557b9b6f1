"""Rule JSN002."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.record import Record, Ref
from ftprep.rule import Bad, Good, Needs, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.inputs import Input
    from ftprep.shard import Shard


class NotUtf8(RecordRule):
    """Bytes that are not UTF-8.

    ## What it does
    Reports rows whose bytes are no UTF-8 and names the encoding that they most likely are in (Latin-1, Windows-1252),
    and files that are UTF-16 or UTF-32 as a whole, which are not read any further.

    ## Why is this bad?
    JSON is UTF-8 by definition (RFC 8259). Platforms reject the file; lenient loaders put wrong characters into it.

    ## How to settle it
    Convert the file, for example with `iconv -f WINDOWS-1252 -t UTF-8`, and look at an accented word afterwards.
    """

    code = "JSN002"
    name = "not-utf8"
    severity = Severity.ERROR
    needs = Needs.RAW
    examples = (
        Good('{"prompt": "Grüße", "completion": "你好"}', format="prompt-completion"),
        Bad(b'{"prompt": "caf\xe9", "completion": "b"}', format="prompt-completion", message="Latin-1"),
        Bad(file='{"prompt": "a", "completion": "b"}\n'.encode("utf-16"), at=[(0, "")], message="UTF-16"),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_diagnosed(self.code)

    def check(self, record: Record) -> Iterator[Finding]:
        diagnosis = record.diagnosis
        if diagnosis is not None:
            yield self.finding(record.ref, diagnosis.message, span=diagnosis.span)

    def check_file(self, source: Input) -> Iterator[Finding]:
        problem = source.source.probe.problem
        if problem is not None and problem.code == self.code:
            yield self.finding(Ref(source.index, 0), f"the file is {problem.detail}", data={"kind": problem.kind})
