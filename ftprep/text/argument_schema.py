"""JSON Schemas of tool parameters: compiled once, applied to the arguments of calls.

jsonschema-rs does the work. Nothing is ever fetched: a schema that refers to another document is not applied.
What it says is put into words of our own, because its messages quote the arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

import orjson

from ftprep.finding import Severity
from ftprep.pointer import escape_token, resolve
from ftprep.text.snippet import quote, shorten

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

Path = Sequence[str | int]

MAX_BREAKS = 5
"""Most breaks that are told of one call."""
WHOLE_LIMIT = 100_000
"""Arguments of more characters than this are checked up to their first break, which bounds memory."""
NODE_LIMIT = 20_000
"""Most nodes of a schema with its references written out, which can be exponentially many."""
REACH_LIMIT = 100_000
"""Most steps that applying a schema which refers to itself may take; they can be exponentially many, too."""
NULL_ROUNDS = 20
"""How often nulls that break a schema are taken away, each time those of the breaks that were told."""
MESSAGE_LIMIT = 100

_LIMITS = {
    "minimum": "is below its minimum {}",
    "maximum": "is above its maximum {}",
    "exclusiveMinimum": "is not above {}",
    "exclusiveMaximum": "is not below {}",
    "minLength": "is shorter than {} characters",
    "maxLength": "is longer than {} characters",
    "minItems": "has fewer than {} items",
    "maxItems": "has more than {} items",
    "minProperties": "has fewer than {} fields",
    "maxProperties": "has more than {} fields",
}
# Not the arguments' fault: the library gave up on a pattern.
_IGNORED = frozenset({"BacktrackLimitExceeded", "RegexEngineFailure", "Referencing"})
_NULLABLE = frozenset({"type", "enum", "const"})
_VALUES = frozenset({"default", "const", "enum", "examples"})  # keywords that hold values, not schemas
_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})


class SchemaFault(NamedTuple):
    """Why ``parameters`` are no JSON Schema."""

    message: str
    severity: Severity | None = None


class Break(NamedTuple):
    """One expectation that arguments break; ``path`` leads to the value (to its parent when it is missing)."""

    path: tuple[str | int, ...]
    message: str
    keyword: str


class ArgumentSchema:
    """A compiled schema. ``recursions`` is the number of places where it refers to itself."""

    def __init__(self, document: Mapping[str, Any], validator: Any, recursions: int) -> None:
        self._document = document
        self._validator = validator
        self._recursions = recursions

    def breaks(self, arguments: Any, size: int, tool: str) -> list[Break]:
        """What ``arguments`` of ``tool`` break, at most :data:`MAX_BREAKS`; ``size`` is their length as JSON."""
        try:
            if self._is_beyond(arguments) or self._validator.is_valid(arguments):
                return []
            found: list[Break] = []
            for error in self._errors(arguments, size):
                found.extend(self._describe(error, tool))
                if len(found) >= MAX_BREAKS:
                    break
            return found[:MAX_BREAKS]
        except (ValueError, RecursionError):  # nested deeper than the library goes
            return []

    def breaks_of_object(self, arguments: Mapping[str, Any], size: int, tool: str) -> list[Break]:
        """As :meth:`breaks`, for arguments that stand in the row as an object.

        Arrow gives the objects of a column the fields of all others: a null that breaks the schema counts as absent.
        """
        found = self.breaks(arguments, size, tool)
        for _ in range(NULL_ROUNDS):
            nulls = [one.path for one in found if one.path and _value_at(arguments, one.path) is None]
            if not nulls:
                break
            arguments = _without(arguments, nulls)
            found = self.breaks(arguments, size, tool)
        return found

    def accepts_nothing(self) -> bool:
        """Whether a call without arguments is right."""
        return not self.breaks({}, 2, "")

    def _is_beyond(self, arguments: Any) -> bool:
        if self._recursions < 2:
            return False
        reach, value = 1, [arguments]
        while value and reach <= REACH_LIMIT:
            reach *= self._recursions
            value = [inner for outer in value for inner in _children(outer)]
        return reach > REACH_LIMIT

    def _errors(self, arguments: Any, size: int) -> Iterator[ValidationError]:
        if size <= WHOLE_LIMIT:
            yield from self._validator.iter_errors(arguments)
            return
        from jsonschema_rs import ValidationError

        try:
            self._validator.validate(arguments)
        except ValidationError as error:
            yield error

    def _describe(self, error: ValidationError, tool: str) -> Iterator[Break]:
        kind: Any = error.kind
        keyword, path = kind.name, tuple(error.instance_path)
        if type(kind).__name__ in _IGNORED or self._is_nullable(error):
            return
        if keyword == "required":
            message = f"missing required argument {_name((*path, kind.property))}"
            yield Break(path, message, keyword)
        elif keyword in ("additionalProperties", "unevaluatedProperties") and hasattr(kind, "unexpected"):
            for key in kind.unexpected:
                message = f"{_name((*path, key))} is no argument of {quote(tool)}"
                yield Break((*path, key), shorten(message, MESSAGE_LIMIT), keyword)
        else:
            subject = _name(path) if path else "the arguments object"
            yield Break(path, shorten(f"{subject} {_complaint(error)}", MESSAGE_LIMIT), keyword)

    def _is_nullable(self, error: ValidationError) -> bool:
        """Whether the value is a null that OpenAPI's `nullable` allows; JSON Schema does not know the word."""
        if error.kind.name not in _NULLABLE or error.instance is not None:
            return False
        try:
            pointer = "".join(f"/{escape_token(str(step))}" for step in error.schema_path[:-1])
            return resolve(self._document, pointer).get("nullable") is True
        except (KeyError, AttributeError):
            return False


