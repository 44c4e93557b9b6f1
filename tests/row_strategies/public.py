"""Valid rows of the formats in ``ftprep/formats/public/``."""

from __future__ import annotations

from hypothesis import strategies as st

from row_strategies.parts import Rows, any_tools, metadata, pair, record, text, turn

ROWS: dict[str, Rows] = {
    "prompt-completion": record({"prompt": text, "completion": text}, label=text, **metadata),
    "sharegpt": record(
        {"conversations": st.lists(turn, min_size=1, max_size=4)}, system=text, tools=any_tools, **metadata
    ),
    "alpaca": record(
        {"instruction": text, "output": text}, input=text, system=text, history=st.lists(pair, max_size=2), text=text
    ),
    "plain-text": record({"text": text}, **metadata),
}
