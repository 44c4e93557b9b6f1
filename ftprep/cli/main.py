"""The command ``ftprep``. A command's module is imported when the command is used, not before."""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem

from ftprep import __version__
from ftprep.cli.terminal import complain, prepare_streams, write
from ftprep.errors import FtprepError, UsageError, did_you_mean
from ftprep.text.snippet import quote

COMMANDS = {
    "lint": "Check files.",
    "convert": "Write rows in another format, or for a target.",
    "prepare": "Fix, clean and split rows.",
    "split": "Share rows out to training, validation and test files.",
    "rule": "Explain one rule, or list all.",
    "formats": "List the formats, or say which one a file has.",
    "targets": "List platforms and trainers, or show what one takes.",
    "schema": "Print a JSON Schema.",
    "config": "Show the resolved settings and where each came from.",
    "restore": "Put redacted values back, by their map.",
    "baseline": "Make findings known, and count or forget known ones.",
    "init": "Write a configuration file after a look at the data.",
    "completions": "Print what a shell needs to complete words.",
    "demo": "Lint the sample that comes with ftprep.",
}
ALIASES = {"check": "lint", "explain": "rule"}

WELCOME = """\
ftprep finds what is wrong with fine-tuning data before you pay for training.

  ftprep demo               see it work on a small sample
  ftprep lint data/         check your own files
  ftprep rule CHT003        what a rule means and how to settle it
  ftprep formats FILE       which format a file has, and why

All commands: ftprep --help
"""

FAILED, INTERRUPTED = 2, 130


class Ftprep(click.Group):
    """The group of all commands; turns every error into one sentence and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = ALIASES.get(cmd_name, cmd_name)
        if name not in COMMANDS:
            return None
        command = importlib.import_module(f"ftprep.cli.{name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not ctx.resilient_parsing:  # a shell that completes words is told nothing
            refuse_unknown(args[0], list(COMMANDS), ALIASES)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command and leave the process with its exit code; without ``standalone_mode`` return the code."""
        prepare_streams()
        # Looking for plugins, pydantic would read the metadata of every installed package at each start.
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
        # numpy would start a thread per core for linear algebra, of which there is none here.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        code = self._code(args, prog_name, complete_var, extra)
        if standalone_mode:
            sys.exit(code)
        return code

    def _code(
        self, args: Sequence[str] | None, prog_name: str | None, complete_var: str | None, extra: dict[str, Any]
    ) -> int:
        try:
            result = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except FtprepError as error:
            complain(str(error))
            return FAILED
        except click.Abort:
            return INTERRUPTED
        except click.ClickException as error:
            complain(_sentence(error))
            return FAILED
        except (KeyboardInterrupt, EOFError):
            return INTERRUPTED
        except Exception as error:
            complain(_bug(error))
            return FAILED
        return result if isinstance(result, int) else 0


def refuse_unknown(word: str, known: Sequence[str], aliases: Iterable[str] = ()) -> None:
    """Raise ``UsageError`` with the nearest name for a command that there is not."""
    if word not in known and word not in aliases and not word.startswith("-"):
        near = did_you_mean(word, [*known, *aliases]) or "; known: " + ", ".join(known)
        raise UsageError(f"no such command {quote(word)}{near}")


def _sentence(error: click.ClickException) -> str:
    """What click has to say, in the form of all other complaints."""
    if isinstance(error, click.NoSuchOption):
        context = error.ctx
        known = [name for one in (context.command.params if context else []) for name in one.opts]
        return f"no such option `{error.option_name}`{did_you_mean(error.option_name, known)}"
    if (
        isinstance(error, click.BadParameter)
        and error.param is not None
        and not isinstance(error, click.MissingParameter)
    ):
        return f"{max(error.param.opts, key=len)}: {_quoted(error.message.strip().rstrip('.'))}"
    message = _quoted(error.format_message().strip().rstrip("."))
    return message[:1].lower() + message[1:]


def _quoted(message: str) -> str:
    """click's quotes as ours: 'x' becomes `x`."""
    quoted = re.sub(r"(?<!\w)'([^'`]*)'(?!\w)", r"`\1`", message)
    return re.sub(r" is not a valid integer( range)?$", " is not a whole number", quoted)


def _bug(error: Exception) -> str:
    """A bug of ours in one sentence without any text of the data: where it happened, and what kind it is."""
    if isinstance(error, ModuleNotFoundError):
        return f"the Python package `{error.name}` is missing: install ftprep again"
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{one.filename.rsplit('ftprep', 1)[-1].lstrip('/')}:{one.lineno}" for one in frames[-3:]]
    return f"internal error: {type(error).__name__} at {' < '.join(reversed(places))}; please report it"


@click.group(
    "ftprep",
    cls=Ftprep,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="ftprep %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Lint fine-tuning data: SFT, DPO and RFT rows, checked before you pay for training."""
    if context.invoked_subcommand is None:
        write([WELCOME])
