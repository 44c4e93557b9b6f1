"""What edits mean, worked out on parsed values: the proof of what was done to the text.

Values are compared as they are written where JSON allows several readings: keys in their order, repeated keys each,
numbers by their digits.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from ftprep.finding import Edit
from ftprep.fixing.splices import CannotEdit

_INDEX = re.compile(r"0|[1-9][0-9]{0,17}")


class Number(NamedTuple):
    """A number, or NaN and its like, by its characters."""

    written: str


class Members(NamedTuple):
    """An object: its keys in order, each with its value."""

    pairs: list[list[Any]]


def parse(text: str) -> Any:
    """``text`` as values; raises ``ValueError`` for what is no JSON and ``RecursionError`` for what is too deep."""
    return json.loads(
        text,
        object_pairs_hook=lambda pairs: Members([list(pair) for pair in pairs]),
        parse_int=Number,
        parse_float=Number,
        parse_constant=Number,
    )


class _Changes:
    """What happens to the entries of one object or array."""

    def __init__(self) -> None:
        self.values: dict[int, Any] = {}
        self.spans: defaultdict[int, list[tuple[int, int, str]]] = defaultdict(list)
        self.keys: dict[int, str] = {}
        self.gone: set[int] = set()
        self.added: list[list[Any]] = []


def meant(text: str, edits: Iterable[Edit]) -> Any:
    """The values of ``text`` after ``edits``, whose pointers all mean the row as it is before any of them.

    Raises :class:`CannotEdit` where an object would get a key twice.
    """
    whole = [parse(text)]
    changes: defaultdict[int, _Changes] = defaultdict(_Changes)
    containers: dict[int, Any] = {}
    for edit in edits:
        parent, index, key = _resolve(whole, edit.pointer, further=edit.op == "add")
        containers[id(parent)] = parent
        mine = changes[id(parent)]
        if edit.op == "add":
            mine.added.append([key, _plain(edit.new)])
        elif edit.op == "remove":
            mine.gone.add(index)
        elif edit.op == "rename":
            mine.keys[index] = edit.new
        elif edit.span is None:
            mine.values[index] = _plain(edit.new)
        else:
            mine.spans[index].append((*edit.span, edit.new))
    for number, container in containers.items():
        _change(container, changes[number])
    return whole[0]


def _plain(value: Any) -> Any:
    return parse(json.dumps(value))


def _resolve(whole: list[Any], pointer: str, *, further: bool) -> tuple[Any, int, str]:
    """The container that a pointer leads into, the entry there (-1 for a ``further`` key) and its key."""
    container: Any = whole
    index, key = 0, ""
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    for number, token in enumerate(tokens, 1):
        value = _entry(container, index)
        if isinstance(value, Members):
            known = [at for at, (name, _) in enumerate(value.pairs) if name == token]
            index = known[-1] if known else -1
        elif type(value) is list:
            index = int(token) if _INDEX.fullmatch(token) and int(token) < len(value) else -1
        else:
            raise CannotEdit("there is no such value")
        if index < 0 and not (further and number == len(tokens) and isinstance(value, Members)):
            raise CannotEdit("there is no such value")
        container, key = value, token
    return container, index, key


def _entry(container: Any, index: int) -> Any:
    return container.pairs[index][1] if isinstance(container, Members) else container[index]


def _change(container: Any, changes: _Changes) -> None:
    for index, spans in changes.spans.items():
        value, pieces, at = _entry(container, index), [], 0
        for start, end, new in sorted(spans):
            pieces += [value[at:start], new]
            at = end
        changes.values[index] = "".join([*pieces, value[at:]])
    if not isinstance(container, Members):
        for index, value in changes.values.items():
            container[index] = value
        container[:] = [one for index, one in enumerate(container) if index not in changes.gone]
        return
    pairs = container.pairs
    for index, value in changes.values.items():
        pairs[index][1] = value
    for index, key in changes.keys.items():
        pairs[index][0] = key
    pairs[:] = [*(one for index, one in enumerate(pairs) if index not in changes.gone), *changes.added]
    names = Counter(key for key, _ in pairs)
    for key in (*changes.keys.values(), *(key for key, _ in changes.added)):
        if names[key] > 1:
            raise CannotEdit("the object has that key already")
