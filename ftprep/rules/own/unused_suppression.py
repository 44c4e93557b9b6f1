"""Rule FTP001."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.rule import Bad, Good, Needs, RecordRule
from ftprep.suppression import POINTER, Suppression
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftprep.record import Record, Ref
    from ftprep.shard import Shard

_ASK = {"role": "user", "content": "Is the kiosk open?"}
_EMPTY = {"messages": [_ASK, {"role": "assistant", "content": ""}]}
_OPEN = {"messages": [_ASK, {"role": "assistant", "content": "Until six."}]}
_BOTH = {"extend_select": ["CHT003", "CHT004"]}


class UnusedSuppression(RecordRule):
    """A row's key `_ftprep` that hides nothing.

    ## What it does
    Reports rules in the `ignore` of a row's key `_ftprep` that found nothing in the row. Only what is sure is said:
    every rule that a word means must have run and have looked at the row, and none of them may be one that judges a row
    by others, such as DUP001, because what it finds depends on what is read together.

    ## Why is this bad?
    The defect was mended and the exception stayed. It will hide the next one.

    ## How to settle it
    Remove the word, or the key; the fix does that.
    """

    code = "FTP001"
    name = "unused-suppression"
    severity = Severity.WARNING
    needs = Needs.RAW
    examples = (
        Good({**_EMPTY, "_ftprep": {"ignore": ["CHT003"], "why": "silence is meant"}}, settings=_BOTH),
        Good(
            {**_OPEN, "_ftprep": {"ignore": ["CHT005", "CHT"], "why": "of an older export"}},
            settings=_BOTH,
            note="not all of these rules ran",
        ),
        Good({**_OPEN, "_ftprep": {"ignore": ["DUP001"], "why": "x"}}, settings={"extend_select": ["DUP001"]}),
        Bad(
            {**_OPEN, "_ftprep": {"ignore": ["CHT003"], "why": "silence is meant"}},
            at=[(1, "/_ftprep")],
            message="hides nothing: `CHT003`",
            settings=_BOTH,
            fixed=[_OPEN],
        ),
        Bad(
            {**_EMPTY, "_ftprep": {"ignore": ["CHT004", "empty-turn"], "why": "silence is meant"}},
            at=[(1, "/_ftprep/ignore/0")],
            message="hides nothing: `CHT004`",
            settings=_BOTH,
            fixed=[{**_EMPTY, "_ftprep": {"ignore": ["empty-turn"], "why": "silence is meant"}}],
        ),
        Bad(
            {**_EMPTY, "_ftprep": {"ignore": "CHT003 CHT004", "why": "silence is meant"}},
            at=[(1, "/_ftprep/ignore")],
            settings=_BOTH,
            fixed=[{**_EMPTY, "_ftprep": {"ignore": "CHT003", "why": "silence is meant"}}],
        ),
    )

    def screen(self, shard: Shard) -> Sequence[int]:
        return ()  # what hides nothing is known when all findings are: then the run asks check_unused

    def check(self, record: Record) -> Iterator[Finding]:
        return iter(())

    def check_unused(self, ref: Ref, suppression: Suppression, idle: Sequence[int]) -> Iterator[Finding]:
        """Yield the finding about a row whose words with the numbers ``idle`` hide nothing."""
        words = suppression.words
        named = ", ".join(quote(words[number], 24) for number in idle[:3])
        more = f" and {len(idle) - 3:,} more" if len(idle) > 3 else ""
        edits: tuple[Edit, ...]
        if len(idle) == len(words) or suppression.encoded:
            pointer = POINTER
            edits = (Edit("remove", POINTER),)
        elif suppression.listed:
            pointer = suppression.pointer(idle[0])
            edits = tuple(Edit("remove", suppression.pointer(number)) for number in idle)
        else:
            pointer = suppression.pointer(idle[0])
            left = " ".join(word for number, word in enumerate(words) if number not in idle)
            edits = (Edit("replace", pointer, left),)
        # The cell of a table is not a key that can go.
        fix = None if suppression.encoded else Fix("remove what hides nothing", edits=edits)
        yield self.finding(ref, f"hides nothing: {named}{more}", pointer=pointer, fix=fix)
