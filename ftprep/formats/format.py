"""What a dataset format is: how to recognise it, its strict schema, and its texts."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from ftprep.errors import UsageError, did_you_mean
from ftprep.formats import columns
from ftprep.formats.keys import reference_values
from ftprep.formats.tool_calls import Call, Result, Tool, message_exchanges

if TYPE_CHECKING:
    from ftprep.formats.columns import ColumnBuilder

Method = Literal["sft", "preference", "kto", "rft", "prompt-only", "stepwise", "language-modeling"]


class Match(NamedTuple):
    """How sure a format is that a row is its own (0 to 1), and by what sign."""

    confidence: float
    reason: str


class Format:
    """One shape of rows. Each format is one file in a folder of ``ftprep/formats/``, which says where
    it comes from, and defines one subclass.

    ``priority`` orders detection: the first format that matches a row, by ascending priority, takes it; it is the
    row's number in the table of formats, so that a special shape comes before a general one. ``keys`` are the usual
    top-level keys: of a row with none of them the format is never asked, and they name the near formats when nothing
    matches. ``fields`` are the JSON Pointers of the parts that hold texts, by field number. ``incomplete`` names the
    formats whose rows, in a file of this format, are rows that lack something: a row without its answer among rows with
    answers has lost it, and is no row of another format.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    method: ClassVar[Method]
    priority: ClassVar[float]
    keys: ClassVar[frozenset[str]]
    fields: ClassVar[tuple[str, ...]]
    incomplete: ClassVar[frozenset[str]] = frozenset()
    chat_overhead: ClassVar[bool] = False
    """Whether the provider adds tokens per message, by the OpenAI cookbook's method."""
    answerer: ClassVar[str] = "assistant"
    """What the format calls the side that answers, for messages of rules."""
    results_in_user_turns: ClassVar[bool] = False
    """Whether tool results are parts of the user's turns, and no turns of a role of their own."""
    tool_name_marks: ClassVar[str] = "_-"
    """Characters that names of tools may hold beside letters and digits."""
    lone: ClassVar[frozenset[str]] = frozenset()
    """Pointers of :meth:`conversations` at which one turn stands, and no list of turns."""
    answered: ClassVar[bool] = True
    """Whether every row holds something to learn; a message of a tree, for one, may be the user's alone."""
    labels: ClassVar[bool] = False
    """Whether what is learnt is a label: one or two words are then a full answer."""
    transcripts: ClassVar[bool] = False
    """Whether the texts are whole dialogues (see :mod:`ftprep.formats.transcripts`)."""
    messages: ClassVar[str | None] = None
    """The key of the list of messages, first of the fields, that may be all that a row has, if there is one."""
    rendered: ClassVar[bool] = False
    """Whether its texts hold marks of turns by design: rendered templates, transcripts, segments of either."""
    marked_media: ClassVar[bool] = False
    """Whether each file of a media column has its mark in the text."""
    judged_by_tests: ClassVar[bool] = False
    """Whether answers are programs, judged by what they do, so that there is no reference to compare them with."""
    columns_belong_to_prompt: ClassVar[bool] = False
    """Whether columns beside the texts may be part of what is asked: the options of a choice, a passage to read."""
    example: ClassVar[Mapping[str, Any]]
    """One small valid row of our own, shown by ``ftprep formats NAME``."""

    def match(self, row: Mapping[str, Any]) -> Match | None:
        """Say whether ``row`` looks like this format, by its keys and the types of their values only.

        Null counts as absent: the caller has left out top-level keys that are null.
        """
        raise NotImplementedError

    def schema(self) -> Any:
        """The type that pydantic validates a row against (a TypedDict); imported by the caller of this only."""
        raise NotImplementedError

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        """Add the row's texts and turns to ``out``; return the number of keys seen, for the duplicate-key screen.

        Called for rows that pass the schema and, guarded, for rows that do not: must not change ``row``.
        """
        raise NotImplementedError

    def pointer(self, code: int, packed: int) -> str:
        """The JSON Pointer of the text with this code and slot."""
        found = columns.pointer(self.fields, code, packed)
        if not self.lone:
            return found
        prefix = self.fields[packed >> columns.FIELD_SHIFT]
        if prefix in self.lone and found.startswith(f"{prefix}/0"):
            found = prefix + found.removeprefix(f"{prefix}/0")
        return found

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        """The tools that the row declares; None when it declares none at all."""
        return None

    def identity(self, row: Mapping[str, Any]) -> Any:
        """What besides its texts makes the row what it is (labels, references), as JSON; None when nothing does.

        Ids, sources and other metadata do not belong here: two rows that differ in them alone are duplicates.
        """
        return None

    def references(self, row: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """What a grader compares answers with: JSON Pointer and value of each, the one that counts most first.

        Null ones are left out. Tests that a program has to pass are none.
        """
        if self.judged_by_tests or self.method not in ("rft", "prompt-only"):
            return []
        return reference_values(row)

    def verifier(self, row: Mapping[str, Any]) -> str | None:
        """The name of the verifier or the scorer that the row asks for, if it names one."""
        return None

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        """The row's lists of turns with their JSON Pointers, in the order in which ``append`` walks them.

        The letters of ``Record.turns``, separators left out, belong to these turns one by one. A turn that stands
        alone is a list of one; its pointer is one of :attr:`lone`.
        """
        return []

    def loose_parts(self, row: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
        """Lists of content parts outside any turn: pointer, turn letter of who says them, and the list."""
        return iter(())

    def turn_pointers(self, row: Mapping[str, Any]) -> list[str]:
        """The JSON Pointer of each turn of :meth:`conversations`."""
        return [
            pointer if pointer in self.lone else f"{pointer}/{index}"
            for pointer, turns in self.conversations(row)
            for index in range(len(turns))
        ]

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        """For each conversation that a model would see, its tool calls and tool results in order."""
        for pointer, turns in self.conversations(row):
            yield list(message_exchanges(turns, pointer))


@functools.cache
def all_formats() -> dict[str, Format]:
    """Every format by name, in order of detection."""
    import ftprep.formats

    found: list[Format] = []
    for origin in pkgutil.iter_modules(ftprep.formats.__path__):
        if not origin.ispkg:
            continue
        package = importlib.import_module(f"ftprep.formats.{origin.name}")
        for module in pkgutil.iter_modules(package.__path__):
            members = vars(importlib.import_module(f"{package.__name__}.{module.name}")).values()
            found += [
                one() for one in members if isinstance(one, type) and issubclass(one, Format) and "name" in vars(one)
            ]
    unique = {one.name: one for one in found}
    return dict(sorted(unique.items(), key=lambda item: item[1].priority))


def format_named(name: str) -> Format:
    """Return the format called ``name``; raises ``UsageError`` with the nearest name."""
    known = all_formats()
    key = name.lower().replace("_", "-")
    if key not in known:
        from ftprep.text.snippet import quote

        raise UsageError(f"unknown format {quote(name)}{did_you_mean(key, known)} (`ftprep formats` lists them)")
    return known[key]
