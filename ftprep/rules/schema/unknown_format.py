"""Rule SCH009."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.formats.detect import detect
from ftprep.record import Ref
from ftprep.rule import Bad, FileRule, Good, Needs
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.inputs import Input

_LIMIT = 100
_GRADERS = ("string_check", "text_similarity", "score_model", "label_model", "python", "multi")
_GRADER_KEYS = ("operation", "evaluation_metric", "input", "model", "source", "graders", "calculate_output")
_DATASET_KEYS = ("file_name", "hf_hub_url", "ms_hub_url", "script_url", "cloud_file_name")
# Keys that put a list of rows, whatever they are, into one object.
_WRAPPERS = ("data", "train", "validation", "test", "rows", "examples")
_SLIGHT = ("plain-text", "trl-prompt-only")  # one key says too little: parts of one row have it, too


class UnknownFormat(FileRule):
    """The rows of a file have no known shape.

    ## What it does
    Reports a file of which fewer than half of the sampled rows look like rows of a known format. Only the rules
    about bytes and JSON run on such a file.

    ## Why is this bad?
    No trainer or platform reads the rows as they are, and none of their texts can be checked.

    ## How to settle it
    Rename or regroup the columns to one of the formats that the message names (`ftprep formats NAME` shows a row
    of each). Where the rows are of a known format but badly broken, name it with `--format`. Where they stand in a
    list inside one object, write that list alone. A grader, a `response_format` or LLaMA-Factory's
    `dataset_info.json` says how data are used and is no data: lint the file of rows that belongs to it.
    """

    code = "SCH009"
    name = "unknown-format"
    severity = Severity.ERROR
    needs = Needs.RAW
    examples = (
        Good({"prompt": "Dusk is", "completion": " the end of the day."}),
        Good({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}),
        Good(file=b"", note="an empty file has no rows to have a shape"),
        Good(b"{broken", note="no row can be read at all"),
        Good({"question": "2 + 3?", "answer": "5"}, format="alpaca", note="a format that was named is taken as true"),
        Bad(
            {"spoken": "lights off", "device": "lamp"},
            at=[(0, "")],
            message="no known shape: `spoken`, `device`",
        ),
        Bad(
            {"text": "lights off", "device": "lamp"},
            at=[(0, "")],
            message="near: plain-text",
        ),
        Bad(
            {"messages": [{"role": "user", "content": [{"value": "Hi"}]}]},
            at=[(0, "")],
            note="blocks of neither OpenAI nor Bedrock",
        ),
        Bad(
            {"version": "2", "data": [{"prompt": "Dusk is", "completion": " the end of the day."}]},
            at=[(0, "")],
            message="the row is an object around 1 prompt-completion row, in `data`",
        ),
        Bad(
            {"type": "string_check", "name": "exact", "operation": "eq", "input": "{{sample.output_text}}"},
            at=[(0, "")],
            message="the file is the configuration of a grader (`string_check`), no data",
        ),
        Bad(
            {"type": "json_schema", "json_schema": {"name": "sum", "schema": {"type": "object"}}},
            at=[(0, "")],
            message="the file is a response_format (a JSON Schema for answers), no data",
        ),
    )

    def check_file(self, source: Input) -> Iterator[Finding]:
        detection = source.detection
        if detection.format is not None or not source.sample:
            return
        message = (_configuration(source.sample[0]) or _wrapped(source.sample)) if len(source.sample) == 1 else None
        if message is not None:
            yield self.finding(Ref(source.index, 0), message)
            return
        keys = [quote(key, 24) for key in detection.keys]
        near = _as_many(list(detection.nearest), 40)
        tail = f"; near: {near}" if near else ""
        message = f"no known shape: {_as_many(keys, _LIMIT - 16 - len(tail)) or 'no keys'}{tail}"
        data = {"keys": [key[1:-1] for key in keys], "nearest": list(detection.nearest)}
        yield self.finding(Ref(source.index, 0), message, data=data)


def _configuration(row: dict[str, Any]) -> str | None:
    """What is said of a file that configures a training run and holds no data; None when it is none that is known."""
    kind = row.get("type")
    if kind in _GRADERS and not row.keys().isdisjoint(_GRADER_KEYS):
        return f"the file is the configuration of a grader (`{kind}`), no data"
    if kind == "json_schema" and isinstance(row.get("json_schema"), dict):
        return "the file is a response_format (a JSON Schema for answers), no data"
    entries = list(row.values())
    if entries and all(isinstance(one, dict) and not one.keys().isdisjoint(_DATASET_KEYS) for one in entries):
        count = f"{len(entries):,} dataset{'s' if len(entries) > 1 else ''}"
        return f"the file is a dataset_info.json that describes {count}, no data"
    return None


def _wrapped(sample: list[dict[str, Any]]) -> str | None:
    """What is said of one object that has the rows of a dataset in one of its lists."""
    for key, value in sample[0].items():
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            format = detect(value[:_LIMIT]).format
            if format is not None and format not in _SLIGHT:
                rows = f"{len(value):,} {format} row{'s' if len(value) > 1 else ''}"
                return f"the row is an object around {rows}, in {_with_other_splits(key, sample[0])}"
            if key in _WRAPPERS:
                rows = f"{len(value):,} object{'s' if len(value) > 1 else ''}"
                return f"the row is an object around {rows}, in {_with_other_splits(key, sample[0])}"
    return None


def _with_other_splits(key: str, row: dict[str, Any]) -> str:
    others = [other for other, value in row.items() if other in _WRAPPERS and other != key and isinstance(value, list)]
    return quote(key, 20) + (f" (and in {', '.join(map(quote, others[:2]))})" if others and key in _WRAPPERS else "")


def _as_many(names: list[str], room: int) -> str:
    """Join as many of ``names`` as have ``room`` characters, at least one, and say how many there are besides."""
    for count in range(len(names), 0, -1):
        rest = f" and {len(names) - count} more" if count < len(names) else ""
        text = ", ".join(names[:count]) + rest
        if len(text) <= room or count == 1:
            return text
    return ""
