"""Files whose places are marks in the text (`<image>`), while they stand in columns of the row, as in LLaMA-Factory."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from ftprep.conversion.conversation import CannotConvert, Message, Notes, Part, Row
from ftprep.conversion.dialect import Dialect
from ftprep.conversion.files import lose_type
from ftprep.conversion.shape import article, lose_part_flags
from ftprep.formats.keys import MARKS

COLUMNS = tuple(MARKS)


def place_marks(messages: Iterable[Message], row: Row) -> None:
    """Put the files of ``row`` in the places of their marks in ``messages``."""
    files = {key: list(row.get(key) or ()) for key in MARKS}
    if not any(files.values()):
        return
    for message in messages:
        message.parts = [piece for part in message.parts for piece in _pieces(part, files)]
    left = [key for key, rest in files.items() if rest]
    if left:
        raise CannotConvert(f"`{left[0]}` has more files than the text has marks")


def _pieces(part: Part, files: dict[str, list[Any]]) -> list[Part]:
    if part.kind != "text":
        return [part]
    found: list[Part] = []
    text = part.text
    while True:
        places = [(text.find(mark), key, mark) for key, mark in MARKS.items() if mark in text and files[key]]
        if not places:
            break
        at, key, mark = min(places)
        if at:
            found.append(Part("text", text[:at]))
        file = files[key].pop(0)
        found.append(Part(key[:-1], "", {"url": file} if isinstance(file, str) else {"file": file}))
        text = text[at + len(mark) :]
    if text or not found:
        found.append(Part("text", text))
    return found


def take_marks(messages: Iterable[Message], dialect: Dialect, notes: Notes) -> dict[str, list[Any]]:
    """Put marks in the places of the files in ``messages``; return the files by column."""
    files: dict[str, list[Any]] = {}
    for message in messages:
        if any(part.kind in ("image", "video", "audio") for part in message.parts):
            lose_part_flags(message, notes)
            kinds = [part.kind for part in message.parts]
            if ("text", "text") in itertools.pairwise(kinds):
                notes.change("parts joined to one text", "message")
            if any(part.kind == "text" and not part.text for part in message.parts):
                notes.change("an empty part left out", "message")
            text = "".join(_marked(part, files, dialect, notes) for part in message.parts)
            message.parts = [Part("text", text)]
        message.listed = False
    return files


def _marked(part: Part, files: dict[str, list[Any]], dialect: Dialect, notes: Notes) -> str:
    key = f"{part.kind}s"
    if key not in MARKS:
        if part.kind == "text":
            if any(mark in part.text for mark in MARKS.values()):
                raise CannotConvert("a text that holds a mark of files, such as `<image>`, itself")
            return part.text
        raise CannotConvert(f"{dialect.format} has no place for {article(part.kind)} in a message")
    file = part.data.get("file", part.data.get("url"))
    if file is None:
        raise CannotConvert(f"{dialect.format} needs the address of each {part.kind}")
    lose_type(part, notes)
    files.setdefault(key, []).append(file)
    return MARKS[key]
