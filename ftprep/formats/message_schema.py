"""The strict schema of ``{role, content}`` messages and of tools, shared by every chat-like format.

An optional field may also be null: Arrow and pydantic exports write absent fields that way. Keys of the dialects
that read the same rows (Axolotl ``train``, TRL ``thinking``, Fireworks and Together ``reasoning_content``) are
known here; whether a platform takes them is for its target to say. ``arguments`` is a JSON string for OpenAI and an
object for TRL, so both pass.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Required

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

STRICT = ConfigDict(extra="forbid", strict=True)
OPEN = ConfigDict(extra="allow", strict=True)

Flag = Annotated[int, Field(strict=True, ge=0, le=1)]  # Literal[0, 1] would let 1.0 and true pass
Object = dict[str, Any]


class TextPart(TypedDict, total=False):
    """A piece of text in a list of content parts; Axolotl masks parts by `train` or `weight`."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    type: Required[Literal["text"]]
    text: Required[str]
    train: bool | None
    weight: Flag | None


class RefusalPart(TypedDict):
    """The model's refusal as a content part."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    type: Literal["refusal"]
    refusal: str


class ImageUrl(TypedDict, total=False):
    """Where an image is and how closely the model looks at it."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    url: Required[str]
    detail: Literal["auto", "low", "high"] | None


class ImageUrlPart(TypedDict):
    """An image by URL or data URI (OpenAI: an object, Mistral: a plain string)."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    type: Literal["image_url"]
    image_url: ImageUrl | str


class ImagePart(TypedDict, total=False):
    """A placeholder for an entry of the row's `images` column (TRL vision rows)."""

    __pydantic_config__ = OPEN  # type: ignore[misc]
    type: Required[Literal["image"]]


class MediaPart(TypedDict, total=False):
    """Audio, video and files: known to the chat interfaces, trained on by few platforms."""

    __pydantic_config__ = OPEN  # type: ignore[misc]
    type: Required[Literal["input_audio", "audio", "video", "video_url", "file"]]


class ThinkingPart(TypedDict, total=False):
    """Reasoning as a content part."""

    __pydantic_config__ = OPEN  # type: ignore[misc]
    type: Required[Literal["thinking"]]


Part = Annotated[
    TextPart | RefusalPart | ImageUrlPart | ImagePart | MediaPart | ThinkingPart, Field(discriminator="type")
]
Parts = Annotated[list[Part], Field(min_length=1)]


class FunctionCall(TypedDict, total=False):
    """Which tool is called, with which arguments; a call without arguments may leave them out."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    name: Required[str]
    arguments: str | Object | None


class ToolCall(TypedDict, total=False):
    """One call of a tool."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    id: str | None
    type: Literal["function"] | None
    function: Required[FunctionCall]
    index: int | None


class SystemMessage(TypedDict, total=False):
    """Instructions of the operator."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    role: Required[Literal["system", "developer"]]
    content: Required[str | Parts]
    name: str | None


class UserMessage(TypedDict, total=False):
    """What the user says."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    role: Required[Literal["user"]]
    content: Required[str | Parts]
    name: str | None


class AssistantMessage(TypedDict, total=False):
    """What the model says or calls. `content` may be null or absent beside calls or a refusal."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    role: Required[Literal["assistant"]]
    content: str | Parts | None
    name: str | None
    refusal: str | None
    tool_calls: list[ToolCall] | None
    function_call: FunctionCall | None
    weight: Flag | None
    train: bool | None
    training: bool | None
    train_detail: list[Object] | None
    reasoning_content: str | None
    reasoning: str | None
    thinking: str | None


class ToolMessage(TypedDict, total=False):
    """The result of a call. TRL rows name the tool instead of the call."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    role: Required[Literal["tool"]]
    content: Required[str | Parts]
    tool_call_id: str | None
    name: str | None


class FunctionMessage(TypedDict, total=False):
    """The result of a legacy function call."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
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
