"""What a run was asked to do, resolved and checked: one frozen object that every part reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Profile = Literal["fast", "standard", "thorough"]
PiiEngine = Literal["windows", "presidio-full"]
PROFILES: tuple[Profile, ...] = ("fast", "standard", "thorough")


class SplitGlob(NamedTuple):
    """Files that match ``pattern`` are the ``split`` (train, validation or test) of ``dataset``, which may be "".

    A pattern without a folder matches in any, and is looked for in ``folder`` where files are to be found by it.
    """

    dataset: str
    split: str
    pattern: str
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The resolved settings of one run.

    ``max_tokens`` is the limit that TOK001 and TOK002 judge by, in tokens per row; None when neither the user nor
    the model's entry names one. ``target`` is the platform or trainer whose restrictions hold, and ``target_model``
    its model as the user named it; ``model`` is that name only where its vocabulary is known. With ``survey`` every
    target is asked what stands in the way of the data. ``rule_options`` maps rule names to option values, already
    checked against the rules. ``response_format`` is the path of a JSON file, or the JSON object itself, as text.
    ``against`` are paths of evaluation files, or rows written out as text; ``against_production`` those of rows that
    the model meets at work.
    ``splits`` says which inputs are which split of which dataset, by globs; the first that matches holds.
    ``pii_engine`` is how personal data is found, ``ner_model`` the installed model that finds names of people.
    ``count_tokens`` is False where no selected rule and no header needs a count of every row.
    """

    profile: Profile = "standard"
    model: str | None = None
    tokenizer: str | None = None
    max_tokens: int | None = None
    count_tokens: bool = True
    format: str | None = None
    target: str | None = None
    target_model: str | None = None
    survey: bool = False
    response_format: str | None = None
    against: tuple[str, ...] = ()
    against_production: tuple[str, ...] = ()
    splits: tuple[SplitGlob, ...] = ()
    pii_engine: PiiEngine = "windows"
    ner_model: str | None = None
    rule_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