def compile_schema(document: dict[str, Any]) -> ArgumentSchema | SchemaFault | None:
    """Compile the ``parameters`` of a tool; None when they may be right but cannot be applied here.

    Without ``$schema`` the current draft counts, and where it refuses, drafts 7 and 4: exports of OpenAPI and of
    older libraries are written in them. A keyword that is null counts as absent, as Arrow and pydantic write it.
    """
    try:
        document = _present(document)
    except RecursionError:
        return None
    kinds = document.get("type")
    if kinds is not None and "object" not in (kinds if isinstance(kinds, list) else [kinds]) and _is_type(kinds):
        return SchemaFault(f"`parameters` describes {_any_of(kinds)}; arguments are an object")
    expansion, recursions = _expansion(document)
    if expansion > NODE_LIMIT:
        return None
    import jsonschema_rs

    def refuse(address: str) -> Any:
        fetched.append(address)
        raise ValueError("nothing is fetched")

    fault: SchemaFault | None = None
    for make in (jsonschema_rs.validator_for, jsonschema_rs.Draft7Validator, jsonschema_rs.Draft4Validator):
        fetched: list[str] = []
        try:
            validator = make(document, retriever=refuse, validate_formats=False)
            return ArgumentSchema(document, validator, recursions)
        except jsonschema_rs.ValidationError as error:
            if fetched:  # a reference to another document, or an unknown dialect
                return None
            fault = fault or _fault(error, document)
        except (ValueError, RecursionError):  # nested deeper than the library goes
            return None
        if "$schema" in document:
            break
    return fault


