"""The table of answers, for rules to name without loading what makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ftprep.rule import Facts

if TYPE_CHECKING:
    from ftprep.shard import Shard


def _columns(shard: Shard) -> Mapping[str, Any] | None:
    from ftprep.tasks.facts import answer_columns

    return answer_columns(shard)


ANSWERS = Facts("answers", _columns)
