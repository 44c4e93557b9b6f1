"""Rows of a few strings: what is asked under one or two keys, and one answer, two, or one that is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ftprep.conversion.conversation import (
    CannotConvert,
    Example,
    Message,
    Method,
    Notes,
    Row,
    split_system,
    text_message,
)
from ftprep.conversion.dialect import Dialect
from ftprep.conversion.shape import Shape, add_columns, columns_of, only_text, plain_turn, take_thoughts


@dataclass(frozen=True, slots=True)
class Strings:
    """The keys of such a format.

    ``asks`` are the keys of the question, joined by a newline; rows are written with the first of them, and "" in
    the others where ``empty`` names them. ``answers`` are the keys of the answer, or of both sides. ``system`` is the
    key of the system prompt, "" where there is none; ``history`` the one of earlier pairs.
    """

    name: str
    method: Method
    asks: tuple[str, ...]
    answers: tuple[str, ...]
    system: str = ""
    label: str = ""
    history: str = ""
    empty: tuple[str, ...] = ()
    written: bool = True

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys of the format."""
        return tuple(key for key in (*self.asks, *self.answers, self.system, self.label, self.history) if key)

    def read(self, row: Row, notes: Notes) -> Example:
        """A question and what answers it."""
        messages: list[Message] = []
        if self.system and row.get(self.system):
            messages.append(text_message("system", row[self.system]))
        for question, answer in row.get(self.history) or () if self.history else ():
            messages += [text_message("user", question), take_thoughts(text_message("assistant", answer))]
        asked = [row[key] for key in self.asks if row.get(key)]
        if len(asked) > 1:
            notes.change(f"`{self.asks[-1]}` joined to `{self.asks[0]}`")
        messages.append(text_message("user", "\n".join(asked)))
        columns = columns_of(row, *self.keys)
        answers = [take_thoughts(text_message("assistant", row[key])) for key in self.answers]
        if self.method == "preference":
            return Example("preference", messages, [answers[0]], [answers[1]], columns=columns)
        if self.method == "kto":
            return Example("kto", [*messages, *answers], label=bool(row[self.label]), columns=columns)
        cut = None if self.history else len(messages)
        return Example("sft", [*messages, *answers], columns=columns, cut=cut, continues=self.name in _CONTINUED)

    def write(self, example: Example, dialect: Dialect, notes: Notes) -> Row:
        """A question and what answers it, where that is all there is."""
        sides = [example.chosen, example.rejected] if self.method == "preference" else [example.messages[-1:]]
        prompt = example.messages if self.method == "preference" else example.messages[:-1]
        answers = [self._answer(side, dialect, notes) for side in sides]
        system, rest = split_system(prompt)
        row: Row = {}
        told = "\n\n".join(plain_turn(message, dialect, notes) for message in system)
        if self.system and (told or self.system in self.empty):
            row[self.system] = told
        asked, earlier = self._question(rest, dialect, notes)
        if system and not told:
            notes.change("an empty system prompt left out")
        if len(system) > 1:
            notes.change("system turns joined to one")
        if told and not self.system:
            asked = f"{told}\n\n{asked}" if asked else told
            notes.lose("the role of the system prompt, which joined the question")
        row[self.asks[0]] = asked
        row.update(dict.fromkeys((key for key in self.empty if key in self.asks), ""))
        for key, answer in zip(self.answers, answers, strict=True):
            row[key] = answer
        if earlier:
            row[self.history] = earlier
        if self.label:
            row[self.label] = bool(example.label)
        if example.tools:
            notes.lose("the tools")
        return add_columns(row, example, None, dialect, notes)

    def _answer(self, side: list[Message], dialect: Dialect, notes: Notes) -> str:
        if len(side) != 1 or side[0].role != "assistant":
            what = "no answer of the assistant" if not side or len(side) == 1 else f"{len(side)} turns on one side"
            raise CannotConvert(f"{dialect.format} has one answer, and this row {what}")
        return plain_turn(side[0], dialect, notes)

    def _question(self, rest: list[Message], dialect: Dialect, notes: Notes) -> tuple[str, list[list[str]]]:
        """The last question, and the pairs before it."""
        for message in rest:
            if message.calls or message.role == "tool":
                raise CannotConvert(f"{dialect.format} has no place for calls of tools and their results")
        roles = [message.role for message in rest]
        if not rest:
            notes.change("no question written as an empty one")
            return "", []
        if roles != ["user", "assistant"] * (len(rest) // 2) + ["user"] or (len(rest) > 1 and not self.history):
            one = "a question of the user" if not self.history else "turns of user and assistant by turns"
            raise CannotConvert(f"{dialect.format} has {one} before the answer, and this row {_described(roles)}")
        pairs = []
        for at in range(0, len(rest) - 1, 2):
            answer = rest[at + 1]
            say = plain_turn if self.method == "sft" else only_text
            pairs.append([plain_turn(rest[at], dialect, notes), say(answer, dialect, notes)])
        return plain_turn(rest[-1], dialect, notes), pairs


def _described(roles: list[Any]) -> str:
    if len(roles) > 4:
        return f"{len(roles)} turns"
    return ", ".join(roles)


_CONTINUED = ("prompt-completion", "axolotl-metharme")
_TABLE = (
    Strings("alpaca", "sft", ("instruction", "input"), ("output",), "system", history="history", empty=("input",)),
    Strings("prompt-completion", "sft", ("prompt",), ("completion",)),
    Strings("input-output-pair", "sft", ("input",), ("output",), "system"),
    Strings("open-orca", "sft", ("question",), ("response",), "system_prompt", empty=("system_prompt",)),
    Strings("dolly", "sft", ("instruction", "context"), ("response",), empty=("context",)),
    Strings("axolotl-metharme", "sft", ("prompt",), ("generation",)),
    Strings("axolotl-oasst", "sft", ("INSTRUCTION",), ("RESPONSE",)),
    Strings("axolotl-camel-ai", "sft", ("message_1",), ("message_2",)),
    Strings("axolotl-gpteacher", "sft", ("instruction", "input"), ("response",), empty=("input",)),
    Strings("axolotl-summarizetldr", "sft", ("article",), ("summary",)),
    Strings("axolotl-context-qa", "sft", ("article", "question"), ("answer",), written=False),
    Strings("axolotl-context-qa-v2", "sft", ("context", "question"), ("answer",), written=False),
    Strings("axolotl-jeopardy", "sft", ("category", "question"), ("answer",), written=False),
    Strings("axolotl-reflection", "sft", ("instruction", "input"), ("corrected",), written=False),
    Strings("axolotl-creative-acr", "sft", ("instruction",), ("revision",), written=False),
    Strings("trl-preference-std", "preference", ("prompt",), ("chosen", "rejected")),
    Strings("axolotl-intel", "preference", ("question",), ("chosen", "rejected"), "system"),
    Strings("axolotl-icr", "preference", ("input",), ("chosen", "rejected"), "system", empty=("system",)),
    Strings("axolotl-argilla", "preference", ("instruction",), ("chosen_response", "rejected_response"), "system"),
    Strings(
        "llamafactory-preference-alpaca",
        "preference",
        ("instruction", "input"),
        ("chosen", "rejected"),
        "system",
        history="history",
        empty=("input",),
    ),
    Strings("trl-kto", "kto", ("prompt",), ("completion",), label="label"),
    Strings("axolotl-kto-argilla", "kto", ("instruction",), ("completion",), "system", label="label"),
    Strings("axolotl-kto-intel", "kto", ("question",), ("completion",), "system", label="label"),
    Strings(
        "llamafactory-kto-alpaca",
        "kto",
        ("instruction", "input"),
        ("output",),
        "system",
        label="kto_tag",
        history="history",
        empty=("input",),
    ),
)


def _cannot(one: Strings) -> tuple[str, ...]:
    found = ["tools", "files", "names", "training flags"]
    if not one.history:
        found.append("earlier turns")
    if not one.system:
        found.append("a system prompt (joins the question)")
    return tuple(found)


SHAPES = {
    one.name: Shape(
        one.method,
        one.read,
        one.write if one.written else None,
        _cannot(one),
        "" if one.written else "its keys say more than a question and an answer",
    )
    for one in _TABLE
}
