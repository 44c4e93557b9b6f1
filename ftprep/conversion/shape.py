"""How a format is read and written: :class:`Shape`, and what many of them share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ftprep.conversion.conversation import CannotConvert, Example, Message, Method, Notes, Row, filled
from ftprep.conversion.dialect import Dialect
from ftprep.text.snippet import quote

Read = Callable[[Row, Notes], Example]
Write = Callable[[Example, Dialect, Notes], Row]


@dataclass(frozen=True, slots=True)
class Shape:
    """``read`` and ``write`` of a format, None where there is none. ``method`` is what its rows are for.

    ``cannot`` says, in the words of the documentation, what the format has no place for.
    """

    method: Method
    read: Read | None = None
    write: Write | None = None
    cannot: tuple[str, ...] = ()
    why: str = ""


def add_columns(row: Row, example: Example, closed: Collection[str] | None, dialect: Dialect, notes: Notes) -> Row:
    """Put the columns of ``example`` into ``row``, as far as the format (``closed`` keys) and the target take them."""
    allowed = None if dialect.columns else dialect.row_keys if dialect.row_keys is not None else closed
    for key, value in example.columns.items():
        if key not in row and (allowed is None or key in allowed):
            row[key] = value
        else:
            notes.lose(f"column {quote(key)}")
    return row


def only_text(message: Message, dialect: Dialect, notes: Notes) -> str:
    """What a message says, where the format holds nothing but text; thoughts stand in the text before it."""
    if message.calls:
        raise CannotConvert(f"{dialect.format} has no place for calls of tools")
    return spoken(message, dialect, notes)


def spoken(message: Message, dialect: Dialect, notes: Notes) -> str:
    """The text of a message, whatever it calls beside."""
    for part in message.parts:
        if part.kind not in ("text", "refusal", "json"):
            raise CannotConvert(f"{dialect.format} has no place for {article(part.kind)} in a message")
    if len(message.parts) > 1:
        notes.change("parts joined to one text", "message")
    if any(part.kind == "json" for part in message.parts):
        notes.change("a JSON value written as text", "message")
    if not message.parts and not message.calls:
        notes.change("no content written as an empty text", "message")
    text = "\n".join(part.text for part in message.parts)
    return with_thoughts(message, text)


def plain_turn(message: Message, dialect: Dialect, notes: Notes) -> str:
    """:func:`only_text` of a message whose name and flags have no place either."""
    lose_flags(message, notes)
    return only_text(message, dialect, notes)


def lose_flags(message: Message, notes: Notes, trained: bool = True, names: bool = False) -> None:
    """Count what a text alone cannot say of its message; the training flag only where ``trained``.

    ``names`` says that results of tools have names, which otherwise only their calls tell.
    """
    if message.name is not None and message.role != "tool":
        notes.lose("the name", "message")
    elif message.name is not None and message.called is None and not names:
        notes.lose("the tool's name", "result without a call")
    if trained and message.role == "assistant" and message.trained is False:
        notes.lose("the exclusion from training", "message")
    for key in message.extra:
        notes.lose(f"key {quote(key)}", "message")
    if message.role == "developer":
        notes.change("`developer` written as `system`", "message")
    if any(part.kind == "refusal" for part in message.parts):
        notes.change("a refusal written as text", "message")
    lose_part_flags(message, notes)


def lose_part_flags(message: Message, notes: Notes) -> None:
    """Count training flags of parts."""
    flagged = sum("flags" in part.data for part in message.parts)
    if flagged:
        notes.lose("training flags", "part", flagged)


OPENING, CLOSING = "<think>\n", "\n</think>\n\n"


def with_thoughts(message: Message, text: str) -> str:
    """``text`` with the thoughts of the message before it, as reasoning models write them."""
    return text if message.thinking is None else f"{OPENING}{message.thinking}{CLOSING}{text}"


def take_thoughts(message: Message) -> Message:
    """Move thoughts at the start of an assistant's text, written in exactly that form, to their own place."""
    if message.role == "assistant" and len(message.parts) == 1 and message.parts[0].kind == "text":
        text = message.parts[0].text
        if text.startswith(OPENING) and text.count("<think>") == 1 and text.count(CLOSING) == 1:
            thinking, _, rest = text.removeprefix(OPENING).partition(CLOSING)
            message.thinking, message.inline, message.parts[0].text = thinking, True, rest
    return message


def article(kind: str) -> str:
    """``kind`` of a part with an article before it."""
    return f"an {kind}" if kind[:1] in "aeiou" else f"a {kind}"


def columns_of(row: Mapping[str, Any], *own: str) -> dict[str, Any]:
    """All keys of ``row`` but the format's ``own`` and null ones."""
    return filled(dict(row), *own)
