"""What happens to one shard: every selected rule looks at it, and what is left is small enough to travel."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ftprep.engine.states import STATES_SEEN
from ftprep.engine.survey import Counts, Survey
from ftprep.engine.table import Column, Ragged, Table
from ftprep.finding import Finding
from ftprep.fingerprint import row_digest
from ftprep.formats import columns as c
from ftprep.record import Ref, State
from ftprep.rule import CalibratedRule, DatasetRule, Needs, PatternRule, RecordRule, Rule, Wanted
from ftprep.rules import all_rules
from ftprep.settings import Settings
from ftprep.shard import Shard
from ftprep.suppression import Noted, read_key
from ftprep.text.screens import LiteralScreen

if TYPE_CHECKING:
    from ftprep.inputs import Input

CRASH = "FTP900"


@dataclass(slots=True)
class Outcome:
    """What one shard was boiled down to. Lines in it may be relative (see ``Engine.map_shards``).

    ``digests`` are those of the rows with findings (see :mod:`ftprep.fingerprint`), ``noted`` the rows whose key
    ``_ftprep`` hides something; ``suppressing`` counts the rows that have the key at all.
    """

    file: int
    records: int = 0
    bytes: int = 0
    last_line: int = 0
    total_tokens: int = 0
    trained_tokens: int = 0
    findings: list[Finding] = field(default_factory=list)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    tallies: dict[str, Mapping[str, int]] = field(default_factory=dict)
    digests: dict[Ref, int] = field(default_factory=dict)
    noted: list[Noted] = field(default_factory=list)
    suppressing: int = 0
    refused: Counts = field(default_factory=dict)


class Inspection:
    """Runs the selected rules on a shard. Picklable: a worker process builds the rules anew from their codes."""

    def __init__(self, codes: Sequence[str], settings: Settings) -> None:
        self.codes = tuple(codes)
        self.settings = settings
        known = all_rules()
        options = settings.rule_options
        self.rules = [known[code](settings, options.get(known[code].name, {})) for code in codes]
        self.record_rules = [rule for rule in self.rules if isinstance(rule, RecordRule)]
        self.pattern_rules = [rule for rule in self.rules if isinstance(rule, PatternRule)]
        self.dataset_rules = [rule for rule in self.rules if isinstance(rule, DatasetRule)]
        self.survey = Survey(settings) if settings.survey else None
        self._wanted = _wanted([*self.dataset_rules, *(self.survey.dataset_rules.values() if self.survey else ())])
        self._screens: dict[str | None, LiteralScreen] = {}

    def _screen(self, shard: Shard) -> LiteralScreen:
        """What finds the literals of the rules that speak about the shard's format; kept for the next shard."""
        name = None if shard.format is None else shard.format.name
        if name not in self._screens:
            rules = [rule for rule in self.record_rules if speaks_about(rule, shard)]
            rules += self.survey.record_rules if self.survey is not None else ()
            any_case = {rule.code: rule.any_case for rule in rules if rule.any_case}
            any_case |= {f"{rule.code} {what}": words for rule in rules for what, words in rule.beside.items()}
            self._screens[name] = LiteralScreen({rule.code: rule.literals for rule in rules if rule.literals}, any_case)
        return self._screens[name]

    def __reduce__(self) -> tuple[type[Inspection], tuple[tuple[str, ...], Settings]]:
        return Inspection, (self.codes, self.settings)

    def __call__(self, shard: Shard) -> Outcome:
        shard.screen = self._screen(shard)
        outcome = Outcome(shard.chunk.file, bytes=int((shard.chunk.ends - shard.chunk.starts).sum()))
        outcome.records = len(shard) - shard.state.count(State.BLANK)
        outcome.last_line = int(shard.chunk.lines[-1]) if len(shard) else 0
        for rule in self.record_rules:
            if speaks_about(rule, shard):
                self._run_record_rule(rule, shard, outcome)
        for pattern_rule in self.pattern_rules:
            if speaks_about(pattern_rule, shard):
                self._run_pattern_rule(pattern_rule, shard, outcome)
        for dataset_rule in self.dataset_rules:
            if speaks_about(dataset_rule, shard):
                self._map_dataset_rule(dataset_rule, shard, outcome)
        for row, value in shard.suppressions.items():
            suppression, _ = read_key(value)
            if suppression is not None:
                outcome.noted.append(Noted(shard.ref(row), shard.state[row], suppression))
        outcome.suppressing = len(shard.suppressions)
        if self.survey is not None:
            outcome.refused = self.survey.observe(shard)
            for rule_of_all in self.survey.dataset_rules.values():
                if speaks_about(rule_of_all, shard):
                    self._map_dataset_rule(rule_of_all, shard, outcome)
        if self.settings.count_tokens and shard.format is not None:
            outcome.total_tokens = int(shard.row_tokens.sum())
            outcome.trained_tokens = int(shard.trained_tokens.sum())
        return outcome

    def _run_record_rule(self, rule: RecordRule, shard: Shard, outcome: Outcome) -> None:
        for index, found in findings_by_row(rule, shard):
            outcome.findings += found
            # A candidate may come to nothing, so that its row is read again where somebody asks for its digest.
            if not isinstance(rule, CalibratedRule):
                self._digest(found[0].ref, index, shard, outcome)
        if isinstance(rule, CalibratedRule):
            outcome.tallies[rule.code] = rule.tally(shard)

    def _run_pattern_rule(self, rule: PatternRule, shard: Shard, outcome: Outcome) -> None:
        last = STATES_SEEN[rule.needs]
        for match in rule.pattern.finditer(shard.buffer):
            text = int(np.searchsorted(shard.starts, match.start(), "right")) - 1
            if text >= len(shard.values):
                continue
            row = int(shard.owners[text])
            kind = int(shard.codes[text]) & c.KIND_MASK
            if shard.state[row] <= last and (not rule.kinds or kind in rule.kinds):
                place = functools.partial(shard.ref, row)
                found = list(guarded(rule, place, rule.check_match, shard.record(row), text, match))
                outcome.findings += found
                if found:
                    self._digest(found[0].ref, row, shard, outcome)

    @staticmethod
    def _digest(ref: Ref, row: int, shard: Shard, outcome: Outcome) -> None:
        """Keep the digest of a row with findings while its content is at hand."""
        if ref.line and ref not in outcome.digests:
            outcome.digests[ref] = row_digest(shard.rows[row], shard.raws[row])

    def _map_dataset_rule(self, rule: DatasetRule, shard: Shard, outcome: Outcome) -> None:
        name = rule.table_name()
        if name in outcome.tables:
            return
        try:
            facts = rule.facts
            columns = rule.map_shard(shard) if facts is None else facts.columns(shard, self._wanted[name])
        except Exception as error:
            outcome.findings.append(crash(rule, Ref(shard.chunk.file, 0), error))
            columns = None
        outcome.tables[name] = {} if columns is None else with_references(columns, shard)


