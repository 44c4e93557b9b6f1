"""Rule SCH006."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.record import State
from ftprep.rule import Bad, Good, Needs, RecordRule
from ftprep.text.snippet import json_type, quote, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard
    from ftprep.targets.target import Restriction


_KEYS = {
    "row-weight": "weight",
    "functions": "functions",
    "schema-version": "schemaVersion",
    "prompt-end": "prompt",
}
"""The key of a row that each check looks at; other checks look at every row."""


class InvalidValue(RecordRule):
    """A value of the right type outside its set.

    ## What it does
    Reports numbers beyond their bounds and words outside their list: `weight: 2`, `detail: "max"`.

    ## Why is this bad?
    The platform rejects the row, and where none checks, the value does something else than was meant.

    ## How to settle it
    Use one of the values that the message lists.
    """

    code = "SCH006"
    name = "invalid-value"
    severity = Severity.ERROR
    needs = Needs.PARSED
    examples = (
        Good({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hey", "weight": 0}]}),
        Bad(
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hey", "weight": 2}]},
            at=[(1, "/messages/1/weight")],
        ),
        Bad(
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {"type": "text", "text": "What is it?"},
                            {"type": "image_url", "image_url": {"url": "https://example.org/a.png", "detail": "max"}},
                        ],
                    },
                    {"role": "assistant", "content": "A pear."},
                ]
            },
            at=[(1, "/messages/0/content/1/image_url/detail")],
            message="known: `auto`, `low` or `high`",
        ),
        Bad(
            {
                "input": {"messages": [{"role": "user", "content": "A prime above 20?"}]},
                "preferred_output": [{"role": "assistant", "content": "23"}, {"role": "user", "content": "Thanks."}],
                "non_preferred_output": [{"role": "assistant", "content": "21"}],
            },
            settings={"target": "openai"},
            at=[(1, "/preferred_output")],
            message="`preferred_output` has 2 messages; openai takes 1",
        ),
    )

    def screen(self, shard: Shard) -> list[int] | None:
        rows = shard.rows_with_schema_error(self.code)
        name = shard.format.name if shard.format is not None else None
        if any(self.restrictions(check, name) for check in ("outputs", "has-user")):
            return None
        keys = {key for check, key in _KEYS.items() if self.restrictions(check, name)}
        if not keys:
            return rows
        known = enumerate(shard.rows)
        holders = (index for index, row in known if shard.state[index] <= State.FAULTY and not keys.isdisjoint(row))
        return sorted({*rows, *holders})

    def check(self, record: Record) -> Iterator[Finding]:
        for error in record.schema_errors:
            if error.code == self.code:
                yield self.finding(record.ref, error.message, pointer=error.pointer, data=error.data)
        name = record.format.name
        for outputs in self.restrictions("outputs", name):
            yield from self._outputs(record, outputs)
        for check, pointer, judge in _VALUES:
            demand = self.restriction(check, name)
            message = judge(record.row, demand) if demand is not None else None
            if demand is not None and message is not None:
                yield self.refused(record.ref, demand, message, pointer=pointer)
        end = self.restriction("prompt-end", name)
        turns = record.row.get("prompt")
        if end is not None and isinstance(turns, list) and turns and isinstance(turns[-1], dict):
            role, place = turns[-1].get("role"), f"/prompt/{len(turns) - 1}"
            if isinstance(role, str) and role not in end.value:
                message = f"the prompt ends with role {quote(role)}; {' or '.join(end.value)} is due"
                yield self.refused(record.ref, end, message, {"role": role}, pointer=place)

    def _outputs(self, record: Record, outputs: Restriction) -> Iterator[Finding]:
        """The sides of a preference: how many messages, of which roles."""
        most, roles = outputs.value.get("most"), outputs.value["roles"]
        for pointer, turns in record.format.conversations(record.row)[-2:]:
            side = pointer.rpartition("/")[2]
            if most is not None and len(turns) > most:
                message = f"`{side}` has {len(turns)} messages; {outputs.target} takes {most}"
                yield self.refused(record.ref, outputs, message, pointer=pointer)
                continue
            said = [turn.get("role") for turn in turns if isinstance(turn, dict)]
            foreign = next((role for role in said if role not in roles), None)
            if foreign is not None:
                message = f"`{side}` has a message of role {quote(foreign)}; {' or '.join(roles)} is due"
                yield self.refused(record.ref, outputs, shorten(message, 100), pointer=pointer)
            elif "assistant" not in said:
                yield self.refused(record.ref, outputs, f"`{side}` has no assistant message", pointer=pointer)


def _row_weight(row: Mapping[str, Any], demand: Restriction) -> str | None:
    value = row.get("weight")
    if value is None:
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and value >= 0:
        return None
    return f"`weight` is {quote(value) if number else json_type(value)}; a number from 0 on is due"


def _functions(row: Mapping[str, Any], demand: Restriction) -> str | None:
    listed = row.get("functions")
    if not isinstance(listed, list) or 1 <= len(listed) <= demand.value:
        return None
    return f"`functions` has {len(listed)} items; 1 to {demand.value} are due"


def _schema_version(row: Mapping[str, Any], demand: Restriction) -> str | None:
    version = row.get("schemaVersion")
    if not isinstance(version, str) or version == demand.value:
        return None
    return f"`schemaVersion` is {quote(version)}; `{demand.value}` is due"


def _has_user(row: Mapping[str, Any], demand: Restriction) -> str | None:
    messages = row.get("messages")
    turns = [turn for turn in messages if isinstance(turn, dict)] if isinstance(messages, list) else []
    return "no message is the user's" if turns and all(turn.get("role") != "user" for turn in turns) else None


_VALUES: tuple[tuple[str, str, Callable[[Mapping[str, Any], Restriction], str | None]], ...] = (
    ("row-weight", "/weight", _row_weight),
    ("functions", "/functions", _functions),
    ("schema-version", "/schemaVersion", _schema_version),
    ("has-user", "/messages", _has_user),
)
"""Values at the top of a row: the check, the pointer, and what is wrong with the value if anything is."""
