"""The proof: what was written is read again and linted, and no row may have a defect that rows were left out for."""

from __future__ import annotations

import dataclasses
import glob
import os
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ftprep.api import run_lint
from ftprep.io.discover import open_path
from ftprep.preparation.drops import choose_drops
from ftprep.settings import SplitGlob
from ftprep.splitting.proof import RULES as OVERLAPS
from ftprep.splitting.proof import about_written
from ftprep.splitting.rows import Fault

if TYPE_CHECKING:
    from ftprep.inputs import Input
    from ftprep.io.source import Source
    from ftprep.record import Ref
    from ftprep.report import Report
    from ftprep.selection import Selection
    from ftprep.settings import Settings


class Checked(NamedTuple):
    """What a lint of the written files found: findings by code, rows that have to go, and the codes of each row.

    Rows are named by file and line.
    """

    counts: Mapping[str, int]
    faults: Mapping[tuple[str, int], Fault]
    tokens: Mapping[str, int]
    codes: Mapping[tuple[str, int], str]

    @property
    def overlaps(self) -> dict[str, int]:
        """Findings of each rule about splits."""
        return {code: self.counts.get(code, 0) for code in OVERLAPS}


def check_written(
    folder: Path,
    files: Sequence[str],
    held: Sequence[Source],
    settings: Settings,
    selection: Selection,
    drops: Sequence[str],
    jobs: int,
) -> Checked:
    """Lint ``files`` of ``folder`` against each other and against ``held`` files."""
    opened: list[Source] = [open_path(folder / file, name=os.fspath(folder / file)) for file in files]
    splits = [SplitGlob("", Path(file).stem, glob.escape(os.fspath(folder / file))) for file in files]
    splits += [SplitGlob("", "test", glob.escape(one.name)) for one in held]
    known = dataclasses.replace(settings, splits=tuple(splits))
    report = run_lint([*opened, *held], known, selection, jobs=jobs, fail_on=None)
    found = [about_written(finding, len(files), report.inputs) for finding in report.findings]
    report = dataclasses.replace(report, findings=found)
    chosen = choose_drops(report, drops, lambda refs: {}, lambda ref: _place(report, files, ref))
    own = {ref: fault for ref, fault in chosen.items() if ref.file < len(files)}
    counts = Counter(finding.code for finding in report.findings if finding.ref.file < len(files))
    codes: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for finding in report.findings:
        if finding.ref.file < len(files) and finding.ref.line:
            codes[files[finding.ref.file], finding.ref.line].add(finding.code)
    return Checked(
        dict(sorted(counts.items())),
        {(files[ref.file], ref.line): fault for ref, fault in sorted(own.items())},
        {file: _tokens(report.inputs[number]) for number, file in enumerate(files)},
        {place: " ".join(sorted(found)) for place, found in codes.items()},
    )


def _place(report: Report, files: Sequence[str], ref: Ref) -> str:
    name = files[ref.file] if ref.file < len(files) else report.inputs[ref.file].name
    return f"{name}:{ref.line}"


def _tokens(one: Input) -> int:
    return one.tokens.total if one.tokens is not None else 0
