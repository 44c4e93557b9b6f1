"""Contents of Gemini: conversations, preferences and tasks with references."""

from __future__ import annotations

import contextlib
from typing import Any

from ftprep.conversion.calls import arguments_object, dump, in_order, link, parse
from ftprep.conversion.conversation import (
    Call,
    CannotConvert,
    Example,
    Message,
    Method,
    Notes,
    Part,
    Row,
    Tool,
    split_system,
)
from ftprep.conversion.dialect import Dialect, without_ids
from ftprep.conversion.files import kind_of, mime_of
from ftprep.conversion.shape import Shape, add_columns, article, columns_of, lose_flags, plain_turn, with_thoughts

_OWN = ("contents", "systemInstruction", "system_instruction", "tools", "completions", "references")
_SETTINGS = ("toolConfig", "tool_config", "generationConfig", "generation_config")
_OUTPUT = "output"


def _either(row: Row, camel: str, snake: str) -> Any:
    """The value under its name in camel case or in snake case."""
    return row[camel] if row.get(camel) is not None else row.get(snake)


# --- reading ----------------------------------------------------------------------------------------------------------


def read_content(content: Row, notes: Notes, role: str | None = None) -> list[Message]:
    """One turn; results of functions are turns of their own before what is said beside them."""
    said = "assistant" if (content.get("role") or role) == "model" else "user"
    message = Message("assistant" if said == "assistant" else "user")
    results: list[Message] = []
    for part in content["parts"]:
        call = _either(part, "functionCall", "function_call")
        result = _either(part, "functionResponse", "function_response")
        if call is not None:
            message.calls.append(Call(call["name"], call.get("args") or {}, call.get("id")))
        elif result is not None:
            results.append(_result(result))
        else:
            message.parts.append(_part(part))
            if message.calls:
                notes.change("text behind calls moved before them", "message")
    message.listed = len(message.parts) > 1
    return [*results, message] if message.parts or message.calls else results


def _result(result: Row) -> Message:
    response = result["response"]
    if set(response) == {_OUTPUT} and isinstance(response[_OUTPUT], str):
        part = Part("text", response[_OUTPUT])
    else:
        part = Part("json", dump(response).decode(), {"json": response})
    return Message("tool", [part], answers=result.get("id"), name=result["name"])


def _part(part: Row) -> Part:
    if part.get("text") is not None:
        return Part("text", part["text"])
    inline, file = _either(part, "inlineData", "inline_data"), _either(part, "fileData", "file_data")
    place = inline if inline is not None else file
    mime = _either(place, "mimeType", "mime_type") or ""
    if inline is not None:
        return Part(kind_of(mime), "", {"url": f"data:{mime};base64,{inline['data']}", "mime": mime})
    return Part(kind_of(mime), "", {"url": _either(file, "fileUri", "file_uri"), "mime": mime})


def _read(row: Row, method: Method, notes: Notes) -> Example:
    system = _either(row, "systemInstruction", "system_instruction")
    messages: list[Message] = []
    if system is not None:
        messages.append(Message("system", [Part("text", part["text"]) for part in system["parts"]]))
    messages += [message for content in row["contents"] for message in read_content(content, notes)]
    return Example(method, messages, tools=_read_tools(row, notes), columns=columns_of(row, *_OWN))


def _read_tools(row: Row, notes: Notes) -> list[Tool] | None:
    if row.get("tools") is None:
        return None
    found = []
    for entry in row["tools"]:
        declared = _either(entry, "functionDeclarations", "function_declarations")
        if declared is None:
            notes.lose("a tool of Google's own")
        for one in declared or ():
            extra = columns_of(one, "name", "description", "parameters")
            found.append(Tool(one.get("name"), one.get("description"), one.get("parameters"), extra))
    return found


def read_sft(row: Row, notes: Notes) -> Example:
    """A conversation."""
    return _read(row, "sft", notes)


def read_preference(row: Row, notes: Notes) -> Example:
    """A prompt and two completions with the scores 1 and 0."""
    example = _read(row, "preference", notes)
    best, other = sorted(row["completions"], key=lambda one: -one["score"])
    example.chosen = read_content(best["completion"], notes, "model")
    example.rejected = read_content(other["completion"], notes, "model")
    return example


def read_rft(row: Row, notes: Notes) -> Example:
    """A prompt and the references of its reward."""
    example = _read(row, "rft", notes)
    example.columns = {**row["references"], **example.columns}
    return example


# --- writing ----------------------------------------------------------------------------------------------------------


def write_contents(messages: list[Message], dialect: Dialect, notes: Notes) -> list[Row]:
    """``messages`` as turns of user and model; the results of one turn's calls stand together."""
    found: list[Row] = []
    said = ""
    for message in in_order(messages):
        if message.role in ("system", "developer"):
            raise CannotConvert(f"{dialect.format} has no place for a system turn behind others")
        parts = _write_parts(message, dialect, notes)
        if message.role == "tool" and said == "tool":
            found[-1]["parts"] += parts
        else:
            found.append({"role": "model" if message.role == "assistant" else "user", "parts": parts})
        said = message.role
    return found


