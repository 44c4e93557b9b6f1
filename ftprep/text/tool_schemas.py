"""The declared tools of a row, compiled: names, argument schemas, and what is wrong with the definitions.

Rows of a file mostly declare the same tools, so the compiled set is kept by the text of the declaration.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from ftprep.finding import Severity
from ftprep.formats.columns import KIND_MASK, TOOLS
from ftprep.formats.tool_calls import Tool
from ftprep.text.argument_schema import ArgumentSchema, SchemaFault, compile_schema
from ftprep.text.snippet import json_type, quote, shorten

if TYPE_CHECKING:
    from ftprep.record import Record

_LONGEST_NAME = 64  # OpenAI, Azure, Mistral, Bedrock and Google state this, and letters, digits and a few marks
KEPT = 256


class Defect(NamedTuple):
    """What is wrong with a tool definition. ``tool`` is its number among the row's tools, None for the whole list.

    ``in_name`` is true for a name that breaks the pattern of hosted platforms.
    """

    tool: int | None
    in_parameters: bool
    message: str
    severity: Severity | None = None
    in_name: bool = False


class ToolSet(NamedTuple):
    """``schemas`` has the tools whose arguments can be checked; ``readable`` is False for tools that are no list.

    ``flat`` are the numbers of the tools whose name does not stand in a ``function`` object.
    """

    names: frozenset[str] = frozenset()
    schemas: Mapping[str, ArgumentSchema] = {}
    defects: tuple[Defect, ...] = ()
    readable: bool = True
    flat: tuple[int, ...] = ()


_kept: dict[tuple[str, str], ToolSet] = {}


def declared(record: Record) -> ToolSet | None:
    """The tools that ``record`` declares; None when it declares none at all (absent, null, empty)."""
    text = _tools_text(record)
    if text is None:  # no list of tools, or one that is nested too deep to be written as text
        listed = record.tools
        return _compile(listed, [], record.format.tool_name_marks) if listed else None
    if not text or text.isspace():
        return None
    # A row may have legacy functions beside its tools: then the text is not all that it declares.
    keep = b'"functions"' not in record.raw
    key = (record.format.name, text)
    tools = _kept.get(key) if keep else None
    if tools is None:
        tools = _compile_text(text, record)
        if keep:
            if len(_kept) >= KEPT:
                _kept.clear()
            _kept[key] = tools
    return tools if tools.names or tools.defects else None


def _tools_text(record: Record) -> str | None:
    shard = record.shard
    for text in reversed(record.text_range):
        if int(shard.codes[text]) & KIND_MASK == TOOLS:
            return shard.values[text]
    return None


def _compile_text(text: str, record: Record) -> ToolSet:
    try:
        entries = orjson.loads(text)
    except ValueError:
        return ToolSet(defects=(Defect(None, False, "`tools` is a string that is not JSON"),), readable=False)
    if not isinstance(entries, list):
        message = f"`tools` holds {json_type(entries)}; a list is due"
        return ToolSet(defects=(Defect(None, False, message),), readable=False)
    return _compile(record.tools or [], entries, record.format.tool_name_marks)


def _compile(tools: list[Tool], entries: list[Any], marks: str) -> ToolSet:
    defects = [
        Defect(None, False, f"tool {number} of `tools` is {json_type(entry)}; an object is due")
        for number, entry in enumerate(entries, 1)
        if not isinstance(entry, Mapping)
    ]
    names = Counter(tool.name for tool in tools if isinstance(tool.name, str))
    schemas: dict[str, ArgumentSchema] = {}
    seen: set[str] = set()
    for number, tool in enumerate(tools):
        defects.extend(_name_defects(number, tool.name, names, seen, marks))
        if tool.parameters is None:
            continue
        compiled = _parameters(tool)
        if isinstance(compiled, SchemaFault):
            defects.append(Defect(number, True, compiled.message, compiled.severity))
        elif compiled is not None and isinstance(tool.name, str) and names[tool.name] == 1:
            schemas[tool.name] = compiled
    objects = [entry for entry in entries if isinstance(entry, Mapping)]
    flat = (number for number, entry in enumerate(objects) if "name" in entry and "function" not in entry)
    return ToolSet(frozenset(names), schemas, tuple(defects), flat=tuple(flat))


def _name_defects(number: int, name: Any, names: Counter[str], seen: set[str], marks: str) -> Iterator[Defect]:
    if name is None:
        yield Defect(number, False, f"tool {number + 1} has no name")
    elif not isinstance(name, str):
        yield Defect(number, False, f"the name of tool {number + 1} is {json_type(name)}; a string is due")
    elif not name.strip():
        yield Defect(number, False, f"the name of tool {number + 1} is empty")
    else:
        # Trainers of open models take any name, and any number of tools with one name.
        if len(name) > _LONGEST_NAME or not _name_pattern(marks).fullmatch(name):
            allowed = f"a-z A-Z 0-9 {' '.join(marks)}"
            long = len(name) > _LONGEST_NAME
            reason = f"is longer than {_LONGEST_NAME} characters" if long else f"has characters beside {allowed}"
            yield Defect(number, False, f"tool name {quote(name)} {reason}", Severity.WARNING, True)
        if names[name] > 1 and name in seen:
            yield Defect(number, False, f"second tool called {quote(name)}", Severity.WARNING)
        seen.add(name)


@functools.cache
def _name_pattern(marks: str) -> re.Pattern[str]:
    return re.compile(f"[a-zA-Z0-9{re.escape(marks)}]+")


def _parameters(tool: Tool) -> ArgumentSchema | SchemaFault | None:
    if not isinstance(tool.parameters, Mapping):
        return SchemaFault(f"`parameters` is {json_type(tool.parameters)}; an object is due")
    compiled = compile_schema(dict(tool.parameters))
    if isinstance(compiled, SchemaFault) and tool.parameters_pointer.endswith("/inputSchema/json"):
        return compiled._replace(message=shorten(compiled.message.replace("`parameters`", "`inputSchema`"), 100))
    return compiled
