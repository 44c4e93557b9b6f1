"""The map of redacted values for the files that were written: their rows stand elsewhere than those of the inputs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ftprep.conversion.writing import BOM
from ftprep.fixing.redaction_map import Entry, put_back

if TYPE_CHECKING:
    from ftprep.preparation.work import Work
    from ftprep.preparation.write import Written

Told = Mapping[int, Sequence[Entry]]


def entries_of_files(
    entries: Iterable[Entry], work: Work, written: Written, folder: Path, again: Callable[[bytes, bytes], bytes]
) -> Iterator[Entry]:
    """``entries`` about rows of ``work``, by the files of ``folder`` and their rows. Of rows left out nothing is told.

    ``again`` makes of a row of ``work`` what was made of it when it was written (given what came out the first time).
    """
    told = _by_number(entries, work)
    for name, numbers in written.entries.items():
        changed: dict[int, tuple[int, str]] = {}
        with (folder / name).open("rb") as rows:
            for row, (number, raw) in enumerate(zip(numbers.tolist(), rows, strict=True)):
                if number not in told:
                    continue
                text = raw.removeprefix(BOM).removesuffix(b"\n").decode()
                if put_back(text, told[number]) is None:
                    changed[number] = row, text
                    continue
                yield from (one._replace(file=name, row=row) for one in told[number])
        if changed:
            yield from _whole(changed, told, work, name, again)


def _by_number(entries: Iterable[Entry], work: Work) -> Told:
    starts = np.cumsum([0, *(len(one.lines) for one in work.copies)]).tolist()
    first = {copy.source.name: start for copy, start in zip(work.copies, starts, strict=False)}
    told: defaultdict[int, list[Entry]] = defaultdict(list)
    for one in entries:
        told[first[one.file] + one.row].append(one)
    return told


def _whole(
    changed: Mapping[int, tuple[int, str]],
    told: Told,
    work: Work,
    name: str,
    again: Callable[[bytes, bytes], bytes],
) -> Iterator[Entry]:
    """Rows that are written in another way than they stood in when values were replaced: each as one piece."""
    number = -1
    for copy in work.copies:
        with copy.path.open("rb") as lines:
            for line in lines:
                number += 1
                if number not in changed:
                    continue
                row, text = changed[number]
                before = put_back(line.removesuffix(b"\n").decode(), told[number])
                if before is not None:
                    old = again(before.encode(), text.encode()).decode()
                    yield Entry(name, row, 1, 0, text, old, "", old)
