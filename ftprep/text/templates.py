"""Chat templates that were rendered into a text: the marker of a role, and its partner."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from ftprep.formats import columns as c
from ftprep.text.answers import is_prose
from ftprep.text.markdown import mask_code
from ftprep.text.topics import row_mentions

if TYPE_CHECKING:
    from ftprep.record import Record

_ROLE = r"(?:system|user|assistant|tool|developer|function|ipython|environment|model)"
# Template, strings of which its first marker holds one, this marker, and what must come after it, as patterns.
_TEMPLATES = (
    ("ChatML", ("<|im_start|>",), rf"<\|im_start\|>\s?{_ROLE}\b", r"<\|im_end\|>|<\|im_start\|>\s?assistant"),
    ("Llama 3", ("<|start_header_id|>",), rf"<\|start_header_id\|>\s?{_ROLE}\s?<\|end_header_id\|>", ""),
    ("Llama 4", ("<|header_start|>",), rf"<\|header_start\|>\s?{_ROLE}\s?<\|header_end\|>", ""),
    ("Llama 2 or Mistral", ("[INST]",), r"\[INST\]", r"\[/INST\]"),
    ("Gemma", ("<start_of_turn>",), r"<start_of_turn>\s?(?:user|model)\b", r"<end_of_turn>|<start_of_turn>\s?model"),
    ("Gemma", ("<|turn>",), rf"<\|turn>\s?{_ROLE}\b", r"<turn\|>"),
    ("Phi or GLM", ("<|system|>", "<|user|>"), r"<\|(?:system|user)\|>", r"<\|assistant\|>"),
    ("DeepSeek", ("<｜User｜>",), r"<｜User｜>", r"<｜Assistant｜>"),
    ("harmony", ("<|start|>",), rf"<\|start\|>\s?{_ROLE}", r"<\|message\|>"),
    (
        "Cohere",
        ("<|START_OF_TURN_TOKEN|>",),
        r"<\|START_OF_TURN_TOKEN\|><\|(?:USER|CHATBOT|SYSTEM)_TOKEN\|>",
        r"<\|END_OF_TURN_TOKEN\|>",
    ),
    # Words that prose may hold count at the edges of the text only.
    (
        "Alpaca",
        ("Instruction:",),
        r"\A\s{0,20}(?:Below is an instruction[^\n]{0,300}\n\s{0,20})?###? ?Instruction:",
        r"\n###? ?Response:",
    ),
    ("Human/Assistant", ("Human:",), r"\A\s{0,20}Human:", r"\n\s?Assistant:\s{0,20}\Z"),
)
MARKS = tuple(word for _, words, _, _ in _TEMPLATES for word in words)
"""Strings of which every rendered template holds one."""
_TRANSCRIPT = re.compile(r"\A\s{0,20}Human:.{0,200000}?\n\n\s?Assistant:", re.DOTALL)
_BEGIN_TWICE = re.compile(r"\A\s{0,20}(<s>|<bos>|<\|begin_of_text\|>|<｜begin▁of▁sentence｜>|\[gMASK\])\s?\1")
_ABOUT = (
    "chat template", "chat_template", "special token", "tokenizer", "tokeniser", "chatml", "prompt format",
    "prompt template", "end-of-text", "fine-tun", "finetun", "fine tun", "instruction format", "llama format",
    "mistral format", "qwen format",
)  # fmt: skip


def may_be_rendered(text: str) -> bool:
    """Whether ``text`` holds a string that every rendered template has one of: quick, for a screen."""
    return (
        ("<|" in text and any(mark in text for mark in _marks()))
        or "[INST]" in text
        or "Human:" in text
        or "Instruction:" in text
        or "<start_of_turn>" in text
        or "<｜User｜>" in text
    )


def rendered_template(text: str) -> tuple[str, tuple[int, int]] | None:
    """The name of the template that ``text`` was rendered with, and the place of its first marker; None for none.

    Code is not looked at.
    """
    prose = None
    for name, words, opening, partner in _patterns():
        if words[0] not in text and words[-1] not in text:  # one or two: quicker than any()
            continue
        prose = mask_code(text) if prose is None else prose
        first = opening.search(prose)
        if first and (partner is None or partner.search(prose, first.end())):
            return name, first.span()
    return None


def begins_twice(text: str) -> tuple[int, int] | None:
    """The place of the first token where ``text`` has it twice, as after rendering and tokenizing again."""
    match = _BEGIN_TWICE.match(text)
    return match.span() if match else None


def pre_rendered(record: Record) -> dict[int, tuple[str, tuple[int, int]]]:
    """The texts of the row, by number, that are rendered templates already; none where the row is about templates.

    Nothing is said about formats whose texts are meant to hold such marks: plain text, transcripts.
    """
    return record.once(_pre_rendered)


def _pre_rendered(record: Record) -> dict[int, tuple[str, tuple[int, int]]]:
    shard = record.shard
    if record.format.rendered:
        return {}
    mask = shard.once(is_prose)
    found = {}
    for text in record.text_range:
        value = shard.values[text]
        if not may_be_rendered(value) or not mask[text]:
            continue
        rendered = rendered_template(value)
        if rendered is None and _is_whole_conversation(int(shard.codes[text])):
            match = _TRANSCRIPT.match(value)
            rendered = ("Human/Assistant", (match.start(), match.end())) if match else None
        if rendered is not None:
            found[text] = rendered
    return {} if found and row_mentions(record, _ABOUT) else found


def _is_whole_conversation(code: int) -> bool:
    """Whether a text of this code is a side of a pair, which may hold the prompt as well."""
    return code & c.KIND_MASK == c.FIELD and code & c.SIDE_MASK in (c.CHOSEN, c.REJECTED)


@functools.cache
def _marks() -> tuple[str, ...]:
    """Those that begin as control tokens of many families do."""
    return tuple(word for _, words, _, _ in _TEMPLATES for word in words if word.startswith("<|"))


@functools.cache
def _patterns() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str], re.Pattern[str] | None], ...]:
    return tuple(
        (name, words, re.compile(opening), re.compile(partner) if partner else None)
        for name, words, opening, partner in _TEMPLATES
    )
