"""Rule TOK004."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, Cost, Good, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard

MOST_TOKENS = 2
# Two tokens of a byte-level vocabulary are rarely more than this; a longer answer is not encoded at all.
MOST_BYTES = 64

# A request at the start of a sentence: "Write a story", "Please explain why", "Could you list five ways".
_ASKS_FOR_LENGTH = re.compile(
    r"(?:^|[.!?:\n])\s*(?:(?:please|can you|could you|would you|now),?\s+)?"
    r"(?:(?:write|compose|draft|tell|create|generate)\b[^.!?\n]{0,60}?"
    r"\b(?:essay|story|article|blog post|paragraphs?|letter|e-?mail|poem|report|speech|review)\b"
    r"|(?:explain|describe) (?:how|why|what|the|in detail)\b"
    r"|(?:list|name|give|suggest) (?:me |at least )?(?:[3-9]|\d\d+|three|four|five|six|seven|eight|nine|ten)\b)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|`[^`]*`")
_ASKS_FOR_LITTLE = re.compile(
    r"\b(?:one|a single|single|two) (?:word|letter|number|token)s?\b|\byes or no\b|\btrue or false\b|\byes/no\b"
    r"|\b(?:answer|reply|respond|return|output) (?:only|with|just)\b|\bonly (?:the|a|one)\b|\bclassif|\blabel"
    r"|\bchoose\b|\boptions?\b|\bwhich of\b|\bcategor|\bsentiment\b|\brate\b|\bscore\b|\bhow many\b",
    re.IGNORECASE,
)
# Every match of _ASKS_FOR_LENGTH holds one of these.
_LONG_WORDS = (
    *("explain ", "describe ", "essay", "story", "article", "blog post", "paragraph", "letter", "mail", "poem"),
    *("report", "speech", "review", "list ", "name ", "give ", "suggest "),
)


def _may_ask_for_length(prompt: str) -> bool:
    """Whether a prompt holds a word that a request for long text has: quick, for a screen."""
    lower = prompt.lower()
    return any(word in lower for word in _LONG_WORDS)


class TinyAnswer(RecordRule):
    """An answer of one or two tokens where long text was asked for.

    ## What it does
    Looks at trained answers of at most two tokens whose prompt asks for an essay, a story, an explanation, a letter
    or a list of several things, and does not ask for one word, a label, a choice or a number.

    ## Why is this bad?
    Such an answer is usually a cut or failed generation; it teaches the model to give up. Short answers as such are
    normal and are not reported.

    ## How to settle it
    Read the row; drop it when the answer is an accident.
    """

    code = "TOK004"
    name = "tiny-answer"
    severity = Severity.INFO
    cost = Cost.TOKENS
    methods = frozenset({"sft"})
    examples = (
        Good({"messages": [{"role": "user", "content": "What is 2 + 2?"}, {"role": "assistant", "content": "4"}]}),
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Read the essay and answer with one word: is it good? Essay: ..."},
                    {"role": "assistant", "content": "Yes"},
                ]
            }
        ),
        Good(
            {
                "messages": [
                    {"role": "user", "content": 'Would you say this?\n"Describe the sea in detail and write a story."'},
                    {"role": "assistant", "content": " Yes"},
                ]
            },
            note="what is quoted is not asked for",
        ),
        Good({"text": "Explain how I get my money back", "label": "refund"}, note="a label is a full answer"),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Write a short story about a lighthouse."},
                    {"role": "assistant", "content": "0"},
                ]
            },
            at=[(1, "/messages/1/content")],
            message="the answer has 1 token",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        if shard.format is not None and shard.format.labels:
            return []
        import numpy as np

        codes, owners = shard.codes, shard.owners
        trained = np.flatnonzero(codes & c.TRAINED)
        lasts = trained[np.diff(owners[trained], append=-1) != 0]
        sizes, kinds = shard.lengths[lasts], codes[lasts] & c.KIND_MASK
        short = (sizes > 0) & (sizes <= MOST_BYTES) & (kinds != c.CALL_NAME) & (kinds != c.ARGUMENTS)
        if shard.settings.count_tokens:
            short &= shard.tokens[lasts] <= MOST_TOKENS
        lasts = lasts[short & (lasts > 0)]
        asked = np.where(codes & c.ROLE_MASK == c.USER, np.arange(len(codes)), -1)
        prompts = np.maximum.accumulate(asked)[lasts - 1]
        known = prompts >= shard.firsts[owners[lasts]]
        lasts, prompts = lasts[known], prompts[known]
        values = shard.values
        found = [_may_ask_for_length(values[text]) for text in prompts.tolist()]
        return shard.rows_of_texts(lasts[np.array(found, dtype=np.bool_)])

    def check(self, record: Record) -> Iterator[Finding]:
        shard = record.shard
        texts = record.text_range
        trained = [text for text in texts if shard.codes[text] & c.TRAINED]
        answer = trained[-1]
        kind = int(shard.codes[answer]) & c.KIND_MASK
        if kind in (c.CALL_NAME, c.ARGUMENTS) or len(shard.encoded[answer]) > MOST_BYTES:
            return
        asked = [text for text in texts if text < answer and shard.codes[text] & c.ROLE_MASK == c.USER]
        prompt = shard.values[asked[-1]] if asked else ""
        request = _QUOTED.sub(" ", prompt)
        if not shard.values[answer].strip() or not _ASKS_FOR_LENGTH.search(request) or _ASKS_FOR_LITTLE.search(request):
            return
        count = int(shard.tokens_of(record.index)[answer - texts.start])
        if count <= MOST_TOKENS:
            noun = "token" if count == 1 else "tokens"
            message = f"the answer has {count} {noun}; the prompt asks for long text"
            yield self.finding(record.ref, message, pointer=record.pointer(answer), data={"tokens": count})
