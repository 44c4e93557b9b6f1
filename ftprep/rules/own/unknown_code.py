"""Rule FTP002."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from ftprep.errors import did_you_mean
from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, Needs, RecordRule
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard

_ROW = {"messages": [{"role": "user", "content": "Is the kiosk open?"}, {"role": "assistant", "content": ""}]}


class UnknownCode(RecordRule):
    """A row's key `_ftprep` that names no rule or is not of the right form.

    ## What it does
    Reads the key `_ftprep`, by which a row hides findings about itself, and reports words in `ignore` that are no code,
    prefix of codes or name of a rule, and a key that is not of the form
    `{"ignore": ["TXT006"], "why": "teaches refusals"}`: no object, no `ignore`, no reason in `why`, unknown fields.

    ## Why is this bad?
    What is misspelt hides nothing. A key without a reason hides nothing either: nobody could tell later whether it is
    still meant.

    ## How to settle it
    Correct the word; `ftprep rule` lists all. Give the reason in `why`.
    """

    code = "FTP002"
    name = "unknown-code"
    severity = Severity.WARNING
    needs = Needs.RAW
    examples = (
        Good({**_ROW, "_ftprep": {"ignore": ["CHT003", "CHT", "empty-turn"], "why": "an empty answer is meant"}}),
        Good({**_ROW, "_ftprep": {"ignore": "CHT003, tok", "why": "words of one string do as well"}}),
        Good({**_ROW, "_ftprep": None}, note="a column of a table that has nothing to say about this row"),
        Bad(
            {**_ROW, "_ftprep": {"ignore": ["CHT003", "CHT0003"], "why": "silence is meant"}},
            at=[(1, "/_ftprep/ignore/1")],
            message="unknown rule `CHT0003`; did you mean `CHT003`?",
        ),
        Bad({**_ROW, "_ftprep": ["CHT003"]}, at=[(1, "/_ftprep")], message="`_ftprep` is a list; an object"),
        Bad({**_ROW, "_ftprep": {"ignore": ["CHT003"]}}, at=[(1, "/_ftprep")], message="`why` is missing"),
        Bad({**_ROW, "_ftprep": {"ignore": [], "why": "x"}}, at=[(1, "/_ftprep/ignore")], message="`ignore` is empty"),
        Bad(
            {**_ROW, "_ftprep": {"ignore": ["CHT003"], "wy": "silence is meant"}},
            at=[(1, "/_ftprep"), (1, "/_ftprep/wy")],
            message="unknown field `wy`; did you mean `why`?",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        return sorted(shard.suppressions)

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.rules import prefix_meant
        from ftprep.suppression import read_key

        suppression, problems = read_key(record.shard.suppressions[record.index])
        for pointer, message in problems:
            yield self.finding(record.ref, message, pointer=pointer)
        for number, word in enumerate(suppression.words if suppression is not None else ()):
            if prefix_meant(word) is None:
                yield self.finding(
                    record.ref,
                    f"unknown rule {quote(word, 30)}{_nearest(word[:40])}",
                    pointer=suppression.pointer(number) if suppression is not None else "",
                )


@functools.lru_cache(maxsize=4096)
def _nearest(word: str) -> str:
    """A suggestion; looked for once where every row of a file has the same word."""
    from ftprep.rules import selectors

    return did_you_mean(word, selectors())
