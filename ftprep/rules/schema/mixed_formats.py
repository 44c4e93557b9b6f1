"""Rule SCH005."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, Needs, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard

_CHAT = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}
_PAIR = {"prompt": "Dusk is", "chosen": " the end of the day.", "rejected": " a kind of soup."}


class MixedFormats(RecordRule):
    """A row of another format than its file's.

    ## What it does
    Reports rows that are no valid rows of the file's format and have the shape of another known format. Nothing
    else is said about such a row. A row that only lacks a field of the file's format stays a row of that format.

    ## Why is this bad?
    A platform reads the whole file as one format and rejects it at the first row of another. A trainer drops such
    rows, or fails on them hours later.

    ## How to settle it
    Write each format to a file of its own, or convert the rows to the format of the file. Where the file's format
    was told wrongly, name it with `--format`.
    """

    code = "SCH005"
    name = "mixed-formats"
    severity = Severity.ERROR
    needs = Needs.RAW
    examples = (
        Good(_CHAT, _CHAT, _CHAT),
        Good(
            _CHAT,
            _CHAT,
            {"messages": [{"role": "user", "content": "Hi"}]},
            note="a row that has lost its answer is still a chat row",
        ),
        Good(
            _PAIR, _PAIR, {"chosen": "The sea is wet.", "rejected": "The sea is dry."}, note="only `prompt` is missing"
        ),
        Bad(
            _CHAT,
            _CHAT,
            {"instruction": "Greet me.", "input": "", "output": "Hello!"},
            at=[(3, "")],
            message="row is alpaca in a file of openai-chat",
        ),
        Bad(_PAIR, _PAIR, _CHAT, at=[(3, "")], message="row is openai-chat in a file of trl-preference-std"),
        Bad(
            _CHAT,
            format="alpaca",
            message="row is openai-chat in a file of alpaca",
            note="where `--format alpaca` says what the rows are",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int]:
        return sorted(shard.foreign)

    def check(self, record: Record) -> Iterator[Finding]:
        row, file = record.shard.foreign[record.index], record.format.name
        message = f"row is {row} in a file of {file}"
        yield self.finding(record.ref, message, data={"format": row, "file_format": file})
