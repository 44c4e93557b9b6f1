"""Rule SCH008."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.pointer import pointer_to
from ftprep.rule import Bad, DatasetRule, Good
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine, Group
    from ftprep.engine.table import Table
    from ftprep.record import Record
    from ftprep.shard import Shard


def _row(number: int, **more: Any) -> dict[str, Any]:
    return {"prompt": f"Who keeps the light at pier {number}?", "completion": f"Keeper {number} does.", **more}


class TypeDrift(DatasetRule):
    """A field that is of one JSON type in some rows and of another in others.

    ## What it does
    Compares the types of every field over the rows of a file, inside objects and lists too. Null counts as absent, and
    integers and other numbers are one type. Fields of which the format itself says that they may be of several types
    are left out (text or parts in `content`, a string or an object in `arguments`), and so are the insides of tools,
    schemas and arguments; references are RFT013's.

    ## Why is this bad?
    Loaders that make a table of the rows (`datasets`, pandas, Parquet: all that build on Arrow) give a column one type.
    They stop at the first row of another, often an hour into a job, or turn the whole column into text. (No public
    set in JSON read here is reported.)

    ## How to settle it
    Write the field in one type everywhere, or leave it out where it says nothing.
    """

    code = "SCH008"
    name = "type-drift"
    severity = Severity.WARNING
    examples = (
        Good(_row(1, id=1, score=1), _row(2, id=2, score=0.5), _row(3, id=None)),
        Good(_row(1, tags=[]), _row(2, tags=["pier"])),
        Good(
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]},
            {
                "messages": [
                    {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
                    {"role": "assistant", "content": "Hello!"},
                ]
            },
            note="the format takes text and parts",
        ),
        Bad(
            *(_row(number, id=number) for number in range(3)),
            _row(4, id="4"),
            at=[(4, "/id")],
            message="`/id` is a number in 3 rows and a string in 1",
        ),
        Bad(
            _row(1, meta={"tags": ["pier"]}),
            _row(2, meta={"tags": ["pier"]}),
            _row(3, meta={"tags": ["sea", {"name": "pier"}]}),
            at=[(3, "/meta/tags/1")],
            message="`/meta/tags/*` is a string in 3 rows and an object in 1",
        ),
    )

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        import numpy as np

        from ftprep.formats.field_types import Field, path_hash

        fields, at = Field(), 0
        for alike in (*shard.plain_rows, range(len(shard), len(shard))):
            for row in range(at, alike.start):
                if not shard.state[row]:
                    fields.take(shard.rows[row], row)
            if alike:
                fields.take_alike(shard.rows[alike.start], alike)
            at = alike.stop
        entries = [
            (row, path_hash(path), kind, 0 if number else seen[0])
            for path, field in fields.walk()
            for kind, seen in field.seen.items()
            for number, row in enumerate(seen[2:])
        ]
        if not entries:
            return None
        entries.sort()
        rows, paths, kinds, counts = zip(*entries, strict=True)
        return {
            "row": rows,
            "path": np.array(paths, dtype=np.uint64),
            "kind": np.array(kinds, dtype=np.uint8),
            "count": np.array(counts, dtype=np.int64),
        }

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.formats.field_types import defined
        from ftprep.formats.validation import adapter

        if not len(table):
            return

        def drifting(group: Group) -> Iterator[Group]:
            kinds = table["kind"][group]
            if (kinds != kinds[0]).any():
                yield group

        found = []
        for group in engine.group_by(table, ["file", "path"], drifting):
            kinds, firsts = np.unique(table["kind"][group], return_index=True)
            counts = [int(table["count"][group][table["kind"][group] == kind].sum()) for kind in kinds]
            # The commonest type first; of types that are as common the one that is seen first.
            ranked = sorted(zip([-one for one in counts], firsts.tolist(), kinds.tolist(), strict=True))
            said = [(kind, -count) for count, _, kind in ranked]
            others = group[table["kind"][group] != said[0][0]]
            found.append((int(table["path"][group[0]]), said, others))
        refs = [table.ref(int(others[0])) for _, _, others in found]
        records = engine.records(refs)
        schemas = {record.format.name: adapter(record.format.name).json_schema() for record in records.values()}
        for ref, (number, said, others) in zip(refs, found, strict=True):
            path = records[ref].once(_paths).get(number) if ref in records else None
            if path is not None and not defined(schemas[records[ref].format.name], path):
                related = tuple(dict.fromkeys(table.refs(others)))[1:6]
                yield from self._judge(records[ref], path, int(table["kind"][others[0]]), said, related)

    def _judge(
        self, record: Record, path: tuple[str, ...], kind: int, said: list[tuple[int, int]], related: tuple[Any, ...]
    ) -> Iterator[Finding]:
        from ftprep.formats.field_types import ITEM, NAMES, places
        from ftprep.formats.keys import REFERENCE_POINTERS

        if record.format.method in ("rft", "prompt-only") and pointer_to(path).startswith(REFERENCE_POINTERS):
            return
        shown = quote(pointer_to("*" if key == ITEM else key for key in path), 40)
        parts = [f"{'an' if kind == 4 else 'a'} {NAMES[kind]} in {count:,}" for kind, count in said]
        noun = "row" if said[0][1] == 1 else "rows"
        listed = [f"{parts[0]} {noun}", *parts[1:]]
        message = f"{shown} is {', '.join(listed[:-1])} and {listed[-1]}"
        types = {NAMES[kind]: count for kind, count in said}
        pointer = pointer_to(next(places(record.row, path, kind), ()))
        yield self.finding(record.ref, message[:100], pointer=pointer, related=related, data={"types": types})


def _paths(record: Record) -> dict[int, tuple[str, ...]]:
    from ftprep.formats.field_types import paths

    return paths(record.row)
