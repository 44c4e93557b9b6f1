"""The other files of a configured dataset, of which a run was given some: they are read to compare splits with.

A hook is handed the files that changed. That a row of ``train.jsonl`` stands in ``valid.jsonl``, too, is seen only
when that is read as well.
"""

from __future__ import annotations

import glob
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ftprep.engine.inspection import Inspection
from ftprep.engine.local import LocalEngine
from ftprep.errors import InputError
from ftprep.finding import Finding
from ftprep.rules import all_rules
from ftprep.selection import file_matches

if TYPE_CHECKING:
    from ftprep.engine.table import TableBuilder
    from ftprep.inputs import Input
    from ftprep.io.source import Source
    from ftprep.settings import Settings, SplitGlob
    from ftprep.suppression import Suppressions


def dataset_paths(splits: Iterable[SplitGlob]) -> list[str]:
    """The paths and globs of all datasets, as one would write them here."""
    return list(dict.fromkeys(_written(os.path.join(glob.escape(one.folder), one.pattern)) for one in splits))


def open_siblings(sources: Sequence[Source], splits: Sequence[SplitGlob], exclude: Sequence[str]) -> list[Source]:
    """Open the files of the datasets that ``sources`` belong to, but for these themselves.

    What is not there, or cannot be read, is left out: nobody asked for it in this run.
    """
    from ftprep.io.discover import discover, open_path

    datasets = {_dataset(source.name, splits) for source in sources} - {""}
    patterns = [one for one in splits if one.dataset in datasets]
    if not patterns:
        return []
    known = {os.path.realpath(source.name) for source in sources}
    opened: list[Source] = []
    there = [path for path in dataset_paths(patterns) if glob.has_magic(path) or os.path.lexists(path)]
    for path, name, _ in discover(there, exclude=exclude, force_exclude=True)[0] if there else []:
        if os.path.realpath(path) in known or _dataset(name, splits) not in datasets:
            continue
        try:
            opened.append(open_path(Path(path), len(opened), name=name))
        except InputError:
            continue
    return opened


def absent_siblings(sources: Iterable[Source], splits: Sequence[SplitGlob]) -> list[str]:
    """Files that configuration names in the datasets of ``sources``, and that are not there."""
    datasets = {_dataset(source.name, splits) for source in sources} - {""}
    named = dataset_paths(one for one in splits if one.dataset in datasets)
    return [path for path in named if not glob.has_magic(path) and not os.path.lexists(path)]


def across_codes(codes: Iterable[str]) -> list[str]:
    """Those of some rules that compare splits, and see the siblings of inputs."""
    return [code for code in codes if getattr(all_rules()[code], "across_splits", False)]


def codes_with_work(codes: Iterable[str], inputs: Iterable[Input]) -> list[str]:
    """Leave out the rules that compare splits where all inputs are one split."""
    several = len({one.split for one in inputs if one.split is not None}) > 1
    return [code for code in codes if several or not across_codes([code])]


def read_siblings(
    siblings: Sequence[Input],
    codes: Sequence[str],
    settings: Settings,
    jobs: int,
    tables: Mapping[str, TableBuilder],
    suppressions: Suppressions,
) -> tuple[list[Finding], list[str]]:
    """Add what the rules ``codes`` make of siblings to ``tables``; return what crashed, and what could not be read."""
    engine = LocalEngine(siblings, settings, jobs)
    by_number = {one.index: one for one in siblings}
    findings: list[Finding] = []
    for lines, outcome in engine.map_shards(Inspection(codes, replace(settings, count_tokens=False, survey=False))):
        one = by_number[outcome.file]
        one.records, one.bytes = one.records + outcome.records, one.bytes + outcome.bytes
        one.last_line = max(one.last_line, outcome.last_line + lines)
        suppressions.add(outcome.noted, lines)
        findings.extend(outcome.findings)
        for name, table in outcome.tables.items():
            if lines and table:
                table["line"] = table["line"] + lines
            tables[name].add(table)
    return findings, engine.problems


def concerning(findings: Iterable[Finding], given: int) -> list[Finding]:
    """The findings that have to do with one of the first ``given`` inputs, by their place or by a related row."""
    return [one for one in findings if one.ref.file < given or any(ref.file < given for ref in one.related)]


def tables_in_use(inspection: Inspection) -> tuple[set[str], set[str]]:
    """The names of the tables that siblings are part of, and of those that they are not."""
    names: defaultdict[bool, set[str]] = defaultdict(set)
    for rule in inspection.dataset_rules:
        names[rule.across_splits].add(rule.table_name())
    return names[True], names[False]


def mark(siblings: Iterable[Input]) -> None:
    """Say of inputs that they are siblings, which no count has."""
    for one in siblings:
        one.beside = True


def _dataset(name: str, splits: Iterable[SplitGlob]) -> str:
    for one in splits:
        if file_matches(name, one.pattern):
            return one.dataset
    return ""


def _written(pattern: str) -> str:
    if not os.path.isabs(pattern):  # a name without a folder
        return pattern
    here = os.getcwd()
    inside = os.path.commonpath([here, pattern]) == here if os.path.splitdrive(pattern)[0] == _drive(here) else False
    return os.path.relpath(pattern, here) if inside else pattern


def _drive(path: str) -> str:
    return os.path.splitdrive(path)[0]
