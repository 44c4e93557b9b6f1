"""What a rule says: a :class:`Finding` at a place, with a severity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from ftprep.record import Ref

NO_DATA: Mapping[str, Any] = {}


class Severity(IntEnum):
    """How bad a finding is; larger is worse."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        """The word that is printed and that the command line accepts."""
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> Severity:
        """Return the severity named by ``word``; raises ``KeyError`` for any other word."""
        return cls[word.upper()]


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect at one place.

    ``severity`` None means the rule's own. ``pointer`` is a JSON Pointer (RFC 6901) into the row, "" for the
    whole row. ``span`` is a half-open range of characters: inside the text at ``pointer``, or inside the raw
    line where ``pointer`` is "". ``related`` are other rows that take part, ``group`` names the cluster that
    the finding belongs to, ``data`` holds JSON values for machines (numbers, names; never text of the row).
    """

    code: str
    ref: Ref
    message: str
    severity: Severity | None = None
    pointer: str = ""
    span: tuple[int, int] | None = None
    related: tuple[Ref, ...] = ()
    group: str | None = None
    data: Mapping[str, Any] = field(default_factory=lambda: NO_DATA)

    @property
    def sort_key(self) -> tuple[Ref, str, str, tuple[int, int], str]:
        """Reading order: place first, then code, so that any cut of the data sorts alike."""
        return (self.ref, self.code, self.pointer, self.span or (-1, -1), self.message)
