"""Rule CHT003."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.formats.transcripts import utterances
from ftprep.pointer import resolve
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.blanks import is_blank
from ftprep.text.dialogues import shown_twice

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard

_NULL = re.compile(rb"[eE]")
_IN_TURNS = (c.CONTENT, c.PART, c.PART_REFUSAL, c.REFUSAL)
_KINDS = (*_IN_TURNS, c.VALUE, c.FIELD, c.ITEM, c.PAIR)
_SPEAKERS = (c.SYSTEM, c.USER, c.ASSISTANT)
_TURN = re.compile(r"(.*)/(?:(content|parts)(?:/\d+/(?:text|refusal|value))?|refusal)")
_EMPTY_UTTERANCE = re.compile(r":\s*(?:\Z|\n\n(?:Human|Assistant):)")
_CODE_MASK = (c.OPTIONAL << 1) - 1  # the flag above it says where a call stands, which does not matter here
_COUNTED = frozenset(
    code
    for code in range(c.OPTIONAL)
    if (code & c.ROLE_MASK in _SPEAKERS or code & c.TRAINED)
    and code & c.KIND_MASK in _KINDS
    and code & c.SIDE_MASK != c.REFERENCE
)


class EmptyTurn(RecordRule):
    """A system, user or assistant turn without any text.

    ## What it does
    Reports turns whose content is null, empty, or made of white space and invisible characters only, and fields of
    rows without turns (`completion`, `output`, `text`) of that kind. A turn of several parts is empty when all its
    parts are. Turns that call tools, refuse, or hold an image need no text; tool results and optional fields may be
    empty. A side of a preference pair that is empty as a whole is PRF002's.

    ## Why is this bad?
    The model learns to answer nothing, or learns an answer to nothing. Several platforms refuse the file.

    ## How to settle it
    Put back the text, remove the turn, or drop the row.
    """

    code = "CHT003"
    name = "empty-turn"
    severity = Severity.ERROR
    examples = (
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Is it open?"},
                    {
                        "role": "assistant",
                        "content": None,
                        "tool_calls": [
                            {"id": "c1", "type": "function", "function": {"name": "hours", "arguments": "{}"}}
                        ],
                    },
                    {"role": "tool", "tool_call_id": "c1", "content": ""},
                    {
                        "role": "assistant",
                        "content": "",
                        "tool_calls": [
                            {"id": "c2", "type": "function", "function": {"name": "hours", "arguments": ""}}
                        ],
                    },
                    {"role": "tool", "tool_call_id": "c2", "content": "9 to 5"},
                    {"role": "assistant", "content": "Yes, until five."},
                ],
                "tools": [{"type": "function", "function": {"name": "hours"}}],
            },
            note="null and empty content beside calls, and an empty result",
        ),
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Open the safe."},
                    {"role": "assistant", "content": "", "function_call": {"name": "open_safe", "arguments": "{}"}},
                    {"role": "function", "name": "open_safe", "content": None},
                    {"role": "assistant", "content": None, "refusal": "I may not do that."},
                    {"role": "user", "content": "Please?"},
                    {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]},
                ],
                "functions": [{"name": "open_safe"}],
            },
            note="a legacy call, a refusal field and a refusal part",
        ),
        Good(
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {"type": "text", "text": ""},
                            {"type": "image_url", "image_url": {"url": "https://example.com/pear.png"}},
                        ],
                    },
                    {
                        "role": "assistant",
                        "content": [{"type": "text", "text": " "}, {"type": "text", "text": "A pear."}],
                    },
                ]
            },
            note="an image needs no text, and one part with text is enough",
        ),
        Good(
            {"messages": [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "👋"}]},
            note="text without a single ASCII character",
        ),
        Good({"instruction": "Name a colour.", "input": "", "output": "Red."}, note="optional fields may be empty"),
        Bad(
            {
                "messages": [
                    {"role": "system", "content": " \n\t"},
                    {"role": "user", "content": "\u200b\ufeff"},
                    {"role": "assistant", "content": ""},
                ]
            },
            at=[(1, "/messages/0/content"), (1, "/messages/1/content"), (1, "/messages/2/content")],
            message="user turn holds only invisible characters",
        ),
        Bad(
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": None}]},
            at=[(1, "/messages/1/content")],
            message="assistant turn has null content and no calls",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": [{"type": "text", "text": ""}, {"type": "text", "text": "\u3000"}]},
                    {"role": "assistant", "content": "", "tool_calls": [], "refusal": ""},
                ]
            },
            at=[(1, "/messages/0/content"), (1, "/messages/1/content")],
            note="an empty list of calls is no call",
        ),
        Good(
            {
                "input": {"messages": [{"role": "user", "content": "A prime above 20?"}]},
                "preferred_output": [{"role": "assistant", "content": "23"}],
                "non_preferred_output": [{"role": "assistant", "content": ""}],
            },
            note="an empty side of a pair is PRF002",
        ),
        Bad(
            {"instruction": "Name a colour.", "input": "", "output": ""},
            at=[(1, "/output")],
            message="`output` is empty",
        ),
        Bad(
            {
                "chosen": "\n\nHuman: Hi\n\nAssistant:\n\nHuman: Hello?\n\nAssistant: Good day.",
                "rejected": "\n\nHuman: Hi\n\nAssistant:\n\nHuman: Hello?\n\nAssistant: ",
            },
            at=[(1, "/chosen"), (1, "/rejected")],
            message="assistant turn of the transcript is empty",
            note="what both sides begin with is said once",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        nulls = shard.rows_with_turns(_NULL)
        found = {*nulls, *(int(shard.owners[text]) for text in _blank_texts(shard))}
        if shard.format is not None and shard.format.transcripts:
            found.update(
                int(shard.owners[number]) for number, value in enumerate(shard.values) if _EMPTY_UTTERANCE.search(value)
            )
        return sorted(found)

    def check(self, record: Record) -> Iterator[Finding]:
        shard = record.shard
        told = {f"{pointer}/{key}" for pointer in shown_twice(record) for key in ("content", "parts")}
        judged: set[str] = set()
        if record.format.transcripts:
            yield from self._empty_utterances(record)
        empty = _empty_sides(record)
        yield from self._null_turns(record, told, tuple(pointer for _, pointer in empty))
        silent = {side for side, _ in empty}
        for text in record.text_range:
            code = int(shard.codes[text])
            if shard.visible[text] or code & _CODE_MASK not in _COUNTED or not is_blank(shard.values[text]):
                continue
            if code & c.SIDE_MASK in silent:
                continue
            pointer = record.pointer(text)
            role = code & c.ROLE_MASK
            speaker = f"{record.format.answerer if role == c.ASSISTANT else c.ROLE_NAMES[role]} turn"
            if code & c.KIND_MASK in _IN_TURNS:
                turn = _TURN.fullmatch(pointer)
                if turn is None or turn[1] in judged:
                    continue
                judged.add(turn[1])
                if not _is_empty(resolve(record.row, turn[1])):
                    continue
                pointer = f"{turn[1]}/{turn[2] or 'content'}"
            elif code & c.KIND_MASK != c.VALUE:
                speaker = f"`{pointer[1:]}`"
            if pointer not in told:
                told.add(pointer)
                yield self.finding(record.ref, f"{speaker} {_how(shard.values[text])}", pointer=pointer)

    def _empty_utterances(self, record: Record) -> Iterator[Finding]:
        from ftprep.formats.trl.preference_implicit_conv import shared_turns

        before: list[str] = []
        for text in record.texts:
            turns = utterances(text.value)
            said = [text.value[one.start : one.end] for one in turns]
            shared = shared_turns(before, said)
            before = said
            for number, one in enumerate(turns):
                if number >= shared and is_blank(said[number]):
                    speaker = "assistant" if one.letter == "a" else "user"
                    message = f"{speaker} turn of the transcript is empty"
                    yield self.finding(record.ref, message, pointer=text.pointer, span=(one.mark, one.start))

    def _null_turns(self, record: Record, told: set[str], silent: tuple[str, ...]) -> Iterator[Finding]:
        letters = record.turns.replace(c.SEPARATOR, "")
        if "e" in letters or "E" in letters:
            for letter, pointer in zip(letters, record.turn_pointers, strict=True):
                if letter in "eE" and f"{pointer}/content" not in told and not pointer.startswith(silent):
                    message = "assistant turn has null content and no calls"
                    yield self.finding(record.ref, message, pointer=f"{pointer}/content")


def _empty_sides(record: Record) -> list[tuple[int, str]]:
    """The sides of a pair that hold nothing at all: PRF002 says so, once per side."""
    if record.format.method != "preference":
        return []
    from ftprep.text.pairs import empty_sides

    return empty_sides(record)


def _blank_texts(shard: Shard) -> list[int]:
    import numpy as np

    table = np.zeros(_CODE_MASK + 1, dtype=np.bool_)
    table[list(_COUNTED)] = True
    values = shard.values
    hidden = np.flatnonzero(~shard.visible)
    return [int(text) for text in hidden[table[shard.codes[hidden] & _CODE_MASK]] if is_blank(values[text])]


def _is_empty(turn: Any) -> bool:
    """Whether a turn with some blank text holds nothing else."""
    if not isinstance(turn, Mapping) or turn.get("tool_calls") or isinstance(turn.get("function_call"), Mapping):
        return False
    refusal, content = turn.get("refusal"), turn.get("content", turn.get("parts"))
    if isinstance(refusal, str) and not is_blank(refusal):
        return False
    if isinstance(content, str):
        return is_blank(content)
    if not isinstance(content, list):
        return content is None
    parts = [part for part in content if isinstance(part, Mapping) and part.get("reasoningContent") is None]
    texts = [part.get("text", part.get("refusal", part.get("value"))) for part in parts]
    return all(isinstance(text, str) and is_blank(text) for text in texts)


def _how(value: str) -> str:
    if not value:
        return "is empty"
    return "holds only white space" if value.isspace() else "holds only invisible characters"
