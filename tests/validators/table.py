"""The table of verdicts in a Markdown file, between two marks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

START, END = "<!-- validators -->", "<!-- end of validators -->"
_HEAD = (
    "| validator | version | target | method | file: rows accepted of rows read | refused | a wrong row |",
    "|---|---|---|---|---|--:|---|",
)


class Line(NamedTuple):
    """What one validator said of one target's files for one method."""

    validator: str
    version: str
    target: str
    method: str
    files: str
    refused: str
    control: str


def write_table(path: Path, lines: Iterable[Line], asked: Iterable[str], order: Iterable[str]) -> None:
    """Put ``lines`` in the place of those of the validators that were ``asked``; those of others stay.

    Raises ``ValueError`` where the file has no marks.
    """
    text = path.read_text(encoding="utf-8")
    before, start, rest = text.partition(START)
    old, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"{path} has no lines {START} and {END}")
    places = {name: number for number, name in enumerate(order)}
    asked = set(asked)
    kept = [one for one in old.splitlines() if one.startswith("| ") and one not in _HEAD and _name(one) not in asked]
    kept += [f"| {' | '.join(one)} |" for one in merged(lines)]
    kept.sort(key=lambda one: places.get(_name(one), len(places)))  # stable: those of one validator keep their order
    block = "\n".join((START, *_HEAD, *kept, END))
    path.write_text(before + block + after, encoding="utf-8")


def _name(line: str) -> str:
    return line.split("|")[1].strip()


def merged(lines: Iterable[Line]) -> list[Line]:
    """Targets of which a validator says the same share a line."""
    found: dict[tuple[str, ...], Line] = {}
    for one in lines:
        key = (one.validator, one.method, one.files, one.refused, one.control)
        known = found.get(key)
        found[key] = one if known is None else known._replace(target=f"{known.target}, {one.target}")
    return list(found.values())
