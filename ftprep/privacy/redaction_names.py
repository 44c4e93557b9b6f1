"""What stands in the place of values: numbered placeholders, or made-up values from reserved ranges."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Literal, NamedTuple

Style = Literal["placeholder", "surrogate"]
Scope = Literal["conversation", "dataset"]
STYLES: tuple[Style, ...] = ("placeholder", "surrogate")
SCOPES: tuple[Scope, ...] = ("conversation", "dataset")

PLACEHOLDER = re.compile(r"<([A-Z][A-Z0-9_]*)_([1-9][0-9]{0,8})>")


class Manner(NamedTuple):
    """How values are replaced: by what, within what the same value is named alike, and the seed of made-up values."""

    style: Style = "placeholder"
    scope: Scope = "conversation"
    seed: str = ""


def manner_of(style: Style | None, scope: Scope | None, seed: str) -> Manner:
    """How values are replaced where some of it was said."""
    return Manner(style or STYLES[0], scope or SCOPES[0], seed)


class Names:
    """The names of the values of one conversation, or of a whole dataset.

    Equal normal forms have one name. ``<EMAIL_1>`` is numbered in the order in which :meth:`of` is asked, and numbers
    that the data uses already are left out.
    """

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._names: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._used: defaultdict[str, set[int]] = defaultdict(set)
        self._next: defaultdict[str, int] = defaultdict(lambda: 1)

    def reserve(self, text: str) -> None:
        """Leave out the placeholders that ``text`` holds already."""
        if "<" in text:
            self.reserve_all(PLACEHOLDER.findall(text))

    def reserve_all(self, placeholders: Iterable[tuple[str, str]]) -> None:
        """Leave out placeholders, each given as its kind and its number."""
        for kind, number in placeholders:
            self._used[kind].add(int(number))

    def of(self, kind: str, normal: str, written: str) -> str:
        """The name of the value ``normal``, which is ``written`` so where it is to be replaced."""
        if self._manner.style == "surrogate":
            from ftprep.privacy.redaction_surrogates import surrogate

            kind = self._kinds.setdefault(normal, kind)
            made = surrogate(kind, normal, written, self._manner.seed)
            if made is not None:
                return made
        known = self._names.get(normal)
        if known is None:
            number = self._next[kind]
            while number in self._used[kind]:
                number += 1
            self._next[kind] = number + 1
            self._used[kind].add(number)
            known = self._names[normal] = f"<{kind}_{number}>"
        return known
