"""What the rules about secrets share: one search per row, of which each rule reports its part."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.privacy.finding import value_finding
from ftprep.privacy.secrets import Secret
from ftprep.privacy.value import Grade
from ftprep.record import Record
from ftprep.rule import Rule

_PLACES = {c.ARGUMENTS: "the arguments of a call", c.TOOLS: "the declared tools", c.CALL_NAME: "the name of a call"}
_TURNS = {c.SYSTEM: "the system prompt", c.USER: "a user turn", c.ASSISTANT: "an answer", c.TOOL: "a tool result"}


def secret_findings(
    rule: Rule, record: Record, keep: Callable[[Secret], bool] = lambda secret: True
) -> Iterator[Finding]:
    """Yield the findings of one rule in one row, of those secrets that ``keep`` lets through.

    Keys of a sandbox are information; what opens nothing is no finding.
    """
    for text, secret in record.once(secrets_of):
        real = secret.value.grade is Grade.REAL
        if secret.value.code == rule.code and (real or secret.test) and keep(secret):
            size = secret.value.end - secret.value.start
            message = f"{secret.name} of {size:,} characters in {place_of(record, text)}"
            yield value_finding(rule, record, text, secret.value, message, None if real else Severity.INFO)


def place_of(record: Record, text: int) -> str:
    """Where text number ``text`` of the shard stands, in words."""
    code = int(record.shard.codes[text])
    return _PLACES.get(code & c.KIND_MASK) or _TURNS.get(code & c.ROLE_MASK, "a text")


def secrets_of(record: Record) -> list[tuple[int, Secret]]:
    """The secrets of a row, each with the number of its text."""
    from ftprep.privacy.secrets import search

    values = record.shard.values
    return [(text, secret) for text in record.text_range for secret in search(values[text])]
