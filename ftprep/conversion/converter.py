"""Rows in, rows out: :class:`Converter`, which the command line, Python and a pipeline of files share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ftprep.conversion.conversation import CannotConvert, Example, Notes, Row, completion_start, text_message
from ftprep.conversion.goal import Goal, format_for
from ftprep.conversion.methods import adapted
from ftprep.conversion.shape import Read
from ftprep.conversion.shapes import all_shapes
from ftprep.errors import UsageError
from ftprep.formats.detect import foreign_format, matches
from ftprep.formats.format import format_named
from ftprep.formats.keys import METADATA, REFERENCES
from ftprep.formats.validation import schema_errors, validator
from ftprep.pointer import escape_token, resolve
from ftprep.text.snippet import quote

MISREAD = "its parts do not go together as its format has them"
_TELLS = "trl-prompt-completion-conv"
_TURNLESS = ("language-modeling", "stepwise")

# Columns beside what a format has: with some of them a row would be one of another format.
# The columns that are kept where not all can be, in the order in which that is tried.
_FEWER = (frozenset((*METADATA, *REFERENCES)), frozenset(REFERENCES), frozenset[str]())


def parse_mapping(words: Sequence[str]) -> dict[str, str]:
    """``prompt=question`` and so on as {new: old}; an old name that starts with a slash is a JSON Pointer."""
    found: dict[str, str] = {}
    for word in (one for group in words for one in group.split(",")):
        new, equals, old = word.partition("=")
        if not equals or not new.strip() or not old.strip():
            raise UsageError(f"--map: {quote(word)} is no `name=column`")
        if new.strip() in found:
            raise UsageError(f"--map: {quote(new.strip())} is given twice")
        found[new.strip()] = old.strip()
    return found


def mapped(row: Row, mapping: Mapping[str, str], notes: Notes | None = None) -> Row:
    """``row`` with the columns of ``mapping`` under their new names, before all others.

    What else stands in an object that a pointer leads into stays there. A column whose name is given to another is
    left out, and counted with ``notes``.
    """
    if not mapping:
        return row
    found: Row = {}
    rest = row
    for new, old in mapping.items():
        pointer = old if old.startswith("/") else f"/{escape_token(old)}"
        try:
            found[new] = resolve(row, pointer)
        except KeyError:
            continue
        rest = _without(rest, [one.replace("~1", "/").replace("~0", "~") for one in pointer.split("/")[1:]])
    for key, value in rest.items():
        if key not in found:
            found[key] = value
        elif notes is not None and value is not None:
            notes.lose(f"column {quote(key)}, whose name another one gets")
    return found


def _without(row: Row, path: list[str]) -> Row:
    """``row`` without what stands at ``path``, and without objects that are empty then; lists stay as they are."""
    key, *below = path
    if key not in row:
        return row
    rest = dict(row)
    if not below:
        del rest[key]
    elif isinstance(row[key], dict):
        rest[key] = _without(row[key], below)
        if not rest[key]:
            del rest[key]
    return rest


def _moves(example: Example) -> bool:
    """Whether the completion starts elsewhere than where turns and their flags alone would tell."""
    if example.method != "sft" or example.cut is None:
        return False
    return completion_start(example.messages, None) != example.cut


@dataclass(slots=True)
class Converter:
    """Converts rows of one format.

    ``source`` is the format of the rows, ``system`` a system prompt for rows that have none. :meth:`rows` is asked
    row by row; what all of them lost is in ``notes``. A row that cannot be converted leaves no note.
    """

    source: str
    goal: Goal
    system: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)
    format: str = ""
    _first: dict[frozenset[str], bool] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.format = format_for(self.goal, self.source)
        if self.system is not None and all_shapes()[self.format].method in _TURNLESS:
            raise UsageError(f"--system: rows of {self.format} have no turns")

    def rows(self, row: Row) -> list[Row]:
        """``row``, which is left as it is, in the format of the goal; raises :class:`CannotConvert`."""
        renamed = Notes()
        row = mapped(row, self.mapping, renamed)
        read = self._reader(row)
        try:
            found, notes = self._attempt(row, read, None)
            for keep in _FEWER:
                if all(map(self._fits, found)):
                    break
                found, notes = self._attempt(row, read, keep)
        except RecursionError:
            raise CannotConvert("nested too deep") from None
        except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
            raise CannotConvert(MISREAD) from error
        for one in found:
            self._check(one)
        self.notes.add(renamed)
        self.notes.add(notes)
        return found

    def _attempt(self, row: Row, read: Read, keep: frozenset[str] | None) -> tuple[list[Row], Notes]:
        """Read and write ``row`` with those of its columns that ``keep`` names; None names all."""
        notes, shape = Notes(), all_shapes()[self.format]
        assert shape.write is not None
        found = []
        for example in adapted(read(row, notes), shape.method, notes):
            if self.system is not None:
                self._put_system(example, notes)
            for key in [key for key in example.columns if keep is not None and key not in keep]:
                del example.columns[key]
                notes.lose(f"column {quote(key)}")
            if self.format != _TELLS and _moves(example):
                notes.lose("the border between prompt and completion")
            found.append(shape.write(example, self.goal.dialect(self.format), notes))
        return found, notes

    def _reader(self, row: Row) -> Read:
        """How to read ``row``, which may be one of another format; raises for one that is broken."""
        name = self.source
        if not validator(name).isinstance_python(row):
            other = foreign_format(format_named(name), row)
            if other is not None:
                name = other
                if all_shapes()[name].method != all_shapes()[self.source].method or all_shapes()[name].read is None:
                    raise CannotConvert(f"it looks like {other}, not like {self.source}")
            errors = [one for one in schema_errors(name, row) if one.code != "SCH002"]
            if errors:
                raise CannotConvert(f"{errors[0].message} ({errors[0].code} at {quote(errors[0].pointer or '/')})")
        read = all_shapes()[name].read
        assert read is not None
        return read

    def _fits(self, row: Row) -> bool:
        """Whether ``row`` is valid, and what detection takes it for; the latter is asked once per set of keys.

        Any column may belong to a task: what it is taken for beside is no reason to leave one out.
        """
        if all_shapes()[self.format].method in ("rft", "prompt-only"):
            return self._is_valid(row)
        keys = frozenset(key for key, value in row.items() if value is not None)
        known = self._first.get(keys)
        if known is None:
            found = matches(row)
            known = self._first[keys] = bool(found) and found[0][0] == self.format
        return known and self._is_valid(row)

    def _is_valid(self, row: Row) -> bool:
        """Whether ``row`` is one of the format, with keys that only its target takes."""
        if validator(self.format).isinstance_python(row):
            return True
        dialect = self.goal.dialect(self.format)
        more = dialect.columns or dialect.row_keys is not None
        return more and all(one.code == "SCH002" for one in schema_errors(self.format, row))

    def _check(self, row: Row) -> None:
        """Raise where the written row breaks its own format."""
        if not self._is_valid(row):
            errors = schema_errors(self.format, row)
            raise CannotConvert(f"{self.format} does not take it: {errors[0].message}")

    def _put_system(self, example: Example, notes: Notes) -> None:
        if example.messages and example.messages[0].role in ("system", "developer"):
            notes.change("a system prompt of its own kept")
            return
        assert self.system is not None
        example.messages.insert(0, text_message("system", self.system))
        if example.cut is not None:
            example.cut += 1
