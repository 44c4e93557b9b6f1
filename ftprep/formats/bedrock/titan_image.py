"""Image rows of Titan and Nova Canvas: a file in a bucket and its caption."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Required

from pydantic import Field

from ftprep.formats import columns as c
from ftprep.formats.bedrock.converse_schema import BucketUri
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Closed
from ftprep.formats.parts import StringsFormat


class TitanImageRow(Closed, total=False):
    """One image and what it shows."""

    image_ref: Required[Annotated[BucketUri, Field(alias="image-ref")]]  # the key is no name of Python
    caption: str | None


class TitanImage(StringsFormat):
    """Images to learn to draw, or to embed, by their captions. No text is trained on: the image is."""

    name = "titan-image"
    title = "Titan and Nova Canvas images"
    method = "sft"
    priority = 39
    keys = frozenset({"image-ref", "caption"})
    fields = ("/caption",)
    parts = (("caption", c.USER | c.PROMPT | c.FIELD),)
    example = {"image-ref": "s3://harbour-pictures/0001.png", "caption": "a red fishing boat at low tide"}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if isinstance(row.get("image-ref"), str):
            return Match(0.97, "`image-ref` is a string")
        return None

    def schema(self) -> Any:
        return TitanImageRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        out.mark_media()
        return super().append(row, out)

    def identity(self, row: Mapping[str, Any]) -> Any:
        return row.get("image-ref")
