"""Content blocks of Bedrock: Converse rows of Nova and Llama, Nova's preferences, prompts for distillation."""

from __future__ import annotations

from typing import Any

from ftprep.conversion.calls import arguments_object, dump, in_order, link
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
    text_message,
)
from ftprep.conversion.dialect import Dialect
from ftprep.conversion.files import format_of
from ftprep.conversion.shape import Shape, add_columns, article, columns_of, lose_flags, plain_turn, with_thoughts

VERSION = "bedrock-conversation-2024"
_OWN = ("schemaVersion", "system", "messages", "toolConfig")
_FILES = ("image", "video", "document")
_PREFERRED, _OTHER = "preferred", "non-preferred"


# --- reading ----------------------------------------------------------------------------------------------------------


def read_turn(turn: Row, notes: Notes) -> list[Message]:
    """One turn; results of tools, which stand in turns of the user, are turns of their own before what is said."""
    message = Message(turn["role"])
    results: list[Message] = []
    for block in turn["content"]:
        kind, value = _only(block)
        if kind == "toolResult":
            extra = {"status": value["status"]} if value.get("status") else {}
            parts = [_part(*_only(inner)) for inner in value["content"]]
            results.append(Message("tool", parts, answers=value["toolUseId"], extra=extra))
        elif kind == "toolUse":
            message.calls.append(Call(value["name"], value["input"], value["toolUseId"]))
        elif kind == "reasoningContent":
            text = value["reasoningText"]["text"]
            message.thinking = text if message.thinking is None else f"{message.thinking}\n\n{text}"
        else:
            message.parts.append(_part(kind, value))
            if message.calls:
                notes.change("text behind calls moved before them", "message")
    message.listed = len(message.parts) > 1
    return [*results, message] if message.parts or message.calls or message.thinking is not None else results


def _only(block: Row) -> tuple[str, Any]:
    """What a block is, and its value: the one key that is not null."""
    return next((key, one) for key, one in block.items() if one is not None)


def _part(kind: str, value: Any) -> Part:
    if kind == "text":
        return Part("text", value)
    if kind == "json":
        return Part("json", dump(value).decode(), {"json": value})
    place = value["source"]["s3Location"]
    data = {"url": place["uri"], "format": value["format"]}
    data.update((key, value[key]) for key in ("name",) if value.get(key) is not None)
    if place.get("bucketOwner") is not None:
        data["owner"] = place["bucketOwner"]
    return Part(kind, "", data)


def _read_tools(row: Row, notes: Notes) -> list[Tool] | None:
    config = row.get("toolConfig")
    if config is None:
        return None
    if config.get("toolChoice") is not None:
        notes.lose("`toolChoice`")
    found = []
    for entry in config["tools"]:
        spec = entry["toolSpec"]
        extra = {"strict": spec["strict"]} if spec.get("strict") is not None else {}
        found.append(Tool(spec.get("name"), spec.get("description"), spec["inputSchema"]["json"], extra))
    return found


def _read(row: Row, turns: list[Row], method: Method, notes: Notes) -> Example:
    messages = [text_message("system", block["text"]) for block in row.get("system") or ()]
    messages += [message for turn in turns for message in read_turn(turn, notes)]
    return Example(method, messages, tools=_read_tools(row, notes), columns=columns_of(row, *_OWN))


def read_sft(row: Row, notes: Notes) -> Example:
    """A conversation."""
    return _read(row, row["messages"], "sft", notes)


def read_prompt(row: Row, notes: Notes) -> Example:
    """What a teacher model is to answer."""
    return _read(row, row["messages"], "prompt-only", notes)


def read_preference(row: Row, notes: Notes) -> Example:
    """A conversation that ends in labelled candidates: the first of either label count."""
    *turns, last = row["messages"]
    example = _read(row, turns, "preference", notes)
    sides = {}
    for candidate in last["candidates"]:
        if candidate["preferenceLabel"] in sides:
            notes.lose("a further candidate")
        else:
            sides[candidate["preferenceLabel"]] = read_turn({"role": "assistant", **candidate}, notes)
    example.chosen, example.rejected = sides[_PREFERRED], sides[_OTHER]
    return example


# --- writing ----------------------------------------------------------------------------------------------------------


def write_turns(messages: list[Message], dialect: Dialect, notes: Notes) -> list[Row]:
    """``messages`` as turns of user and assistant that take turns: neighbours of one side become one."""
    found: list[Row] = []
    said = ""
    for message in in_order(messages):
        role = "assistant" if message.role == "assistant" else "user"
        if message.role in ("system", "developer"):
            raise CannotConvert(f"{dialect.format} has no place for a system turn behind others")
        blocks = _blocks(message, dialect, notes)
        if found and found[-1]["role"] == role:
            found[-1]["content"] += blocks
            if said != "tool":
                notes.change("joined to the turn before", "message")
        else:
            found.append({"role": role, "content": blocks})
        said = message.role
    return found


