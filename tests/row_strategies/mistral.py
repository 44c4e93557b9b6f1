"""Valid rows of the formats in ``ftprep/formats/mistral/``."""

from __future__ import annotations

from hypothesis import strategies as st

from row_strategies.parts import Rows, any_tools, both, dialogue, messages, metadata, record, text

labels = st.dictionaries(text, text | st.lists(text, min_size=1, max_size=2), min_size=1, max_size=2)

ROWS: dict[str, Rows] = {
    "mistral-content": record({"content": text}, **metadata),
    "mistral-interactions": record({"interactions": dialogue}, tools=any_tools, **metadata),
    "mistral-classifier": both(
        record({"text": text}, messages=messages) | record({"messages": messages}),
        st.fixed_dictionaries({"labels": labels}),
    ),
}
