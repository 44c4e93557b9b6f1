"""Valid rows of the formats in ``ftprep/formats/bedrock/``."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from row_strategies.parts import Rows, any_tools, arguments, metadata, null, record, scalar, text, values, word

Values = SearchStrategy[Any]


def block(**one: Values) -> Rows:
    """A block with its own key, perhaps among null ones, as Arrow writes them."""
    return record(dict(one), guardContent=null, cachePoint=null)


bucket = st.fixed_dictionaries({"s3Location": record({"uri": text.map(lambda end: f"s3://b/{end}")}, bucketOwner=text)})
text_block = block(text=text)
image_block = block(
    image=st.fixed_dictionaries({"format": st.sampled_from(["png", "jpeg", "gif", "webp"]), "source": bucket})
)
video_block = block(video=st.fixed_dictionaries({"format": st.sampled_from(["mp4", "mov"]), "source": bucket}))
document_block = block(document=record({"format": st.just("pdf"), "source": bucket}, name=text))
json_block = block(json=arguments | st.lists(values, max_size=2))
result_block = block(
    toolResult=record(
        {"toolUseId": word, "content": st.lists(text_block | json_block | image_block, max_size=2)},
        status=st.sampled_from(["success", "error"]),
    )
)
reasoning_block = block(
    reasoningContent=st.fixed_dictionaries({"reasoningText": record({"text": text}, signature=text)})
)
use_block = block(toolUse=st.fixed_dictionaries({"toolUseId": word, "name": word, "input": arguments}))
user_block = text_block | image_block | video_block | document_block | result_block
assistant_content = st.lists(text_block | reasoning_block | use_block, min_size=1, max_size=3)

user = st.fixed_dictionaries({"role": st.just("user"), "content": st.lists(user_block, min_size=1, max_size=3)})
assistant = st.fixed_dictionaries({"role": st.just("assistant"), "content": assistant_content})
turns = st.lists(user | assistant, max_size=3)
spec = record(
    {"name": word, "inputSchema": st.fixed_dictionaries({"json": arguments})}, description=text, strict=st.booleans()
)
tool_config = record({"tools": st.lists(st.fixed_dictionaries({"toolSpec": spec}), max_size=2)}, toolChoice=arguments)
around: dict[str, Values] = {
    "schemaVersion": st.just("bedrock-conversation-2024"),
    "system": st.lists(text_block, max_size=2),
    "toolConfig": tool_config,
}


def ends(last: Values) -> Values:
    """Messages that end with ``last``."""
    return st.tuples(turns, last).map(lambda pair: [*pair[0], pair[1]])


# A lone result, or a turn of a document, is a block as well: every row has one key that tells its format.
candidate = st.builds(
    lambda content, label: {"content": content, "preferenceLabel": label},
    assistant_content,
    st.just("preferred"),
)
candidates = st.permutations(["preferred", "non-preferred", "non-preferred"]).flatmap(
    lambda labels: st.tuples(
        *[candidate.map(lambda one, label=label: {**one, "preferenceLabel": label}) for label in labels]
    )
)
choice = candidates.map(lambda ones: {"role": "assistant", "candidates": list(ones)})

body = record(
    {"messages": st.lists(user | assistant, min_size=1, max_size=3)}, system=around["system"], toolConfig=tool_config
)
other_body = st.dictionaries(
    st.sampled_from(["prompt", "inputText", "messages", "system", "toolConfig", "top_p"]),
    values | st.lists(values),
    max_size=3,
)
converse_answer = st.fixed_dictionaries({"output": st.fixed_dictionaries({"message": assistant})})
other_answer = st.dictionaries(
    st.sampled_from(["generation", "completion", "outputText", "content", "output"]), values, max_size=2
)
odd_message = st.lists(
    scalar | st.fixed_dictionaries({"role": st.just("user") | scalar, "content": text | st.lists(values | text_block)}),
    max_size=3,
)

nova_message = record(
    {
        "role": st.sampled_from(["system", "user"]),
        "content": text
        | st.lists(st.fixed_dictionaries({"type": st.just("text"), "text": text}), min_size=1, max_size=2),
    },
    name=text,
)
nova_question = record({"role": st.just("user"), "content": text})
claude_message = st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": text})

ROWS: dict[str, Rows] = {
    "bedrock-converse": record({"messages": ends(assistant)}, **around),
    "bedrock-distillation": record({"messages": ends(user)}, **around),
    "nova-dpo": record({"messages": ends(choice)}, **around),
    "nova-rft": record(
        {
            "messages": st.tuples(st.lists(nova_message, max_size=2), nova_question).map(lambda one: [*one[0], one[1]]),
            "reference_answer": text | st.dictionaries(word, values, min_size=1, max_size=2),
        },
        tools=any_tools,
        ground_truth=text,
        answer=values,
        **metadata,
    ),
    "bedrock-invocation-log": record(
        {
            "schemaType": st.just("ModelInvocationLog"),
            "input": record(
                {"inputBodyJson": body | other_body | odd_message.map(lambda one: {"messages": one})},
                inputContentType=text,
            ),
        },
        schemaVersion=st.just("1.0"),
        modelId=text,
        operation=st.sampled_from(["Converse", "InvokeModel"]),
        output=record({}, outputBodyJson=converse_answer | other_answer | st.lists(values, max_size=2)),
        region=text,
    ),
    "claude-bedrock": st.fixed_dictionaries(
        {"system": text, "messages": st.lists(claude_message, min_size=1, max_size=4)}
    ),
    "titan-image": record({"image-ref": text.map(lambda end: f"s3://b/{end}")}, caption=text),
}
