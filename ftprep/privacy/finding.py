"""How the rules about personal data, secrets and identifiers make their findings: all of them through one function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Edit, Finding, Fix, Severity

if TYPE_CHECKING:
    from ftprep.privacy.value import Value
    from ftprep.record import Record
    from ftprep.rule import Rule


TITLE = "put a placeholder in the place of the value"


def value_finding(
    rule: Rule, record: Record, text: int, value: Value, message: str, severity: Severity | None = None
) -> Finding:
    """Make the finding about ``value`` in text number ``text`` of the record's shard.

    Neither ``message`` nor the data of the finding may hold the value: what it is and where it stands is enough.
    """
    return rule.finding(
        record.ref,
        message,
        severity=rule.severity if severity is None else severity,
        pointer=record.pointer(text),
        span=(value.start, value.end),
        data={"kind": value.kind},
        fix=redaction(record.pointer(text), (value.start, value.end), value.kind),
    )


def redaction(pointer: str, span: tuple[int, int], kind: str) -> Fix:
    """The fix that takes a value out. Its edit says where; what comes there is numbered when fixes are applied."""
    return Fix(TITLE, "unsafe", (Edit("replace", pointer, f"<{kind}>", span),), redact=kind)
