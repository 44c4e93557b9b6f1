"""``ftprep restore``: the way back from redacted files."""

from __future__ import annotations

import click

from ftprep.cli.terminal import complain
from ftprep.text.snippet import quote


@click.command("restore")
@click.argument("path", metavar="FILE")
@click.option("--map", "map_path", required=True, metavar="MAP", help="The file that --redact-map named.")
def command(path: str, map_path: str) -> int:
    """Put the values back into FILE, in place: it is then what it was before `lint` or `prepare` redacted it."""
    from ftprep.fixing.restore import restore

    places = restore(path, map_path)
    complain(f"{quote(path, 200)}: {places:,} {'value' if places == 1 else 'values'} put back")
    return 0
