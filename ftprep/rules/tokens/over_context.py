"""Rule TOK001."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import DROP, Finding, Severity
from ftprep.rule import Bad, Good, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftprep.record import Record
    from ftprep.settings import Settings
    from ftprep.shard import Shard

_LONG = {"messages": [{"role": "user", "content": "word " * 60}, {"role": "assistant", "content": "Yes."}]}


class OverContext(RecordRule):
    """A row with more tokens than the limit.

    ## What it does
    Compares each row with `--max-tokens`, or with the training context of `--model`. Tokens are those of the model's
    own vocabulary, with the chat overhead of the OpenAI cookbook (3 per message, the role, 1 per name, 3 for the
    reply) for OpenAI shapes. Declared tools count as their compact JSON, which is close to what platforms render.
    Images are not counted. A preference row counts as its prompt with the longer of its two sides. A row whose bytes
    are below the limit is not encoded at all: a token covers at least one byte.

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
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        return None if settings.max_tokens else "needs --max-tokens, or a --model with a known training context"

    def screen(self, shard: Shard) -> Iterable[int] | None:
        limit = self.settings.max_tokens or 0
        return shard.rows_where(shard.token_bounds > limit)

    def check(self, record: Record) -> Iterator[Finding]:
        limit = self.settings.max_tokens or 0
        count = record.tokens.longest
        if count > limit:
            message = f"{count:,} tokens; the limit is {limit:,}"
            data = {"tokens": count, "limit": limit, "score": count / limit}
            yield self.finding(record.ref, message, data=data, fix=DROP)
