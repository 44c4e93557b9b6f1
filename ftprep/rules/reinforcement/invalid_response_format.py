"""Rule RFT014."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, FileRule, Good
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.inputs import Input
    from ftprep.settings import Settings

_MOST = 20  # problems that are reported; one mistake tends to be made in every object
_TASK = {"messages": [{"role": "user", "content": "What is 2 + 2?"}], "reference_answer": "4"}
_SOUND = (
    '{"type": "json_schema", "json_schema": {"name": "sum", "strict": true, "schema": {"type": "object", '
    '"properties": {"total": {"type": ["integer", "null"]}}, "required": ["total"], "additionalProperties": false}}}'
)


class InvalidResponseFormat(FileRule):
    """A response format that is no strict JSON Schema.

    ## What it does
    Reads the file that `--response-format` names: a `response_format` of type `json_schema` with `name`, `strict` and
    `schema`, or the schema alone. Reports what strict mode refuses: a top that is no object, objects without
    `"additionalProperties": false`, properties that are not required, references that lead nowhere, unknown types, and
    keywords such as `allOf` and `oneOf`. It speaks once per run, of the first input.

    ## Why is this bad?
    The fine-tuning job is refused, or `sample.output_json` stays empty in every grader.

    ## How to settle it
    Put every property into `required`, let optional ones be null, and forbid others by `"additionalProperties": false`
    on every object.
    """

    code = "RFT014"
    name = "invalid-response-format"
    severity = Severity.ERROR
    examples = (
        Good(_TASK, settings={"response_format": _SOUND}),
        Good(
            _TASK,
            settings={
                "response_format": '{"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}, "required": ["a"], '
                '"additionalProperties": false, "$defs": {"a": {"type": "array", "items": {"type": "string"}}}}'
            },
            note="the schema alone",
        ),
        Bad(
            _TASK,
            settings={"response_format": _SOUND.replace(', "additionalProperties": false', "")},
            at=[(0, "")],
            message="response format, `/json_schema/schema`: `additionalProperties` is not false",
        ),
        Bad(
            _TASK,
            settings={"response_format": _SOUND.replace('["total"]', "[]").replace("true", "false")},
            at=[(0, ""), (0, "")],
            message="response format, `/json_schema",
        ),
        Bad(
            _TASK,
            settings={"response_format": '{"type": "object"'},
            at=[(0, "")],
            message="response format: the document is no JSON",
        ),
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        return None if settings.response_format else "needs --response-format"

    def check_file(self, source: Input) -> Iterator[Finding]:
        from ftprep.text.strict_schema import problems_of, read_document

        if source.index:
            return
        ref = Ref(source.index, 0)
        try:
            document = read_document(self.settings.response_format or "")
        except (ValueError, OSError) as error:
            what = "cannot be read" if isinstance(error, OSError) else "is no JSON"
            yield self.finding(ref, f"response format: the document {what}")
            return
        for number, (pointer, message) in enumerate(problems_of(document)):
            if number == _MOST:
                return
            place = f", {quote(pointer, 36)}" if pointer else ""
            yield self.finding(ref, f"response format{place}: {message}"[:100], data={"pointer": pointer})
