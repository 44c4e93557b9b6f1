"""The manifest of a split: what went in, what was asked for, what came out, and where each row went."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from numpy.typing import NDArray

from ftprep import __version__
from ftprep.errors import InputError, UsageError
from ftprep.splitting.unmet import unmet
from ftprep.splitting.write import DROPPED, Written
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.inputs import Input
    from ftprep.splitting.plan import Plan
    from ftprep.splitting.proof import Proof

MANIFEST = "manifest.json"
VERSION = 1
Words = NDArray[np.uint64]


def manifest(plan: Plan, inputs: Sequence[Input], written: Written, proof: Proof, folder: Path) -> dict[str, Any]:
    """The manifest as JSON values; ``folder`` holds the files that were written."""
    counts = plan.counts
    kept = sum(counts.values())
    reasons = Counter(fault.code or "other" for fault in plan.faults.values())
    return {
        "version": VERSION,
        "tool": f"ftprep {__version__}",
        "command": "split",
        "inputs": [
            {"path": one.name, "format": one.detection.format, "sha256": one.source.sha256(), "held-out": held}
            for one, held in ((one, one.index >= plan.held_from) for one in inputs)
        ],
        "options": plan.options.described(),
        "rows": {"read": kept + written.dropped, "kept": kept, "dropped": written.dropped},
        "dropped": dict(sorted(reasons.items())),
        "splits": {
            name: {"rows": counts[name], "share": round(counts[name] / max(kept, 1), 6), "asked": round(share, 6)}
            for name, share in zip(plan.names, plan.shares, strict=True)
        },
        "largest-group": plan.largest_group,
        "unmet": list(unmet(plan)),
        "strata": strata_table(plan),
        "proof": dict(proof.counts),
        "files": {name: {"rows": rows, "sha256": sha256_of(folder / name)} for name, rows in written.rows.items()}
        | ({DROPPED: {"rows": written.dropped, "sha256": sha256_of(folder / DROPPED)}} if written.dropped else {}),
        "digests": {name: packed_digests(plan, number) for number, name in enumerate(plan.names)},
    }


def strata_table(plan: Plan) -> dict[str, Any]:
    """Rows of each stratum by split, and the largest deviation of a share from that of the whole, in points."""
    placed = np.flatnonzero(plan.splits >= 0)
    keys, numbers = np.unique(plan.strata.of[placed], return_inverse=True)
    table = np.zeros((len(keys), len(plan.names)), dtype=np.int64)
    np.add.at(table, (numbers, plan.splits[placed]), 1)
    if len(keys) < 2:
        return {}
    sizes = np.maximum(table.sum(axis=0), 1)
    off = np.abs(table / sizes - (table.sum(axis=1) / max(len(placed), 1))[:, None])
    row, split = np.unravel_index(int(off.argmax()), off.shape)
    names = [plan.strata.names.get(int(key), "") or "(none)" for key in keys.tolist()]
    order = np.lexsort((keys, -table.sum(axis=1))).tolist()
    return {
        "by": plan.strata.kind,
        "count": len(keys),
        "largest-deviation": {"points": round(float(off.max()) * 100, 2), "split": plan.names[int(split)]},
        "of": names[int(row)],
        "rows": [[names[one], *table[one].tolist()] for one in order],
    }


def packed_digests(plan: Plan, split: int) -> str:
    """The digests of a split's rows: sorted, little-endian, 8 bytes each, in base64."""
    digests = np.unique(plan.rows.table["digest"][plan.splits == split])
    return base64.b64encode(digests.astype("<u8").tobytes()).decode()


def write_manifest(path: Path, entries: Mapping[str, Any]) -> None:
    """Write it, one key a line for people."""
    path.write_bytes(orjson.dumps(entries, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def kept_digests(path: str | Path, place: str = "--keep-split") -> dict[str, Words]:
    """The digests of each split in an earlier manifest; raises ``UsageError`` that begins with ``place``."""
    shown = quote(str(path), 200)
    try:
        entries = orjson.loads(Path(path).read_bytes())
    except OSError as error:
        raise InputError(f"{place}: {shown} cannot be read: {(error.strerror or '').lower()}") from None
    except ValueError:
        raise UsageError(f"{place}: {shown} is no manifest of ftprep: it is not JSON") from None
    packed = entries.get("digests") if isinstance(entries, dict) else None
    if not isinstance(packed, dict) or entries.get("version") != VERSION:
        raise UsageError(f"{place}: {shown} is no manifest of a split (version {VERSION}) that ftprep wrote")
    try:
        return {
            str(name): np.sort(np.frombuffer(base64.b64decode(text, validate=True), dtype="<u8").astype(np.uint64))
            for name, text in packed.items()
        }
    except (ValueError, TypeError):
        raise UsageError(f"{place}: the digests in {shown} are damaged") from None


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
