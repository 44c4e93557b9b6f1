"""Rule TUL010."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.record import Ref, State
from ftprep.rule import Bad, DatasetRule, Good
from ftprep.text.tool_schemas import declared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.shard import Shard
    from ftprep.targets.target import Restriction

_CALLS = re.compile(rb"[cC]")
_TOOLS = [{"type": "function", "function": {"name": "hours"}}]


def _row(**more: Any) -> dict[str, Any]:
    call = {"id": "c1", "type": "function", "function": {"name": "hours", "arguments": "{}"}}
    turns = [{"role": "user", "content": "Is it open?"}, {"role": "assistant", "content": None, "tool_calls": [call]}]
    return {"messages": turns, **more}


class ToolsNotDeclared(DatasetRule):
    """A row calls tools and declares none.

    ## What it does
    Reports rows that call tools while `tools` (and legacy `functions`) are absent or empty. When no row of a file
    that calls tools declares any, that is one finding about the file.

    ## Why is this bad?
    In training the model sees calls without the declarations that it will be given in use: it learns to call tools
    by heart, and the declarations stay new to it.

    ## How to settle it
    Put the tools that were available into each row, used or not. Ignore the rule when the tools are described in
    the system prompt on purpose.
    """

    code = "TUL010"
    name = "tools-not-declared"
    severity = Severity.WARNING
    in_fast_profile = True
    examples = (
        Good(_row(tools=_TOOLS)),
        Good(_row(functions=[{"name": "hours"}])),
        Good({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}),
        Bad(_row(), _row(tools=_TOOLS), _row(tools=[]), at=[(1, ""), (3, "")], message="1 turn calls tools"),
        Bad(_row(), _row(), _row(), at=[(0, "")], message="none of 3 rows with calls declares tools"),
        Bad(
            {
                "conversations": [
                    {"from": "human", "value": "Is it open?"},
                    {"from": "function_call", "value": '{"name": "hours", "arguments": {}}'},
                    {"from": "observation", "value": "no"},
                    {"from": "gpt", "value": "Not today."},
                ],
                "tools": "[]",
            },
            at=[(1, "")],
        ),
    )

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        rows = [row for row in shard.rows_with_turns(_CALLS) if shard.state[row] == State.SOUND]
        if not rows:
            return None
        return {
            "row": rows,
            "bare": [shard.record(row).once(declared) is None for row in rows],
            "turns": [len(_CALLS.findall(shard.turns_of(row).encode())) for row in rows],
        }

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        if not len(table):
            return
        files, bare = table["file"], table["bare"]
        for file in sorted(set(files[bare].tolist())):
            format = engine.inputs[file].format
            due = self.restriction("declared-tools", format.name if format is not None else None)
            entries = (files == file).nonzero()[0]
            if len(entries) > 1 and bare[entries].all():
                message = f"none of {len(entries)} rows with calls declares tools"
                yield self._told(Ref(file, 0), message, due, {"records": len(entries)})
                continue
            for entry in entries[bare[entries]].tolist():
                count = int(table["turns"][entry])
                message = f"{count} turns call tools" if count > 1 else "1 turn calls tools"
                yield self._told(table.ref(entry), f"{message}, and no tools are declared", due, {})

    def _told(self, ref: Ref, message: str, due: Restriction | None, data: Mapping[str, Any]) -> Finding:
        if due is None:
            return self.finding(ref, message, data=data)
        return self.refused(ref, due, message, data=data)
