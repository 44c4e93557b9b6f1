"""Which rules run, and the one filter that hides findings: ignored in a file, in a row, or in the baseline."""

from __future__ import annotations

import fnmatch
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from ftprep.errors import UsageError, did_you_mean
from ftprep.finding import Finding, Safety, Severity
from ftprep.rule import Cost, Rule
from ftprep.rules import all_rules, prefix_meant, selectors
from ftprep.settings import Settings
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.baseline import Baseline
    from ftprep.since import Changes
    from ftprep.suppression import Suppressions

ALWAYS = "FTP900"  # a crashed rule is never hidden
PER_FILE, IN_RECORDS = "per-file-ignores", "ignored in records"
IN_BASELINE, UNCHANGED = "baseline", "unchanged"
"""Why findings are hidden, as reports say it."""


class NotRun(NamedTuple):
    """A selected rule that could not run, and why."""

    code: str
    name: str
    reason: str


class Chosen(NamedTuple):
    """The codes that run, in order, and the selected rules that cannot."""

    codes: tuple[str, ...]
    not_run: tuple[NotRun, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """The user's words about rules. Each selector is a code, a prefix of codes, a rule name or ALL.

    As in ruff, the longer selector wins over the shorter, and at equal length ignoring wins over selecting.
    """

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, Sequence[str]] = field(default_factory=dict)
    severity: Mapping[str, Severity] = field(default_factory=dict)
    extend_safe_fixes: tuple[str, ...] = ()
    extend_unsafe_fixes: tuple[str, ...] = ()

    def choose(self, settings: Settings) -> Chosen:
        """Resolve the selectors against all rules. A rule that is named in full but cannot run is an error."""
        selected = [canonical(word) for word in self.select]
        extended = [canonical(word) for word in self.extend_select]
        ignored = [canonical(word) for word in self.ignore]
        codes: list[str] = []
        not_run: list[NotRun] = []
        for code, rule in all_rules().items():
            if code == ALWAYS:
                continue
            wanted = _longest(code, selected) if selected else _default_rank(rule, settings)
            wanted = max(wanted, _longest(code, extended))
            named = code in selected or code in extended
            if wanted < 0 or _longest(code, ignored) >= wanted or not (named or _profile_runs(rule, settings)):
                continue
            reason = rule.unavailable(settings)
            if reason is None:
                codes.append(code)
            elif named and reason:
                raise UsageError(f"{code} {rule.name} cannot run: {reason}")
            else:
                not_run.append(NotRun(code, rule.name, reason))
        return Chosen(tuple(codes), tuple(not_run))

    def filter(
        self,
        findings: Iterable[Finding],
        names: Sequence[str],
        suppressions: Suppressions | None = None,
        *,
        show_ignored: bool = False,
    ) -> tuple[list[Finding], Counter[str]]:
        """Return the findings that are shown, in reading order, and how many were hidden, by reason.

        ``names`` are the inputs' names by file number, ``suppressions`` what rows themselves hide. With
        ``show_ignored`` both only take note, and hide nothing. Severities are filled in here: the user's own word
        about a code, else the finding's, else the rule's; and so is how safe the user holds a rule's fixes.
        """
        rules = all_rules()
        ignores = [(pattern, [canonical(word) for word in words]) for pattern, words in self.per_file_ignores.items()]
        by_file = {
            index: [word for pattern, words in ignores if file_matches(name, pattern) for word in words]
            for index, name in enumerate(names)
        }
        overrides = {canonical(word): severity for word, severity in self.severity.items()}
        by_code = {code: _override(code, overrides) for code in rules}
        safeties = self._safeties()
        shown: list[Finding] = []
        hidden: Counter[str] = Counter()
        for finding in findings:
            code = finding.code
            ignored = by_file.get(finding.ref.file)
            reason = None
            # Asked first, and always: what a row hides is not unused for being hidden elsewhere, too.
            if suppressions and code != ALWAYS and suppressions.hides(finding):
                reason = IN_RECORDS
            if ignored and code != ALWAYS and _longest(code, ignored) >= 0:
                reason = PER_FILE
            if reason is not None and not show_ignored:
                hidden[reason] += 1
                continue
            severity = by_code.get(code) or finding.severity or rules[code].severity
            if severity != finding.severity:
                finding = replace(finding, severity=severity)
            if finding.fix is not None and safeties.get(code, finding.fix.safety) != finding.fix.safety:
                finding = replace(finding, fix=replace(finding.fix, safety=safeties[code]))
            shown.append(finding)
        return sorted(shown, key=lambda finding: finding.sort_key), hidden

    def _safeties(self) -> dict[str, Safety]:
        """The safety of each rule's fixes that the user named; the longer selector wins, then the unsafe one."""
        words: list[tuple[int, Safety, str]] = []
        for safety, named in (("safe", self.extend_safe_fixes), ("unsafe", self.extend_unsafe_fixes)):
            words += [(len(canonical(word)), safety, canonical(word)) for word in named]  # type: ignore[misc]
        found: dict[str, Safety] = {}
        for _, safety, prefix in sorted(words):
            found.update(dict.fromkeys((code for code in all_rules() if code.startswith(prefix)), safety))
        return found


