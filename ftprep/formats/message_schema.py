"""The strict schema of ``{role, content}`` messages and of tools, shared by every chat-like format.

A null field counts as absent, known or not: Arrow gives every message of a column the fields of all others, and
pydantic writes optional fields out. Keys of the dialects that read the same rows (Axolotl ``train``, TRL
``thinking``, Fireworks and Together ``reasoning_content``) are known here; whether a platform takes them is for its
target to say. ``arguments`` is a JSON string for OpenAI and an object for TRL, so both pass.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Required

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict


# mypy knows neither `extra_items` (PEP 728) nor the attribute that pydantic reads in a TypedDict.
class Closed(TypedDict, total=False, extra_items=None):  # type: ignore[call-arg]
    """An object whose further keys may only be null; :mod:`ftprep.formats.validation` calls others unknown."""

    __pydantic_config__ = ConfigDict(strict=True)  # type: ignore[misc]


class Open(TypedDict, total=False):
    """An object that may have any further keys."""

    __pydantic_config__ = ConfigDict(extra="allow", strict=True)  # type: ignore[misc]


Flag = Annotated[int, Field(strict=True, ge=0, le=1)]  # Literal[0, 1] would let 1.0 and true pass
Nothing = Annotated[list[Any], Field(max_length=0)]  # what OpenAI's own client writes out; with entries, unknown
Object = dict[str, Any]


class TextPart(Closed, total=False):
    """A piece of text in a list of content parts; Axolotl masks parts by `train` or `weight`."""

    type: Required[Literal["text"]]
    text: Required[str]
    train: bool | None
    weight: Flag | None


class RefusalPart(Closed):
    """The model's refusal as a content part."""

    type: Literal["refusal"]
    refusal: str


class ImageUrl(Closed, total=False):
    """Where an image is and how closely the model looks at it."""

    url: Required[str]
    detail: Literal["auto", "low", "high"] | None


class ImageUrlPart(Closed):
    """An image by URL or data URI (OpenAI: an object, Mistral: a plain string)."""

    type: Literal["image_url"]
    image_url: ImageUrl | str


class ImagePart(Open, total=False):
    """A placeholder for an entry of the row's `images` column (TRL vision rows)."""

    type: Required[Literal["image"]]


class MediaPart(Open, total=False):
    """Audio, video and files: known to the chat interfaces, trained on by few platforms."""

    type: Required[Literal["input_audio", "audio", "video", "video_url", "file"]]


class ThinkingPart(Open, total=False):
    """Reasoning as a content part."""

    type: Required[Literal["thinking"]]


Part = Annotated[
    TextPart | RefusalPart | ImageUrlPart | ImagePart | MediaPart | ThinkingPart, Field(discriminator="type")
]
Parts = Annotated[list[Part], Field(min_length=1)]


class FunctionCall(Closed, total=False):
    """Which tool is called, with which arguments; a call without arguments may leave them out."""

    name: Required[str]
    arguments: str | Object | None


class ToolCall(Closed, total=False):
    """One call of a tool."""

    id: str | None
    type: Literal["function"] | None
    function: Required[FunctionCall]
    index: int | None


class SystemMessage(Closed, total=False):
    """Instructions of the operator."""

    role: Required[Literal["system", "developer"]]
    content: Required[str | Parts]
    name: str | None


class UserMessage(Closed, total=False):
    """What the user says."""

    role: Required[Literal["user"]]
    content: Required[str | Parts]
    name: str | None


class AssistantMessage(Closed, total=False):
    """What the model says or calls. `content` may be null or absent beside calls or a refusal."""

    role: Required[Literal["assistant"]]
    content: str | Parts | None
    name: str | None
    refusal: str | None
    tool_calls: list[ToolCall] | None
    function_call: FunctionCall | None
    annotations: Nothing | None
    weight: Flag | None
    train: bool | None
    training: bool | None
    train_detail: list[Object] | None
    reasoning_content: str | None
    reasoning: str | None
    thinking: str | None


class ToolMessage(Closed, total=False):
    """The result of a call. TRL rows name the tool instead of the call."""

    role: Required[Literal["tool"]]
    content: Required[str | Parts]
    tool_call_id: str | None
    name: str | None


class FunctionMessage(Closed, total=False):
    """The result of a legacy function call."""

    role: Required[Literal["function"]]
    content: Required[str | None]
    name: Required[str]


Message = Annotated[
    SystemMessage | UserMessage | AssistantMessage | ToolMessage | FunctionMessage,
    Field(discriminator="role"),
]
Messages = Annotated[list[Message], Field(min_length=1)]

# A tool definition is checked by TUL008, which says more than a schema error would; here it is any object.
Tools = list[Object] | str
Functions = list[Object]
