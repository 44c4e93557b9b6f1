"""Valid rows of the formats in ``ftprep/formats/openai/``."""

from __future__ import annotations

from hypothesis import strategies as st

from row_strategies.parts import (
    Rows,
    any_tools,
    both,
    chat,
    messages,
    metadata,
    record,
    references,
    reply,
    task,
    text,
    tools,
    values,
    word,
)

ROWS: dict[str, Rows] = {
    "openai-chat": chat,
    "openai-rft": both(
        task,
        record(
            {"solution": text | st.dictionaries(word, values, min_size=1, max_size=2)},
            **{key: value for key, value in references.items() if key != "ground_truth"},
            **metadata,
        ),
    ),
    "openai-preference": st.fixed_dictionaries(
        {
            "input": record(
                {"messages": messages}, tools=any_tools, parallel_tool_calls=st.booleans(), functions=tools
            ),
            "preferred_output": reply,
            "non_preferred_output": reply,
        }
    ),
    "openai-preference-legacy": st.fixed_dictionaries(
        {
            "input": record({"messages": messages}, tools=any_tools),
            "preferred_completion": reply,
            "non_preferred_completion": reply,
        }
    ),
}
