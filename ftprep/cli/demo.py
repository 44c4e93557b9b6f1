"""``ftprep demo``: lint the sample that comes with ftprep, so that the first minute needs no data."""

from __future__ import annotations

from pathlib import Path

import click

from ftprep.cli.terminal import complain, make_style, write
from ftprep.errors import InputError

SAMPLE = "sample_data"
SHOWN = ("support_export.jsonl",)


@click.command("demo")
def command() -> int:
    """Lint the sample that comes with ftprep, with the ordinary output. Exits with 0 although there is much to find."""
    from ftprep.api import run_job
    from ftprep.config_file import shown_path
    from ftprep.job import open_job
    from ftprep.output import renderer

    folder = sample_folder()
    complain(f"this is `ftprep lint` on a sample of invented rows, in {shown_path(folder)}")
    job = open_job([folder / name for name in SHOWN], {}, isolated=True)
    for source, name in zip(job.sources, SHOWN, strict=True):
        source.name = f"{SAMPLE}/{name}"
    report = run_job(job)
    write(renderer("full")(report, make_style()))
    return 2 if report.verdict.exit_code == 2 else 0


def sample_folder() -> Path:
    """Where the sample is: inside an installed package, beside the package in a checkout."""
    package = Path(__file__).parent.parent
    for folder in (package / SAMPLE, package.parent / SAMPLE):
        if (folder / SHOWN[0]).is_file():
            return folder
    raise InputError(f"the sample is missing: there is no {SAMPLE} in {package}")
