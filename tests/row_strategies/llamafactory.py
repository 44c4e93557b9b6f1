"""Valid rows of the formats in ``ftprep/formats/llamafactory/``."""

from __future__ import annotations

from hypothesis import strategies as st

from row_strategies.parts import Rows, any_tools, both, dialogue, messages, pair, record, text, turn

block_type = st.sampled_from(
    ["text", "reasoning", "tools", "tool_call", "tool_calls", "image_url", "video_url", "audio_url"]
)
block = record({"type": block_type, "value": text}, other=st.none())
block_message = record(
    {
        "role": st.sampled_from(["system", "user", "assistant", "tool"]),
        "content": st.lists(block, min_size=1, max_size=2),
    },
    loss_weight=st.sampled_from([0, 1, 0.0, 0.5, 1.0]),
)
block_messages = st.lists(block_message, min_size=1, max_size=3)
turns = st.lists(turn, min_size=1, max_size=3)
history = st.lists(pair, max_size=2)
tag = st.booleans()
files = st.lists(text, max_size=2)
marked = st.sampled_from(["<image>", "<image>Who?", "a<video>b", "<audio>"])
asked = record({"role": st.just("user"), "content": marked}, name=text)
shown = st.tuples(asked, record({"role": st.just("assistant"), "content": text})).map(list)

ROWS: dict[str, Rows] = {
    "llamafactory-kto-alpaca": record(
        {"instruction": text, "output": text, "kto_tag": tag}, input=text, system=text, history=history
    ),
    "llamafactory-kto-sharegpt": both(
        record({"kto_tag": tag}, label=tag) | record({"label": tag}),
        record({"conversations": turns}, system=text, tools=any_tools, images=files),
    ),
    "llamafactory-kto-messages": both(
        both(record({"kto_tag": tag}, label=tag), record({"messages": messages}))
        | both(record({"label": tag | st.sampled_from([0, 1])}), record({"messages": dialogue})),
        record({}, system=text, tools=any_tools, images=files),
    ),
    "llamafactory-preference-alpaca": record(
        {"instruction": text, "chosen": text, "rejected": text}, input=text, system=text, history=history
    ),
    "llamafactory-preference-sharegpt": record(
        {"conversations": turns, "chosen": turn, "rejected": turn}, system=text, tools=any_tools
    ),
    "llamafactory-v1": record({"messages": block_messages}, tools=any_tools, extra_info=text),
    "llamafactory-v1-preference": record(
        {"chosen_messages": block_messages, "rejected_messages": block_messages}, tools=any_tools
    )
    | st.tuples(block_messages, block_messages, block_messages).map(
        lambda one: {"chosen_messages": one[0] + one[1], "rejected_messages": one[0] + one[2]}
    ),
    "llamafactory-multimodal": both(
        record({"messages": shown, "images": files}) | record({"messages": shown, "videos": files}, images=files),
        record({}, audios=files, system=text, tools=any_tools),
    ),
}
