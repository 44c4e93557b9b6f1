"""The neutral form that a row has between two formats: :class:`Example`, made of messages, calls and parts.

Every reader fills it, every writer takes what its format can say, and tells :class:`Notes` what it cannot.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Row = dict[str, Any]
Role = Literal["system", "developer", "user", "assistant", "tool"]
Method = Literal["sft", "preference", "kto", "rft", "prompt-only", "stepwise", "language-modeling", "label"]


class CannotConvert(Exception):
    """A row that the other format cannot hold; the text says why, without a full stop."""


@dataclass(slots=True)
class Part:
    """A piece of a message.

    ``kind`` is text, refusal, json, image, audio, video, document or other. A file's ``data`` has ``url`` (or nothing
    where it stands in a column of the row), and what else its format said of it: ``detail``, ``mime``, ``format``.
    """

    kind: str
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Call:
    """One call of a tool. ``arguments`` is an object, or the text where that holds none; ``written`` is the text."""

    name: str
    arguments: Any
    id: str | None = None
    written: str | None = field(default=None, compare=False)


@dataclass(slots=True)
class Message:
    """One turn.

    ``answers`` is the id of the call that a tool message answers, ``called`` the name of that call's tool, once known.
    ``trained`` is what the row says of it; None leaves it to the format. ``inline`` says that the thinking stood in
    the text, ``listed`` that the content was a list.
    """

    role: Role
    parts: list[Part] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    answers: str | None = None
    name: str | None = None
    thinking: str | None = None
    trained: bool | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    inline: bool = field(default=False, compare=False)
    listed: bool = field(default=False, compare=False)
    called: str | None = field(default=None, compare=False)

    @property
    def is_text(self) -> bool:
        """Whether nothing but text is said."""
        return all(part.kind == "text" for part in self.parts)


@dataclass(slots=True)
class Tool:
    """A tool that the model may call. ``extra`` has what its format says beside (``strict``)."""

    name: Any
    description: str | None = None
    parameters: Any = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Example:
    """One row.

    ``messages`` are the whole conversation (sft, kto, label) or what is answered (preference, rft, prompt-only), with
    system turns in their places. ``cut`` is the number of messages of the prompt, where the row tells prompt from
    completion. ``label`` is the judgement of kto, the class of label, the labels of stepwise. ``text`` is the text of
    language-modeling, ``steps`` are those of stepwise. ``columns`` has all other keys: what graders read, metadata,
    settings. ``learnable`` names the column that may be learnt as an answer, not only compared with, if there is one,
    and ``continues`` says that the answer goes on where the text of the prompt ends.
    """

    method: Method
    messages: list[Message] = field(default_factory=list)
    chosen: list[Message] = field(default_factory=list)
    rejected: list[Message] = field(default_factory=list)
    label: Any = None
    tools: list[Tool] | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    cut: int | None = field(default=None, compare=False)
    text: str = ""
    steps: list[str] = field(default_factory=list)
    learnable: str = field(default="", compare=False)
    continues: bool = field(default=False, compare=False)


class Note(NamedTuple):
    """``number`` of the ``unit`` (message, row) lost or changed ``what``."""

    what: str
    unit: str
    number: int

    def __str__(self) -> str:
        unit = self.unit if self.number == 1 else f"{self.unit}s"
        return f"{self.what}: {self.number:,} {unit}"


class Notes:
    """What was lost, and what is said in another way without a loss, counted."""

    __slots__ = ("changed", "lost")

    def __init__(self) -> None:
        self.lost: Counter[tuple[str, str]] = Counter()
        self.changed: Counter[tuple[str, str]] = Counter()

    def lose(self, what: str, unit: str = "row", count: int = 1) -> None:
        """Count something that the format written cannot say."""
        self.lost[what, unit] += count

    def change(self, what: str, unit: str = "row", count: int = 1) -> None:
        """Count something that is said in another way."""
        self.changed[what, unit] += count

    def add(self, other: Notes) -> None:
        """Count all that ``other`` has counted."""
        self.lost.update(other.lost)
        self.changed.update(other.changed)

    @property
    def losses(self) -> list[Note]:
        """What was lost, the most frequent first."""
        return _listed(self.lost)

    @property
    def changes(self) -> list[Note]:
        """What is said in another way, the most frequent first."""
        return _listed(self.changed)


def _listed(counts: Counter[tuple[str, str]]) -> list[Note]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Note(what, unit, count) for (what, unit), count in ranked]


# --- what readers and writers share -----------------------------------------------------------------------------------


def text_message(role: Role, text: str, trained: bool | None = None) -> Message:
    """A turn of one text."""
    return Message(role, [Part("text", text)], trained=trained)


def split_system(messages: list[Message]) -> tuple[list[Message], list[Message]]:
    """The system turns at the start, and the rest."""
    first = 0
    while first < len(messages) and messages[first].role in ("system", "developer"):
        first += 1
    return messages[:first], messages[first:]


def completion_start(messages: list[Message], cut: int | None) -> int:
    """Where the completion starts: at ``cut``, else at the first trained turn of the assistant behind the last user."""
    if cut is not None:
        return cut
    start = len(messages)
    for index in range(len(messages) - 1, -1, -1):
        message = messages[index]
        if message.role not in ("assistant", "tool"):
            break
        if message.role == "assistant" and (message.trained is not False or start == len(messages)):
            start = index
    return start


def is_trained(message: Message) -> bool:
    """Whether a message of an SFT row is learnt."""
    return message.role == "assistant" and message.trained is not False


def filled(row: Row, *own: str) -> dict[str, Any]:
    """The keys of ``row`` that are not the format's ``own``, null ones left out."""
    return {key: value for key, value in row.items() if key not in own and value is not None}
