"""Rule PRF008."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, CalibratedRule, Good

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard

LEAST_PROMPT = 20  # characters: a shorter prompt may be how an answer begins
_USER = {"role": "user", "content": "What do bees make in summer?"}
_KNOWN_TO_REPEAT = ("ultrafeedback-binarized",)  # the shape itself holds the dialogue twice


class PromptRepeatedInSides(CalibratedRule):
    """A preference pair with a prompt of its own whose sides hold the prompt again.

    ## What it does
    Reports rows with an explicit prompt whose chosen and rejected side both begin with it: with the same turns, or
    with the same text of at least 20 characters. The UltraFeedback shape, which is known to do so, is left out.

    ## Why is this bad?
    Trainers join prompt and side, so the model reads the question twice and is trained to say it. The part that both
    sides share teaches nothing and is where length and truncation are wasted.

    ## How to settle it
    The safe fix cuts the prompt from both sides. Or leave out the prompt: without one, trainers take what both sides
    share.
    """

    code = "PRF008"
    name = "prompt-repeated-in-sides"
    severity = Severity.WARNING
    methods = frozenset({"preference"})
    examples = (
        Good({"prompt": "What do bees make in summer?", "chosen": "Honey.", "rejected": "Noise."}),
        Good({"prompt": "The kettle", "chosen": "The kettle is on.", "rejected": "The kettle sings."}),
        Good(
            {
                "prompt": "What do bees make in summer?",
                "chosen": "What do bees make in summer? Honey.",
                "rejected": "Noise.",
            },
            note="one side alone may quote the question: that is what tells them apart",
        ),
        Bad(
            {
                "prompt": "What do bees make in summer?",
                "chosen": "What do bees make in summer? Honey.",
                "rejected": "What do bees make in summer? Noise.",
            },
            at=[(1, "/chosen")],
            message="both sides begin with the prompt of 28 characters",
            fixed=[{"prompt": "What do bees make in summer?", "chosen": " Honey.", "rejected": " Noise."}],
        ),
        Bad(
            {
                "prompt": [_USER],
                "chosen": [_USER, {"role": "assistant", "content": "Honey."}],
                "rejected": [_USER, {"role": "assistant", "content": "Noise."}],
            },
            at=[(1, "/chosen/0")],
            message="both sides begin with the turn of the prompt",
            fixed=[
                {
                    "prompt": [_USER],
                    "chosen": [{"role": "assistant", "content": "Honey."}],
                    "rejected": [{"role": "assistant", "content": "Noise."}],
                }
            ],
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        side = shard.codes & c.SIDE_MASK
        kind = shard.codes & c.KIND_MASK
        if shard.format is None or shard.format.name in _KNOWN_TO_REPEAT:
            return []
        chosen = side == c.CHOSEN
        # Rows of turns whose chosen side has a turn of the user, and all rows of strings with a long prompt.
        asked = chosen & (shard.codes & c.ROLE_MASK == c.USER) & (kind != c.FIELD)
        strings = (side == c.PROMPT) & (kind == c.FIELD) & (shard.lengths >= LEAST_PROMPT)
        return shard.rows_of_texts(asked | strings)

    def check(self, record: Record) -> Iterator[Finding]:
        if record.format.conversations(record.row):
            yield from self._check_turns(record)
        else:
            yield from self._check_strings(record)

    def _check_turns(self, record: Record) -> Iterator[Finding]:
        lists = record.format.conversations(record.row)
        if len(lists) < 3:
            return
        (_, prompt), (chosen_at, chosen), (rejected_at, rejected) = lists[-3:]
        count = len(prompt)
        while count and not (chosen[:count] == rejected[:count] == prompt[-count:]):
            count -= 1
        # At least one turn must be left on either side, and what is cut must be the prompt's last turn.
        if not count or count >= min(len(chosen), len(rejected)):
            return
        edits = [Edit("remove", f"{at}/{number}") for at in (chosen_at, rejected_at) for number in range(count)]
        turns = "the turn" if count == 1 else f"{count} turns"
        message = f"both sides begin with {turns} of the prompt"
        fix = Fix("cut the prompt from both sides", edits=tuple(edits))
        yield self.finding(record.ref, message, pointer=f"{chosen_at}/0", fix=fix)

    def _check_strings(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.pairs import sides

        shard = record.shard
        chosen, rejected = sides(record)
        prompts = [
            shard.values[text]
            for text in record.text_range
            if shard.codes[text] & c.SIDE_MASK == c.PROMPT and shard.codes[text] & c.ROLE_MASK == c.USER
        ]
        if len(chosen) != 1 or len(rejected) != 1 or len(prompts) != 1:
            return
        prompt = prompts[0].rstrip()
        values = [shard.values[text] for text in (*chosen, *rejected)]
        if len(prompt) < LEAST_PROMPT or not all(value.startswith(prompt) for value in values):
            return
        if not all(value[len(prompt) :].strip() for value in values):
            return
        span = (0, len(prompt))
        pointers = [record.pointer(text) for text in (*chosen, *rejected)]
        edits = tuple(Edit("replace", pointer, "", span) for pointer in pointers)
        message = f"both sides begin with the prompt of {len(prompt):,} characters"
        fix = Fix("cut the prompt from both sides", edits=edits)
        yield self.finding(record.ref, message, pointer=pointers[0], span=span, fix=fix)
