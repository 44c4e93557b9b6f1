"""Escapes that a string literal swallowed: ``\\beta`` written where backslash-b is a backspace."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

LETTERS = {"\a": "a", "\b": "b", "\f": "f", "\v": "v", "\r": "r", "\t": "t"}
"""Control characters, each with the letter that makes it after a backslash."""

# How the commands of LaTeX go on behind the swallowed letter: those that are beginnings, and those that are whole.
_BEGINNINGS = {
    "\a": ("lpha", "pprox"),
    "\b": ("eta", "egin", "ullet", "oldsymbol", "inom"),
    "\f": ("orall",),
    "\v": ("arepsilon", "dots"),
    "\t": ("ext{",),
}
_WHOLE = {
    "\a": ("ngle",),
    "\b": ("ar", "mod", "ig"),
    "\f": ("rac", "lat"),
    "\v": ("ec", "ert"),
    "\r": ("ight",),
    "\t": ("imes", "frac"),
}
# These are words, or beginnings of a column, as well: they count in a text with other mathematics only.
_DOUBTFUL = {"\r": ("ho", "angle"), "\t": ("heta", "au")}
_MATHEMATICS = re.compile(r"\\[a-zA-Z]{2,}|\$[^$\n]+\$|[_^]\{|[\a\b\f\v]")

WORDS = tuple(
    control + word for table in (_BEGINNINGS, _WHOLE, _DOUBTFUL) for control, words in table.items() for word in words
)
"""Literals of which every text with a swallowed escape holds one."""


def swallowed_escapes(text: str) -> list[int]:
    """The places of control characters in ``text`` that were a backslash and a letter, ascending."""
    certain, doubtful = _patterns()
    places = [match.start() for match in certain.finditer(text)]
    if places or _MATHEMATICS.search(text):
        places += [match.start() for match in doubtful.finditer(text)]
    return sorted(places)


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    def alternatives(table: Mapping[str, tuple[str, ...]], end: str) -> list[str]:
        return [f"{control}(?:{'|'.join(map(re.escape, words))}){end}" for control, words in table.items()]

    whole = r"(?![a-zA-Z])"
    certain = [*alternatives(_BEGINNINGS, ""), *alternatives(_WHOLE, whole)]
    return re.compile("|".join(certain)), re.compile("|".join(alternatives(_DOUBTFUL, whole)))
