"""The table of requests and answers, for rules to name without loading what makes it, and what those rules share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ftprep.errors import UsageError
from ftprep.rule import Facts, Wanted

if TYPE_CHECKING:
    from ftprep.engine.engine import Engine, Group
    from ftprep.engine.table import Table
    from ftprep.settings import Settings
    from ftprep.shard import Shard


def _columns(shard: Shard, wanted: Wanted) -> Mapping[str, Any] | None:
    from ftprep.drift.exchanges import exchange_columns

    return exchange_columns(shard)


EXCHANGES = Facts("exchanges", _columns)


def no_production(settings: Settings) -> str | None:
    """Why nothing can be compared with production, or None. Raises ``UsageError`` for files that cannot be read."""
    if not settings.against_production:
        return "needs --against-production"
    from ftprep.drift.production import load_production

    try:  # here, so that a file that cannot be read stops the run before it starts
        load_production(settings.against_production)
    except UsageError as error:
        raise UsageError(f"--against-production: {error}") from None
    return None


def sides(table: Table, engine: Engine, settings: Settings) -> Iterator[tuple[int, Group]]:
    """The rows of each split of each dataset, but for files of production, with the number of its first file."""
    import numpy as np

    from ftprep.drift.production import load_production
    from ftprep.evaluation.index import own_files

    own = own_files(engine.inputs, load_production(settings.against_production).files)
    parts = sorted({(one.dataset, one.split or "") for one in engine.inputs})
    of_file = np.array([parts.index((one.dataset, one.split or "")) for one in engine.inputs], dtype=np.int64)
    of_row = np.where(own[table["file"]], -1, of_file[table["file"]])
    for number in range(len(parts)):
        rows = np.flatnonzero(of_row == number)
        if len(rows):
            yield int(table["file"][rows[0]]), rows
