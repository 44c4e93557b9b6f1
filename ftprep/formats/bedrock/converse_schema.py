"""The strict schema of Bedrock Converse messages, as Nova and Llama rows have them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Required

from pydantic import Field, Tag

from ftprep.formats.message_schema import Closed, Object
from ftprep.formats.one_of import one_of

BucketUri = Annotated[str, Field(pattern="^s3://")]


class S3Location(Closed, total=False):
    """A file in a bucket of S3."""

    uri: Required[BucketUri]
    bucketOwner: str | None


class Source(Closed):
    """Where the bytes of a file are; a row for training names a bucket."""

    s3Location: S3Location


class Image(Closed, total=False):
    """An image of the row."""

    format: Required[Literal["png", "jpeg", "gif", "webp"]]
    source: Required[Source]


class Video(Closed, total=False):
    """A video of the row."""

    format: Required[Literal["mp4", "mov", "mkv", "webm"]]
    source: Required[Source]


class Document(Closed, total=False):
    """A document of the row; Nova takes PDF."""

    format: Required[str]
    name: str | None
    source: Required[Source]


class ReasoningText(Closed, total=False):
    """What the model thought, as text."""

    text: Required[str]
    signature: str | None


class Reasoning(Closed):
    """What the model thought."""

    reasoningText: ReasoningText


class ToolUse(Closed):
    """One call of a tool."""

    toolUseId: str
    name: str
    input: Object


class TextBlock(Closed):
    """A piece of text."""

    text: str


class JsonBlock(Closed):
    """What a tool returned, as JSON."""

    json: Object | list[Any]


class ImageBlock(Closed):
    """An image."""

    image: Image


class VideoBlock(Closed):
    """A video."""

    video: Video


class DocumentBlock(Closed):
    """A document."""

    document: Document


class ReasoningBlock(Closed):
    """The model's reasoning before it answers."""

    reasoningContent: Reasoning


class ToolUseBlock(Closed):
    """A call."""

    toolUse: ToolUse


ResultBlock = Annotated[
    Annotated[TextBlock, Tag("=text")]
    | Annotated[JsonBlock, Tag("=json")]
    | Annotated[ImageBlock, Tag("=image")]
    | Annotated[VideoBlock, Tag("=video")]
    | Annotated[DocumentBlock, Tag("=document")],
    one_of("content block of a tool result", "text", "json", "image", "video", "document"),
]


class ToolResult(Closed, total=False):
    """What a call returned."""

    toolUseId: Required[str]
    content: Required[list[ResultBlock]]
    status: Literal["success", "error"] | None


class ToolResultBlock(Closed):
    """The result of a call."""

    toolResult: ToolResult


UserBlock = Annotated[
    Annotated[TextBlock, Tag("=text")]
    | Annotated[ImageBlock, Tag("=image")]
    | Annotated[VideoBlock, Tag("=video")]
    | Annotated[DocumentBlock, Tag("=document")]
    | Annotated[ToolResultBlock, Tag("=toolResult")],
    one_of("content block of a user turn", "text", "image", "video", "document", "toolResult"),
]
# An image in an answer has a right shape and a wrong place, of which CHT009 speaks.
AssistantBlock = Annotated[
    Annotated[TextBlock, Tag("=text")]
    | Annotated[ImageBlock, Tag("=image")]
    | Annotated[ReasoningBlock, Tag("=reasoningContent")]
    | Annotated[ToolUseBlock, Tag("=toolUse")],
    one_of("content block of an assistant turn", "text", "image", "reasoningContent", "toolUse"),
]
AssistantContent = Annotated[list[AssistantBlock], Field(min_length=1)]


class UserMessage(Closed):
    """What the user says, and what the tools returned."""

    role: Literal["user"]
    content: Annotated[list[UserBlock], Field(min_length=1)]


class AssistantMessage(Closed):
    """What the model says or calls."""

    role: Literal["assistant"]
    content: AssistantContent


Message = Annotated[UserMessage | AssistantMessage, Field(discriminator="role")]
Messages = Annotated[list[Message], Field(min_length=1)]


class SystemBlock(Closed):
    """A piece of the system prompt."""

    text: str


class InputSchema(Closed):
    """The arguments of a tool."""

    json: Object


class ToolSpec(Closed, total=False):
    """One tool. Its name and its schema are checked by TUL008, which says more."""

    name: Any
    description: str | None
    inputSchema: Required[InputSchema]
    strict: bool | None


class ToolEntry(Closed):
    """One tool of the list."""

    toolSpec: ToolSpec


class ToolConfig(Closed, total=False):
    """The tools that are given to the model."""

    tools: Required[list[ToolEntry]]
    toolChoice: Object | None


class ConverseRow(Closed, total=False):
    """One conversation."""

    schemaVersion: str | None
    system: list[SystemBlock] | None
    messages: Required[Messages]
    toolConfig: ToolConfig | None
