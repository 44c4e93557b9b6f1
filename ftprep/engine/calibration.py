"""Keeps the candidates of calibrated rules until all rows of their input were seen."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from ftprep.engine.inspection import guarded
from ftprep.finding import Finding
from ftprep.record import Ref
from ftprep.rule import CalibratedRule, Rule


class Candidates:
    """Candidates and tallies, by rule and input."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = {rule.code: rule for rule in rules if isinstance(rule, CalibratedRule)}
        self._found: defaultdict[tuple[str, int], list[Finding]] = defaultdict(list)
        self._tallies: defaultdict[tuple[str, int], Counter[str]] = defaultdict(Counter)

    def take(
        self, file: int, findings: Iterable[Finding], tallies: Mapping[str, Mapping[str, int]]
    ) -> Iterator[Finding]:
        """Keep what calibrated rules found in a shard of input ``file``; yield the findings of all other rules."""
        for code, tally in tallies.items():
            self._tallies[code, file].update(tally)
        for finding in findings:
            if finding.code in self._rules:
                self._found[finding.code, file].append(finding)
            else:
                yield finding

    def calibrated(self, hides: Callable[[Finding], bool]) -> Iterator[Finding]:
        """What the rules make of their candidates; ``hides`` says which candidates a row itself hides.

        Where many rows become one finding about the input, hidden rows are no part of it: they stay findings of
        their own, for the filter to hide.
        """
        for (code, file), found in self._found.items():
            judged = list(self._judge(code, file, found))
            if not all(one.ref.line for one in judged):
                kept = [one for one in found if not hides(one)]
                if len(kept) < len(found):
                    yield from filter(hides, found)
                    judged = list(self._judge(code, file, kept)) if kept else []
            yield from judged

    def _judge(self, code: str, file: int, found: list[Finding]) -> Iterator[Finding]:
        rule = self._rules[code]
        return guarded(rule, functools.partial(Ref, file, 0), rule.calibrate, found, self._tallies[code, file])
