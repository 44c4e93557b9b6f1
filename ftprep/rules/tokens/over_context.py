"""Rule TOK001."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ftprep.finding import DROP, Finding, Severity
from ftprep.rule import Bad, Good, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftprep.record import Record
    from ftprep.settings import Settings
    from ftprep.shard import Shard
    from ftprep.targets.target import Restriction

_LONG = {"messages": [{"role": "user", "content": "word " * 60}, {"role": "assistant", "content": "Yes."}]}


class OverContext(RecordRule):
    """A row with more tokens than the limit.

    ## What it does
    Compares each row with `--max-tokens`, or with the training context of `--model`. Tokens are those of the model's
    own vocabulary, with the chat overhead of the OpenAI cookbook (3 per message, the role, 1 per name, 3 for the
    reply) for OpenAI shapes. Declared tools count as their compact JSON, which is close to what platforms render.
    Images are not counted. A preference row counts as its prompt with the longer of its two sides. A row whose bytes
    are below the limit is not encoded at all: a token covers at least one byte. With a target and no limit of your
    own, the target's holds; where its vocabulary is not public, counts are estimates and the finding is a warning,
    unless the target's own validator estimates in the same way.

    ## Why is this bad?
    Some platforms reject such a row; most cut it silently, and what is cut is usually the answer (see TOK002).

    ## How to settle it
    Shorten or split the row, or train with a longer context.
    """

    code = "TOK001"
    name = "over-context"
    severity = Severity.ERROR
    examples = (
        Good(_LONG, settings={"max_tokens": 100}),
        Bad(_LONG, settings={"max_tokens": 64}, message="tokens; the limit is 64"),
        Good(_LONG, settings={"target": "openai"}),
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        if settings.max_tokens or settings.target:
            return None
        return "needs --max-tokens, or a --model with a known training context"

    def screen(self, shard: Shard) -> Iterable[int] | None:
        limit, demand = self._limit(shard.format.name if shard.format else None)
        if demand is not None and demand.value.get("characters"):
            # A token of the estimate is several characters, and a character at least one byte.
            return shard.rows_where(shard.sum_by_row(shard.lengths) >= limit * demand.value["characters"])
        return shard.rows_where(shard.token_bounds > limit) if limit else []

    def check(self, record: Record) -> Iterator[Finding]:
        limit, demand = self._limit(record.format.name)
        characters = demand.value.get("characters") if demand is not None else None
        if characters:
            count = sum(len(record.shard.values[text]) // characters for text in record.text_range)
        else:
            count = record.tokens.longest
        if not limit or count <= limit:
            return
        message, data = f"{count:,} tokens; the limit is {limit:,}", {"tokens": count, "limit": limit}
        if demand is None:
            yield self.finding(record.ref, message, data={**data, "score": count / limit}, fix=DROP)
            return
        exact = characters or self.settings.tokenizer or (self.target is not None and self.target.vocabulary)
        finding = self.refused(
            record.ref,
            demand,
            f"{message} of {demand.target}" if exact else f"about {message} of {demand.target}",
            {"count": count, "limit": limit},
            data={**data, "score": count / limit},
            fix=DROP,
        )
        yield finding if exact else replace(finding, severity=Severity.WARNING)

    def _limit(self, format: str | None) -> tuple[int, Restriction | None]:
        """The user's limit, else the target's with the demand that states it; 0 without any."""
        if self.settings.max_tokens:
            return self.settings.max_tokens, None
        from ftprep.targets.target import widest

        demand = widest(self.restrictions("tokens-most", format))
        return (demand.value["limit"], demand) if demand is not None else (0, None)
