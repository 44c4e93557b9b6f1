"""Rule RFT005."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, DatasetRule, Good

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine, Group
    from ftprep.engine.table import Table
    from ftprep.record import Record, Ref
    from ftprep.shard import Shard


def _task(prompt: str, answer: Any, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": prompt}], "reference_answer": answer, **more}


class ConflictingReferences(DatasetRule):
    """The same prompt with different reference answers.

    ## What it does
    Compares the reference answers of rows that show the model the same prompt: system prompt, messages and tools, but
    for white space; in rows of `question` and `answer` further columns (options, a passage) as well. Ways to write one
    answer are one: 3 and "3.0", "1,000" and "$1000", "50 %" and 0.5, "5 km" and "5000 m", fractions in LaTeX, "(B)" and
    "B", worked solutions with the same result. Text of more than four words may be put in many ways and is not
    compared, nor are rows with images. The first of the rows is not reported.

    ## Why is this bad?
    At most one of the answers is right, or the prompt does not say enough to tell. The model is rewarded at one time
    and punished at another for the same words. (None of 10,200 rows of public task sets is reported. Of 100,000
    conversations taken for tasks, 36 are; of 20 that were read all differ, 12 of them where many answers are right.)

    ## How to settle it
    Look the right answer up and keep one row; where both are right, complete the prompt, or list both as accepted.
    """

    code = "RFT005"
    name = "conflicting-references"
    severity = Severity.ERROR
    methods = frozenset({"rft", "prompt-only"})
    in_fast_profile = True
    examples = (
        Good(_task("What is 2 + 2?", "4"), _task("What is 2 + 2?", 4.0), _task("What is 2 +  2?", "Four.\n#### 4")),
        Good(_task("What is 2 + 2?", "4"), _task("What is 2 + 3?", "5")),
        Good(_task("What share?", "50 %"), _task("What share?", 0.5), _task("What share?", "\\frac{1}{2}")),
        Good(_task("How long is the road?", "5 km"), _task("How long is the road?", "5000 m")),
        Good(
            {"question": "Which one is a metal?", "options": ["tin", "oak"], "answer": "A"},
            {"question": "Which one is a metal?", "options": ["oak", "tin"], "answer": "B"},
            note="the options belong to the question",
        ),
        Good(_task("How is the sea?", "It is deep and cold."), _task("How is the sea?", "It is blue and mild.")),
        Good(_task("Write a limerick.", "There once was a clerk " * 10), _task("Write a limerick.", "A lady " * 40)),
        Bad(
            _task("What is 7 * 8?", "56"),
            _task("What is 7 * 9?", "63"),
            _task("What is 7 * 8?", "54"),
            at=[(3, "/reference_answer")],
            message="same prompt as line 1 with another reference: `54`, not `56`",
        ),
        Bad(
            {"question": "Name the colour.", "answer": "(B)"},
            {"question": "Name the colour.", "answer": "C"},
            at=[(2, "/answer")],
        ),
    )  # fmt: skip

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        import numpy as np
        import xxhash

        from ftprep.formats.keys import REFERENCE_POINTERS
        from ftprep.text.references import canonical

        pointers = {pointer: number for number, pointer in enumerate(REFERENCE_POINTERS)}
        rows: list[int] = []
        prompts: list[bytes] = []
        answers: list[int] = []
        places: list[int] = []
        media = shard.media_rows
        for row, state in enumerate(shard.state):
            if state or row in media:
                continue
            record = shard.record(row)
            for pointer, value in record.format.references(record.row):
                answer = canonical(value)
                if answer is not None:
                    rows.append(row)
                    prompts.append(xxhash.xxh3_128_digest(_prompt(record)))
                    answers.append(xxhash.xxh3_64_intdigest(answer.encode()))
                    places.append(pointers.get(pointer, -1))
                    break
        if not rows:
            return None
        hashes = np.frombuffer(b"".join(prompts), dtype="<u8").astype(np.uint64).reshape(-1, 2)
        return {
            "row": rows,
            "prompt_0": hashes[:, 0],
            "prompt_1": hashes[:, 1],
            "answer": np.array(answers, dtype=np.uint64),
            "place": np.array(places, dtype=np.int64),
        }

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        if not len(table):
            return

        def several(group: Group) -> Iterator[Group]:
            if len(set(table["answer"][group].tolist())) > 1:
                yield group

        for group in engine.group_by(table, ["prompt_0", "prompt_1"], several):
            yield from self._compare(engine, table, group)

    def _compare(self, engine: Engine, table: Table, group: Group) -> Iterator[Finding]:
        """The rows of one prompt whose references cannot be the same as that of the first."""
        from ftprep.formats.keys import REFERENCE_POINTERS

        refs, places, answers = table.refs(group), table["place"][group].tolist(), table["answer"][group].tolist()
        first = refs[0]
        # Of each reference the first row is read: there may be thousands of rows with it.
        by_answer: dict[int, Ref] = {}
        for ref, answer in zip(refs, answers, strict=True):
            by_answer.setdefault(answer, ref)
        records = engine.records(list(by_answer.values()))
        if first not in records:
            return
        usual = _reference(records[first])
        others = {
            answer: said
            for answer, ref in by_answer.items()
            if ref != first and ref in records and not _may_be_same(usual, said := _reference(records[ref]))
        }
        many = len(engine.inputs) > 1
        where = f"{engine.inputs[first.file].name}:{first.line}" if many else f"line {first.line}"
        name, data = f"{first.file}:{first.line}", {"references": len(others) + 1}
        for ref, answer, place in zip(refs, answers, places, strict=True):
            if answer in others:
                message = f"same prompt as {where} with another reference"
                shown = f": {_shown(others[answer])}, not {_shown(usual)}"
                message = message + shown if len(message) + len(shown) <= 100 else message[:100]
                pointer = REFERENCE_POINTERS[place] if place >= 0 else ""
                yield self.finding(ref, message, pointer=pointer, related=(first,), group=name, data=data)


def _reference(record: Record) -> Any:
    """The reference that a row is compared by."""
    from ftprep.text.references import canonical

    return next((value for _, value in record.format.references(record.row) if canonical(value) is not None), None)


def _may_be_same(one: Any, other: Any) -> bool:
    """Whether two references are values that may be one: 50 % and 0.5, 5 km and 5000 m."""
    from ftprep.text.quantities import may_be_same
    from ftprep.text.references import final_answer

    if isinstance(one, bool) or isinstance(other, bool):
        return False
    if not (isinstance(one, str | int | float) and isinstance(other, str | int | float)):
        return False
    return may_be_same(final_answer(str(one)), final_answer(str(other)))


def _shown(value: Any) -> str:
    from ftprep.text.references import final_answer
    from ftprep.text.snippet import quote

    text = final_answer(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return quote(text, 16)


def _prompt(record: Record) -> bytes:
    """What the model is shown, and where that is not certain, what it may be shown."""
    import orjson

    shard = record.shard
    parts: list[str] = []
    for text in record.text_range:
        code = int(shard.codes[text])
        if code & c.SIDE_MASK == c.PROMPT:
            parts += (str(code & c.ROLE_MASK), " ".join(shard.values[text].split()))
    if record.format.columns_belong_to_prompt:
        beside = record.format.identity(record.row)
        try:
            parts.append(orjson.dumps(beside, option=orjson.OPT_SORT_KEYS).decode())
        except (TypeError, ValueError):  # nested deeper than orjson writes
            parts.append(str(record.ref))
    return "\x1f".join(parts).encode()
