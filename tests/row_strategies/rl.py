"""Valid rows of the formats in ``ftprep/formats/rl/``."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import strategies as st

from row_strategies.parts import (
    Rows,
    any_tools,
    arguments,
    both,
    messages,
    metadata,
    question,
    record,
    reply,
    text,
    values,
    whole,
    word,
)

_truth = text | whole | st.lists(text, max_size=2) | st.dictionaries(word, values, max_size=2)
_case = record({"input": text, "output": text}, type=st.just("stdin_stdout"), fn_name=word)
_tests = record({"language": st.just("python"), "test_cases": st.lists(_case, max_size=2)})


def _ranked(row: tuple[list[Any], list[Any], list[Any], list[int]]) -> dict[str, Any]:
    context, *answers, ranks = row
    pairs = zip(ranks, answers, strict=True)
    return {"context": context, "completions": [{"rank": rank, "completion": one} for rank, one in pairs]}


ROWS: dict[str, Rows] = {
    "verl": record(
        {
            "data_source": text,
            "prompt": messages,
            "reward_model": record({"ground_truth": _truth}, style=st.sampled_from(["rule", "model"])),
        },
        ability=text,
        extra_info=st.dictionaries(word, values, max_size=2),
        **metadata,
    ),
    "verifiers": st.one_of(
        both(
            st.fixed_dictionaries({"info": arguments | arguments.map(lambda one: orjson.dumps(one).decode())}),
            record({"question": text}, answer=text, task=text, prompt=messages | text),
        ),
        record({"info": arguments, "prompt": messages}, answer=text, tools=any_tools, example_id=whole),
    ),
    "rlvr-generic": st.one_of(
        record({"messages": question, "ground_truth": _truth}, dataset=text | st.lists(text, max_size=2), id=whole),
        record({"prompt": text | question, "ground_truth": _truth}, tools=any_tools, solution=text, nums=values),
    ),
    "openr1-code": st.one_of(
        record({"prompt": text | messages, "verification_info": _tests}, gold_standard_solution=text, **metadata),
        record({"problem": text, "verification_info": text}, question=text, metadata=arguments),
        record({"messages": question, "verification_info": _tests}, prompt=text),
    ),
    "nemo-rl-preference": both(
        st.tuples(messages, reply, reply, st.permutations([0, 1]) | st.just([1, 1])).map(_ranked),
        record({}, tools=any_tools, **metadata),
    ),
}
