"""The verb :func:`split`: read, plan, write, prove."""

from __future__ import annotations

import dataclasses
import os
import tempfile
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import orjson

from ftprep.engine.local import LocalEngine
from ftprep.errors import FtprepError, InputError
from ftprep.folders import check_folder, new_folder
from ftprep.inputs import Input
from ftprep.job import Job, are_paths, open_job
from ftprep.splitting.groups import NOWHERE
from ftprep.splitting.inputs import check_apart, close_all, open_held, open_inputs
from ftprep.splitting.manifest import MANIFEST, kept_digests, manifest, write_manifest
from ftprep.splitting.options import SplitOptions, options_asked
from ftprep.splitting.plan import Plan, make_plan
from ftprep.splitting.proof import Proof, parted_keys, prove
from ftprep.splitting.rows import Fault
from ftprep.splitting.write import Written, file_names, read_again, write_rows

if TYPE_CHECKING:
    from ftprep.io.source import Source

_ROUNDS = 5


class SplitFailed(FtprepError):
    """A split that cannot be proven: nothing was written."""


@dataclass(frozen=True, eq=False)
class Split:
    """A split that was proven. ``folder`` is where it was written, None where the rows were only shared out.

    ``train``, ``validation`` and ``test`` are rows in the form in which the data came: a DataFrame for a DataFrame, a
    Dataset for a Dataset, else a list of dicts.
    """

    plan: Plan
    written: Written
    proof: Proof
    inputs: Sequence[Input]
    folder: Path | None = None
    data: Any = dataclasses.field(default=None, repr=False)

    @property
    def counts(self) -> dict[str, int]:
        """Number of rows of each split."""
        return self.plan.counts

    @property
    def dropped(self) -> Mapping[int, Fault]:
        """Why rows are in no split, by the number of the row (from 0, blank lines aside)."""
        return self.plan.faults

    def entries(self, name: str) -> list[int]:
        """Numbers of the rows of one split, from 0, blank lines aside."""
        if name not in self.plan.names:
            raise KeyError(name)
        numbers: list[int] = np.flatnonzero(self.plan.splits == self.plan.names.index(name)).tolist()
        return numbers

    def rows(self, name: str) -> Any:
        """The rows of one split."""
        entries = self.entries(name)
        if hasattr(self.data, "iloc"):
            return self.data.iloc[entries]
        if hasattr(self.data, "select") and hasattr(self.data, "column_names"):
            return self.data.select(entries)
        wanted = set(entries)
        return [orjson.loads(row.raw) for row in read_again(self.inputs) if row.entry in wanted]

    @property
    def train(self) -> Any:
        """The rows to train on."""
        return self.rows("train")

    @property
    def validation(self) -> Any:
        """The rows to choose a checkpoint by."""
        return self.rows("validation")

    @property
    def test(self) -> Any:
        """The rows to be tested with."""
        return self.rows("test")


def split(
    data: Any,
    out: str | os.PathLike[str] | None = None,
    *,
    splits: Any = None,
    seed: int | None = None,
    group_by: str | Iterable[str] = (),
    stratify_by: str | None = None,
    time_by: str | None = None,
    balance: bool | None = None,
    folds: int | None = None,
    near_duplicates: bool = True,
    keep_split: str | os.PathLike[str] | None = None,
    holdout: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
    overwrite: bool = False,
    format: str | None = None,
    jobs: int | Literal["auto"] = 1,
    config: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
    isolated: bool = False,
    exclude: str | Iterable[str] = (),
) -> Split:
    """Share rows out to training, validation and test sets that are proven to have nothing in common.

    ``data`` is what :func:`ftprep.lint` takes. Equal rows, one prompt, near-duplicates, one conversation or customer,
    and rows with one value at a pointer of ``group_by`` are never in two splits. ``splits`` are shares
    (``"0.9,0.05,0.05"``, ``{"train": 0.9, "test": 0.1}``). Each group goes where a hash of its content says, so that
    rows added later move no old row; with ``balance`` shares, numbers of rows and the shares of ``stratify_by`` are
    met exactly, and ``keep_split``, an earlier manifest, keeps rows in place. ``time_by`` holds the latest rows out,
    ``folds`` makes as many pairs of training and validation sets. Rows that belong to one of the files of ``holdout``
    are left out. What is not said here may stand in ``[tool.ftprep.prepare]`` of a configuration file.

    With ``out`` the files are written into that folder, whole or not at all. Raises
    :class:`~ftprep.errors.UsageError`, :class:`~ftprep.errors.InputError` and :class:`~ftprep.errors.OutputError`.
    """
    given = {"format": format, "jobs": jobs, "exclude": exclude or None}
    asked = {"splits": splits, "seed": seed, "group-by": group_by, "stratify-by": stratify_by, "time-by": time_by}
    asked |= {"balance": balance, "holdout": holdout}
    job = open_job(
        data,
        {name: value for name, value in given.items() if value is not None} | {"prepare": asked},
        config=config,
        isolated=isolated,
        with_baseline=False,
        mention="{}=".format,
        origin="split()",
    )
    return run_split(
        job,
        options_asked(job.resolved.prepare, folds=folds, near=near_duplicates, mention="{}=".format),
        out=out,
        keep=None if keep_split is None else kept_digests(Path(keep_split), "keep_split="),
        overwrite=overwrite,
        data=None if are_paths(data) else data,
    )


