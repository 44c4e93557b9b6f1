"""Rule TXT013."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.rule import Bad, CalibratedRule, Good
from ftprep.text.answers import answers, rows_of_answers, rows_with_answers
from ftprep.text.markdown import mask_code
from ftprep.text.snippet import quote, quote_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ftprep.record import Record
    from ftprep.shard import Shard
    from ftprep.text.answers import Answer

_KINDS = {kind: {"kind": kind} for kind in ("user-label", "own-label", "next-turn")}

_USER = r"(?:Human|HUMAN|User|USER)\s?:|\#{2,4} ?(?:Human|User|Instruction|Input)\s?:|用户\s?[:：]"
_OWN = (
    r"(?:Assistant|ASSISTANT|AI|ChatGPT|Response|RESPONSE|Answer|ANSWER|Output|OUTPUT|Input|INPUT)\s?:"
    r"|\#{2,4} ?(?:Response|Assistant|Answer|Output|Bot|Model|System)\s?:|(?:答案|回答|输出)\s?[:：]"
)
_RUNAWAY = r"\n[ \t]*(?P<next>\#{2,4} ?(?:Human|User|Instruction)\s?:|Human\s?:)(?=[ \t]*\S)|(?P<tag><\|user\|>)"
# What follows a label on its line is text; a key of YAML or of a form is followed by other keys.
_KEYS = re.compile(r"[^\n]*\n+[ \t]*(?!Assistant|Human|User|AI\b|Bot|Response|###)[\w \"'-]{1,30}:(?:\s|$)")
_TALK = (
    r"dialog|conversation|\bscripts?\b|\bchat\b|\bchat flow|interview|\bq ?& ?a\b|questions? and answers?|\bjoke|\bskit"
    r"|transcript|role-?play|screenplay|\bscene\b|对话|聊天|采访|剧本|diálogo|conversación|entrevista|gespräch|dialogue"
    r"|yaml|data model|\bprompt"
)


@functools.cache
def _start() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:(?P<user>{_USER})|(?P<own>{_OWN}))(?!:)[ \t]*\s*")


@functools.cache
def _inside() -> re.Pattern[str]:
    return re.compile(_RUNAWAY)


@functools.cache
def _asks_for_talk() -> re.Pattern[str]:
    return re.compile(_TALK, re.IGNORECASE)


@functools.cache
def _heads() -> list[int]:
    from ftprep.text.edges import head

    words: tuple[str, ...] = (
        "Human",
        "HUMAN",
        "User",
        "USER",
        "### ",
        "## H",
        "## U",
        "## I",
        "## R",
        "## A",
        "## O",
        "## B",
        "## M",
    )
    words += ("## S", "####", "###H", "###U", "###I", "###R", "###A", "###O", "###B", "###M", "###S", "##Hu", "##Us")
    words += ("##In", "##Re", "##As", "##An", "##Ou", "##Bo", "##Mo", "##Sy", "Assistant", "ASSISTANT", "AI: ", "AI:\n")
    words += ("ChatGPT", "Response", "RESPONSE", "Answer", "ANSWER", "Output", "OUTPUT", "Input", "INPUT", "AI :")
    words += ("用户", "答案", "回答", "输出")
    return [head(word) for word in words]


def _pair(request: str, answer: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": request}, {"role": "assistant", "content": answer}]}


class RolePrefix(CalibratedRule):
    """An answer that begins with a role's label, or runs on into the next turn.

    ## What it does
    Reports answers that begin with the label of the user (`Human:`, `### Instruction:`), those that begin with one of
    their own (`Assistant:`, `### Response:`, `Answer:`) which the prompt does not have, and those in which a line
    `### Human:` or `Human:` follows. Silent where a dialogue, a script or a joke was asked for. A label of their own
    that half of the answers have is the file's style, and information.

    ## Why is this bad?
    The chat template writes the labels. What stands in the text too is learnt as text: the model greets with
    `Assistant:`, or goes on to speak for the user. Of 135,000 public rows 1 is reported, rightly.

    ## How to settle it
    `--fix --unsafe-fixes` strips a label at the start. Cut an answer that runs on, or drop the row.
    """

    code = "TXT013"
    name = "role-prefix"
    severity = Severity.WARNING
    literals = (
        "### Human",
        "###Human",
        "### User",
        "###User",
        "### Instruction",
        "###Instruction",
        "Human:",
        "<|user|>",
    )
    examples = (
        Good(_pair("Tell me a joke.", "Q: What is brown and sticky?\nA: A stick.")),
        Good(_pair("Write a dialogue between a user and a bot.", "User: Hi\nAssistant: Hello, how can I help you?")),
        Good(_pair("Which selector is it?", "a:hover { color: red }")),
        Good(_pair("Describe the model.", "User:\n  name: string\n  age: integer")),
        Good(_pair("Who may log in?", "User: anna\nPassword: changed in May")),
        Good(_pair("Question: 2 + 2? Answer with `Answer: <number>`. Answer:", "Answer: 4")),
        Good(_pair("How old is it?", "Human: that is what the label says, but the bone is of a deer.")),
        Bad(
            _pair("Hi there.", "Assistant: Hello! What can I do for you?"),
            at=[(1, "/messages/1/content")],
            message="answer begins with the label `Assistant:`",
            fixed=[_pair("Hi there.", "Hello! What can I do for you?")],
        ),
        Bad(
            _pair("What is the capital of Peru?", "### Response:\nLima."),
            _pair("What is the capital of Peru?", "Human: Lima is the capital of Peru."),
            at=[(1, "/messages/1/content"), (2, "/messages/1/content")],
            message="answer begins with the user's label `Human:`",
            fixed=[
                _pair("What is the capital of Peru?", "Lima."),
                _pair("What is the capital of Peru?", "Lima is the capital of Peru."),
            ],
        ),
        Bad(
            _pair("Name a colour.", "Blue is a colour.\n\n### Human: Name another one.\n### Assistant: Red."),
            at=[(1, "/messages/1/content")],
            message="answer runs on into the next turn at `### Human:`",
        ),
        Bad(
            *(_pair(f"What is {number} + 1?", f"Answer: {number + 1}") for number in range(5)),
            _pair("What is 8 + 1?", "9"),
            at=[(0, "")],
            message="5 of 6 rows (83%): answer begins with the label `Answer:`",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        import numpy as np

        from ftprep.text.edges import heads
        from ftprep.text.screens import bytes_among

        first = shard.once(heads)
        # More blanks before the label than heads() skips leave a blank in front.
        labels = np.array(sorted(_heads()), dtype=np.uint32)
        nearest = labels.take(np.searchsorted(labels, first), mode="clip")
        labelled = (nearest == first) | bytes_among(b" \t\r\n")[first >> np.uint32(24)]
        labelled[shard.literal_hits[self.code]] = True
        return rows_of_answers(shard, np.flatnonzero(labelled))

    def tally(self, shard: Shard) -> Mapping[str, int]:
        return {"rows": shard.once(rows_with_answers)}

    def check(self, record: Record) -> Iterator[Finding]:
        if record.format.rendered:
            return
        for answer in answers(record):
            for finding in self._labels(record, answer):
                if not _asks_for_talk().search(answer.request + "\n" + answer.system):
                    yield finding

    def _labels(self, record: Record, answer: Answer) -> Iterator[Finding]:
        value = answer.value
        opening = _start().match(value)
        if opening is not None and opening.end() < len(value) and not _KEYS.match(value, opening.start()):
            kind = "user-label" if opening["user"] else "own-label"
            label = opening["user"] or opening["own"]
            # A sentence may begin with the word and a colon, as a definition does: an answer starts in upper case.
            is_sentence = kind == "user-label" and label[0] != "#" and value[opening.end()].islower()
            if not is_sentence and (kind == "user-label" or not _in_prompt(label, answer)):
                whose = "user's label" if kind == "user-label" else "label"
                yield self.finding(
                    record.ref,
                    f"answer begins with the {whose} {quote(label)}",
                    pointer=answer.pointer,
                    span=opening.span(kind.split("-")[0]),
                    data=_KINDS[kind],
                    fix=Fix("strip the label", "unsafe", (Edit("replace", answer.pointer, "", (0, opening.end())),)),
                )
                return
        if "Human" in value or "###" in value or "<|user|>" in value:
            inside = _inside().search(mask_code(value))
            if inside is not None and value[: inside.start()].strip():
                name = "next" if inside["next"] else "tag"
                message = f"answer runs on into the next turn at {quote_part(value, *inside.span(name))}"
                yield self.finding(
                    record.ref, message, pointer=answer.pointer, span=inside.span(name), data=_KINDS["next-turn"]
                )

    def calibrate(self, candidates: Sequence[Finding], tally: Mapping[str, int]) -> Iterator[Finding]:
        for own in (False, True):
            part = [one for one in candidates if (one.data["kind"] == "own-label") is own]
            yield from super().calibrate(part, tally)

    def group(self, candidates: Sequence[Finding], rows: int, judged: int, **kwargs: object) -> Finding:
        style = candidates[0].data["kind"] == "own-label" and rows >= 0.5 * judged
        return super().group(candidates, rows, judged, severity=Severity.INFO if style else self.severity)


def _in_prompt(label: str, answer: Answer) -> bool:
    """Whether the prompt shows the label, or speaks of inputs and outputs."""
    prompt = answer.prompt.lower()
    word = label.strip("# ").rstrip(":： ").lower()
    return f"{word}:" in prompt or f"{word}：" in prompt or (word in ("input", "output") and word in prompt)
