"""Rows for one training method as rows for another, where that means something."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from ftprep.conversion.conversation import (
    CannotConvert,
    Example,
    Message,
    Method,
    Notes,
    completion_start,
    text_message,
)
from ftprep.conversion.labels import label_text

Step = Callable[[Example, Notes], list[Example]]


def adapted(example: Example, method: Method, notes: Notes) -> list[Example]:
    """``example`` as examples for ``method``: none where a step leaves it out, two where a pair becomes judgements."""
    if example.method == method:
        return [example]
    step = _STEPS.get((example.method, method))
    if step is None:
        raise CannotConvert(f"{example.method} rows are no {method} rows")
    found = step(example, notes)
    for one in found:
        one.method = method
    return found


ANSWERED = ("qa", "gsm8k", "math-problem")
"""Formats of tasks whose answer is one that a model would write."""


def can_adapt(source: str, method: Method, other: Method) -> bool:
    """Whether rows of the format ``source``, which are for ``method``, can become rows for ``other`` at all."""
    if (method, other) == ("rft", "sft"):
        return source in ANSWERED
    return method == other or (method, other) in _STEPS


def _masked(prompt: list[Message]) -> list[Message]:
    for message in prompt:
        if message.role == "assistant":
            message.trained = False
    return prompt


def _chosen(example: Example, notes: Notes) -> list[Example]:
    """The preferred answer is learnt."""
    notes.lose("the rejected answer")
    example.cut = len(example.messages)
    example.messages = [*_masked(example.messages), *example.chosen]
    example.chosen, example.rejected = [], []
    return [example]


def _judged(example: Example, notes: Notes) -> list[Example]:
    """Both answers are judged: the preferred one as wanted, the other as unwanted."""
    notes.change("a pair written as two judgements")
    found = []
    for wanted, side in ((True, example.chosen), (False, example.rejected)):
        prompt = deepcopy(example.messages)
        found.append(
            Example(
                "kto",
                [*prompt, *side],
                label=wanted,
                tools=example.tools,
                columns=dict(example.columns),
                cut=len(prompt),
            )
        )
    return found


def _wanted(example: Example, notes: Notes) -> list[Example]:
    """Wanted answers are learnt."""
    if not example.label:
        raise CannotConvert("an answer that is not wanted is nothing to learn")
    start = completion_start(example.messages, example.cut)
    _masked(example.messages[:start])
    notes.lose("the judgement")
    example.label, example.cut = None, start
    return [example]


def _asked(example: Example, notes: Notes) -> list[Example]:
    """The prompt of a conversation; its answer becomes the one that is due."""
    start = completion_start(example.messages, example.cut)
    answer, example.messages = example.messages[start:], example.messages[:start]
    for message in example.messages:
        message.trained = None
    if len(answer) == 1 and answer[0].is_text and not answer[0].calls and "answer" not in example.columns:
        example.columns = {"answer": "\n".join(part.text for part in answer[0].parts), **example.columns}
        if answer[0].thinking is not None:
            notes.lose("the thoughts", "message")
    elif answer:
        notes.lose("the answer")
    return [example]


def _prompt(example: Example, notes: Notes) -> list[Example]:
    """The prompt of a pair."""
    notes.lose("both answers")
    example.chosen, example.rejected = [], []
    return [example]


def _answered(example: Example, notes: Notes) -> list[Example]:
    """The answer that is due is learnt, where it is one that a model would write."""
    answer = example.columns.pop(example.learnable, None)
    if not isinstance(answer, str):
        raise CannotConvert("a task without an answer to learn")
    example.cut = len(example.messages)
    example.messages.append(text_message("assistant", answer))
    return [example]


def _classified(example: Example, notes: Notes) -> list[Example]:
    """The label is what the model answers."""
    if isinstance(example.label, dict) and len(example.label) == 1:
        (example.label,) = example.label.values()
        notes.lose("the name of the labels")
    if [message.role for message in example.messages] != ["user"] or isinstance(example.label, dict):
        what = "labels of several tasks" if isinstance(example.label, dict) else "a labelled conversation"
        raise CannotConvert(f"{what} cannot be written as question and answer")
    example.cut = len(example.messages)
    example.messages.append(text_message("assistant", label_text(example.label, notes)))
    example.label = None
    return [example]


def _classes(example: Example, notes: Notes) -> list[Example]:
    """The only answer is the label."""
    if [message.role for message in example.messages] != ["user", "assistant"] or not example.messages[1].is_text:
        raise CannotConvert("more than a text and its label")
    example.label = "\n".join(part.text for part in example.messages.pop().parts)
    return [example]


def _due_label(example: Example, notes: Notes) -> list[Example]:
    """The label is the answer that is due."""
    if not example.messages or example.messages[-1].role != "user":
        raise CannotConvert("a labelled conversation is no question")
    example.columns = {"label": example.label, **example.columns}
    example.label = None
    return [example]


def _continued(example: Example, notes: Notes) -> list[Example]:
    """Prompt and completion in one text."""
    if not example.continues:
        raise CannotConvert("turns become a text by the template of a model, which its trainer applies")
    notes.lose("the border between prompt and completion")
    example.text = "".join(part.text for message in example.messages for part in message.parts)
    example.messages = []
    return [example]


def _same(example: Example, notes: Notes) -> list[Example]:
    return [example]


_STEPS: dict[tuple[Method, Method], Step] = {
    ("preference", "sft"): _chosen,
    ("preference", "kto"): _judged,
    ("preference", "prompt-only"): _prompt,
    ("kto", "sft"): _wanted,
    ("sft", "prompt-only"): _asked,
    ("sft", "rft"): _asked,
    ("rft", "prompt-only"): _same,
    ("prompt-only", "rft"): _same,
    ("rft", "sft"): _answered,
    ("label", "sft"): _classified,
    ("label", "rft"): _due_label,
    ("label", "prompt-only"): _due_label,
    ("sft", "label"): _classes,
    ("sft", "language-modeling"): _continued,
}
