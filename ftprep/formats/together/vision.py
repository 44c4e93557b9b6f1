"""Together instruction rows with images: ``prompt`` and ``completion`` as lists of content parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Required

from pydantic import Field

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.message_schema import Open, Parts

_SIDES = (("prompt", "u", c.USER), ("completion", "a", c.ASSISTANT | c.TRAINED))

_PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)


class TogetherVisionRow(Open, total=False):
    """What is asked, in text and images, and what is answered. Images belong to the prompt."""

    prompt: Required[str | Parts]
    completion: Required[str | Parts]
    weight: Annotated[float, Field(ge=0)] | None


class TogetherVision(Format):
    """A prompt and a completion, each one turn of typed parts; the completion is trained on."""

    name = "together-vision"
    title = "Together vision instruction"
    method = "sft"
    priority = 39.5
    keys = frozenset({"prompt", "completion"})
    fields = ("/prompt", "/completion")
    incomplete = frozenset({"prompt-completion", "trl-prompt-only"})
    example = {
        "prompt": [
            {"type": "text", "text": "What is in the basket?"},
            {
                "type": "image_url",
                "image_url": {"url": _PIXEL},
            },
        ],
        "completion": [{"type": "text", "text": "Three pears."}],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        sides = [row.get(key) for key, _, _ in _SIDES]
        if any(map(_are_parts, sides)) and all(isinstance(side, str) or _are_parts(side) for side in sides):
            return Match(0.95, "`prompt` and `completion` have lists of typed parts")
        return None

    def schema(self) -> Any:
        return TogetherVisionRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row)
        for field, (key, _, code) in enumerate(_SIDES):
            content = row[key]
            if isinstance(content, str):
                out.add(content, code | c.FIELD, c.slot(field))
                continue
            optional = c.OPTIONAL if len(content) > 1 else 0
            for number, part in enumerate(content):
                keys += len(part)
                if part.get("type") == "text":
                    out.add(part.get("text"), code | c.ITEM | optional, c.slot(field, number))
                elif part.get("type") != "refusal":
                    out.mark_media()
                    url = part.get("image_url")
                    keys += len(url) if isinstance(url, dict) else 0
        return keys

    def pointer(self, code: int, packed: int) -> str:
        found = super().pointer(code, packed)
        return f"{found}/text" if code & c.KIND_MASK == c.ITEM else found

    def loose_parts(self, row: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
        for key, letter, _ in _SIDES:
            yield f"/{key}", letter, row.get(key)


def _are_parts(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(part, Mapping) and part.get("type") is not None and "role" not in part for part in value)
    )
