"""The strict schema of Gemini's contents. Google reads JSON in camel case and in snake case alike, so both pass."""

from __future__ import annotations

from typing import Annotated, Literal, Required

from pydantic import AfterValidator, Field, Tag
from pydantic_core import PydanticCustomError

from ftprep.formats.message_schema import Closed, Object, Open
from ftprep.formats.one_of import one_of

StorageUri = Annotated[str, Field(pattern="^gs://")]


class FileData(Closed, total=False):
    """A file in a bucket of Cloud Storage."""

    mimeType: str | None
    mime_type: str | None
    fileUri: StorageUri | None
    file_uri: StorageUri | None
    displayName: str | None


class InlineData(Closed, total=False):
    """The bytes of a file in base64."""

    mimeType: str | None
    mime_type: str | None
    data: Required[str]
    displayName: str | None


class FunctionCall(Closed, total=False):
    """One call of a function; a call without arguments may leave them out."""

    name: Required[str]
    args: Object | None
    id: str | None


class FunctionResponse(Closed, total=False):
    """What a call returned."""

    name: Required[str]
    response: Required[Object]
    id: str | None
    parts: list[Object] | None


class TextPart(Closed):
    """A piece of text."""

    text: str


class FilePart(Closed, total=False):
    """A file."""

    fileData: FileData | None
    file_data: FileData | None
    videoMetadata: Object | None
    video_metadata: Object | None


class InlinePart(Closed, total=False):
    """A file inside the row."""

    inlineData: InlineData | None
    inline_data: InlineData | None
    videoMetadata: Object | None
    video_metadata: Object | None


class CallPart(Closed, total=False):
    """A call."""

    functionCall: FunctionCall | None
    function_call: FunctionCall | None
    thoughtSignature: str | None


class ResponsePart(Closed, total=False):
    """The result of a call."""

    functionResponse: FunctionResponse | None
    function_response: FunctionResponse | None


Part = Annotated[
    Annotated[TextPart, Tag("=text")]
    | Annotated[FilePart, Tag("=fileData")]
    | Annotated[InlinePart, Tag("=inlineData")]
    | Annotated[CallPart, Tag("=functionCall")]
    | Annotated[ResponsePart, Tag("=functionResponse")],
    one_of(
        "part of a turn",
        "text",
        "fileData",
        "inlineData",
        "functionCall",
        "functionResponse",
        file_data="fileData",
        inline_data="inlineData",
        function_call="functionCall",
        function_response="functionResponse",
    ),
]


class Content(Closed, total=False):
    """One turn. The role may be left out where there is no other turn."""

    role: Literal["user", "model"] | None
    parts: Required[Annotated[list[Part], Field(min_length=1)]]


class ModelContent(Closed, total=False):
    """One answer of the model."""

    role: Literal["model"] | None
    parts: Required[Annotated[list[Part], Field(min_length=1)]]


def _roles_told(contents: list[Content]) -> list[Content]:
    for index, content in enumerate(contents if len(contents) > 1 else ()):
        if content.get("role") is None:
            context = {"pointer": f"/{index}", "message": "`role` is missing", "code": "SCH001", "field": "role"}
            raise PydanticCustomError("no_role", "a turn among others has no role", context)
    return contents


Contents = Annotated[list[Content], Field(min_length=1), AfterValidator(_roles_told)]


class SystemInstruction(Closed, total=False):
    """The system prompt; its role is ignored."""

    role: str | None
    parts: Required[Annotated[list[TextPart], Field(min_length=1)]]


class GeminiTool(Open, total=False):
    """Declared functions, or one of Google's own tools under its name. TUL008 looks at the declarations."""

    functionDeclarations: list[Object] | None
    function_declarations: list[Object] | None


class GeminiRow(Closed, total=False):
    """What rows of all methods have. Google's examples for tuning on video hold a `generationConfig`."""

    systemInstruction: SystemInstruction | None
    system_instruction: SystemInstruction | None
    contents: Required[Contents]
    tools: list[GeminiTool] | None
    toolConfig: Object | None
    tool_config: Object | None
    generationConfig: Object | None
    generation_config: Object | None
