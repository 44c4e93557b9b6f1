"""Runs the examples that rules carry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

import ftprep
from ftprep.report import Report
from ftprep.rule import Example, Rule


def example_bytes(example: Example) -> bytes:
    """The file that an example stands for."""
    if example.file is not None:
        return example.file
    return b"".join(_line(row) + b"\n" for row in example.rows)


def _line(row: Any) -> bytes:
    if isinstance(row, bytes):
        return row
    return row.encode("utf-8", "surrogatepass") if isinstance(row, str) else orjson.dumps(row)


def lint_example(rule: type[Rule], example: Example, folder: Path, **settings: Any) -> Report:
    """Lint an example with its rule alone, whatever the rule's default."""
    path = folder / example.name
    path.write_bytes(example_bytes(example))
    return ftprep.lint(
        [path, *write_beside(example, folder)],
        select=[rule.code],
        format=example.format,
        rules={rule.name: dict(example.options)},
        isolated=True,
        **{**dict(example.settings), **settings},
    )


def write_beside(example: Example, folder: Path) -> list[Path]:
    """Write the further files of an example."""
    paths = []
    for name, rows in example.beside.items():
        paths.append(folder / name)
        paths[-1].write_bytes(b"".join(_line(row) + b"\n" for row in rows))
    return paths


def fix_example(rule: type[Rule], example: Example, folder: Path, data: bytes | None = None) -> tuple[Report, bytes]:
    """Apply all fixes of a rule to its example, or to ``data``; the report, and the bytes that come out."""
    path = folder / example.name
    path.write_bytes(example_bytes(example) if data is None else data)
    report = ftprep.fix(
        [path, *write_beside(example, folder)],
        unsafe=True,
        select=[rule.code],
        format=example.format,
        rules={rule.name: dict(example.options)},
        isolated=True,
        **dict(example.settings),
    )
    return report, path.read_bytes()
