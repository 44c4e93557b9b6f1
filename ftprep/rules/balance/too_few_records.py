"""Rule BAL004."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.record import Ref, State
from ftprep.rule import Bad, DatasetRule, Good, Needs, Option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.inputs import Input
    from ftprep.shard import Shard

_ROW = {"messages": [{"role": "user", "content": "Say hi."}, {"role": "assistant", "content": "Hi."}]}
_OPTION = {"sft": "sft", "preference": "preference", "kto": "preference", "rft": "rft", "prompt-only": "rft"}


class TooFewRecords(DatasetRule):
    """Fewer rows than the method usually needs.

    ## What it does
    Counts the rows of each dataset (files of one split and one method together) and compares them with the size
    from which the method is known to help: 50 for supervised fine-tuning, 500 for preference pairs, 100 for
    reinforcement tasks. Validation and test splits are not judged. TOK005 speaks where the target takes no set of so
    few rows.

    ## Why is this bad?
    OpenAI sees the first gains of supervised fine-tuning at 50 to 100 good rows (guide of 2026-07), OpenPipe advises
    500 pairs for preference optimisation, and AWS asks for 100 rows of reinforcement tasks: below that, training
    mostly costs money.

    ## How to settle it
    Add rows, or lower the option when a small set is meant.
    """

    code = "BAL004"
    name = "too-few-records"
    severity = Severity.WARNING
    needs = Needs.PARSED
    options = {
        "sft": Option(50, "useful number of rows for supervised fine-tuning"),
        "preference": Option(500, "useful number of pairs or judged answers"),
        "rft": Option(100, "useful number of reinforcement tasks"),
    }
    examples = (
        Good(*[_ROW] * 50),
        Good(_ROW, options={"sft": 1}),
        Good(_ROW, name="validation.jsonl"),
        Bad(_ROW, at=[(0, "")], message="1 row for SFT; 50 is a useful minimum"),
    )

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        rows = len(shard) - shard.state.count(State.BLANK) - shard.state.count(State.BROKEN)
        return {"row": [0], "rows": [rows]} if len(shard) else None

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        counts: Counter[tuple[str, str]] = Counter()
        files: dict[tuple[str, str], int] = {}
        for index in range(len(table)):
            one = engine.inputs[int(table["file"][index])]
            if one.format is None or one.split in ("validation", "test") or one.format.method not in _OPTION:
                continue
            dataset = (one.split or "", one.format.method)
            counts[dataset] += int(table["rows"][index])
            files.setdefault(dataset, one.index)
        for (split, method), rows in counts.items():
            minimum = self.values[_OPTION[method]]
            if rows < minimum and not self._refused(rows, engine.inputs[files[split, method]]):
                noun = "row" if rows == 1 else "rows"
                words = {"sft": "SFT", "rft": "RFT", "kto": "KTO"}.get(method, method)
                message = f"{rows} {noun} for {words}; {minimum} is a useful minimum"
                yield self.finding(Ref(files[split, method], 0), message, data={"rows": rows, "minimum": minimum})

    def _refused(self, rows: int, one: Input) -> bool:
        """Whether TOK005 says that the target takes no set as small as this."""
        if self.target is None:
            return False
        from ftprep.targets.limits import Totals, broken_limits

        found = broken_limits(self.target, self.settings.target_model, one.detection.format, one.split, Totals(rows))
        return any(broken.restriction.check == "rows-least" for broken in found)
