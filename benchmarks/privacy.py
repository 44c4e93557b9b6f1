"""How much of the personal data in texts with known values is found, beside other tools; how fast; and where else.

    python benchmarks/privacy.py GOLD [--regions US,GB,...]
    python benchmarks/privacy.py --speed ROWS [--pairs 3] [--limit 2000] [--functions]
    python benchmarks/privacy.py --sources ROWS [--examples 20]

GOLD is a JSON array of objects with ``full_text`` and ``spans`` (``entity_type``, ``start_position``,
``end_position``), as presidio-research writes them. A span is found when one of its kind overlaps it by half of what
both cover; every other span of the six kinds is a false one.

Plain presidio, scrubadub and datafog are measured in the same run where they are installed; ftprep needs none of the
last two. Values that are reserved for examples count as found here, because the gold spans know no such thing.

ROWS is JSON Lines of chat, plain or compressed. ``--speed`` measures the rules PII, SEC and IDS together, as what a
lint with them costs above one with a rule that asks for nothing, in CPU time of this process; and plain presidio
(model-free, NoOp engine) on a part of the same rows, in turns. ``--functions`` says where the time goes. ``--sources``
counts the rows that PII reports at W or E by where they come from, as far as their shape tells that, and names every
secret.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from privacy_rows import show_sources, show_speed

# The countries whose people, addresses and numbers the generator of presidio-research draws from.
REGIONS = "AU,AT,BE,BR,CA,CY,CZ,DK,EE,FI,FR,DE,GL,HU,IS,IT,NL,NZ,NO,PL,PT,SI,ZA,ES,SE,CH,TN,GB,US,UY"
SIX = ("EMAIL", "PHONE", "CARD", "IBAN", "SSN", "IP")
GOLD_KINDS = {
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "CREDIT_CARD": "CARD",
    "IBAN_CODE": "IBAN",
    "IBAN": "IBAN",
    "US_SSN": "SSN",
    "SSN": "SSN",
    "IP_ADDRESS": "IP",
}
SHOWN = (*SIX, "ADDRESS")
Span = tuple[int, int, str]
Finder = Callable[[str], Iterable[Span]]


class Sample(NamedTuple):
    """A text and what is in it."""

    text: str
    spans: list[Span]


def samples(path: Path) -> list[Sample]:
    """The texts with the spans of the kinds that are measured."""
    kinds = GOLD_KINDS | {"STREET_ADDRESS": "ADDRESS", "ADDRESS": "ADDRESS"}
    return [
        Sample(
            row["full_text"],
            [
                (int(one["start_position"]), int(one["end_position"]), kinds[one["entity_type"]])
                for one in row["spans"]
                if one["entity_type"] in kinds
            ],
        )
        for row in json.loads(path.read_text(encoding="utf-8"))
    ]


# --- finders ----------------------------------------------------------------------------------------------------


def windows(regions: Sequence[str]) -> Finder:
    """ftprep, as its rules search."""
    from ftprep.privacy.personal import find_in

    return lambda text: [(one.start, one.end, one.kind) for one in find_in(text, regions)]


def presidio(*, context: bool, least: float) -> Finder:
    """Plain presidio without a model: with the words of context (blank pipeline), or without (NoOp)."""
    from ftprep.privacy.plain import engine

    analyzer = engine() if context else no_op_presidio()
    return lambda text: [
        (one.start, one.end, GOLD_KINDS[one.entity_type])
        for one in analyzer.analyze(text, "en", score_threshold=least)
        if one.entity_type in GOLD_KINDS
    ]


def no_op_presidio() -> Any:
    """Presidio's analyzer with its default recognizers and the NoOp engine."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    from ftprep.privacy.recognizers import stay_offline

    stay_offline()
    nlp = NoOpNlpEngine([{"lang_code": "en", "model_name": "no_op"}])
    nlp.load()
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=nlp)
    return AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"])


def scrubadub_finder() -> Finder:
    """scrubadub with its default detectors."""
    import scrubadub

    kinds = {"email": "EMAIL", "phone": "PHONE", "credit_card": "CARD", "social_security_number": "SSN"}
    scrubber = scrubadub.Scrubber()

    def find(text: str) -> Iterator[Span]:
        for filth in scrubber.iter_filth(text):
            for one in getattr(filth, "filths", (filth,)):
                if one.type in kinds:
                    yield (one.beg, one.end, kinds[one.type])

    return find


