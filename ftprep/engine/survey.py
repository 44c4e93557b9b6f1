"""Asks every target in one pass what of the data it would refuse.

A rule that decides alike for all targets runs once; the others run once per target that reads the format of the file.
They share the columns of the shard, and their screens keep them from sound rows.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ftprep.engine.wording import told
from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import DatasetRule, Needs, RecordRule, Rule
from ftprep.rules import all_rules
from ftprep.targets.target import Target, all_targets

if TYPE_CHECKING:
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.inputs import Input
    from ftprep.settings import Settings
    from ftprep.shard import Shard

ROWS = ""  # the key under which all rows of a target that have an obstacle are counted
EVERYWHERE = ("file", "schema")  # families whose errors no platform and no trainer reads over


class Obstacle(NamedTuple):
    """Errors of one rule: the rows that have one, and the files that have one as a whole."""

    code: str
    name: str
    rows: int
    files: int


class Answer(NamedTuple):
    """What one target says: it accepts the data when there are no obstacles. ``rows`` are those that have any."""

    target: str
    rows: int
    obstacles: tuple[Obstacle, ...]
    unread: tuple[str, ...] = ()
    """Formats of the data that the target does not read."""

    @property
    def accepts(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.obstacles


class Unit(NamedTuple):
    """A rule with the targets that it speaks for."""

    rule: Rule
    targets: tuple[Target, ...]


Counts = dict[str, "Counter[str]"]
"""Rows with an obstacle, by target and code."""


class Survey:
    """The rules of all targets, run beside those of the run itself."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.targets = tuple(all_targets().values())
        self.units = [unit for code in all_rules() for unit in self._units(code, None, self.targets)]
        self._by_format: dict[str | None, list[Unit]] = {}

    def _units(self, code: str, format: str | None, targets: Sequence[Target]) -> Iterator[Unit]:
        """One rule for the ``targets``, once for all that make the same demands on rows of ``format``."""
        kind = all_rules()[code]
        groups: defaultdict[tuple[Any, ...], list[Target]] = defaultdict(list)
        for target in targets:
            own = [one for one in target.restrictions if one.rule == code and one.holds_for(format, None)]
            checked = [(one.check, repr(one.value), one.severity, one.split) for one in own if one.check]
            if checked:
                # Without a format the target itself is a part of what is demanded: which formats it reads.
                groups[tuple(checked) if format is not None else (target.name,)].append(target)
            elif own or (kind.family() in EVERYWHERE and kind.severity == Severity.ERROR):
                groups[()].append(target)
        for demands, alike in groups.items():
            mine = replace(self.settings, target=alike[0].name) if demands else self.settings
            if demands or kind.unavailable(self.settings) is None:
                yield Unit(kind(mine, self.settings.rule_options.get(kind.name, {})), tuple(alike))

    def _record_units(self, format: str | None) -> list[Unit]:
        """The record rules for rows of ``format``, with the targets that read it; kept from shard to shard."""
        if format not in self._by_format:
            readers = [target for target in self.targets if format in target.formats]
            self._by_format[format] = [
                unit
                for code, kind in all_rules().items()
                if issubclass(kind, RecordRule)
                for unit in self._units(code, format, self.targets if kind.needs == Needs.RAW else readers)
            ]
        return self._by_format[format]

    @property
    def dataset_rules(self) -> dict[str, DatasetRule]:
        """One rule of each code that looks at whole sets, to make tables of shards with."""
        return {one.rule.code: one.rule for one in self.units if isinstance(one.rule, DatasetRule)}

    @property
    def record_rules(self) -> list[RecordRule]:
        """The rules whose literals a shard must be searched for."""
        return [one.rule for one in self.units if isinstance(one.rule, RecordRule)]

    def observe(self, shard: Shard) -> Counts:
        """Count the rows of a shard that each target would refuse."""
        from ftprep.engine.inspection import run_record_rule, speaks_about

        format = shard.format.name if shard.format is not None else None
        refused: defaultdict[str, defaultdict[str, set[Ref]]] = defaultdict(lambda: defaultdict(set))
        for rule, targets in self._record_units(format):
            if not isinstance(rule, RecordRule) or not speaks_about(rule, shard):
                continue
            findings = [finding for finding in run_record_rule(rule, shard) if finding.ref.line]
            for target in targets if findings else ():
                for finding in findings:
                    if _is_error(finding, target, format):
                        refused[target.name][finding.code].add(finding.ref)
        return {
            name: Counter({ROWS: len(set().union(*rows.values())), **{code: len(refs) for code, refs in rows.items()}})
            for name, rows in refused.items()
        }

    def answers(
        self, counts: Mapping[str, Counter[str]], tables: Mapping[str, Table], inputs: Sequence[Input], engine: Engine
    ) -> tuple[Answer, ...]:
        """What each target says, from the counts of all shards and what is to be said about whole files."""
        rows: dict[str, Counter[str]] = {target.name: Counter(counts.get(target.name, {})) for target in self.targets}
        files: dict[str, Counter[str]] = {target.name: Counter() for target in self.targets}
        for rule, targets in self.units:
            findings = [*self._about_files(rule, inputs), *self._about_sets(rule, tables, engine)]
            for target in targets if findings else ():
                for finding in findings:
                    one = inputs[finding.ref.file]
                    if _is_error(finding, target, one.detection.format):
                        (rows if finding.ref.line else files)[target.name][finding.code] += 1
        names = {code: rule.name for code, rule in all_rules().items()}
        found = []
        for target in self.targets:
            mine, whole = rows[target.name], files[target.name]
            total = max(mine.pop(ROWS, 0), max(mine.values(), default=0))
            obstacles = [Obstacle(code, names[code], mine[code], whole[code]) for code in {*mine, *whole}]
            obstacles.sort(key=lambda one: (-one.files, -one.rows, one.code))
            formats = dict.fromkeys(one.detection.format for one in inputs)
            unread = tuple(one for one in formats if one is not None and one not in target.formats)
            found.append(Answer(target.name, total, tuple(obstacles), unread))
        return tuple(found)

    def _about_files(self, rule: Rule, inputs: Sequence[Input]) -> Iterator[Finding]:
        from ftprep.engine.inspection import guarded

        for one in inputs:
            if rule.needs == Needs.RAW or one.format is not None:
                yield from guarded(rule, functools.partial(Ref, one.index, 0), rule.check_file, one)

    def _about_sets(self, rule: Rule, tables: Mapping[str, Table], engine: Engine) -> Iterator[Finding]:
        from ftprep.engine.inspection import guarded

        table = tables.get(rule.table_name()) if isinstance(rule, DatasetRule) else None
        if isinstance(rule, DatasetRule) and table is not None and len(table):
            yield from guarded(rule, lambda: Ref(0, 0), rule.reduce, table, engine)


def _is_error(finding: Finding, target: Target, format: str | None) -> bool:
    """Whether ``target`` would refuse what ``finding`` is about."""
    if "target" not in finding.data:
        finding = told(finding, target, format, None)
    severity: Any = finding.severity
    if severity is None:
        severity = all_rules()[finding.code].severity
    return bool(severity == Severity.ERROR)
