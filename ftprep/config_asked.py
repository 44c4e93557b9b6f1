"""What `prepare` and `split` are asked for, by all layers of the configuration together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ftprep.config_checks import prefix_of, reference_path
from ftprep.config_prepare import DEFAULTS, TIERS, USUAL_DROPS
from ftprep.config_words import anchored, named_parts, split_words
from ftprep.errors import UsageError, did_you_mean
from ftprep.text.snippet import quote

TABLE = "prepare"
LEVELS = ("error", "warning", "info")
KEEP_ALL = "none"
_WORDS = ("drop", "fix")
SHARED_OUT = ("splits", "balance", "stratify-by", "time-by", "group-by")
_EXCLUSIVE = (
    ("time-by", "balance"),
    ("time-by", "stratify-by"),
    *(("keep-files", one) for one in SHARED_OUT),
)


class Asked(NamedTuple):
    """A value of the table, how an error names its place, and the number of the layer that said it (0: default)."""

    value: Any
    place: str
    layer: int = 0


def environment_name(key: str) -> str:
    """The variable of a key: ``FTPREP_SEED``; of words that mean something else to `lint`, ``FTPREP_PREPARE_FIX``."""
    word = key.upper().replace("-", "_")
    return f"FTPREP_PREPARE_{word}" if key in ("splits", "fix") else f"FTPREP_{word}"


def plain_prepare(given: Mapping[str, Any], mention: Callable[[str], str]) -> dict[str, Any]:
    """Bring arguments and texts of variables into the types of the table."""
    values: dict[str, Any] = {}
    for key, value in given.items():
        place = mention(f"{TABLE}.{key}")
        if value is None or value == ():
            continue
        if key in _WORDS:
            value = split_words(value)
        elif key == "seed" and isinstance(value, str):
            if not value.removeprefix("-").isdecimal() or len(value) > 18:
                raise UsageError(f"{place} is {quote(value)}; a whole number is due")
            value = int(value)
        elif key == "holdout":
            value = [os.fspath(one) for one in ([value] if isinstance(value, str | os.PathLike) else value)]
        elif key in ("group-by", "splits") and isinstance(value, Iterable) and not isinstance(value, str | Mapping):
            value = list(value)
        elif key == "tiers" and not isinstance(value, Mapping):
            table: dict[str, list[str]] = {}
            for name, pattern in named_parts([value] if isinstance(value, str) else value, place):
                if name not in TIERS:
                    raise UsageError(
                        f"{place}: unknown tier {quote(name)}{did_you_mean(name, TIERS)}; {', '.join(TIERS)} are"
                    )
                table.setdefault(name, []).append(pattern)
            value = table
        elif key == "map" and not isinstance(value, Mapping):
            from ftprep.conversion.converter import parse_mapping

            value = parse_mapping([value] if isinstance(value, str) else list(value))
        values[key] = value
    return values


def checked_key(key: str, value: Any, folder: Path, mention: Callable[[str], str]) -> Any:
    """A value of the table as far as its type does not say all; raises ``UsageError`` that names the key."""
    place = mention(f"{TABLE}.{key}")
    if key == "splits":
        from ftprep.splitting.shares import parse_shares

        parse_shares(value, place)
    elif key == "holdout":
        named = [value] if isinstance(value, str) else value
        value = tuple(reference_path(f"{TABLE}.{key}", one, folder, mention) for one in named)
    elif key == "group-by":
        value = (value,) if isinstance(value, str) else tuple(value)
    elif key in _WORDS:
        value = tuple(split_words(value))
        known = (*LEVELS, KEEP_ALL, *USUAL_DROPS) if key == "drop" else ()
        for word in value:
            if word not in known:
                prefix_of(word, place)
        if KEEP_ALL in value and len(set(value)) > 1:
            other = next(one for one in value if one != KEEP_ALL)
            raise UsageError(f"{place}: `{KEEP_ALL}` and {quote(other)} exclude each other")
    elif key == "tiers":
        value = {
            name: tuple(
                os.path.normpath(anchored(one, folder)) for one in ([globs] if isinstance(globs, str) else globs)
            )
            for name, globs in value.items()
        }
    elif key == "map" and isinstance(value, str):
        from ftprep.conversion.converter import parse_mapping

        value = parse_mapping([value])
    return value


def without_beaten(asked: Mapping[str, Asked]) -> dict[str, Asked]:
    """``asked`` without what a higher layer excludes: `--time-by` beats a `stratify-by` of the configuration."""
    found = dict(asked)
    for pair in _EXCLUSIVE:
        if all(one in found and found[one].layer for one in pair):
            low, high = sorted(pair, key=lambda one: found[one].layer)
            if found[low].layer < found[high].layer:
                found[low] = Asked(DEFAULTS[low], found[low].place)
    return found