def _present(schema: Any) -> Any:
    """``schema`` without keywords and properties that are null."""
    if isinstance(schema, list):
        return [_present(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    found: dict[str, Any] = {}
    for key, value in schema.items():
        if value is None:
            if key == "default" or (key == "const" and schema.get("type") in (None, "null")):
                found[key] = value
        elif key in _NAMED and isinstance(value, Mapping):
            found[key] = {name: _present(inner) for name, inner in value.items() if inner is not None}
        else:
            found[key] = value if key in _VALUES else _present(value)
    return found


def _value_at(value: Any, path: Path) -> Any:
    """What ``path`` leads to; the parent's where nothing stands there."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            break
    return value


def _without(value: Mapping[str, Any], paths: Sequence[Path]) -> dict[str, Any]:
    """``value`` without the keys that ``paths`` lead to; items of lists stay, because they have a place."""
    copied = dict(value)
    for *path, last in paths:
        parent: Any = copied
        for step in path:
            parent[step] = child = parent[step].copy()
            parent = child
        if isinstance(parent, dict):
            parent.pop(last, None)
    return copied


def _fault(error: ValidationError, document: Mapping[str, Any]) -> SchemaFault | None:
    kind, path = error.kind, list(error.instance_path)
    where = quote("".join(f"/{escape_token(str(step))}" for step in path) or "/", 30)
    if type(kind).__name__ == "Referencing":
        lost = _dangling(document)
        return SchemaFault(f"`$ref` {quote(lost)} leads nowhere") if lost else None
    if type(kind).__name__ == "Format":
        try:
            re.compile(str(error.instance))
        except (re.error, RecursionError, OverflowError):
            return SchemaFault(f"{where} of `parameters` is no regular expression", Severity.WARNING)
        return None  # only the syntax of one regular expression library
    if path and path[-1] == "type" and isinstance(error.instance, str):
        return SchemaFault(f"{where} of `parameters` is {quote(error.instance, 20)}, no type of JSON Schema")
    types = getattr(kind, "types", None)
    if types:
        wanted = " or ".join("true or false" if word == "boolean" else _article(word) for word in types)
        return SchemaFault(shorten(f"{where} of `parameters` is {_type_of(error.instance)}; {wanted} is due", 100))
    return SchemaFault(f"{where} of `parameters` breaks the rules of JSON Schema (`{kind.name}`)")


def _expansion(document: Any) -> tuple[int, int]:
    """How many nodes ``document`` has with its references written out, and how many references close a circle.

    Counting stops soon after :data:`NODE_LIMIT`, and says more than that where a reference leaves the document.
    """
    count = circles = 0
    stack: list[tuple[Any, frozenset[str]]] = [(document, frozenset())]
    while stack and count <= NODE_LIMIT:
        node, inside = stack.pop()
        count += 1
        if isinstance(node, Mapping):
            reference = node.get("$ref")
            if isinstance(reference, str):
                if not reference.startswith("#"):
                    return NODE_LIMIT + 1, circles  # another document, or a part of this one with a name
                if reference in inside or reference == "#":
                    circles += 1
                elif (target := _target(document, reference)) is not None:
                    stack.append((target, inside | {reference}))
            circles += ("$dynamicRef" in node) + ("$recursiveRef" in node)
            stack.extend((value, inside) for key, value in node.items() if key not in ("$defs", "definitions"))
        elif isinstance(node, list):
            stack.extend((value, inside) for value in node)
    return count, circles


def _dangling(document: Any) -> str | None:
    """The first reference inside ``document`` that leads nowhere."""
    stack = [document]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            for key in ("$ref", "$dynamicRef"):
                reference = node.get(key)
                if isinstance(reference, str) and reference.startswith("#/") and _target(document, reference) is None:
                    return reference
        stack.extend(_children(node))
    return None


def _target(document: Any, reference: str) -> Any:
    """What ``reference``, a URI fragment, leads to inside ``document``; None when it leads nowhere."""
    try:
        return resolve(document, unquote(reference[1:]))
    except KeyError:
        return None


def _children(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else []


def _complaint(error: ValidationError) -> str:
    """What is wrong with the value, without the value."""
    kind: Any = error.kind
    keyword = kind.name
    if keyword in _LIMITS and hasattr(kind, "limit"):
        return _LIMITS[keyword].format(kind.limit)
    if keyword == "type":
        return f"is {_type_of(error.instance)}; {_any_of(kind.types)} is due"
    if keyword == "enum":
        options = " ".join(_option(value) for value in kind.options[:8])
        if len(kind.options) <= 8 and len(options) <= 40:
            return f"is none of {options}"
        return f"is none of its {len(kind.options):,} allowed values"
    if keyword == "const":
        return f"is not {_option(kind.expected_value)}"
    if keyword == "pattern" and hasattr(kind, "pattern"):
        return f"does not match {quote(kind.pattern)}"
    if keyword == "multipleOf":
        return f"is no multiple of {kind.multiple_of}"
    if keyword == "uniqueItems":
        return "repeats an item"
    if keyword in ("anyOf", "oneOf"):
        return _alternatives(error)
    return f"breaks `{keyword}`"


def _alternatives(error: ValidationError) -> str:
    kind: Any = error.kind
    if type(kind).__name__ == "OneOfMultipleValid":
        return "matches more than one of its alternatives"
    types: list[str] = []
    for branch in kind.context:
        if len(branch) != 1 or branch[0].kind.name != "type" or branch[0].instance_path != error.instance_path:
            return f"matches none of its {len(kind.context)} alternatives"
        types.extend(branch[0].kind.types)
    return f"is {_type_of(error.instance)}; {_any_of(list(dict.fromkeys(types)))} is due"


def _name(path: Path) -> str:
    """An argument by its name, or by its JSON Pointer when it lies deeper."""
    if len(path) == 1:
        return quote(path[0])
    return quote("".join(f"/{escape_token(str(step))}" for step in path))


def _option(value: Any) -> str:
    return quote(value if isinstance(value, str) else orjson.dumps(value).decode(), 20)


def _is_type(kinds: Any) -> bool:
    known = {"string", "number", "integer", "boolean", "array", "null"}
    words = kinds if isinstance(kinds, list) else [kinds]
    return all(isinstance(word, str) and word in known for word in words)


def _any_of(kinds: Any) -> str:
    return " or ".join(_article(word) for word in (kinds if isinstance(kinds, list) else [kinds]))


def _article(word: str) -> str:
    return word if word == "null" else f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    for kind, word in ((bool, "a boolean"), (str, "a string"), (list, "an array"), (dict, "an object")):
        if isinstance(value, kind):
            return word
    return "a number"
