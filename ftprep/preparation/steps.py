"""The steps of one preparation: fix, convert, redact, drop, split, write, and prove what was written."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from ftprep.conversion.writing import BOM
from ftprep.engine.local import LocalEngine
from ftprep.errors import FtprepError, InputError, UsageError
from ftprep.fixing.redact import FAMILIES, Redactor
from ftprep.fixing.run import fix_job
from ftprep.fixing.unread import unread_notes
from ftprep.folders import new_folder
from ftprep.io.discover import open_path
from ftprep.job import Job
from ftprep.preparation.answers import answer_lengths
from ftprep.preparation.converting import Conversion, Wish, convert_copies
from ftprep.preparation.drops import choose_drops, fixable, needed_rules
from ftprep.preparation.export import bare_line
from ftprep.preparation.finish import finish
from ftprep.preparation.leading_back import entries_of_files
from ftprep.preparation.loading import Loading, make_loading, moved_note
from ftprep.preparation.options import PrepareOptions
from ftprep.preparation.proof import Checked, check_written
from ftprep.preparation.provenance import mark_rows, note_findings, tiers_by_split, with_metadata
from ftprep.preparation.redacting import redacting_rules
from ftprep.preparation.report import Tally
from ftprep.preparation.work import Work
from ftprep.preparation.write import Written, clear, strip_keys, write_splits
from ftprep.rules import all_rules
from ftprep.rules.own.unused_suppression import UnusedSuppression
from ftprep.splitting.groups import NOWHERE
from ftprep.splitting.inputs import open_inputs
from ftprep.splitting.plan import Plan, make_plan
from ftprep.splitting.proof import RULES as OVERLAPS
from ftprep.targets.target import load_target
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.config import Resolved
    from ftprep.fixing.redaction_map import RedactionMap
    from ftprep.io.source import Source
    from ftprep.report import Report
    from ftprep.selection import Selection
    from ftprep.settings import Settings

_ROUNDS = 6


class PrepareFailed(FtprepError):
    """What was written could not be proven; nothing was put in place."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """What was prepared. ``folder`` is where it was written; None for a dry run.

    ``report`` is the lint of the rows after fixing, before any was left out; ``checked`` that of what was written.
    """

    tally: Tally
    plan: Plan
    report: Report
    checked: Checked
    folder: Path | None = None
    files: Mapping[str, int] = field(default_factory=dict)
    conversion: Conversion | None = None


def _splits_of(report: Report) -> list[str]:
    """The split that each file is; raises ``UsageError`` for one of which nobody says."""
    nameless = next((one.name for one in report.inputs if one.split is None), None)
    if nameless is not None:
        raise UsageError(
            f"which split {quote(nameless, 200)} is, neither its name nor `splits` or `datasets` of the configuration "
            "says; without --keep-files all rows are shared out"
        )
    return [str(one.split) for one in report.inputs]


def _without_overlaps(drops: Sequence[str]) -> list[str]:
    """The drops without the rules about splits; a prefix of those means what other rules it is a prefix of."""
    wide = [word for word in drops if any(code.startswith(word) for code in OVERLAPS)]
    other = [code for code in all_rules() if code.startswith(tuple(wide) or ("-",)) and code not in OVERLAPS]
    return [*(word for word in drops if word not in wide), *other]


def _of_rows(resolved: Resolved) -> Resolved:
    """Leave out the rule about the start of a file: copies hold rows alone, and the files get a mark when written."""
    selection = replace(resolved.selection, ignore=(*resolved.selection.ignore, "JSN012"))
    return replace(resolved, selection=selection)


def _fixing(resolved: Resolved) -> Selection | None:
    """The rules that have fixes: until nothing is left to be fixed, they need not wait for all others.

    Not those that take values out, which come last, nor the one about keys that hide nothing, which all others have a
    say in. None where no rule has fixes.
    """
    chosen = resolved.selection.choose(resolved.settings).codes
    fixing = [code for code in fixable(chosen) if code not in (*redacting_rules(), UnusedSuppression.code)]
    return replace(resolved.selection, select=tuple(fixing), extend_select=()) if fixing else None


class Preparation:
    """One run, step by step."""

    def __init__(
        self,
        job: Job,
        options: PrepareOptions,
        work: Work,
        held: Sequence[Source],
        keep: Mapping[str, Any],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.options, self.work, self.held, self.keep, self.progress = options, work, held, keep, progress
        self.read = work.rows
        resolved = job.resolved
        self.redactor: Redactor | None = None
        redacting: tuple[str, ...] = ()
        if options.redaction is not None:
            remembers = options.redaction.map_path is not None
            self.redactor = Redactor(options.redaction.manner, remembers=remembers, tells=False)
            redacting = options.redaction.running(resolved.selection, resolved.settings)
        named = (*options.fix, *redacting)
        needed = (*needed_rules(options.drop), *needed_rules(options.fix), *redacting, *OVERLAPS)
        selection = replace(
            resolved.selection,
            extend_select=tuple(dict.fromkeys((*resolved.selection.extend_select, *needed))),
            extend_safe_fixes=(*resolved.selection.extend_safe_fixes, *named),
        )
        self.resolved = replace(resolved, selection=selection, baseline=None)
        self.settings: Settings = resolved.settings
        self.conversion: Conversion | None = None
        self.fixed: Counter[str] = Counter()
        self.changed = 0

    def run(self, target: Path, way_back: RedactionMap | None) -> Prepared:
        """Everything, into ``target``; what leads back from there goes to the map ``way_back``."""
        tiers = self._marked() if self.options.provenance else None
        if self.options.wish is not None:
            self._converted(self.options.wish)
        report = self._fixed(_of_rows(self.resolved), self.redactor)
        notes = report.fixed.notes if report.fixed is not None else ()
        plan = self._planned(report)
        with new_folder(target) as partial:
            plan, written, checked = self._written(plan, partial)
            if tiers is not None:
                self._note(partial, written, checked)
            strip_keys(partial, written.rows, self._mark())
            tally = self._tally(plan, written, checked)
            tally.unread = (*self._kept(notes), *self._unread(partial, written))
            if tiers is not None:
                tally.tiers = tiers_by_split(self.work, plan, written, tiers)
            if way_back is not None and self.redactor is not None:
                again = functools.partial(self._again, written.loading)
                way_back.write(entries_of_files(self.redactor.entries, self.work, written, partial, again))
            finish(partial, self.work, self.options, plan, written, checked, tally, self.resolved, self.conversion)
        return Prepared(tally, plan, report, checked, None, written.rows, self.conversion)

    def _marked(self) -> list[list[str]]:
        return mark_rows(self.work, self.options.tiers, self.settings if self.options.wish is None else None)

    def _converted(self, wish: Wish) -> None:
        """Repair what can be repaired in the format that rows came in, and convert them."""
        plain = replace(self.resolved.settings, target=None, target_model=None, survey=False, count_tokens=False)
        # Values are redacted afterwards, once, in the rows as they will be.
        values = redacting_rules()
        chosen = [code for code in self.resolved.selection.choose(plain).codes if code not in values]
        selection = replace(self.resolved.selection, select=fixable(chosen), extend_select=())
        self._fixed(replace(self.resolved, settings=plain, selection=selection))
        self.conversion = convert_copies(self.work, wish, self.settings)
        self.settings = replace(self.settings, format=self.conversion.format)
        self.resolved = replace(self.resolved, settings=self.settings)

    def _fixed(self, resolved: Resolved, redactor: Redactor | None = None) -> Report:
        """Fix the copies, and return what there is to say about them then."""
        job = Job(self.work.open(), resolved)
        report = fix_job(job, progress=self.progress, redactor=redactor, first=_fixing(resolved)).report
        if report.problems:
            raise InputError("; ".join(report.problems))
        if report.fixed is not None:
            self.fixed.update(report.fixed.counts)
            self.changed += report.fixed.rows
        return report

    def _kept(self, notes: Sequence[str]) -> Iterator[str]:
        """Those of the sentences about fixes that were not applied which are about values."""
        if self.options.redaction is not None:
            yield from (one for one in notes if one.startswith(tuple(f"the fix of {family}" for family in FAMILIES)))

    def _unread(self, folder: Path, written: Written) -> Iterator[str]:
        """Sentences about what redaction was not asked for, or may not have reached."""
        redaction = self.options.redaction
        if redaction is None:
            return
        ignored = [code for code in redaction.rules if code.startswith(redaction.ignored(self.resolved.selection))]
        if ignored:
            yield f"values stay that only rules know which are ignored: {', '.join(ignored)}"
        opened = [open_path(folder / name, name=name) for name in written.rows]
        yield from unread_notes(open_inputs(opened, self.settings.format), self.settings, self.resolved.jobs)

    def _again(self, loading: Loading, raw: bytes, made: bytes) -> bytes:
        """A row of the copies as it would have been written, in the way in which another became ``made``."""
        line = bare_line(loading.line(raw))
        if not self.options.provenance:
            return line
        noted = (orjson.loads(made).get("metadata") or {}).get("findings", "")
        return with_metadata(line, {"findings": noted}, anew=True)[0]

    def _mark(self) -> bytes:
        return BOM if self.conversion is not None and self.conversion.byte_order_mark else b""

    def _planned(self, report: Report) -> Plan:
        """Where every row goes that nothing speaks against; raises where the rows have no known format."""
        strange = next((one for one in report.inputs if one.format is None and one.records), None)
        if strange is not None:
            said = "rows of no known format; `ftprep formats FILE` says why, --format names it"
            raise UsageError(f"{quote(strange.name, 200)} has {said}")
        inputs = [replace(one, split=None) for one in report.inputs]
        held = open_inputs(self.held, self.settings.format, first=len(inputs))
        engine = LocalEngine([*inputs, *held], replace(self.settings, count_tokens=False), self.resolved.jobs)
        lengths = functools.partial(answer_lengths, engine)
        files = _splits_of(report) if self.options.keep_files else []
        # What overlaps between files that are split anew is no matter.
        drops = self.options.drop if files else _without_overlaps(self.options.drop)
        chosen = choose_drops(report, drops, lengths, self.work.place)
        starts = np.cumsum([0, *(len(one.lines) for one in self.work.copies)])
        left = np.zeros(int(starts[-1]), dtype=np.bool_)
        faults = {int(starts[ref.file]) + ref.line - 1: fault for ref, fault in chosen.items()}
        left[list(faults)] = True
        plan = make_plan(
            engine,
            self.options.split,
            held_from=len(inputs),
            kept=self.keep,
            left_out=left,
            files=files,
            place=self.work.place,
        )
        return replace(plan, faults={**plan.faults, **faults})

    def _written(self, plan: Plan, folder: Path) -> tuple[Plan, Written, Checked]:
        """Write, lint what was written, and leave out the rows that have to go, until none has to."""
        moved = 0
        for _ in range(_ROUNDS):
            if not (plan.splits >= 0).any():
                reasons = Counter(fault.code or "other" for fault in plan.faults.values())
                reasons.update(fault.code for copy in self.work.copies for fault in copy.lost.values())
                why = ", ".join(f"{code} {number:,}" for code, number in reasons.most_common(5))
                raise PrepareFailed(f"no row is left to write, {self.work.rows:,} have to be left out: {why}")
            clear(folder)
            loading = self._loading(plan)
            plan = plan if loading.splits is None else replace(plan, splits=loading.splits)
            masked = self.redactor is not None
            written = write_splits(plan, self.work, folder, masked=masked, mark=self._mark(), loading=loading)
            if sum(written.rows.values()) + written.dropped.total() != self.work.rows:
                raise PrepareFailed("internal error: rows kept and rows left out are not the rows read; please report")
            checked = self._checked(folder, written)
            moved += loading.moved
            if not checked.faults:
                if self.conversion is not None:
                    self.conversion.changes += [*loading.notes, *moved_note(moved)]
                return plan, written, checked
            splits, faults = plan.splits.copy(), dict(plan.faults)
            for (file, line), fault in checked.faults.items():
                entry = int(written.entries[file][line - 1])
                splits[entry] = NOWHERE
                faults[entry] = fault
            plan = replace(plan, splits=splits, faults=faults)
        named = Counter(fault.code for fault in checked.faults.values())
        said = ", ".join(f"{code} {number:,}" for code, number in sorted(named.items()))
        raise PrepareFailed(f"what was written still has rows to leave out after {_ROUNDS} rounds: {said}")

    def _note(self, folder: Path, written: Written, checked: Checked) -> None:
        """Write what was found in rows into their metadata, and prove that nothing else is found then."""
        note_findings(folder, written.rows, checked.codes)
        again = self._checked(folder, written)
        changed = {place for place, codes in again.codes.items() if codes != checked.codes.get(place)}
        if changed:
            raise PrepareFailed(f"--provenance brought new findings into {len(changed):,} rows; please report it")

    def _checked(self, folder: Path, written: Written) -> Checked:
        return check_written(
            folder,
            list(written.rows),
            self.held,
            self.settings,
            self.resolved.selection,
            self.options.drop,
            self.resolved.jobs,
        )

    def _loading(self, plan: Plan) -> Loading:
        """How rows are written so that a trainer's loader takes the files."""
        target = self.settings.target
        if self.conversion is None or target is None or load_target(target).kind != "trainer":
            return Loading()
        fixed = bool(self.keep) or self.options.keep_files or plan.options.time_by is not None
        return make_loading(plan, self.work, self.conversion.format, fixed=fixed)

    def _tally(self, plan: Plan, written: Written, checked: Checked) -> Tally:
        return Tally(
            self.read,
            self.work.rows,
            dict(sorted(self.fixed.items())),
            self.changed,
            written.dropped,
            plan.counts,
            checked.tokens,
        )
