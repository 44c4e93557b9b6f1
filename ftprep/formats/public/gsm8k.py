"""GSM8K rows: a question, and an answer that is worked out and ends with ``#### number``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftprep.formats.format import Match
from ftprep.formats.public.qa import QuestionAnswer

MARK = "####"


class GSM8K(QuestionAnswer):
    """A question and its worked answer. The number behind the last `####` is what graders compare with."""

    name = "gsm8k"
    title = "GSM8K"
    priority = 31
    incomplete = frozenset({"qa"})
    example = {
        "question": "A tram has 4 cars with 30 seats each. 17 seats are taken. How many are free?",
        "answer": "There are 4 * 30 = <<4*30=120>>120 seats.\n120 - 17 = <<120-17=103>>103 are free.\n#### 103",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if super().match(row) is None or MARK not in row["answer"]:
            return None
        return Match(0.95, "`question` and an `answer` that marks its result by `####`")
