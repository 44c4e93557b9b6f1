"""How a script is asked and answers: a job on each line of its input, a verdict on each line of its output.

A job is a folder that ftprep prepared; a verdict says how many of its rows the validator takes and refuses, and the
reason of the first refusal.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

SPLITS = ("train", "validation", "test")
ENCODINGS = {"azure": "utf-8-sig"}


class Job(NamedTuple):
    """Files that were prepared: where, for whom, in which format and for which training method."""

    folder: Path
    target: str
    format: str
    method: str

    def files(self) -> dict[str, Path]:
        """The files of the splits that have rows."""
        paths = {name: self.folder / f"{name}.jsonl" for name in SPLITS}
        return {name: path for name, path in paths.items() if path.exists()}

    def lines(self) -> Iterator[str]:
        """Every line of every file; only where a target asks for a byte order mark, one may stand in front."""
        for path in self.files().values():
            with path.open(encoding=ENCODINGS.get(self.target, "utf-8"), newline="\n") as lines:
                yield from (line for line in lines if line.strip())

    def rows(self) -> Iterator[Any]:
        """Every row of every file."""
        return map(json.loads, self.lines())


def by_row(check: Callable[[Job, Any], object]) -> None:
    """Answer for a validator that looks at single rows: ``check`` raises for what it refuses."""

    def judge(job: Job) -> tuple[int, int, str]:
        accepted, reasons = 0, []
        for line in job.lines():
            try:
                check(job, json.loads(line))
                accepted += 1
            except Exception as error:
                reasons.append(reason(error))
        return accepted, len(reasons), reasons[0] if reasons else ""

    answer(judge)


def by_folder(check: Callable[[Job], int]) -> None:
    """Answer for a validator that takes files as a whole or not at all: ``check`` counts the rows it made of them."""

    def judge(job: Job) -> tuple[int, int, str]:
        number = sum(1 for _ in job.lines())
        try:
            made = check(job)
        except Exception as error:
            return 0, number, reason(error)
        return made, number - made, f"{number - made} rows are left out" if made < number else ""

    answer(judge)


def answer(judge: Callable[[Job], tuple[int, int, str]]) -> None:
    """Read jobs and write verdicts. What libraries print goes where it does not disturb them."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        asked = json.loads(line)
        accepted, refused, said = judge(Job(Path(asked["folder"]), asked["target"], asked["format"], asked["method"]))
        out.write(json.dumps({"accepted": accepted, "refused": refused, "said": said}) + "\n")
        out.flush()


def reason(error: BaseException) -> str:
    """One line about an error."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def must(truth: object, rule: str) -> None:
    """Refuse what breaks a published rule."""
    if not truth:
        raise ValueError(rule)
