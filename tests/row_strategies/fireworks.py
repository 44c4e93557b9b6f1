"""Valid rows of the formats in ``ftprep/formats/fireworks/``."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from row_strategies.parts import Rows, any_tools, messages, record


def sample(score: float) -> Rows:
    """A conversation with this score, in either of its places."""
    return record({"messages": messages, "score": st.just(score)}, tools=any_tools) | record(
        {"messages": messages, "evals": record({"score": st.just(score)})}, score=st.none()
    )


def pair(scores: list[float]) -> Rows:
    """Two samples with these scores."""
    return st.tuples(*map(sample, scores)).map(lambda one: {"samples": list(one)})


dialogue: st.SearchStrategy[dict[str, Any]] = record({"messages": messages}, tools=any_tools)

ROWS: dict[str, Rows] = {
    "fireworks-scored-pairs": st.lists(
        st.floats(0, 1) | st.integers(0, 1), min_size=2, max_size=2, unique=True
    ).flatmap(pair),
    "fireworks-chosen-rejected": record({"chosen": dialogue, "rejected": dialogue}, id=st.integers(0, 9)),
}
