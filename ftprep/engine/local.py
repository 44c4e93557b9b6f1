"""The local engine: one process for small inputs, a pool of processes over byte ranges for large ones."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from ftprep.engine.engine import Group, groups
from ftprep.errors import InputError
from ftprep.io.chunk import MAX_ROWS, fetched_chunk
from ftprep.shard import Shard
from ftprep.text.snippet import show_values, values_are_shown

if TYPE_CHECKING:
    from concurrent.futures import Future
    from types import FrameType

    from ftprep.engine.table import Table
    from ftprep.formats.format import Format
    from ftprep.inputs import Input
    from ftprep.io.chunk import Chunk, Range
    from ftprep.io.source import Source
    from ftprep.record import Record, Ref
    from ftprep.settings import Settings
    from ftprep.text.tokens import Tokenizer

T = TypeVar("T")

# Less work than this (2 to 3 CPU seconds) is left to one process: two gain little below it, because each needs
# some 0.6 s to start with the tokenizer loaded, and nothing at all on a busy machine.
POOL_BYTES = 64 << 20
RANGES_PER_TASK = 4
TASKS_AHEAD = 3  # per worker; bounds the memory of results that wait for their turn


class LocalEngine:
    """Runs functions over the shards of ``inputs``; ``jobs`` is the number of processes, 0 for as many as help."""

    def __init__(self, inputs: Sequence[Input], settings: Settings, jobs: int = 0) -> None:
        self._inputs = inputs
        self._settings = settings
        self._jobs = jobs
        self.problems: list[str] = []
        """Sentences about inputs that could not be read to their end."""

    @property
    def inputs(self) -> Sequence[Input]:
        """The inputs of the run, by file number."""
        return self._inputs

    def map_shards(self, function: Callable[[Shard], T]) -> Iterator[tuple[int, T]]:
        """Call ``function`` on every shard; yield (lines before, result) in reading order."""
        for one in self._inputs:
            try:
                ranges = one.source.ranges() if self._workers(one) > 1 else None
                if ranges is not None and len(ranges) > 1:
                    yield from self._pooled(one, ranges, function)
                else:
                    yield from self._serial(one, function)
            except InputError as error:  # it went away, or the disk failed: the other inputs are read all the same
                self.problems.append(str(error))

    def records(self, refs: Iterable[Ref]) -> dict[Ref, Record]:
        """Read some rows again; see :class:`~ftprep.engine.engine.Engine`."""
        wanted: defaultdict[int, list[Ref]] = defaultdict(list)
        for ref in dict.fromkeys(refs):
            wanted[ref.file].append(ref)
        found: dict[Ref, Record] = {}
        for file, places in sorted(wanted.items()):
            one = self._inputs[file]
            if one.format is None:
                continue
            raws = one.source.fetch(places)
            order = [ref for ref in sorted(places) if ref in raws]
            for first in range(0, len(order), MAX_ROWS):
                part = order[first : first + MAX_ROWS]
                chunk = fetched_chunk(file, [raws[ref] for ref in part], part)
                shard = Shard(chunk, one.format, self._settings)
                found.update((ref, shard.record(number)) for number, ref in enumerate(part))
        return found

    def group_by(self, table: Table, keys: Sequence[str], function: Callable[[Group], Iterator[T]]) -> Iterator[T]:
        """Call ``function`` on each group of at least two entries with equal ``keys``."""
        for group in groups(table, keys):
            yield from function(group)

    def _workers(self, one: Input) -> int:
        if self._jobs:
            return self._jobs
        return usable_cores() if (one.source.size or 0) >= POOL_BYTES else 1

    def _serial(self, one: Input, function: Callable[[Shard], T]) -> Iterator[tuple[int, T]]:
        tokenizer = load_tokenizer_for(self._settings)
        # Off between the shards, too: what findings have grown to would be walked again and again.
        with no_cyclic_gc():
            for chunk in one.source.chunks():
                result = function(Shard(chunk, one.format, self._settings, tokenizer))
                gc.collect(0)
                yield 0, result

    def _pooled(self, one: Input, ranges: Sequence[Range], function: Callable[[Shard], T]) -> Iterator[tuple[int, T]]:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        tasks = [ranges[at : at + RANGES_PER_TASK] for at in range(0, len(ranges), RANGES_PER_TASK)]
        workers = min(self._workers(one), len(tasks))
        start_deaf_forkserver()
        format_name = one.detection.format
        lines = 0
        with ProcessPoolExecutor(
            workers,
            mp_context=get_context("forkserver" if os.name == "posix" else "spawn"),
            initializer=_start_worker,
            initargs=(one.source, format_name, self._settings, function, values_are_shown()),
        ) as pool:
            waiting: deque[Future[list[tuple[int, Any]]]] = deque()
            following = iter(tasks)
            try:
                for task in following:
                    with ctrl_c_kept(), main_left_alone():
                        waiting.append(pool.submit(_work, task))
                    if len(waiting) >= workers * TASKS_AHEAD:
                        break
                while waiting:
                    for line_count, result in waiting.popleft().result():
                        yield lines, result
                        lines += line_count
                    with ctrl_c_kept(), main_left_alone():
                        waiting.extend(pool.submit(_work, task) for task in islice(following, 1))
            finally:
                for future in waiting:
                    future.cancel()


def start_deaf_forkserver() -> None:
    """Start the process that workers are forked from so that Ctrl-C reaches neither it nor them, only the caller.

    A worker that dies of it takes the pool down with tracebacks; the caller ends the pool in order.
    """
    if os.name != "posix":
        return
    from multiprocessing import forkserver, resource_tracker

    resource_tracker.ensure_running()  # first: at its end it lets Ctrl-C through again, whatever the mask was
    # Blocked, not ignored: a Ctrl-C of this very moment is kept for the caller, and the new process inherits the mask.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with main_left_alone():
            forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def ctrl_c_kept() -> Iterator[None]:
    """Keep a Ctrl-C for the end of the block: a pool that is left while it starts a worker loses track of it.

    A signal handler, because a mask holds for one thread only.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    kept: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda number, frame: kept.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if kept:
            before(*kept[0])


