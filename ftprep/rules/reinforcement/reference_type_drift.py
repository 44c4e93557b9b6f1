"""Rule RFT013."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, DatasetRule, Good

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine, Group
    from ftprep.engine.table import Table
    from ftprep.record import Record
    from ftprep.shard import Shard

_TYPES: dict[type, int] = {str: 0, int: 1, float: 1, bool: 2, list: 3, dict: 4}
_WORDS = (("a string", "strings"), ("a number", "numbers"), ("true or false", "true or false"), ("a list", "lists"),
          ("an object", "objects"))  # fmt: skip
_FEW = 0.2  # up to this share, rows of another type are said one by one


def _task(number: int, answer: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": f"What is {number} + 1?"}], "reference_answer": answer}


class ReferenceTypeDrift(DatasetRule):
    """References that are of one JSON type in some rows and of another in others.

    ## What it does
    Compares the types of each reference column over the rows of a file: 7 in one row, "7" in the next. Integers and
    other numbers are one type, null is none. Rows that ask for different verifiers are compared among themselves.
    Where more than a fifth of the rows differ, that is one finding about the file.

    ## Why is this bad?
    Graders compare strictly: "7" is not 7, and the rows of one type are judged wrong whatever the model answers.
    Tables (Parquet, `datasets`) refuse such a column altogether. (None of 10,200 rows of public task sets is
    reported.)

    ## How to settle it
    Write all references of a column in one type; text is what most graders expect.
    """

    code = "RFT013"
    name = "reference-type-drift"
    severity = Severity.WARNING
    methods = frozenset({"rft", "prompt-only"})
    in_fast_profile = True
    examples = (
        Good(_task(1, 2), _task(2, 3.0), _task(3, 4)),
        Good(_task(1, "2"), _task(2, "3")),
        Good(
            {"prompt": "Say no capitals.", "ground_truth": {"func_name": "lower"}, "dataset": "ifeval"},
            {"prompt": "3 + 3?", "ground_truth": "6", "dataset": "gsm8k"},
            note="each verifier has its own kind of reference",
        ),
        Good(
            *(_task(number, {"answer": number + 1, "unit": None}) for number in range(5)),
            _task(50, {"answer": 51.5, "unit": "cm"}),
            format="nova-rft",
        ),
        Bad(
            *(_task(number, {"answer": str(number + 1)}) for number in range(9)),
            _task(40, {"answer": 41}),
            format="nova-rft",
            at=[(10, "/reference_answer/answer")],
            message="the reference is a number; 9 of 10 rows have a string",
        ),
        Bad(
            *(_task(number, str(number + 1)) for number in range(9)),
            _task(40, 41),
            format="openai-rft",
            at=[(10, "/reference_answer")],
            message="the reference is a number; 9 of 10 rows have a string",
        ),
        Bad(
            *(_task(number, str(number + 1)) for number in range(3)),
            *(_task(number, number + 1) for number in range(7, 9)),
            format="openai-rft",
            at=[(0, "")],
            message="`/reference_answer` has 3 strings and 2 numbers",
        ),
    )

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        import numpy as np
        import xxhash

        rows: list[int] = []
        places: list[int] = []
        types: list[int] = []
        verifiers: list[int] = []
        for row, state in enumerate(shard.state):
            if state:
                continue
            record = shard.record(row)
            verifier = xxhash.xxh3_64_intdigest((record.format.verifier(record.row) or "").encode())
            for pointer, value in _answers(record):
                rows.append(row)
                places.append(xxhash.xxh3_64_intdigest(pointer.encode()))
                types.append(_TYPES.get(type(value), 4))
                verifiers.append(verifier)
        if not rows:
            return None
        return {
            "row": rows,
            "place": np.array(places, dtype=np.uint64),
            "type": np.array(types, dtype=np.int64),
            "verifier": np.array(verifiers, dtype=np.uint64),
        }

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        if len(table):
            keys = ["file", "place", "verifier"]
            yield from engine.group_by(table, keys, lambda group: self._compare(table, group, engine))

    def _compare(self, table: Table, group: Group, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        types = table["type"][group]
        counts = Counter(types.tolist()).most_common()
        if len(counts) == 1:
            return
        usual, most = counts[0]
        total = len(group)
        others = group[np.flatnonzero(types != usual)]
        refs = table.refs(others)
        pointer = _pointer(engine, refs[0], int(table["place"][group[0]]))
        if len(others) <= _FEW * total:
            for ref, kind in zip(refs, types[types != usual].tolist(), strict=True):
                message = f"the reference is {_WORDS[kind][0]}; {most:,} of {total:,} rows have {_WORDS[usual][0]}"
                yield self.finding(ref, message, pointer=pointer)
        else:
            said = [f"{count:,} {_WORDS[kind][1]}" for kind, count in counts]
            listed = ", ".join(said[:-1]) + " and " + said[-1]
            message = f"{f'`{pointer}`' if pointer else 'the reference'} has {listed}"
            yield self.finding(Ref(refs[0].file, 0), message, related=tuple(refs[:3]))


def _answers(record: Record) -> list[tuple[str, Any]]:
    """The references of a row, and the answers in those that are objects, by JSON Pointer; null ones are left out."""
    from ftprep.formats.keys import entries_of

    found = record.format.references(record.row)
    inside = [entry for pointer, value in found if isinstance(value, dict) for entry in entries_of(pointer, value)]
    return [(pointer, value) for pointer, value in found + inside if value is not None]


def _pointer(engine: Engine, ref: Ref, place: int) -> str:
    """The JSON Pointer with the hash ``place``, read again from a row that has it."""
    import xxhash

    record = engine.records([ref]).get(ref)
    pointers = (pointer for pointer, _ in _answers(record)) if record else ()
    return next((one for one in pointers if xxhash.xxh3_64_intdigest(one.encode()) == place), "")
