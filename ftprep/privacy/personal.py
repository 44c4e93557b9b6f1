"""Personal data in texts: one search with two faces, a text and a shard, and the same verdicts."""

from __future__ import annotations

import bisect
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ftprep.privacy import detectors as d
from ftprep.privacy.anchors import anchors, anchors_of
from ftprep.privacy.candidates import Reach, by_text, windows
from ftprep.privacy.phones import numbers, regions_for
from ftprep.privacy.value import Value

if TYPE_CHECKING:
    from ftprep.settings import Settings
    from ftprep.shard import Shard

Marks = Mapping[str, Sequence[tuple[int, int]]]
Asked = Callable[[str, tuple[str, ...]], Any]
"""From the name of a recognizer, and regions for the one of phones, to the recognizer."""


def find_in(text: str, regions: Sequence[str] = ()) -> list[Value]:
    """The personal data of a text in order, without overlaps; ``regions`` are those of national phone numbers.

    Values of both grades are there: what is reserved for examples is a FIXTURE.
    """
    if len(text) < 6:
        return []
    marks = by_text(anchors_of(text), d.GROUPS)
    return judged(text, marks[0], tuple(regions)) if marks else []


def personal_data(shard: Shard) -> Mapping[int, list[Value]]:
    """The personal data of a shard's texts by number of text; call it through ``shard.once``.

    Settings decide by which engine it is found (``--pii-engine``), and which regions count.
    """
    regions = regions_of(shard.settings)
    if shard.settings.pii_engine == "presidio-full":
        from ftprep.privacy.plain import find_plainly

        found = {number: find_plainly(value, regions) for number, value in enumerate(shard.values)}
    else:
        marks = by_text(shard.once(anchors), d.GROUPS)
        found = {number: judged(shard.values[number], marks[number], regions) for number in sorted(marks)}
    return {number: values for number, values in found.items() if values}


def regions_of(settings: Settings) -> tuple[str, ...]:
    """The regions that the option of the rule about phone numbers names; () for those of each text."""
    return tuple(one.upper() for one in settings.rule_options.get("phone", {}).get("regions", ()))


def judged(text: str, marks: Marks, regions: tuple[str, ...] = (), asked: Asked | None = None) -> list[Value]:
    """The values around the marked places of a text."""
    found: list[Value] = []
    kept: dict[tuple[str, Reach, d.Look], list[tuple[int, int]]] = {}
    for detector in d.DETECTORS:
        runs = marks.get(detector.group)
        if not runs:
            continue
        key = (detector.group, detector.reach, detector.promising)
        if key not in kept:
            every = windows(text, runs, detector.reach)
            kept[key] = [(start, end) for start, end in every if detector.promising(text, start, end)]
        for start, end in kept[key]:
            if detector.own is not None and not detector.own(text, start, end):
                continue
            found += in_window(text, start, end, detector, regions, asked)
    return without_overlaps(found) if found else found


def in_window(
    text: str, start: int, end: int, detector: d.Detector, regions: tuple[str, ...] = (), asked: Asked | None = None
) -> Iterable[Value]:
    """The values that a detector's recognizer sees in one window."""
    is_phone = detector.recognizer == "RegionalPhoneRecognizer"
    used = regions_for(text, regions) if is_phone else ()
    if asked is None:
        if is_phone and next(numbers(text[start:end], used), None) is None:
            return  # the phone library knows no number: no reason to import presidio
        from ftprep.privacy.recognizers import recognizer

        asked = recognizer
    one = asked(detector.recognizer, used)
    for result in one.analyze(text[start:end], one.supported_entities, None):
        place = (result.start + start, result.end + start)
        value = d.phone_value(text, *place, used) if is_phone else detector.verdict(text, *place, float(result.score))
        if value is not None:
            yield value


# Which kind a place is where several are possible: what has a check digit or a fixed shape comes first.
_FIRST = {"EMAIL": 0, "IBAN": 1, "CARD": 2, "WALLET": 3, "MAC": 4, "IP": 5, "BIRTH_DATE": 7, "PHONE": 8, "ADDRESS": 9}
_OTHERS = 6


def without_overlaps(values: Iterable[Value]) -> list[Value]:
    """The values in order, of those that overlap the longest; where these are equal, the surest kind."""
    chosen: list[Value] = []
    ranked = sorted(values, key=lambda one: (one.start - one.end, _FIRST.get(one.kind, _OTHERS), one))
    for value in ranked:
        place = bisect.bisect_left(chosen, value.end, key=_start)  # those before it begin before the value ends
        if not place or chosen[place - 1].end <= value.start:
            chosen.insert(place, value)
    return chosen


_start = operator.attrgetter("start")
