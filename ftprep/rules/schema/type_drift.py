"""Rule SCH008."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from ftprep.finding import Finding, Severity
from ftprep.pointer import pointer_to
from ftprep.rule import Bad, DatasetRule, Good
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine, Group
    from ftprep.engine.table import Table
    from ftprep.record import Record, Ref
    from ftprep.shard import Shard

ROWS_NAMED = 6  # of the other type


def _row(number: int, **more: Any) -> dict[str, Any]:
    return {"prompt": f"Who keeps the light at pier {number}?", "completion": f"Keeper {number} does.", **more}


class TypeDrift(DatasetRule):
    """A field that is of one JSON type in some rows and of another in others.

    ## What it does
    Compares the types of every field over the rows of a file, inside objects and lists too, and over the files of one
    dataset: those that configuration names together, and training, validation and test files of one format. Null counts
    as absent, and integers and other numbers are one type. Fields of which the format itself says that they may be of
    several types are left out (text or parts in `content`, a string or an object in `arguments`), and so are the
    insides of tools, schemas and arguments; references are RFT013's.

    ## Why is this bad?
    Loaders that make a table of the rows (`datasets`, pandas, Parquet: all that build on Arrow) give a column one type.
    pyarrow 26 stops at the first row of another; `datasets` 5.2 reads a mixed column of one file as raw JSON, and stops
    where the next file or split has another type, often an hour into a job. (No public set in JSON read here is
    reported.)

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
        Good(
            _row(1, id="a1"),
            name="harbour.jsonl",
            beside={"town.jsonl": [_row(2, id=2)]},
            note="nothing says that the files are one dataset",
        ),
        Bad(
            *(_row(number, id=str(number)) for number in range(2)),
            name="test.jsonl",
            beside={"train.jsonl": [_row(number, id=number) for number in range(2, 9)]},
            at=[(1, "/id")],
            message="`/id` is a string in 2 rows and a number in train.jsonl",
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
        from ftprep.tasks.splits import sets_of_files

        if not len(table):
            return
        table.columns["set"] = sets_of_files(engine.inputs)[table["file"]]

        def drifting(group: Group) -> Iterator[Group]:
            kinds = table["kind"][group]
            if (kinds != kinds[0]).any():
                yield group

        found: list[tuple[Ref, int, _Drift]] = []
        for group in engine.group_by(table, ["set", "path"], drifting):
            files = table["file"][group]
            members = [group[files == file] for file in np.unique(files)]
            fields = [_Seen.of(table, one) for one in members]
            drifts = [one.inside() for one in fields if len(one.counts) > 1]
            drifts += _between([one for one in fields if len(one.counts) == 1], engine)
            found += [(one.refs[0], int(table["path"][group[0]]), one) for one in drifts]
        records = engine.records([ref for ref, _, _ in found])
        schemas = {record.format.name: adapter(record.format.name).json_schema() for record in records.values()}
        for ref, number, drift in found:
            path = records[ref].once(_paths).get(number) if ref in records else None
            if path is not None and not defined(schemas[records[ref].format.name], path):
                yield from self._judge(records[ref], path, drift)

    def _judge(self, record: Record, path: tuple[str, ...], drift: _Drift) -> Iterator[Finding]:
        from ftprep.formats.field_types import ITEM, places
        from ftprep.formats.keys import REFERENCE_POINTERS

        if record.format.method in ("rft", "prompt-only") and pointer_to(path).startswith(REFERENCE_POINTERS):
            return
        shown = quote(pointer_to("*" if key == ITEM else key for key in path), 40)
        pointer = pointer_to(next(places(record.row, path, drift.kind), ()))
        yield self.finding(
            record.ref,
            f"{shown} is {drift.said}"[:100],
            pointer=pointer,
            related=drift.refs[1:],
            data={"types": drift.types},
        )


class _Drift(NamedTuple):
    """What a message says of a field, its types with their rows, and rows that are of the type ``kind``."""

    kind: int
    said: str
    types: dict[str, int]
    refs: tuple[Ref, ...]


class _Seen(NamedTuple):
    """A field in one file: its types with the number of rows of each, the commonest first, and some rows of each."""

    file: int
    counts: list[tuple[int, int]]
    refs: dict[int, tuple[Ref, ...]]

    @classmethod
    def of(cls, table: Table, group: Group) -> _Seen:
        """What some entries of one file and field say."""
        import numpy as np

        mine = table["kind"][group]
        kinds, firsts = np.unique(mine, return_index=True)
        counts = [int(table["count"][group][mine == kind].sum()) for kind in kinds]
        # Of types that are as common the one that is seen first.
        ranked = sorted(zip([-one for one in counts], firsts.tolist(), kinds.tolist(), strict=True))
        refs = {int(kind): tuple(dict.fromkeys(table.refs(group[mine == kind])))[:ROWS_NAMED] for kind in kinds}
        return cls(int(table["file"][group[0]]), [(kind, -count) for count, _, kind in ranked], refs)

    def inside(self) -> _Drift:
        """The drift from row to row of the file."""
        from ftprep.formats.field_types import NAMES

        parts = [f"{_named(kind)} in {count:,}" for kind, count in self.counts]
        noun = "row" if self.counts[0][1] == 1 else "rows"
        listed = [f"{parts[0]} {noun}", *parts[1:]]
        others = sorted({ref for kind, _ in self.counts[1:] for ref in self.refs[kind]})
        first = next(kind for kind, _ in self.counts[1:] if others[0] in self.refs[kind])
        types = {NAMES[kind]: count for kind, count in self.counts}
        return _Drift(first, f"{', '.join(listed[:-1])} and {listed[-1]}", types, tuple(others[:ROWS_NAMED]))


def _between(fields: list[_Seen], engine: Engine) -> Iterator[_Drift]:
    """Files of one set in which a field is of another type than in most rows of the others."""
    from pathlib import PurePath

    from ftprep.formats.field_types import NAMES
    from ftprep.text.snippet import escape, shorten

    totals: Counter[int] = Counter()
    for one in fields:
        totals[one.counts[0][0]] += one.counts[0][1]
    if len(totals) < 2:
        return
    # The same one, whatever the order of the files.
    usual = min(fields, key=lambda one: (-totals[one.counts[0][0]], engine.inputs[one.file].name))
    right = usual.counts[0][0]
    name = shorten(escape(PurePath(engine.inputs[usual.file].name).name), 24)
    for one in fields:
        kind, count = one.counts[0]
        if kind != right:
            said = f"{_named(kind)} in {count:,} {'row' if count == 1 else 'rows'} and {_named(right)} in {name}"
            types = {NAMES[of]: rows for of, rows in totals.most_common()}
            yield _Drift(kind, said, types, (*one.refs[kind][:1], *usual.refs[right][:1]))


def _named(kind: int) -> str:
    from ftprep.formats.field_types import NAMES

    return f"{'an' if NAMES[kind] == 'object' else 'a'} {NAMES[kind]}"


def _paths(record: Record) -> dict[int, tuple[str, ...]]:
    from ftprep.formats.field_types import paths

    return paths(record.row)
