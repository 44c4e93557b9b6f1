"""What the rules that look at all rows together cost beside a bare parse of the same bytes.

    python benchmarks/dataset_rules.py FILE [--pairs 3] [--against FILE] [--production FILE] [--each]

FILE is JSON Lines, plain or compressed. Every dataset rule runs, near-duplicates and those for information too; the
rules about splits run because a tenth of the rows, those whose number ends in 7, are given as the test set. LEK004 and
the rules about drift run with ``--against`` and ``--production``. A pair is the bare parse and the lint in wall time,
one after the other in one process; peak memory is that of a fresh process. ``--each`` measures the rules one by one.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import orjson

import ftprep
from benchmarks.throughput import ROWS_KEPT, inflated, peak_megabytes
from ftprep.rules import all_rules


def bare_parse(data: bytes) -> float:
    """Wall seconds to parse every line with orjson, keeping the rows of a shard."""
    lines = data.split(b"\n")
    started = time.perf_counter()
    for first in range(0, len(lines), ROWS_KEPT):
        rows = [orjson.loads(line) for line in lines[first : first + ROWS_KEPT] if line]
        del rows
    return time.perf_counter() - started


def lint(folder: Path, options: Mapping[str, Any]) -> tuple[float, ftprep.Report]:
    """Wall seconds of one lint in one process, and its report."""
    started = time.perf_counter()
    report = ftprep.lint(str(folder), isolated=True, jobs=1, **options)
    return time.perf_counter() - started, report


def dataset_codes(options: Mapping[str, Any]) -> list[str]:
    """The dataset rules that can run with the files that were given."""
    codes = [code for code, rule in all_rules().items() if rule.scope == "dataset" and code != "FTP001"]
    probe = ftprep.lint([{"prompt": "a", "completion": "b"}], isolated=True, select=["ALL"], **options)
    return [code for code in codes if code not in {one.code for one in probe.not_run}]


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--production", type=Path)
    parser.add_argument("--each", action="store_true", help="measure each rule by itself")
    given = parser.parse_args()
    data = inflated(given.file)
    options: dict[str, Any] = {"profile": "thorough"}
    if given.against is not None:
        options["against"] = str(given.against)
    if given.production is not None:
        options["against_production"] = str(given.production)
    codes = dataset_codes(options)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [line for line in data.split(b"\n") if line.strip()]
        for split, kept in (("train", False), ("test", True)):
            mine = [line for number, line in enumerate(lines) if (number % 10 == 7) == kept]
            (folder / f"{split}.jsonl").write_bytes(b"\n".join([*mine, b""]))
        if given.each:
            parse = statistics.median(bare_parse(data) for _ in range(3))
            for code in codes:
                seconds, report = lint(folder, {**options, "select": [code]})
                print(f"{code}  {seconds / parse:6.1f} × parse  {len(report.findings):,} findings", flush=True)
            return
        chosen = {**options, "select": codes}
        lint(folder, {**chosen, "select": codes[:1]})  # modules and vocabulary are loaded
        ratios, walls = [], []
        for _ in range(given.pairs):
            parse = bare_parse(data)
            seconds, report = lint(folder, chosen)
            walls.append(seconds)
            ratios.append(seconds / parse)
        print(f"{report.record_count:,} rows, {len(codes)} dataset rules: {' '.join(codes)}")
        print(f"wall {statistics.median(walls):.1f} s, {statistics.median(ratios):.1f} × the bare parse", end="")
        print(f" ({min(ratios):.1f} to {max(ratios):.1f}, {given.pairs} pairs)")
        print(f"peak memory {peak_megabytes(folder, chosen):.0f} MB; {len(report.findings):,} findings")


if __name__ == "__main__":
    main()
