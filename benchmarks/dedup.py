"""Near-duplicates: recall and precision against all pairs, and time beside other libraries.

    python benchmarks/dedup.py FILE [--rows 20000] [--thresholds 0.8,0.7]
    python benchmarks/dedup.py FILE --speed [--rows 50000] [--pairs 5] [--only parse,bulk]
    python benchmarks/dedup.py FILE --large [--rows 1000000]
    python benchmarks/dedup.py --boilerplate [--rows 8000]

FILE is JSON Lines of chat rows, plain or .gz. The truth is the similarity of every two sets of shingles that share
anything, from a product of sparse matrices, without any of the shortcuts. With ``--speed`` each contender is a process
of its own that reads the rows and tells how many have a near-duplicate; ours and one other run in turn, and the median
of the ratios of their times is printed. ``--large`` prints time and peak memory of ours for many rows: those of FILE,
and then again with their words in another order. ``--boilerplate`` does for rows that share 100 words of 120.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from ftprep.near.join import Engine

BLOCK = 4096
PERMUTATIONS = 128
THRESHOLD = 0.8


def rows_of(path: Path, count: int) -> list[bytes]:
    """The first lines of a file."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        return [line for line, _ in zip(lines, range(count), strict=False)]


def blocks_of(path: Path) -> Iterator[list[str]]:
    """Each row of a chat file as one text, some rows at a time."""
    with path.open("rb") as lines:
        while block := list(islice(lines, BLOCK)):
            yield [
                "\n".join([str(turn.get("content") or "") for turn in orjson.loads(line)["messages"]]) for line in block
            ]


def texts_of(path: Path) -> list[str]:
    """Each row of a chat file as one text."""
    return list(chain.from_iterable(blocks_of(path)))


# --- ours -------------------------------------------------------------------------------------------------------------


def sets_of(blocks: Iterable[list[str]]) -> tuple[Any, Any]:
    """The row of each set of shingles, and the sets; those of one class of length never share anything with others."""
    import numpy as np

    from ftprep.engine.table import Ragged, TableBuilder
    from ftprep.near.shingles import make_sets, shingle
    from ftprep.near.words import find_words, hash_words

    builder, count = TableBuilder(), 0
    for block in blocks:
        buffer = b"\xff".join([*map(str.encode, block), b""])
        words = find_words(buffer, block)
        lengths = np.bincount(words.texts, minlength=len(block)).astype(np.int64)
        none = np.zeros(len(block), dtype=np.uint64)
        rows, _, sets = shingle(hash_words(words), words.texts, lengths, none)
        builder.add({"row": rows + count, "shingles": Ragged(sets.sizes, sets.hashes)})
        count += len(block)
    table = builder.build()
    return table["row"], make_sets(*table.ragged["shingles"])


def groups_of(sets: Any, frame: Any, threshold: float, engine: Engine) -> Any:
    """The group of each set."""
    import numpy as np

    from ftprep.near.join import join
    from ftprep.near.survivors import peel

    count = len(sets.starts) - 1
    # Equal sets stand for one, as equal rows do in a lint, where they are DUP001's.
    sums = np.add.reduceat(sets.hashes, sets.starts[:-1])
    order = np.argsort(sums, kind="stable")
    new = np.concatenate((np.ones(min(count, 1), dtype=np.bool_), sums[order][1:] != sums[order][:-1]))
    found = np.empty(count, dtype=np.int64)
    found[order] = order[np.maximum.accumulate(np.where(new, np.arange(count), 0))]
    alone = np.zeros(count, dtype=np.uint64)
    chosen, left = peel(sets, frame, alone, threshold, found == np.arange(count))
    groups = np.arange(count)
    groups[chosen] = chosen[join(left, threshold, engine).groups]
    return groups[found]


