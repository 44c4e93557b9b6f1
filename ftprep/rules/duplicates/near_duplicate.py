"""Rule DUP002."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import DROP, Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good, Option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.near.difference import Change, Sides
    from ftprep.record import Ref
    from ftprep.settings import Settings
    from ftprep.shard import Shard


def _row(question: str, answer: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


_BREAD = (
    "Mix the flour with lukewarm water, salt and a little yeast, knead the dough for ten minutes until it is smooth, "
    "let it rise under a cloth until it has doubled, and bake it in a hot oven until the crust is dark and crisp."
)
_TICKET = (
    "You read a message of a customer of a shop for garden tools and name the department that should answer it, in "
    "one word, without any explanation and without greeting the customer. The message of the customer is this: {}"
)


class NearDuplicate(DatasetRule):
    """Nearly the same row again.

    ## What it does
    Finds rows that share at least `threshold` of their runs of words with an earlier row of the same dataset: of three
    words, in rows of fewer than 30 words of two; rows of fewer than 8 words must be equal but for words and marks
    without meaning. Candidates are verified by that exact share. Rows whose system prompt, tools, labels, numbers or
    short answers differ are other rows, and so are rows of one template with another content in it, also where one
    standing answer serves them all. Of pairs, each side must be like its counterpart. What more than 200
    rows and 2 % of all rows share weighs nothing. Exact duplicates are DUP001's.

    ## Why is this bad?
    Edited copies weigh like copies: the model sees one example many times, learns it by heart, and a later split puts
    one copy on each side. Of 100,000 mixed public rows 1.9 % are flagged; of 79 findings of all kinds that were
    read, 77 were right, and the two others are not made any more.

    ## How to settle it
    Keep one row of each cluster, the one whose wording is best.
    """

    code = "DUP002"
    name = "near-duplicate"
    severity = Severity.WARNING
    options = {
        "threshold": Option(0.8, "share of runs of words that two rows must have in common, from 0.5 to 1"),
        "scope": Option("row", "what is compared", ("row", "prompt", "answer")),
        "engine": Option("minhash", "how candidates are found: exact misses none", ("minhash", "exact", "datasketch")),
    }
    examples = (
        Good(
            _row("What is the capital of France?", "The capital of France is Paris."),
            _row("What is the capital of Italy?", "The capital of Italy is Rome."),
            note="another payload of one template",
        ),
        Good(
            _row(_TICKET.format("my rake broke"), "complaints"),
            _row(_TICKET.format("where is my invoice"), "accounting"),
            _row(_TICKET.format("the hose leaks"), "complaints"),
            note="most words are the template's",
        ),
        Good(
            _row("How is bread made?", _BREAD),
            _row("How is bread made?", _BREAD.replace("ten", "10")),
            _row("How is bread made?", _BREAD.replace("ten minutes", "25 minutes")),
            options={"threshold": 0.99},
        ),
        Bad(
            _row("How is bread made?", _BREAD),
            _row("How is bread made?", _BREAD.replace("smooth", "soft")),
            at=[(2, "")],
            message="like line 1",
        ),
        Bad(
            _row("Name a red fruit", "Cherry"),
            _row("Please name a red fruit.", "Cherry."),
            at=[(2, "")],
            message="like line 1 but for words without meaning",
        ),
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        from importlib.util import find_spec

        engine = settings.rule_options.get(cls.name, {}).get("engine")
        return "needs the package datasketch" if engine == "datasketch" and find_spec("datasketch") is None else None

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        from ftprep.near.facts import near_columns

        return near_columns(shard, self.values["scope"])

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.near.clusters import Pair, content_keys, find_groups, repeated, settle
        from ftprep.near.judge import Judge

        threshold = min(max(float(self.values["threshold"]), 0.5), 1.0)
        names = [one.split or "" for one in engine.inputs]
        splits = np.array([sorted(set(names)).index(name) for name in names], dtype=np.uint64)[table["file"]]
        # The kept row does not depend on the order in which files were named.
        order = sorted(range(len(names)), key=lambda number: (engine.inputs[number].name, number))
        ranks = np.empty(len(names), dtype=np.int64)
        ranks[order] = np.arange(len(names))
        spare = repeated(table, content_keys(table, splits))
        near = find_groups(table, splits, spare, ranks, threshold, self.values["engine"])
        budgets = {"weightless": near.frame, "left_out": near.left_out}
        limits = {name: number for name, number in budgets.items() if number}
        judge = Judge(near, table, engine, (self.values["scope"],))

        def report(pair: Pair) -> Finding:
            kept, ref = table.ref(int(near.entries[pair.kept])), table.ref(int(near.entries[pair.row]))
            return self.finding(
                ref,
                _message(self._place(kept, engine), pair.similarity, judge.sides[pair.kept], judge.sides[pair.row]),
                related=(kept,),
                group=f"{kept.file}:{kept.line}:{kept.offset}",
                data={"similarity": round(pair.similarity, 4), **limits},
                fix=DROP,
            )

        for _, pairs in settle(near, threshold, judge):
            for pair in pairs:
                yield report(pair)

    @staticmethod
    def _place(ref: Ref, engine: Engine) -> str:
        from ftprep.text.snippet import escape, shorten

        name = escape(engine.inputs[ref.file].name)
        return f"{shorten(name, 30)}:{ref.line}" if len(engine.inputs) > 1 else f"line {ref.line}"


def _message(place: str, similarity: float, kept: Sides, row: Sides) -> str:
    from ftprep.near.difference import changes, meaningful

    every = [change for old, new in zip(kept, row, strict=True) for change in changes(old, new)]
    found = list(meaningful(every))
    if not found:
        return f"like {place} but for words without meaning"
    share = f"{int(similarity * 100)}% like {place}"
    if len(found) > 2:
        return f"{share}, with {len(found)} other places"
    return f"{share}: {', '.join(map(_named, found))}"[:100]


def _named(change: Change) -> str:
    from ftprep.text.snippet import quote_folded

    old, new = quote_folded(" ".join(change.old), 12), quote_folded(" ".join(change.new), 12)
    if not change.old:
        return f"adds {new}"
    return f"{new} for {old}" if change.new else f"lacks {old}"
