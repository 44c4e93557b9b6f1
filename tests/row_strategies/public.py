"""Valid rows of the formats in ``ftprep/formats/public/``."""

from __future__ import annotations

from typing import Any

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


# --- tasks of benchmarks, and shapes that say little ------------------------------------------------------------------

_bits = st.sampled_from([0, 1])
_case = st.fixed_dictionaries({"input": text, "output": text, "testtype": st.sampled_from(["stdin", "functional"])})
_rated = record({"text": text}, rating=st.sampled_from([-1, 0, 1]), flagged=st.booleans())
_lesson = {"code": text, "test_setup_code": text, "challenge_test_list": st.lists(text, max_size=2)}


def _tokens(row: tuple[list[int], set[str]]) -> dict[str, Any]:
    ids, beside = row
    columns = {
        "attention_mask": [1] * len(ids),
        "labels": [-100, *ids[1:]],
        "position_ids": list(range(len(ids))),
        "source": "own",
    }
    return {"input_ids": ids, **{key: value for key, value in columns.items() if key in beside}}


ROWS |= {
    "gsm8k": record({"question": text, "answer": text.map(lambda one: f"{one}\n#### 7")}, **metadata),
    "qa": record({"question": text, "answer": text}, options=st.lists(text, max_size=2), context=text, **metadata),
    "humaneval": record({"task_id": text, "prompt": text, "entry_point": text, "test": text}, canonical_solution=text),
    "mbpp": st.one_of(
        record({"text": text, "test_list": st.lists(text, max_size=2)}, task_id=st.integers(0, 9), **_lesson),
        record({"prompt": text, "test_list": st.lists(text, max_size=2)}, test_imports=st.lists(text, max_size=1)),
    ),
    "apps": record({"question": text, "input_output": text}, solutions=text, starter_code=text, difficulty=text),
    "livecodebench": record(
        {"question_content": text, "public_test_cases": text | st.lists(_case, max_size=2)},
        private_test_cases=text,
        starter_code=text,
        metadata=text,
        question_title=text,
    ),
    "input-output-pair": record({"input": text, "output": text}, system=text, task_name=text, **metadata),
    "plain-text-prerendered": record({"text": text.map(lambda one: f"[INST] {one} [/INST] {one}")}, **metadata),
    "tokenized": st.tuples(
        st.lists(st.integers(0, 2**17), min_size=1, max_size=6),
        st.sets(st.sampled_from(["attention_mask", "labels", "position_ids", "source"])),
    ).map(_tokens),
    "prm800k": st.fixed_dictionaries(
        {
            "question": record({"problem": text}, ground_truth_answer=text, pre_generated_steps=st.lists(text)),
            "label": st.fixed_dictionaries(
                {"steps": st.lists(record({}, completions=st.lists(_rated, max_size=2), chosen_completion=_bits))}
            ),
        }
    ),
}
