"""``ftprep.convert``: the verb of Python, over the same conversion as the command's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ftprep.conversion.conversation import Note, Row
from ftprep.conversion.converter import parse_mapping
from ftprep.conversion.goal import goal_named
from ftprep.conversion.run import Conversion, Refused, open_conversion
from ftprep.errors import FtprepError, UsageError


class LossyConversion(FtprepError):
    """With ``strict``, that something would be lost; ``conversion`` says what."""

    def __init__(self, message: str, conversion: Conversion) -> None:
        super().__init__(message)
        self.conversion = conversion


@dataclass(frozen=True, slots=True)
class Converted:
    """What came of a conversion.

    ``rows`` are the rows written, None where they went into a file. ``losses`` are things that the format written
    cannot say, ``changes`` those that it says in another way, ``refused`` the rows that were not written.
    """

    format: str
    read: int
    written: int
    rows: list[Row] | None
    losses: tuple[Note, ...]
    changes: tuple[Note, ...]
    refused: tuple[Refused, ...]
    problems: tuple[str, ...]


def convert(
    data: Any,
    *,
    to: str,
    output: str | os.PathLike[str] | None = None,
    format: str | None = None,
    model: str | None = None,
    map: Mapping[str, str] | str | None = None,
    system: str | None = None,
    strict: bool = False,
) -> Converted:
    """Write rows in another format, or as a platform or trainer wants them. Never prints and never exits.

    ``data`` is a path, a folder, a glob or a list of them; or rows: a list of dicts, an iterator of dicts, a pandas
    DataFrame or a Hugging Face Dataset. ``to`` names a target or a format. Without ``output`` the rows are returned;
    with it they go into that file, which is written whole or not at all. ``map`` renames columns first, as
    {"prompt": "question"}; ``system`` is a system prompt for rows that have none.

    With ``strict``, a loss or a row that cannot be converted raises :class:`LossyConversion`, and nothing is written.
    Raises :class:`~ftprep.errors.UsageError` for rows that cannot become what ``to`` asks for.
    """
    from ftprep.io.discover import open_sources

    goal = goal_named(to, model)
    mapping = parse_mapping([map]) if isinstance(map, str) else dict(map or {})
    opened = open_sources(data)
    conversion = open_conversion(
        opened.sources, goal, format=format, mapping=mapping, system=system, problems=opened.problems
    )
    try:
        rows: list[Row] | None = None
        if output is None:
            rows = list(conversion.rows())
            _check(conversion, strict)
        else:
            from ftprep.conversion.writing import NewFile, check_container

            path = os.fspath(output)
            check_container(path, goal, conversion.format)
            check_inputs(path, conversion)
            with NewFile(path, conversion.lines(), bom=goal.dialect(conversion.format).byte_order_mark) as new:
                _check(conversion, strict)
                new.keep()
    finally:
        conversion.close()
    return Converted(
        conversion.format,
        conversion.read,
        conversion.written,
        rows,
        tuple(conversion.losses),
        tuple(conversion.changes),
        tuple(conversion.refused),
        tuple(conversion.problems),
    )


def _check(conversion: Conversion, strict: bool) -> None:
    if strict and not conversion.exact:
        raise LossyConversion(told(conversion), conversion)


def told(conversion: Conversion) -> str:
    """In one sentence, why a strict conversion wrote nothing."""
    found = [str(one) for one in conversion.losses]
    if conversion.refused:
        first = conversion.refused[0]
        rows = f"{len(conversion.refused):,} rows" if len(conversion.refused) > 1 else "1 row"
        found.insert(0, f"{rows} cannot be converted, the first at line {first.line:,}: {first.reason}")
    found += conversion.problems
    return f"nothing was written, because {conversion.format} would lose something: {'; '.join(found[:5])}"


def check_inputs(path: str, conversion: Conversion) -> None:
    """Raise where the output is one of the inputs."""
    for part in conversion.parts:
        if os.path.exists(part.source.name) and os.path.exists(path) and os.path.samefile(part.source.name, path):
            raise UsageError(f"--output: `{path}` is an input; write to another file")
