"""Files inside messages: what they are by their type or their name, and what Google and Amazon call that."""

from __future__ import annotations

import mimetypes

from ftprep.conversion.conversation import CannotConvert, Notes, Part

_KINDS = {"image": "image", "audio": "audio", "video": "video"}


def kind_of(mime: str) -> str:
    """The kind of part that a MIME type is."""
    return _KINDS.get(mime.partition("/")[0], "document")


def mime_of(part: Part) -> str:
    """The MIME type of a file; raises where neither its format nor its name tells."""
    known = part.data.get("mime")
    if known:
        return str(known)
    if part.data.get("format"):
        found = mimetypes.types_map.get(f".{part.data['format']}")
        return found or f"{part.kind}/{part.data['format']}"
    url = str(part.data.get("url", ""))
    if url.startswith("data:"):
        return url[5:].partition(";")[0].partition(",")[0] or "text/plain"
    guessed = mimetypes.guess_type(url)[0]
    if guessed is None:
        raise CannotConvert(f"the type of {part.kind} file cannot be told from its name")
    return guessed


def lose_type(part: Part, notes: Notes, detail: bool = False) -> None:
    """Count what an address alone does not tell of a file: a type that its name hides, its owner, its own name.

    With ``detail`` there is a place for how closely an image is looked at.
    """
    if "detail" in part.data and not detail:
        notes.lose("`detail`", "image")
    told = mimetypes.guess_type(str(part.data.get("url", "")))[0]
    if ("mime" in part.data or "format" in part.data) and told != mime_of(part) and not _embedded(part):
        notes.lose("the type that its name does not tell", "file")
    if "owner" in part.data or "name" in part.data:
        notes.lose("the owner or the title", "file")


def _embedded(part: Part) -> bool:
    return str(part.data.get("url", "")).startswith("data:")


def format_of(part: Part) -> str:
    """The name of the file's format as Amazon has it: png, jpeg, mp4."""
    if part.data.get("format"):
        return str(part.data["format"])
    name = mime_of(part).partition("/")[2]
    return {"quicktime": "mov", "x-matroska": "mkv"}.get(name, name)
