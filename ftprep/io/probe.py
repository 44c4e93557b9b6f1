"""What an input is, judged by its first bytes and its name: :func:`probe`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

import orjson

Container = Literal["jsonl", "array", "concatenated", "csv", "tsv", "parquet", "objects", "none"]

HEAD_BYTES = 256 << 10
_LFS = b"version https://git-lfs.github.com/spec"
_BLANKS = b" \t\r\n"
_BOMS = (  # the longer first: UTF-32 starts like UTF-16
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_WIDE_WORDS = {
    "utf-16-le": "UTF-16 text (little-endian)",
    "utf-16-be": "UTF-16 text (big-endian)",
    "utf-32-le": "UTF-32 text (little-endian)",
    "utf-32-be": "UTF-32 text (big-endian)",
}
_MAGIC = (
    (b"%PDF-", "a PDF file"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"BZh", "a bzip2 archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x04\x22\x4d\x18", "an LZ4 archive"),
    (b"\x1f\x8b", "a gzip archive inside the compressed file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive inside the compressed file"),
    (b"ARROW1", "an Arrow file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\xd0\xcf\x11\xe0", "an old Microsoft Office file"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
)
_HTML = re.compile(rb"(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|\?xml)\b", re.IGNORECASE | re.DOTALL)


class Unusable(NamedTuple):
    """Why an input has no rows. ``code`` is the rule that says so, ``detail`` ends the sentence "the file is …"."""

    code: Literal["JSN002", "JSN009"]
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Probe:
    """What an input is.

    ``compression`` is "gzip", "zstd" or "". ``encoding`` is "utf-8" unless ``problem`` says otherwise. ``misnamed``
    is true for an array or for objects over several lines where the name promises one object per line, and for
    several objects over several lines in a ``.json`` file, which is no JSON document.
    """

    container: Container
    compression: Literal["gzip", "zstd", ""] = ""
    encoding: str = "utf-8"
    bom: bool = False
    misnamed: bool = False
    problem: Unusable | None = None


def plain_suffix(name: str) -> str:
    """The last suffix of a file name in lower case, that of a compression aside: ``.jsonl`` for ``a.jsonl.gz``."""
    stem = name.lower().replace("\\", "/").rsplit("/", 1)[-1]
    for packed in (".gz", ".zst"):
        stem = stem.removesuffix(packed)
    dot = stem.rfind(".")
    return stem[dot:] if dot >= 0 else ""


def probe(head: bytes, name: str, *, complete: bool, compression: Literal["gzip", "zstd", ""] = "") -> Probe:
    """Judge an input by its first inflated bytes; ``complete`` says that ``head`` is all of it."""
    suffix = plain_suffix(name)
    if head.startswith(b"PAR1") and not compression and suffix in (".parquet", ".pq", ""):
        return Probe("parquet")
    unusable, encoding = _unusable(head, suffix, complete=complete)
    if unusable is not None:
        return Probe("none", compression, encoding, problem=unusable)
    bom = head.startswith(b"\xef\xbb\xbf")
    text = head[3:] if bom else head
    lines = _Lines(text, complete=complete)
    if suffix in (".csv", ".tsv") and not lines.first_is_object:
        return Probe("csv" if suffix == ".csv" else "tsv", compression, bom=bom)
    container, several = _json_container(text, lines, complete=complete)
    if container == "none":
        nothing = Unusable("JSN009", "empty", "an empty JSON array")
        return Probe("none", compression, bom=bom, problem=nothing)
    misnamed = container != "jsonl" and suffix in (".jsonl", ".ndjson")
    misnamed |= container == "concatenated" and several
    return Probe(container, compression, bom=bom, misnamed=misnamed)


def _unusable(head: bytes, suffix: str, *, complete: bool) -> tuple[Unusable | None, str]:
    """Why the bytes can hold no rows, and in which encoding they seem to be."""
    wide = _wide_encoding(head)
    if wide:
        return Unusable("JSN002", "utf-16" if "16" in wide else "utf-32", _WIDE_WORDS[wide]), wide
    kind, detail = "", ""
    if not head:
        kind, detail = "empty", "empty"
    elif complete and not head.removeprefix(b"\xef\xbb\xbf").strip(_BLANKS):
        kind, detail = "blank", "nothing but white space"
    elif head.startswith(_LFS):
        size = re.search(rb"^size (\d{1,15})\s*$", head[:1024], re.MULTILINE)
        of = f" to {int(size[1]):,} bytes" if size else ""
        kind, detail = "git-lfs-pointer", f"a Git LFS pointer{of}, not the data"
    elif head.startswith(b"PK\x03\x04"):
        kind, detail = _zip_kind(head)
    elif head.startswith(b"PAR1"):
        kind, detail = "parquet", "a Parquet file"
    elif suffix in (".parquet", ".pq"):
        kind, detail = "binary", "not Parquet, in spite of its name"
    elif _HTML.match(head.lstrip(_BLANKS)):
        kind, detail = "html", "a web page or XML"
    else:
        words = next((words for magic, words in _MAGIC if head.startswith(magic)), "")
        if head[257:262] == b"ustar":
            words = "a tar archive"
        if not words and _is_binary(head):
            words = "binary data"
        if words:
            kind, detail = "binary", words
    return (Unusable("JSN009", kind, detail) if kind else None), "utf-8"


def _wide_encoding(head: bytes) -> str:
    """UTF-16 or UTF-32, told by a BOM or, as the first characters are ASCII, by where the NULs are."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    sample = head[:512]
    if sample.count(0) * 5 < len(sample) or len(sample) < 4:
        return ""
    pattern = (sample[0] != 0, sample[1] != 0, sample[2] != 0, sample[3] != 0)
    return {
        (True, False, False, False): "utf-32-le",
        (False, False, False, True): "utf-32-be",
        (True, False, True, False): "utf-16-le",
        (False, True, False, True): "utf-16-be",
    }.get(pattern, "")


