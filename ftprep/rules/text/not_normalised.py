"""Rule TXT012."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard
    from ftprep.text.code_points import Flags
    from ftprep.text.normal_form import Stretch


class NotNormalised(RecordRule):
    """Characters in another form than NFC, like an `e` with a separate accent.

    ## What it does
    Reports texts that differ from Unicode's normal form C: letters and accents that are written one after the other,
    and doubles of letters such as the sign for kelvin. Text in code is left alone. So is what everybody writes although
    NFC has it otherwise: the order of vowel signs in Hebrew and Arabic, letters with a dot of Indic scripts.

    ## Why is this bad?
    Two spellings that look alike become different tokens. Exact comparison, search and duplicate detection miss them.

    One of 100,000 mixed rows was flagged, rightly.

    ## How to settle it
    `ftprep lint --fix` normalises them. Compatibility ideographs of Chinese, Japanese and Korean are often the only
    right form of a name: their fix is unsafe.
    """

    code = "TXT012"
    name = "not-normalised"
    severity = Severity.INFO
    examples = (
        Good(
            {"prompt": "Où est le café ?", "completion": "Ở Hà Nội. 각하. क़लम বাড়ি ড়. שָׁלוֹם. المُجَلَّدات ﬁne ½ ①"},
            {"prompt": "Which bytes?", "completion": "`e\u0301` and\n```\nA\u030a\n```"},
            format="prompt-completion",
        ),
        Bad(
            {"prompt": "Ou\u0300 est le cafe\u0301 ?", "completion": "At 300 \u212a, 5 \u212b."},
            at=[(1, "/completion"), (1, "/prompt")],
            message="2 characters are not in NFC, the first `u\u0300` U+0075 U+0300",
            fixed=[{"prompt": "Où est le café ?", "completion": "At 300 K, 5 Å."}],
            format="prompt-completion",
        ),
        Bad(
            {"prompt": "Who?", "completion": "\ufa19田 and \u1100\u1161"},
            at=[(1, "/completion"), (1, "/completion")],
            message="U+FA19",
            fixed=[{"prompt": "Who?", "completion": "神田 and 가"}],
            format="prompt-completion",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_of_texts(shard.once(_texts))

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.normal_form import not_normalised

        mask = record.shard.once(_texts)
        for text in record.text_range:
            if not mask[text]:
                continue
            found = not_normalised(record.shard.values[text])
            letters = [one for one in found if not one.ideograph]
            ideographs = [one for one in found if one.ideograph]
            if letters:
                yield self._finding(record, text, letters)
            if ideographs:
                yield self._finding(record, text, ideographs)

    def _finding(self, record: Record, text: int, found: list[Stretch]) -> Finding:
        first, pointer = found[0], record.pointer(text)
        cluster = record.shard.values[text][first.start : first.end]
        points = " ".join(f"U+{ord(one):04X}" for one in cluster[:3])
        what = "compatibility ideograph" if first.ideograph else "character"
        noun = f"{what} is" if len(found) == 1 else f"{len(found):,} {what}s are"
        shown = f"{quote(cluster, 8)} {points}" if len(found) == 1 else f"the first {quote(cluster, 8)} {points}"
        edits = tuple(Edit("replace", pointer, one.new, (one.start, one.end)) for one in found)
        return self.finding(
            record.ref,
            f"{noun} not in NFC, {shown}" if len(found) > 1 else f"{noun} not in NFC: {shown}",
            pointer=pointer,
            span=(first.start, first.end),
            data={"characters": len(found)},
            fix=Fix("normalise to NFC", "unsafe" if first.ideograph else "safe", edits),
        )


def _texts(shard: Shard) -> Flags:
    """The texts that are not in normal form C."""
    import numpy as np

    from ftprep.text.code_points import suspects

    texts = shard.once(suspects).composing.copy()
    values, is_normalized = shard.values, unicodedata.is_normalized
    for text in np.flatnonzero(texts).tolist():
        texts[text] = not is_normalized("NFC", values[text])
    return texts
