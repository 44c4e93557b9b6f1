"""Rule JSN004."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.record import Record, Ref
from ftprep.rule import Bad, Good, Needs, RecordRule
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.inputs import Input
    from ftprep.shard import Shard


class DuplicateKey(RecordRule):
    """An object that repeats a key.

    ## What it does
    Finds keys that stand twice in one object, at any depth.

    ## Why is this bad?
    Parsers keep one of the two values, usually the last, and say nothing: the row that is trained on is not the row
    that you see.

    ## How to settle it
    Find out which value is right and remove the other.
    """

    code = "JSN004"
    name = "duplicate-key"
    severity = Severity.ERROR
    needs = Needs.RAW
    examples = (
        Good({"messages": [{"role": "user", "content": '{"a": 1, "a": 2}'}, {"role": "assistant", "content": "No."}]}),
        Bad('{"prompt": "a", "completion": "b", "prompt": "c"}', format="prompt-completion", at=[(1, "/prompt")]),
        Bad(
            '{"messages": [{"role": "user", "content": "a", "content": "b"}, {"role": "assistant", "content": "c"}]}',
            at=[(1, "/messages/0/content")],
            message="`content` stands 2 times in one object",
        ),
        Bad(file=b"prompt,prompt,completion\na,b,c\n", name="twice.csv", message="the column `prompt`"),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_with_spare_pairs

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.io.duplicates import duplicate_keys

        for pointer, key, times in duplicate_keys(record.raw):
            yield self.finding(record.ref, f"{quote(key)} stands {times} times in one object", pointer=pointer)

    def check_file(self, source: Input) -> Iterator[Finding]:
        for fault in source.source.faults:  # a column of a CSV file that comes twice
            if fault.code == self.code:
                yield self.finding(Ref(source.index, fault.line, fault.offset), fault.message)
