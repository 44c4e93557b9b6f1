"""What a shard of preference pairs is boiled down to: which prompt, which two texts, and how long they are.

The prompt is what both sides share: the prompt of the row, and the turns with which both sides begin. Rows in which
nothing can be seen on a side, or both sides are the same, are left out: other rules speak about them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from ftprep.formats import columns as c
from ftprep.formats.transcripts import utterances
from ftprep.tasks.facts import attachments
from ftprep.tasks.kinds import word_count
from ftprep.text.hashing import Words, fold, folded_hashes, folded_pieces, mixed_words

if TYPE_CHECKING:
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.shard import Shard

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

SHORT_BYTES, SHORT_WORDS = 200, 8  # a side of at most so many words in one line may be a label
LEAST_PAIRS = 50  # different ones; below this, shares are noise
FEW_TEXTS, FEW_SHARE = 20, 0.02  # a side with at most so many texts, for so many pairs, is constant
EXACT_TRIALS = 1000  # up to here the sign test is summed up, beyond it the normal curve is as good

COLUMNS: Mapping[str, str] = {
    "prompt": "hash of what both sides share, blind to case and white space",
    "chosen": "hash of what is on the chosen side alone, blind to the same",
    "rejected": "the same of the rejected side",
    "chosen_characters": "its length",
    "rejected_characters": "its length",
    "closed": "1 where both sides are one line of few words, and may be labels",
}


def pair_columns(shard: Shard) -> Mapping[str, Any] | None:
    """Columns of one entry per row with two sides that differ; see :data:`COLUMNS`."""
    if shard.format is None or shard.format.method != "preference" or not len(shard.values):
        return None
    side, kind = shard.codes & c.SIDE_MASK, shard.codes & c.KIND_MASK
    named = kind == c.NAME
    prompt, chosen, rejected = ((side == one) & ~named for one in (c.PROMPT, c.CHOSEN, c.REJECTED))
    hashes = folded_hashes(shard)[:, 0].copy()
    lengths = np.fromiter(map(len, shard.values), dtype=np.int64, count=len(shard.values))
    said = np.fromiter(map(len, folded_pieces(shard)), dtype=np.int64, count=len(shard.values))
    asked = attachments(shard)
    if shard.format.transcripts:
        asked = asked + _split_transcripts(shard, chosen, rejected, hashes, lengths)
    for one, other in _shared(shard, hashes, chosen, rejected):
        prompt[one], chosen[one], rejected[other] = True, False, False
    keys = [_key(shard, hashes, part) for part in (chosen, rejected)]
    seen = [shard.sum_by_row(np.where(part, said, 0)) > 0 for part in (chosen, rejected)]
    sound = np.frombuffer(bytes(shard.state), dtype=np.uint8) == 0
    rows = np.flatnonzero(sound & seen[0] & seen[1] & (keys[0] != keys[1]))
    if not len(rows):
        return None
    sizes = [shard.sum_by_row(np.where(part, lengths, 0))[rows] for part in (chosen, rejected)]
    return {
        "row": rows,
        "prompt": (_key(shard, hashes, prompt) + asked)[rows],
        "chosen": keys[0][rows],
        "rejected": keys[1][rows],
        "chosen_characters": sizes[0].astype(np.int64),
        "rejected_characters": sizes[1].astype(np.int64),
        "closed": (_closed(shard, chosen) & _closed(shard, rejected))[rows].astype(np.uint8),
    }


def _key(shard: Shard, hashes: Words, part: Mask) -> Words:
    """One hash per row of its texts of one part, with who says them and their order."""
    here = part.astype(np.int64)
    places = np.cumsum(here)
    places = places - (places - here)[shard.firsts[shard.owners]]
    tags = (shard.codes & (c.ROLE_MASK | c.KIND_MASK)) * 4096 + places
    mixed = np.where(part, mixed_words(hashes, tags), np.uint64(0))
    total = np.zeros(len(mixed) + 1, dtype=np.uint64)
    np.cumsum(mixed, out=total[1:])
    key: Words = total[shard.ends] - total[shard.firsts]
    return key


def _shared(shard: Shard, hashes: Words, chosen: Mask, rejected: Mask) -> Iterator[tuple[int, int]]:
    """Texts with which both sides of a row begin, in pairs."""
    firsts = []
    for part in (chosen, rejected):
        texts = np.flatnonzero(part)[::-1]
        first = np.full(len(shard), -1, dtype=np.int64)
        first[shard.owners[texts]] = texts  # descending: of several the first one stays
        firsts.append(first)
    says = shard.codes & (c.ROLE_MASK | c.KIND_MASK)
    both = np.flatnonzero((firsts[0] >= 0) & (firsts[1] >= 0))
    one, other = firsts[0][both], firsts[1][both]
    for row in both[(hashes[one] == hashes[other]) & (says[one] == says[other])].tolist():
        texts = np.arange(int(shard.firsts[row]), int(shard.ends[row]))
        for left, right in zip(texts[chosen[texts]].tolist(), texts[rejected[texts]].tolist(), strict=False):
            if hashes[left] != hashes[right] or says[left] != says[right]:
                break
            yield left, right


def _split_transcripts(shard: Shard, chosen: Mask, rejected: Mask, hashes: Words, lengths: Ints) -> Words:
    """Keep the last turn of each transcript as the side; return a hash per row of what comes before it."""
    before = np.zeros(len(shard), dtype=np.uint64)
    for text in np.flatnonzero(chosen | rejected).tolist():
        value = shard.values[text]
        turns = utterances(value)
        if not turns or turns[-1].letter != "a":
            continue
        answer = value[turns[-1].start :]
        hashes[text] = xxhash.xxh3_64_intdigest(fold(answer).encode())
        lengths[text] = len(answer.strip())
        if chosen[text]:
            before[shard.owners[text]] = xxhash.xxh3_64_intdigest(fold(value[: turns[-1].mark]).encode())
    return before


def _closed(shard: Shard, part: Mask) -> Mask:
    """For each row, whether a part is one text of one line and few words."""
    single = shard.sum_by_row(part.astype(np.int64)) == 1
    short = np.zeros(len(shard), dtype=np.bool_)
    for text in np.flatnonzero(part & (shard.lengths <= SHORT_BYTES)).tolist():
        value = shard.values[text].strip()
        short[shard.owners[text]] = "\n" not in value and word_count(value) <= SHORT_WORDS
    closed: Mask = single & short
    return closed


# --- judging the table ------------------------------------------------------------------------------------------------


def rows_by_split(table: Table, engine: Engine) -> list[Ints]:
    """The entries of each split, ascending: train and test sets are not judged as one."""
    splits = [one.split or "" for one in engine.inputs]
    names = sorted(set(splits))
    if not len(table):
        return []
    numbers = np.array([names.index(split) for split in splits], dtype=np.int64)[table["file"]]
    return [rows for number in range(len(names)) if len(rows := np.flatnonzero(numbers == number))]


def distinct_pairs(table: Table, engine: Engine) -> list[Ints]:
    """The entries of each split without repeated pairs, of which the first is kept. Worked out once."""
    return table.once("distinct pairs", lambda: [_distinct(table, rows) for rows in rows_by_split(table, engine)])


def _distinct(table: Table, rows: Ints) -> Ints:
    keys = np.stack([table[name][rows] for name in ("prompt", "chosen", "rejected")], axis=1)
    _, first = np.unique(keys, axis=0, return_index=True)
    return rows[np.sort(first)]


def few_texts(table: Table, pairs: Ints, side: str) -> int:
    """How many texts one side (``chosen`` or ``rejected``) of different pairs has, if it is so few that it is constant.

    0 where it is not, or where there are too few pairs to tell.
    """
    texts = len(np.unique(table[side][pairs]))
    constant = len(pairs) >= LEAST_PAIRS and texts <= min(FEW_TEXTS, FEW_SHARE * len(pairs))
    return texts if constant else 0


def sign_test(successes: int, trials: int) -> float:
    """The two-sided p-value of ``successes`` in ``trials`` where both outcomes should be as likely."""
    if not trials:
        return 1.0
    fewer = min(successes, trials - successes)
    if trials <= EXACT_TRIALS:
        ways = sum(math.comb(trials, one) for one in range(fewer + 1))
        return min(1.0, 2 * ways / int(2**trials))
    away = max(0.0, trials / 2 - fewer - 0.5) / math.sqrt(trials / 4)
    return math.erfc(away / math.sqrt(2))
