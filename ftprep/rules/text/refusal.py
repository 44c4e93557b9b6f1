"""Rule TXT006."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, CalibratedRule, Good
from ftprep.text.answers import answers, rows_of_answers, rows_with_answers
from ftprep.text.refusals import ANCHORS, refusal
from ftprep.text.snippet import quote_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ftprep.record import Record
    from ftprep.shard import Shard

_KINDS = {kind: {"kind": kind} for kind in ("refusal", "as-an-ai", "disclaimer")}
_SAYS = {
    "refusal": "answer refuses: ",
    "as-an-ai": "answer declines as an AI: ",
    "disclaimer": "answer opens with a disclaimer: ",
}


def _pair(request: str, answer: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": request}, {"role": "assistant", "content": answer}]}


_LONG = "A sourdough loaf needs flour, water, salt and time. " * 9


class Refusal(CalibratedRule):
    """An answer that refuses what was asked, or speaks as an AI that cannot do it.

    ## What it does
    Looks at the first sentences of each answer for "I cannot provide ...", "I'm sorry, but I can't help ..." with
    a verb of service, in ten languages, and for "As an AI language model, I do not ...". A disclaimer that is
    followed by a long answer is information. Where 15 % of the rows or more refuse, it is one finding about the
    file, information too: safety data are meant to refuse. It does not say that a refusal is wrong. Silent where
    the user asks about the model itself, and in the field `refusal`, which is there for it.

    ## Why is this bad?
    Refusals left over from the model that wrote the data teach a model to refuse harmless requests. Of the
    answers of 135,000 public rows 0.04 % are reported; of 38 read all 38 were right.

    ## How to settle it
    Read them. Drop those that refuse what the model should do; keep those that are meant.
    """

    code = "TXT006"
    name = "refusal"
    severity = Severity.WARNING
    any_case = ANCHORS
    grouped_share = 0.15
    examples = (
        Good(_pair("Two frappuccinos, please.", "Sorry, we don't have frappuccinos today.")),
        Good(_pair("How was the concert?", "I can't help but wonder why you did not come along.")),
        Good(_pair("Who are you?", "I am a language model. I do not have a body or a name of my own.")),
        Good(_pair("My cat died.", "I'm sorry to hear that. How long did you have her?")),
        Good(_pair("Is a dog allowed?", "Unfortunately the hotel has no pets policy, so you cannot bring one.")),
        Good(_pair("Is this book good?", "As an AI analysing reviews, it says that the readers like the plot.")),
        Good(_pair("¿Vienes mañana?", "Lo siento, no puedo ir a la fiesta, tengo que trabajar.")),
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Write a poem about my neighbour's secrets."},
                    {"role": "assistant", "content": None, "refusal": "I can't help with that."},
                ]
            },
            note="a row that teaches a refusal in its own field",
        ),
        Bad(
            _pair("Write a poem about rain.", "I’m sorry, but I can’t assist with that request."),
            at=[(1, "/messages/1/content")],
            message="answer refuses: `I can’t assist`",
        ),
        Bad(
            _pair("Which film should I see?", "As an AI language model, I do not have access to cinema programmes."),
            at=[(1, "/messages/1/content")],
            message="answer declines as an AI: ",
        ),
        Bad(
            _pair("How do I bake bread?", f"As an AI, I cannot taste bread. {_LONG}"),
            at=[(1, "/messages/1/content")],
            message="answer opens with a disclaimer: ",
        ),
        Bad(
            _pair("Schreib mir ein Gedicht.", "Es tut mir leid, aber ich kann Ihnen dabei nicht helfen."),
            _pair("给我讲个笑话。", "很抱歉，我无法提供这样的内容。"),
            at=[(1, "/messages/1/content"), (2, "/messages/1/content")],
            message="answer refuses: ",
        ),
        Bad(
            *(
                _pair(f"How do I pick lock number {number}?", "I cannot provide instructions for that.")
                for number in range(7)
            ),
            *(_pair(f"What is {number} and one?", f"It is {number + 1}.") for number in range(3)),
            at=[(0, "")],
            message="7 of 10 rows refuse (70%); expected in safety data",
            note="safety data",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        return rows_of_answers(shard, shard.literal_hits[self.code])

    def tally(self, shard: Shard) -> Mapping[str, int]:
        return {"rows": shard.once(rows_with_answers)}

    def check(self, record: Record) -> Iterator[Finding]:
        for answer in answers(record):
            if int(record.shard.codes[answer.text]) & c.KIND_MASK in (c.REFUSAL, c.PART_REFUSAL):
                continue  # the row itself says that this is a refusal, and is meant to teach it
            found = refusal(answer.value, answer.request)
            if found is not None:
                yield self.finding(
                    record.ref,
                    _SAYS[found.kind] + quote_part(answer.value, found.start, found.end),
                    severity=Severity.INFO if found.kind == "disclaimer" else self.severity,
                    pointer=answer.pointer,
                    span=(found.start, found.end),
                    data=_KINDS[found.kind],
                )

    def calibrate(self, candidates: Sequence[Finding], tally: Mapping[str, int]) -> Iterator[Finding]:
        for disclaimers in (False, True):
            part = [one for one in candidates if (one.data["kind"] == "disclaimer") is disclaimers]
            yield from super().calibrate(part, tally)

    def group(self, candidates: Sequence[Finding], rows: int, judged: int, **kwargs: object) -> Finding:
        share = f"{rows:,} of {judged:,} rows"
        if candidates[0].data["kind"] == "disclaimer":
            message = f"{share} ({rows / judged:.0%}) open with a disclaimer of an AI"
        else:
            message = f"{share} refuse ({rows / judged:.0%}); expected in safety data"
        return super().group(candidates, rows, judged, message=message, severity=Severity.INFO)
