"""Rule IDS005."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good, Option

if TYPE_CHECKING:
    from ftprep.engine.engine import Engine, Group
    from ftprep.engine.table import Table
    from ftprep.privacy.value import Value
    from ftprep.record import Record, Ref
    from ftprep.shard import Shard


def _rows(*numbers: str) -> list[dict[str, Any]]:
    return [
        {
            "messages": [
                {"role": "user", "content": f"Question {at}: where is order number {number}?"},
                {"role": "assistant", "content": f"It is on its way, stop {at}."},
            ]
        }
        for at, number in enumerate(numbers)
    ]


class MemorisedIdentifier(DatasetRule):
    """One identifier in many rows.

    ## What it does
    Counts the rows in whose turns or answers an identifier (IDS001, IDS002) stands, in whatever case and grouping, and
    reports those of at least `rows` different rows (5), at each of their rows. System prompts, tool definitions and
    rejected answers do not count, nor do numbers typed as examples and equal rows. Silent on 100,000 rows of manuals,
    maths, code and chat and on a shop's synthetic assistant.

    ## Why is this bad?
    What a model sees once it may forget; what it sees in many rows it learns by heart. Such a number comes back in
    answers to people whom it does not concern.

    ## How to settle it
    Put a placeholder in its place (`lint --fix --unsafe-fixes`), or keep a few of the rows. A number that everybody may
    know, such as that of a public form, can stay.
    """

    code = "IDS005"
    name = "memorised-identifier"
    severity = Severity.WARNING
    options = {"rows": Option(5, "different rows with one identifier from which on it is reported")}
    examples = (
        Good(*_rows("W48213", "W50917", "W48213", "W61204", "W70133")),
        Good(*_rows(*["12345"] * 8), note="typed as an example"),
        Good(*[_rows("W48213")[0]] * 8, note="one row, eight times"),
        Bad(
            *_rows(*["W48213", "w48213", "W-48213"] * 2),
            at=[(line, "/messages/0/content") for line in range(1, 7)],
            message="an order identifier that 6 rows share",
            fixed=_rows(*["<ORDER_ID_1>"] * 6),
        ),
    )

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        import numpy as np
        import xxhash

        found = sorted({(text, value) for text, value, _ in _counted(shard)})
        if not found:
            return None
        texts = np.array([text for text, _ in found], dtype=np.int64)
        values = np.array([value for _, value in found], dtype=np.uint64)  # floats would round them
        rows = shard.owners[texts]
        contents = [xxhash.xxh3_64_intdigest(shard.raws[row]) for row in rows.tolist()]
        return {"row": rows, "value": values, "content": np.array(contents, dtype=np.uint64)}

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        def count(group: Group) -> Iterator[tuple[int, int, list[Ref]]]:
            rows = len(np.unique(table["content"][group]))
            if rows >= int(self.values["rows"]):
                yield int(table["value"][group[0]]), rows, list(dict.fromkeys(table.refs(group)))

        if not len(table):
            return
        # Groups go by numbers: what is made of a value, a hash too, may be traced back to it.
        shared = list(engine.group_by(table, ["value"], count))
        numbers = {value: number for number, (value, _, _) in enumerate(shared)}
        records = engine.records(sorted({ref for _, _, refs in shared for ref in refs}))
        for ref in sorted(records):
            told: set[int] = set()
            for text, value, found in _counted(records[ref].shard, records[ref].text_range):
                if value in numbers and value not in told:
                    told.add(value)
                    yield self._shared(records[ref], text, found, shared[numbers[value]], numbers[value])

    def _shared(
        self, record: Record, text: int, value: Value, shared: tuple[int, int, list[Ref]], number: int
    ) -> Finding:
        from ftprep.privacy.finding import value_finding
        from ftprep.privacy.identifier_words import kind_words

        _, rows, refs = shared
        message = f"{kind_words(value.kind)} that {rows:,} rows share"
        made = value_finding(self, record, text, value, message)
        group = f"{refs[0].file}:{refs[0].line}:{number}"
        return replace(made, group=group, data={**made.data, "rows": rows})


def _counted(shard: Shard, texts: Container[int] | None = None) -> Iterator[tuple[int, int, Value]]:
    """Text, hash of the normal form, and value of each identifier that counts, in ``texts`` or anywhere."""
    import xxhash

    from ftprep.formats import columns as c
    from ftprep.privacy.identifier_labels import normal_form
    from ftprep.privacy.value import Grade
    from ftprep.privacy.values import identifiers_alone

    for text, values in sorted(shard.once(identifiers_alone).items()):
        code = int(shard.codes[text])
        if code & c.ROLE_MASK == c.SYSTEM or code & c.KIND_MASK == c.TOOLS or code & c.SIDE_MASK == c.REJECTED:
            continue
        if (texts is not None and text not in texts) or shard.state[int(shard.owners[text])]:
            continue
        for value in values:
            if value.grade == Grade.REAL:
                written = normal_form(shard.values[text][value.start : value.end])
                yield text, xxhash.xxh3_64_intdigest(written.encode()), value
