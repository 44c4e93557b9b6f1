"""Writing what was prepared: a file per split, and ``dropped.jsonl`` with every row that is in none."""

from __future__ import annotations

import base64
import contextlib
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from ftprep.preparation.export import bare_line
from ftprep.preparation.loading import TRAIN, Loading
from ftprep.preparation.redacting import masked_line
from ftprep.preparation.work import Copy, Work
from ftprep.splitting.groups import NOWHERE
from ftprep.splitting.rows import Fault
from ftprep.splitting.write import DROPPED

if TYPE_CHECKING:
    from ftprep.splitting.plan import Plan

_NO_REASON = Fault("", "it is in no split")


class Written(NamedTuple):
    """Rows of each file that was written, the entries of its lines, rows left out by code, and how rows were evened."""

    rows: dict[str, int]
    entries: dict[str, NDArray[np.int64]]
    dropped: Counter[str]
    loading: Loading


def write_splits(
    plan: Plan, work: Work, folder: Path, *, masked: bool, mark: bytes = b"", loading: Loading | None = None
) -> Written:
    """Write every row of ``work`` into the file of its split, or into :data:`DROPPED` with its reason.

    There a row stands as it was read, or with ``masked`` as its fixes left it, and with all values masked that are
    still in it. Files without rows are not written; those of splits begin with ``mark``. ``loading`` says which
    training rows come first, and how rows are evened out.
    """
    loading = Loading() if loading is None else loading
    names = [f"{name}.jsonl" for name in plan.names]
    splits = plan.splits.tolist()
    behind = f"{TRAIN}.rest" if loading.first else f"{TRAIN}.jsonl"
    dropped: Counter[str] = Counter()
    with contextlib.ExitStack() as stack:
        streams: dict[str, IO[bytes]] = {}

        def stream(name: str) -> IO[bytes]:
            if name not in streams:
                streams[name] = stack.enter_context((folder / name).open("wb"))
                if name.endswith(".jsonl") and name != DROPPED:
                    streams[name].write(mark)
            return streams[name]

        for entry, copy, line, raw, now in _all_rows(work):
            split = NOWHERE if isinstance(entry, Fault) else splits[entry]
            if split == NOWHERE:
                fault = entry if isinstance(entry, Fault) else plan.faults.get(entry, _NO_REASON)
                dropped[fault.code or "other"] += 1
                shown: bytes | None = raw
                if masked:
                    shown = masked_line(raw if isinstance(entry, Fault) else now)
                stream(DROPPED).write(_dropped_line(copy, line, fault, shown))
            else:
                name = names[split]
                if name == f"{TRAIN}.jsonl" and entry not in loading.first:
                    name = behind
                stream(name).write(loading.line(now) + b"\n")
    _join(folder / f"{TRAIN}.jsonl", folder / behind)
    entries = {
        name: np.flatnonzero(plan.splits == number) for number, name in enumerate(names) if (folder / name).exists()
    }
    if loading.first:
        train = entries[f"{TRAIN}.jsonl"]
        early = np.isin(train, np.array(sorted(loading.first), dtype=np.int64))
        entries[f"{TRAIN}.jsonl"] = np.concatenate([train[early], train[~early]])
    return Written({name: len(rows) for name, rows in entries.items()}, entries, dropped, loading)


def _join(first: Path, rest: Path) -> None:
    """Put the rows of ``rest`` behind those of ``first``."""
    if rest == first or not rest.exists():
        return
    with first.open("ab") as stream, rest.open("rb") as rows:
        shutil.copyfileobj(rows, stream)
    rest.unlink()


def _all_rows(work: Work) -> Iterator[tuple[int | Fault, Copy, int, bytes, bytes]]:
    """Each row: its entry (or why it is lost), its input, the line there, its bytes there, and its line now."""
    entry = 0
    for copy in work.copies:
        made = Counter(copy.rows.tolist())
        with copy.path.open("rb") as lines:
            row = -1
            for chunk in copy.source.chunks():
                for raw, line in zip(chunk.rows(), chunk.lines.tolist(), strict=True):
                    if not raw.strip(b" \t\r\n"):
                        continue
                    row += 1
                    if row in copy.lost:
                        yield copy.lost[row], copy, line, raw, b""
                    for _ in range(made[row]):
                        yield entry, copy, line, raw, next(lines).removesuffix(b"\n")
                        entry += 1


def _dropped_line(copy: Copy, line: int, fault: Fault, raw: bytes | None) -> bytes:
    """Where a row stood, why it was left out, and its bytes, if any: as text, or in base64 where they are none."""
    entry: dict[str, Any] = {"path": copy.source.name, "line": line, "code": fault.code, "message": fault.message}
    if raw is None:
        return orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE)
    try:
        entry["raw"] = raw.decode()
    except UnicodeDecodeError:
        entry["base64"] = base64.b64encode(raw).decode()
    return orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE)


def clear(folder: Path) -> None:
    """Remove the files of an earlier round."""
    for path in folder.iterdir():
        path.unlink()


def strip_keys(folder: Path, names: Iterable[str], mark: bytes = b"") -> None:
    """Take the key ``_ftprep`` out of every row. It was needed until here: it hides findings of its row."""
    for name in names:
        path, bare = folder / name, folder / f"{name}.tmp"
        with path.open("rb") as rows, bare.open("wb") as stripped:
            stripped.write(rows.read(len(mark)))
            stripped.writelines(bare_line(row.removesuffix(b"\n")) + b"\n" for row in rows)
        bare.replace(path)
