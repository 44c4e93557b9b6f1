"""What rows of all formats are made of: texts, messages, tools, columns of references."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Rows = SearchStrategy[dict[str, Any]]

text = st.text(st.characters(codec="utf-8"), max_size=8)
word = st.sampled_from(["clock", "look_up", "a", "tool-7"])
null = st.none()
whole = st.integers(-(10**6), 10**6)
scalar = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False, allow_infinity=False) | text
values: SearchStrategy[Any] = st.recursive(
    scalar, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(text, inner, max_size=2), max_leaves=4
)
arguments = st.dictionaries(text, values, max_size=2)


def record(required: dict[str, SearchStrategy[Any]], **optional: SearchStrategy[Any]) -> Rows:
    """A dict with all of ``required`` and some of ``optional``; every optional value may also be null."""
    return st.fixed_dictionaries(required, optional={key: value | null for key, value in optional.items()})


# --- messages -------------------------------------------------------------------------------------------------------

text_part = record(
    {"type": st.just("text"), "text": text}, train=st.booleans(), weight=st.sampled_from([0, 1]), other=null
)
refusal_part = st.fixed_dictionaries({"type": st.just("refusal"), "refusal": text})
image = record({"url": text}, detail=st.sampled_from(["auto", "low", "high"]))
image_part = st.fixed_dictionaries({"type": st.just("image_url"), "image_url": image | text})
trl_image = st.fixed_dictionaries({"type": st.just("image")})
content = text | st.lists(text_part | image_part | trl_image, min_size=1, max_size=3)
answer = text | st.lists(text_part | refusal_part, min_size=1, max_size=2)

call = record(
    {"function": record({"name": word}, arguments=arguments | arguments.map(lambda one: orjson.dumps(one).decode()))},
    id=text,
    type=st.just("function"),
    index=st.integers(0, 3),
)
legacy_call = record({"name": word}, arguments=text)

prompter = record({"role": st.just("user"), "content": content}, name=text, tool_calls=null, anything=null)
operator = record({"role": st.sampled_from(["system", "developer"]), "content": content}, name=text)
answerer = record(
    {"role": st.just("assistant")},
    content=answer,
    name=text,
    refusal=text,
    tool_calls=st.lists(call, max_size=2),
    function_call=legacy_call,
    weight=st.sampled_from([0, 1]),
    train=st.booleans(),
    training=st.booleans(),
    reasoning_content=text,
    reasoning=text,
    thinking=text,
)
result = record({"role": st.just("tool"), "content": content}, tool_call_id=text, name=word)
legacy_result = st.fixed_dictionaries({"role": st.just("function"), "content": text | null, "name": word})
message = prompter | operator | answerer | result | legacy_result

turns = st.lists(message, max_size=3)
messages = st.lists(message, min_size=1, max_size=4)
dialogue = st.tuples(turns, answerer).map(lambda pair: [*pair[0], pair[1]])
question = st.tuples(turns, prompter | result).map(lambda pair: [*pair[0], pair[1]])
reply = st.lists(answerer | result, min_size=1, max_size=2)

tool = st.fixed_dictionaries({"type": st.just("function"), "function": record({"name": word}, description=text)})
tools = st.lists(tool | record({"name": word}, parameters=arguments), max_size=2)
any_tools = tools | tools.map(lambda one: orjson.dumps(one).decode())

# --- rows -----------------------------------------------------------------------------------------------------------

metadata = {"id": st.integers(0, 9), "source": text, "url": text}
chat = record(
    {"messages": dialogue},
    tools=any_tools,
    parallel_tool_calls=st.booleans(),
    functions=tools,
    chat_template_kwargs=arguments,
)
task = record({"messages": question}, tools=any_tools, parallel_tool_calls=st.booleans())
speaker = st.sampled_from(
    ["human", "gpt", "system", "tool", "observation", "function_call", "user", "assistant", "bing"]
)
turn = record({"from": speaker, "value": text}, weight=st.sampled_from([0, 1]), train=st.booleans(), markdown=scalar)
pair = st.lists(text, min_size=2, max_size=2)
references = {
    "answer": text | whole,
    "target": whole,
    "ground_truth": text,
    "nums": st.lists(whole),
}
trl = {"tools": any_tools, "chat_template_kwargs": arguments}


def both(one: Rows, other: Rows) -> Rows:
    """The keys of two dicts in one."""
    return st.tuples(one, other).map(lambda pair: {**pair[0], **pair[1]})
