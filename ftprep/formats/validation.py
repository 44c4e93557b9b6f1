"""pydantic's errors about one row, turned into the rules of family SCH."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, SchemaValidator

from ftprep.errors import did_you_mean
from ftprep.formats.format import format_named
from ftprep.formats.one_of import ERROR as ONE_OF
from ftprep.pointer import escape_token
from ftprep.text.snippet import json_type, quote, shorten


class SchemaError(NamedTuple):
    """One broken expectation: the rule that speaks about it, where, and what is wrong."""

    code: str
    pointer: str
    message: str
    data: Mapping[str, Any] = {}


@functools.cache
def adapter(format_name: str) -> TypeAdapter[Any]:
    """The compiled schema of a format, built on first use."""
    return TypeAdapter(format_named(format_name).schema())


@functools.cache
def validator(format_name: str) -> SchemaValidator:
    """The validator of a format: ``isinstance_python`` says in one call whether a row is valid."""
    # Typed as what may be a plug-in around it; no plug-in is installed here.
    return adapter(format_name).validator  # type: ignore[return-value]


@functools.cache
def _declared(format_name: str) -> frozenset[str]:
    """Every key that the schema of a format declares, at any depth."""
    names: set[str] = set()
    waiting: list[Any] = [adapter(format_name).core_schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            if node.get("type") == "typed-dict":
                names.update(field.get("validation_alias", name) for name, field in node["fields"].items())
            waiting.extend(node.values())
        elif isinstance(node, list | tuple):
            waiting.extend(node)
    return frozenset(names)


# Schemas let unknown keys be null (see message_schema.Closed): a value there is an unknown field, not a wrong type.
_UNKNOWN_KEY = ("extra_forbidden", "none_required")

# Objects whose keys are the author's own, so that no schema declares them.
_MAPS = ("references",)

_TYPE_WORDS = {
    "string_type": "a string",
    "list_type": "a list",
    "dict_type": "an object",
    "bool_type": "true or false",
    "int_type": "an integer",
    "int_from_float": "an integer",
    "float_type": "a number",
    "model_attributes_type": "an object",
    "model_type": "an object",
    "mapping_type": "an object",
    "typed_dict_type": "an object",
}


def schema_errors(format_name: str, row: Mapping[str, Any]) -> tuple[SchemaError, ...]:
    """Every schema error of ``row``, in the order of the fields; empty when the row is valid."""
    try:
        validator(format_name).validate_python(row)
    except ValidationError as error:
        return tuple(_translate(error.errors(include_url=False, include_input=False), row, _declared(format_name)))
    return ()


class _Place(NamedTuple):
    pointer: str
    name: str  # the last key, or the last key before the list indices
    parent: Any
    value: Any


def _locate(error: ErrorDetails, row: Any, declared: frozenset[str]) -> _Place:
    """Follow the location of ``error`` through ``row``; names of union branches that are in it are no keys."""
    pointer, name = "", "row"
    parent: Any = None
    value: Any = row
    last = len(error["loc"]) - 1
    item = False  # the step before led to an item of a list
    for position, step in enumerate(error["loc"]):
        tag = ("type" if name == "content" else "role") if item and isinstance(value, Mapping) else ""
        item = False
        if isinstance(step, int):
            if isinstance(value, list) and step < len(value):
                parent, value = value, value[step]
                pointer += f"/{step}"
                item = True
            continue
        key = step in declared or (position == last and (error["type"] in _UNKNOWN_KEY or name in _MAPS))
        if not key or not isinstance(value, Mapping) or (tag and value.get(tag) == step):
            continue  # a branch: a type, or the role of a message, or the type of a part
        if step in value:
            parent, value, name = value, value[step], step
            pointer += "/" + escape_token(step)
        elif position == last:
            return _Place(pointer, step, value, None)
    return _Place(pointer, name, parent, value)


def _translate(
    errors: Iterable[ErrorDetails], row: Mapping[str, Any], declared: frozenset[str]
) -> Iterable[SchemaError]:
    found: dict[tuple[str, str, str], SchemaError] = {}
    expected: dict[str, list[str]] = {}  # pointer → types that would have been right
    wrong: dict[str, _Place] = {}
    missing: dict[str, list[str]] = {}
    extra: list[tuple[str, str, _Place]] = []
    for error in errors:
        kind, place = error["type"], _locate(error, row, declared)
        context: Mapping[str, Any] = error.get("ctx", {})
        if kind == "missing":
            missing.setdefault(place.pointer, []).append(str(error["loc"][-1]))
        elif kind == "union_tag_not_found":
            missing.setdefault(place.pointer, []).append(str(context["discriminator"]).strip("'"))
        elif kind in _UNKNOWN_KEY:
            parent = place.pointer.rsplit("/", 1)[0]
            extra.append((parent, str(error["loc"][-1]), place))
        elif kind in _TYPE_WORDS:
            expected.setdefault(place.pointer, []).append(_TYPE_WORDS[kind])
            wrong[place.pointer] = place
        else:
            one = _other(kind, context, place)
            found.setdefault((one.pointer, one.code, one.message), one)
    said = {pointer for pointer, _, _ in found}.union(missing)
    above = _parents([*said, *wrong, *(place.pointer for _, _, place in extra)])
    for pointer, words in expected.items():
        # Or a branch of a union that was never meant: the other branch went deeper and says what is wrong.
        if pointer in said or pointer in above:
            continue
        place = wrong[pointer]
        wanted = " or ".join(dict.fromkeys(words))
        message = f"`{_name(place)}` is {json_type(place.value)}; {wanted} is due"
        found[pointer, "SCH003", message] = SchemaError("SCH003", pointer, message)
    unknown: dict[str, list[str]] = {}
    for parent, key, _ in extra:
        unknown.setdefault(parent, []).append(key)
    for pointer, names in missing.items():
        for name in dict.fromkeys(names):
            message = missing_field(name, unknown.get(pointer, ()))
            found[pointer, "SCH001", message] = SchemaError("SCH001", pointer, message, {"field": name})
    for parent, key, place in extra:
        if parent not in missing:  # an object that misses a field most likely has it under this other name
            message = f"{quote(key)} is no field of {_owner(parent)}"
            found[place.pointer, "SCH002", message] = SchemaError("SCH002", place.pointer, message)
    return sorted(found.values(), key=lambda one: (one.pointer, one.code, one.message))


def _parents(pointers: Iterable[str]) -> set[str]:
    """The pointers of everything that holds what one of ``pointers`` names."""
    found: set[str] = set()
    for pointer in pointers:
        parent, slash, _ = pointer.rpartition("/")
        while slash and parent not in found:
            found.add(parent)
            parent, slash, _ = parent.rpartition("/")
    return found


def missing_field(name: str, unknown: Iterable[str]) -> str:
    """Say that ``name`` is missing, and which of the ``unknown`` keys beside it was most likely meant."""
    alike = difflib.get_close_matches(name, list(unknown), n=1)
    return f"`{name}` is missing" + (f"; there is {quote(alike[0])}" if alike else "")


def _other(kind: str, context: Mapping[str, Any], place: _Place) -> SchemaError:
    if kind == ONE_OF:
        return _none_or_several(context, place)
    if kind == "union_tag_invalid":
        key = str(context["discriminator"]).strip("'")
        value = place.value.get(key) if isinstance(place.value, Mapping) else None
        pointer = f"{place.pointer}/{key}"
        if not isinstance(value, str):
            return SchemaError("SCH003", pointer, f"`{key}` is {json_type(value)}; a string is due")
        known = [word.strip(" '") for word in str(context["expected_tags"]).split(",")]
        if key == "type":
            return SchemaError("CHT009", pointer, f"unknown content part {quote(value)}")
        return unknown_role(value, pointer, known)
    name, pointer = _name(place), place.pointer
    if kind == "too_short":
        if place.value:
            least = context.get("min_length")
            count = f"{len(place.value)} item{'s' if len(place.value) > 1 else ''}"
            return SchemaError("SCH006", pointer, f"`{name}` has {count}; at least {least} are due")
        return SchemaError("SCH007", pointer, f"`{name}` is empty")
    if kind == "too_long":
        limit = context.get("max_length")
        if not limit:  # a field that clients write out, and that no format uses
            parent = pointer.rsplit("/", 1)[0]
            return SchemaError("SCH002", pointer, f"`{name}` is no field of {_owner(parent)}")
        return SchemaError("SCH006", pointer, f"`{name}` has {len(place.value)} items; at most {limit}")
    if kind == "literal_error":
        if not isinstance(place.value, str):
            return SchemaError("SCH003", pointer, f"`{name}` is {json_type(place.value)}; a string is due")
        if name == "type" and re.search(r"/content/\d+/type$", pointer):
            return SchemaError("CHT009", pointer, f"unknown content part {quote(place.value)}")
        if name in ("from", "role"):  # the speakers of ShareGPT turns are its roles
            known = re.findall(r"'(\w+)'", str(context.get("expected", "")))
            return unknown_role(place.value, pointer, known)
        allowed = str(context.get("expected", "")).replace("'", "`")
        return SchemaError("SCH006", pointer, f"`{name}` is {quote(place.value)}; known: {allowed}")
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        bound = context.get("ge", context.get("le", context.get("gt", context.get("lt"))))
        return SchemaError("SCH006", pointer, f"`{name}` is {quote(place.value)}, beyond the bound {bound}")
    if kind == "string_pattern_mismatch":
        start = str(context["pattern"]).removeprefix("^")
        return SchemaError("SCH006", pointer, f"`{name}` is {quote(place.value)}, which does not start with `{start}`")
    if "message" in context:  # raised by a format's own check of how its fields go together
        data = {"field": context["field"]} if "field" in context else {}
        code = str(context.get("code", "SCH006"))
        return SchemaError(code, f"{pointer}{context['pointer']}", str(context["message"]), data)
    return SchemaError("SCH006", pointer, f"`{name}` has a value outside its set")


_ANSWERERS = frozenset({"assistant", "model", "bot", "ai", "gpt", "chatgpt", "chatbot"})
_ASKERS = frozenset({"user", "human", "prompter", "customer"})
_RESULTS = frozenset({"tool", "function", "user"})  # where no role is the tools', their results are the user's to bring


def unknown_role(value: str, pointer: str, known: Iterable[str]) -> SchemaError:
    """Say that ``value`` is no role, and which of the ``known`` ones is near in spelling, or means the same."""
    known = list(known)
    meant = did_you_mean(value, known)
    for alike in (_ANSWERERS, _ASKERS, _RESULTS):
        if not meant and value.lower() in alike:
            meant = next((f"; did you mean `{name}`?" for name in known if name in alike), "")
    return SchemaError("SCH004", pointer, f"unknown role {quote(value)}{meant}", {"known": sorted(known)})


def _none_or_several(context: Mapping[str, Any], place: _Place) -> SchemaError:
    """Say what is wrong with an object of which not exactly one key says what it is."""
    pointer, noun = place.pointer, context["noun"]
    if not isinstance(place.value, Mapping):
        return SchemaError("SCH003", pointer, f"`{_name(place)}` is {json_type(place.value)}; an object is due")
    known, spellings = str(context["keys"]).split(), str(context["spellings"]).split()
    present = [key for key, value in place.value.items() if value is not None]
    several = [key for key in present if key in spellings]
    if several:
        named = " and ".join(f"`{key}`" for key in several[:3])
        return SchemaError("CHT009", pointer, shorten(f"{noun} with {named}; one is due", 100))
    if len(present) == 1:
        key = present[0]
        message = f"{quote(key, 30)} is no {noun}{did_you_mean(key, known)}"
        return SchemaError("CHT009", f"{pointer}/{escape_token(key)}", message)
    null = next((key for key in place.value if key in spellings), None)
    if null is not None:
        return SchemaError("SCH003", f"{pointer}/{null}", f"`{null}` is null; a value is due")
    return SchemaError("CHT009", pointer, shorten(f"{noun} without any of {' '.join(map(quote, known))}", 100))


def _name(place: _Place) -> str:
    index = place.pointer.rsplit("/", 1)[-1]
    return f"{place.name}[{index}]" if index.isdigit() else place.name


def _owner(pointer: str) -> str:
    return f"`{pointer}`" if pointer else "the row"
