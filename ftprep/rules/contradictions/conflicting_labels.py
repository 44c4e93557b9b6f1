"""Rule CON001."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Fix, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.tasks.table import ANSWERS
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.tasks.subjects import Subject
    from ftprep.tasks.voices import Voice

_SEPARATORS = re.compile(r"\s*[,;|+]\s*")
_LEVELS = ("identical prompts", "identical but for case and spacing")


def _rows(*answers: str) -> list[dict[str, Any]]:
    """A task of 40 rows with two labels, and one further prompt with these answers."""
    pairs = [(f"Where is parcel {number}?", ("delivery", "payment")[number % 2]) for number in range(40)]
    pairs += [("The card was charged twice", answer) for answer in answers]
    return [{"prompt": prompt, "completion": answer} for prompt, answer in pairs]


class ConflictingLabels(DatasetRule):
    """One prompt with different labels.

    ## What it does
    In tasks whose answers are labels or option letters, and in fields of answers in JSON that hold labels, reports
    prompts that have several labels, each prompt once. The prompt is all that the answer depends on: system prompt,
    tools, images, earlier turns, last request, compared without case and white space. Labels are compared without case,
    punctuation, what joins their words, and order (`a, b` is `b, a`). Where more than 30 % of at least 20 repeated
    prompts disagree, labels are noisy by nature, and it is one finding.

    ## Why is this bad?
    The model cannot learn both. It learns to be unsure there and in the neighbourhood, and no score above the share
    of agreement can be reached.

    ## How to settle it
    Look at the rows and keep one label. Where the majority is clear, `drop` takes the others; where annotators
    disagree by nature, train on the majority or on soft labels.
    """

    code = "CON001"
    name = "conflicting-labels"
    severity = Severity.ERROR
    methods = frozenset({"sft"})
    facts = ANSWERS
    options = {
        "noisy_share": Option(0.3, "share of repeated prompts that disagree, beyond which labels are noisy by nature"),
        "noisy_prompts": Option(20, "repeated prompts that are needed to call labels noisy"),
    }
    examples = (
        Good(*_rows("payment", "payment")),
        Good(*_rows("payment", "Payment."), note="one label, spelt in two ways"),
        Good(*_rows("payment due", "payment_due"), note="one label, joined in two ways: FMT001"),
        Good(*_rows("delivery, payment", "payment, delivery"), note="the same labels in another order"),
        Good(
            *[{"prompt": "Name a colour.", "completion": answer} for answer in ("Red", "Blue", "Green") * 9],
            note="not label-like without other prompts",
        ),
        Bad(*_rows("payment", "delivery", "payment"), at=[(41, "/completion")], message="`payment` ×2, `delivery` ×1"),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.tasks.spelling import counted
        from ftprep.tasks.subjects import conflicts
        from ftprep.tasks.voices import groups_by, voices_of

        known = set()  # one prompt has one finding, in however many fields its answers disagree
        for subject, groups in conflicts(table, engine):
            found: list[Finding] = []
            for group, voices in voices_of(subject.table, engine, groups):
                labels = counted(map(_label, voices))
                prompt = (subject.number, int(subject.table["prompt"][group[0]]))
                if len(labels) > 1 and prompt not in known:
                    known.add(prompt)
                    exact = len({int(subject.table["context"][row]) for row in group}) == 1
                    found.append(self._finding(subject, voices, labels, _LEVELS[not exact]))
            repeated = groups_by(subject.table["prompt"][subject.task.rows], subject.task.rows)
            yield from self._judge(subject, found, len(repeated))

    def _judge(self, subject: Subject, found: list[Finding], repeated: int) -> Iterator[Finding]:
        """The findings of one task, of whose prompts so many occur several times."""
        if repeated < self.values["noisy_prompts"] or len(found) <= self.values["noisy_share"] * repeated:
            yield from found
            return
        share = f"{len(found) / repeated:.0%}".replace("%", " %")
        message = f"{subject.prefix}noisy labels: {share} of {repeated:,} repeated prompts disagree"
        yield self.finding(
            Ref(found[0].ref.file, 0),
            message[:100],
            severity=Severity.WARNING,
            related=tuple(one.ref for one in found[:5]),
            data={"prompts": repeated, "disputed": len(found), **subject.data()},
        )

    def _finding(self, subject: Subject, voices: Sequence[Voice], labels: Counter[str], level: str) -> Finding:
        from ftprep.tasks.spelling import label_key
        from ftprep.tasks.voices import beside

        ranked = labels.most_common()
        parts = [f"{quote(label, 24)} ×{count}" for label, count in ranked[:3]]
        more = f" and {len(ranked) - 3} more" if len(ranked) > 3 else ""
        message = f"{subject.prefix}same prompt has {len(ranked)} labels: {', '.join(parts)}{more}"
        if len(message) + len(level) + 3 <= 100:
            message += f" ({level})"
        clear = ranked[0][1] >= 2 * ranked[1][1]
        first, best = voices[0], ranked[0][0]
        said = _same_labels(voices)
        minority = [place for place, label in enumerate(said) if not clear or label != label_key(best)]
        return self.finding(
            first.ref,
            message[:100],
            pointer=first.pointer,
            related=tuple(one.ref for one in voices[1:]),
            data={
                "counts": [count for _, count in ranked],
                "majority": clear,
                "minority": minority,  # of this row (0) and the related ones, those that have to go
                "level": level,
                "beside": beside(said, voices),
                **subject.data(),
            },
            fix=Fix("drop the minority" if clear else "drop all of them", drop=True),
        )


def _same_labels(voices: Sequence[Voice]) -> list[str]:
    """What each row's label is compared by."""
    from ftprep.tasks.spelling import label_key

    return [label_key(_label(voice)) for voice in voices]


def _label(voice: Voice) -> str:
    """The label as a set of labels, whatever their order."""
    from ftprep.tasks.kinds import read_answer

    canonical = read_answer(voice.answer).canonical
    return ", ".join(sorted(_SEPARATORS.split(canonical)))
