"""What a target is: a platform or a trainer, with its restrictions on data, each with its source and date.

The facts stand in TOML files beside this module, one per target, so that a changed limit is a changed line of data.
A rule asks for the restrictions of its own code and decides by their values; it never knows the name of a target.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from ftprep.errors import UsageError, did_you_mean
from ftprep.finding import Severity
from ftprep.text.snippet import quote

AUTO = "auto"
FOLDER = Path(__file__).parent
LEAST, MOST = "-least", "-most"
_WORD = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read, and from when it is."""

    key: str
    title: str
    date: date


@dataclass(frozen=True, slots=True)
class Notice:
    """What users of a target must know whatever their data are: the end of a service, above all."""

    text: str
    date: date
    source: str


@dataclass(frozen=True, slots=True)
class Model:
    """A model that the target trains. ``formats`` are those that it is trained with; ``images`` whether it sees."""

    names: tuple[str, ...]
    formats: tuple[str, ...]
    images: bool = False
    note: str = ""

    @property
    def name(self) -> str:
        """The name that stands for all of them."""
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Restriction:
    """One documented demand on the data.

    ``check`` names what a rule must look at and ``value`` is what it compares with; without a check, the rule's own
    findings are what the demand is about, and get its severity and wording. ``when`` narrows that down to findings
    with such ``data``. ``general`` says that the rule reports the defect without a target, too. ``says`` is the
    platform's own wording, with ``{line}`` and other words in braces. ``formats`` and ``models`` are those that it
    holds for; none is all. ``bad`` are rows that break it and ``good`` rows that do not: its tests. Where nothing
    enforces it, ``not_enforced`` says why.
    """

    target: str
    id: str
    what: str
    source: str
    rule: str = ""
    severity: Severity = Severity.ERROR
    formats: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    split: Literal["", "train", "validation"] = ""
    check: str = ""
    value: Any = None
    when: Mapping[str, Any] = field(default_factory=dict)
    general: bool = False
    says: str = ""
    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    file: str = "rows.jsonl"
    not_enforced: str = ""

    def holds_for(self, format: str | None, model: Model | None) -> bool:
        """Whether the demand is made on rows of ``format`` for ``model``; None leaves either open.

        Where no model is named, the limits of all count, as alternatives, and no other demand of some models does.
        """
        if format is not None and self.formats and format not in self.formats:
            return False
        if model is None:
            return not self.models or self.check.endswith((LEAST, MOST))
        return not self.models or model.name in self.models

    def wording(self, words: Mapping[str, Any]) -> str | None:
        """The platform's words about one finding; None where it has none or ``words`` are not enough.

        ``{line}`` stays: lines become final when the shards of a file are put together.
        """
        if not self.says:
            return None
        names = set(_WORD.findall(self.says)) - {"line"}
        if not names <= words.keys():
            return None
        return _WORD.sub(lambda match: _plain(words[match[1]]) if match[1] != "line" else match[0], self.says)


@dataclass(frozen=True, slots=True)
class Target:
    """A platform or trainer. ``formats`` are those that it reads; ``ended`` those that it read once, with the reason.

    ``vocabulary`` is "openai" where token counts are those of the platform, else they are estimates. ``writes`` says
    how rows are best written for it, where no restriction does: the key of a message that takes it out of training
    (``trained``) and that of its thoughts (``reasoning``), "" for none, where images stand (``images``), whether tools
    need a description (``descriptions``), whether refusals are texts (``refusals``), and the role in the place of
    ``developer``. ``unwritten`` are formats that it reads in part, or with code of the user's own: their rows are
    written in others.
    """

    name: str
    title: str
    kind: Literal["platform", "trainer"]
    read: date
    formats: tuple[str, ...]
    sources: Mapping[str, Source]
    aliases: tuple[str, ...] = ()
    ended: Mapping[str, str] = field(default_factory=dict)
    vocabulary: str = ""
    writes: Mapping[str, str] = field(default_factory=dict)
    unwritten: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    models: tuple[Model, ...] = ()
    restrictions: tuple[Restriction, ...] = ()

    def model(self, name: str | None) -> Model | None:
        """The target's model that ``name`` means: the longest of its names that ``name`` holds; None if none does."""
        word = (name or "").lower()
        known = [(len(one), model) for model in self.models for one in model.names if one in word]
        return max(known, key=lambda pair: pair[0])[1] if known else None

    def reads(self, model: Model | None = None) -> tuple[str, ...]:
        """The formats that are taken, of all models or of one."""
        return tuple(one for one in self.formats if model is None or one in model.formats)

    @property
    def codes(self) -> tuple[str, ...]:
        """The rules that enforce something, in order."""
        return tuple(sorted({one.rule for one in self.restrictions if one.rule}))


