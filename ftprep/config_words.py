"""Words as people write them on a command line or in a call, brought into the types of a configuration file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from glob import escape as escape_glob
from pathlib import Path
from typing import Any

from ftprep.allowance import split_allowances
from ftprep.errors import UsageError, did_you_mean
from ftprep.finding import Severity
from ftprep.text.snippet import quote

SELECTORS = ("select", "extend-select", "ignore")
FIX_SELECTORS = ("extend-safe-fixes", "extend-unsafe-fixes")


def split_words(value: Any) -> Any:
    """Turn "SCH,CHT" and ["SCH,CHT", "TOK"] into lists of single words; other types come back as they are."""
    if isinstance(value, str):
        return [word for word in re.split(r"[,\s]+", value) if word]
    if isinstance(value, Iterable) and not isinstance(value, Mapping):
        parts = [split_words(one) if isinstance(one, str) else [one] for one in value]
        return [word for part in parts for word in part]
    return value


def split_globs(value: Any) -> Any:
    """Turn "a/*,b/*" into a list of globs, which may hold white space."""
    if isinstance(value, str | os.PathLike):
        value = [value]
    if not isinstance(value, Iterable) or isinstance(value, Mapping):
        return value
    parts = [os.fspath(one).split(",") if isinstance(one, str | os.PathLike) else [one] for one in value]
    return [part for one in parts for part in one if part]


def split_paths(value: Any) -> Any:
    """Turn "a.jsonl,b.jsonl" into a list of paths; a text that begins with a brace holds rows, and stays whole."""
    if isinstance(value, str | os.PathLike):
        value = [value]
    if not isinstance(value, Iterable) or isinstance(value, Mapping):
        return value
    paths: list[Any] = []
    for one in value:
        text = os.fspath(one) if isinstance(one, os.PathLike) else one
        is_list = isinstance(one, str) and not one.lstrip().startswith("{")
        paths += [part.strip() for part in one.split(",") if part.strip()] if is_list else [text]
    return paths


def split_file_ignores(value: Any, place: str) -> Any:
    """Turn "GLOB:CODES" texts into a table: "a/*:CHT,TUL001,b/*:SCH" has two globs."""
    if isinstance(value, str):
        value = [value]
    if isinstance(value, Mapping):
        return {str(glob): split_words(words) for glob, words in value.items()}
    if not isinstance(value, Iterable):
        return value
    table: dict[str, list[str]] = {}
    for text in value:
        pattern = ""
        for part in str(text).split(","):
            before, colon, word = part.rpartition(":")
            if colon:
                pattern = before.strip()
            if not pattern or not word.strip():
                raise UsageError(f"{place}: {quote(text)} is not of the form GLOB:CODES")
            table.setdefault(pattern, []).append(word.strip())
    return table


def split_sets(value: Any, place: str) -> Any:
    """Turn "train=a.jsonl,test=b/*.jsonl" and lists of such texts into a table; a part without a name goes on."""
    from ftprep.inputs import SPLIT_WORDS

    if isinstance(value, Mapping):
        pairs = [(str(name), one) for name, globs in value.items() for one in split_globs(globs) or ()]
    elif isinstance(value, str) or not isinstance(value, Iterable):
        pairs = named_parts([value], place)
    else:
        pairs = named_parts(value, place)
    table: dict[str, list[Any]] = {}
    for name, glob in pairs:
        split = SPLIT_WORDS.get(name.lower())
        if split is None:
            known = ("train", "validation", "test")
            raise UsageError(f"{place}: unknown split {quote(name)}{did_you_mean(name, known)}; {', '.join(known)} are")
        table.setdefault(split, []).append(glob)
    return table


def named_parts(texts: Iterable[Any], place: str) -> list[tuple[str, str]]:
    """Turn "train=a.jsonl,b.jsonl" and lists of such texts into pairs of name and path."""
    pairs: list[tuple[str, str]] = []
    for text in texts:
        name = ""
        for part in (one.strip() for one in str(text).split(",")):
            before, equals, glob = (one.strip() for one in part.partition("="))
            if equals:
                name = before
            if part and not (name and (glob if equals else part)):
                raise UsageError(f"{place}: {quote(part)} is not of the form NAME=PATH")
            if part:
                pairs.append((name, glob if equals else part))
    return pairs


def plain_values(given: Mapping[str, Any], mention: Callable[[str], str]) -> dict[str, Any]:
    """Bring arguments into the types that a configuration file has."""
    values: dict[str, Any] = {}
    for key, value in given.items():
        if value is None:
            continue
        if key in SELECTORS or key in FIX_SELECTORS:
            value = split_words(value)
        elif key == "exclude":
            value = split_globs(value)
        elif key in ("against", "against-production"):
            value = split_paths(value)
        elif key == "per-file-ignores":
            value = split_file_ignores(value, mention(key))
        elif key == "splits":
            value = split_sets(value, mention(key))
        elif key == "max-findings":
            value = split_allowances(value, mention(key))
        elif key == "severity" and isinstance(value, Mapping):
            value = {code: one.label if isinstance(one, Severity) else one for code, one in value.items()}
        elif key == "fail-on" and isinstance(value, Severity):
            value = value.label
        elif key in ("tokenizer", "response-format", "baseline") and isinstance(value, os.PathLike):
            value = os.fspath(value)
        elif key == "rules" and isinstance(value, Mapping):
            value = {str(rule): dict(table) if isinstance(table, Mapping) else table for rule, table in value.items()}
        values[key] = value
    return values


def anchored(pattern: str, folder: Path) -> str:
    """Make a glob that names a folder absolute; one without a slash stays as it is, and matches at any depth."""
    stem = pattern.rstrip("/")
    if "/" not in stem and os.sep not in stem:
        return stem
    return stem if os.path.isabs(stem) else f"{escape_glob(folder.as_posix()).rstrip('/')}/{stem.removeprefix('./')}"