def datafog_finder() -> Finder:
    """datafog with its regular expressions."""
    import datafog

    kinds = {
        "EMAIL": "EMAIL",
        "PHONE": "PHONE",
        "CREDIT_CARD": "CARD",
        "SSN": "SSN",
        "IP_ADDRESS": "IP",
        "IBAN": "IBAN",
    }

    def find(text: str) -> Iterator[Span]:
        for one in datafog.scan(text, engine="regex").entities:
            if one.type in kinds:
                yield (one.start, one.end, kinds[one.type])

    return find


# --- accuracy ---------------------------------------------------------------------------------------------------


class Counts(NamedTuple):
    """Right, false and missed spans by kind."""

    right: Counter[str]
    false: Counter[str]
    missed: Counter[str]

    def f1(self, kinds: Iterable[str]) -> float:
        """Micro-averaged over ``kinds``."""
        chosen = tuple(kinds)
        right = sum(self.right[one] for one in chosen)
        wrong = sum(self.false[one] + self.missed[one] for one in chosen)
        return 2 * right / (2 * right + wrong) if right else 0.0


def counted(rows: Iterable[Sample], find: Finder) -> Counts:
    """Compare what is found with what is there, span by span."""
    counts = Counts(Counter(), Counter(), Counter())
    for row in rows:
        left = list(dict.fromkeys(one for one in find(row.text) if one[2] in SHOWN))
        for gold in row.spans:
            match = next((one for one in left if one[2] == gold[2] and overlap(one, gold) >= 0.5), None)
            if match is None:
                counts.missed[gold[2]] += 1
            else:
                counts.right[gold[2]] += 1
                left.remove(match)
        counts.false.update(one[2] for one in left)
    return counts


def overlap(one: Span, other: Span) -> float:
    """What two spans share, as part of what both cover."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(shared, 0) / (max(one[1], other[1]) - min(one[0], other[0]))


def show_accuracy(rows: list[Sample], finders: dict[str, Finder]) -> None:
    """One line per tool with its micro F1, and one per kind of the first tool and of plain presidio."""
    header = f"{'':<34}{'six kinds':>10}{'no phone':>10}   " + "".join(f"{one:>13}" for one in SHOWN)
    print(f"{header}   (precision/recall)")
    for name, find in finders.items():
        counts = counted(rows, find)
        cells = ""
        for kind in SHOWN:
            found, there = counts.right[kind] + counts.false[kind], counts.right[kind] + counts.missed[kind]
            precision = f"{counts.right[kind] / found:.2f}" if found else "-"
            cells += f"{precision + '/' + format(counts.right[kind] / max(there, 1), '.2f'):>13}"
        without = counts.f1(one for one in SIX if one != "PHONE")
        print(f"{name:<34}{counts.f1(SIX):>10.3f}{without:>10.3f}   {cells}")
    spans = Counter(kind for row in rows for *_, kind in row.spans)
    print(f"{'spans':<57}" + "".join(f"{spans[kind]:>13}" for kind in SHOWN))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("gold", type=Path, nargs="?")
    parser.add_argument("--regions", default=REGIONS)
    parser.add_argument("--speed", type=Path, metavar="ROWS")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--limit", type=int, default=2_000, help="rows that plain presidio goes over")
    parser.add_argument("--functions", action="store_true", help="print the functions that take most of the time")
    parser.add_argument("--sources", type=Path, metavar="ROWS")
    parser.add_argument("--examples", type=int, default=0, help="rows of each source that are shown, values included")
    arguments = parser.parse_args()
    if arguments.gold is not None:
        show_gold(arguments.gold, arguments.regions.split(","))
    if arguments.speed is not None:
        analyzer = no_op_presidio()
        show_speed(
            arguments.speed,
            lambda text: analyzer.analyze(text, "en", score_threshold=0.4),
            arguments.pairs,
            arguments.limit,
            functions=arguments.functions,
        )
    if arguments.sources is not None:
        show_sources(arguments.sources, arguments.examples)


def show_gold(path: Path, regions: list[str]) -> None:
    """The accuracy of all tools that are installed."""
    finders = {
        "ftprep, regions of the data": windows(regions),
        "ftprep, default regions": windows(()),
        "presidio, context, from .4": presidio(context=True, least=0.4),
        "presidio, context, from .5": presidio(context=True, least=0.5),
        "presidio, NoOp, from .4": presidio(context=False, least=0.4),
    }
    if importlib.util.find_spec("scrubadub") is not None:
        finders["scrubadub"] = scrubadub_finder()
    if importlib.util.find_spec("datafog") is not None:
        finders["datafog, regex"] = datafog_finder()
    print(f"regions of the data: {','.join(regions)}")
    show_accuracy(samples(path), finders)


if __name__ == "__main__":
    main()
