"""How long a command takes from nothing: fresh processes, with and without a file of 1,000 rows.

    python benchmarks/start_up.py FILE [--runs 7]

FILE is JSON Lines, plain or compressed; its first 1,000 rows are linted. The commands run in turn, so that a slow
moment of the machine meets all of them; the first line is Python alone. Byte code is compiled before the clock
starts, as it is in an installed package.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from throughput import inflated

ROWS = 1000
FTPREP = ("-m", "ftprep")
ROOT = Path(__file__).parent.parent


def run(arguments: tuple[str, ...], environment: dict[str, str]) -> tuple[float, float]:
    """Wall and CPU seconds of one Python process."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with exit code {process.returncode}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--runs", type=int, default=7)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        path.write_bytes(b"".join(inflated(wanted.file).splitlines(keepends=True)[:ROWS]))
        lint = (*FTPREP, "lint", "--isolated", "--exit-zero", str(path))
        commands = {
            "python -c pass": ("-c", "pass"),
            "ftprep --help": (*FTPREP, "--help"),
            "ftprep rule CHT003": (*FTPREP, "rule", "CHT003"),
            f"ftprep lint --profile fast, {ROWS:,} rows": (*lint, "--profile", "fast"),
            f"ftprep lint, {ROWS:,} rows": lint,
        }
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(Path(folder) / "bytecode")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for arguments in commands.values():
            run(arguments, environment)
        times = [
            {name: run(arguments, environment) for name, arguments in commands.items()} for _ in range(wanted.runs)
        ]
    print(f"{'median of ' + str(wanted.runs):40} {'wall s':>8} {'CPU s':>8}")
    for name in commands:
        wall, cpu = (statistics.median(one[name][which] for one in times) for which in (0, 1))
        print(f"{name:40} {wall:8.3f} {cpu:8.3f}")


if __name__ == "__main__":
    main()
