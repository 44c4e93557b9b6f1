"""Rule CHT009."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.formats.columns import KIND_MASK, PART, PART_REFUSAL, SEPARATOR
from ftprep.formats.keys import MARKS
from ftprep.record import State
from ftprep.rule import Bad, Good, Needs, Option, RecordRule
from ftprep.text.dialogues import ASSISTANT, shown_twice
from ftprep.text.images import image_refusal
from ftprep.text.media import media_faults, miscounted_images, mixed_refusals, other_kinds
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard
    from ftprep.targets.target import Restriction

_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_DATA = re.compile(r"data:", re.IGNORECASE)
_IMAGE_DATA = re.compile(r"data:image/[\w.+-]+(?:;[\w.+-]+=[^;,]*)*;base64,", re.IGNORECASE)
_WHITE = {ord(one): None for one in " \t\r\n"}
_KNOWN = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
# Formats that libraries for local training read and hosted platforms refuse.
_TOGETHER = (("one-refusal", mixed_refusals), ("image-count", miscounted_images), ("media", media_faults))
_TURNS = {"assistant": "an assistant turn", "tool": "a tool result", "system": "a system turn"}
_OTHER = {b"BM": "BMP", b"II*\0": "TIFF", b"MM\0*": "TIFF", b"<svg": "SVG", b"<?xml": "SVG"}
_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGOoBgAAfQB8EB20bAAAAABJRU5ErkJggg=="  # 1 × 1


class Image(NamedTuple):
    """One image part. ``url`` is None for a placeholder that stands for a file of another column."""

    pointer: str
    letter: str
    turn: str
    url: Any


class InvalidContentPart(RecordRule):
    """A part of a turn's content that cannot be read, or that may not stand there.

    ## What it does
    Reports parts of unknown type (Bedrock's blocks and Gemini's parts: without a known key, with several of them, or
    of a kind that the turn may not hold), images in turns that are not the user's, image URLs that are no web
    address and no `data:image/…;base64,` URI, base64 that does not decode to a PNG, JPEG, WEBP or GIF image, and
    rows with more images than `max-images` (Gemini has no such limit). Where the text has marks (`<image>`, `<video>`,
    `<audio>`) for the files of a column, there must be as many marks as files. With a target, its own demands on
    images and kinds of parts are errors.

    ## Why is this bad?
    Platforms refuse the file, or skip the row without a word. Warnings stand for what some trainers accept: local
    paths, images in system turns and tool results, other image formats, rows of many images.

    ## How to settle it
    Correct the part, move the image to the user's turn, or convert it.
    """

    code = "CHT009"
    name = "invalid-content-part"
    severity = Severity.ERROR
    needs = Needs.PARSED
    options = {"max_images": Option(10, "most images of a row; OpenAI and Together take 10, Azure 64")}
    examples = (
        Good(
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {"type": "text", "text": "Which fruit?"},
                            {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "low"}},
                            {"type": "image_url", "image_url": f"data:image/png;base64,{_PIXEL}"},
                        ],
                    },
                    {"role": "assistant", "content": [{"type": "text", "text": "A pear, and nothing."}]},
                ]
            },
            note="Mistral writes the URL as a plain string",
        ),
        Good(
            {
                "messages": [
                    {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "Which fruit?"}]},
                    {"role": "assistant", "content": [{"type": "text", "text": "A pear."}]},
                ],
                "images": ["a.png"],
            },
            note="TRL keeps the image in another column",
        ),
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Open the safe."},
                    {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]},
                ]
            }
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": [{"type": "picture", "url": "https://example.com/a.png"}]},
                    {"role": "assistant", "content": "A pear."},
                ]
            },
            format="openai-chat",
            at=[(1, "/messages/0/content/0/type")],
            message="unknown content part `picture`",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Draw a pear."},
                    {
                        "role": "assistant",
                        "content": [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}],
                    },
                ]
            },
            at=[(1, "/messages/1/content/0")],
            message="image in an assistant turn",
        ),
        Bad(
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {"type": "image_url", "image_url": {"url": "pictures/a.png"}},
                            {"type": "image_url", "image_url": {"url": "data:text/plain;base64,aGVsbG8="}},
                            {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGVsbG8gd29ybGQ="}},
                            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KG"}},
                            {"type": "image_url", "image_url": ""},
                        ],
                    },
                    {"role": "assistant", "content": "Five pears."},
                ]
            },
            at=[
                (1, "/messages/0/content/0/image_url/url"),
                (1, "/messages/0/content/1/image_url/url"),
                (1, "/messages/0/content/2/image_url/url"),
                (1, "/messages/0/content/3/image_url/url"),
                (1, "/messages/0/content/4/image_url"),
            ],
            message="image is not valid base64",
        ),
        Bad(
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}] * 3,
                    },
                    {"role": "assistant", "content": "Three pears."},
                ]
            },
            options={"max_images": 2},
            at=[(1, "/messages/0/content/2")],
            message="3 images in the row; at most 2",
        ),
        Good(
            {
                "messages": [
                    {"role": "user", "content": "<image>Which fruit? And here?<image>"},
                    {"role": "assistant", "content": "A pear, and a plum."},
                ],
                "images": ["a.png", "b.png"],
            },
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}], "images": []},
            note="a mark for each file, and a row without either",
        ),
        Good(
            {
                "messages": [{"role": "user", "content": "Which fruit?"}, {"role": "assistant", "content": "A pear."}],
                "images": ["a.png"],
            },
            note="TRL and ms-swift put the image first where the text has no mark",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "<image>Which fruit? And here?<image>"},
                    {"role": "assistant", "content": "A pear, and a plum."},
                ],
                "images": ["a.png"],
            },
            at=[(1, "/images")],
            message="1 image for 2 `<image>` marks",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        rows = {*shard.media_rows, *shard.rows_with_schema_error(self.code)}
        name = shard.format.name if shard.format is not None else None
        if self.restrictions("parts", name) or self.restrictions("one-refusal", name):
            rows.update(
                shard.rows_of_texts(
                    (shard.codes & KIND_MASK == PART)
                    | (shard.codes & KIND_MASK == PART_REFUSAL)
                    | (shard.codes & KIND_MASK == c.REASONING)
                )
            )
        return sorted(rows)

    def check(self, record: Record) -> Iterator[Finding]:
        for error in record.schema_errors:
            if error.code == self.code:
                yield self.finding(record.ref, error.message, pointer=error.pointer, data=error.data)
        if record.shard.state[record.index] != State.SOUND:
            return  # parts of a wrong shape are the schema's to tell
        name = record.format.name
        parts = self.restriction("parts", name)
        if parts is not None:
            yield from self._parts(record, parts)
        for check, judge in _TOGETHER:
            for demand in self.restrictions(check, name)[-1:]:  # that of the model comes behind the general one
                for pointer, message in judge(record, demand.value):
                    yield self.refused(record.ref, demand, message, pointer=pointer)
        yield from self._unmatched(record)
        images = list(_images(record))
        refused = self.restriction("no-images", name) or self._blind(name)
        if refused is not None:
            for image in images[:1]:
                yield self.refused(record.ref, refused, f"{_counted(images)} in the row", pointer=image.pointer)
            return
        demands = self.restriction("images", name)
        yield from self._misplaced(record, images, demands)
        for image in images:
            if image.url is not None:
                yield from self._check_url(record, image, demands)
        limit = demands.value["most"] if demands is not None else self.values["max_images"]
        if len(images) > limit and not name.startswith("gemini"):  # Google states no such limit
            message, pointer = f"{len(images)} images in the row; at most {limit}", images[limit].pointer
            data = {"images": len(images)}
            if demands is None:
                yield self._warn(record, message, pointer, data)
            else:
                words = {"count": len(images), "limit": limit}
                yield self.refused(record.ref, demands, message, words, pointer=pointer, data=data)

    def _blind(self, format: str) -> Restriction | None:
        """The restriction that a model without eyes sets, where the run names such a model."""
        model = self.target.model(self.settings.target_model) if self.target is not None else None
        return self.restriction("vision-models", format) if model is not None and not model.images else None

    def _parts(self, record: Record, parts: Restriction) -> Iterator[Finding]:
        for pointer, kind in other_kinds(record, parts.value):
            message = f"content part {quote(kind)}, which {parts.target} does not take"
            yield self.refused(record.ref, parts, message, {"type": kind}, pointer=pointer)

    def _unmatched(self, record: Record) -> Iterator[Finding]:
        """Media columns with another number of files than the text has marks for."""
        for column, mark in MARKS.items():
            files = record.row.get(column)
            if isinstance(files, list) or (files is None and record.format.marked_media):
                marks, count = _marks(record, mark), len(files or ())
                # Without any mark, and without a format that wants them, the trainer finds the place by itself.
                if count != marks and (marks or record.format.marked_media) and not _has_parts(record):
                    noun = column if count != 1 else column[:-1]
                    message = f"{count} {noun} for {marks} `{mark}` mark{'s' if marks != 1 else ''}"
                    data = {"files": count, "marks": marks}
                    pointer = f"/{column}" if column in record.row else ""
                    yield self.finding(record.ref, message, pointer=pointer, data=data)

    def _misplaced(self, record: Record, images: list[Image], demands: Restriction | None) -> Iterator[Finding]:
        told = set()
        for image in images:
            if image.letter == "u" or image.turn in told:
                continue
            told.add(image.turn)
            role = "assistant" if image.letter in ASSISTANT else "tool" if image.letter == "t" else "system"
            message = f"image in {_TURNS[role]}"
            if role == "assistant" and record.format.answerer != role:
                message = f"image in a {record.format.answerer} turn"
            if role == "assistant":
                yield self.finding(record.ref, message, pointer=image.pointer)
            elif demands is not None:
                yield self.refused(record.ref, demands, message, {"role": role}, pointer=image.pointer)
            else:
                yield self._warn(record, message, image.pointer)

    def _check_url(self, record: Record, image: Image, demands: Restriction | None) -> Iterator[Finding]:
        pointer, url = f"{image.pointer}/image_url", image.url
        if isinstance(url, Mapping):
            pointer, url = f"{pointer}/url", url.get("url")
        if not isinstance(url, str):
            return
        start = _IMAGE_DATA.match(url)
        if start is not None:
            problem, other = _check_data(url[start.end() :])
            if problem and (demands is None or not other):
                severity = Severity.WARNING if other else None
                yield self.finding(record.ref, problem, pointer=pointer, severity=severity)
            elif demands is not None:
                refusal = problem or image_refusal(url[start.end() :], demands.value)
                if refusal:
                    yield self.refused(record.ref, demands, refusal, pointer=pointer)
        elif not url.strip():
            yield self.finding(record.ref, "image URL is empty", pointer=pointer)
        elif _DATA.match(url):
            yield self.finding(record.ref, "data URI is not of the form data:image/…;base64,", pointer=pointer)
        elif demands is not None and "web" not in demands.value["addresses"]:
            yield self.refused(record.ref, demands, "image is an address; base64 data is due", pointer=pointer)
        elif not _WEB.match(url):
            message = "image URL is no web address and no data URI"
            if demands is not None:
                yield self.refused(record.ref, demands, message, pointer=pointer)
            else:
                yield self._warn(record, message, pointer)

    def _warn(self, record: Record, message: str, pointer: str, data: Mapping[str, Any] | None = None) -> Finding:
        return self.finding(record.ref, message, pointer=pointer, severity=Severity.WARNING, data=data or {})


def _marks(record: Record, mark: str) -> int:
    """How often ``mark`` stands in the texts of a row, the side that is not preferred left out."""
    shard = record.shard
    return sum(
        shard.values[text].count(mark)
        for text in record.text_range
        if int(shard.codes[text]) & c.SIDE_MASK != c.REJECTED and int(shard.codes[text]) & c.KIND_MASK != c.TOOLS
    )


def _has_parts(record: Record) -> bool:
    """Whether some turn has typed parts, which stand for the files instead of marks."""
    turns = [turn for _, turns in record.format.conversations(record.row) for turn in turns]
    return any(isinstance(turn, Mapping) and isinstance(turn.get("content"), list) for turn in turns)


def _images(record: Record) -> Iterator[Image]:
    for pointer, letter, parts in record.format.loose_parts(record.row):
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            if isinstance(part, Mapping) and part.get("type") in ("image", "image_url"):
                yield Image(f"{pointer}/{index}", letter, pointer, part.get("image_url"))
    turns = [turn for _, turns in record.format.conversations(record.row) for turn in turns]
    letters = record.turns.replace(SEPARATOR, "")
    twice = shown_twice(record)
    for letter, pointer, turn in zip(letters, record.turn_pointers, turns, strict=True):
        if not isinstance(turn, Mapping) or pointer in twice:
            continue
        key = "content" if "content" in turn else "parts"
        content = turn.get(key)
        for index, part in enumerate(content if isinstance(content, list) else ()):
            if isinstance(part, Mapping) and _is_image(part):
                url = part.get("image_url") if part.get("type") is not None else None
                yield Image(f"{pointer}/{key}/{index}", letter, pointer, url)


def _is_image(part: Mapping[str, Any]) -> bool:
    """Whether ``part`` is an image: by its type, by its key (Bedrock), or by the media type of its file (Gemini)."""
    if part.get("type") is not None:
        return part.get("type") in ("image", "image_url")
    if isinstance(part.get("image"), Mapping):
        return True
    for key in ("fileData", "file_data", "inlineData", "inline_data"):
        file = part.get(key)
        if isinstance(file, Mapping):
            kind = file.get("mimeType", file.get("mime_type"))
            return isinstance(kind, str) and kind.startswith("image/")
    return False


def _counted(images: list[Image]) -> str:
    return "1 image" if len(images) == 1 else f"{len(images)} images"


def _check_data(data: str) -> tuple[str, bool]:
    """What is wrong with base64 text of an image ("" for nothing), and whether local trainers may read it."""
    try:
        content = base64.b64decode(data.translate(_WHITE), validate=True)
    except (binascii.Error, ValueError):
        return "image is not valid base64", False
    if not content:
        return "image has no bytes", False
    if content.startswith(_KNOWN) or (content.startswith(b"RIFF") and content[8:12] == b"WEBP"):
        return "", False
    kind = next((name for magic, name in _OTHER.items() if content.startswith(magic)), None)
    if content[4:8] == b"ftyp":
        kind = "HEIF or AVIF"
    if kind:
        return f"image is {kind}; PNG, JPEG, WEBP or GIF is due", True
    return "bytes of the image are no PNG, JPEG, WEBP or GIF", False
