"""Rule PRF005."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good
from ftprep.tasks.table import PAIRS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table

Edges = dict[int, dict[int, int]]
"""For each text the texts that it is preferred to, with the entry of the first row that says so."""


def _pair(chosen: str, rejected: str, prompt: str = "Name a prime above 20.") -> dict[str, object]:
    return {"prompt": prompt, "chosen": chosen, "rejected": rejected}


class PreferenceCycle(DatasetRule):
    """Preferences for one prompt that run in a circle.

    ## What it does
    Takes the pairs of each prompt together and looks for circles: one answer preferred to a second, the second to a
    third, the third to the first; or longer ones. One circle of each prompt is reported, at its last row, with the
    other rows in order. Pairs that occur both ways round are PRF004's, and left out.

    ## Why is this bad?
    No ranking of the answers fulfils all of these rows, and so no reward can: at least one of them is wrong. It comes
    from several raters, or from a judge whose verdicts are noise. (No circle is in three public files.)

    ## How to settle it
    Drop the row of the circle that is trusted least, or rate the answers of that prompt again.
    """

    code = "PRF005"
    name = "preference-cycle"
    severity = Severity.ERROR
    methods = frozenset({"preference"})
    facts = PAIRS
    examples = (
        Good(_pair("23", "21"), _pair("21", "18"), _pair("23", "18"), note="a ranking"),
        Good(_pair("23", "21"), _pair("21", "18"), _pair("18", "23", "Name a number below 20."), note="another prompt"),
        Good(_pair("23", "21"), _pair("21", "23"), note="PRF004"),
        Bad(
            _pair("23", "21"),
            _pair("21", "18"),
            _pair("29", "23"),
            _pair("18", "23"),
            at=[(4, "")],
            message="preferences for one prompt run in a circle: line 4 > line 1 > line 2 > line 4",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.pairs import distinct_pairs

        many = len(engine.inputs) > 1
        found = []
        for rows in distinct_pairs(table, engine):
            prompts = table["prompt"][rows]
            order = np.argsort(prompts, kind="stable")
            cuts = np.flatnonzero(prompts[order][1:] != prompts[order][:-1]) + 1
            for group in np.split(rows[order], cuts):
                if len(group) > 2:
                    chosen, rejected = table["chosen"][group].tolist(), table["rejected"][group].tolist()
                    found.append(_circle(zip(chosen, rejected, group.tolist(), strict=True)))
        for circle in sorted((one for one in found if one), key=max):
            start = circle.index(max(circle))
            refs = table.refs(np.array([*circle[start:], *circle[:start]], dtype=np.int64))
            places = [f"{engine.inputs[ref.file].name}:{ref.line}" if many else f"line {ref.line}" for ref in refs]
            shown = [*places, places[0]] if len(places) <= 4 else [*places[:3], "…", places[0]]
            message = f"preferences for one prompt run in a circle: {' > '.join(shown)}"
            yield self.finding(refs[0], message[:100], related=tuple(refs[1:6]), data={"length": len(refs)})


def _circle(pairs: Iterator[tuple[int, int, int]]) -> list[int]:
    """The entries of a circle in preferences (better, worse, entry), in order; none where there is none."""
    edges: Edges = defaultdict(dict)
    for better, worse, entry in pairs:
        if better in edges[worse]:
            del edges[worse][better]  # both ways round
            edges[better].pop(worse, None)
        else:
            edges[better].setdefault(worse, entry)
    _peel(edges)
    if not edges:
        return []
    # Every text left is preferred to another one that is left, so that a walk comes round.
    text, passed = next(iter(edges)), set[int]()
    while text not in passed:
        passed.add(text)
        text = next(iter(edges[text]))
    return _shortest(edges, text)


def _peel(edges: Edges) -> None:
    """Take away texts that are preferred to none of the rest, until each is: what is in a circle stays."""
    above: dict[int, list[int]] = defaultdict(list)
    for better, worse in edges.items():
        for text in worse:
            above[text].append(better)
    loose = deque(text for text in {*edges, *above} if not edges.get(text))
    while loose:
        text = loose.popleft()
        edges.pop(text, None)
        for better in above[text]:
            edges[better].pop(text, None)
            if not edges[better]:
                loose.append(better)


def _shortest(edges: Edges, start: int) -> list[int]:
    """The entries of a shortest way from ``start`` back to it."""
    before: dict[int, int] = {}
    waiting = deque([start])
    while start not in before:
        better = waiting.popleft()
        for worse in edges[better]:
            if worse not in before:
                before[worse] = better
                waiting.append(worse)
    entries: list[int] = []
    text = start
    while not entries or text != start:
        entries.append(edges[before[text]][text])
        text = before[text]
    return entries[::-1]
