"""What stands beside the rows: the manifest for machines and the card for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftprep import __version__
from ftprep.preparation.card import card
from ftprep.splitting.manifest import MANIFEST, VERSION, packed_digests, sha256_of, strata_table, write_manifest
from ftprep.splitting.write import DROPPED

if TYPE_CHECKING:
    from ftprep.config import Resolved
    from ftprep.preparation.proof import Checked
    from ftprep.preparation.report import Tally
    from ftprep.preparation.run import PrepareOptions
    from ftprep.preparation.work import Work
    from ftprep.preparation.write import Written
    from ftprep.splitting.plan import Plan

CARD = "README.md"
KEPT = "of a cluster the row with the fewest findings, then the longest answer, then the first by path and line"


def finish(
    folder: Path,
    work: Work,
    options: PrepareOptions,
    plan: Plan,
    written: Written,
    checked: Checked,
    tally: Tally,
    resolved: Resolved,
) -> None:
    """Write :data:`MANIFEST` and :data:`CARD` into ``folder``."""
    files = {name: {"rows": rows, "sha256": sha256_of(folder / name)} for name, rows in written.rows.items()}
    if tally.left:
        files[DROPPED] = {"rows": tally.left, "sha256": sha256_of(folder / DROPPED)}
    entries: dict[str, Any] = {
        "version": VERSION,
        "tool": f"ftprep {__version__}",
        "command": "prepare",
        "inputs": [
            {"path": one.source.name, "rows": len(one.lines) + len(one.lost), "sha256": one.source.sha256()}
            for one in work.copies
        ],
        "options": {**plan.options.described(), "drop": list(options.drop), "fix": list(options.fix)},
        "settings": {
            key: list(one.value) if isinstance(one.value, tuple) else one.value
            for key, one in resolved.values.items()
            if one.origin != "default" and key not in ("jobs", "baseline")
        },
        "rows": {"read": tally.read, "kept": tally.kept, "dropped": tally.left},
        "fixed": {"rows": tally.changed, "findings": dict(sorted(tally.fixed.items()))},
        "dropped": dict(sorted(tally.dropped.items())),
        "kept-of-clusters": KEPT,
        "splits": {
            name: {
                "rows": tally.splits[name],
                "share": round(tally.splits[name] / max(tally.kept, 1), 6),
                "asked": round(share, 6),
                "tokens": tally.tokens.get(f"{name}.jsonl", 0),
            }
            for name, share in zip(plan.names, plan.shares, strict=True)
        },
        "largest-group": plan.largest_group,
        "strata": strata_table(plan),
        "left-to-report": dict(checked.counts),
        "proof": checked.overlaps,
        "files": files,
        "digests": {name: packed_digests(plan, number) for number, name in enumerate(plan.names)},
    }
    write_manifest(folder / MANIFEST, entries)
    (folder / CARD).write_text(card(folder.name, entries), encoding="utf-8", newline="\n")
