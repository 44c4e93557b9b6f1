"""Options of commands whose help has headings, and the options that several of them have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from ftprep.cli import words
from ftprep.cli.choice import Choice
from ftprep.privacy.redaction_names import SCOPES, STYLES

F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[F], F]

# Settings that configuration files know too: an option, if given, is handed to ftprep.config under this name.
SETTINGS = (
    *("select", "extend-select", "ignore", "per-file-ignores", "profile", "format", "target", "model", "tokenizer"),
    *("max-tokens", "response-format", "splits", "against", "exclude", "fail-on", "max-findings", "baseline", "jobs"),
    *("fix", "unsafe-fixes", "against-production", "pii-engine", "ner-model"),
)
# Those of the table of `prepare`, of which `split` knows the first.
SHARING = ("splits", "seed", "group-by", "stratify-by", "time-by", "balance", "holdout")
PREPARING = (
    *SHARING,
    "keep-files",
    "drop",
    "fix",
    "redact",
    "redact-scope",
    "provenance",
    "tiers",
    "to",
    "map",
    "system",
)


class Text(click.types.StringParamType):
    """Text of an option that may be repeated. Comma lists are taken apart later, also those of the environment."""

    def split_envvar_value(self, rv: str) -> tuple[str]:  # click would split at white space
        return (rv,)


class SectionedCommand(click.Command):
    """A command whose help groups the options under headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                groups.setdefault(getattr(param, "section", "Help"), []).append(record)
        for heading, rows in groups.items():
            with formatter.section(heading):
                formatter.write_dl(rows)


class SectionedOption(click.Option):
    """An option that knows its heading, and its environment variable where configuration does not read that."""

    def __init__(self, names: list[str], section: str, **attributes: Any) -> None:
        self.section = section
        name = max(names, key=len).split("/")[0].lstrip("-")
        if name not in (*SETTINGS, *PREPARING) and "envvar" not in attributes:
            attributes["envvar"] = "FTPREP_" + name.upper().replace("-", "_")
        super().__init__(names, **attributes)


def option(section: str, *names: str, help: str, **attributes: Any) -> Decorator[F]:
    """An option with one value."""
    return click.option(*names, cls=SectionedOption, section=section, help=help, **attributes)


def listed(section: str, *names: str, help: str, metavar: str, **attributes: Any) -> Decorator[F]:
    """An option that may be repeated."""
    return option(section, *names, help=help, metavar=metavar, multiple=True, type=Text(), **attributes)


def flag(section: str, *names: str, help: str) -> Decorator[F]:
    """An option that is on where it is given."""
    return option(section, *names, help=help, is_flag=True)


def switch(section: str, names: str, *, help: str) -> Decorator[F]:
    """An option that is on, off, or not said: ``--fix/--no-fix``."""
    return option(section, names, help=help, default=None)


def together(*decorators: Decorator[Any]) -> Decorator[F]:
    """Several options as one decorator, in the order in which help shows them."""

    def decorate(command: F) -> F:
        for one in reversed(decorators):
            command = one(command)
        return command

    return decorate


def given_settings(options: Mapping[str, Any], keys: tuple[str, ...] = SETTINGS) -> dict[str, Any]:
    """The options that were given, under the names of configuration keys."""
    given: dict[str, Any] = {}
    for key in keys:
        value = options[key.replace("-", "_")]
        if value not in (None, ()):
            given[key] = int(value) if key == "jobs" and value.isascii() and value.isdigit() else value
    return given


def redaction(section: str, help: str, *, by_click: bool) -> Decorator[F]:
    """The options about values that are replaced. Variables are read ``by_click`` or, as settings, by ftprep.config."""
    variables: dict[str, dict[str, str]] = {
        name: {"envvar": f"FTPREP_{name}"} if by_click else {} for name in ("REDACT", "REDACT_SCOPE")
    }
    return together(
        option(section, "--redact", type=Choice(STYLES), help=help, **variables["REDACT"]),
        option(
            section,
            "--redact-scope",
            type=Choice(SCOPES),
            help="Within what the same value gets the same placeholder (default: conversation).",
            **variables["REDACT_SCOPE"],
        ),
        option(section, "--redact-seed", default="", metavar="TEXT", help="Secret that made-up values depend on."),
        option(
            section,
            "--redact-map",
            metavar="PATH",
            help="A new file, for your eyes alone, that `ftprep restore` takes.",
        ),
    )


FOLDER: Decorator[Any] = together(
    option("Output", "--out", metavar="FOLDER", help="Folder to write, new or empty."),
    flag("Output", "--overwrite", help="Replace what is in the folder, in one step."),
    flag("Output", "--dry-run", help="Write nothing; print what would come out."),
    flag("Output", "-q", "--quiet", help="Print nothing when all went well."),
    flag("Output", "--no-progress", help="Show no progress."),
)
"""The options of commands that write a folder."""

SHARES: Decorator[Any] = together(
    option(
        "Splits",
        "--splits",
        metavar="SHARES",
        help="Shares of train, validation and test (default 0.9,0.05,0.05), or by name: train=0.9,test=0.1.",
    ),
    switch(
        "Splits",
        "--balance/--no-balance",
        help="Meet shares, numbers of rows (train=rest,test=500) and strata exactly. Rows that are added later may "
        "move old ones, unless --keep-split is given.",
    ),
    option(
        "Splits",
        "--stratify-by",
        metavar="POINTER|label",
        help="What every split should have its share of (default: labels, where answers are labels).",
    ),
    listed(
        "Splits",
        "--group-by",
        metavar="POINTER",
        help="Rows with one value here are never in two splits: /metadata/customer_id; repeatable.",
    ),
    listed(
        "Splits",
        "--holdout",
        metavar="FILE",
        shell_complete=words.complete_path,
        help="Existing evaluation files: rows that belong to theirs are left out; repeatable.",
    ),
    option("Splits", "--seed", type=int, metavar="N", help="Another seed, another split (default 0)."),
    option("Splits", "--time-by", metavar="POINTER", help="Hold out the latest rows, by the date here."),
    option(
        "Splits",
        "--keep-split",
        metavar="MANIFEST",
        shell_complete=words.complete_path,
        help="Keep rows where an earlier run put them.",
    ),
)
"""The options that say where rows go."""

RUNNING: Decorator[Any] = together(
    option("Running", "--jobs", metavar="N|auto", help="Number of processes."),
    listed(
        "Running",
        "--config",
        metavar="PATH|'KEY = VALUE'",
        help="A configuration file instead of the nearest one, or one setting; repeatable.",
    ),
    flag("Running", "--isolated", help="Read no configuration file."),
)
"""The options about the run itself."""
