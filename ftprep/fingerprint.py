"""Fingerprints: by what a finding is known again when rows have moved, and forgotten when its row was edited.

A fingerprint is 64 bits of xxh3 over the code, the content of the whole row (JSON in canonical form, without the key
``_ftprep``) and the pointer. It never covers a value alone: that of a telephone number could be guessed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import orjson
from xxhash import xxh3_64_hexdigest, xxh3_64_intdigest

from ftprep.suppression import take_keys

if TYPE_CHECKING:
    from ftprep.finding import Finding
    from ftprep.inputs import Input
    from ftprep.record import Ref

_ROWS_AT_ONCE = 1_000
_VARIABLE = re.compile(r"`[^`]*`|\d[\d,.]*")
_BLANKS = b" \t\r\n"


def row_digest(row: Any, raw: bytes) -> int:
    """64 bits of a row's content: of the object ``row``, from which the key was taken, else of its bytes."""
    if type(row) is dict:
        try:
            return xxh3_64_intdigest(orjson.dumps(row, option=orjson.OPT_SORT_KEYS))
        except TypeError:  # nested deeper than can be written again
            pass
    return xxh3_64_intdigest(raw.strip(_BLANKS))


def raw_digest(raw: bytes) -> int:
    """:func:`row_digest` of a row of which only the bytes are at hand."""
    try:
        row = orjson.loads(raw)
    except ValueError:
        row = None
    take_keys((raw,), (row,))
    return row_digest(row, raw)


def fingerprints(findings: Sequence[Finding], inputs: Sequence[Input], digests: Mapping[Ref, int]) -> list[str]:
    """The fingerprint of each finding, 16 hexadecimal digits. Rows without a digest are read again.

    A finding about an input as a whole is known by the name of the file, the code and what kind of message it is.
    """
    missing = {one.ref for one in findings if one.ref.line and one.ref not in digests}
    known = {**digests, **_read_digests(missing, inputs)} if missing else digests
    return [_fingerprint(one, inputs, known) for one in findings]


def _fingerprint(finding: Finding, inputs: Sequence[Input], digests: Mapping[Ref, int]) -> str:
    if finding.ref.line:
        what = f"{digests.get(finding.ref, 0):016x}\0{finding.pointer}"
    else:
        # Numbers and quoted text differ from run to run; what is said stays.
        what = f"{PurePath(inputs[finding.ref.file].name).name}\0{_VARIABLE.sub('', finding.message)}"
    return xxh3_64_hexdigest(f"{finding.code}\0{what}".encode("utf-8", "surrogatepass"))


def _read_digests(refs: Iterable[Ref], inputs: Sequence[Input]) -> dict[Ref, int]:
    by_file: defaultdict[int, list[Ref]] = defaultdict(list)
    for ref in sorted(refs):
        by_file[ref.file].append(ref)
    found: dict[Ref, int] = {}
    for file, rows in by_file.items():
        source = inputs[file].source
        # What is read from the start is read once; of what is read by place, few rows stand in memory at a time.
        whole = bool(source.probe.compression) or source.probe.container in ("csv", "tsv", "parquet")
        step = len(rows) if whole else _ROWS_AT_ONCE
        for at in range(0, len(rows), step):
            found.update({ref: raw_digest(raw) for ref, raw in source.fetch(rows[at : at + step]).items()})
    return found
