"""Rule PRF002."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Fix, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, Good, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard

_PROMPT = {"messages": [{"role": "user", "content": "Name a prime above 20."}]}


class EmptySide(RecordRule):
    """A preference pair with a side that says nothing.

    ## What it does
    Reports pairs whose chosen or rejected side has no text that can be seen: an empty string, white space or
    invisible characters only, null, or no turn at all. A side that calls a tool, refuses or holds an image is
    not empty.

    ## Why is this bad?
    With an empty chosen side the model learns to say nothing; with an empty rejected side every text is better, and
    the pair teaches only that. OpenAI refuses such rows.

    ## How to settle it
    Drop the row, or sample the side again.
    """

    code = "PRF002"
    name = "empty-side"
    severity = Severity.ERROR
    methods = frozenset({"preference"})
    examples = (
        Good(
            {
                "input": _PROMPT,
                "preferred_output": [
                    {
                        "role": "assistant",
                        "content": None,
                        "tool_calls": [
                            {"id": "a", "type": "function", "function": {"name": "prime", "arguments": "{}"}}
                        ],
                    }
                ],
                "non_preferred_output": [{"role": "assistant", "content": None, "refusal": "I count no further."}],
            },
            note="a call and a refusal are answers",
        ),
        Good({"prompt": "Clap.", "chosen": "👏", "rejected": "。"}),
        Bad(
            {
                "input": _PROMPT,
                "preferred_output": [{"role": "assistant", "content": "23"}],
                "non_preferred_output": [{"role": "assistant", "content": ""}],
            },
            at=[(1, "/non_preferred_output")],
            message="the rejected side is empty",
        ),
        Bad(
            {
                "input": _PROMPT,
                "preferred_output": [{"role": "assistant", "content": None}],
                "non_preferred_output": [{"role": "assistant", "content": "21"}],
            },
            at=[(1, "/preferred_output")],
            message="the chosen side is empty",
        ),
        Bad(
            {"prompt": "The kettle is", "chosen": " \n", "rejected": "\u200b"},
            at=[(1, "/chosen"), (1, "/rejected")],
            message="the chosen side holds nothing that can be seen",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        import numpy as np

        texts = np.ones(len(shard), dtype=np.bool_)
        for side in (c.CHOSEN, c.REJECTED):
            said = (shard.codes & c.SIDE_MASK == side) & shard.visible
            texts &= shard.sum_by_row(said.astype(np.int64)) > 0
        return shard.rows_where(~texts)

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.pairs import empty_sides, side_texts

        for side, pointer in empty_sides(record):
            word = "chosen" if side == c.CHOSEN else "rejected"
            silent = not any(record.shard.values[text] for text in side_texts(record, side))
            message = f"the {word} side {'is empty' if silent else 'holds nothing that can be seen'}"
            yield self.finding(record.ref, message, pointer=pointer, fix=Fix("drop the row", drop=True))
