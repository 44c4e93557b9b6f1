"""Rule JSN001."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import DROP, Finding, Severity
from ftprep.record import Record, Ref
from ftprep.rule import Bad, Good, Needs, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.inputs import Input
    from ftprep.shard import Shard


class InvalidJson(RecordRule):
    """A line that is not JSON.

    ## What it does
    Reports every row that a strict JSON parser refuses and that no other JSN rule explains better, with what is wrong
    and where. In a JSON array it also reports what is broken between rows: a missing or spare comma, an array that is
    never closed. In CSV and TSV files it reports rows with more cells than columns, and quotes that are never closed.

    ## Why is this bad?
    Platforms reject the whole file ("line contains invalid json"); loaders stop in the middle.

    ## How to settle it
    Write rows with a JSON library, one object per line, never by pasting strings together.
    """

    code = "JSN001"
    name = "invalid-json"
    severity = Severity.ERROR
    needs = Needs.RAW
    examples = (
        Good({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}),
        Bad('{"messages": [}', format="openai-chat"),
        Bad('{"prompt": "a", "completion": "b"', format="prompt-completion"),
        Bad('{"prompt": "a", "completion": "b"} {"prompt": "c", "completion": "d"}', format="prompt-completion"),
        Bad(
            '{"prompt": "a", "completion": "b"}',
            '{"prompt": "a" "completion": "b"}',
            '{"prompt": "c", "completion": "d"}',
            at=[(2, "")],
        ),
        Bad(
            file=b'[\n{"prompt": "a", "completion": "b"},\n{"prompt": "c", "completion": "d"}\n',
            name="open.json",
            at=[(3, "")],
            message="never closed",
        ),
        Bad(
            file=b"prompt,completion\nRed or blue?,Blue.\nRed or green, or blue?,Blue.\n",
            name="rows.csv",
            at=[(3, "")],
            message="more cells than the first row has columns",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_diagnosed(self.code)

    def check(self, record: Record) -> Iterator[Finding]:
        diagnosis = record.diagnosis
        if diagnosis is not None:
            yield self.finding(record.ref, diagnosis.message, span=diagnosis.span, fix=DROP)

    def check_file(self, source: Input) -> Iterator[Finding]:
        for fault in source.source.faults:
            if fault.code == self.code:
                count = f" ({fault.count:,} times)" if fault.count > 1 else ""
                yield self.finding(Ref(source.index, fault.line, fault.offset), fault.message + count)
