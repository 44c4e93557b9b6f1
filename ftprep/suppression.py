"""Exceptions that a row carries itself: ``{"_ftprep": {"ignore": ["TXT006"], "why": "teaches refusals"}}``.

The key is taken out of a row before anything else looks at it, so that it changes neither the detected format nor
what rules see. What it hides is hidden in :mod:`ftprep.selection`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from ftprep.errors import did_you_mean
from ftprep.pointer import escape_token
from ftprep.text.snippet import json_type, quote

if TYPE_CHECKING:
    from ftprep.finding import Finding
    from ftprep.record import Ref

KEY = "_ftprep"
MARK = b'"_ftprep"'
"""What stands in the bytes of every row that has the key; the cheap question that comes first."""
POINTER = f"/{KEY}"
FIELDS = ("ignore", "why")
MAX_WORDS = 100
"""Words that one key may hold. Nobody means more by hand, and each is compared with every finding of its row."""
_OWN = "FTP"  # rules about this key itself and about crashes


class Problem(NamedTuple):
    """What is wrong with a key, and where in the row."""

    pointer: str
    message: str


class Suppression(NamedTuple):
    """The rules that a row's key hides, as they were written, word by word.

    ``listed`` says that they stand in a list, one by one; else they are words of one string. ``encoded`` says that
    the whole key is JSON inside a string, as in a cell of a CSV file.
    """

    words: tuple[str, ...]
    listed: bool = True
    encoded: bool = False

    def pointer(self, number: int) -> str:
        """The pointer to one word, or to what it stands in."""
        if self.encoded:
            return POINTER
        return f"{POINTER}/ignore/{number}" if self.listed else f"{POINTER}/ignore"


def take_keys(raws: Sequence[bytes], rows: Sequence[Any]) -> dict[int, Any]:
    """Remove the key from the parsed ``rows``, whose bytes are ``raws``; return its values by number of the row.

    A table gives every row the column: null and an empty cell say nothing, and are left out.
    """
    taken = {}
    for index, raw in enumerate(raws):
        # Asked of each row, so that a key written with escapes is the same to every cut of the data: none.
        if MARK in raw and type(rows[index]) is dict:
            value = rows[index].pop(KEY, None)
            if value is not None and value != "":
                taken[index] = value
    return taken


def read_key(value: Any) -> tuple[Suppression | None, list[Problem]]:
    """What the value of the key means, and what is wrong with its form; unknown words are looked for elsewhere.

    A key without a reason, or without rules, hides nothing.
    """
    encoded = isinstance(value, str)
    if encoded:
        with contextlib.suppress(ValueError):
            value = orjson.loads(value)
    if not isinstance(value, Mapping):
        return None, [Problem(POINTER, f"`{KEY}` is {json_type(value)}; an object with `ignore` and `why` is due")]

    def at(field: str) -> str:
        return f"{POINTER}/{escape_token(field)}" if field in value and not encoded else POINTER

    unknown = [key for key in value if key not in FIELDS]
    problems = [Problem(at(key), f"unknown field {quote(key)}{did_you_mean(key[:80], FIELDS)}") for key in unknown[:3]]
    why, ignore = value.get("why"), value.get("ignore")
    if not isinstance(why, str) or not why.strip():
        said = "is missing" if "why" not in value else "is blank" if isinstance(why, str) else f"is {json_type(why)}"
        problems.append(Problem(at("why"), f"`why` {said}; without a reason nothing is hidden"))
    words: tuple[str, ...] = ()
    if isinstance(ignore, str):
        words = tuple(word for word in re.split(r"[,\s]+", ignore) if word)
    elif isinstance(ignore, list) and all(isinstance(word, str) for word in ignore):
        words = tuple(ignore)
    elif "ignore" in value:
        kind = "holds more than strings" if isinstance(ignore, list) else f"is {json_type(ignore)}"
        problems.append(Problem(at("ignore"), f"`ignore` {kind}; a list of rules is due"))
        return None, problems
    if len(words) > MAX_WORDS:
        problems.append(Problem(at("ignore"), f"`ignore` holds {len(words):,} words; at most {MAX_WORDS} are due"))
        return None, problems
    if not words:
        problems.append(Problem(at("ignore"), f"`ignore` is {'empty' if 'ignore' in value else 'missing'}"))
    sound = bool(words) and isinstance(why, str) and bool(why.strip())
    return Suppression(words, isinstance(ignore, list), encoded) if sound else None, problems


def key_schema() -> dict[str, Any]:
    """The JSON Schema of the key, for editors that check rows."""
    words = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": MAX_WORDS}
    return {
        "description": "Findings of ftprep that this row means to have.",
        "anyOf": [
            {
                "type": "object",
                "properties": {
                    "ignore": {
                        "description": "Rules to hide: codes, prefixes of codes or names.",
                        "anyOf": [words, {"type": "string", "pattern": "[^,\\s]"}],
                    },
                    "why": {"description": "The reason.", "type": "string", "pattern": "\\S"},
                },
                "required": list(FIELDS),
                "additionalProperties": False,
            },
            {"type": "null"},
        ],
    }


class Noted(NamedTuple):
    """A row with the key, as it travels from where it was read: what became of the row (``State``), what is hidden."""

    ref: Ref
    state: int
    suppression: Suppression


class Suppressions:
    """The keys of all rows of a run: which findings they hide, and which of them hid nothing."""

    def __init__(self) -> None:
        self._rows: dict[Ref, tuple[int, Suppression]] = {}
        self._used: dict[Ref, int] = {}  # a bit per word
        self._known: dict[Suppression, Suppression] = {}
        self._prefixes: dict[str, str | None] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, noted: Iterable[Noted], lines: int = 0) -> None:
        """Take what a shard noted; ``lines`` are those before it."""
        for ref, state, suppression in noted:
            # Mostly the same few words again and again: each is kept once.
            suppression = self._known.setdefault(suppression, suppression)
            self._rows[ref._replace(line=ref.line + lines)] = (state, suppression)

    def hides(self, finding: Finding) -> bool:
        """Whether the row of a finding hides it. Related rows have no say."""
        row = self._rows.get(finding.ref)
        if row is None:
            return False
        used = 0
        for number, word in enumerate(row[1].words):
            prefix = self._prefix(word)
            if prefix is not None and finding.code.startswith(prefix):
                used |= 1 << number
        if used:
            self._used[finding.ref] = self._used.get(finding.ref, 0) | used
        return bool(used)

    def unused(self, ran: Iterable[str]) -> Iterator[tuple[Ref, Suppression, tuple[int, ...]]]:
        """Rows whose keys hide something that is not there: the row, its key, and the numbers of those words.

        ``ran`` are the codes that ran. Of a word only what is sure is said: every rule that it means has looked at
        the row, and none of them depends on what other rows are read with it.
        """
        from ftprep.engine.states import has_seen
        from ftprep.rule import CalibratedRule
        from ftprep.rules import all_rules

        codes, rules = set(ran), all_rules()
        judged: dict[tuple[str, int], bool] = {}

        def is_judged(prefix: str, state: int) -> bool:
            key = (prefix, state)
            if key not in judged:
                # Findings about a file as a whole are not a row's to hide.
                meant = [rule for code, rule in rules.items() if code.startswith(prefix) and rule.scope != "file"]
                judged[key] = not prefix.startswith(_OWN) and all(
                    rule.code in codes
                    and rule.scope == "record"
                    and not issubclass(rule, CalibratedRule)
                    and has_seen(rule, state)
                    for rule in meant
                )
            return judged[key]

        for ref, (state, suppression) in self._rows.items():
            used = self._used.get(ref, 0)
            idle = []
            for number, word in enumerate(suppression.words):
                prefix = self._prefix(word)
                if not used >> number & 1 and prefix is not None and is_judged(prefix, state):
                    idle.append(number)
            if idle:
                yield ref, suppression, tuple(idle)

    def _prefix(self, word: str) -> str | None:
        if word not in self._prefixes:
            from ftprep.rules import prefix_meant

            self._prefixes[word] = prefix_meant(word)
        return self._prefixes[word]
