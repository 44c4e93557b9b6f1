"""How much of a rule may be found before a run fails: ``DUP002=5%`` of the records, ``TXT001=0`` findings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from ftprep.errors import UsageError
from ftprep.rules import all_rules
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.finding import Finding

PATTERN = r"^[0-9]{1,9}$|^[0-9]{1,3}(\.[0-9]{1,6})?\s*%$"
"""What the text of an allowance looks like."""


class Allowance(NamedTuple):
    """At most so many findings, or, with ``share``, findings in at most so much of the records (from 0 to 1)."""

    most: Fraction
    share: bool = False

    def __str__(self) -> str:
        return _percent(self.most) if self.share else f"{int(self.most):,}"


NO_ALLOWANCES: Mapping[str, Allowance] = {}


def parse_allowance(value: int | str) -> Allowance | None:
    """Read ``0``, ``"12"`` or ``"2.5%"``; None for anything else."""
    text = str(value).strip()
    if isinstance(value, bool) or re.fullmatch(PATTERN, text) is None:
        return None
    if not text.endswith("%"):
        return Allowance(Fraction(text))
    most = Fraction(text[:-1].strip()) / 100
    return Allowance(most, True) if most <= 1 else None


def split_allowances(value: Any, place: str) -> Any:
    """Turn "DUP002=5%,TXT001=0" and lists of such texts into a table."""
    if isinstance(value, str):
        value = [value]
    if isinstance(value, Mapping) or not isinstance(value, Iterable):
        return value
    table: dict[str, str] = {}
    for piece in (part.strip() for text in value for part in str(text).split(",")):
        word, equals, most = (part.strip() for part in piece.partition("="))
        if not piece:
            continue
        if not (word and equals and most):
            raise UsageError(f"{place}: {quote(piece)} is not of the form CODE=N or CODE=P%")
        table[word] = most
    return table


def checked_allowance(word: str, value: int | str, place: str) -> Allowance:
    """:func:`parse_allowance` for the rules called ``word``; raises ``UsageError`` that begins with ``place``."""
    allowance = parse_allowance(value)
    if allowance is None:
        due = 'a number of findings or a share such as "5%"'
        raise UsageError(f"{place}: {quote(word)} is {quote(value)}; {due} is due")
    return allowance


def judge(
    findings: Iterable[Finding], allowances: Mapping[str, Allowance], records: int
) -> tuple[list[str], list[Finding]]:
    """Return a sentence for each allowance that is passed, and the findings that have none.

    ``allowances`` are by code or prefix; the longest that fits counts. A share of records says nothing about an input
    as a whole: findings about one have no allowance then.
    """
    findings = list(findings)
    if not allowances:
        return [], findings
    longest = sorted(allowances, key=len, reverse=True)
    covered: defaultdict[str, list[Finding]] = defaultdict(list)
    rest: list[Finding] = []
    for finding in findings:
        prefix = next((one for one in longest if finding.code.startswith(one)), None)
        if prefix is None or finding.code == "FTP900" or (allowances[prefix].share and not finding.ref.line):
            rest.append(finding)
        else:
            covered[prefix].append(finding)
    reasons = []
    for prefix, ones in sorted(covered.items()):
        allowance, name = allowances[prefix], prefix or "ALL"
        if not allowance.share:
            if len(ones) > allowance.most:
                noun = "finding" if len(ones) == 1 else "findings"
                reasons.append(f"{name} {len(ones):,} {noun} (at most {allowance})")
            continue
        rows = {one.ref for one in ones if not all_rules()[one.code].of_lines}
        share = Fraction(len(rows), max(records, 1))
        if share > allowance.most:
            reasons.append(f"{name} {_percent(share, above=allowance.most)} of records (at most {allowance})")
    return reasons, rest


def _percent(share: Fraction, above: Fraction | None = None) -> str:
    """``5.3 %``, with as many digits as it takes to be seen to be ``above`` a limit."""
    for digits in range(7):
        text = f"{float(share * 100):.{digits}f}"
        exact = Fraction(text) / 100
        if exact == share if above is None else digits and exact > above:
            break
    return f"{text} %"
