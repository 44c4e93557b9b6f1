"""What targets demand of the content parts of a row together: how many there are, and of which kinds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ftprep.text.dialogues import content_parts
from ftprep.text.snippet import quote, shorten

if TYPE_CHECKING:
    from ftprep.record import Record

# Bedrock and Gemini name the kind of a part by its key.
_KEY_KINDS = (
    "text", "image", "video", "document", "reasoningContent", "toolUse", "toolResult",
    "fileData", "file_data", "inlineData", "inline_data",
    "functionCall", "function_call", "functionResponse", "function_response",
)  # fmt: skip
_BLOCKS = ("image", "video", "document")

Fault = tuple[str, str]
"""The pointer to what is wrong, and the message."""


def other_kinds(record: Record, taken: Collection[str]) -> Iterator[tuple[str, str]]:
    """Pointer and kind of each content part of a kind that is not among those that are ``taken``."""
    for pointer, part in content_parts(record):
        kind, place = part.get("type"), f"{pointer}/type"
        if kind is None:
            kind = next((key for key in part if key in _KEY_KINDS and key not in taken), None)
            place = f"{pointer}/{kind}"
        if isinstance(kind, str) and kind not in taken:
            yield place, kind


def mixed_refusals(record: Record, value: Any) -> Iterator[Fault]:
    """Turns whose content has a refusal beside other parts."""
    turns: defaultdict[str, list[Any]] = defaultdict(list)
    for pointer, part in content_parts(record):
        turns[pointer.rpartition("/")[0]].append(part.get("type"))
    for pointer, kinds in turns.items():
        if "refusal" in kinds and len(kinds) > 1:
            yield pointer, f"a refusal among {len(kinds)} parts; it stands alone"


def miscounted_images(record: Record, value: Any) -> Iterator[Fault]:
    """Rows whose column of images has more or fewer entries than the content has placeholders."""
    images = record.row.get("images")
    if not isinstance(images, list):
        return
    marks = sum(part.get("type") == "image" for _, part in content_parts(record))
    if marks != len(images):
        yield "/images", f"{len(images)} images for {marks} placeholders"


def media_faults(record: Record, value: Mapping[str, Any]) -> Iterator[Fault]:
    """Blocks of Bedrock with files that the target does not read, or of too many, or of kinds that exclude each other.

    ``value`` has ``most`` by kind, ``kinds`` (the formats of each), ``address`` (a pattern), and ``together``: whether
    images and a video may stand in one row.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for pointer, part in content_parts(record):
        for kind in _BLOCKS:
            block = part.get(kind)
            if not isinstance(block, Mapping):
                continue
            here = f"{pointer}/{kind}"
            found[kind].append(here)
            known, format = value["kinds"].get(kind), block.get("format")
            if known and isinstance(format, str) and format not in known:
                yield f"{here}/format", shorten(f"{kind} is {quote(format)}; {', '.join(known)} are read", 100)
            address = _address(block)
            if isinstance(address, str) and address.startswith("s3://") and not re.fullmatch(value["address"], address):
                yield f"{here}/source/s3Location/uri", f"characters in the address of the {kind} that are not read"
    for kind, most in value["most"].items():
        if len(found[kind]) > most:
            yield found[kind][most], f"{len(found[kind])} {kind}s in the row; at most {most}"
    if not value["together"] and found["image"] and found["video"]:
        yield found["video"][0], "images and a video in one row"


def _address(block: Mapping[str, Any]) -> Any:
    source = block.get("source")
    location = source.get("s3Location") if isinstance(source, Mapping) else None
    return location.get("uri") if isinstance(location, Mapping) else None
