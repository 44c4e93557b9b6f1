"""Rule LEK002."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import DROP, Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good, Option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.near.clusters import Pair
    from ftprep.record import Ref
    from ftprep.settings import Settings
    from ftprep.shard import Shard


def _row(prompt: str, answer: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


_ASKED = "How do I keep the brass lamps of a small boat from turning green in the salty air of the harbour over winter?"
_WAX = (
    "Rinse the lamps with fresh water, dry them with a soft cloth, rub a thin coat of clear wax onto the brass and "
    "store them in a closed box with a little bag of drying salt until the season begins."
)
_OIL = "Take them ashore and wipe them with an oily rag."


class NearSplitOverlap(DatasetRule):
    """Nearly the same row or prompt in two splits.

    ## What it does
    Compares the training, validation and test files of a dataset as DUP002 compares the rows of one split, and reports
    each row of the later split (test before validation before training) that nearly repeats a row of an earlier one, or
    only its prompt. The similarity is exact; other numbers, other system prompts, and other words that count in a
    prompt make another row. Says nothing about rows that LEK001 reports, about prompts of fewer than 20 bytes, and
    about prompts that more than 20 rows share.

    ## Why is this bad?
    A test row that differs from a training row by a comma, a typing error or a polite word measures memory, not
    ability, and a check for equal rows does not see it. Of 10,000 rows for validation and test, a fifth of 50,000 mixed
    public rows, 2 % were flagged beside the 13 % of LEK001; 26 of 26 that were read are right. None is in GSM8K.

    ## How to settle it
    Drop the row from the later split, and remove near-duplicates before a set is split.
    """

    code = "LEK002"
    name = "near-split-overlap"
    severity = Severity.WARNING
    across_splits = True
    options = {
        "threshold": Option(0.8, "share of runs of words that two rows must have in common, from 0.5 to 1"),
        "engine": Option("minhash", "how candidates are found: exact misses none", ("minhash", "exact", "datasketch")),
    }
    examples = (
        Good(
            _row("What is the capital of Chad?", "N'Djamena is the capital of Chad."),
            name="test.jsonl",
            beside={"train.jsonl": [_row("What is the capital of Peru?", "Lima is the capital of Peru.")]},
            note="another payload of one template",
        ),
        Good(
            _row(_ASKED, _WAX),
            name="test.jsonl",
            beside={"train.jsonl": [_row(_ASKED, _OIL)]},
            note="the same prompt is LEK001's",
        ),
        Good(
            _row(_ASKED, _WAX.replace("thin", "very thin")),
            name="train_2.jsonl",
            beside={"train_1.jsonl": [_row(_ASKED, _WAX)]},
            note="both are for training",
        ),
        Bad(
            _row("Please tell me: " + _ASKED[0].lower() + _ASKED[1:], _WAX.replace("clear", "colourless")),
            name="test.jsonl",
            beside={"train.jsonl": [_row("Which knot holds best?", "A bowline."), _row(_ASKED, _WAX)]},
            at=[(1, "")],
            message="like train.jsonl:2, of the train split",
        ),
        Bad(
            _row(_ASKED.replace("winter", "wintre"), _OIL),
            name="validation.jsonl",
            beside={"train.jsonl": [_row(_ASKED, _WAX)]},
            at=[(1, "")],
            message="like train.jsonl:1, of the train split",
        ),
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        from importlib.util import find_spec

        engine = settings.rule_options.get(cls.name, {}).get("engine")
        return "needs the package datasketch" if engine == "datasketch" and find_spec("datasketch") is None else None

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        from ftprep.near.across import both_columns

        return both_columns(shard)

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.near.across import LEVELS, not_compared, settle_across
        from ftprep.near.clusters import find_groups
        from ftprep.near.judge import Judge
        from ftprep.tasks.splits import dataset_numbers, split_numbers

        if not len(table):
            return
        threshold = min(max(float(self.values["threshold"]), 0.5), 1.0)
        roles, datasets = split_numbers(engine.inputs), dataset_numbers(engine.inputs)
        # The row that is named does not depend on the order in which files were named.
        order = sorted(range(len(roles)), key=lambda number: (roles[number], engine.inputs[number].name, number))
        ranks = np.empty(len(roles), dtype=np.int64)
        ranks[order] = np.arange(len(roles))
        dataset, split, scope = datasets[table["file"]], roles[table["file"]], table["scope"]
        apart = (dataset * 2 + scope).astype(np.uint64)
        spare = not_compared(table, dataset, split, engine)
        near = find_groups(table, apart, spare, ranks, threshold, self.values["engine"])
        limits = {name: number for name, number in (("weightless", near.frame), ("left_out", near.left_out)) if number}
        levels = scope[near.entries]
        judge = Judge(near, table, engine, LEVELS, levels)
        found: dict[Ref, tuple[int, Pair]] = {}
        for pair in settle_across(near, split[near.entries], threshold, judge):
            level = int(levels[pair.row])
            ref = table.ref(int(near.entries[pair.row]))
            if ref not in found or level < found[ref][0]:
                found[ref] = level, pair
        for ref, (level, pair) in sorted(found.items()):
            kept = table.ref(int(near.entries[pair.kept]))
            yield self.finding(
                ref,
                f"{LEVELS[level]} {int(pair.similarity * 100)}% like {_place(kept, engine)}",
                related=(kept,),
                data={"level": LEVELS[level], "similarity": round(pair.similarity, 4), **limits},
                fix=DROP,
            )


def _place(ref: Ref, engine: Engine) -> str:
    from pathlib import PurePath

    from ftprep.text.snippet import shorten

    one = engine.inputs[ref.file]
    return f"{shorten(PurePath(one.name).name, 40)}:{ref.line}, of the {one.split} split"
