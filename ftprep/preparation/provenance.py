"""Where rows come from: what ``metadata`` says of each, as far as the format has a place for it."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from ftprep.api import run_lint
from ftprep.config_prepare import TIERS
from ftprep.conversion.writing import BOM
from ftprep.finding import Edit
from ftprep.fixing.splices import CannotEdit, RowText, spliced
from ftprep.io.discover import open_path
from ftprep.selection import Selection, file_matches

if TYPE_CHECKING:
    from pathlib import Path

    from ftprep.preparation.work import Copy, Work
    from ftprep.preparation.write import Written
    from ftprep.settings import Settings
    from ftprep.splitting.plan import Plan

KEY = "metadata"
NO_TIER = "none"


def mark_rows(work: Work, tiers: Mapping[str, Sequence[str]], settings: Settings | None) -> list[list[str]]:
    """Say in the ``metadata`` of each copied row where it comes from; return the tier of every row of every input.

    What a row says of itself stays. A row whose ``metadata`` is no object, and one that is no object, stay as they
    are. With ``settings`` so do the files whose format has no place for ``metadata``; without, conversion decides.
    """
    found = []
    for copy in work.copies:
        tier = next(
            (name for name in TIERS for glob in tiers.get(name, ()) if file_matches(copy.source.name, glob)), ""
        )
        found.append(_mark(copy, tier, settings))
    return found


def _has_place(path: Path, settings: Settings) -> bool:
    """Whether the format of a marked copy takes ``metadata``: what a lint of its first such row says."""
    with path.open("rb") as rows:
        row = next((raw for raw in rows if b'"metadata"' in raw), b"")
    probe = path.with_suffix(".probe")
    probe.write_bytes(row)
    report = run_lint(
        [open_path(probe, called="rows.jsonl")],
        dataclasses.replace(settings, count_tokens=False, splits=()),
        Selection(select=("SCH002",)),
        fail_on=None,
    )
    probe.unlink()
    return not any(finding.pointer == f"/{KEY}" for finding in report.findings)


def _mark(copy: Copy, tier: str, settings: Settings | None) -> list[str]:
    own = [tier or NO_TIER] * (len(copy.rows) + len(copy.lost))
    said = {"source": copy.source.name} | ({"tier": tier} if tier else {})
    marked = copy.path.with_suffix(".marked")
    with copy.path.open("rb") as rows, marked.open("wb") as stream:
        for number, raw in enumerate(rows):
            line, named = with_metadata(raw.removesuffix(b"\n"), said)
            if named in TIERS:
                own[int(copy.rows[number])] = named
            stream.write(line + b"\n")
    if settings is None or _has_place(marked, settings):
        marked.replace(copy.path)
    return own


def with_metadata(raw: bytes, said: Mapping[str, str], *, anew: bool = False) -> tuple[bytes, Any]:
    """A row whose ``metadata`` says what is ``said``, and the tier that it names itself.

    Keys that are there stay as they are, unless ``anew``: then they are replaced, and no ``metadata`` is begun.
    """
    try:
        row = orjson.loads(raw)
    except ValueError:
        return raw, None
    if not isinstance(row, dict) or (anew and KEY not in row):
        return raw, None
    known = row.get(KEY, {})
    if not isinstance(known, dict):
        return raw, None
    edits = [Edit("add", f"/{KEY}", dict(said))] if KEY not in row else list(_edits(known, said, anew))
    try:
        text = RowText(raw.decode())
        line = spliced(text.text, text.splices(edits)).encode() if edits else raw
    except CannotEdit:
        line = raw
    return line, known.get("tier")


def _edits(known: Mapping[str, Any], said: Mapping[str, str], anew: bool) -> Iterator[Edit]:
    for key, value in said.items():
        if key not in known:
            yield Edit("add", f"/{KEY}/{key}", value)
        elif anew:
            yield Edit("replace", f"/{KEY}/{key}", value)


def note_findings(folder: Path, names: Iterable[str], codes: Mapping[tuple[str, int], str]) -> None:
    """Write the codes of the findings that a row still has into its ``metadata``, where it has one."""
    for name in names:
        path, noted = folder / name, folder / f"{name}.tmp"
        with path.open("rb") as rows, noted.open("wb") as stream:
            for line, raw in enumerate(rows, 1):
                mark = BOM if raw.startswith(BOM) else b""
                row = raw.removeprefix(BOM).removesuffix(b"\n")
                said = {"findings": codes.get((name, line), "")}
                stream.write(mark + with_metadata(row, said, anew=True)[0] + b"\n")
        noted.replace(path)


def tiers_by_split(work: Work, plan: Plan, written: Written, tiers: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Rows of each tier: as many as were read, and as many as each split has."""
    read = Counter(tier for one in tiers for tier in one)
    of_entry = [tiers[number][int(row)] for number, copy in enumerate(work.copies) for row in copy.rows.tolist()]
    splits = {
        name.removesuffix(".jsonl"): Counter(of_entry[entry] for entry in entries.tolist())
        for name, entries in written.entries.items()
    }
    order = [*(tier for tier in (*TIERS, NO_TIER) if read[tier])]
    return {
        tier: {"read": read[tier]} | {name: splits[name][tier] if name in splits else 0 for name in plan.names}
        for tier in order
    }
