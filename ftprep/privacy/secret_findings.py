"""What the rules about secrets share: how they search a row, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.privacy.finding import value_finding
from ftprep.privacy.secrets import LOOKS, Secret, search
from ftprep.privacy.value import Grade
from ftprep.record import Record
from ftprep.rule import RecordRule

_PLACES = {c.ARGUMENTS: "arguments hold", c.TOOLS: "tool declarations hold", c.CALL_NAME: "name of a tool holds"}
_TURNS = {c.SYSTEM: "system prompt", c.USER: "user turn", c.ASSISTANT: "answer", c.TOOL: "tool result"}


def secret_findings(
    rule: RecordRule, record: Record, keep: Callable[[Secret], bool] = lambda secret: True
) -> Iterator[Finding]:
    """Yield the findings of one rule in one row, of those secrets that ``keep`` lets through.

    Keys of a sandbox are information; what opens nothing is no finding.
    """
    look = LOOKS[rule.code]
    for text in texts_with_literals(rule, record):
        value = record.shard.values[text]
        if next(look(value), None) is None:
            continue
        for secret in search(value):  # with all others, one of which may know more about the same characters
            real = secret.value.grade is Grade.REAL
            if secret.value.code == rule.code and (real or secret.test) and keep(secret):
                size = secret.value.end - secret.value.start
                message = f"{place_of(record, text)} a secret: {secret.name}, {size:,} characters"
                yield value_finding(rule, record, text, secret.value, message, None if real else Severity.INFO)


def texts_with_literals(rule: RecordRule, record: Record) -> list[int]:
    """The texts of a row, by their numbers in the shard, that hold one of the rule's literals."""
    hits = record.shard.literal_hits[rule.code]
    texts = record.text_range
    low, high = hits.searchsorted((texts.start, texts.stop))
    found: list[int] = hits[low:high].tolist()
    return found


def place_of(record: Record, text: int) -> str:
    """Where text number ``text`` of the shard stands: the beginning of a sentence that says what it holds."""
    code = int(record.shard.codes[text])
    return _PLACES.get(code & c.KIND_MASK) or f"{_TURNS.get(code & c.ROLE_MASK, 'text')} holds"
