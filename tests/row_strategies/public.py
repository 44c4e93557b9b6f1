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