@contextmanager
def main_left_alone() -> Iterator[None]:
    """Keep processes that start in the block from running the caller's script again, which calls for all of this.

    They would do so to find what is defined there; what workers need is defined in ftprep.
    """
    main = sys.modules["__main__"].__dict__
    hidden: dict[str, Any] = {name: main[name] for name in ("__file__", "__spec__") if name in main}
    main.pop("__file__", None)
    main["__spec__"] = None
    try:
        yield
    finally:
        main.update(hidden)


def usable_cores() -> int:
    """Cores that this process may use; all of the machine's where the system does not say."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def load_tokenizer_for(settings: Settings) -> Tokenizer | None:
    """The tokenizer of a run, loaded once per process and only when rows are counted."""
    if not settings.count_tokens:
        return None
    from ftprep.text.tokens import load_tokenizer

    return load_tokenizer(settings.model, settings.tokenizer)


@contextmanager
def no_cyclic_gc() -> Iterator[None]:
    """Switch the cyclic collector off: parsed JSON has no cycles, and walking it doubles the cost of parsing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


_worker: dict[str, Any] = {}


def _start_worker(
    source: Source, format_name: str | None, settings: Settings, function: Callable[[Shard], Any], show: bool
) -> None:
    from ftprep.formats.format import format_named

    show_values(show)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # also where the fork server was running before
    format: Format | None = format_named(format_name) if format_name else None
    _worker.update(source=source, format=format, settings=settings, function=function)


def _work(task: Sequence[Range]) -> list[tuple[int, Any]]:
    """Inspect the shards of some ranges; return (newlines, result) of each."""
    tokenizer = load_tokenizer_for(_worker["settings"])  # here, where what it raises reaches the caller
    results = []
    for one in task:
        chunk: Chunk = _worker["source"].read_range(one)
        with no_cyclic_gc():
            shard = Shard(chunk, _worker["format"], _worker["settings"], tokenizer)
            results.append((chunk.line_count, _worker["function"](shard)))
    return results
