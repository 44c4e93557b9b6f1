"""Rule RFT004."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Fix, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, DatasetRule, Good

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.record import Record
    from ftprep.shard import Shard

_USUAL = 0.95  # share of a kind from which on it is the kind of the whole set
_LEAST = 50  # references that tell the kind of a set
_COUNTS = frozenset({"gsm8k", "openai/gsm8k"})
"""Verifiers that compare numbers and nothing else (verl, open-instruct)."""


def _task(number: int, answer: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": f"What is {number} + 1?"}], "reference_answer": answer}


_SUMS = tuple({"question": f"What is {number} + 1?", "answer": f"It is\n#### {number + 1}"} for number in range(4))
_CHOICE = "Which one floats?\n(A) iron\n(B) cork\n(C) lead"


class UnparseableReference(DatasetRule):
    r"""A reference answer that cannot be read as what it is.

    ## What it does
    Reports references with nothing behind their `####`, JSON that does not parse, a `\boxed{` that is never closed,
    LaTeX whose braces do not match, a fenced Python program with a syntax error, and a choice that is none of the
    options in the prompt. Where the verifier compares numbers (GSM8K), or where 95 % of at least 50 references are
    bare numbers or are worked out up to `####`, also what is no number there, or lacks the mark.

    ## Why is this bad?
    The verifier finds no answer in the reference and counts every answer as wrong, or leaves the row out without a
    word. (None of 10,200 rows of public task sets has this defect; of 240 planted ones all are found.)

    ## How to settle it
    Write the answer in the form of the other rows, or drop the row.
    """

    code = "RFT004"
    name = "unparseable-reference"
    severity = Severity.ERROR
    methods = frozenset({"rft", "prompt-only"})
    in_fast_profile = True
    examples = (
        Good(*_SUMS, {"question": "A dozen dozens?", "answer": "12 * 12\n#### 1,440.5"}),
        Good(_task(1, "2"), _task(2, "three"), _task(3, "4 apples"), note="anything may be text"),
        Good(_task(1, "\\frac{4}{2}"), _task(2, "\\left\\{3\\right."), _task(3, "$4"), _task(4, "{5, 6}")),
        Good(_task(1, "```python\nprint(2)\n```"), _task(2, "```\nlet b = 3;\n```"), _task(3, '{"sum": 4}')),
        Good(_task(1, '{"sum": None}'), note="a value as Python prints it"),
        Good({"question": _CHOICE, "answer": "(B)"}, {"question": "Which one? (A) or (B)", "answer": "C"}),
        Good({"question": "Sort:\n(B) x\n(C) y", "answer": "A"}, note="the list of options is not all of them"),
        Bad(
            *_SUMS,
            {"question": "What is 3 * 4?", "answer": "It is 12."},
            {"question": "What is 3 * 5?", "answer": "It is 15.\n####"},
            {"question": "What is 3 * 6?", "answer": "It is 18.\n#### eighteen"},
            at=[(5, "/answer"), (6, "/answer"), (7, "/answer")],
            message="#",
        ),
        Bad(_task(1, '{"sum": 2'), at=[(1, "/reference_answer")], message="the reference is JSON that does not parse"),
        Bad(_task(1, '{"sum": 2,}'), at=[(1, "/reference_answer")], note="a comma too many"),
        Bad(_task(1, "So it is \\boxed{2"), at=[(1, "/reference_answer")], message="`\\boxed{` that is never closed"),
        Bad(_task(1, "\\frac{4}{2"), at=[(1, "/reference_answer")], message="LaTeX with braces that do not match"),
        Bad(_task(1, "```python\nprint(2\n```"), at=[(1, "/reference_answer")], message="Python with a syntax error"),
        Bad({"question": _CHOICE, "answer": "D"}, at=[(1, "/answer")], message="no option of the prompt"),
        Bad(
            {
                "data_source": "openai/gsm8k",
                "prompt": [{"role": "user", "content": "2 + 2? End with #### n."}],
                "reward_model": {"style": "rule", "ground_truth": "four"},
            },
            at=[(1, "/reward_model/ground_truth")],
            message="the reference is no number, and the verifier compares numbers",
        ),
        Bad(
            *(_task(number, str(number + 1)) for number in range(60)),
            _task(99, "100 apples"),
            at=[(61, "/reference_answer")],
            message="the reference is a number with words; 60 of 61 are bare numbers",
        ),
    )

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        import numpy as np

        from ftprep.formats.keys import REFERENCE_POINTERS
        from ftprep.text.reference_kinds import kind_of

        pointers = {pointer: number for number, pointer in enumerate(REFERENCE_POINTERS)}
        rows: list[int] = []
        places: list[int] = []
        kinds: list[int] = []
        counted: list[bool] = []
        for row, state in enumerate(shard.state):
            if state:
                continue
            record = shard.record(row)
            prompt: str | None = None
            counts = record.format.name == "gsm8k" or record.format.verifier(record.row) in _COUNTS
            for pointer, value in record.format.references(record.row):
                if prompt is None:
                    prompt = _asked(record)
                rows.append(row)
                places.append(pointers.get(pointer, -1))
                kinds.append(kind_of(value, prompt))
                counted.append(counts)
        if not rows:
            return None
        return {
            "row": rows,
            "place": np.array(places, dtype=np.int64),
            "kind": np.array(kinds, dtype=np.int64),
            "counted": np.array(counted, dtype=np.bool_),
        }

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        if not len(table):
            return
        columns = np.stack([table["file"], table["place"]], axis=1)
        _, sets = np.unique(columns, axis=0, return_inverse=True)
        for number in range(int(sets.max()) + 1):
            yield from self._judge(table, np.flatnonzero(sets.reshape(-1) == number))

    def _judge(self, table: Table, entries: Any) -> Iterator[Finding]:
        """Judge the references of one column of one file."""
        import numpy as np

        from ftprep.formats.keys import REFERENCE_POINTERS
        from ftprep.text.reference_kinds import Kind

        kinds, counted = table["kind"][entries], table["counted"][entries]
        total = int((kinds != Kind.NOTHING).sum())
        said: dict[int, str] = dict(_BROKEN)
        numbers, marked = int((kinds == Kind.NUMBER).sum()), int((kinds == Kind.MARKED_NUMBER).sum())
        if total >= _LEAST and numbers >= _USUAL * total:
            said[Kind.QUANTITY] = f"the reference is a number with words; {numbers:,} of {total:,} are bare numbers"
        elif total >= _LEAST and marked >= _USUAL * total:
            for one in (Kind.TEXT, Kind.QUANTITY):
                said[one] = f"the reference has no `####`; {marked:,} of {total:,} have one"
            said[Kind.MARKED_TEXT] = f"no number follows `####`; {marked:,} of {total:,} have one"
        strict: dict[int, str] = {}
        for one in (Kind.TEXT, Kind.QUANTITY, Kind.CHOICE, Kind.MARKED_TEXT):
            strict[one] = "the reference is no number, and the verifier compares numbers"
        if marked > numbers:
            strict |= dict.fromkeys((Kind.TEXT, Kind.QUANTITY, Kind.CHOICE), "the reference has no `####`")
            strict[Kind.MARKED_TEXT] = "no number follows `####`"
        suspects = np.isin(kinds, list(said)) | (counted & np.isin(kinds, list(strict)))
        fix = Fix("leave out the row", drop=True)
        for entry in np.flatnonzero(suspects).tolist():
            kind = int(kinds[entry])
            message = (strict.get(kind) if counted[entry] else None) or said[kind]
            place = int(table["place"][entries[entry]])
            pointer = REFERENCE_POINTERS[place] if place >= 0 else ""
            yield self.finding(table.ref(int(entries[entry])), message, pointer=pointer, fix=fix)


# By the numbers of Kind, which is imported where it is needed.
_BROKEN = {
    7: "nothing follows `####` in the reference",
    8: "the reference is JSON that does not parse",
    9: "the reference has a `\\boxed{` that is never closed",
    10: "the reference is LaTeX with braces that do not match",
    11: "the reference is Python with a syntax error",
    12: "the reference is no option of the prompt",
}


def _asked(record: Record) -> str:
    """The last text of the prompt that a user says."""
    shard = record.shard
    for text in reversed(record.text_range):
        code = int(shard.codes[text])
        if code & c.SIDE_MASK == c.PROMPT and code & c.ROLE_MASK == c.USER:
            return shard.values[text]
    return ""
