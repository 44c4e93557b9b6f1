"""What the base64 data of an image tells about it, from its first bytes: kind, colours, size."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

_WHITE = {ord(one): None for one in " \t\r\n"}
_MAGIC = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF87a": "GIF", b"GIF89a": "GIF", b"RIFF": "WEBP"}
_PNG_COLOURS = {0: "grey", 2: "RGB", 3: "palette", 4: "grey", 6: "RGBA"}
_JPEG_COLOURS = {1: "grey", 3: "RGB", 4: "CMYK"}


def image_refusal(data: str, demands: Mapping[str, Any]) -> str:
    """Why a target that makes ``demands`` does not take the image in base64 text ``data``; "" where it does.

    ``demands`` may name ``kinds`` of files, most ``bytes``, and ``colours``.
    """
    try:
        content = base64.b64decode(data.translate(_WHITE), validate=True)
    except (binascii.Error, ValueError):
        return ""  # said already
    kind = next((name for magic, name in _MAGIC.items() if content.startswith(magic)), "")
    kinds = demands.get("kinds", ())
    if kind and kinds and kind not in kinds:
        return f"image is {kind}; {' or '.join(kinds)} is due"
    most = demands.get("bytes")
    if most is not None and len(content) > most:
        return f"image has {len(content):,} bytes; at most {most:,}"
    colours = _colours(content, kind)
    if colours and "colours" in demands and colours not in demands["colours"]:
        return f"image is {colours}; {' or '.join(demands['colours'])} is due"
    return ""


def _colours(content: bytes, kind: str) -> str:
    """How an image stores colours, by its header; "" where that cannot be told."""
    if kind == "PNG" and len(content) > 25:
        return _PNG_COLOURS.get(content[25], "")
    if kind == "JPEG":
        return _JPEG_COLOURS.get(_jpeg_components(content), "")
    return ""


def _jpeg_components(content: bytes) -> int:
    """The number of components that the frame header of a JPEG states; 0 where there is none."""
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return content[at + 9]
        if marker == 0xFF:  # a filling byte
            at += 1
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
        else:
            at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return 0
