"""Near-duplicates: recall and precision against all pairs, and time against plain datasketch.

    python benchmarks/dedup.py FILE.jsonl --rows 5000

The truth is the similarity of all pairs of sets that share anything, computed without any of the shortcuts. With
``--speed`` the truth is left out, and the time of a documented ``datasketch`` loop over the same sets is printed.
"""

from __future__ import annotations

import argparse
import gzip
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson

from ftprep.near.join import join, merged
from ftprep.near.shingles import Sets, make_sets, shingle
from ftprep.near.survivors import frame_of, peel
from ftprep.near.words import find_words, hash_words

BLOCK = 4_096


def texts_of(path: Path, rows: int) -> list[str]:
    """The texts of the first rows of a chat file, each row as one text."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        found = [orjson.loads(line) for line, _ in zip(lines, range(rows), strict=False)]
    return ["\n".join(str(turn.get("content") or "") for turn in row["messages"]) for row in found]


def sets_of(texts: list[str]) -> Sets:
    """The sets of shingles of some texts; long rows only have one set, and the sets of one class never meet others."""
    sizes, hashes = [], []
    for at in range(0, len(texts), BLOCK):
        block = texts[at : at + BLOCK]
        buffer = b"\xff".join([*(text.encode() for text in block), b""])
        words = find_words(buffer, block, np.array([text.isascii() for text in block]))
        lengths = np.bincount(words.texts, minlength=len(block)).astype(np.int64)
        none = np.zeros(len(block), dtype=np.uint64)
        *_, sets = shingle(hash_words(words), words.texts, lengths, none)
        sizes.append(sets.sizes)
        hashes.append(sets.hashes)
    return make_sets(np.concatenate(sizes), np.concatenate(hashes))


def all_pairs(sets: Sets, frame: np.ndarray, threshold: float) -> Iterator[tuple[int, int]]:
    """Every pair of sets that is similar enough, by counting what each two have in common."""
    holders: defaultdict[int, list[int]] = defaultdict(list)
    sizes = Counter[int]()
    owners = sets.owners
    members: defaultdict[int, list[int]] = defaultdict(list)
    for owner, value in zip(owners[~frame].tolist(), sets.hashes[~frame].tolist(), strict=True):
        members[owner].append(value)
    for number, values in members.items():
        sizes[number] = len(values)
        common = Counter[int]()
        for value in values:
            common.update(holders[value])
            holders[value].append(number)
        for other, both in common.items():
            if both / (sizes[number] + sizes[other] - both) >= threshold - 1e-9:
                yield other, number


def datasketch_seconds(sets: Sets, threshold: float) -> float:
    """The time of the loop that the documentation of datasketch shows."""
    from datasketch import MinHash, MinHashLSH

    before = time.perf_counter()
    index = MinHashLSH(threshold=threshold, num_perm=128)
    for number in range(len(sets.starts) - 1):
        own = MinHash(num_perm=128)
        for value in sets.hashes[sets.starts[number] : sets.starts[number + 1]].tolist():
            own.update(value.to_bytes(8, "little"))
        index.query(own)
        index.insert(number, own)
    return time.perf_counter() - before


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--threshold", type=float, default=0.8)
    parser.add_argument("--speed", action="store_true", help="time against datasketch, without the truth")
    wanted = parser.parse_args()
    texts = texts_of(wanted.file, wanted.rows)
    before = time.perf_counter()
    sets = sets_of(texts)
    count = len(sets.starts) - 1
    shingled = time.perf_counter() - before
    print(f"{len(texts):,} rows, {count:,} sets, {len(sets.hashes):,} shingles: {shingled:.2f} s")
    frame = frame_of(sets.hashes, max(200, len(texts) // 50))
    groups = {}
    for engine in ("minhash", "exact"):
        before = time.perf_counter()
        chosen, left = peel(sets, frame, np.zeros(count, dtype=np.uint64), wanted.threshold)
        joined = join(left, wanted.threshold, engine)  # type: ignore[arg-type]
        groups[engine] = np.arange(count)
        groups[engine][chosen] = chosen[joined.groups]
        print(f"{engine}: {time.perf_counter() - before:.2f} s, {len(chosen):,} sets may have a partner")
    if wanted.speed:
        print(f"datasketch loop: {datasketch_seconds(sets, wanted.threshold):.2f} s")
        return
    pairs = np.array(list(all_pairs(sets, frame, wanted.threshold)), dtype=np.int64).reshape(-1, 2)
    truth = merged(np.arange(count), pairs[:, 0], pairs[:, 1])
    for engine, found in groups.items():
        together = int((found[pairs[:, 0]] == found[pairs[:, 1]]).sum())
        wrong = int((truth[found] != truth).sum())
        print(
            f"{engine}: {together:,} of {len(pairs):,} pairs ({together / max(len(pairs), 1):.4f}), {wrong} sets wrong"
        )


if __name__ == "__main__":
    main()
