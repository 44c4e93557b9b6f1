"""Which JSON types the fields of rows have: for tables, whose columns are of one type.

Fields are named by paths like those of JSON Pointers, with one sign for every item of a list. Objects whose keys are
data (JSON Schemas, arguments of calls) are fields, but what is in them is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import xxhash

ITEM = "\x1f"  # in paths, for the items of a list; no key of a sound dataset is this
DEPTH = 8  # fields below are left alone
ROWS_KEPT = 6  # first rows of each type of a field that are remembered

STRING, NUMBER, BOOLEAN, LIST, OBJECT = range(5)
NAMES = ("string", "number", "boolean", "list", "object")
_TYPES: Mapping[type, int] = {str: STRING, int: NUMBER, float: NUMBER, bool: BOOLEAN, list: LIST, dict: OBJECT}

FREE = frozenset(
    {
        "tools", "functions", "parameters", "arguments", "args", "input_schema", "inputSchema", "json_schema", "schema",
        "response_format", "response", "input", "json", "const", "default", "enum", "example", "examples",
    }
)  # fmt: skip
"""Keys of objects and lists that hold whatever a tool or a schema wants."""


class Field:
    """One field: what was seen of it, and the fields inside it by key (or :data:`ITEM`)."""

    __slots__ = ("inner", "seen")

    def __init__(self) -> None:
        self.inner: dict[str, Field] = {}
        self.seen: dict[int, list[int]] = {}
        """For each type the number of rows that have it, the last of these rows, then the first of them."""

    def note(self, kind: int, row: int) -> None:
        """Count a row in which the field is of a type; rows come in order."""
        seen = self.seen.get(kind)
        if seen is None:
            self.seen[kind] = [1, row, row]
        elif seen[1] != row:
            seen[0] += 1
            seen[1] = row
            if len(seen) < ROWS_KEPT + 2:
                seen.append(row)

    def take(self, value: Mapping[str, Any], row: int, depth: int = 1) -> None:
        """Note the types of all fields of an object. Null is no type: columns may hold it beside any other."""
        inner = self.inner
        for key, item in value.items():
            kind = _TYPES.get(type(item))
            if kind is None:
                continue
            field = inner.get(key)
            if field is None:
                field = inner[key] = Field()
            field.note(kind, row)
            if kind >= LIST and depth < DEPTH and key not in FREE:
                if kind == OBJECT:
                    field.take(item, row, depth + 1)
                elif item:
                    field.take_items(item, row, depth + 1)

    def take_items(self, items: list[Any], row: int, depth: int) -> None:
        """Note the types of the items of a list, and of the fields of these."""
        field = self.inner.get(ITEM)
        if field is None:
            field = self.inner[ITEM] = Field()
        kinds = {_TYPES.get(kind, -1) for kind in set(map(type, items))}
        for kind in sorted(kinds):
            if kind >= 0:
                field.note(kind, row)
        if depth < DEPTH and (LIST in kinds or OBJECT in kinds):
            for item in items:
                if type(item) is dict:
                    field.take(item, row, depth + 1)
                elif type(item) is list:
                    field.take_items(item, row, depth + 1)

    def take_alike(self, value: Mapping[str, Any], rows: range) -> None:
        """Note what :meth:`take` would note of several rows in order, all of which have the fields of ``value``."""
        one = Field()
        one.take(value, 0)
        self._add(one, rows)

    def _add(self, other: Field, rows: range) -> None:
        for kind in other.seen:
            seen = self.seen.setdefault(kind, [0, -1])
            seen[0] += len(rows)
            seen[1] = rows[-1]
            seen += rows[: ROWS_KEPT + 2 - len(seen)]
        for key, field in other.inner.items():
            self.inner.setdefault(key, Field())._add(field, rows)

    def walk(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Field]]:
        """Every field inside this one, with its path."""
        for key, field in self.inner.items():
            here = (*path, key)
            yield here, field
            yield from field.walk(here)


def path_hash(path: tuple[str, ...]) -> int:
    """A number for a path, the same in every process."""
    return xxhash.xxh3_64_intdigest("\x00".join(path).encode("utf-8", "surrogatepass"))


def paths(row: Mapping[str, Any]) -> dict[int, tuple[str, ...]]:
    """The paths of all fields of a row, by their numbers."""
    field = Field()
    field.take(row, 0)
    return {path_hash(path): path for path, _ in field.walk()}


def places(value: Any, path: tuple[str, ...], kind: int) -> Iterator[tuple[str | int, ...]]:
    """Keys and indices of the values of some type that a field has."""
    if not path:
        if _TYPES.get(type(value)) == kind:
            yield ()
    elif path[0] == ITEM and isinstance(value, list):
        for number, item in enumerate(value):
            yield from ((number, *rest) for rest in places(item, path[1:], kind))
    elif isinstance(value, dict) and path[0] in value:
        yield from ((path[0], *rest) for rest in places(value[path[0]], path[1:], kind))


def defined(schema: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Whether a JSON Schema says of what types a field is, so that all of them are right."""
    nodes = list(_alternatives(schema, schema))
    for key in path:
        inner = [node["items"] for node in nodes if "items" in node] if key == ITEM else []
        inner += [node["properties"][key] for node in nodes if key in node.get("properties", {})]
        if not inner:
            extra = [node["additionalProperties"] for node in nodes if key != ITEM and "additionalProperties" in node]
            inner = [one for one in extra if isinstance(one, Mapping)]
        nodes = [node for one in inner if isinstance(one, Mapping) for node in _alternatives(one, schema)]
    return any(not _WORDS.isdisjoint(node) and node.get("type") != "null" for node in nodes)


_WORDS = frozenset({"type", "enum", "const"})


def _alternatives(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The schemas that a schema stands for: those it names, or is one of."""
    waiting, seen = [node], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        for word in ("anyOf", "oneOf", "allOf"):
            waiting += one.get(word, ())
        name = one.get("$ref", "")
        if name.startswith("#/$defs/"):
            waiting.append(schema["$defs"][name.removeprefix("#/$defs/")])
