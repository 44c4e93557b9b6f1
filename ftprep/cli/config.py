"""``ftprep config``: every resolved setting, and where it came from."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

import click

from ftprep.cli import words
from ftprep.cli.choice import Choice
from ftprep.cli.terminal import write
from ftprep.errors import UsageError, did_you_mean
from ftprep.text.snippet import escape


@click.command("config")
@click.argument("key", required=False, shell_complete=words.complete_key)
@click.option(
    "--config", "config", multiple=True, metavar="PATH|'KEY = VALUE'", envvar="FTPREP_CONFIG", help="As in lint."
)
@click.option("--isolated", is_flag=True, envvar="FTPREP_ISOLATED", help="Read no configuration file.")
@click.option(
    "--output",
    type=Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How it is written.",
)
def command(key: str | None, config: tuple[str, ...], isolated: bool, output: str) -> int:
    """Show the settings that hold in this folder, and where each came from. KEY shows one, or one table."""
    from ftprep.config import DEFAULTS, resolve
    from ftprep.config_file import common_config
    from ftprep.job import split_config

    file, inline = split_config(config, isolated)
    if file is None and not isolated:
        file = common_config([])
    resolved = resolve({}, file=file, inline=inline, environment=os.environ)
    values: Mapping[str, Any] = resolved.values
    if key is not None:
        if key.split(".", 1)[0] not in DEFAULTS:
            raise UsageError(f"no setting is named `{key}`{did_you_mean(key, DEFAULTS)} (`ftprep config` lists them)")
        values = {name: one for name, one in values.items() if name == key or name.startswith(f"{key}.")}
        if key.startswith("rules."):
            values = {**_rule_defaults(key), **values}
    if output == "json":
        shown = {name: {"value": one.value, "from": one.origin} for name, one in values.items()}
        write([json.dumps(shown, indent=2, ensure_ascii=False), "\n"])
    else:
        write(_table(values))
    return 0


def _rule_defaults(key: str) -> dict[str, Any]:
    """The defaults of the options that ``rules.<rule>`` or ``rules.<rule>.<option>`` names."""
    from ftprep.config_checks import Value
    from ftprep.rules import rule_named

    rule = rule_named(key.split(".")[1])
    found = {f"rules.{rule.name}.{name}": Value(one.default, "default") for name, one in rule.options.items()}
    return {name: one for name, one in found.items() if name == key or name.startswith(f"{key}.")}


def _table(values: Mapping[str, Any]) -> Iterator[str]:
    said = {
        name: "-" if one.value in (None, ()) else json.dumps(one.value, ensure_ascii=False)
        for name, one in values.items()
    }
    names = max(map(len, values), default=0)
    widest = max(map(len, said.values()), default=0)
    for name, one in values.items():
        yield escape(f"{name:<{names}}  {said[name]:<{min(widest, 40)}}  {one.origin}") + "\n"
