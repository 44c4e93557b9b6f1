"""How large each split is meant to be: shares of the rows, numbers of rows, or what is left."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ftprep.config_prepare import USUAL_SPLITS
from ftprep.errors import UsageError, did_you_mean
from ftprep.inputs import SPLIT_WORDS
from ftprep.output.figures import count
from ftprep.text.snippet import quote

NAMES = ("train", "validation", "test")
REST = "rest"
_SHARE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*%|(0?\.\d+|1\.0*|0|1)")
_COUNT = re.compile(r"[1-9]\d{0,11}")

Size = float | int | None
"""A share (float, 0 to 1), a number of rows (int), or None for all that the others leave."""


class Shares(NamedTuple):
    """The splits in their order with the size of each. Without counts the shares add up to 1."""

    names: tuple[str, ...]
    sizes: tuple[Size, ...]

    @property
    def counted(self) -> bool:
        """Whether any size is a number of rows."""
        return any(isinstance(size, int) for size in self.sizes)

    def of(self, rows: int) -> tuple[float, ...]:
        """The share of each split of ``rows`` rows; raises ``UsageError`` where counts ask for more than there are."""
        known = [size / max(rows, 1) if isinstance(size, int) else size for size in self.sizes]
        left = 1 - sum(size for size in known if size is not None)
        if left < -1e-9:
            asked = " + ".join(f"{size:,}" for size in self.sizes if isinstance(size, int))
            raise UsageError(f"--splits asks for {asked} rows beside the shares, and there are {rows:,}")
        return tuple(max(left, 0.0) if size is None else size for size in known)

    def __str__(self) -> str:
        words = (REST if size is None else f"{size:g}" if isinstance(size, float) else str(size) for size in self.sizes)
        return ",".join(f"{name}={word}" for name, word in zip(self.names, words, strict=True))


def parse_shares(given: object, place: str = "--splits") -> Shares:
    """Read ``0.9,0.05,0.05``, ``train=0.9,test=500``, a sequence or a mapping of them.

    Without names they are train, validation and test, or train and test where there are two. A number with a point
    or a % is a share; a whole number above 1 counts rows; ``rest`` is what the others leave. Raises ``UsageError``
    that begins with ``place``.
    """
    pairs = _pairs(given, place)
    names = [_name(name, place) for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"{place}: {twice} is given twice")
    if "train" not in names:
        raise UsageError(f"{place}: there is no train among {', '.join(names)}")
    sizes = [_size(size, name, place) for (_, size), name in zip(pairs, names, strict=True)]
    if sizes.count(None) > 1:
        raise UsageError(f"{place}: only one split can be `{REST}`")
    total = math.fsum(size for size in sizes if isinstance(size, float))
    counted = any(isinstance(size, int) for size in sizes)
    if None not in sizes and counted:
        raise UsageError(f"{place}: beside a number of rows one split has to be `{REST}`, as in train={REST},test=500")
    if None not in sizes and abs(total - 1) > 1e-6:
        raise UsageError(f"{place}: the shares add up to {total:g}; 1 is due")
    if total > 1 + 1e-6:
        raise UsageError(f"{place}: the shares add up to {total:g}; at most 1 is due")
    order = sorted(range(len(names)), key=lambda one: NAMES.index(names[one]))
    return Shares(tuple(names[one] for one in order), tuple(sizes[one] for one in order))


def _pairs(given: object, place: str) -> list[tuple[str, object]]:
    if isinstance(given, Mapping):
        return [(str(name), size) for name, size in given.items()]
    if isinstance(given, str):
        items: Sequence[object] = [part.strip() for part in given.split(",") if part.strip()]
    elif isinstance(given, Iterable):
        items = [one for part in given for one in (part.split(",") if isinstance(part, str) else (part,))]
    else:
        raise UsageError(f"{place} is {quote(str(given))}; shares such as {USUAL_SPLITS} are due")
    named = [isinstance(item, str) and "=" in item for item in items]
    if any(named):
        if not all(named):
            raise UsageError(f"{place}: either every split has a name, as in train=0.9,test=0.1, or none has")
        parts = [str(item).partition("=") for item in items]
        return [(name.strip(), size.strip()) for name, _, size in parts]
    if not 2 <= len(items) <= len(NAMES):
        raise UsageError(
            f"{place} has {count(len(items), 'share')}; two (train, test) or three are due, as in {USUAL_SPLITS}"
        )
    names = NAMES if len(items) == len(NAMES) else ("train", "test")
    return list(zip(names, items, strict=True))


def _name(word: str, place: str) -> str:
    name = SPLIT_WORDS.get(word.lower())
    if name is None:
        near = did_you_mean(word, SPLIT_WORDS) or f"; known: {', '.join(NAMES)}"
        raise UsageError(f"{place}: there is no split {quote(word)}{near}")
    return name


def _size(given: object, name: str, place: str) -> Size:
    if isinstance(given, str):
        word = given.strip().lower()
        if word == REST:
            return None
        share = _SHARE.fullmatch(word)
        if share is not None:
            return _checked(float(share[1]) / 100 if share[1] is not None else float(share[2]), given, name, place)
        if _COUNT.fullmatch(word):
            return int(word)
    elif isinstance(given, bool) or given is None:
        pass
    elif isinstance(given, int):
        if given > 1:
            return given
        return _checked(float(given), given, name, place)
    elif isinstance(given, float):
        return _checked(given, given, name, place)
    raise UsageError(f"{place}: {name} is {quote(str(given))}; a share (0.05, 5%), a number of rows or `{REST}` is due")


def _checked(share: float, given: object, name: str, place: str) -> float:
    if not 0 < share <= 1:
        raise UsageError(f"{place}: {name} is {quote(str(given))}; a share is above 0 and at most 1")
    return share
