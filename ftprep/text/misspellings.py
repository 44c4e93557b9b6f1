"""Misspelt English words, by the list of known misspellings that the package `typos` keeps.

Its program reads all texts of a shard at once from standard input, with code, maths, addresses and quotations blanked
out. It knows misspellings, not words: what is not on its list, such as names and terms, is never reported.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
from collections.abc import Mapping
from importlib import metadata
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import orjson

from ftprep.text.answers import is_answer, is_prose
from ftprep.text.function_words import language_by_words
from ftprep.text.markdown import mask_all

if TYPE_CHECKING:
    from ftprep.shard import Shard

_SECONDS = 300
_LEAST_WORDS = 5  # a shorter text shows no language
_READ = 400  # characters by which the language is told
_PLAIN = re.compile(r"[a-z]+")
_PART = re.compile(r"[A-Za-z'’-]")
_QUOTED = re.compile(r"\"[^\"\n]{1,200}\"|“[^”\n]{1,200}”|‘[^’\n]{1,200}’|(?<!\w)'[^'\n]{1,200}'(?!\w)")
_FIELD = re.compile(r"\{[^{}\n]{1,60}\}|<[^<>\n]{1,200}>|\[[^\[\]\n]{1,60}\]")
_NAME = re.compile(r"[A-Za-z0-9]*[_@#\\/][\w@#\\/]*|\w+\.\w+\S*|\w*\d\w*")
_SHORT = frozenset({"teh", "hte", "adn", "tje", "yuo"})  # other short words are often names in small letters
_FINE = frozenset({"earnt", "caesarian", "wonderous", "licker", "mena"})
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


class Misspelling(NamedTuple):
    """Characters ``start`` to ``end`` of a text, and what they may be meant for."""

    start: int
    end: int
    corrections: tuple[str, ...]


@functools.cache
def program() -> str | None:
    """The program of the installed package, never another one of that name; None without it."""
    try:
        files = metadata.files("typos") or ()
    except metadata.PackageNotFoundError:
        return None
    found = [str(one.locate()) for one in files if one.name in ("typos", "typos.exe")]
    return next((os.path.abspath(one) for one in found if os.access(one, os.X_OK)), None)


def misspellings(shard: Shard) -> Mapping[int, list[Misspelling]]:
    """The misspelt words of each English answer, by number of the text."""
    wanted = shard.once(is_answer) & shard.once(is_prose)
    numbers, lines = [], []
    for text in np.flatnonzero(wanted).tolist():
        value = shard.values[text]
        if len(value.split(None, _LEAST_WORDS)) >= _LEAST_WORDS and language_by_words(value[:_READ]) == "en":
            numbers.append(text)
            lines.append(_readable(value))
    found: dict[int, list[Misspelling]] = {}
    for line, start, word, corrections in _run(lines):
        if _PLAIN.fullmatch(word) is None or not all(map(_PLAIN.fullmatch, corrections)) or word in _FINE:
            continue
        value = lines[line]
        around = value[max(start - 1, 0) : start] + value[start + len(word) : start + len(word) + 1]
        # An apostrophe stands for letters that are left out on purpose: workin', 'tis.
        if _PART.search(around) is None and (len(word) > 3 or word in _SHORT):
            found.setdefault(numbers[line], []).append(Misspelling(start, start + len(word), corrections))
    return found


def _readable(value: str) -> str:
    """A text of the same length on one line, with blanks for all that is no prose."""
    prose = _FIELD.sub(_blank, _QUOTED.sub(_blank, mask_all(value)))
    return _CONTROLS.sub(" ", _NAME.sub(_blank, prose))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _run(lines: list[str]) -> list[tuple[int, int, str, tuple[str, ...]]]:
    """What the program finds: number of the line, place in characters, word, corrections."""
    path = program()
    if not lines or path is None:
        return []
    encoded = [line.encode() for line in lines]
    done = subprocess.run(
        [path, "--isolated", "--binary", "--format", "json", "--locale", "en", "--threads", "1", "-"],
        input=b"\n".join(encoded) + b"\n",
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    found = []
    for entry in map(orjson.loads, done.stdout.splitlines()):
        if entry.get("type") == "typo":
            line, offset = entry["line_num"] - 1, entry["byte_offset"]
            start = offset if lines[line].isascii() else len(encoded[line][:offset].decode())
            found.append((line, start, entry["typo"], tuple(entry["corrections"])))
    return found
