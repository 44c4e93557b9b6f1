"""Rule TPL004."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.settings import Settings
    from ftprep.shard import Shard
    from ftprep.targets.target import Restriction

_KINDS = frozenset((c.CONTENT, c.PART, c.REASONING, c.FIELD, c.VALUE))
_CHAT = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}


class ReservedWord(RecordRule):
    """A text holds a word that the target forbids.

    ## What it does
    With a target that reserves words for its own template (`Human:` at the start of a line for Claude; `User:`,
    `Bot:`, `[EOS]` and others for Nova), reports every text that holds one, as the platform's validator compares: as
    a part of the text, with or without regard to case. Each word is reported once per text.

    ## Why is this bad?
    One such text fails the whole job. Chat logs and transcripts hold these words often.

    ## How to settle it
    Rephrase the text, for example `Customer -` in the place of `User:`.
    """

    code = "TPL004"
    name = "reserved-word"
    severity = Severity.ERROR
    examples = (
        Good(_CHAT, settings={"target": "openai"}),
        Good(
            {"prompt": "A talk:\nHuman: Hi", "completion": " Hello!"},
            settings={"target": "together"},
            note="only some targets forbid words",
        ),
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Our human: who?"},
                    {"role": "assistant", "content": "Ada."},
                ]
            },
            settings={"target": "claude-bedrock"},
            note="the word is reserved at the start of a line only",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Sum up:\n\nHuman: Hi\n\nAssistant: Hello"},
                    {"role": "assistant", "content": "A greeting."},
                ]
            },
            settings={"target": "claude-bedrock"},
            at=[(1, "/messages/0/content"), (1, "/messages/0/content")],
            message="reserved word `\\nHuman:` of claude-bedrock in a user turn",
        ),
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        return None if settings.target else "needs --target"

    def screen(self, shard: Shard) -> Iterable[int] | None:
        import numpy as np

        found: list[int] = []
        for words in self.restrictions("reserved-words", shard.format.name if shard.format else None):
            pattern = _pattern(tuple(words.value["words"]), words.value.get("any-case", False))
            found += [match.start() for match in pattern.finditer(shard.buffer)]
        if not found:
            return []
        return shard.rows_of_texts(np.searchsorted(shard.starts, np.array(found), "right") - 1)

    def check(self, record: Record) -> Iterator[Finding]:
        shard = record.shard
        for words in self.restrictions("reserved-words", record.format.name):
            pattern = _pattern(tuple(words.value["words"]), words.value.get("any-case", False))
            for text in record.text_range:
                code = int(shard.codes[text])
                if code & c.KIND_MASK in _KINDS:
                    role = c.ROLE_NAMES[code & c.ROLE_MASK]
                    yield from self._words(record, text, words, pattern, role)

    def _words(
        self, record: Record, text: int, words: Restriction, pattern: re.Pattern[bytes], role: str
    ) -> Iterator[Finding]:
        roles = words.value.get("roles", c.ROLE_NAMES)
        if role not in roles and role not in words.value.get("also", ()):
            return
        encoded, told = record.shard.encoded[text], set()
        for match in pattern.finditer(encoded):
            word = match[0].decode()
            if word.lower() in told:
                continue
            told.add(word.lower())
            start = len(encoded[: match.start()].decode())
            place: dict[str, Any] = {"pointer": record.pointer(text), "span": (start, start + len(word))}
            message = f"reserved word {quote(word)} of {words.target} in {_ARTICLES.get(role, 'a text')}"
            if role in roles:
                where = "system prompt" if role == "system" else "message content"
                yield self.refused(record.ref, words, message, {"word": word, "place": where}, **place)
            else:  # the documentation forbids it elsewhere, the validator here too
                yield self.finding(
                    record.ref,
                    message,
                    severity=Severity.WARNING,
                    data={"target": words.target, "restriction": words.id},
                    **place,
                )


_ARTICLES = {
    "system": "the system prompt",
    "user": "a user turn",
    "assistant": "an assistant turn",
    "tool": "a tool result",
}


@functools.cache
def _pattern(words: tuple[str, ...], any_case: bool) -> re.Pattern[bytes]:
    return re.compile(b"|".join(re.escape(word.encode()) for word in words), re.IGNORECASE if any_case else 0)