def _plain(value: Any) -> str:
    """A value as a part of a sentence; text of the data goes through the mask."""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else quote(value)[1:-1]


# --- files ------------------------------------------------------------------------------------------------------


def target_names() -> list[str]:
    """The names of all targets, in order of the alphabet."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


@functools.cache
def load_target(name: str) -> Target:
    """Read the file of the target called ``name``."""
    table = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return Target(
        name=name,
        title=table["title"],
        kind=table["kind"],
        read=table["read"],
        formats=tuple(table["formats"]),
        sources={key: Source(key, one["title"], one["date"]) for key, one in table["sources"].items()},
        aliases=tuple(table.get("aliases", ())),
        ended=table.get("ended", {}),
        vocabulary=table.get("vocabulary", ""),
        writes=table.get("writes", {}),
        unwritten=tuple(table.get("unwritten", ())),
        notices=tuple(Notice(one["text"], one["date"], one["source"]) for one in table.get("notices", ())),
        models=tuple(_model(one, table["formats"]) for one in table.get("models", ())),
        restrictions=tuple(_restriction(name, one) for one in table["restrictions"]),
    )


def _model(entry: Mapping[str, Any], formats: Iterable[str]) -> Model:
    return Model(
        tuple(entry["names"]), tuple(entry.get("formats", formats)), entry.get("images", False), entry.get("note", "")
    )


def _restriction(target: str, entry: Mapping[str, Any]) -> Restriction:
    values = {key.replace("-", "_"): value for key, value in entry.items()}
    for key in ("formats", "models"):
        values[key] = tuple(values.get(key, ()))
    for key in ("bad", "good"):
        rows = values.get(key, ())
        values[key] = (rows,) if isinstance(rows, str) else tuple(rows)
    if "severity" in values:
        values["severity"] = Severity.parse(values["severity"])
    return Restriction(target, **values)


def all_targets() -> dict[str, Target]:
    """Every target by name."""
    return {name: load_target(name) for name in target_names()}


def target_named(word: str) -> Target:
    """Return the target with this name or alias; raises ``UsageError`` with the nearest one."""
    key = word.strip().lower().replace("_", "-")
    names = target_names()
    if key in names:
        return load_target(key)
    aliases = {alias: one for one in all_targets().values() for alias in one.aliases}
    if key in aliases:
        return aliases[key]
    near = did_you_mean(key, [*names, *aliases, AUTO])
    raise UsageError(f"unknown target {quote(word)}{near or ' (`ftprep targets` lists them)'}")


# --- what holds for a run ---------------------------------------------------------------------------------------


@functools.cache
def restrictions_for(
    target: str, code: str, check: str, format: str | None, model: str | None
) -> tuple[Restriction, ...]:
    """The restrictions of a target that rule ``code`` enforces by ``check``, for rows of ``format``.

    ``model`` is a name as the user gave it; one that the target does not know counts as none.
    """
    known = load_target(target)
    if format is not None and format not in known.formats:
        return ()  # SCH010 says that it is not read; what else would be demanded of it is no matter
    meant = known.model(model)
    return tuple(
        one for one in known.restrictions if (one.rule, one.check) == (code, check) and one.holds_for(format, meant)
    )


def widest(restrictions: Iterable[Restriction]) -> Restriction | None:
    """Of several limits the one that lets most through: what one model refuses another may take."""
    found = list(restrictions)
    if not found:
        return None
    pick = min if found[0].check.endswith(LEAST) else max
    return pick(found, key=lambda one: float(one.value["limit"]))
