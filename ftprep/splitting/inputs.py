"""The inputs of a split: the data, and the files that are held out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ftprep.errors import InputError, UsageError
from ftprep.inputs import Input, open_input
from ftprep.io.discover import open_sources
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.io.source import Source


def open_inputs(sources: Sequence[Source], forced: str | None, first: int = 0) -> list[Input]:
    """Number the sources and look at their heads; what a file is called says nothing about where its rows go."""
    inputs = []
    for number, source in enumerate(sources, first):
        source.index = number
        inputs.append(open_input(source, forced))
        inputs[-1].split = None
    return inputs


def open_held(paths: Sequence[str | os.PathLike[str]]) -> list[Source]:
    """Open the files of ``--holdout``; raises ``InputError`` where one cannot be read."""
    if not paths:
        return []
    opened = open_sources(list(paths))
    if opened.problems:
        raise InputError("; ".join(opened.problems))
    return list(opened.sources)


def check_apart(data: Sequence[str], held: Sequence[str], folder: Path | None) -> None:
    """Raise ``UsageError`` where a held-out file is also data, or where the output would take the place of an input."""
    places = {os.path.realpath(one): one for one in data}
    twice = next((one for one in held if os.path.realpath(one) in places), None)
    if twice is not None:
        raise UsageError(f"{quote(twice, 200)} is both data and held out")
    if folder is not None:
        inside = next((name for path, name in sorted(places.items()) if Path(path).is_relative_to(folder)), None)
        if inside is not None:
            raise UsageError(f"the output folder holds an input, {quote(inside, 200)}: name another folder")


def close_all(sources: Sequence[Source]) -> None:
    """Give up the temporary files of all sources."""
    for source in sources:
        source.close()
