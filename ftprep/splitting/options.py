"""What a split is asked to be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ftprep.config_asked import Asked
from ftprep.config_prepare import USUAL_SPLITS
from ftprep.errors import UsageError
from ftprep.splitting.shares import Shares, parse_shares
from ftprep.text.snippet import quote

MOST_FOLDS = 100
LABELS = "label"


@dataclass(frozen=True, slots=True)
class SplitOptions:
    """How rows are shared out; see :func:`make_options` for what the words mean."""

    shares: Shares
    seed: int = 0
    group_by: tuple[str, ...] = ()
    stratify_by: str | None = None
    time_by: str | None = None
    balance: bool = False
    folds: int = 0
    near: bool = True

    def described(self) -> Mapping[str, Any]:
        """The options as JSON values, for a manifest."""
        return {
            "splits": dict(zip(self.shares.names, self.shares.sizes, strict=True)),
            "seed": self.seed,
            "group-by": list(self.group_by),
            "stratify-by": self.stratify_by,
            "time-by": self.time_by,
            "balance": self.balance,
            "folds": self.folds,
            "near-duplicates": self.near,
        }


def make_options(
    splits: object = None,
    *,
    seed: int = 0,
    group_by: str | Iterable[str] = (),
    stratify_by: str | None = None,
    time_by: str | None = None,
    balance: bool = False,
    folds: int | None = None,
    near: bool = True,
    mention: Callable[[str], str] = "--{}".format,
) -> SplitOptions:
    """Check what was asked for; ``mention`` is how a mistake names an option. Raises ``UsageError``.

    ``splits`` are shares or counts (:func:`~ftprep.splitting.shares.parse_shares`), ``group_by`` JSON Pointers whose
    equal values stay together, ``stratify_by`` a pointer or ``label``, ``time_by`` the pointer of a date by which
    later rows are held out, ``folds`` a number of folds instead of splits.
    """
    groups = tuple(dict.fromkeys([group_by] if isinstance(group_by, str) else group_by))
    for name, pointers in (("group-by", groups), ("stratify-by", (stratify_by,)), ("time-by", (time_by,))):
        for pointer in pointers:
            if pointer is not None and not pointer.startswith("/") and (name, pointer) != ("stratify-by", LABELS):
                slash = f"; did you mean `/{pointer.strip('.').replace('.', '/')}`?" if pointer else ""
                raise UsageError(f"{mention(name)} is {quote(pointer)}; a JSON Pointer is due{slash}")
    if folds is not None and not 2 <= folds <= MOST_FOLDS:
        raise UsageError(f"{mention('folds')} is {folds}; 2 to {MOST_FOLDS} are due")
    if folds and splits is not None:
        raise UsageError(f"{mention('folds')} and {mention('splits')} exclude each other")
    if time_by is not None:
        for other, given in (("folds", folds), ("balance", balance), ("stratify-by", stratify_by)):
            if given:
                raise UsageError(f"{mention('time-by')} and {mention(other)} exclude each other")
    shares = parse_shares(USUAL_SPLITS if splits is None else splits, mention("splits"))
    if shares.counted and not balance and time_by is None:
        raise UsageError(
            f"{mention('splits')} with numbers of rows needs {mention('balance')}: "
            "else each group goes where its own content says, and only shares are met"
        )
    return SplitOptions(shares, seed, groups, stratify_by, time_by, balance, folds or 0, near)


def options_asked(
    asked: Mapping[str, Asked],
    *,
    folds: int | None = None,
    near: bool = True,
    mention: Callable[[str], str] = "--{}".format,
) -> SplitOptions:
    """The options of a run from its configuration; raises ``UsageError`` that names the place of a mistake.

    ``folds`` takes the place of splits that only the configuration names.
    """
    value = {key: one.value for key, one in asked.items()}
    splits = asked["splits"]
    named = splits.layer and (not folds or splits.place == mention("splits"))
    return make_options(
        splits.value if named else None,
        seed=value["seed"],
        group_by=value["group-by"],
        stratify_by=value["stratify-by"],
        time_by=value["time-by"],
        balance=value["balance"],
        folds=folds,
        near=near,
        mention=lambda key: asked[key].place if key in asked else mention(key),
    )
