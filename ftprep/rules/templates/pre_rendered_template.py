"""Rule TPL003."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, CalibratedRule, Good

if TYPE_CHECKING:
    from ftprep.record import Record

# Every rendered text holds one of these.
_MARKERS = (
    "<|im_start|>", "<|start_header_id|>", "<|header_start|>", "[INST]", "<start_of_turn>", "<|turn>", "<|user|>",
    "<|system|>", "<｜User｜>", "<|start|>", "<|START_OF_TURN_TOKEN|>", "# Instruction:", "#Instruction:", "Human:",
    "<s><s>", "<s> <s>", "<bos><bos>", "<bos> <bos>", "<|begin_of_text|>", "<｜begin▁of▁sentence｜>", "[gMASK]",
)  # fmt: skip
_CHATML = "<|im_start|>user\nIs it open?<|im_end|>\n<|im_start|>assistant\n"


class PreRenderedTemplate(CalibratedRule):
    """A text in which a chat template was rendered already.

    ## What it does
    Reports texts that hold the marker of a role and its partner: `<|im_start|>user` and `<|im_end|>`, `[INST]` and
    `[/INST]`, `### Instruction:` at the start and `### Response:`, a transcript that begins with `Human:` and ends in
    `Assistant:`. Silent in code, in rows about templates, and in rows of plain text, which are meant to be rendered;
    there a first token that stands twice is reported. Where a fifth of the rows are so, one finding speaks for all.

    ## Why is this bad?
    The trainer applies its own template around the text, so that markers stand inside markers. The model learns a
    format that it will never be asked in.

    None of 120,000 rows of public sets was flagged.

    ## How to settle it
    Split the text into turns. For plain text, leave the first token to the tokenizer.
    """

    code = "TPL003"
    name = "pre-rendered-template"
    severity = Severity.WARNING
    literals = _MARKERS
    examples = (
        Good({"text": _CHATML + "Yes.<|im_end|>"}, note="plain text is meant to be rendered"),
        Good(
            {
                "prompt": "What does ChatML look like?",
                "completion": "Turns are <|im_start|>user Hello<|im_end|>, say the docs.",
            },
            {"prompt": "Show it.", "completion": "```\n<|im_start|>user\nHi<|im_end|>\n```"},
            {
                "prompt": "Who is who?\nHuman: me\nAssistant: you",
                "completion": "Human: a being. Then Assistant: a role.",
            },
            {"prompt": "List them.", "completion": "### Instruction:\nread\n### Next:\nwrite"},
            {"prompt": "Human: hi", "completion": "[INST] is a marker."},
            format="prompt-completion",
        ),
        Bad(
            {"messages": [{"role": "user", "content": _CHATML}, {"role": "assistant", "content": "Yes."}]},
            at=[(1, "/messages/0/content")],
            message="text is already rendered with the ChatML template",
        ),
        Bad(
            {"prompt": "[INST] Is it open? [/INST]", "completion": "Yes."},
            {"prompt": "### Instruction:\nIs it open?\n\n### Response:\n", "completion": "Yes."},
            *[{"prompt": f"Is it open on day {day}?", "completion": "Yes."} for day in range(1, 16)],
            at=[(1, "/prompt"), (2, "/prompt")],
            message="text is already rendered with the Alpaca template",
            format="prompt-completion",
        ),
        Bad(
            *[
                {"prompt": f"\n\nHuman: Is it open at {hour}?\n\nAssistant:", "chosen": " Yes.", "rejected": " No."}
                for hour in range(8, 14)
            ],
            {"prompt": "Is it open at night?", "chosen": "No.", "rejected": "Yes."},
            at=[(0, "")],
            message="6 of 7 rows (86%): text is already rendered with the Human/Assistant template",
        ),
        Bad(
            {"text": "<s><s>[INST] Is it open? [/INST] Yes.</s>"},
            at=[(1, "/text")],
            message="text begins with `<s>` twice",
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.snippet import quote
        from ftprep.text.templates import begins_twice, pre_rendered

        for text, (name, span) in pre_rendered(record).items():
            message = f"text is already rendered with the {name} template"
            yield self.finding(record.ref, message, pointer=record.pointer(text), span=span, data={"kind": name})
        if record.format.method == "language-modeling":
            for text in record.text_range:
                value = record.shard.values[text]
                twice = begins_twice(value)
                if twice:
                    token = value[twice[0] : twice[1]].strip()
                    message = f"text begins with {quote(token[: (len(token) + 1) // 2].strip(), 30)} twice"
                    yield self.finding(record.ref, message, pointer=record.pointer(text), span=twice)
