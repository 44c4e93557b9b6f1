"""What a preparation is asked for besides what to lint by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ftprep.config_asked import SHARED_OUT
from ftprep.config_prepare import USUAL_DROPS
from ftprep.conversion.goal import goal_named
from ftprep.errors import UsageError
from ftprep.preparation.converting import Wish
from ftprep.preparation.drops import checked_drops, fixable
from ftprep.rules import all_rules
from ftprep.selection import canonical
from ftprep.splitting.options import SplitOptions, options_asked
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.config_asked import Asked
    from ftprep.job import Job


@dataclass(frozen=True, slots=True)
class PrepareOptions:
    """What a run of :func:`ftprep.prepare` is asked for.

    ``drop`` are severities and rules whose rows are left out, ``fix`` the rules whose unsafe fixes are applied, too,
    ``redact`` those whose fixes are applied to what is left out as well. With a ``wish`` rows are converted before
    they are judged; rows that belong to files of ``holdout`` are left out. With ``provenance`` rows say where they come
    from, ``tiers`` are globs of files by tier. With ``keep_files`` every file stays the split that it is.
    """

    split: SplitOptions
    drop: tuple[str, ...] = USUAL_DROPS
    fix: tuple[str, ...] = ()
    redact: tuple[str, ...] = ()
    holdout: tuple[str, ...] = ()
    wish: Wish | None = None
    provenance: bool = False
    tiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keep_files: bool = False

    def described(self) -> dict[str, Any]:
        """The options about rows as JSON values, for a manifest."""
        lists = {"drop": list(self.drop), "fix": list(self.fix), "redact": list(self.redact)}
        return {**lists, "provenance": self.provenance, "keep-files": self.keep_files}


def prepare_options(job: Job, mention: Callable[[str], str] = "--{}".format) -> PrepareOptions:
    """The options that hold for a job; raises ``UsageError`` that names the place of a mistake."""
    asked = job.resolved.prepare
    if asked["tiers"].value and not asked["provenance"].value:
        raise UsageError(f"{asked['tiers'].place} needs {asked['provenance'].place}: tiers stand in metadata of rows")
    if asked["keep-files"].value:
        other = next((one for one in SHARED_OUT if asked[one].value and asked[one].layer), None)
        if other is not None:
            raise UsageError(f"{asked['keep-files'].place} and {asked[other].place} exclude each other")
    return PrepareOptions(
        options_asked(asked, mention=mention),
        checked_drops(asked["drop"].value),
        asked["fix"].value,
        _redacting(asked["redact"]),
        asked["holdout"].value,
        _wish(job),
        asked["provenance"].value,
        asked["tiers"].value,
        asked["keep-files"].value,
    )


def _redacting(asked: Asked) -> tuple[str, ...]:
    """The rules that redact; one that can replace nothing would leave behind what it was named for."""
    for word in asked.value:
        codes = [code for code in all_rules() if code.startswith(canonical(word))]
        if not fixable(codes):
            raise UsageError(f"{asked.place}: {quote(word)} has no fix, so it can replace nothing")
    return tuple(asked.value)


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
