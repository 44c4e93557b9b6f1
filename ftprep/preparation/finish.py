"""What stands beside the rows: the manifest for machines and the card for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftprep import __version__
from ftprep.conversion.calls import parse_row
from ftprep.conversion.trainer_files import TrainerFile, trainer_file
from ftprep.conversion.writing import BOM
from ftprep.preparation.card import card
from ftprep.splitting.manifest import MANIFEST, VERSION, packed_digests, sha256_of, strata_table, write_manifest
from ftprep.splitting.unmet import unmet
from ftprep.splitting.write import DROPPED

if TYPE_CHECKING:
    from ftprep.config import Resolved
    from ftprep.preparation.converting import Conversion
    from ftprep.preparation.options import PrepareOptions
    from ftprep.preparation.proof import Checked
    from ftprep.preparation.report import Tally
    from ftprep.preparation.work import Work
    from ftprep.preparation.write import Written
    from ftprep.splitting.plan import Plan

CARD = "README.md"
SHOWN = (".sh", ".py")  # commands and snippets stand in the card, configuration in a file of its own
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
    conversion: Conversion | None,
) -> None:
    """Write :data:`MANIFEST` and :data:`CARD` into ``folder``, and what the target needs beside the rows."""
    files = {name: {"rows": rows, "sha256": sha256_of(folder / name)} for name, rows in written.rows.items()}
    if tally.left:
        files[DROPPED] = {"rows": tally.left, "sha256": sha256_of(folder / DROPPED)}
    entries: dict[str, Any] = {
        "version": VERSION,
        "tool": f"ftprep {__version__}",
        "command": "prepare",
        "inputs": [{"path": one.source.name, "sha256": one.source.sha256()} for one in work.copies],
        "options": {**plan.options.described(), **options.described()},
        "settings": {
            key: list(one.value) if isinstance(one.value, tuple) else one.value
            for key, one in resolved.values.items()
            if one.origin != "default" and key not in ("jobs", "baseline") and not key.startswith("prepare.")
        },
        "rows": {"read": tally.read, "made": tally.made, "kept": tally.kept, "dropped": tally.left},
        "conversion": None
        if conversion is None
        else {
            "format": conversion.format,
            "losses": [one._asdict() for one in conversion.losses],
            "changes": [one._asdict() for one in conversion.changes],
        },
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
        "unmet": list(unmet(plan)),
        "strata": strata_table(plan),
        **({"unread": list(tally.unread)} if tally.unread else {}),
        **({} if tally.tiers is None else {"tiers": tally.tiers}),
        "left-to-report": dict(checked.counts),
        "proof": checked.overlaps,
        "files": files,
        "digests": {name: packed_digests(plan, number) for number, name in enumerate(plan.names)},
    }
    beside = _trainer_file(folder, written, conversion, resolved)
    if beside is not None and not beside.name.endswith(SHOWN):
        (folder / beside.name).write_text(beside.text, encoding="utf-8", newline="\n")
        files[beside.name] = {"sha256": sha256_of(folder / beside.name)}
    write_manifest(folder / MANIFEST, entries)
    (folder / CARD).write_text(card(entries, beside), encoding="utf-8", newline="\n")


def _trainer_file(
    folder: Path, written: Written, conversion: Conversion | None, resolved: Resolved
) -> TrainerFile | None:
    """What the target needs to train on the files; None where nothing is known of that."""
    target = resolved.settings.target
    if conversion is None or target is None:
        return None
    files = {name.removesuffix(".jsonl"): name for name in written.rows}
    columns: dict[str, set[str]] = {}
    for name in written.rows:
        columns[name] = set()
        with (folder / name).open("rb") as rows:
            for row in rows:
                columns[name].update(parse_row(row.removeprefix(BOM)))
    return trainer_file(target, conversion.format, files, model=resolved.settings.target_model, columns=columns)
