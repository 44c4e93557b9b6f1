"""What the tokens of one row mean: how many there are, how many are trained on, and which survive a cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ftprep.formats import columns as c

if TYPE_CHECKING:
    from ftprep.record import Record

TURN_OVERHEAD = 4  # 3 per message and the role, one token in o200k_base and cl100k_base (OpenAI cookbook)
REPLY_OVERHEAD = 3


class Survivors(NamedTuple):
    """Trained tokens of a sequence, and those left when the trainer keeps its start or its end."""

    start: int
    end: int
    trained: int


class Sequence(NamedTuple):
    """One sequence that the model would be shown: its length and the (start, end) spans of trained tokens."""

    length: int
    trained: tuple[tuple[int, int], ...]

    def survivors(self, limit: int) -> Survivors:
        """Count the trained tokens left after a cut to ``limit`` tokens."""
        first = max(self.length - limit, 0)
        return Survivors(
            sum(max(min(end, limit) - start, 0) for start, end in self.trained),
            sum(max(end - max(start, first), 0) for start, end in self.trained),
            sum(end - start for start, end in self.trained),
        )


class TokenCounts(NamedTuple):
    """Counts of one row. A preference row holds two sequences: the prompt with each of its sides."""

    total: int
    trained: int
    sequences: tuple[Sequence, ...]

    @property
    def longest(self) -> int:
        """Length of the longest sequence, which is what a limit per row is about."""
        return max(sequence.length for sequence in self.sequences)


def count_tokens(record: Record) -> TokenCounts:
    """Count the tokens of one row; agrees with the columns of its shard."""
    shard = record.shard
    numbers = [int(number) for number in shard.tokens_of(record.index)]
    codes = [int(shard.codes[text]) for text in record.text_range]
    turns = [shard.slots[text] >> c.OUTER_SHIFT for text in record.text_range]
    overhead = int(shard.overhead[record.index])
    texts = list(zip(numbers, codes, turns, strict=True))
    # Templates render the declared tools into the first turn, wherever the row keeps them.
    texts.sort(key=lambda text: text[1] & c.KIND_MASK != c.TOOLS)
    sides = {code & c.SIDE_MASK for _, code, _ in texts}
    both = c.CHOSEN in sides and c.REJECTED in sides
    skipped = (c.REJECTED, c.CHOSEN) if both else (None,)
    sequences = tuple(_sequence(texts, side, overhead > 0) for side in skipped)
    total = sum(numbers) + overhead
    if not both:  # turns without any text have overhead too, which only the column knows
        sequences = (sequences[0]._replace(length=total),)
    trained = sum(number for number, code, _ in texts if code & c.TRAINED)
    return TokenCounts(total, trained, sequences)


def _sequence(texts: list[tuple[int, int, int]], skipped: int | None, with_overhead: bool) -> Sequence:
    position, last_turn = 0, -1
    trained: list[tuple[int, int]] = []
    for number, code, turn in texts:
        side = code & c.SIDE_MASK
        if side == skipped or (skipped is not None and side == c.REFERENCE):  # a further answer, of neither side
            continue
        if with_overhead and turn != last_turn and code & c.KIND_MASK != c.TOOLS:
            position, last_turn = position + TURN_OVERHEAD, turn
        if with_overhead and code & c.KIND_MASK == c.NAME:
            position += 1
        if code & c.TRAINED:
            trained.append((position, position + number))
        position += number
    return Sequence(position + (REPLY_OVERHEAD if with_overhead else 0), tuple(trained))
