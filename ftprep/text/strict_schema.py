"""The strict subset of JSON Schema that a ``response_format`` of OpenAI has to keep to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from ftprep.pointer import escape_token
from ftprep.text.snippet import json_type, quote

_TYPES = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
_REFUSED = ("allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "patternProperties")
_SAYS_TYPE = ("type", "anyOf", "$ref", "enum", "const")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DEEPEST = 100  # far beyond what is accepted; keeps hostile files from exhausting the stack


class Problem(NamedTuple):
    """Where in the file something is, and what is wrong with it."""

    pointer: str
    message: str


def read_document(text: str) -> Any:
    """What the JSON file at ``text`` holds, or ``text`` itself where it is an object written out.

    Raises ``OSError`` for a file that cannot be read and ``ValueError`` for one that is no JSON.
    """
    if text.lstrip().startswith("{"):
        return orjson.loads(text)
    with open(text, "rb") as file:
        return orjson.loads(file.read().removeprefix(b"\xef\xbb\xbf"))


def problems_of(document: Any) -> Iterator[Problem]:
    """What is wrong with a ``response_format``, or with a bare schema, that was read from a file."""
    if not isinstance(document, Mapping):
        yield Problem("", f"the document is {json_type(document)}; an object is due")
        return
    if document.get("type") != "json_schema" and "json_schema" not in document:
        if document.get("type") in ("json_object", "text"):
            yield Problem("/type", f"{quote(document['type'])} sets no schema; `json_schema` is due")
            return
        yield from _root(document, "")
        return
    if document.get("type") != "json_schema":
        yield Problem("/type", "`type` is not `json_schema`")
    wrapper = document.get("json_schema")
    if not isinstance(wrapper, Mapping):
        yield Problem("", "`json_schema` is missing or is no object")
        return
    name = wrapper.get("name")
    if not isinstance(name, str):
        yield Problem("/json_schema", "`name` is missing or is no string")
    elif not _NAME.fullmatch(name):
        yield Problem("/json_schema/name", "the name has more than 64 characters, or others than a-z, 0-9, _ and -")
    if wrapper.get("strict") is not True:
        yield Problem("/json_schema", "`strict` is not true")
    schema = wrapper.get("schema")
    if isinstance(schema, Mapping):
        yield from _root(schema, "/json_schema/schema")
    else:
        yield Problem("/json_schema", "`schema` is missing or is no object")


def _root(schema: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    if "anyOf" in schema:
        yield Problem(pointer, "the top of the schema is `anyOf`; an object is due")
    elif schema.get("type") != "object" and "$ref" not in schema:
        yield Problem(pointer, "the top of the schema is no object")
    yield from _walk(schema, pointer, schema, 0)


def _walk(schema: Any, pointer: str, root: Mapping[str, Any], depth: int) -> Iterator[Problem]:
    if not isinstance(schema, Mapping):
        yield Problem(pointer, f"the schema is {json_type(schema)}; an object is due")
        return
    if depth > _DEEPEST:
        yield Problem(pointer, f"the schema nests deeper than {_DEEPEST} levels")
        return
    yield from _keywords(schema, pointer, root)
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    properties = schema.get("properties")
    if "object" in kinds or isinstance(properties, Mapping):
        yield from _object(schema, pointer)
    if "array" in kinds and "items" not in schema and "prefixItems" not in schema:
        yield Problem(pointer, "the array has no `items`")
    for key in ("properties", "$defs", "definitions"):
        below = schema.get(key)
        if isinstance(below, Mapping):
            for name, one in below.items():
                yield from _walk(one, f"{pointer}/{key}/{escape_token(str(name))}", root, depth + 1)
    if isinstance(schema.get("items"), Mapping):
        yield from _walk(schema["items"], f"{pointer}/items", root, depth + 1)
    for key in ("anyOf", "prefixItems"):
        if isinstance(schema.get(key), list):
            for number, one in enumerate(schema[key]):
                yield from _walk(one, f"{pointer}/{key}/{number}", root, depth + 1)


def _keywords(schema: Mapping[str, Any], pointer: str, root: Mapping[str, Any]) -> Iterator[Problem]:
    for key in _REFUSED:
        if key in schema:
            yield Problem(pointer, f"`{key}` is not supported in strict schemas")
    if pointer and not any(key in schema for key in (*_SAYS_TYPE, *_REFUSED)):
        yield Problem(pointer, "the schema has no `type`")
    kinds = schema.get("type")
    for kind in kinds if isinstance(kinds, list) else [kinds] if "type" in schema else []:
        if not isinstance(kind, str) or kind not in _TYPES:
            yield Problem(f"{pointer}/type", f"unknown type {quote(kind)}")
    if schema.get("enum") == []:
        yield Problem(f"{pointer}/enum", "`enum` is empty")
    target = schema.get("$ref")
    if isinstance(target, str) and not _resolves(target, root):
        yield Problem(f"{pointer}/$ref", f"{quote(target)} leads nowhere")


def _object(schema: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    if schema.get("additionalProperties") is not False:
        yield Problem(pointer, "`additionalProperties` is not false")
    properties = schema.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    required = schema.get("required")
    # A dict keeps the order and finds a name at once.
    required = dict.fromkeys(one for one in required if isinstance(one, str)) if isinstance(required, list) else {}
    for name in properties:
        if name not in required:
            yield Problem(pointer, f"{quote(name)} is not in `required`; optional ones may be null instead")
    for name in required:
        if name not in properties:
            yield Problem(pointer, f"{quote(name)} is in `required` and not in `properties`")


def _resolves(target: str, root: Mapping[str, Any]) -> bool:
    if not target.startswith("#"):
        return False
    node: Any = root
    for token in target[1:].lstrip("/").split("/"):
        if not token:
            continue
        key = token.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, Mapping) or key not in node:
            return False
        node = node[key]
    return True
