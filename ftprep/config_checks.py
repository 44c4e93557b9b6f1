"""Checks of single values of a configuration, as far as they need more than a type."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ftprep.config_file import shown_path
from ftprep.errors import UsageError, nearest_path
from ftprep.selection import canonical
from ftprep.text.snippet import quote

AUTO = "auto"  # a target: all of them are asked


class Value(NamedTuple):
    """A resolved value and where it came from."""

    value: Any
    origin: str


class Layer(NamedTuple):
    """What was said in one place. ``folder`` is what relative paths in it are relative to."""

    origin: str
    folder: Path
    values: Mapping[str, Any]
    mention: Callable[[str], str]
    """How an error names a key of the layer: ``--select``, ``FTPREP_SELECT``, ``ftprep.toml: `select```."""


def checked(key: str, value: Any, layer: Layer) -> Any:
    """Check a single value as far as that needs more than its type."""
    try:
        if key == "format":
            from ftprep.formats.format import format_named

            return format_named(value).name
        if key == "target":
            from ftprep.targets.target import target_named

            return AUTO if value.strip().lower() == AUTO else target_named(value).name
    except UsageError as error:
        raise UsageError(f"{layer.mention(key)}: {error}") from None
    if key == "ner-model":
        from ftprep.privacy.names import checked_model

        return checked_model(value, layer.folder, layer.mention(key))
    if key in ("against", "against-production"):
        return tuple(reference_path(key, one, layer.folder, layer.mention) for one in value)
    if key == "baseline":
        return str(layer.folder / value) if layer.folder != Path.cwd() else value
    if key == "tokenizer" or (key == "response-format" and not value.lstrip().startswith("{")):
        path = layer.folder / value
        if not os.path.isfile(path):
            raise UsageError(
                f"{layer.mention(key)}: there is no file {quote(shown_path(path), 200)}{nearest_path(shown_path(path))}"
            )
        return str(path) if layer.folder != Path.cwd() else value
    return value


def reference_path(key: str, value: str, folder: Path, mention: Callable[[str], str]) -> str:
    """Where a file, folder or glob of rows to compare with stands; rows that are written out stay as they are."""
    if value.lstrip().startswith("{"):
        return value
    path = folder / value
    if not glob.has_magic(str(value)) and not os.path.lexists(path):
        raise UsageError(
            f"{mention(key)}: there is no file {quote(shown_path(path), 200)}{nearest_path(shown_path(path))}"
        )
    return str(path) if folder != Path.cwd() else value


def counting_model(values: dict[str, Value], layers: Sequence[Layer]) -> str | None:
    """Fill in the training context of the model and return it; None for a model of the target without vocabulary.

    Raises ``UsageError`` for a model of which nothing is known.
    """
    from ftprep.text.models import context_limit, encoding_for_model

    model: str | None
    model = values["model"].value
    if model is None:
        return None
    limit = context_limit(model)
    if limit is None and values["tokenizer"].value is None:
        try:
            encoding_for_model(model)
        except UsageError as error:
            if _trained_by_target(model, values["target"].value):
                return None  # rows are counted with the default vocabulary, which the header names
            place = next(one.mention("model") for one in reversed(layers) if "model" in one.values)
            raise UsageError(f"{place}: {error}") from None
    if limit is not None and values["max-tokens"].value is None:
        values["max-tokens"] = Value(limit, f"model {model}")
    return model


def _trained_by_target(model: str, target: str | None) -> bool:
    from ftprep.targets.target import load_target

    if target in (None, AUTO):
        return False
    return load_target(str(target)).model(model) is not None


def prefix_of(word: str, place: str) -> str:
    """The code or prefix that ``word`` stands for; raises ``UsageError`` that begins with ``place``."""
    try:
        return canonical(word)
    except UsageError as error:
        raise UsageError(f"{place}: {error}") from None


def check_selectors(words: Iterable[str], place: str) -> None:
    """Raise ``UsageError`` that begins with ``place`` for a word that selects no rule."""
    for word in words:
        prefix_of(word, place)
