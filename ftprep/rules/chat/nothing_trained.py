"""Rule CHT008."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, Good, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard


class NothingTrained(RecordRule):
    """A conversation whose assistant turns are all masked.

    ## What it does
    Reports rows for supervised training in which every assistant turn has `weight` 0, `loss_weight` 0, `train` false
    or `training` false, and rows of Axolotl's segments of which none has `label` true.

    ## Why is this bad?
    The row carries no loss: it is paid for and teaches nothing. A batch of such rows can give a loss that is not a
    number.

    ## How to settle it
    Give weight 1 to the turns that are to be learnt, or drop the row.
    """

    code = "CHT008"
    name = "nothing-trained"
    severity = Severity.ERROR
    methods = frozenset({"sft"})
    turns = re.compile(rb"^[^aceACEmM\n]*+[ACEM][^acem\n]*+$", re.MULTILINE)
    examples = (
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello!", "weight": 0},
                    {"role": "user", "content": "Two plus two?"},
                    {"role": "assistant", "content": "Four.", "weight": 1},
                ]
            }
        ),
        Good({"messages": [{"role": "user", "content": "Hi"}]}, format="openai-chat", note="CHT001 speaks about it"),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello!", "weight": 0},
                    {"role": "user", "content": "Two plus two?"},
                    {"role": "assistant", "content": "Four.", "weight": 0},
                ]
            },
            message="none of 2 assistant turns is trained",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello!", "train": False},
                ]
            },
            message="the assistant turn is not trained",
        ),
        Bad(
            {"segments": [{"label": False, "text": "Q: Two plus two?\nA:"}, {"label": False, "text": " Four."}]},
            message="none of 2 texts is trained",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        found = shard.rows_with_turns(self.turns)
        if shard.format is not None and shard.format.answered and not shard.turns.strip():
            # Rows without turns say of each text whether it is learnt.
            learnt = shard.sum_by_row((shard.codes & c.TRAINED != 0).astype(shard.ends.dtype))
            found = shard.rows_where((learnt == 0) & (shard.ends > shard.firsts))
            return [row for row in found if row not in shard.media_rows]  # an answer may be an image, which is CHT009
        return found

    def check(self, record: Record) -> Iterator[Finding]:
        if not record.turns:
            count = len(record.text_range)
            message = f"none of {count} texts is trained" if count > 1 else "the text is not trained"
            yield self.finding(record.ref, message, data={"texts": count})
            return
        count = sum(letter in "ACEM" for letter in record.turns)
        message = f"none of {count} assistant turns is trained" if count > 1 else "the assistant turn is not trained"
        yield self.finding(record.ref, message, data={"turns": count})