def _blocks(message: Message, dialect: Dialect, notes: Notes) -> list[Row]:
    """The content of one message."""
    status = message.extra.pop("status", None)
    lose_flags(message, notes)
    if (message.calls or message.role == "tool") and not _takes_tools(dialect):
        raise CannotConvert(f"{dialect.who} has no place for {'calls' if message.calls else 'results'} of tools")
    if message.role == "tool":
        content = [_block(part, dialect, inside=True) for part in message.parts]
        result: Row = {"toolUseId": message.answers, "content": content}
        return [{"toolResult": result if status is None else {**result, "status": status}}]
    blocks: list[Row] = []
    parts = message.parts
    if message.thinking is not None:
        kinds = dialect.part_kinds
        native = dialect.reasoning and (kinds is None or "reasoningContent" in kinds)
        if message.role == "assistant" and native:
            blocks.append({"reasoningContent": {"reasoningText": {"text": message.thinking}}})
        elif message.inline and parts:
            parts = [Part("text", with_thoughts(message, parts[0].text)), *parts[1:]]
        else:
            notes.lose("the thoughts", "message")
    if message.calls and all(part.kind == "text" and not part.text for part in parts):
        if parts:
            notes.change("an empty text left out", "message")
        parts = []  # Bedrock takes no empty text
    blocks += [_block(part, dialect) for part in parts]
    for call in message.calls:
        use = {"toolUseId": call.id, "name": call.name, "input": arguments_object(call, dialect)}
        blocks.append({"toolUse": use})
    if not blocks:
        raise CannotConvert(f"{article(message.role)} turn without content")
    return blocks


def _takes_tools(dialect: Dialect) -> bool:
    return dialect.part_kinds is None or "toolUse" in dialect.part_kinds


def _block(part: Part, dialect: Dialect, inside: bool = False) -> Row:
    if part.kind == "json" and inside:
        return {"json": part.data["json"]}
    if part.kind in ("text", "json", "refusal"):
        return {"text": part.text}
    url = str(part.data.get("url", ""))
    if part.kind not in _FILES or not url.startswith("s3://"):
        where = f"; {dialect.who} reads files of S3 alone" if part.kind in _FILES else ""
        raise CannotConvert(f"{dialect.format} has no place for {article(part.kind)} like that of this row{where}")
    place = {"uri": url, **({"bucketOwner": part.data["owner"]} if "owner" in part.data else {})}
    named = {"name": part.data["name"]} if "name" in part.data and part.kind == "document" else {}
    return {part.kind: {"format": format_of(part), **named, "source": {"s3Location": place}}}


def _row(example: Example, messages: list[Message], dialect: Dialect, notes: Notes) -> Row:
    system, rest = split_system(messages)
    row: Row = {"schemaVersion": VERSION}
    if system:
        texts = [plain_turn(one, dialect, notes) for one in system]
        if dialect.one_system and len(texts) > 1:
            texts = ["\n\n".join(texts)]
            notes.change("system turns joined to one")
        row["system"] = [{"text": one} for one in texts]
    row["messages"] = write_turns(rest, dialect, notes)
    if example.tools and not _takes_tools(dialect):
        notes.lose("the tools")
    elif example.tools:
        row["toolConfig"] = {"tools": [_write_tool(one, dialect, notes) for one in example.tools]}
    return row


def _write_tool(tool: Tool, dialect: Dialect, notes: Notes) -> Row:
    spec: Row = {"name": tool.name}
    if dialect.described and not (tool.description or "").strip():
        notes.change("its name as its description", "tool")
        spec["description"] = tool.name
    elif tool.description is not None:
        spec["description"] = tool.description
    if tool.parameters is None:
        notes.change("an empty `parameters`", "tool")
    schema = {"type": "object", "properties": {}} if tool.parameters is None else tool.parameters
    spec["inputSchema"] = {"json": schema}
    for key, value in tool.extra.items():
        if key == "strict":
            spec[key] = value
        else:
            notes.lose(f"key `{key}`", "tool")
    return {"toolSpec": spec}


def write_sft(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A conversation."""
    link(example, dialect, notes)
    row = _row(example, example.messages, dialect, notes)
    if not row["messages"]:
        raise CannotConvert("a row without turns of user and assistant")
    if dialect.format == "bedrock-converse" and dialect.target and len(row["messages"]) < 2:
        raise CannotConvert(f"{dialect.who} wants two turns, and this row has one")
    return add_columns(row, example, (), dialect, notes)


def write_preference(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A conversation that ends in two candidates."""
    link(example, dialect, notes)
    row = _row(example, example.messages, dialect, notes)
    candidates = []
    for label, side in ((_PREFERRED, example.chosen), (_OTHER, example.rejected)):
        if len(side) != 1 or side[0].role != "assistant":
            raise CannotConvert(
                f"{dialect.format} has one message of the assistant per side, and this row another number"
            )
        candidates.append({"content": _blocks(side[0], dialect, notes), "preferenceLabel": label})
    row["messages"].append({"role": "assistant", "candidates": candidates})
    return add_columns(row, example, (), dialect, notes)


_CANNOT = ("training flags", "names", "files outside S3", "system turns behind others", "columns")
SHAPES = {
    "bedrock-converse": Shape("sft", read_sft, write_sft, _CANNOT),
    "bedrock-distillation": Shape("prompt-only", read_prompt, write_sft, _CANNOT),
    "nova-dpo": Shape("preference", read_preference, write_preference, (*_CANNOT, "sides of several turns")),
}
