"""The verb :func:`prepare`: read, fix, drop, split, write, and prove what was written."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from ftprep.errors import InputError, OutputError, UsageError
from ftprep.fixing.redaction_map import RedactionMap
from ftprep.folders import check_folder
from ftprep.job import Job, are_paths, open_job
from ftprep.preparation.options import PrepareOptions, prepare_options
from ftprep.preparation.steps import Preparation, Prepared
from ftprep.preparation.work import Work, copy_inputs
from ftprep.privacy.redaction_names import Scope, Style
from ftprep.splitting.inputs import check_apart, close_all, open_held
from ftprep.text.snippet import quote


def prepare(
    data: Any,
    out: str | os.PathLike[str] | None = None,
    *,
    splits: Any = None,
    seed: int | None = None,
    group_by: str | Iterable[str] = (),
    stratify_by: str | None = None,
    time_by: str | None = None,
    balance: bool | None = None,
    keep_split: str | os.PathLike[str] | None = None,
    holdout: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
    drop: str | Iterable[str] | None = None,
    fix: str | Iterable[str] = (),
    redact: Style | None = None,
    redact_scope: Scope | None = None,
    redact_seed: str = "",
    redact_map: str | os.PathLike[str] | None = None,
    keep_files: bool | None = None,
    provenance: bool | None = None,
    tiers: Mapping[str, str | Iterable[str]] | str | None = None,
    to: str | None = None,
    map: Mapping[str, str] | str | None = None,
    system: str | None = None,
    overwrite: bool = False,
    jobs: int | Literal["auto"] = 1,
    config: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
    isolated: bool = False,
    exclude: str | Iterable[str] = (),
    **options: Any,
) -> Prepared:
    """Turn raw rows into files that are ready to train with, and prove what was done.

    Safe fixes are applied, with ``fix`` also the unsafe ones of the rules that it names; rows with findings that
    ``drop`` names are left out (see :data:`~ftprep.preparation.drops.USUAL`), and the others are shared out as by
    :func:`ftprep.split`, whose arguments are taken. ``options`` are those of :func:`ftprep.lint` that say what is
    checked: ``target``, ``model``, ``select``, ``severity`` and so on.

    With ``redact`` personal data, secrets and identifiers are replaced as by :func:`ftprep.fix`, in the rows that are
    left out, too; with rules of these families in ``fix`` what those find is. ``redact_map`` names a new file that
    lists what was replaced.

    With ``keep_files`` every file stays the split that its name or the configuration says, and nothing is shared out.

    With ``provenance`` the ``metadata`` of each row says its file, its tier (``tiers``: globs of curated, synthetic and
    raw files) and the codes found in it, where the format has a place for that.

    With a target, or ``to`` a format, rows are converted as by :func:`ftprep.convert`, whose ``map`` and ``system`` are
    taken, before the target's rules look at them.

    What is not said here may stand in ``[tool.ftprep.prepare]`` of a configuration file.

    With ``out`` the files are written into that folder, whole or not at all. The inputs are never changed. Raises
    :class:`~ftprep.errors.FtprepError` when anything cannot be done.
    """
    given = {name.replace("_", "-"): value for name, value in options.items()}
    given |= {"jobs": jobs, "exclude": exclude or None}
    asked = {"splits": splits, "seed": seed, "group-by": group_by, "stratify-by": stratify_by, "time-by": time_by}
    asked |= {
        "balance": balance,
        "holdout": holdout,
        "drop": drop,
        "fix": fix,
        "redact": redact,
        "redact-scope": redact_scope,
        "keep-files": keep_files,
    }
    asked |= {"provenance": provenance, "tiers": tiers, "to": to, "map": map, "system": system}
    job = open_job(
        data,
        {name: value for name, value in given.items() if value is not None} | {"prepare": asked},
        config=config,
        isolated=isolated,
        with_baseline=False,
        mention="{}=".format,
        origin="prepare()",
    )
    from ftprep.splitting.manifest import kept_digests

    return run_prepare(
        job,
        prepare_options(
            job, "{}=".format, redact_seed=redact_seed, redact_map=redact_map, keeps_split=keep_split is not None
        ),
        out=out,
        keep=None if keep_split is None else kept_digests(Path(keep_split), "keep_split="),
        overwrite=overwrite,
        data=None if are_paths(data) else data,
    )


def run_prepare(
    job: Job,
    options: PrepareOptions,
    *,
    out: str | os.PathLike[str] | None = None,
    keep: Mapping[str, Any] | None = None,
    overwrite: bool = False,
    dry: bool = False,
    data: Any = None,
    progress: Callable[[int, int], None] | None = None,
) -> Prepared:
    """Prepare what a job opened. Without ``out``, or ``dry``, the files are written to be proven, and go away."""
    folder = None if out is None else check_folder(out, overwrite=overwrite)
    held = open_held(options.holdout)
    way_back = None if folder is None or dry else _way_back(options, folder)
    scratch = tempfile.TemporaryDirectory(prefix="ftprep-")
    try:
        if job.problems:
            raise InputError("; ".join(job.problems))
        names = [source.name for source in job.sources]
        check_apart(names, [one.name for one in held], folder)
        work = _copied(job, Path(scratch.name))
        target = folder if folder is not None and not dry else Path(scratch.name) / "prepared"
        try:
            result = Preparation(job, options, work, held, keep or {}, progress).run(target, way_back)
        except OSError as error:  # those of the folder that is written have been told apart
            reason = (error.strerror or type(error).__name__).lower()
            raise OutputError(
                f"the copies in {scratch.name} cannot be written: {reason}; nothing was replaced"
            ) from None
    except BaseException:
        if way_back is not None:
            way_back.discard()
        scratch.cleanup()
        job.close()
        close_all(held)
        raise
    if way_back is not None:
        way_back.close()
    prepared = replace(result, folder=None if dry else folder)
    for end in (scratch.cleanup, job.close):
        weakref.finalize(prepared, end)
    return prepared


def _way_back(options: PrepareOptions, folder: Path) -> RedactionMap | None:
    """The map that was asked for, opened, so that nothing is done where it cannot be written."""
    redaction = options.redaction
    if redaction is None or redaction.map_path is None:
        return None
    redaction.check_map(folder)
    way_back = RedactionMap(redaction.map_path, redaction.manner)
    way_back.open()
    return way_back


def _copied(job: Job, folder: Path) -> Work:
    try:
        work = copy_inputs(job.sources, folder)
    except OSError as error:
        raise OutputError(f"the inputs cannot be copied to {folder}: {(error.strerror or '').lower()}") from None
    problems = [text for one in job.sources for text in one.problems]
    if problems:
        raise InputError("; ".join(dict.fromkeys(problems)))
    if not work.rows:
        names = ", ".join(quote(one.name, 120) for one in job.sources[:3])
        raise UsageError(f"there is no row to prepare in {names}")
    return work