def _zip_kind(head: bytes) -> tuple[str, str]:
    if b"xl/" in head or b"[Content_Types].xml" in head[:2048]:
        return "xlsx", "an Excel workbook" if b"xl/" in head else "an Office document"
    return "zip", "a ZIP archive"


def _is_binary(head: bytes) -> bool:
    """Many control characters that no text has, more than one byte in ten, and a start that is not JSON's."""
    sample = head[:8192]
    controls = sum(map(sample.count, [*range(9), *range(14, 32)]))
    return controls > 16 and controls * 10 > len(sample) and sample.lstrip(_BLANKS)[:1] not in (b"{", b"[")


# --- JSON: one row per line, an array, or values one after the other ----------------------------------------------


class _Lines:
    """The complete lines of a head that are not blank."""

    def __init__(self, text: bytes, *, complete: bool) -> None:
        lines = text.split(b"\n")
        if not complete:
            lines.pop()
        self.rows = [line for line in lines if line.strip(_BLANKS)]
        self.kinds = [_kind(line) for line in self.rows]
        self.first_is_object = self.kinds[:1] == ["object"]
        self.object_bytes = sum(len(row) for row, kind in zip(self.rows, self.kinds, strict=True) if kind == "object")


def _kind(raw: bytes) -> str:
    try:
        value = orjson.loads(raw)
    except ValueError:
        return "broken"
    return "object" if type(value) is dict else "array" if type(value) is list else "scalar"


def _json_container(text: bytes, lines: _Lines, *, complete: bool) -> tuple[Container, bool]:
    """The container, and for concatenated values whether there are several of them."""
    first = text.lstrip(_BLANKS)[:1]
    objects = lines.kinds.count("object")
    if first not in (b"{", b"[") or (lines.kinds and objects == len(lines.kinds)):
        return "jsonl", False
    is_array = first == b"["
    if is_array and len(lines.kinds) > 1 and lines.kinds[0] == "array" and lines.rows[1].strip()[:1] in (b"[", b"{"):
        return "jsonl", False  # a row may be a list, which is one finding about that row
    commas, parsed, spread, count = _evidence(text, array=is_array)
    if is_array:
        if complete and not count:
            return "none", False
        # Objects without commas between them are lines, the first of which is broken, unless it is the bracket alone.
        opened = lines.rows[:1] != [] and lines.rows[0].strip(_BLANKS) == b"["
        return ("jsonl", False) if not (commas or opened) and lines.object_bytes * 2 > parsed else ("array", False)
    # Inner objects may stand on a line of their own, and a line may be broken by a raw newline.
    if not spread or lines.object_bytes * 5 >= max(parsed, 1) * 4:
        return "jsonl", False
    if not parsed and sum(row.startswith(b"{") for row in lines.rows) * 2 >= len(lines.rows):
        return "jsonl", False  # lines that are objects, were they not broken
    return "concatenated", count > 1


def _evidence(text: bytes, *, array: bool) -> tuple[bool, int, bool, int]:
    """Read ``text`` as elements: (no comma missing, bytes of parsable ones, one spans lines, number of them)."""
    from ftprep.io.elements import MISSING_COMMA, Elements

    position = 0

    def read(size: int) -> bytes:
        nonlocal position
        part = text[position : position + size]
        position += len(part)
        return part

    elements = Elements(read, array=array)
    parsed, spread, count = 0, False, 0
    for batch in elements.batches():
        for start, end in zip(batch.starts.tolist(), batch.ends.tolist(), strict=True):
            raw = batch.data[start:end]
            count += 1
            spread |= b"\n" in raw
            if _kind(raw) in ("object", "array"):
                parsed += len(raw)
    return MISSING_COMMA not in elements.faults, parsed, spread, count
