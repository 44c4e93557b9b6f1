"""Answers: the texts that a model is taught to say, each with what it answers."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from ftprep.formats import columns as c
from ftprep.record import State

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ftprep.record import Record
    from ftprep.shard import Shard

# A call's name and arguments, tool definitions and names are no prose.
PROSE_KINDS = (c.CONTENT, c.PART, c.REFUSAL, c.PART_REFUSAL, c.FIELD, c.ITEM, c.PAIR, c.VALUE)


class Answer(NamedTuple):
    """One trained answer of a row.

    ``text`` is its number in the shard. ``request`` is the last text of the user before it, ``system`` the system
    prompts, ``context`` everything that stands before it in the conversation, itself left out.
    """

    text: int
    value: str
    pointer: str
    request: str
    system: str
    context: tuple[str, ...]

    @property
    def prompt(self) -> str:
        """All that the answer depends on, as one text."""
        return "\n\n".join(self.context)


def is_answer(shard: Shard) -> NDArray[np.bool_]:
    """For each text of the shard, whether it is an answer to be learnt: not a rejected one, not a text to continue."""
    import numpy as np

    if shard.format is None or shard.format.method in ("language-modeling", "rft", "prompt-only"):
        return np.zeros(len(shard.values), dtype=np.bool_)
    codes = shard.codes
    said = (codes & c.TRAINED != 0) & (codes & c.ROLE_MASK == c.ASSISTANT) & (codes & c.SIDE_MASK != c.REJECTED)
    mask: NDArray[np.bool_] = said & of_kinds(codes, PROSE_KINDS)
    return mask


def rows_with_answers(shard: Shard) -> int:
    """The number of sound rows of the shard that have an answer to be learnt."""
    import numpy as np

    rows = shard.rows_of_texts(shard.once(is_answer))
    sound = np.frombuffer(bytes(shard.state), dtype=np.uint8) == State.SOUND
    return int(sound[rows].sum())


def rows_of_answers(shard: Shard, texts: NDArray[np.int64]) -> list[int]:
    """The rows, ascending, of those of the numbered texts that are answers to be learnt."""
    return shard.rows_of_texts(texts[shard.once(is_answer)[texts]])


def is_prose(shard: Shard) -> NDArray[np.bool_]:
    """For each text of the shard, whether people or models said it: no tool definition, call, name or tool result."""
    codes = shard.codes
    kinds = of_kinds(codes, (*PROSE_KINDS, c.REASONING))
    mask: NDArray[np.bool_] = kinds & (codes & c.ROLE_MASK != c.TOOL)
    return mask


def of_kinds(codes: NDArray[np.int64], kinds: tuple[int, ...]) -> NDArray[np.bool_]:
    """For each of some codes of texts, whether its kind is one of ``kinds``."""
    mask: NDArray[np.bool_] = _table(kinds)[codes & c.KIND_MASK]
    return mask


@functools.cache
def _table(kinds: tuple[int, ...]) -> NDArray[np.bool_]:
    """For each kind, whether it is one of ``kinds``: indexing is several times as fast as asking with isin."""
    import numpy as np

    table = np.zeros(c.KIND_MASK + 1, dtype=np.bool_)
    table[list(kinds)] = True
    return table


def answers(record: Record) -> list[Answer]:
    """The answers of a row in reading order."""
    return record.once(_answers)


def _answers(record: Record) -> list[Answer]:
    shard = record.shard
    mask = shard.once(is_answer)
    texts = record.text_range
    found = []
    for text in texts:
        if not mask[text]:
            continue
        context: list[str] = []
        system: list[str] = []
        request = ""
        for other in texts:
            code = int(shard.codes[other])
            if other == text or code & c.SIDE_MASK == c.REFERENCE or code & c.SIDE_MASK == c.REJECTED:
                continue
            # Fields beside the conversation (a history after the answer, say) come before what they lead to.
            if other > text and code & c.KIND_MASK not in (c.PAIR, c.TOOLS):
                continue
            role, value = code & c.ROLE_MASK, shard.values[other]
            if code & c.KIND_MASK in (c.NAME, c.CALL_NAME, c.ARGUMENTS, c.TOOLS):
                continue
            context.append(value)
            if role == c.SYSTEM:
                system.append(value)
            elif role == c.USER and other < text:
                request = _joined_request(record, request, other)
        found.append(
            Answer(text, shard.values[text], record.pointer(text), request, "\n\n".join(system), tuple(context))
        )
    return found


def _joined_request(record: Record, before: str, text: int) -> str:
    """The request with the user's text number ``text``: parts of one turn, and fields of one row, belong together."""
    shard = record.shard
    kind = int(shard.codes[text]) & c.KIND_MASK
    if not before:
        return shard.values[text]
    together = kind == c.FIELD or (kind == c.PART and _same_turn(shard, text))
    if not together:
        return shard.values[text]
    return f"{before}\n\n{shard.values[text]}" if shard.values[text] else before  # an empty input adds nothing


def _same_turn(shard: Shard, text: int) -> bool:
    return shard.slots[text] & ~c.INDEX_MASK == shard.slots[text - 1] & ~c.INDEX_MASK
