"""What of the wishes for a split could not be met because groups are never cut, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ftprep.output.figures import count, percent
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.splitting.plan import Plan

_POINT = 0.01
_NAMED = 5


def unmet(plan: Plan) -> Iterator[str]:
    """One sentence for each share that groups keep from being met, and one for classes that training lacks."""
    if plan.options.folds:
        return
    _, sizes = np.unique(plan.groups[plan.splits >= 0], return_counts=True)
    kept, counts = int(sizes.sum()), plan.counts
    largest = int(sizes.max()) if len(sizes) else 0
    for name, share in zip(plan.names, plan.shares, strict=True):
        off = abs(counts[name] / max(kept, 1) - share)
        too_large = largest > share * kept or (plan.options.balance and largest > 1)
        if off > _POINT and too_large:
            why = f"a group of {largest:,} records cannot be cut" if largest > 1 else f"{count(kept, 'record')} in all"
            yield f"{name} is {percent(counts[name] / max(kept, 1), 1)} instead of {percent(share, 1)}: {why}"
    yield from _without_training(plan)


def _without_training(plan: Plan) -> Iterator[str]:
    if "train" not in plan.names:
        return
    train = plan.names.index("train")
    everywhere = np.unique(plan.strata.of[plan.splits >= 0])
    lacking = np.setdiff1d(everywhere[everywhere != 0], plan.strata.of[plan.splits == train])
    if len(lacking):
        named = ", ".join(quote(plan.strata.names.get(int(key), "") or "(none)") for key in lacking[:_NAMED].tolist())
        more = f" and {len(lacking) - _NAMED:,} more" if len(lacking) > _NAMED else ""
        yield f"train has no record of {named}{more}: all are in groups of other splits"
