"""The proof: what was written is read again, and no rule about splits may find anything."""

from __future__ import annotations

import dataclasses
import glob
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ftprep.api import run_lint
from ftprep.io.discover import open_path
from ftprep.selection import Selection
from ftprep.settings import Settings, SplitGlob
from ftprep.splitting.write import TRAIN, VALIDATION, file_names
from ftprep.text.snippet import escape

if TYPE_CHECKING:
    from ftprep.finding import Finding
    from ftprep.inputs import Input
    from ftprep.io.source import Source
    from ftprep.report import Report
    from ftprep.splitting.plan import Plan

RULES = ("LEK001", "LEK002", "LEK003")
ABOUT_ROWS = ("LEK001", "LEK002")  # their findings are about one row, which can be left out


class Overlap(NamedTuple):
    """A row that a rule still finds in two splits: the file in the folder, its line there, the rule and its words."""

    file: str
    line: int
    code: str
    message: str


class Proof(NamedTuple):
    """How many findings each rule had, by code, and the rows they are about."""

    counts: Mapping[str, int]
    overlaps: tuple[Overlap, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not any(self.counts.values())


def prove(plan: Plan, folder: Path, held: Sequence[Source], settings: Settings, jobs: int = 1) -> Proof:
    """Lint the files in ``folder`` against each other and against the ``held`` inputs, with ``settings`` otherwise."""
    counts = dict.fromkeys(_rules(plan), 0)
    overlaps: list[Overlap] = []
    for every in _sets(plan):
        files = {file: split for file, split in every.items() if (folder / file).exists()}
        report = _lint(folder, files, held, settings, _rules(plan), jobs)
        names = list(files)
        for finding in report.findings:
            counts[finding.code] += 1
            if finding.code in ABOUT_ROWS:
                found = about_written(finding, len(names), report.inputs)
                overlaps.append(Overlap(names[found.ref.file], found.ref.line, found.code, found.message))
    return Proof(counts, tuple(overlaps))


def about_written(finding: Finding, files: int, inputs: Sequence[Input]) -> Finding:
    """A finding about splits as one about a row of the first ``files`` inputs, which were written.

    Held-out rows are the later ones of a pair, and it is not they that can be left out.
    """
    if finding.code not in ABOUT_ROWS or finding.ref.file < files:
        return finding
    held = finding.ref
    alike = f"{int(finding.data['similarity'] * 100)}% like" if "similarity" in finding.data else "same as"
    message = f"{finding.data['level']} {alike} {escape(inputs[held.file].name)}:{held.line} (held-out)"
    return dataclasses.replace(finding, ref=finding.related[0], related=(held,), message=message)


def _rules(plan: Plan) -> list[str]:
    near = () if plan.options.near else ("LEK002",)
    return [code for code in RULES if code not in near]


def _sets(plan: Plan) -> list[dict[str, str]]:
    """Files that are one dataset, each with its split: all of them, or those of each fold."""
    if plan.options.folds:
        return [{f"{name}/{kind}.jsonl": kind for kind in (TRAIN, VALIDATION)} for name in plan.names]
    return [{file: name for name, files in file_names(plan).items() for file in files}]


def _lint(
    folder: Path,
    files: Mapping[str, str],
    held: Sequence[Source],
    settings: Settings,
    rules: Sequence[str],
    jobs: int,
) -> Report:
    opened: list[Source] = [open_path(folder / file, name=os.fspath(folder / file)) for file in files]
    splits = [SplitGlob("", split, glob.escape(os.fspath(folder / file))) for file, split in files.items()]
    splits += [SplitGlob("", "test", glob.escape(one.name)) for one in held]
    known = dataclasses.replace(settings, splits=tuple(splits), count_tokens=False)
    return run_lint([*opened, *held], known, Selection(select=tuple(rules)), jobs=jobs, fail_on=None)


def parted_keys(plan: Plan) -> int:
    """How many keys have rows in two splits: 0, standing phrases aside, or the plan is wrong."""
    links, splits = plan.links, plan.splits
    limited = np.array([kind.most for kind in links.kinds])[links.kind] > 0
    counted = (splits[links.rows] >= 0) & ~limited
    keys, places = links.keys[counted], splits[links.rows[counted]]
    low = np.full(links.count, np.iinfo(np.int64).max)
    high = np.full(links.count, -1)
    np.minimum.at(low, keys, places)
    np.maximum.at(high, keys, places)
    return int(np.count_nonzero(high > low))
