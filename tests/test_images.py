"""What the header of an image tells."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep.text.images import image_refusal

DEMANDS = {"kinds": ["PNG", "JPEG", "WEBP"], "bytes": 10_000, "colours": ["RGB", "RGBA"]}


def png(colour: int) -> bytes:
    def part(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, colour, 0, 0, 0)) + part(b"IEND", b"")


def jpeg(components: int) -> bytes:
    app = b"\xff\xe0" + struct.pack(">H", 4) + b"JF"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 8 + 3 * components, 8, 1, 1, components) + b"\1\x11\0" * components
    return b"\xff\xd8" + app + frame + b"\xff\xd9"


def said(content: bytes, **demands: Any) -> str:
    return image_refusal(base64.b64encode(content).decode(), {**DEMANDS, **demands})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (png(2), ""),
        (png(6), ""),
        (png(0), "image is grey; RGB or RGBA is due"),
        (png(3), "image is palette; RGB or RGBA is due"),
        (jpeg(3), ""),
        (jpeg(1), "image is grey; RGB or RGBA is due"),
        (jpeg(4), "image is CMYK; RGB or RGBA is due"),
        (b"GIF89a" + bytes(20), "image is GIF; PNG or JPEG or WEBP is due"),
        (b"RIFF\0\0\0\0WEBPVP8 ", ""),
        (png(2) + bytes(10_000), "image has 10,045 bytes; at most 10,000"),
    ],
)
def test_refusals(content: bytes, message: str) -> None:
    assert said(content) == message


def test_nothing_is_refused_that_nobody_demands() -> None:
    assert image_refusal(base64.b64encode(png(0)).decode(), {}) == ""
    assert image_refusal("no base64!", DEMANDS) == ""


@given(st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b""]), st.binary(max_size=60))
def test_damaged_headers_do_no_harm(magic: bytes, rest: bytes) -> None:
    assert isinstance(said(magic + rest), str)
