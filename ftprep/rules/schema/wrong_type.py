"""Rule SCH003."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, Needs, RecordRule
from ftprep.text.dialogues import content_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard


class WrongType(RecordRule):
    """A value of the wrong JSON type.

    ## What it does
    Reports a number, object, list or null where the format wants something else. An optional field that is null
    counts as absent, because Arrow and pydantic write absent fields that way.

    ## Why is this bad?
    No platform converts values; the file is rejected or the row is lost.

    ## How to settle it
    Write the value in the type that the message names.
    """

    code = "SCH003"
    name = "wrong-type"
    severity = Severity.ERROR
    needs = Needs.PARSED
    examples = (
        Good({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hey", "name": None}]}),
        Bad(
            {"messages": [{"role": "user", "content": 42}, {"role": "assistant", "content": "Hello!"}]},
            format="openai-chat",
            at=[(1, "/messages/0/content")],
            message="`content` is a number; a string or a list is due",
        ),
        Bad(
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hey", "weight": True}]},
            at=[(1, "/messages/1/weight")],
        ),
        Bad(
            {"messages": {"role": "user", "content": "Hi"}},
            format="openai-chat",
            at=[(1, "/messages")],
            message="`messages` is an object; a list is due",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": [{"type": "image_url", "image_url": "https://example.com/a.png"}]},
                    {"role": "assistant", "content": "A pear."},
                ]
            },
            settings={"target": "openai"},
            at=[(1, "/messages/0/content/0/image_url")],
            message="`image_url` is a string; an object is due for openai",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        rows = shard.rows_with_schema_error(self.code)
        if shard.format is not None and self.restriction("image-url-object", shard.format.name):
            rows = sorted({*rows, *shard.media_rows})
        return rows

    def check(self, record: Record) -> Iterator[Finding]:
        for error in record.schema_errors:
            if error.code == self.code:
                yield self.finding(record.ref, error.message, pointer=error.pointer, data=error.data)
        objects = self.restriction("image-url-object", record.format.name)
        if objects is not None:
            message = f"`image_url` is a string; an object is due for {objects.target}"
            for pointer, part in content_parts(record):
                if isinstance(part.get("image_url"), str):
                    yield self.refused(record.ref, objects, message, pointer=f"{pointer}/image_url")
