"""Rule CON003."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good
from ftprep.tasks.table import ANSWERS
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.tasks.subjects import Subject
    from ftprep.tasks.voices import Voice


def _rows(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    """A task of 40 rows with two labels, and these."""
    known = [(f"Where is parcel {number}?", ("delivery", "payment")[number % 2]) for number in range(40)]
    return [{"prompt": prompt, "completion": answer} for prompt, answer in (*known, *pairs)]


class NearPromptConflict(DatasetRule):
    """Prompts that say the same, with different labels.

    ## What it does
    In tasks whose answers are labels or option letters, and in fields of answers in JSON that hold labels, reports
    prompts that are equal, in order, without articles, politeness (please, hi, thanks), fillers (just, really, very),
    punctuation, links and mentions, and that have different labels. What stands before the last turn, files and further
    fields must be the same. Every other word may be what the label turns on: overlap of words is not looked at.

    ## Why is this bad?
    What tells these prompts apart means nothing, so the model can only learn the labels by heart.

    ## How to settle it
    Read the rows and give them one label.
    """

    code = "CON003"
    name = "near-prompt-conflict"
    severity = Severity.WARNING
    methods = frozenset({"sft"})
    facts = ANSWERS
    examples = (
        Good(*_rows(("I want a top up", "payment"), ("Please, I want the top-up!", "payment"))),
        Good(
            *_rows(("How do I verify my card?", "payment"), ("How must I verify my card?", "delivery")),
            note="one word differs, and it has a meaning",
        ),
        Good(*_rows(("Charge more rather than less", "payment"), ("Charge less rather than more", "delivery"))),
        Good(
            *(
                {"instruction": f"Is it about {topic}?", "input": f"Letter {number}", "output": answer}
                for topic, answers in (("money", ("yes", "no")), ("rain", ("no", "yes")))
                for number in range(20)
                for answer in answers[number % 2 :][:1]
            ),
            note="two questions about the same letters",
        ),
        Bad(
            *(
                {"instruction": f"Sort letter {number}", "input": "", "output": ("money", "rain")[number % 2]}
                for number in range(40)
            ),
            {"instruction": "Sort the lost letter", "input": "", "output": "rain"},
            {"instruction": "Please sort the lost letter", "input": "", "output": "money"},
            at=[(41, "/output")],
            message="2 wordings of one prompt have 2 labels",
        ),
        Bad(
            *_rows(("Why did my top up fail", "payment"), ("hi, why did the my top-up fail?", "delivery")),
            at=[(41, "/completion")],
            message="2 wordings of one prompt have 2 labels: `payment` ×1, `delivery` ×1",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.kinds import Kind
        from ftprep.tasks.subjects import subjects
        from ftprep.tasks.voices import groups_by, voices_of

        known = set()  # rows that disagree in several fields have one finding
        for one in subjects(table, engine):
            if one.several:
                continue
            mine, rows = one.table, one.task.rows
            keys = mine["skeleton"][rows]
            keys = np.where((keys == 0) | (mine["kind"][rows] == Kind.TOOL), np.uint64(0), keys ^ mine["system"][rows])
            prompts, answers = mine["prompt"], mine["answer"]
            groups = [
                group
                for group in groups_by(keys, rows)
                if len(set(answers[group].tolist())) > 1 and not _same_prompt_conflict(prompts[group], answers[group])
            ]
            for _, voices in voices_of(mine, engine, groups):
                for found in self._judge(one, voices):
                    if found.ref not in known:
                        known.add(found.ref)
                        yield found

    def _judge(self, subject: Subject, voices: Sequence[Voice]) -> Iterator[Finding]:
        from ftprep.tasks.kinds import read_answer
        from ftprep.tasks.skeleton import skeleton
        from ftprep.tasks.spelling import counted, label_key
        from ftprep.tasks.voices import beside

        said = [read_answer(one.answer).canonical for one in voices]
        labels = counted(said)
        if len(labels) < 2 or len({skeleton(one.request) for one in voices}) != 1:
            return
        wordings = len({one.request for one in voices})
        parts = ", ".join(f"{quote(label, 24)} ×{count}" for label, count in labels.most_common(3))
        message = f"{subject.prefix}{wordings} wordings of one prompt have {len(labels)} labels: {parts}"
        first = voices[0]
        yield self.finding(
            first.ref,
            message[:100],
            pointer=first.pointer,
            related=tuple(one.ref for one in voices[1:]),
            data={
                "counts": [count for _, count in labels.most_common()],
                "beside": beside(list(map(label_key, said)), voices),
                **subject.data(),
            },
        )


def _same_prompt_conflict(prompts: Any, answers: Any) -> bool:
    """Whether rows with the very same prompt disagree already: that is CON001."""
    labels: dict[int, int] = {}
    pairs = zip(prompts.tolist(), answers.tolist(), strict=True)
    return any(labels.setdefault(prompt, answer) != answer for prompt, answer in pairs)
