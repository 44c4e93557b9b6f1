"""From arguments to a job: which inputs, which configuration, which settings."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftprep.config import Resolved, resolve
from ftprep.config_file import common_config
from ftprep.errors import InputError, UsageError, nearest_path
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.baseline import Baseline
    from ftprep.io.source import Source

STDIN = "-"
DATASETS: Any = object()
"""In the place of data: what configuration names as datasets, or else this folder."""


@dataclass(frozen=True, slots=True)
class Job:
    """Opened inputs with the settings that hold for them.

    ``problems`` are sentences about inputs that cannot be read; the others are linted all the same. ``excluded`` is
    the number of files that were left out, ``baseline`` the known findings that are hidden. ``siblings`` are the other
    files of configured datasets, which splits are compared with.
    """

    sources: Sequence[Source]
    resolved: Resolved
    problems: Sequence[str] = ()
    excluded: int = 0
    baseline: Baseline | None = None
    siblings: Sequence[Source] = ()

    @property
    def total_bytes(self) -> int:
        """Bytes that the run will read, or 0 where that is not known: of packed files and of objects."""
        plain = all(one.probe.container == "jsonl" and not one.probe.compression for one in self.sources)
        return sum(one.size or 0 for one in self.sources) if plain else 0

    def close(self) -> None:
        """Give up the temporary files of all inputs."""
        for source in (*self.sources, *self.siblings):
            source.close()


def open_job(
    data: Any,
    given: Mapping[str, Any],
    *,
    config: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
    isolated: bool = False,
    force_exclude: bool = False,
    stdin_name: str | None = None,
    with_baseline: bool = True,
    with_siblings: bool = False,
    environment: Mapping[str, str] | None = None,
    mention: Callable[[str], str] = "--{}".format,
    origin: str = "command line",
) -> Job:
    """Find the inputs in ``data`` and the configuration that holds for them, and open them.

    ``data`` may be :data:`DATASETS`.
    ``given`` holds settings by configuration key. Without a file in ``config``, and unless ``isolated``, the nearest
    configuration file of each path is looked for; objects have none. Without ``with_baseline`` no baseline is read.
    ``with_siblings`` opens the other files of the datasets that inputs belong to, and puts files in order of their
    splits and names: of rows that are compared the first is the same, whatever the order in which files were given.
    Raises ``UsageError`` for mistakes in any of
    these and where inputs have different configuration files, ``InputError`` when nothing was found to lint.
    """
    from ftprep.io.discover import discover, open_sources

    file, inline = split_config(config, isolated, mention("config"))

    def settle() -> Resolved:
        return resolve(given, file=file, inline=inline, environment=environment, mention=mention, origin=origin)

    if data is DATASETS:
        data, file = (".",), file if file is not None or isolated else common_config(["."])
        named = settle().settings.splits
        if named:
            from ftprep.siblings import dataset_paths

            data = dataset_paths(named)
    if file is not None or isolated or not are_paths(data):
        resolved = settle()
    else:
        paths = [data] if isinstance(data, str | os.PathLike) else data
        file = common_config(_place(os.fspath(path), stdin_name) for path in paths)
        resolved = settle()
        found, _, _ = discover(paths, exclude=_left_out(resolved), force_exclude=force_exclude)
        nearest = common_config(_place(str(one.path), stdin_name) for one in found) if found else file
        if nearest != file:  # the files below a folder all have a configuration of their own
            file = nearest
            resolved = settle()
    baseline = None
    if with_baseline:
        path = baseline_path(resolved, look=not isolated and are_paths(data))
        if path is not None:
            from ftprep.baseline import load_baseline

            baseline = load_baseline(path)
    opened = open_sources(
        data,
        exclude=_left_out(resolved),
        force_exclude=force_exclude,
        stdin_name=stdin_name,
        order=_in_order if with_siblings else None,
    )
    if not opened.sources and not force_exclude:
        raise InputError(f"no file to lint: {opened.excluded:,} excluded")
    siblings: list[Source] = []
    if with_siblings and are_paths(data) and resolved.settings.splits:
        from ftprep.siblings import open_siblings

        siblings = open_siblings(opened.sources, resolved.settings.splits, _left_out(resolved))
    return Job(opened.sources, resolved, opened.problems, opened.excluded, baseline, siblings)


def _left_out(resolved: Resolved) -> tuple[str, ...]:
    """Globs of what is no data: what the user excludes, and a baseline, which may stand in a folder of data."""
    if resolved.baseline is None:
        return resolved.exclude
    return (*resolved.exclude, glob.escape(os.path.abspath(resolved.baseline)))


def baseline_path(resolved: Resolved, *, look: bool) -> Path | None:
    """The baseline that was named; else, with ``look``, the one beside the configuration file or in this folder."""
    if resolved.baseline is not None:
        return resolved.baseline
    usual = usual_baseline(resolved)
    return usual if look and os.path.isfile(usual) else None


def usual_baseline(resolved: Resolved) -> Path:
    """Where a baseline stands that nobody named: beside the nearest configuration file, else in this folder."""
    from ftprep.baseline import FILE_NAME

    return resolved.files[-1].parent / FILE_NAME if resolved.files else Path(FILE_NAME)


def are_paths(data: Any) -> bool:
    """Whether ``data`` names files rather than being the rows themselves."""
    if isinstance(data, str | os.PathLike):
        return True
    return isinstance(data, list | tuple) and bool(data) and all(isinstance(one, str | os.PathLike) for one in data)


def _in_order(name: str) -> tuple[int, str]:
    from ftprep.inputs import split_of

    return (("train", "validation", "test").index(split_of(name) or "train"), name)


def _place(path: str, stdin_name: str | None) -> str:
    """The file or folder whose configuration counts for a path; of a glob, the folder before its first wildcard."""
    if path == STDIN:
        return stdin_name or "."
    if os.path.lexists(path):
        return path
    return os.path.dirname(re.split(r"[*?\[]", path, maxsplit=1)[0]) or "."


def split_config(
    texts: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], isolated: bool, place: str = "--config"
) -> tuple[Path | None, list[str]]:
    """Tell a configuration file from texts of the form ``key = value``.

    Raises ``UsageError`` that begins with ``place`` for a missing file, for two files, and for one when ``isolated``.
    """
    file: Path | None = None
    inline: list[str] = []
    for text in [texts] if isinstance(texts, str | os.PathLike) else texts:
        path, shown = Path(text), quote(str(text), 200)
        if not os.path.isfile(path):
            if "=" not in str(text):
                near = nearest_path(text) or ", nor is it of the form `key = value`"
                raise UsageError(f"{place}: there is no file {shown}{near}")
            inline.append(str(text))
        elif isolated:
            raise UsageError(f"{place} names the file {shown}, but an isolated run reads no configuration file")
        elif file is not None:
            raise UsageError(f"{place} names {quote(str(file), 200)} and {shown}; one file can `extend` the other")
        else:
            file = path
    return file, inline