def run_ours(path: Path, engine: Engine) -> int:
    """Rows that are in a group with another, by this project's engine."""
    import numpy as np

    from ftprep.near.survivors import frame_of

    owners, sets = sets_of(blocks_of(path))
    frame = frame_of(sets.hashes, max(200, (int(owners[-1]) + 1) // 50))
    groups = groups_of(sets, frame, THRESHOLD, engine)
    crowded = np.bincount(groups)[groups] > 1
    rows = np.zeros(int(owners[-1]) + 1, dtype=np.bool_)
    rows[owners[crowded]] = True
    return int(rows.sum())


def run_lint(path: Path) -> int:
    """The findings of the rule DUP002 in a whole lint, which also says which words differ."""
    import ftprep

    return len(ftprep.lint(path, isolated=True, select=["DUP002"], rules={"near-duplicate": {"threshold": THRESHOLD}}))


# --- the others, as their documentation calls them --------------------------------------------------------------------


def shingles_of(text: str) -> set[str]:
    """Runs of three words, as one writes it in Python."""
    words = text.lower().split()
    return {" ".join(words[at : at + 3]) for at in range(max(len(words) - 2, 1))}


def run_parse(path: Path) -> int:
    """Nothing but reading and parsing."""
    lines = path.read_bytes().splitlines()
    for at in range(0, len(lines), BLOCK):
        rows = [orjson.loads(line) for line in lines[at : at + BLOCK]]
        del rows
    return len(lines)


def _in_pairs(signatures: list[Any]) -> int:
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    paired: set[int] = set()
    for number, own in enumerate(signatures):
        others = index.query(own)
        if others:
            paired.add(number)
            paired.update(others)
        index.insert(number, own)
    return len(paired)


def run_loop(path: Path) -> int:
    """``datasketch`` with one update per shingle."""
    from datasketch import MinHash

    signatures: list[Any] = []
    for text in texts_of(path):
        own = MinHash(num_perm=PERMUTATIONS)
        for one in shingles_of(text):
            own.update(one.encode())
        signatures.append(own)
    return _in_pairs(signatures)


def run_bulk(path: Path) -> int:
    """``datasketch.MinHash.bulk`` with a fast hash function."""
    import xxhash
    from datasketch import MinHash

    sets = [[one.encode() for one in shingles_of(text)] for text in texts_of(path)]
    return _in_pairs(MinHash.bulk(sets, num_perm=PERMUTATIONS, hashfunc=xxhash.xxh32_intdigest))


def run_rensa(path: Path) -> int:
    """``rensa`` with its index; it names candidates without verifying them."""
    # Not a dependency, and without types: mypy says the one or the other, depending on whether it is installed.
    from rensa import RMinHash, RMinHashLSH  # type: ignore[import-untyped,import-not-found,unused-ignore]

    index = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=16)
    paired: set[int] = set()
    for number, text in enumerate(texts_of(path)):
        own = RMinHash(num_perm=PERMUTATIONS, seed=42)
        own.update(list(shingles_of(text)))
        others = index.query(own)
        if others:
            paired.add(number)
            paired.update(others)
        index.insert(number, own)
    return len(paired)


def run_text_dedup(path: Path) -> int:
    """The command line of ``text-dedup``; returns the rows that it removed."""
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.jsonl"
        rows.write_bytes(b"".join(orjson.dumps({"text": text}) + b"\n" for text in texts_of(path)))
        data = ["--path", "json", "--data_files", str(rows), "--split", "train", "--column", "text"]
        how = ["--ngram", "3", "--min_length", "1", "--num_perm", str(PERMUTATIONS), "--threshold", str(THRESHOLD)]
        fast = ["--hash_func", "xxh3", "--hash_bits", "32", "--num_proc", "1", "--batch_size", "10000"]
        places = ["--output", str(Path(folder) / "out"), "--cache_dir", str(Path(folder) / "cache")]
        arguments = [*data, *how, *fast, *places]
        done = subprocess.run(
            [sys.executable, "-m", "text_dedup.minhash", *arguments], capture_output=True, text=True, errors="replace"
        )
        if done.returncode:
            raise SystemExit((done.stderr.strip().splitlines() or ["it failed"])[-1][:200])
        kept = re.search(r"After\D+(\d+)", re.sub(r"minhash\.py:\d+", "", done.stdout + done.stderr))
        return len(rows.read_bytes().splitlines()) - int(kept.group(1)) if kept else -1


CONTENDERS: dict[str, tuple[Callable[[Path], int], str]] = {
    "near": (lambda path: run_ours(path, "minhash"), "numpy"),
    "exact": (lambda path: run_ours(path, "exact"), "numpy"),
    "lint": (run_lint, "numpy"),
    "parse": (run_parse, "orjson"),
    "loop": (run_loop, "datasketch"),
    "bulk": (run_bulk, "datasketch"),
    "rensa": (run_rensa, "rensa"),
    "text-dedup": (run_text_dedup, "text_dedup"),
}


def measured(name: str, path: Path) -> tuple[float, float, int, str]:
    """Wall seconds, CPU seconds, peak memory in MB and what one contender printed, of a process of its own."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([sys.executable, __file__, str(path), "--run", name], capture_output=True, text=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if done.returncode:
        raise SystemExit(f"{name}: {(done.stderr.strip().splitlines() or ['it failed'])[-1]}")
    rows, peak = done.stdout.split()
    return wall, cpu, int(peak), rows


def speed(lines: list[bytes], pairs: int, only: list[str]) -> None:
    """Print the times of all contenders beside ours."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        path.write_bytes(b"".join(lines))
        print(f"{len(lines):,} rows, {path.stat().st_size / 1e6:.1f} MB, threshold {THRESHOLD}, {pairs} pairs")
        measured("near", path)  # byte code and file cache are warm from here on
        for name in only:
            if importlib.util.find_spec(CONTENDERS[name][1]) is None:
                print(f"{name:<11} not installed")
                continue
            try:
                both = [(measured("near", path), measured(name, path)) for _ in range(pairs)]
            except SystemExit as error:
                print(f"{name:<11} {error}")
                continue
            wall = statistics.median(other[0] / own[0] for own, other in both)
            cpu = statistics.median(other[1] / own[1] for own, other in both)
            ours = statistics.median(own[0] for own, _ in both)
            theirs = statistics.median(other[0] for _, other in both)
            print(
                f"{name:<11} {theirs:6.2f} s wall, ours {ours:5.2f} s: {wall:6.2f} x wall, {cpu:6.2f} x cpu; "
                f"{both[0][1][2]:,} MB (ours {both[0][0][2]:,}); {both[0][1][3]} rows (ours {both[0][0][3]})"
            )


def large(path: Path, count: int) -> Iterator[bytes]:
    """Rows of a file, and so many more with the words of each turn in another order."""
    lines, chance = rows_of(path, count), random.Random(1)
    yield from lines
    for number in range(len(lines), count):
        row = orjson.loads(lines[number % len(lines)])
        for turn in row["messages"]:
            words = str(turn.get("content") or "").split()
            chance.shuffle(words)
            turn["content"] = " ".join(words)
        yield orjson.dumps(row) + b"\n"


def boilerplate(count: int) -> Iterator[bytes]:
    """Rows that have 100 words in common and 20 of their own."""
    frame = " ".join(f"frame{number}" for number in range(100))
    for row in range(count):
        own = " ".join(f"w{row}x{number}" for number in range(20))
        yield orjson.dumps({"messages": [{"role": "user", "content": f"{frame} {own}"}]}) + b"\n"


def alone(lines: Iterable[bytes]) -> None:
    """Print what ours takes for some rows, and a bare parse of them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        with path.open("wb") as file:
            file.writelines(lines)
        measured("parse", path)
        for name in ("parse", "near"):
            wall, cpu, peak, rows = measured(name, path)
            print(f"{name:<6} {wall:7.2f} s wall, {cpu:7.2f} s cpu, {peak:,} MB; {rows} rows")


# --- the truth --------------------------------------------------------------------------------------------------------


def quality(lines: list[bytes], thresholds: list[float]) -> None:
    """Print recall and precision against the similarity of all pairs."""
    import numpy as np

    from ftprep.near.join import merged
    from ftprep.near.minhash import banding
    from ftprep.near.survivors import frame_of

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        path.write_bytes(b"".join(lines))
        _, sets = sets_of(blocks_of(path))
    count = len(sets.starts) - 1
    frame = frame_of(sets.hashes, max(200, len(lines) // 50))
    print(f"{len(lines):,} rows, {count:,} sets, {int((~frame).sum()):,} shingles, {int(frame.sum()):,} in the frame")
    left, right, similarity = all_pairs(sets, frame, min(thresholds))
    for threshold in thresholds:
        chosen = similarity >= threshold - 1e-9
        one, other = left[chosen], right[chosen]
        truth = merged(np.arange(count), one, other)
        bands, values = banding(threshold)
        engines: tuple[Engine, ...] = ("minhash", "exact")
        for engine in engines:
            found = groups_of(sets, frame, threshold, engine)
            together = int((found[one] == found[other]).sum())
            grouped = np.bincount(found)[found] > 1
            right_ones = int((truth[found] == truth)[grouped].sum())
            print(
                f"J >= {threshold}, {engine}{f' {bands} x {values}' if engine == 'minhash' else ''}: {together:,} of "
                f"{len(one):,} pairs (recall {together / max(len(one), 1):.4f}), {right_ones:,} of "
                f"{int(grouped.sum()):,} grouped sets (precision {right_ones / max(int(grouped.sum()), 1):.4f})"
            )


def all_pairs(sets: Any, frame: Any, least: float) -> tuple[Any, Any, Any]:
    """All pairs of sets at least so similar, and their similarity: what any two have in common is counted."""
    import numpy as np

    # scipy comes with datasketch, and without types.
    from scipy import sparse  # type: ignore[import-untyped]

    owners, hashes = sets.owners[~frame], sets.hashes[~frame]
    count = len(sets.starts) - 1
    _, columns = np.unique(hashes, return_inverse=True)
    matrix = sparse.csr_matrix((np.ones(len(columns), np.int32), (owners, columns)), shape=(count, columns.max() + 1))
    sizes = np.bincount(owners, minlength=count)
    turned = matrix.T.tocsr()
    parts = []
    for at in range(0, count, 500):
        common = (matrix[at : at + 500] @ turned).tocoo()
        left, right = common.row + at, common.col
        similarity = common.data / (sizes[left] + sizes[right] - common.data)
        chosen = (left < right) & (similarity >= least - 1e-9)
        parts.append((left[chosen], right[chosen], similarity[chosen]))
    left, right, similarity = (np.concatenate(column) for column in zip(*parts, strict=True))
    return left, right, similarity


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--thresholds", default="0.8,0.7")
    parser.add_argument("--speed", action="store_true", help="times beside other libraries, without the truth")
    parser.add_argument("--large", action="store_true", help="time and memory for a million rows")
    parser.add_argument("--boilerplate", action="store_true", help="time and memory for rows of one template")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--only", default="parse,lint,exact,loop,bulk,rensa,text-dedup")
    parser.add_argument("--run", choices=CONTENDERS, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.boilerplate:
        alone(boilerplate(wanted.rows or 8_000))
    elif wanted.file is None:
        parser.error("which FILE?")
    elif wanted.large:
        alone(large(wanted.file, wanted.rows or 1_000_000))
    elif wanted.run:
        # glibc keeps freed memory for the next array once a block so large was freed. In a lint the buffers of files
        # are such blocks; here every contender starts with one.
        bytearray((1 << 25) - (1 << 13))
        rows = CONTENDERS[wanted.run][0](wanted.file)
        print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    elif wanted.speed:
        speed(rows_of(wanted.file, wanted.rows or 50_000), wanted.pairs, wanted.only.split(","))
    else:
        quality(rows_of(wanted.file, wanted.rows or 20_000), [float(one) for one in wanted.thresholds.split(",")])


if __name__ == "__main__":
    main()
