"""Chat templates that can be told from text that they were applied to."""

from __future__ import annotations

# What opens a turn and what ends it, or the turn of the other speaker. Both have to be there: a text that merely names
# one token, or ends its documents with `<|endoftext|>`, was not rendered.
_PAIRS = (
    ("<|im_start|>", "<|im_end|>"),
    ("<|start_header_id|>", "<|end_header_id|>"),
    ("<|header_start|>", "<|header_end|>"),
    ("[INST]", "[/INST]"),
    ("<start_of_turn>", "<end_of_turn>"),
    ("<|turn>", "<turn|>"),
    ("<|user|>", "<|assistant|>"),
    ("<｜User｜>", "<｜Assistant｜>"),
    ("<|start|>", "<|message|>"),
    ("<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>"),
)


def is_rendered(text: str) -> bool:
    """Whether ``text`` holds a turn as chat templates write it."""
    for opening, closing in _PAIRS:
        place = text.find(opening)
        if place >= 0 and text.find(closing, place + len(opening)) >= 0:
            return True
    return False
