"""Rule TXT005."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, CalibratedRule, Good, Option
from ftprep.text.answers import answers, is_answer, rows_with_answers
from ftprep.text.placeholders import (
    ANCHORS,
    ANCHORS_OF_ANY_CASE,
    FIELD,
    is_document_to_complete,
    may_hold_field,
    may_hold_placeholder,
    placeholders,
)
from ftprep.text.snippet import quote_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ftprep.record import Record
    from ftprep.shard import Shard

_KINDS = {
    kind: {"kind": kind} for kind in ("mustache", "bracket", "angle", "no-output", "lorem", "todo", "masked-digits")
}
_COMPLETED_BY_USER = ("bracket", "angle", "lorem", "todo", "masked-digits")


def _pair(request: str, answer: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": request}, {"role": "assistant", "content": answer}]}


class TemplatePlaceholder(CalibratedRule):
    """A placeholder of a template that was left in an answer.

    ## What it does
    Looks in answers for `{{name}}` in prose, `[Your Name]`, `<insert ...>`, `lorem ipsum`, a bare `TBD` or `TODO`,
    masked digits (`XXX-XXX-XXXX`), and for answers that are `<nooutput>`. Code and what stands in the prompt
    already is left alone, and so are documents that the user asked for and will complete: letters, forms,
    templates. From 20 % of the rows on it is one finding about the file.

    ## Why is this bad?
    The model learns to answer with holes. Usually a step that should have filled them in did not run. Of
    135,000 public rows 33 are reported; of 33 read all 33 were right.

    ## How to settle it
    Fill the places in, or drop the rows.
    """

    code = "TXT005"
    name = "template-placeholder"
    severity = Severity.WARNING
    literals = ANCHORS
    any_case = ANCHORS_OF_ANY_CASE
    beside: ClassVar[Mapping[str, tuple[str, ...]]] = {"fields": (FIELD,)}
    options = {
        "letters": Option(
            "skip", "placeholders in letters, forms and templates that the user asks for", ("skip", "report")
        ),
    }
    examples = (
        Good(
            _pair("Write a letter of resignation.", "Dear [Manager's Name],\n\nI resign.\n\nBest wishes,\n[Your Name]")
        ),
        Good(_pair("kubectl: describe a pod", "kubectl describe pod {{pod_name}} -n {{namespace}}")),
        Good(_pair("Greet the guest {{name}}.", "Welcome, {{name}}, it is good to see you again here. Come in.")),
        Good(
            _pair(
                "How do I print a variable in Jinja?",
                "In Jinja you write {{name}} where the value should stand. The engine fills it in for you.",
            )
        ),
        Good(_pair("How do I make a temporary file?", "Run mktemp backup.XXXXXX in the shell.")),
        Good(_pair("How do I unpack it?", "const [name] = useState('');")),
        Good(_pair("Where do I find it?", "See [name](https://example.org/name) and users[name] in `{{name}}`.")),
        Good(_pair("Which key ends the input?", "Press <Enter> twice.")),
        Good(_pair("Which label fits? no output, error, success", "No output")),
        Good(_pair("How do I set the MySQL user?", "[client]\nuser = anna\npassword = secret")),
        Good(_pair("¿Qué dice la portada?", "ESTE LIBRO CONTIENE TODO\nY MÁS: TODO LO QUE HAY")),
        Good(_pair("Find old tasks.", "grep -rn TODO src")),
        Bad(
            _pair("Where can I buy it?", "You can buy it in our shop. Visit our {{Website Name}} and search for it."),
            at=[(1, "/messages/1/content")],
            message="placeholder left in the answer: `{{Website Name}}`",
        ),
        Bad(
            _pair("Who is calling?", "Good morning, this is [Name] from [Company], I call about your parcel."),
            at=[(1, "/messages/1/content")],
            message="placeholder left in the answer: `[Name]` and 1 more",
        ),
        Bad(
            _pair("How does a bill become law?", "<Insert flow chart>"),
            _pair("Sum up the text.", "<nooutput>"),
            at=[(1, "/messages/1/content"), (2, "/messages/1/content")],
            message="placeholder left in the answer: `<Insert flow chart>`",
        ),
        Bad(
            _pair("When and where do we meet?", "Date: 4 May\nVenue: TBD"),
            _pair("How do I reach you?", "Call us at 1-800-XXX-XXXX on weekdays."),
            at=[(1, "/messages/1/content"), (2, "/messages/1/content")],
            message="placeholder left in the answer: ",
        ),
        Bad(
            _pair("Write a letter of resignation.", "Dear [Manager's Name],\n\nI resign."),
            at=[(1, "/messages/1/content")],
            message="placeholder left in the answer: `[Manager's Name]`",
            options={"letters": "report"},
        ),
        Bad(
            *(_pair(f"Question {number}?", "Please write to [Customer Service], we will help.") for number in range(4)),
            _pair("Question 5?", "Please write to us."),
            at=[(0, "")],
            message="4 of 5 rows (80%): placeholder left in the answer: `[Customer Service]`",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        is_learnt = shard.once(is_answer)
        anchored, fields = shard.literal_hits[self.code], shard.literal_hits[f"{self.code} fields"]
        values = shard.values
        found = [text for text in fields[is_learnt[fields]].tolist() if may_hold_field(values[text])]
        found += [text for text in anchored[is_learnt[anchored]].tolist() if may_hold_placeholder(values[text])]
        return sorted({int(shard.owners[text]) for text in found})

    def tally(self, shard: Shard) -> Mapping[str, int]:
        return {"rows": shard.once(rows_with_answers)}

    def check(self, record: Record) -> Iterator[Finding]:
        for answer in answers(record):
            value = answer.value
            found = list(placeholders(value, answer.prompt))
            severity = self.severity
            left_open = any(one.kind in _COMPLETED_BY_USER for one in found)
            if left_open and is_document_to_complete(value, answer.prompt):
                if self.values["letters"] == "report":
                    severity = Severity.INFO
                else:
                    found = [one for one in found if one.kind not in _COMPLETED_BY_USER]
            if not found:
                continue
            first = min(found, key=lambda one: one.start)
            more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
            message = f"placeholder left in the answer: {quote_part(value, first.start, first.end)}{more}"
            yield self.finding(
                record.ref,
                message,
                severity=severity,
                pointer=answer.pointer,
                span=(first.start, first.end),
                data=_KINDS[first.kind],
            )
