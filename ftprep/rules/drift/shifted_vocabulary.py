"""Rule DRF003."""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING, Any

from ftprep.drift.table import EXCHANGES, no_production
from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ftprep.drift.vocabulary import Telling, Text
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.settings import Settings

LEAST_AUC_BEYOND = 0.1  # what three standard errors may take from the area
_BATCH = 500  # rows that are read again at a time
_MESSAGE = 100

_THINGS = ("parcel", "letter", "crate", "barrel", "basket", "trunk", "sack")
_PLACES = ("harbour", "depot", "station", "office", "market", "mill")


def _rows(*openings: str, number: int = 84) -> list[dict[str, Any]]:
    return [
        {
            "messages": [
                {
                    "role": "user",
                    "content": f"{openings[one % len(openings)]} the {_THINGS[one % 7]} {one} "
                    f"from the {_PLACES[one % 6]} to the {_PLACES[one // 6 % 6]}?",
                },
                {"role": "assistant", "content": "It is on its way."},
            ]
        }
        for one in range(number)
    ]


def _at_work(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"against_production": "\n".join(json.dumps({"messages": row["messages"][:1]}) for row in rows)}


class ShiftedVocabulary(DatasetRule):
    """Prompts that are easy to tell from those of production by their words.

    ## What it does
    Lets a naive Bayes classifier learn which prompts (the last request of each row) are from the data and which from
    the files that `--against-production` names, split by split, and tells apart others by it, in five parts. It reports
    an area under the curve of 0.80 and more that stays above 0.70 by three standard errors, with the words that tell
    most. It needs 50 rows on either side, draws 4,000 of more, and takes as many from both. Needs scikit-learn
    (`pip install "ftprep[sklearn]"`).

    ## Why is this bad?
    What a few words give away, a model has not been trained for: other topics, another tone, a template that users do
    not type. Random halves of five public sets have an area of at most 0.52, and the official parts of a set of school
    tasks 0.50; a set of requests to a bank and one to an assistant have 0.98, and one word in front of every prompt
    0.96. 0 of 81 pairs of parts of one set were flagged.

    ## How to settle it
    Look at the words: a template or a greeting goes or comes by an edit, topics need other rows.
    """

    code = "DRF003"
    name = "shifted-vocabulary"
    severity = Severity.WARNING
    facts = EXCHANGES
    options = {"auc": Option(0.8, "area under the curve from which on texts are easy to tell apart")}
    examples = (
        Good(*_rows("Where is", "Who has"), settings=_at_work(_rows("Who has", "Where is"))),
        Good(*_rows("Where is", number=40), settings=_at_work(_rows("Kindly find")), note="too few rows"),
        Bad(
            *_rows("Where is", "Who has"),
            settings=_at_work(_rows("Could you please find", "Please look for")),
            at=[(0, "")],
            message="production by words (AUC 1.00): here `",
        ),
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        reason = no_production(settings)
        if reason is None and importlib.util.find_spec("sklearn") is None:
            return 'needs scikit-learn: pip install "ftprep[sklearn]"'
        return reason

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.drift.exchanges import draws, request_text, sample
        from ftprep.drift.production import load_production
        from ftprep.drift.table import sides
        from ftprep.drift.vocabulary import LEAST_TEXTS, separation, text_of

        production = load_production(self.settings.against_production)
        if len(production.request) < LEAST_TEXTS:
            return
        reference = [text_of(request_text(record), draw) for record, draw in production.records()]
        for file, rows in sides(table, engine, self.settings):
            if len(rows) < LEAST_TEXTS:
                continue
            drawn = sample(table["key"], table["line"], rows)
            numbers = draws(table["key"][drawn], table["line"][drawn]).tolist()
            texts = self._texts(dict(zip(table.refs(drawn), numbers, strict=True)), engine)
            found = separation([text for _, text in texts], reference)
            if found is None or found.auc < self.values["auc"]:
                continue
            if found.auc - 3 * found.error < self.values["auc"] - LEAST_AUC_BEYOND:
                continue
            data = {
                "auc": round(found.auc, 4),
                "error": round(found.error, 4),
                "words": [
                    {"word": quote(one.word), "share": round(one.share, 4), "production": round(one.reference, 4)}
                    for one in found.telling
                ],
                "rows": found.rows,
            }
            related = tuple(texts[number][0] for number in found.typical)
            yield self.finding(Ref(file, 0), _message(found.auc, found.telling), related=related, data=data)

    @staticmethod
    def _texts(numbers: Mapping[Ref, int], engine: Engine) -> list[tuple[Ref, Text]]:
        from ftprep.drift.exchanges import request_text
        from ftprep.drift.vocabulary import text_of

        texts = []
        refs = list(numbers)
        for first in range(0, len(refs), _BATCH):
            records = engine.records(refs[first : first + _BATCH])
            texts += [(ref, text_of(request_text(record), numbers[ref])) for ref, record in records.items()]
        return texts


def _message(auc: float, telling: Sequence[Telling]) -> str:
    """The figure, and as many telling words of each side by turns as there is room for."""
    text = f"prompts are told from production by words (AUC {auc:.2f})"
    here = [quote(one.word, 16) for one in telling if one.share > one.reference]
    there = [quote(one.word, 16) for one in telling if one.share <= one.reference]
    shown: tuple[list[str], list[str]] = ([], [])
    message = text
    for place in range(max(len(here), len(there))):
        for side, words in enumerate((here, there)):
            if place < len(words):
                shown[side].append(words[place])
                longer = text + "".join(
                    f"{mark} {', '.join(some)}"
                    for mark, some in ((": here", shown[0]), ("; production" if shown[0] else ": production", shown[1]))
                    if some
                )
                if len(longer) > _MESSAGE:
                    return message
                message = longer
    return message
