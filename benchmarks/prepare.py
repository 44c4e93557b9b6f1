"""What `ftprep prepare` takes beside `ftprep lint` of the same file, in time and memory.

    python benchmarks/prepare.py FILE [--runs 3] [--jobs 1] [-- OPTIONS OF PREPARE]

FILE is what both commands take. Each run is a fresh process of each command, one after the other, in turn, with their
defaults, so start-up is in both; the ratio is that of wall times within a run. `prepare` lints the rows twice, before
and after writing, so for many rows at least 2 is to be expected.
Peak memory is the largest of a process and its children.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

MEASURED = """
import resource, sys
from ftprep.cli.main import main
sys.argv = ["ftprep", *sys.argv[1:]]
try:
    code = main()
except SystemExit as end:
    code = end.code
own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(f"\\n{code or 0} {max(own, children)}")
"""


class Cost(NamedTuple):
    """Wall seconds and peak megabytes of one command."""

    seconds: float
    megabytes: float


def cost(arguments: Sequence[str]) -> Cost:
    """Run a command in a process of its own; an exit code of 2 ends the benchmark."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("FTPREP_")}
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *arguments], capture_output=True, text=True, check=False, env=environment
    )
    seconds = time.perf_counter() - started
    try:
        code, peak = (int(word) for word in done.stdout.rsplit("\n", 2)[-2].split())
    except (IndexError, ValueError):
        code, peak = 2, 0
    if code == 2:
        sys.exit(f"ftprep {' '.join(arguments)}: {done.stderr.strip()}")
    return Cost(seconds, peak / (1024 if sys.platform != "darwin" else 1024 * 1024))


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", default="1")
    parser.add_argument("options", nargs="*", help="options of prepare, behind --")
    arguments = parser.parse_args()
    running = ["--isolated", "--jobs", arguments.jobs, "--no-progress", "-q"]
    ratios = []
    for run in range(1, arguments.runs + 1):
        with tempfile.TemporaryDirectory() as folder:
            lint = cost(["lint", str(arguments.file), *running])
            out = ["--out", f"{folder}/out"]
            prepare = cost(["prepare", str(arguments.file), *out, *running, *arguments.options])
        ratios.append(prepare.seconds / lint.seconds)
        print(
            f"run {run}: lint {lint.seconds:.1f} s, {lint.megabytes:.0f} MB; prepare {prepare.seconds:.1f} s, "
            f"{prepare.megabytes:.0f} MB; {ratios[-1]:.2f} times the time, "
            f"{prepare.megabytes / lint.megabytes:.2f} times the memory",
            flush=True,
        )
    print(f"prepare / lint: median {statistics.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}")


if __name__ == "__main__":
    main()
