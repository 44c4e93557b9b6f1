"""Lists of ``{role, content}`` messages, as OpenAI, TRL, Mistral, Together and Fireworks have them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ftprep.conversion.calls import arguments_object, arguments_text, read_call
from ftprep.conversion.conversation import Call, CannotConvert, Message, Notes, Part, Row
from ftprep.conversion.dialect import Dialect
from ftprep.conversion.files import lose_type
from ftprep.conversion.shape import article, lose_part_flags, with_thoughts
from ftprep.text.snippet import quote

_THOUGHTS = ("reasoning_content", "reasoning", "thinking")
_OWN = frozenset(
    {
        "role", "content", "name", "refusal", "tool_calls", "function_call", "tool_call_id", "weight", "train",
        "training", *_THOUGHTS,
    }
)  # fmt: skip
_FILES = {"image_url": "image", "image": "image", "input_audio": "audio", "audio": "audio", "video": "video",
          "video_url": "video", "file": "document"}  # fmt: skip


def read_messages(raws: Iterable[Row], notes: Notes) -> list[Message]:
    """The messages of a valid row."""
    return [read_message(raw, notes) for raw in raws]


def read_message(raw: Row, notes: Notes) -> Message:
    """One message."""
    role = raw["role"]
    content = raw.get("content")
    message = Message("tool" if role == "function" else role, listed=isinstance(content, list))
    if isinstance(content, str):
        message.parts.append(Part("text", content))
    for part in content if isinstance(content, list) else ():
        _read_part(part, message)
    if raw.get("refusal") is not None:
        message.parts.append(Part("refusal", raw["refusal"], {"key": True}))
    for call in raw.get("tool_calls") or ():
        body = call["function"]
        message.calls.append(read_call(body["name"], body.get("arguments"), call.get("id")))
    legacy = raw.get("function_call")
    if legacy is not None:
        message.calls.append(read_call(legacy["name"], legacy.get("arguments")))
        notes.change("`function_call` written as a call of a tool", "message")
    message.answers, message.name = raw.get("tool_call_id"), raw.get("name")
    thoughts = [raw[key] for key in _THOUGHTS if raw.get(key) is not None]
    if thoughts:
        message.thinking = thoughts[0]
        if any(one != thoughts[0] for one in thoughts[1:]):
            notes.lose("a second text of thoughts", "message")
    for key in ("weight", "train", "training"):
        if raw.get(key) is not None and message.trained is not False:
            message.trained = bool(raw[key])
    message.extra = {key: value for key, value in raw.items() if key not in _OWN and value not in (None, [])}
    return message


def _read_part(part: Row, message: Message) -> None:
    kind = part["type"]
    if kind == "text":
        flags = {key: part[key] for key in ("train", "weight") if part.get(key) is not None}
        message.parts.append(Part("text", part["text"], {"flags": flags} if flags else {}))
    elif kind == "refusal":
        message.parts.append(Part("refusal", part["refusal"]))
    elif kind == "image_url":
        image = part["image_url"]
        data = {"url": image} if isinstance(image, str) else filled_image(image)
        message.parts.append(Part("image", "", data))
    elif kind == "image":
        rest = {key: value for key, value in part.items() if key != "type" and value is not None}
        message.parts.append(Part("image", "", _named(rest)))
    elif kind == "thinking" and isinstance(part.get("thinking"), str) and message.thinking is None:
        message.thinking = part["thinking"]
    else:
        message.parts.append(Part(_FILES.get(kind, "other"), "", {"part": part}))


def filled_image(image: Row) -> dict[str, Any]:
    """Address and detail of an OpenAI image."""
    return {key: value for key, value in image.items() if value is not None}


def _named(rest: dict[str, Any]) -> dict[str, Any]:
    """An image part with its own address, or one that stands for an entry of a column."""
    for key in ("url", "path", "image"):
        if isinstance(rest.get(key), str):
            return {"url": rest[key]}
    return {"file": rest["image"]} if "image" in rest else {}


# --- writing ----------------------------------------------------------------------------------------------------------


def write_messages(
    messages: Iterable[Message], dialect: Dialect, notes: Notes, files: list[Any] | None = None
) -> list[Row]:
    """``messages`` as the target wants them; images that belong into a column of the row are added to ``files``."""
    rows = [write_message(one, dialect, notes, files) for one in arranged(messages, dialect, notes)]
    if files and dialect.images == "column":
        for row in rows:
            if row["role"] == "user" and isinstance(
                row["content"], str
            ):  # TRL puts marks for all images into the first
                row["content"] = [{"type": "text", "text": row["content"]}]
    return rows


def arranged(messages: Iterable[Message], dialect: Dialect, notes: Notes) -> list[Message]:
    """The turns with roles that the target knows, joined where it wants one system turn or sides that take turns."""
    found: list[Message] = []
    for message in messages:
        if message.role == "developer" and dialect.roles is not None and "developer" not in dialect.roles:
            message = replace(message, role="system")
            notes.change("`developer` written as `system`", "message")
        last = found[-1] if found else None
        if last is not None and last.role == message.role and _joins(last, message, dialect):
            found[-1] = joined(last, message)
            notes.change("joined to the turn before", "message")
        else:
            found.append(message)
    return found


def _joins(last: Message, message: Message, dialect: Dialect) -> bool:
    if message.role in ("system", "developer"):
        return dialect.one_system
    return message.role in dialect.joined and not last.calls


def joined(first: Message, second: Message) -> Message:
    """Two turns of one side as one."""
    if first.is_text and second.is_text and len(first.parts) == len(second.parts) == 1:
        texts = [part.text for part in (*first.parts, *second.parts) if part.text]
        parts = [Part("text", "\n\n".join(texts))]
    else:
        parts = [*first.parts, *second.parts]
    thoughts = [one.thinking for one in (first, second) if one.thinking is not None]
    return replace(
        first,
        parts=parts,
        calls=[*first.calls, *second.calls],
        thinking="\n\n".join(thoughts) if thoughts else None,
        trained=False if first.trained is False and second.trained is False else first.trained or second.trained,
        extra={**first.extra, **second.extra},
    )


def write_message(message: Message, dialect: Dialect, notes: Notes, files: list[Any] | None = None) -> Row:
    """One message."""
    row: Row = {"role": message.role}
    parts = list(message.parts)
    if message.calls and dialect.content_or_calls and parts:
        if any(part.text.strip() or part.kind != "text" for part in parts):
            notes.lose("the text beside calls", "message")
        parts = []
    native = dialect.reasoning not in ("", "inline") and dialect.takes(dialect.reasoning)
    native &= message.role == "assistant"
    if message.thinking is not None and not native:
        if message.role == "assistant" and (message.inline or dialect.reasoning == "inline"):
            parts = _with_inline_thoughts(message, parts)
        else:
            notes.lose("the thoughts", "message")
    refusal = next((part for part in parts if part.kind == "refusal" and part.data.get("key")), None)
    if refusal is not None and dialect.refusals and dialect.takes("refusal") and message.role == "assistant":
        parts.remove(refusal)
    else:
        refusal = None
    if parts or message.role != "assistant":
        row["content"] = _content(message, parts, dialect, notes, files)
    elif not (message.calls and dialect.content_or_calls):
        row["content"] = None
    if refusal is not None:
        row["refusal"] = refusal.text
    if message.calls:
        if not dialect.takes("tool_calls"):
            raise CannotConvert(f"{dialect.who} has no place for calls of tools")
        row["tool_calls"] = [_call(call, dialect) for call in message.calls]
    if message.role == "tool":
        if message.answers is not None and dialect.takes("tool_call_id"):
            row["tool_call_id"] = message.answers
        name = message.name or (message.called if dialect.arguments == "object" else None)
    else:
        name = message.name
    if name is not None:
        if dialect.takes("name") and (dialect.names or message.role == "tool"):
            row["name"] = name
        elif message.role != "tool":
            notes.lose("the name", "message")
    if message.thinking is not None and native:
        row[dialect.reasoning] = message.thinking
    _flag(message, row, dialect, notes)
    for key, value in message.extra.items():
        if key == "train_detail" and dialect.trained in ("train", "weight") and dialect.takes(key):
            row[key] = value
        else:
            notes.lose(f"key {quote(key)}", "message")
    return row


def _flag(message: Message, row: Row, dialect: Dialect, notes: Notes) -> None:
    """Say whether the message is learnt, where the row said so and the target has a key for it."""
    if message.role != "assistant" or message.trained is None:
        return
    if dialect.trained and dialect.takes(dialect.trained):
        row[dialect.trained] = message.trained if dialect.trained == "train" else int(message.trained)
    elif not message.trained:
        notes.lose("the exclusion from training", "message")


def _with_inline_thoughts(message: Message, parts: list[Part]) -> list[Part]:
    if parts and parts[0].kind == "text":
        return [Part("text", with_thoughts(message, parts[0].text)), *parts[1:]]
    return [Part("text", with_thoughts(message, "")), *parts]


def _content(message: Message, parts: list[Part], dialect: Dialect, notes: Notes, files: list[Any] | None) -> Any:
    if not dialect.refusals:
        parts = [_said(part, notes) for part in parts]
    texts = all(part.kind in ("text", "json") for part in parts)
    flagged = any("flags" in part.data for part in parts)
    if not parts:
        notes.change("no content written as an empty text", "message")
    if any(part.kind == "json" for part in parts):
        notes.change("a JSON value written as text", "message")
    if flagged and dialect.trained not in ("weight", "train"):
        lose_part_flags(message, notes)
        flagged = False
    kinds = dialect.part_kinds
    if texts and not flagged and (kinds == frozenset() or len(parts) < 2) and not (message.listed and kinds is None):
        if len(parts) > 1:
            notes.change("parts joined to one text", "message")
        return "\n".join(part.text for part in parts)
    return [_part(part, dialect, notes, files, flagged) for part in parts]


def _said(part: Part, notes: Notes) -> Part:
    """A refusal as the text that it is, where the target has no parts of that kind."""
    if part.kind != "refusal":
        return part
    notes.change("a refusal written as text", "message")
    return Part("text", part.text)


def _part(part: Part, dialect: Dialect, notes: Notes, files: list[Any] | None, flagged: bool) -> Row:
    kinds = dialect.part_kinds
    if part.kind in ("text", "json"):
        return {"type": "text", "text": part.text, **(part.data.get("flags", {}) if flagged else {})}
    if part.kind == "refusal" and (kinds is None or "refusal" in kinds):
        return {"type": "refusal", "refusal": part.text}
    if part.kind == "image" and kinds != frozenset():
        lose_type(part, notes, detail=dialect.images == "part")
        return _image(part, dialect, files)
    if "part" in part.data and (kinds is None or part.data["part"]["type"] in kinds):
        found: Row = part.data["part"]
        return found
    raise CannotConvert(f"{dialect.who} has no place for {article(part.kind)} in a message")


def _image(part: Part, dialect: Dialect, files: list[Any] | None) -> Row:
    url, file = part.data.get("url"), part.data.get("file", part.data.get("url"))
    if url is not None and dialect.images == "named":
        return {"type": "image", "url" if "://" in url or url.startswith("data:") else "path": url}
    if url is None or (dialect.images == "column" and files is not None):
        if file is None:  # TRL puts files into the column by itself
            if dialect.target and dialect.images != "column":
                raise CannotConvert("an image without an address")
            return {"type": "image"}
        if files is None or (dialect.target and dialect.images != "column"):
            raise CannotConvert("an image that stands in a column, and has no address of its own")
        files.append(file)
        return {"type": "image"}
    if not dialect.reaches(url):
        raise CannotConvert(f"an image at an address that {dialect.who} does not read")
    return {"type": "image_url", "image_url": {key: part.data[key] for key in ("url", "detail") if key in part.data}}


def _call(call: Call, dialect: Dialect) -> Row:
    as_object = dialect.arguments == "object"
    arguments = arguments_object(call, dialect) if as_object else arguments_text(call)
    body = {"type": "function", "function": {"name": call.name, "arguments": arguments}}
    return body if call.id is None else {"id": call.id, **body}
