"""Rule TPL002."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, RecordRule

if TYPE_CHECKING:
    from ftprep.record import Record


class UnbalancedThinking(RecordRule):
    """Thoughts that are not closed, nested, closed without being opened, or followed by no answer.

    ## What it does
    Balances the tags of thoughts in answers (`<think>`, `<thinking>`, `<reasoning>`, `<scratchpad>`, `[THINK]`,
    `<|START_THINKING|>`). Thoughts without content are fine, and so is a closing tag where the end of the prompt opened
    it. Tags in code, in quotation marks or inside a sentence are talk about tags.

    ## Why is this bad?
    Programs cut answers at these tags. A model that has learnt to leave one out shows its thoughts to the user, or
    answers inside them, where nobody looks.

    None of 120,000 rows of public sets was flagged.

    ## How to settle it
    Add the tag that is missing; drop rows whose thoughts were cut off.
    """

    code = "TPL002"
    name = "unbalanced-thinking"
    severity = Severity.ERROR
    literals = ("<think>", "</think>", "thinking>", "reasoning>", "scratchpad>", "THINK]", "_THINKING|>")
    examples = (
        Good(
            {"prompt": "2 + 2?", "completion": "<think>\nTwo and two.\n</think>\n\n4"},
            {"prompt": "2 + 2?", "completion": "<think>\n\n</think>\n\n4"},
            {"prompt": "2 + 2?", "completion": "<think>a</think>First.<think>b</think>4"},
            {"prompt": "User: 2 + 2?\nAssistant: <think>\n", "completion": "Two and two.\n</think>\n4"},
            {"prompt": "2 + 2?", "completion": "<think>\nThe tag </think> is for later.\n</think>\n```\n4\n```"},
            {"prompt": "2 + 2?", "completion": "<score>5</score>\n<reasoning>\nIt is right.\n</reasoning>"},
            format="prompt-completion",
        ),
        Good(
            {"prompt": "What is <think>?", "completion": "The <think> tag opens the thoughts of a model."},
            {
                "prompt": "And how?",
                "completion": "Write `<think>` first, then\n```\n<think>\n```\nand '</think>' at last.",
            },
            {"prompt": "Which tags end it?", "completion": "It is closed by a </think> tag."},
            format="prompt-completion",
            note="rows about the tags",
        ),
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Is it open?"},
                    {
                        "role": "assistant",
                        "content": "<think>I must look.</think>",
                        "tool_calls": [
                            {"id": "c1", "type": "function", "function": {"name": "hours", "arguments": "{}"}}
                        ],
                    },
                    {"role": "tool", "tool_call_id": "c1", "content": "9 to 5"},
                    {"role": "assistant", "content": "<think>\nIt is noon.\n</think>\nYes."},
                ],
                "tools": [{"type": "function", "function": {"name": "hours"}}],
            },
            note="a call follows the thoughts",
        ),
        Bad(
            {"prompt": "2 + 2?", "completion": "<think>\nTwo and two make 4"},
            {"prompt": "2 + 2?", "completion": "<think>a\n<think>b</think>\n4"},
            {"prompt": "2 + 2?", "completion": "Two and two.\n</think>\n4"},
            {"prompt": "2 + 2?", "completion": "<thinking>Two and two.</thinking>\n"},
            {"prompt": "Q: 2 + 2?\nA:\n<think>", "completion": "Two and two make 4."},
            {"prompt": "2 + 2?", "completion": "[THINK]Two[/THINK]\n4\n[/THINK]\n"},
            at=[
                (1, "/completion"),
                (2, "/completion"),
                (3, "/completion"),
                (4, "/completion"),
                (5, "/completion"),
                (6, "/completion"),
            ],
            message="`<think>` opens again before it is closed",
            format="prompt-completion",
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.answers import answers
        from ftprep.text.thinking import imbalance
        from ftprep.text.turns import calls_tools, is_in_parts

        for answer in answers(record):
            if is_in_parts(record, answer.text):
                continue
            goes_on = calls_tools(record, answer.text)
            found = imbalance(answer.value, (answer.request, *answer.context[-1:]), goes_on=goes_on)
            if found:
                span = (found.start, found.end) if found.end else None
                yield self.finding(record.ref, found.problem, pointer=answer.pointer, span=span)