def _wanted(rules: Iterable[DatasetRule]) -> dict[str, Wanted]:
    """By the name of a table, the columns that any of the rules reads."""
    wanted: dict[str, Wanted] = {}
    for rule in rules:
        known = wanted.setdefault(rule.table_name(), frozenset())
        wanted[rule.table_name()] = None if known is None or rule.reads is None else known | rule.reads
    return wanted


def findings_by_row(rule: RecordRule, shard: Shard) -> Iterator[tuple[int, list[Finding]]]:
    """What a rule finds in each row of a shard that its screen lets through; row 0 where the screen itself crashed."""
    last, states = STATES_SEEN[rule.needs], shard.state
    try:
        screened = rule.screen(shard)
    except Exception as error:
        yield 0, [crash(rule, Ref(shard.chunk.file, 0), error)]
        return
    for index in range(len(shard)) if screened is None else screened:
        if states[index] > last:
            continue
        found: list[Finding] = []
        try:  # as in guarded(), which costs a good part of a check when many rows are checked
            for one in rule.check(shard.record(index)):
                found.append(one)
        except Exception as error:
            found.append(crash(rule, shard.ref(index), error))
        if found:
            yield index, found


def run_record_rule(rule: RecordRule, shard: Shard) -> list[Finding]:
    """What a rule finds in a shard."""
    return [finding for _, found in findings_by_row(rule, shard) for finding in found]


def speaks_about(rule: Rule, shard: Shard) -> bool:
    """Whether the rule has anything to say about rows of the shard's format."""
    if rule.needs == Needs.RAW:
        return True
    if shard.format is None:
        return False
    return rule.methods is None or shard.format.method in rule.methods


def with_references(columns: Mapping[str, Any], shard: Shard) -> dict[str, Column]:
    """Replace the column ``row`` by the columns that name the row in the whole run."""
    rows = np.asarray(columns["row"], dtype=np.int64)
    table: dict[str, Column] = {
        name: column if isinstance(column, Ragged) else np.asarray(column)
        for name, column in columns.items()
        if name != "row"
    }
    table["file"] = np.full(len(rows), shard.chunk.file, dtype=np.int32)
    table["line"] = shard.chunk.lines[rows]
    table["offset"] = shard.chunk.offsets[rows]
    return table


def guarded(
    rule: Rule, place: Callable[[], Ref], check: Callable[..., Iterable[Finding]], *arguments: Any
) -> Iterator[Finding]:
    """Yield what ``check`` finds; an exception inside the rule becomes one finding FTP900 and ends it.

    The check is called in here: one that is no generator raises at the call.
    """
    try:
        yield from check(*arguments)
    except Exception as error:
        yield crash(rule, place(), error)


def crash(rule: Rule, ref: Ref, error: Exception) -> Finding:
    """The finding FTP900 about a rule that raised; its message holds no text of the data."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    where = f" at {last.filename.rsplit('ftprep', 1)[-1].lstrip('/')}:{last.lineno}" if last else ""
    message = f"rule {rule.code} {rule.name} raised {type(error).__name__}{where}"
    stack = [f"{frame.filename.rsplit('ftprep', 1)[-1].lstrip('/')}:{frame.lineno}" for frame in frames]
    return Finding(CRASH, ref, message, data={"rule": rule.code, "error": type(error).__name__, "stack": stack})


def unique_crashes(findings: Iterable[Finding]) -> Iterable[Finding]:
    """Drop crashes that several shards report about the input as a whole: their number depends on the cuts."""
    seen: set[tuple[Ref, str]] = set()
    for finding in findings:
        if finding.code == CRASH and not finding.ref.line:
            if (finding.ref, finding.message) in seen:
                continue
            seen.add((finding.ref, finding.message))
        yield finding


def seen_by(rule: Rule, table: Table, inputs: Sequence[Input]) -> Table:
    """The part of a table that a rule speaks about: facts may be those of rules about other methods, too."""
    methods = rule.methods
    if methods is None:
        return table
    return table.without_files({one.index for one in inputs if one.format is None or one.format.method not in methods})


def moved(findings: Iterable[Finding], lines: int) -> Iterable[Finding]:
    """Turn lines that count from the start of a range into lines of the file."""
    if not lines:
        return findings
    return [
        replace(
            finding,
            ref=shifted(finding.ref, lines),
            related=tuple(shifted(ref, lines) for ref in finding.related),
        )
        for finding in findings
    ]


def shifted(ref: Ref, lines: int) -> Ref:
    """The same row, so many lines further down; an input as a whole stays what it is."""
    return ref._replace(line=ref.line + lines) if ref.line else ref
