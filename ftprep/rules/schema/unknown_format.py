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
    list inside one object, write that list alone.
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
    )

    def check_file(self, source: Input) -> Iterator[Finding]:
        detection = source.detection
        if detection.format is not None or not source.sample:
            return
        message = _wrapped(source.sample) if len(source.sample) == 1 else None
        if message is not None:
            yield self.finding(Ref(source.index, 0), message)
            return
        keys = [quote(key, 24) for key in detection.keys]
        near = _as_many(list(detection.nearest), 40)
        tail = f"; near: {near}" if near else ""
        message = f"no known shape: {_as_many(keys, _LIMIT - 16 - len(tail)) or 'no keys'}{tail}"
        data = {"keys": [key[1:-1] for key in keys], "nearest": list(detection.nearest)}
        yield self.finding(Ref(source.index, 0), message, data=data)


def _wrapped(sample: list[dict[str, Any]]) -> str | None:
    """What is said of one object that has the rows of a dataset in one of its lists."""
    for key, value in sample[0].items():
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            format = detect(value[:_LIMIT]).format
            if format is not None and format not in _SLIGHT:
                rows = f"{len(value):,} {format} row{'s' if len(value) > 1 else ''}"
                return f"the row is an object around {rows}, in {quote(key, 20)}"
    return None


def _as_many(names: list[str], room: int) -> str:
    """Join as many of ``names`` as have ``room`` characters, at least one, and say how many there are besides."""
    for count in range(len(names), 0, -1):
        rest = f" and {len(names) - count} more" if count < len(names) else ""
        text = ", ".join(names[:count]) + rest
        if len(text) <= room or count == 1:
            return text
    return ""