def _write_parts(message: Message, dialect: Dialect, notes: Notes) -> list[Row]:
    lose_flags(message, notes, names=True)
    if dialect.part_kinds is not None and (message.calls or message.role == "tool"):
        raise CannotConvert(f"{dialect.who} takes prompts of text and files, and this row calls tools")
    if message.role == "tool":
        return [_write_result(message, notes)]
    parts = message.parts
    if message.thinking is not None:
        if message.inline and parts:
            parts = [Part("text", with_thoughts(message, parts[0].text)), *parts[1:]]
        else:
            notes.lose("the thoughts", "message")
    if message.calls and all(part.kind == "text" and not part.text for part in parts):
        if parts:
            notes.change("an empty text left out", "message")
        parts = []
    found = [_write_part(part, dialect, notes) for part in parts]
    for call in message.calls:
        found.append({"functionCall": {"name": call.name, "args": arguments_object(call, dialect)}})
    if not found:
        raise CannotConvert(f"{article(message.role)} turn without content")
    return found


def _write_result(message: Message, notes: Notes) -> Row:
    name = message.called or message.name
    if name is None:
        raise CannotConvert("a tool result that names no tool")
    if any(part.kind not in ("text", "json") for part in message.parts):
        raise CannotConvert("a tool result that is no text")
    text = "\n".join(part.text for part in message.parts)
    response: Any = None
    with contextlib.suppress(ValueError):
        response = parse(text)
    if isinstance(response, dict) and set(response) != {_OUTPUT}:
        if dump(response).decode() != text:
            notes.change("text as a JSON object", "tool result")
    else:
        response = {_OUTPUT: text}
    return {"functionResponse": {"name": name, "response": response}}


def _write_part(part: Part, dialect: Dialect, notes: Notes) -> Row:
    if part.kind in ("text", "json", "refusal"):
        return {"text": part.text}
    if "detail" in part.data:
        notes.lose("`detail`", "image")
    url = str(part.data.get("url", ""))
    if url.startswith("gs://"):
        return {"fileData": {"mimeType": mime_of(part), "fileUri": url}}
    if url.startswith("data:") and ";base64," in url and dialect.part_kinds is None:
        return {"inlineData": {"mimeType": mime_of(part), "data": url.partition(";base64,")[2]}}
    raise CannotConvert(f"{article(part.kind)} at an address outside gs://, the only one that Gemini reads")


def _row(example: Example, dialect: Dialect, notes: Notes) -> Row:
    link(example, without_ids(dialect), notes)
    system, rest = split_system(example.messages)
    row: Row = {}
    if system:
        if len(system) == 1 and system[0].is_text:
            lose_flags(system[0], notes)
            parts = [part.text for part in system[0].parts]
        else:
            parts = [plain_turn(one, dialect, notes) for one in system]
            notes.change("system turns as parts of one", "row")
        row["systemInstruction"] = {"parts": [{"text": text} for text in parts]}
    row["contents"] = write_contents(rest, dialect, notes)
    if not row["contents"]:
        raise CannotConvert("a row without turns of user and model")
    if example.tools:
        row["tools"] = [{"functionDeclarations": [_write_tool(tool) for tool in example.tools]}]
    return row


def _write_tool(tool: Tool) -> Row:
    body: Row = {"name": tool.name}
    if tool.description is not None:
        body["description"] = tool.description
    if tool.parameters is not None:
        body["parameters"] = tool.parameters
    return {**body, **{key: value for key, value in tool.extra.items() if key != "strict"}}


def write_sft(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A conversation."""
    return add_columns(_row(example, dialect, notes), example, _SETTINGS, dialect, notes)


def write_preference(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A prompt and two completions with the scores 1 and 0."""
    row = _row(example, dialect, notes)
    row["completions"] = []
    for score, side in ((1.0, example.chosen), (0.0, example.rejected)):
        if len(side) != 1 or side[0].role != "assistant":
            raise CannotConvert(f"{dialect.format} has one message of the model per side, and this row another number")
        (completion,) = write_contents(side, dialect, notes)
        row["completions"].append({"score": score, "completion": completion})
    return add_columns(row, example, _SETTINGS, dialect, notes)


def write_rft(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A prompt; its columns become references, whose values are texts."""
    row = _row(example, dialect, notes)
    settings = {key: value for key, value in example.columns.items() if key in _SETTINGS}
    references = {}
    for key, value in example.columns.items():
        if key in settings:
            continue
        references[key] = value if isinstance(value, str) else dump(value).decode()
        if not isinstance(value, str):
            notes.change(f"column `{key}` written as text")
    if not references:
        raise CannotConvert(f"{dialect.format} needs a column for its reward, and this row has none")
    return {**row, "references": references, **settings}


_CANNOT = ("thoughts of their own", "training flags", "names", "files outside gs://", "columns")
SHAPES = {
    "gemini-sft": Shape("sft", read_sft, write_sft, _CANNOT),
    "gemini-preference": Shape("preference", read_preference, write_preference, (*_CANNOT, "sides of several turns")),
    "gemini-rft": Shape("rft", read_rft, write_rft, ("thoughts of their own", "names", "files outside gs://")),
}
