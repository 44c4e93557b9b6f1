"""Rule TOK002."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import DROP, Finding, Severity
from ftprep.rule import Bad, Good, Option, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftprep.record import Record
    from ftprep.settings import Settings
    from ftprep.shard import Shard

_LONG_PROMPT = {"messages": [{"role": "user", "content": "word " * 60}, {"role": "assistant", "content": "Yes."}]}


class AnswerCutAway(RecordRule):
    """Truncation at the limit takes the answer.

    ## What it does
    Works out, for rows over the limit, which trained tokens survive when a trainer cuts the row. OpenAI and TRL keep
    the start, so the end of the answer is lost first; trainers that keep the end lose the start of the prompt. By
    default the rule reports rows whose answer loses its end, or all of itself, when the start is kept; the message
    gives what is left either way. Declared tools are counted as standing first, as templates render them.

    ## Why is this bad?
    Nothing fails: the run is paid for, and the model learns to stop in the middle, or learns nothing from the row.

    ## How to settle it
    Shorten the prompt, split the conversation, or train with a longer context.
    """

    code = "TOK002"
    name = "answer-cut-away"
    severity = Severity.ERROR
    methods = frozenset({"sft", "preference", "kto", "language-modeling"})
    options = {
        "keep": Option("start", "which end of an over-long row the trainer keeps", ("start", "end")),
    }
    examples = (
        Good(_LONG_PROMPT, settings={"max_tokens": 100}),
        Good(
            _LONG_PROMPT,
            settings={"max_tokens": 64},
            options={"keep": "end"},
            note="a trainer that keeps the end keeps this answer",
        ),
        Bad(
            _LONG_PROMPT,
            settings={"max_tokens": 64},
            message="keeping the start leaves 0 of 2 trained tokens, keeping the end 2",
        ),
        Bad(
            {"prompt": "Count.", "chosen": "one two " * 40, "rejected": "No."},
            settings={"max_tokens": 64},
            message="keeping the start leaves 62 of 81 trained tokens",
            note="the side that loses more is told",
        ),
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        if settings.max_tokens or settings.target:
            return None
        return "needs --max-tokens, or a --model with a known training context"

    def screen(self, shard: Shard) -> Iterable[int] | None:
        limit = self._limit(shard.format.name if shard.format else None)
        return shard.rows_where(shard.token_bounds > limit) if limit else []

    def _limit(self, format: str | None) -> int:
        """The user's limit, else that of a target which cuts rows instead of refusing them; 0 without any."""
        if self.settings.max_tokens:
            return self.settings.max_tokens
        cuts = self.restriction("cuts", format)
        return cuts.value["limit"] if cuts is not None else 0

    def check(self, record: Record) -> Iterator[Finding]:
        limit = self._limit(record.format.name)
        counts = record.tokens
        if counts.longest <= limit or not counts.trained:
            return
        worst = min(
            (sequence.survivors(limit) for sequence in counts.sequences),
            key=lambda left: left.start - left.trained if self.values["keep"] == "start" else left.end,
        )
        lost = worst.start < worst.trained if self.values["keep"] == "start" else worst.end == 0
        if lost:
            message = (
                f"keeping the start leaves {worst.start:,} of {worst.trained:,} trained tokens, "
                f"keeping the end {worst.end:,}"
            )
            data = {
                "tokens": counts.longest,
                "limit": limit,
                "trained": worst.trained,
                "kept_start": worst.start,
                "kept_end": worst.end,
                "score": 1 - worst.start / worst.trained,
            }
            yield self.finding(record.ref, message, data=data, fix=DROP)
