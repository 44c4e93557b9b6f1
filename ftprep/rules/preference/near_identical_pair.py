"""Rule PRF006."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, CalibratedRule, Good, Option

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard

_LONG = (
    "The night train leaves from gate four at ten past eleven, calls at the river bridge and at the old mill, and "
    "reaches the coast before breakfast, so bring a blanket."
)


class NearIdenticalPair(CalibratedRule):
    """A preference pair whose two sides differ by almost nothing.

    ## What it does
    Compares the texts of both sides (Indel similarity of the characters, case and white space folded) and reports
    pairs at or above 0.95. Pairs in which a number, a negation or a call differs are left out: that one word is what
    the pair is about. Equal sides are PRF001's. Where a fifth of the set is like this, it is one finding about the set.

    ## Why is this bad?
    The loss of a pair comes from where its sides differ. In a pair that differs in a comma the model is pushed to and
    fro over hundreds of equal tokens, which lowers the likelihood of both sides.

    ## How to settle it
    Drop pairs whose difference is an accident, or sample the rejected side again. A set of minimal pairs made on
    purpose is fine: ignore the rule there.
    """

    code = "PRF006"
    name = "near-identical-pair"
    severity = Severity.WARNING
    methods = frozenset({"preference"})
    options = {"threshold": Option(0.95, "Similarity from which on two sides are almost the same, 0 to 1.")}
    examples = (
        Good({"prompt": "When?", "chosen": "At seven.", "rejected": "At nine, and on Sundays not at all."}),
        Good(
            {"prompt": "When?", "chosen": _LONG, "rejected": _LONG.replace("four", "nine")},
            note="the number is what the pair is about",
        ),
        Good(
            {"prompt": "When?", "chosen": _LONG, "rejected": _LONG.replace("so bring", "so do not bring")},
            note="a negation",
        ),
        Good({"prompt": "2 + 2?", "chosen": "4", "rejected": "5"}),
        Good(
            {"chosen": f"Q: {_LONG}\nA: So it is.", "rejected": f"Q: {_LONG}\nA: By no means."},
            note="what both begin with is the prompt",
        ),
        Bad(
            {"prompt": "When?", "chosen": _LONG, "rejected": _LONG.replace("blanket.", "blankets")},
            at=[(1, "/rejected")],
            message="the sides are 99 % the same",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        import numpy as np

        from ftprep.text.pairs import equal_sides

        lengths = []
        for side in (c.CHOSEN, c.REJECTED):
            here = np.where(shard.codes & c.SIDE_MASK == side, shard.lengths, 0)
            lengths.append(shard.sum_by_row(here))
        shorter, longer = np.minimum(*lengths), np.maximum(*lengths)
        # White space may fold away: in bytes the bound is a little wider than the similarity itself allows.
        close = (shorter > 0) & (2 * shorter >= (float(self.values["threshold"]) - 0.1) * (shorter + longer))
        return shard.rows_where(close & ~equal_sides(shard))

    def check(self, record: Record) -> Iterator[Finding]:
        from rapidfuzz.distance import Indel

        from ftprep.text.pairs import differing_ends, side_pointers, sides

        if record.index in record.shard.media_rows:
            return
        texts = sides(record)
        codes = record.shard.codes
        if any(codes[text] & c.KIND_MASK == c.ARGUMENTS for side in texts for text in side):
            return
        chosen, rejected = differing_ends(record)
        threshold = float(self.values["threshold"])
        ratio = Indel.normalized_similarity(chosen, rejected, score_cutoff=threshold)
        if ratio < threshold or ratio == 1 or _telling(chosen, rejected):
            return
        _, pointer = side_pointers(record)
        message = f"the sides are {min(ratio, 0.999):.0%} the same".replace("100%", "99.9%").replace("%", " %")
        yield self.finding(record.ref, message, pointer=pointer, data={"similarity": round(ratio, 4)})


_TELLING = frozenset(
    {
        "no", "not", "never", "none", "nothing", "cannot", "can't", "don't", "doesn't", "isn't", "aren't", "won't",
        "without", "true", "false", "yes", "correct", "incorrect", "right", "wrong", "left", "more", "less", "before",
        "after", "above", "below", "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
        "ten", "eleven", "twelve", "first", "second", "third", "half", "double", "twenty", "thirty", "forty", "fifty",
        "hundred", "thousand", "million",
    }
)  # fmt: skip


def _telling(chosen: str, rejected: str) -> bool:
    """Whether the words that only one side has, or has more often, hold a number or a negation."""
    one, other = Counter(chosen.split()), Counter(rejected.split())
    words = {word.strip(".,;:!?()\"'") for word in ((one - other) | (other - one))}
    return any(word in _TELLING or any(map(str.isdigit, word)) for word in words)
