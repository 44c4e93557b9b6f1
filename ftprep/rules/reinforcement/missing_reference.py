"""Rule RFT001."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Fix, Severity
from ftprep.formats import columns as c
from ftprep.formats.keys import entries_of
from ftprep.rule import Bad, CalibratedRule, Good

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ftprep.record import Record
    from ftprep.shard import Shard

_USUAL = 0.5  # share of rows with a reference from which on one that has none has lost it
_USUAL_AMONG_PROMPTS = 0.9  # the same where a reference is one column among others that rewards may read
_CLASS = 0.1  # share of rows from which on a word such as "unknown" is an answer like others
_LEAST_IN_CLASS = 5


def _task(number: int, **reference: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": f"What is {number} + 1?"}], **reference}


class MissingReference(CalibratedRule):
    """A task without the answer that it is judged by.

    ## What it does
    Reports rows whose reference answers are absent, null, empty or white space, or a word such as "N/A" or "unknown"
    that the prompt does not use itself. A reference that is absent is reported where most rows have one; among
    prompts for reward functions, which may do without, where nearly all have one. Tasks that are judged by tests or
    by a model need none. Where a tenth of the rows say "unknown", that is one finding about the file, a warning.

    ## Why is this bad?
    The grader has nothing to compare with: it fails, or gives every answer the same reward, right or wrong.

    ## How to settle it
    Fill in the answer, or drop the row. (None of 10,200 rows of public task sets has this defect.)
    """

    code = "RFT001"
    name = "missing-reference"
    severity = Severity.ERROR
    methods = frozenset({"rft", "prompt-only"})
    examples = (
        Good(_task(1, reference_answer="2"), _task(0, reference_answer=1), _task(-1, reference_answer=0)),
        Good(
            _task(1, answer="2", solution=None),
            _task(2, answer=None, solution="3"),
            note="one reference of several is enough",
        ),
        Good(
            {
                "messages": [{"role": "user", "content": "Is Tom taller than Ann? True, False or Unknown?"}],
                "answer": "Unknown",
            },
            note="the prompt offers the word",
        ),
        Good({"prompt": "Write a limerick."}, {"prompt": "Write a haiku."}, note="rewards may need no reference"),
        Good(
            {
                "data_source": "own/letters",
                "prompt": [{"role": "user", "content": "Write to the library."}],
                "reward_model": {"style": "model"},
            },
            note="a model is the judge",
        ),
        Bad(
            *(_task(number, reference_answer=str(number + 1)) for number in range(4)),
            _task(7, reference_answer=" \n"),
            _task(8, reference_answer="N/A"),
            _task(9, reference_answer={}),
            format="openai-rft",
            at=[(5, "/reference_answer"), (6, "/reference_answer"), (7, "/reference_answer")],
            message="the reference is",
        ),
        Bad(
            *(_task(number, reference_answer=str(number + 1)) for number in range(18)),
            _task(57, topic="sums"),
            _task(58, reference_answer=None),
            format="openai-rft",
            at=[(19, ""), (20, "")],
            message="there is no reference answer; 18 of 20 rows have one",
        ),
        Bad(
            {
                "data_source": "own/sums",
                "prompt": [{"role": "user", "content": "What is 2 + 2?"}],
                "reward_model": {"style": "rule", "ground_truth": None},
            },
            at=[(1, "/reward_model")],
            message="there is no reference answer",
        ),
        Good(
            _task(1, reference_answer={"answer": "2", "note": ""}),
            _task(2, reference_answer={"answer": 0, "steps": []}),
            note="an answer beside empty entries",
        ),
        Bad(
            _task(1, reference_answer={"answer": "2"}),
            _task(2, reference_answer={"answer": " "}),
            _task(3, reference_answer={"answer": None, "unit": ""}),
            format="nova-rft",
            at=[(2, "/reference_answer/answer"), (3, "/reference_answer/answer")],
            message="the reference is empty",
        ),
        Bad(
            {"contents": [{"role": "user", "parts": [{"text": "2 + 2?"}]}], "references": {"answer": ""}},
            at=[(1, "/references/answer")],
            message="the reference is empty",
        ),
        Bad({"question": "2 + 2?", "answer": ""}, at=[(1, "/answer")], message="the reference is empty"),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        if shard.format is None or shard.format.judged_by_tests:
            return []
        return [row for row in range(len(shard)) if not shard.state[row] and shard.record(row).once(_fault)]

    def check(self, record: Record) -> Iterator[Finding]:
        fault = record.once(_fault)
        if fault is None:
            return
        pointer, kind, message = fault
        fix = Fix("leave out the row", drop=True)
        yield self.finding(record.ref, message, pointer=pointer, data={"kind": kind}, fix=fix)

    def tally(self, shard: Shard) -> Mapping[str, int]:
        faulty = Counter(fault[1] for row in self.screen(shard) or () if (fault := shard.record(row).once(_fault)))
        rows = shard.state.count(0)
        prompts = shard.format is not None and shard.format.method == "prompt-only"
        return {"rows": rows, "faulty": faulty.total(), "prompts": rows if prompts else 0}

    def calibrate(self, candidates: Sequence[Finding], tally: Mapping[str, int]) -> Iterator[Finding]:
        rows, sound = tally["rows"], tally["rows"] - tally["faulty"]
        usual = sound >= rows * (_USUAL_AMONG_PROMPTS if tally["prompts"] else _USUAL)
        words = [one for one in candidates if one.data["kind"] == "placeholder"]
        if len(words) >= max(_LEAST_IN_CLASS, _CLASS * rows):
            yield self.group(words, len(words), rows, severity=Severity.WARNING)
            words = []
        for one in candidates:
            kind = one.data["kind"]
            if kind == "absent" and usual and sound:
                message = f"there is no reference answer; {sound:,} of {rows:,} rows have one"
                yield self.finding(one.ref, message, data=one.data, fix=one.fix)
            elif (kind == "empty" and (usual or not tally["prompts"])) or (kind == "placeholder" and words):
                yield one


def _fault(record: Record) -> tuple[str, str, str] | None:
    """Pointer, kind and message of what is wrong with the references of a row; None when one of them will do."""
    fault: tuple[str, str, str] | None = None
    found = record.format.references(record.row)
    if not found:
        reward = record.row.get("reward_model")
        if isinstance(reward, dict):  # verl: rules need the truth, models do without
            return (
                None if reward.get("style") == "model" else ("/reward_model", "empty", "there is no reference answer")
            )
        return "", "absent", "there is no reference answer"
    for pointer, value in (entry for one in found for entry in entries_of(*one)):
        empty = not value.strip() if isinstance(value, str) else value in (None, [], {})
        if empty:
            fault = fault or (pointer, "empty", "the reference is empty")
        elif isinstance(value, str) and len(value) < 12 and _is_placeholder(value, record):
            fault = fault or (pointer, "placeholder", f"the reference is `{value.strip().lower()}`, no answer")
        else:
            return None
    return fault


def _is_placeholder(value: str, record: Record) -> bool:
    from ftprep.text.references import PLACEHOLDERS

    word = value.strip().lower()
    if word not in PLACEHOLDERS:
        return False
    shard = record.shard
    prompts = (text for text in record.text_range if int(shard.codes[text]) & c.SIDE_MASK != c.REFERENCE)
    return not any(word in shard.values[text].lower() for text in prompts)
