"""``ftprep completions``: the script by which a shell completes words."""

from __future__ import annotations

import click

from ftprep.cli.terminal import write
from ftprep.errors import UsageError, did_you_mean
from ftprep.text.snippet import quote


def _shells() -> list[str]:
    from click import shell_completion

    # PowerShell came with click 8.5.
    return [name for name in ("bash", "zsh", "fish", "powershell") if shell_completion.get_completion_class(name)]


@click.command(
    "completions",
    epilog='bash: eval "$(ftprep completions bash)" in ~/.bashrc. zsh: the same with zsh in ~/.zshrc. '
    "fish: ftprep completions fish > ~/.config/fish/completions/ftprep.fish.",
)
@click.argument("shell", metavar="SHELL", shell_complete=lambda *_: _shells())
def command(shell: str) -> int:
    """Print what a shell needs to complete words.

    SHELL is bash, zsh, fish or powershell. Commands, options, codes of rules and formats are completed.
    """
    from click.shell_completion import get_completion_class

    from ftprep.cli.main import main

    known = _shells()
    if shell not in known:
        near = did_you_mean(shell, known) or f"; known: {', '.join(known)}"
        raise UsageError(f"unknown shell {quote(shell)}{near}")
    kind = get_completion_class(shell)
    assert kind is not None
    write([kind(main, {}, "ftprep", "_FTPREP_COMPLETE").source()])
    return 0
