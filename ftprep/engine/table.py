"""Tables: what shards are boiled down to for rules that look at all rows together. Numbers only, never texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ftprep.record import Ref

REF_COLUMNS = ("file", "line", "offset")


class Table:
    """Named numpy columns of one length, in reading order, with the columns ``file``, ``line`` and ``offset``."""

    def __init__(self, columns: Mapping[str, NDArray[Any]]) -> None:
        self.columns = dict(columns)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def ref(self, index: int) -> Ref:
        """The row that entry ``index`` stands for."""
        file, line, offset = (int(self.columns[name][index]) for name in REF_COLUMNS)
        return Ref(file, line, offset)

    def refs(self, entries: NDArray[np.int64]) -> list[Ref]:
        """The rows that some entries stand for, in the order of ``entries``."""
        columns = (self.columns[name][entries].tolist() for name in REF_COLUMNS)
        return [Ref(*place) for place in zip(*columns, strict=True)]

    @classmethod
    def concatenate(cls, parts: Sequence[Mapping[str, NDArray[Any]]]) -> Table:
        """Join the tables of all shards; without any, a table of no rows and no columns but the references."""
        if not parts:
            return cls({name: np.zeros(0, dtype=np.int64) for name in REF_COLUMNS})
        return cls({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
