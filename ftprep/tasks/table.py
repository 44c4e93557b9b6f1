"""The tables of answers and of preference pairs, for rules to name without loading what makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ftprep.rule import Facts, Wanted

if TYPE_CHECKING:
    from ftprep.shard import Shard


def _columns(shard: Shard, wanted: Wanted) -> Mapping[str, Any] | None:
    from ftprep.tasks.facts import answer_columns

    return answer_columns(shard, wanted)


ANSWERS = Facts("answers", _columns)
TASKS: Wanted = frozenset()
"""The columns of answers that tasks and their labels are found by, which are always there."""


def _pair_columns(shard: Shard, wanted: Wanted) -> Mapping[str, Any] | None:
    from ftprep.tasks.pairs import pair_columns

    return pair_columns(shard)


PAIRS = Facts("pairs", _pair_columns)