def run_split(
    job: Job,
    options: SplitOptions,
    *,
    out: str | os.PathLike[str] | None = None,
    keep: Mapping[str, Any] | None = None,
    overwrite: bool = False,
    dry: bool = False,
    data: Any = None,
    progress: Callable[[int, int], None] | None = None,
) -> Split:
    """Split what a job opened. Without ``out``, or ``dry``, the files are written to be proven, and go away."""
    folder = None if out is None else check_folder(out, overwrite=overwrite)
    held = open_held(job.resolved.prepare["holdout"].value)
    try:
        if job.problems:
            raise InputError("; ".join(job.problems))
        settings = replace(job.resolved.settings, count_tokens=False, splits=())
        inputs = open_inputs([*job.sources, *held], settings.format)
        check_apart([one.name for one in job.sources], [one.name for one in held], folder)
        engine = LocalEngine(inputs, settings, job.resolved.jobs)
        plan = make_plan(engine, options, held_from=len(job.sources), kept=keep, progress=progress)
        problems = [*engine.problems, *(text for one in inputs for text in one.source.problems)]
        if problems:
            raise InputError("; ".join(dict.fromkeys(problems)))
        if not (plan.splits >= 0).any():
            reasons = Counter(fault.code or "other" for fault in plan.faults.values()).most_common(5)
            why = ", ".join(f"{code} {number:,}" for code, number in reasons)
            raise SplitFailed(f"no row is left to share out, {len(plan.faults):,} have to be left out: {why}")
        parted = parted_keys(plan)
        if parted:
            raise SplitFailed(f"internal error: {parted:,} keys have rows in two splits; please report it")
        place: AbstractContextManager[Any] = tempfile.TemporaryDirectory() if folder is None or dry else nullcontext()
        with place as temporary:
            target = folder if folder is not None and not dry else Path(temporary) / "split"
            with new_folder(target) as partial:
                plan, written, proof = _write_and_prove(plan, inputs, partial, held, settings, job.resolved.jobs)
                write_manifest(partial / MANIFEST, manifest(plan, inputs, written, proof, partial))
    except BaseException:
        job.close()
        close_all(held)
        raise
    result = Split(plan, written, proof, inputs[: len(job.sources)], None if dry else folder, data)
    weakref.finalize(result, job.close)
    weakref.finalize(result, close_all, held)
    return result


def _write_and_prove(
    plan: Plan, inputs: Sequence[Input], folder: Path, held: Sequence[Source], settings: Any, jobs: int
) -> tuple[Plan, Written, Proof]:
    """Write, lint what was written, and leave out the rows that are found, until nothing is."""
    for _ in range(_ROUNDS):
        written = write_rows(plan, inputs, folder)
        read = int(np.count_nonzero(plan.rows.table["file"] < plan.held_from))
        if sum(plan.counts.values()) + written.dropped != read:
            raise SplitFailed("internal error: rows kept and rows left out are not the rows read; please report it")
        proof = prove(plan, folder, held, settings, jobs)
        if not proof.overlaps:
            return plan, written, proof
        plan = _without(plan, proof)
    raise SplitFailed(
        f"the split could not be proven: {len(proof.overlaps):,} rows overlap after {_ROUNDS} rounds, the first "
        f"because of {proof.overlaps[0].code}"
    )


def _without(plan: Plan, proof: Proof) -> Plan:
    """The plan without the rows that the proof names."""
    splits, faults = plan.splits.copy(), dict(plan.faults)
    entries = _entries_by_file(plan)
    for overlap in proof.overlaps:
        entry = int(entries[overlap.file][overlap.line - 1])
        splits[entry] = NOWHERE
        faults.setdefault(entry, Fault(overlap.code, overlap.message))
    return replace(plan, splits=splits, faults=faults)


def _entries_by_file(plan: Plan) -> dict[str, Any]:
    """For each file the entries of its lines, in order."""
    found: dict[str, Any] = {}
    files = file_names(plan)
    for name in {file for names in files.values() for file in names}:
        splits = [number for number, split in enumerate(plan.names) if name in files[split]]
        found[name] = np.flatnonzero(np.isin(plan.splits, splits))
    return found
