"""Valid rows of the formats in ``ftprep/formats/trl/``."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from row_strategies.parts import (
    Rows,
    any_tools,
    both,
    messages,
    metadata,
    null,
    record,
    references,
    reply,
    text,
    trl,
    turns,
)


def _same_length(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "labels": (row["labels"] * len(row["completions"]))[: len(row["completions"])]}


# With a column `ground_truth` a prompt is a row of the format rlvr-generic.
references = {key: value for key, value in references.items() if key != "ground_truth"}

ROWS: dict[str, Rows] = {
    "trl-prompt-only": record({"prompt": text}, **references, **metadata),
    "trl-prompt-only-conv": record({"prompt": messages}, **trl, **references),
    "trl-prompt-completion-conv": record({"prompt": messages, "completion": reply}, **trl, **metadata),
    "trl-preference-std": record({"prompt": text, "chosen": text, "rejected": text}, score_chosen=st.floats(0, 1)),
    "trl-preference-conv": record({"prompt": messages, "chosen": reply, "rejected": reply}, **trl),
    "trl-preference-implicit-std": record({"chosen": text, "rejected": text}, **metadata),
    "trl-preference-implicit-conv": both(
        st.tuples(turns, reply, reply).map(lambda one: {"chosen": one[0] + one[1], "rejected": one[0] + one[2]}),
        record({}, tools=any_tools, prompt=null),
    ),
    "trl-kto": record(
        {"prompt": text, "completion": text, "label": st.booleans() | st.sampled_from([0, 1])}, **metadata
    ),
    "trl-kto-conv": record({"prompt": messages, "completion": reply, "label": st.booleans()}, **trl),
    "trl-stepwise": st.fixed_dictionaries(
        {
            "prompt": text,
            "completions": st.lists(text, min_size=1, max_size=3),
            "labels": st.lists(st.booleans() | st.sampled_from([0, 1]), min_size=1, max_size=1),
        }
    ).map(_same_length),
}
