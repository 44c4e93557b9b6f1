"""Valid rows of the formats in ``ftprep/formats/public/``."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from row_strategies.parts import Rows, any_tools, both, dialogue, messages, metadata, pair, record, reply, text, turn

words = st.text(st.characters(codec="utf-8", exclude_characters=":"), max_size=8)


@st.composite
def transcripts(draw: st.DrawFn) -> str:
    """A transcript that begins with the human and ends with the assistant; turns may be empty or doubled."""
    between = draw(st.lists(st.sampled_from(["Human", "Assistant"]), max_size=3))
    return "".join(f"\n\n{one}: {draw(words)}" for one in ["Human", *between, "Assistant"])


@st.composite
def asked_twice(draw: st.DrawFn) -> dict[str, Any]:
    """A prompt, and two conversations that begin with it."""
    prompt = draw(text)
    first = {"role": "user", "content": prompt}
    return {"prompt": prompt, "chosen": [first, *draw(reply)], "rejected": [first, *draw(reply)]}


message = record(
    {"role": st.sampled_from(["prompter", "assistant"]), "text": text},
    message_id=text,
    rank=st.integers(0, 3),
    deleted=st.booleans(),
    labels=st.dictionaries(text, st.floats(0, 1), max_size=1),
)
tree = st.recursive(
    record({}, replies=st.lists(message, max_size=2)),
    lambda inner: record({"replies": st.lists(both(message, inner), max_size=3)}),
    max_leaves=5,
)
label = text | st.integers(0, 9) | st.lists(text, min_size=1, max_size=2)
worded = text | st.lists(text, min_size=1, max_size=2)

ROWS: dict[str, Rows] = {
    "prompt-completion": record({"prompt": text, "completion": text}, label=text, **metadata),
    "sharegpt": record(
        {"conversations": st.lists(turn, min_size=1, max_size=4)}, system=text, tools=any_tools, **metadata
    ),
    "alpaca": record(
        {"instruction": text, "output": text}, input=text, system=text, history=st.lists(pair, max_size=2), text=text
    ),
    "plain-text": record({"text": text}, **metadata),
    "dolly": record({"instruction": text, "response": text, "context": text}, category=text)
    | record({"instruction": text, "response": text, "category": text}, context=text),
    "open-orca": record({"system_prompt": text, "question": text, "response": text}, **metadata),
    "hh-rlhf": st.fixed_dictionaries({"chosen": transcripts(), "rejected": transcripts()}),
    "hh-red-team": record({"transcript": text, "rating": st.floats(0, 4) | st.integers(0, 4)}, task_description=text),
    "ultrafeedback-binarized": both(
        asked_twice(), record({}, score_chosen=st.floats(0, 9), score_rejected=st.integers(0, 9), messages=messages)
    ),
    "oasst-tree": st.tuples(message, tree).map(lambda one: {"message_tree_id": "a", "prompt": {**one[0], **one[1]}}),
    "oasst-flat": record(
        {"message_id": text, "text": text, "role": st.sampled_from(["prompter", "assistant"])},
        parent_id=text,
        rank=st.integers(0, 3) | st.floats(0, 3),
        deleted=st.booleans(),
    ),
    "chat-conversations": record({"conversations": dialogue}, tools=any_tools, system=text, **metadata),
    "text-label": st.sampled_from(["text", "query", "sentence", "utterance"]).flatmap(
        lambda key: record({key: text, "label": label}, category=text, intent=text, idx=st.integers(0, 9))
    )
    | record({"prompt": text, "intent": text})
    | record({"text": text, "labels": worded | st.lists(st.integers(0, 9), max_size=2)}),
    "chat-label": record({"messages": dialogue, "label": text | st.integers(2, 9)})
    | record({"messages": dialogue, "labels": worded}),
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
    "qa": record({"question": text, "answer": text}, options=st.lists(text, max_size=2), **metadata),
    "math-problem": st.one_of(
        record({"problem": text, "solution": text}, answer=text | st.integers(0, 9), level=text, **metadata),
        record({"problem": text, "answer": text | st.integers(0, 9)}, **metadata),
    ),
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
