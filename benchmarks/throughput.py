"""How much a whole lint costs beside a bare parse of the same bytes.

    python benchmarks/throughput.py FILE [--pairs 5] [--profile standard] [--select CODES] [--max-tokens N]
                                    [--functions]

FILE is JSON Lines, plain or compressed. Everything is warm before the clock starts: modules imported, vocabulary
loaded, bytes inflated. Each pair runs the bare parse and the lint one after the other, in CPU time of this process;
the ratio of a pair is what to trust, because a shared machine changes speed from minute to minute.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

import ftprep

ROWS_KEPT = 4096


def inflated(path: Path) -> bytes:
    """The bytes of a file, unpacked where it is compressed."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    if path.suffix == ".zst":
        import zstandard

        return zstandard.ZstdDecompressor().stream_reader(data).read()
    return data


def bare_parse(data: bytes) -> float:
    """CPU seconds to parse every line with orjson, keeping the rows of a shard, collector off."""
    lines = data.split(b"\n")
    gc.disable()
    started = time.process_time()
    for first in range(0, len(lines), ROWS_KEPT):
        rows = [orjson.loads(line) for line in lines[first : first + ROWS_KEPT] if line]
        del rows
    seconds = time.process_time() - started
    gc.enable()
    return seconds


def lint(path: Path, options: dict[str, object]) -> tuple[float, ftprep.Report]:
    """CPU seconds of one lint, and its report."""
    started = time.process_time()
    report = ftprep.lint(path, isolated=True, jobs=1, **options)
    return time.process_time() - started, report


def peak_megabytes(path: Path, options: dict[str, object]) -> float:
    """Peak resident memory of a fresh process that lints ``path``, in MB."""
    # VmHWM, because a process inherits ru_maxrss from the one that started it, and this one holds the whole file.
    program = (
        "import sys, ftprep; "
        f"ftprep.lint(sys.argv[1], isolated=True, jobs=1, **{options!r}); "
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--profile", default="standard")
    parser.add_argument("--select", help="the rules that run, for example SCH,CHT; all of the profile without it")
    parser.add_argument("--max-tokens", type=int)
    parser.add_argument("--functions", action="store_true", help="print the functions that take most of one lint")
    wanted = parser.parse_args()

    started = time.process_time()
    data = inflated(wanted.file)
    inflation = time.process_time() - started
    options: dict[str, object] = {"profile": wanted.profile}
    if wanted.max_tokens:
        options["max_tokens"] = wanted.max_tokens
    if wanted.select:
        options["select"] = wanted.select
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        path.write_bytes(data)
        cold, report = lint(path, options)  # warms up: imports, vocabulary, validators
        rows = report.record_count
        print(f"{rows:,} rows, {len(data) / 1e6:.1f} MB, {len(report.rules)} rules, {len(report)} findings")
        if wanted.functions:
            profile_lint(path, options)
            return
        ratios, warm = [], []
        for _ in range(wanted.pairs):
            parse = bare_parse(data)
            seconds, _ = lint(path, options)
            ratios.append(seconds / parse)
            warm.append(seconds)
            print(
                f"  parse {parse / rows * 1e6:5.2f} us/row   lint {seconds / rows * 1e6:6.2f} us/row   "
                f"ratio {ratios[-1]:5.1f}   {rows / seconds:8,.0f} rows/s   {len(data) / seconds / 1e6:4.0f} MB/s"
            )
        print(f"ratio: median {statistics.median(ratios):.1f}, from {min(ratios):.1f} to {max(ratios):.1f}")
        print(f"apart from that, in CPU time: inflation {inflation:.2f} s, start-up {cold - min(warm):.2f} s")
        print(f"peak memory of a fresh process {peak_megabytes(path, options):.0f} MB")


def profile_lint(path: Path, options: dict[str, object]) -> None:
    """Print where one lint spends its time, by function, under cProfile (whose own cost inflates small calls)."""
    import cProfile
    import pstats

    profiler = cProfile.Profile()
    profiler.enable()
    lint(path, options)
    profiler.disable()
    pstats.Stats(profiler, stream=sys.stdout).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    main()