def canonical(word: str) -> str:
    """Return the code or prefix that a selector means ("" for ALL); raises ``UsageError`` for any other word."""
    meant = prefix_meant(word)
    if meant is None:
        raise UsageError(f"unknown rule {quote(word)}{did_you_mean(word, selectors())} (`ftprep rule` lists them)")
    return meant


def without_old(
    findings: Iterable[Finding], fingerprints: Iterable[str], baseline: Baseline
) -> tuple[list[Finding], int]:
    """Return the findings that ``baseline`` does not have, and the number of those that it has."""
    left = baseline.counter()
    shown: list[Finding] = []
    hidden = 0
    for finding, fingerprint in zip(findings, fingerprints, strict=True):
        key = (finding.code, fingerprint)
        if finding.code != ALWAYS and left[key] > 0:
            left[key] -= 1
            hidden += 1
        else:
            shown.append(finding)
    return shown, hidden


def without_unchanged(findings: Iterable[Finding], changes: Changes) -> tuple[list[Finding], int]:
    """Return the findings about what changed, and the number of the others."""
    found = list(findings)
    shown = [one for one in found if one.code == ALWAYS or not changes.hides(one)]
    return shown, len(found) - len(shown)


def file_matches(name: str, pattern: str) -> bool:
    """Whether a path matches a glob: as a whole, from any folder on, or as an absolute path.

    ``*`` matches slashes too, and ``**/`` also no folder at all.
    """
    path = PurePath(name).as_posix()
    for glob in {pattern, pattern.replace("/**/", "/")}:
        if fnmatch.fnmatch(path, glob) or fnmatch.fnmatch(path, f"*/{glob}"):
            return True
        if os.path.isabs(glob) and fnmatch.fnmatch(PurePath(os.path.abspath(name)).as_posix(), glob):
            return True
    return False


def _longest(code: str, selectors: Iterable[str]) -> int:
    """Length of the longest selector that is a prefix of ``code``; -1 for none."""
    return max((len(one) for one in selectors if code.startswith(one)), default=-1)


def _override(code: str, overrides: Mapping[str, Severity]) -> Severity | None:
    best = max((one for one in overrides if code.startswith(one)), key=len, default=None)
    return None if best is None else overrides[best]


def _default_rank(rule: type[Rule], settings: Settings) -> int:
    """0 for rules that run without being asked for (errors and warnings; thorough: all), -1 for the others."""
    return 0 if settings.profile == "thorough" or rule.severity > Severity.INFO else -1


def _profile_runs(rule: type[Rule], settings: Settings) -> bool:
    if settings.profile != "fast":
        return rule.cost < Cost.HEAVY or settings.profile == "thorough"
    # Exact duplicates cost no more than a hash per row; other dataset rules wait for the standard profile.
    return rule.cost == Cost.LIGHT and (rule.scope != "dataset" or rule.in_fast_profile)
