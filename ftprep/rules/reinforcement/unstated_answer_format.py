"""Rule RFT011."""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, CalibratedRule, Good

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ftprep.record import Record
    from ftprep.shard import Shard

_SILENT = 0.9  # from this share of silent prompts on, the sentence is left to the trainer, or forgotten for all

MARK, BOX, TAG, FENCE, PHRASE = "####", "\\boxed{}", "<answer>", "```", "Answer:"
_NAMED = {
    MARK: r"####",
    BOX: r"boxed",
    TAG: r"<answer",
    FENCE: r"```|code[ -](?:block|fence)",
    PHRASE: r"answer\s*:",
}
# What each scorer of verl, and each verifier of open-instruct, finds the answer by. Those that take the last number,
# or try one way after the other, fix no form and are left out.
_VERL = {
    "openai/gsm8k": MARK,
    "lighteval/MATH": BOX,
    "DigitalLearningGmbH/MATH-lighteval": BOX,
    "HuggingFaceH4/MATH-500": BOX,
    "hiyouga/geometry3k": BOX,
    "math_dapo": PHRASE,
    "math_dapo_reasoning": PHRASE,
    **dict.fromkeys(("codecontests", "apps", "codeforces", "taco"), FENCE),
    **dict.fromkeys(
        (
            "searchR1_nq", "searchR1_triviaqa", "searchR1_popqa", "searchR1_hotpotqa", "searchR1_2wikimultihopqa",
            "searchR1_musique", "searchR1_bamboogle",
        ),
        TAG,
    ),
}  # fmt: skip


def _task(number: int, form: str = "") -> dict[str, Any]:
    return {
        "messages": [{"role": "user", "content": f"What is {number} + 1?{form}"}],
        "reference_answer": f"{number} + 1 is\n#### {number + 1}",
    }


class UnstatedAnswerFormat(CalibratedRule):
    r"""A prompt that does not name the form in which its answer is looked for.

    ## What it does
    Where the form of answers is fixed, looks for it in the prompt and the system prompt: `####` or `\boxed{}` where the
    references are marked so, and what the scorers of verl need by `data_source` (besides those, `<answer>`, a fenced
    block, "Answer:"). Where few prompts are silent, each is reported; where at least a fifth are, that is one finding
    about the file; where nearly all are, it is information only: many trainers add the sentence themselves.

    ## Why is this bad?
    The extractor finds nothing in a right answer, so the model is punished until it hits upon the form by chance. (In
    public task sets, no prompt of GSM8K names its mark: one finding each. Of 300 rows that do, none is reported.)

    ## How to settle it
    Add one sentence to the prompt or the system prompt, such as "End with #### and the number".
    """

    code = "RFT011"
    name = "unstated-answer-format"
    severity = Severity.WARNING
    methods = frozenset({"rft", "prompt-only"})
    examples = (
        Good(*(_task(number, " End with #### and the number.") for number in range(3))),
        Good(*(_task(number, "\n\nQ: 5 + 5?\nA: It is\n#### 10") for number in range(3)), note="an example shows it"),
        Good(
            {
                "messages": [
                    {"role": "system", "content": "Put the result into \\boxed{}."},
                    {"role": "user", "content": "What is 3 + 4?"},
                ],
                "answer": "3 + 4 = \\boxed{7}",
            },
            note="the system prompt says it",
        ),
        Good({"question": "What is 3 + 4?", "answer": "7"}, note="nothing fixes the form"),
        Good(
            {"messages": [{"role": "user", "content": "3 + 4?"}], "ground_truth": "7", "dataset": "gsm8k"},
            note="this verifier takes the last number",
        ),
        Bad(
            *(_task(number, " End with #### and the number.") for number in range(9)),
            _task(77),
            at=[(10, "/messages/0/content")],
            message="the prompt does not name `####`, by which the answer is found",
        ),
        Bad(
            *(_task(number, " End with #### and the number.") for number in range(3)),
            *(_task(number) for number in range(70, 73)),
            at=[(0, "")],
            message="3 of 6 prompts do not name `####`, by which the answer is found",
        ),
        Bad(
            *(_task(number) for number in range(3)),
            at=[(0, "")],
            message="none of 3 prompts names `####`, by which the answer is found",
        ),
        Bad(
            {
                "data_source": "lighteval/MATH",
                "prompt": [{"role": "user", "content": "Simplify 6/8."}],
                "reward_model": {"style": "rule", "ground_truth": "3/4"},
            },
            at=[(0, "")],
            message="the prompt does not name `\\boxed{}`",
        ),
    )  # fmt: skip

    def screen(self, shard: Shard) -> Iterable[int] | None:
        if shard.format is None or shard.format.judged_by_tests:
            return []
        return [row for row in range(len(shard)) if not shard.state[row] and shard.record(row).once(_silent_about)]

    def check(self, record: Record) -> Iterator[Finding]:
        form = record.once(_silent_about)
        if form is not None:
            asked = _prompts(record)
            yield self.finding(
                record.ref,
                f"the prompt does not name `{form}`, by which the answer is found",
                pointer=record.pointer(asked[-1]) if asked else "",
                data={"form": form},
            )

    def tally(self, shard: Shard) -> Mapping[str, int]:
        forms = Counter(
            form
            for row, state in enumerate(shard.state)
            if not state and (form := shard.record(row).once(_form)) is not None
        )
        return {"rows": forms.total(), **forms}

    def calibrate(self, candidates: Sequence[Finding], tally: Mapping[str, int]) -> Iterator[Finding]:
        by_form: defaultdict[str, list[Finding]] = defaultdict(list)
        for one in candidates:
            by_form[one.data["form"]].append(one)
        for form, silent in by_form.items():
            rows, judged = len(silent), tally[form]
            tail = f"`{form}`, by which the answer is found"
            data = {"form": form, "rows": rows, "judged": judged}
            if rows < self.grouped_share * judged:
                yield from silent
            elif rows < _SILENT * judged:
                message = f"{rows:,} of {judged:,} prompts do not name {tail}"
                yield self.group(silent, rows, judged, message=message, data=data)
            else:
                start = f"{rows:,} of {judged:,} prompts do not name" if rows < judged else ""
                start = start or (f"none of {judged:,} prompts names" if judged > 1 else "the prompt does not name")
                message = f"{start} {tail}"
                yield self.group(silent, rows, judged, message=message, data=data, severity=Severity.INFO)


def _form(record: Record) -> str | None:
    """The form that something fixes for the answers to a row."""
    verifier = record.format.verifier(record.row)
    if record.format.name == "verl" and verifier is not None:
        return _VERL.get(verifier)
    if verifier is not None:
        return None
    for _, value in record.format.references(record.row):
        if isinstance(value, str):
            if MARK in value:
                return MARK
            if "\\boxed{" in value:
                return BOX
    return None


def _silent_about(record: Record) -> str | None:
    """The form that is fixed and that the prompt does not name."""
    form = record.once(_form)
    if form is None:
        return None
    values, pattern = record.shard.values, _pattern(form)
    return None if any(pattern.search(values[text]) for text in _prompts(record)) else form


@functools.cache
def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(_NAMED[form], re.IGNORECASE)


def _prompts(record: Record) -> list[int]:
    codes = record.shard.codes
    return [text for text in record.text_range if int(codes[text]) & c.SIDE_MASK == c.PROMPT]
