"""What the rules about personal data share: one search per shard, of which each rule reports its part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.privacy.finding import value_finding
from ftprep.privacy.value import Grade, Value
from ftprep.record import Record
from ftprep.rule import Rule

if TYPE_CHECKING:
    from ftprep.shard import Shard

_NAMES = {
    "EMAIL": "e-mail address",
    "PHONE": "phone number",
    "CARD": "card number",
    "IBAN": "IBAN",
    "IP": "public IP address",
    "MAC": "MAC address",
    "WALLET": "wallet address",
    "BIRTH_DATE": "date of birth",
    "ADDRESS": "postal address",
    "PERSON": "name of a person",
    "BANK_ACCOUNT": "bank account number",
    "MEDICAL_LICENSE": "medical licence number",
}


def personal_rows(rule: Rule, shard: Shard) -> list[int]:
    """The rows with a text that holds a value of the rule."""
    import numpy as np

    texts = [text for text, values in shard.once(own_values).items() if any(one.code == rule.code for one in values)]
    return shard.rows_of_texts(np.array(texts, dtype=np.int64))


def own_values(shard: Shard) -> Mapping[int, list[Value]]:
    """The personal data of a shard's texts that is no part of a secret, by number of text; through ``shard.once``."""
    from ftprep.privacy.personal import personal_data

    found: dict[int, list[Value]] = {}
    for text, values in shard.once(personal_data).items():
        kept = _without_secrets(shard.values[text], values)
        if kept:
            found[text] = kept
    return found


def _without_secrets(text: str, values: list[Value]) -> list[Value]:
    """Values that no secret overlaps: the rules about secrets speak about those."""
    from ftprep.privacy.secrets import find_in

    secrets = [one for one in find_in(text) if one.grade is Grade.REAL]
    return [one for one in values if all(one.end <= other.start or other.end <= one.start for other in secrets)]


def personal_findings(rule: Rule, record: Record, *, fixtures: Severity | None = None) -> Iterator[Finding]:
    """Yield the findings of one rule in one row; those about values for tests only with ``fixtures``, at that"
    " severity."""
    found = record.shard.once(own_values)
    for text in record.text_range:
        for value in found.get(text, ()):
            if value.code == rule.code and (value.grade is Grade.REAL or fixtures is not None):
                yield personal_finding(rule, record, text, value, fixtures)


def personal_finding(rule: Rule, record: Record, text: int, value: Value, fixtures: Severity | None) -> Finding:
    """The finding about one value; ``fixtures`` is the severity of values for tests."""
    from ftprep.privacy.identifier_words import place_words
    from ftprep.privacy.masking import masked
    from ftprep.text.snippet import escape

    real = value.grade is Grade.REAL
    shown = escape(masked(record.shard.values[text][value.start : value.end]))
    test = "" if real else " for tests"
    message = f"{name_of(value.kind)}{test} `{shown}` in {place_words(record, text)}"
    return value_finding(rule, record, text, value, message, None if real else fixtures)


def name_of(kind: str) -> str:
    """What a kind of value is called in a message."""
    if kind in _NAMES:
        return _NAMES[kind]
    from ftprep.privacy.national import NATIONAL_IDS

    return next(one.name for one in NATIONAL_IDS if one.kind == kind)
