"""What a rule says: a :class:`Finding` at a place, with a severity and perhaps a :class:`Fix`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

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


Safety = Literal["safe", "unsafe"]
"""A safe fix keeps the meaning; an unsafe one changes what the model reads, and is applied only when asked for."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to a row. ``pointer`` is a JSON Pointer into the row as it is before any edit of the fix.

    ``replace`` puts ``new`` in the place of a value; with a ``span``, the text ``new`` in the place of those
    characters of the string there. ``add`` gives an object a further key, ``remove`` takes away a key or an item of
    a list. ``rename`` gives the member another key, which is ``new``.
    """

    op: Literal["replace", "add", "remove", "rename"]
    pointer: str
    new: Any = None
    span: tuple[int, int] | None = None

    def __repr__(self) -> str:
        from ftprep.text.snippet import mask, masked_value

        parts = [f"op={self.op!r}", f"pointer={mask(self.pointer)!r}"]
        parts += [f"new={masked_value(self.new)!r}"] if self.op != "remove" else []
        parts += [f"span={self.span!r}"] if self.span is not None else []
        return f"Edit({', '.join(parts)})"


Act = Literal["remove-line", "python-to-json", "remove-bom", "add-bom", "one-row-per-line"]
"""What no edit of a JSON value can say. The first two are about the row of the finding: its line goes away (only a
line without a row may), or the dict that Python printed there becomes JSON. The others are about the file: the byte
order mark goes or comes, or the rows of an array, or rows over several lines, get a line each."""


@dataclass(frozen=True, slots=True)
class Fix:
    """How a finding is settled by the tool: by ``edits`` of its row, or by an ``act``.

    With ``drop`` the row can only be left out, which `lint --fix` never does. ``redact`` is the word for a value that
    the one edit takes out, such as ``EMAIL``: what comes in its place, and in that of its copies, is settled for all
    values of a row together when the fixes are applied.
    """

    title: str
    safety: Safety = "safe"
    edits: tuple[Edit, ...] = ()
    drop: bool = False
    act: Act | None = None
    redact: str | None = None


DROP = Fix("drop the row", drop=True)
"""For a row that nothing but leaving it out can settle."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect at one place.

    ``severity`` None means the rule's own. ``pointer`` is a JSON Pointer (RFC 6901) into the row, "" for the
    whole row. ``span`` is a half-open range of characters: inside the text at ``pointer``, or inside the raw
    line where ``pointer`` is "". ``related`` are other rows that take part, ``group`` names the cluster that
    the finding belongs to; ``data`` holds JSON values for machines (numbers, names; never text of the row). What many
    rows do otherwise than the rest is one finding for each of them, so that each is fixed and hidden by itself: with
    one group, one message about all of them, and no related rows.
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
    fix: Fix | None = None

    @property
    def sort_key(self) -> tuple[Ref, str, str, tuple[int, int], str]:
        """Reading order: place first, then code, so that any cut of the data sorts alike."""
        return (self.ref, self.code, self.pointer, self.span or (-1, -1), self.message)

    def __repr__(self) -> str:
        """All fields that say something; text of the data in them is masked."""
        from ftprep.text.snippet import mask, masked_value

        shown: dict[str, Any] = {"code": self.code, "ref": self.ref, "message": mask(self.message)}
        for name in ("severity", "pointer", "span", "related", "group", "data", "fix"):
            value = getattr(self, name)
            if value not in (None, "", (), NO_DATA):
                shown[name] = mask(value) if name == "pointer" else value
        if "data" in shown:
            shown["data"] = masked_value(self.data)
        return f"Finding({', '.join(f'{name}={value!r}' for name, value in shown.items())})"
