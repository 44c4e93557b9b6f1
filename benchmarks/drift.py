"""Drift: how often the rules speak about two parts of one file, and about two files.

``python -m benchmarks.drift FILE... [--seeds N]`` cuts each file at random into halves, and into 100, 200 and 1,000
rows against the rest, once per seed, and prints what the largest figures of DRF001, DRF002 and DRF003 are and how many
findings there were. ``--pairs A=B`` compares two files, and ``--words N`` puts a word in front of the prompts of one
half of each file. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from ftprep.drift.exchanges import request_text
from ftprep.drift.labels import joined, label_shifts, largest_move
from ftprep.drift.lengths import compare_lengths
from ftprep.drift.production import Production, load_production
from ftprep.drift.vocabulary import separation, text_of

RULES = ("DRF001", "DRF002", "DRF003")


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON Lines file, of the lists of pairs in a JSON object, or of a CSV file with text and label."""
    import csv
    import gzip

    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return [{"prompt": row["text"], "completion": row["category"]} for row in csv.DictReader(file)]
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        data = json.loads(text)
        if isinstance(data, dict):
            return [{"prompt": text, "completion": label} for pairs in data.values() for text, label in pairs]
        return list(data)
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def production_of(rows: list[dict[str, Any]]) -> Production:
    """What the rules know of some rows."""
    return load_production(("\n".join(map(json.dumps, rows)),))


def figures(rows: list[dict[str, Any]], others: list[dict[str, Any]]) -> dict[str, float]:
    """The figures of the three rules for two sets of rows, and 1 for each rule that speaks."""
    import ftprep

    here, there = production_of(rows), production_of(others)
    found: dict[str, float] = {}
    for part in ("request", "answer"):
        one, other = (getattr(side, part) for side in (here, there))
        shift = compare_lengths(one[one >= 0], other[other >= 0])
        if shift is not None:
            found[f"PSI {part}"] = shift.psi
    answers, wanted = here.answers(), there.answers()
    if len(answers) and len(wanted):
        both, first = joined(answers, np.arange(len(answers)), wanted)
        shifts = list(label_shifts(both, first))
        if shifts:
            found["TV beyond"] = max(one.beyond for one in shifts)
            found["label move"] = max(abs(largest_move(one)) for one in shifts)
    texts = [[text_of(request_text(record), draw) for record, draw in side.records()] for side in (here, there)]
    told = separation(*texts)
    if told is not None:
        found["AUC"] = told.auc
    report = ftprep.lint(rows, against_production="\n".join(map(json.dumps, others)), select=RULES, isolated=True)
    found.update({finding.code: 1.0 for finding in report.findings})
    return found


def with_word(row: dict[str, Any], word: str) -> dict[str, Any]:
    """A row whose last prompt begins with a word more."""
    if "messages" in row:
        turns = [dict(turn) for turn in row["messages"]]
        user = [turn for turn in turns if turn["role"] == "user" and isinstance(turn["content"], str)]
        if user:
            user[-1]["content"] = f"{word} {user[-1]['content']}"
        return {**row, "messages": turns}
    key = "prompt" if "prompt" in row else "question"
    return {**row, key: f"{word} {row[key]}"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--pairs", action="append", default=[], metavar="A=B")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--sizes", default="0,1000,200,100", help="rows against the rest; 0 is a half")
    parser.add_argument("--word", help="put in front of the prompts of one side")
    parser.add_argument("--most", type=int, default=20_000, help="rows of a file that are drawn from")
    given = parser.parse_args()
    for path in given.files:
        rows = read_rows(path)
        for size in map(int, given.sizes.split(",")):
            speaks: Counter[str] = Counter()
            largest: dict[str, float] = {}
            for seed in range(given.seeds):
                drawn = random.Random(seed).sample(rows, min(len(rows), given.most))
                cut = size or len(drawn) // 2
                if cut * 2 > len(drawn):
                    continue
                one = [with_word(row, given.word) for row in drawn[:cut]] if given.word else drawn[:cut]
                found = figures(one, drawn[cut:])
                speaks.update(code for code in RULES if code in found)
                for name, value in found.items():
                    largest[name] = max(largest.get(name, 0), value)
            show(f"{path.name} {size or 'half'} × {given.seeds}", largest, speaks)
    for pair in given.pairs:
        one, other = (read_rows(Path(path)) for path in pair.split("="))
        found = figures(one, other)
        show(pair.rsplit("/", 1)[-1], found, Counter(code for code in RULES if code in found))


def show(title: str, largest: dict[str, float], speaks: Counter[str]) -> None:
    """One line: the largest figures, and the number of runs in which each rule spoke."""
    words = [f"{name} {value:.3f}" for name, value in largest.items() if name not in RULES]
    print(f"{title}: {', '.join(words)}; findings {dict(speaks) or 0}", flush=True)


if __name__ == "__main__":
    main()
