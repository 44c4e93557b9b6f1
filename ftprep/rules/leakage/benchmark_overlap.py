"""Rule LEK004."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import DROP, Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good
from ftprep.text.snippet import escape, quote_folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.evaluation.items import Item
    from ftprep.settings import Settings
    from ftprep.shard import Shard

_FERRY = (
    "A ferry carries 48 cars on each crossing and makes 9 crossings a day. On Sunday a third of the crossings are "
    "cancelled because of fog. How many cars does the ferry carry on that Sunday if every crossing is full?"
)
_LIGHTSHIP = "Which harbour did the old lightship of Tarn lie in?"
_LIGHTHOUSE = "Name the tallest lighthouse in Orrel"


def _against(*questions: str) -> dict[str, str]:
    return {"against": "\n".join(f'{{"question": "{one}", "answer": "So.\\n#### 2"}}' for one in questions)}


def _chat(prompt: str, answer: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


class BenchmarkOverlap(DatasetRule):
    """A row that holds a question of an evaluation file.

    ## What it does
    Compares all texts of a row with the questions (not the answers) in the files that `--against` names, in any format
    that ftprep reads; of benchmarks in columns of their own it takes `question`, `problem`, `goal` and the like. Case,
    punctuation, white space and Unicode forms do not count. A question of 25 words or more is found when one row holds
    at least half of its runs of 13 words; a shorter one is found by runs of 8 to 13 words, and of less than 8 words as
    a whole, all of it. Questions of 3 or 4 words must be the whole turn of a user; shorter ones are left out. What
    more than 20 questions share, and 2 % of them, or half of a small file, is a frame and weighs nothing. A row that
    has other numbers in the question is another question, and is not reported; nor is a row of the evaluation file
    itself, when it is among the inputs. Paraphrases are not found.

    ## Why is this bad?
    A model that was trained on its test has learnt the test: its score says nothing about anything else, and the
    decision that hangs on the score is made blind.

    Measured on public sets: none of 7,473 rows of the training half of a mathematics benchmark holds a question of its
    test half; of 100,000 mixed rows 8,000 hold one of either half, and these and no others were found.

    ## How to settle it
    Drop the row. When it must stay, take the question out of the evaluation file, and compare no score with others'.
    """

    code = "LEK004"
    name = "benchmark-overlap"
    severity = Severity.WARNING
    in_fast_profile = True
    examples = (
        Good(
            _chat(_FERRY.replace("48", "36").replace("9", "7"), "168"), settings=_against(_FERRY), note="other numbers"
        ),
        Good(_chat(_LIGHTSHIP.replace("Tarn", "Dorn"), "The north one."), settings=_against(_LIGHTSHIP)),
        Good(_chat(f"{_LIGHTHOUSE} and its keeper", "It is the grey one."), settings=_against(_LIGHTHOUSE)),
        Bad(
            _chat("How deep is the harbour?", "Nine metres."),
            _chat(f"Solve this step by step.\n\n{_FERRY.upper()}\n\nEnd with the number alone.", "288"),
            at=[(2, "/messages/0/content")],
            message="100% of the question in the given rows:1: `A FERRY CARRIES 48 CARS",
            settings=_against(_FERRY),
        ),
        Bad(
            _chat("which harbour did the Old Lightship of Tarn lie in", "The south one."),
            at=[(1, "/messages/0/content")],
            message="in the given rows:2: `which harbour did the Old Lightship",
            settings=_against(_LIGHTHOUSE, _LIGHTSHIP),
        ),
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        if not settings.against:
            return "needs --against"
        from ftprep.errors import UsageError
        from ftprep.evaluation.index import load_evaluation

        try:  # here, so that a file that cannot be read stops the run before it starts
            load_evaluation(settings.against)
        except UsageError as error:
            raise UsageError(f"--against: {error}") from None
        return None

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        import numpy as np

        from ftprep.evaluation.compare import overlaps
        from ftprep.evaluation.index import load_evaluation

        found = list(overlaps(load_evaluation(self.settings.against).questions, shard))
        if not found:
            return None
        firsts = shard.firsts
        return {
            "row": np.array([one.row for one in found], dtype=np.int64),
            "item": np.array([one.item for one in found], dtype=np.int64),
            "covered": np.array([one.covered for one in found], dtype=np.float64),
            "text": np.array([one.text - int(firsts[one.row]) for one in found], dtype=np.int64),
            "first": np.array([one.first for one in found], dtype=np.int64),
            "end": np.array([one.end for one in found], dtype=np.int64),
        }

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.evaluation.index import load_evaluation, own_files, template_items
        from ftprep.text.ngrams import span_of

        index, files = load_evaluation(self.settings.against)
        own = own_files(engine.inputs, files)
        shared = template_items(table["item"], table["covered"])
        entries = np.flatnonzero(~own[table["file"]] & ~shared)
        for start in range(0, len(entries), _BATCH):
            part = entries[start : start + _BATCH]
            refs = table.refs(part)
            records = engine.records(refs)
            for entry, ref in zip(part.tolist(), refs, strict=True):
                record = records.get(ref)
                if record is None:
                    continue
                text = record.texts[int(table["text"][entry])]
                span = span_of(text.value, int(table["first"][entry]), int(table["end"][entry]))
                item = index.items[int(table["item"][entry])]
                covered = float(table["covered"][entry])
                yield self.finding(
                    ref,
                    _message(item, covered, text.value[slice(*span)]),
                    pointer=text.pointer,
                    span=span,
                    data={"coverage": round(covered, 3), "file": item.file, "line": item.line},
                    fix=DROP,
                )


_BATCH = 20_000  # rows that are read again at a time
_NAME = 30  # characters of a file's name that are shown, from its end
_MESSAGE = 100


def _message(item: Item, covered: float, passage: str) -> str:
    name = escape(item.file)
    name = name if len(name) <= _NAME else f"…{name[1 - _NAME :]}"
    start = f"{covered:.0%} of the question in {name}:{item.line}: "
    return start + quote_folded(" ".join(passage[: 2 * _MESSAGE].split()), _MESSAGE - len(start) - 2)
