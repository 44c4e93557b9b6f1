"""What a preparation is asked for besides what to lint by."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ftprep.config_asked import SHARED_OUT
from ftprep.config_prepare import USUAL_DROPS
from ftprep.conversion.goal import goal_named
from ftprep.errors import UsageError
from ftprep.preparation.converting import Wish
from ftprep.preparation.drops import checked_drops
from ftprep.preparation.redacting import Redaction, described, wanted_redaction
from ftprep.splitting.options import SplitOptions, options_asked

if TYPE_CHECKING:
    from ftprep.job import Job


@dataclass(frozen=True, slots=True)
class PrepareOptions:
    """What a run of :func:`ftprep.prepare` is asked for.

    ``drop`` are severities and rules whose rows are left out, ``fix`` the rules whose unsafe fixes are applied, too.
    With a ``wish`` rows are converted before they are judged, with a ``redaction`` values are taken out of them then;
    rows that belong to files of ``holdout`` are left out. With ``provenance`` rows say where they come from, ``tiers``
    are globs of files by tier. With ``keep_files`` every file stays the split that it is.
    """

    split: SplitOptions
    drop: tuple[str, ...] = USUAL_DROPS
    fix: tuple[str, ...] = ()
    redaction: Redaction | None = None
    holdout: tuple[str, ...] = ()
    wish: Wish | None = None
    provenance: bool = False
    tiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keep_files: bool = False

    def described(self) -> dict[str, Any]:
        """The options about rows as JSON values, for a manifest."""
        lists = {"drop": list(self.drop), "fix": list(self.fix)}
        return {
            **lists,
            "redact": described(self.redaction),
            "provenance": self.provenance,
            "keep-files": self.keep_files,
        }


def prepare_options(
    job: Job,
    mention: Callable[[str], str] = "--{}".format,
    *,
    redact_seed: str = "",
    redact_map: str | os.PathLike[str] | None = None,
    keeps_split: bool = False,
) -> PrepareOptions:
    """The options that hold for a job; raises ``UsageError`` that names the place of a mistake."""
    asked = job.resolved.prepare
    if asked["tiers"].value and not asked["provenance"].value:
        raise UsageError(f"{asked['tiers'].place} needs {asked['provenance'].place}: tiers stand in metadata of rows")
    if asked["keep-files"].value:
        if keeps_split:
            raise UsageError(f"{asked['keep-files'].place} and {mention('keep-split')} exclude each other")
        other = next((one for one in SHARED_OUT if asked[one].value and asked[one].layer), None)
        if other is not None:
            raise UsageError(f"{asked['keep-files'].place} and {asked[other].place} exclude each other")
    return PrepareOptions(
        options_asked(asked, mention=mention),
        checked_drops(asked["drop"].value),
        asked["fix"].value,
        wanted_redaction(asked, redact_seed, redact_map, mention),
        asked["holdout"].value,
        _wish(job),
        asked["provenance"].value,
        asked["tiers"].value,
        asked["keep-files"].value,
    )


def _wish(job: Job) -> Wish | None:
    """What rows are to become: what ``to`` names, else what the target wants; None where they stay as they are."""
    settings, asked = job.resolved.settings, job.resolved.prepare
    to, mapping, system = asked["to"].value, asked["map"].value, asked["system"].value
    word = to if to is not None else settings.target
    if word is not None:
        return Wish(goal_named(word, settings.target_model), mapping, system)
    if mapping or system is not None:
        said = "--map and --system are" if not job.resolved.files else "`map` and `system` are"
        raise UsageError(f"{said} for rows that are converted: name a --target, or a format by --to")
    return None
