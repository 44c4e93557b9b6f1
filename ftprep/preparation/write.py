"""Writing what was prepared: a file per split, and ``dropped.jsonl`` with every row that is in none."""

from __future__ import annotations

import base64
import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from ftprep.preparation.export import bare_line
from ftprep.preparation.work import Copy, Lost, Work
from ftprep.splitting.groups import NOWHERE
from ftprep.splitting.rows import Fault
from ftprep.splitting.write import DROPPED

if TYPE_CHECKING:
    from ftprep.splitting.plan import Plan

Export = Callable[[bytes, int], bytes]
"""From a row of the copies, and its entry, to the line that is written for it."""


class Written(NamedTuple):
    """Rows of each file that was written, the entries of its lines, and rows left out by code."""

    rows: dict[str, int]
    entries: dict[str, NDArray[np.int64]]
    dropped: Counter[str]


def write_splits(plan: Plan, work: Work, folder: Path, export: Export, *, original: bool) -> Written:
    """Write every row of ``work`` into the file of its split, or into :data:`DROPPED` with its reason.

    There a row stands as it was read, or with ``original`` False as its fixes left it. Files without rows are not
    written.
    """
    names = [f"{name}.jsonl" for name in plan.names]
    splits = plan.splits.tolist()
    dropped: Counter[str] = Counter()
    with contextlib.ExitStack() as stack:
        streams: dict[str, IO[bytes]] = {}

        def stream(name: str) -> IO[bytes]:
            if name not in streams:
                streams[name] = stack.enter_context((folder / name).open("wb"))
            return streams[name]

        for entry, copy, line, raw, fixed in _all_rows(work):
            split = NOWHERE if isinstance(entry, Lost) else splits[entry]
            if split == NOWHERE:
                fault = _fault(entry, plan)
                dropped[fault.code or "other"] += 1
                shown = raw if original or isinstance(entry, Lost) else fixed
                stream(DROPPED).write(_dropped_line(copy, line, fault, shown))
            else:
                assert not isinstance(entry, Lost)
                stream(names[split]).write(export(fixed, entry) + b"\n")
    entries = {
        name: np.flatnonzero(plan.splits == number) for number, name in enumerate(names) if (folder / name).exists()
    }
    return Written({name: len(rows) for name, rows in entries.items()}, entries, dropped)


def _all_rows(work: Work) -> Iterator[tuple[int | Lost, Copy, int, bytes, bytes]]:
    """Each row that was read: its entry (or that it is lost), its input, its line, its bytes, and its line now."""
    entry = 0
    for copy in work.copies:
        lost = {one.line: one for one in copy.lost}
        with copy.path.open("rb") as lines:
            for chunk in copy.source.chunks():
                for raw, line in zip(chunk.rows(), chunk.lines.tolist(), strict=True):
                    if not raw.strip(b" \t\r\n"):
                        continue
                    if line in lost and lost[line].raw == raw:
                        yield lost[line], copy, line, raw, b""
                    else:
                        yield entry, copy, line, raw, next(lines).removesuffix(b"\n")
                        entry += 1


def _fault(entry: int | Lost, plan: Plan) -> Fault:
    if isinstance(entry, Lost):
        return Fault(entry.code, entry.message)
    return plan.faults.get(entry, Fault("", "it is in no split"))


def _dropped_line(copy: Copy, line: int, fault: Fault, raw: bytes) -> bytes:
    """Where a row stood, why it was left out, and its bytes: as text, or in base64 where they are none."""
    entry: dict[str, Any] = {"path": copy.source.name, "line": line, "code": fault.code, "message": fault.message}
    try:
        entry["raw"] = raw.decode()
    except UnicodeDecodeError:
        entry["base64"] = base64.b64encode(raw).decode()
    return orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE)


def clear(folder: Path) -> None:
    """Remove the files of an earlier round."""
    for path in folder.iterdir():
        path.unlink()


def strip_keys(folder: Path, names: Iterable[str]) -> None:
    """Take the key ``_ftprep`` out of every row. It was needed until here: it hides findings of its row."""
    for name in names:
        path, bare = folder / name, folder / f"{name}.tmp"
        with path.open("rb") as rows, bare.open("wb") as stripped:
            stripped.writelines(bare_line(row.removesuffix(b"\n")) + b"\n" for row in rows)
        bare.replace(path)
