"""Where the time of a lint goes: microseconds of CPU per row by stage, and each as a multiple of a bare parse.

    python benchmarks/stages.py FILE [--runs 5] [--profile standard] [--select CODES] [--max-tokens N] [--rules]

FILE is JSON Lines, plain or compressed. A stage is a few functions of ftprep; the time of one is counted without
that of the stages it calls. Everything is warm before the clock starts, as in throughput.py. Read the last column:
the parse runs within the same lint, so the multiples hold where the machine's speed drifts.

With --rules, a second table tells the rules apart: what the screen of each takes, what its checks and its tally, and
how many rows its screen lets through. What several rules ask for (``Shard.once``) stands apart, by the function.
"""

from __future__ import annotations

import argparse
import functools
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from throughput import inflated, lint

import ftprep
from ftprep import api
from ftprep.engine.inspection import Inspection
from ftprep.io.chunk import Chunk
from ftprep.io.lines import LinesSource
from ftprep.record import Record
from ftprep.rule import CalibratedRule, DatasetRule, RecordRule
from ftprep.rules import all_rules
from ftprep.selection import Selection
from ftprep.shard import Shard
from ftprep.token_columns import TokenColumns

REST = "the rest"


class Stopwatch:
    """Counts CPU seconds by stage; what runs inside another stage is that stage's alone."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._open = [REST]
        self._since = time.process_time()

    def reset(self) -> None:
        """Forget what was counted."""
        self.seconds.clear()
        self._since = time.process_time()

    def enter(self, stage: str) -> None:
        """Count for ``stage`` from now on."""
        self._charge()
        self._open.append(stage)

    def leave(self) -> None:
        """Count for the stage around the current one again."""
        self._charge()
        self._open.pop()

    def _charge(self) -> None:
        now = time.process_time()
        self.seconds[self._open[-1]] += now - self._since
        self._since = now

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function``, whose calls count for ``stage``."""

        @functools.wraps(function)
        def call(*arguments: Any, **keywords: Any) -> Any:
            self.enter(stage)
            try:
                return function(*arguments, **keywords)
            finally:
                self.leave()

        return call

    def timed_iterator(self, stage: str, function: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        """``function``, which returns an iterator whose steps count for ``stage``."""

        @functools.wraps(function)
        def call(*arguments: Any, **keywords: Any) -> Iterator[Any]:
            items = function(*arguments, **keywords)
            step = self.timed(stage, lambda: next(items, None))
            return iter(step, None)

        return call

    def watch(self, stage: str, owner: Any, *names: str) -> None:
        """Time methods, functions or cached properties of ``owner`` under ``stage``."""
        for name in names:
            part = vars(owner)[name]
            if isinstance(part, functools.cached_property):
                part.func = self.timed(stage, part.func)
            else:
                setattr(owner, name, self.timed(stage, part))


def watch_stages(watch: Stopwatch) -> None:
    """Put a clock around every stage of a lint."""
    # Here and below methods of classes are replaced on purpose: each by itself with a clock around it.
    watch.watch("look at the head, detect the format", api, "_open_inputs")
    LinesSource._chunks = watch.timed_iterator("read and cut", LinesSource._chunks)  # type: ignore[method-assign]
    watch.watch("read and cut", Chunk, "rows")
    watch.watch("parse", Shard, "_parse")
    watch.watch("validate", Shard, "_validate")
    watch.watch("columns", Shard, "_built", "codes", "ends", "firsts", "owners", "turns", "turn_ends")
    watch.watch("encode, join, offsets", Shard, "encoded", "buffer", "lengths", "starts")
    watch.watch("duplicate-key screen", Shard, "rows_with_spare_pairs")
    watch.watch("character classes", Shard, "visible")
    watch.watch("literal screen", Shard, "literal_hits")
    watch.watch("tokens", TokenColumns, "tokens")
    watch.watch("token sums", TokenColumns, "row_tokens", "trained_tokens", "overhead", "token_bounds")
    watch.watch("record rules", Inspection, "_run_record_rule")
    watch.watch("pattern rules", Inspection, "_run_pattern_rule")
    watch.watch("other dataset rules: tables", Inspection, "_map_dataset_rule")
    for code, rule in all_rules().items():
        if issubclass(rule, DatasetRule):
            stage = "DUP001: hashes, row keys" if code == "DUP001" else "other dataset rules: tables"
            if rule.facts is None:  # the others are in the stage of Inspection._map_dataset_rule
                watch.watch(stage, rule, "map_shard")
            rule.reduce = watch.timed_iterator("dataset rules: findings", rule.reduce)  # type: ignore[method-assign]
    watch.watch("filter and sort findings", Selection, "filter")


def watch_rules(watch: Stopwatch) -> Counter[str]:
    """Put a clock around screen, checks and tally of every record rule; count the rows that are checked."""
    checked: Counter[str] = Counter()
    for code, rule in all_rules().items():
        if issubclass(rule, RecordRule):
            parts: dict[str, Any] = {
                "screen": watch.timed(f"{code} screen", rule.screen),
                "check": counted(checked, code, watch.timed_iterator(f"{code} check", rule.check)),
            }
            if issubclass(rule, CalibratedRule):
                parts["tally"] = watch.timed(f"{code} tally", rule.tally)
            for name, part in parts.items():
                setattr(rule, name, part)
    for owner in (Shard, Record):
        once = owner.once

        def shared(self: Any, function: Callable[..., Any], once: Any = once, kind: str = owner.__name__) -> Any:
            name = f"{kind.lower()}.once: {function.__module__.removeprefix('ftprep.')}.{function.__qualname__}"
            watch.enter(name)
            try:
                return once(self, function)
            finally:
                watch.leave()

        # In the place of a method, for Shard and Record alike.
        owner.once = shared  # type: ignore[method-assign,assignment]
    return checked


def counted(counts: Counter[str], key: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, whose calls are counted."""

    def call(*arguments: Any) -> Any:
        counts[key] += 1
        return function(*arguments)

    return call


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--profile", default="standard")
    parser.add_argument("--max-tokens", type=int)
    parser.add_argument("--select", help="the rules that run, for example SCH,CHT")
    parser.add_argument("--rules", action="store_true", help="tell the record rules apart")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        path.write_bytes(inflated(wanted.file))
        options: dict[str, Any] = {"profile": wanted.profile, "max_tokens": wanted.max_tokens}
        if wanted.select:
            options["select"] = wanted.select
        report = ftprep.lint(path, isolated=True, jobs=1, **options)  # warms up
        watch = Stopwatch()
        watch_stages(watch)
        checked = watch_rules(watch) if wanted.rules else Counter()
        runs: list[dict[str, float]] = []
        for _ in range(wanted.runs):
            watch.reset()
            lint(path, options)
            watch.enter(REST)
            watch.leave()
            runs.append(dict(watch.seconds))
    print_table(runs, report.record_count)
    for code, calls in sorted(checked.items()):
        print(f"{code}: {calls // wanted.runs:,} rows checked")


def print_table(runs: list[dict[str, float]], rows: int) -> None:
    """Print the median of each stage over the runs, the largest first."""
    stages = {stage for run in runs for stage in run}
    lines = [
        (
            statistics.median(run.get(stage, 0.0) for run in runs) / rows * 1e6,
            statistics.median(run.get(stage, 0.0) / run["parse"] for run in runs),
            stage,
        )
        for stage in stages
    ]
    print(f"{'stage':56} {'us/row':>7} {'x parse':>8}")
    for micros, ratio, stage in sorted(lines, reverse=True):
        print(f"{stage:56} {micros:7.2f} {ratio:8.2f}")
    whole = [sum(run.values()) for run in runs]
    parts = statistics.median(total / run["parse"] for total, run in zip(whole, runs, strict=True))
    print(f"{'sum':56} {statistics.median(whole) / rows * 1e6:7.2f} {parts:8.2f}")


if __name__ == "__main__":
    main()
