"""Rule TXT014."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard
    from ftprep.text.code_points import Flags

_FORMS = frozenset(
    {
        "no input", "noinput", "no input required", "no input needed", "no input provided", "no input necessary",
        "no input given", "no input available", "no additional input", "none", "n/a", "na", "null", "nil", "nan",
        "empty", "blank", "not applicable", "no context", "-", "无", "无输入", "没有输入", "無", "なし", "入力なし",
    }
)  # fmt: skip
_LONGEST = 40  # bytes; no form with its brackets is longer
_AROUND = "<>[]()\"'. \t\r\n"
# In a rendered prompt the placeholder is the last paragraph, between brackets; a bare "none" there may be data.
_LAST_PARAGRAPH = re.compile(
    r"\s*(?:\n|\A)(?:(?:#{1,6}\s*)?input\s*:\s*)?([<\[(]\s*(?:no\s?(?:additional\s)?input(?:\s(?:required|needed|provided|necessary|"
    r"given|available))?|无输入|没有输入)\s*\.?\s*[>\])])\s*\Z",
    re.IGNORECASE,
)
_TAIL = 200  # characters of a prompt in which that paragraph stands
_ANCHORS = (
    "noinput", "Noinput", "NoInput", "NOINPUT", "no input", "No input", "No Input", "NO INPUT",
    "no additional input", "No additional input", "无输入", "没有输入",
)  # fmt: skip


class PlaceholderInput(RecordRule):
    """An optional input that says it is missing, like `<noinput>` or `N/A`.

    ## What it does
    Reports optional inputs beside an instruction (Dolly's `context` too) whose whole value means
    "nothing" (more than twenty spellings, with or without brackets),
    and prompts whose last paragraph is such a form between brackets. A value that merely begins like one, as
    "No lemon" does, is an input.

    ## Why is this bad?
    The words reach the model as part of the prompt: it learns that an instruction without input ends in `N/A`, which no
    user will write.

    None of the rows of public sets at hand was flagged.

    ## How to settle it
    `ftprep lint --fix` leaves the input empty, and templates then leave it out.
    """

    code = "TXT014"
    name = "placeholder-input"
    severity = Severity.WARNING
    literals = _ANCHORS
    examples = (
        Good(
            {"instruction": "Name a fruit for tea.", "input": "", "output": "A lime."},
            {"instruction": "What goes into it?", "input": "No lemon", "output": "Sugar."},
            {
                "instruction": "True?",
                "input": "None of the students came. Not all diamonds are flawless.",
                "output": "No.",
            },
            {
                "instruction": "Translate.",
                "input": "No input device was found.",
                "output": "Kein Eingabegerät gefunden.",
            },
            {"instruction": "What does <noinput> mean?", "input": "", "output": "N/A"},
        ),
        Good(
            {"prompt": "Which of these?\n\n(a) yes\n(none)", "completion": "The first."},
            {"prompt": "There was no input.\n\nWhy?", "completion": "<no input>"},
            format="prompt-completion",
        ),
        Bad(
            {"instruction": "Name a fruit.", "input": "<noinput>", "output": "Lime."},
            {"instruction": "Name a colour.", "input": "N/A", "output": "Red."},
            {"instruction": "Name a town.", "input": " No input required. ", "output": "Graz."},
            {"instruction": "Name a river.", "input": "无", "output": "The Inn."},
            at=[(1, "/input"), (2, "/input"), (3, "/input"), (4, "/input")],
            message="input is a placeholder: `<noinput>`",
            fixed=[
                {"instruction": "Name a fruit.", "input": "", "output": "Lime."},
                {"instruction": "Name a colour.", "input": "", "output": "Red."},
                {"instruction": "Name a town.", "input": "", "output": "Graz."},
                {"instruction": "Name a river.", "input": "", "output": "The Inn."},
            ],
        ),
        Bad(
            {"prompt": "Name a fruit.\n\n### Input:\n<No input>\n", "completion": "Lime."},
            at=[(1, "/prompt")],
            message="prompt ends in a placeholder: `<No input>`",
            fixed=[{"prompt": "Name a fruit.", "completion": "Lime."}],
            format="prompt-completion",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        return sorted({*self._anchored(shard), *shard.rows_of_texts(shard.once(_short_inputs))})

    def _anchored(self, shard: Shard) -> list[int]:
        return shard.rows_with_literals(self)

    def check(self, record: Record) -> Iterator[Finding]:
        shard = record.shard
        inputs = shard.once(_short_inputs)
        for text in record.text_range:
            value, code = shard.values[text], int(shard.codes[text])
            if inputs[text]:
                if value.strip(_AROUND).casefold() in _FORMS:
                    yield self._finding(record, text, "input is a placeholder", (0, len(value)), value.strip())
            elif code & c.ROLE_MASK == c.USER and code & c.KIND_MASK in (c.CONTENT, c.FIELD, c.VALUE, c.PART, c.PAIR):
                start = max(len(value) - _TAIL, 0)
                match = _LAST_PARAGRAPH.search(value, start)
                if match and match.start() > 0:
                    yield self._finding(record, text, "prompt ends in a placeholder", match.span(), match[1])

    def _finding(self, record: Record, text: int, what: str, span: tuple[int, int], shown: str) -> Finding:
        pointer = record.pointer(text)
        edit = Edit("replace", pointer, "", span)
        message = f"{what}: {quote(shown)}"
        return self.finding(record.ref, message, pointer=pointer, span=span, fix=Fix("leave it empty", edits=(edit,)))


def _short_inputs(shard: Shard) -> Flags:
    """The optional inputs beside an instruction that are short enough for a placeholder."""
    import numpy as np

    if shard.format is None or not shard.format.keys >= {"instruction"}:
        return np.zeros(len(shard.values), dtype=np.bool_)
    wanted = c.USER | c.FIELD | c.OPTIONAL
    here = (c.ROLE_MASK | c.KIND_MASK | c.OPTIONAL) & shard.codes
    mask: Flags = (here == wanted) & (shard.lengths > 0) & (shard.lengths <= _LONGEST)
    return mask
