"""Every format that can be read or written, and why the others cannot."""

from __future__ import annotations

import functools
from itertools import chain

from ftprep.conversion import (
    blocks,
    chat,
    converse,
    gemini,
    labels,
    sides,
    speakers,
    strings,
    tasks,
    transcripts,
    vision,
)
from ftprep.conversion.conversation import Method
from ftprep.conversion.shape import Shape
from ftprep.formats.format import all_formats

_MODULES = (chat, speakers, strings, sides, transcripts, converse, gemini, blocks, tasks, labels, vision)
NEITHER = {
    "oasst-flat": "a row is one message, whose conversation is spread over others",
    "tokenized": "tokens are no texts without the tokenizer that made them",
    "titan-image": "a row is an image and its caption",
    "bedrock-invocation-log": "a row is a log of one request, in the words of the model's own interface",
    "axolotl-input-output": "its segments hold a template of their author's",
    "axolotl-explainchoice": "how choices are shown is for its prompt to say",
    "axolotl-context-qa-404": "its answer is a sentence of Axolotl's, not of the row",
}
"""Formats that are neither read nor written, and the reason."""


@functools.cache
def all_shapes() -> dict[str, Shape]:
    """Every format by name, in order of detection; those of :data:`NEITHER` have no reader and no writer."""
    known = dict(chain.from_iterable(one.SHAPES.items() for one in _MODULES))
    return {name: known[name] if name in known else Shape(_method(name), why=NEITHER[name]) for name in all_formats()}


def _method(name: str) -> Method:
    return all_formats()[name].method


def writable() -> list[str]:
    """The names of formats that can be written."""
    return [name for name, shape in all_shapes().items() if shape.write is not None]
