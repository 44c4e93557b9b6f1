"""Rule TXT015."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.snippet import quote_part

if TYPE_CHECKING:
    from ftprep.record import Record


class MergedExamples(RecordRule):
    """An answer that holds the next examples of the set as well.

    ## What it does
    Reports answers with a line such as `8. Instruction:` that is soon followed by a line with the same number, or none,
    and `Input:` or `Output:`. Silent where the prompt itself shows such lines.

    ## Why is this bad?
    Several rows became one when the output of a generator was split. The model learns to go on with an exercise of its
    own after each answer.

    None of 120,000 rows of public sets was flagged.

    ## How to settle it
    Cut the answer before the line, and make rows of what follows, or drop the row.
    """

    code = "TXT015"
    name = "merged-examples"
    severity = Severity.WARNING
    literals = ("nstruction", "NSTRUCTION", "指令", "指示", "说明")
    examples = (
        Good(
            {
                "prompt": "Two strings: are they anagrams?",
                "completion": "Example 1:\nInput: ab, ba\nOutput: true\n\nExample 2:\nInput: a, b\nOutput: false",
            },
            {"prompt": "How?", "completion": "1. Instructions: read them.\n2. Instructions for use:\nnone"},
            {
                "prompt": "Go on.\n1. Instruction: Add.\n1. Input: 1 2\n1. Output: 3",
                "completion": "2. Instruction: Double.\n2. Input: 4\n2. Output: 8",
            },
            format="prompt-completion",
        ),
        Bad(
            {
                "prompt": "Name a fruit.",
                "completion": "Lime.\n\n8. Instruction: Name a colour.\n8. Input:\n<noinput>\n8. Output:\nRed.",
            },
            {"prompt": "说一种水果。", "completion": "青柠。\n\n3. 指令：说一种颜色。\n3. 输入：\n无\n3. 输出：\n红。"},
            at=[(1, "/completion"), (2, "/completion")],
            message="answer goes on with another example: `8. Instruction:`",
            format="prompt-completion",
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.answers import answers
        from ftprep.text.examples import next_example

        for answer in answers(record):
            span = next_example(answer.value)
            if span and not next_example(answer.prompt, least=1):
                message = f"answer goes on with another example: {quote_part(answer.value, *span, 30)}"
                yield self.finding(record.ref, message, pointer=answer.pointer, span=span)
