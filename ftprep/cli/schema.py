"""``ftprep schema``: print a JSON Schema."""

from __future__ import annotations

import json

import click

from ftprep.cli import words
from ftprep.cli.terminal import write


@click.command("schema")
@click.argument("name", required=False, shell_complete=words.complete_schema)
def command(name: str | None) -> int:
    """Print a JSON Schema: of a format's rows, of ftprep.toml (config), of the report or of the list of rules.

    Without NAME, list the names.
    """
    from ftprep.schemas import schema_for, schema_names

    if name is None:
        write(f"{one}\n" for one in schema_names())
    else:
        write([json.dumps(schema_for(name), indent=2, ensure_ascii=False), "\n"])
    return 0
