"""Preparing every file for every target, and spoiling what was prepared."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import ftprep
from ftprep.conversion.shapes import all_shapes
from ftprep.errors import FtprepError

_SPLITS = ("train", "validation", "test")


class Prepared(NamedTuple):
    """A file that was prepared for a target; ``method`` is "" where it could not be, for the reason that is told."""

    target: str
    source: Path
    folder: Path
    format: str = ""
    method: str = ""
    read: int = 0
    kept: int = 0
    why: str = ""

    @property
    def job(self) -> str:
        """What a script is asked."""
        asked = {"folder": str(self.folder), "target": self.target, "format": self.format, "method": self.method}
        return json.dumps(asked)


def prepare(source: Path, target: str, work: Path) -> Prepared:
    """Prepare ``source`` for ``target`` with nothing but the defaults."""
    out = work / "prepared" / target / source.stem
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            made = ftprep.prepare(source, out, target=target, overwrite=True, isolated=True)
        except FtprepError as error:
            return Prepared(target, source, out, why=str(error))
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    name = manifest["conversion"]["format"]
    tally = made.tally
    return Prepared(target, source, out, name, all_shapes()[name].method, tally.read, sum(tally.splits.values()))


def spoil(one: Prepared, work: Path, defect: str) -> Prepared:
    """A copy of what was prepared with a row that must be refused: its first one, as ``defect`` says."""
    folder = work / "spoilt" / one.target / one.source.stem
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(one.folder, folder)
    path = next(folder / f"{name}.jsonl" for name in _SPLITS if (folder / f"{name}.jsonl").exists())
    raw = path.read_bytes()
    mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
    first, _, rest = raw.removeprefix(mark).partition(b"\n")
    row = json.loads(first)
    if defect == "list":
        row = [row]
    elif not _rename_speaker(row):
        _replace_text(row)
    path.write_bytes(mark + json.dumps(row).encode() + b"\n" + rest)
    return one._replace(folder=folder)


def _rename_speaker(value: Any) -> bool:
    """Give the first message that is found somebody whom no format knows as its speaker."""
    if isinstance(value, dict):
        for key in ("role", "from"):
            if isinstance(value.get(key), str):
                value[key] = "narrator"
                return True
    inside: Iterable[Any] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_rename_speaker(one) for one in inside)


def _replace_text(row: dict[str, Any]) -> None:
    """Put a list of numbers in the place of every text, of which nothing can be made."""
    for key, value in row.items():
        if isinstance(value, (str, dict)):
            row[key] = [[7]]
