"""The baseline: findings that are known and hidden, so that a check can begin on data that is not clean yet.

A file of fingerprints by code, ``{"version": 1, "CHT003": ["9f2c…", …]}``, sorted, one to a line, without any data.
A fingerprint that stands there twice hides two findings.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftprep.config_file import shown_path
from ftprep.errors import UsageError, nearest_path
from ftprep.files import replace_file
from ftprep.selection import ALWAYS
from ftprep.text.snippet import json_type, quote

if TYPE_CHECKING:
    from ftprep.report import Report

FILE_NAME = ".ftprep-baseline.json"
VERSION = 1
_CODE, _FINGERPRINT = re.compile(r"[A-Z]{3}[0-9]{3}"), re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Baseline:
    """Known findings: fingerprints by code, each as often as it is known. ``path`` is the file they are from."""

    path: Path
    entries: Mapping[str, Counter[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(ones.total() for ones in self.entries.values())

    def counter(self) -> Counter[tuple[str, str]]:
        """How often each pair of code and fingerprint is known."""
        return Counter({(code, one): times for code, ones in self.entries.items() for one, times in ones.items()})

    def of(self, codes: Iterable[str]) -> Baseline:
        """The part about some rules."""
        wanted = set(codes)
        return Baseline(self.path, {code: ones for code, ones in self.entries.items() if code in wanted})

    def text(self) -> str:
        """The text of the file: the same for the same entries."""
        table: dict[str, Any] = {"version": VERSION}
        table.update({code: sorted(ones.elements()) for code, ones in sorted(self.entries.items()) if ones.total()})
        return json.dumps(table, indent=1) + "\n"

    def write(self) -> None:
        """Replace the file, whole or not at all; raises ``OutputError``."""
        replace_file(os.fspath(self.path), [self.text()])


@dataclass(frozen=True, slots=True)
class Applied:
    """What a run made of a baseline: ``stale`` entries of rules that ran were not found again, ``hidden`` ones were."""

    baseline: Baseline
    stale: int
    hidden: int


def load_baseline(path: str | os.PathLike[str]) -> Baseline:
    """Read a baseline; raises ``UsageError`` with one sentence for a missing or broken file."""
    shown = quote(shown_path(Path(path)), 200)
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        near = nearest_path(shown_path(Path(path))) or "; `ftprep baseline write` makes one"
        raise UsageError(f"there is no baseline {shown}{near}") from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise UsageError(f"the baseline {shown} cannot be read: {reason}") from None
    try:
        table = json.loads(data)
    except (ValueError, RecursionError):
        raise UsageError(f"the baseline {shown} is broken: it is not JSON") from None
    problem = _problem(table)
    if problem is not None:
        raise UsageError(f"the baseline {shown} is broken: {problem}")
    entries = {code: Counter(ones) for code, ones in table.items() if code != "version"}
    return Baseline(Path(path), entries)


def _problem(table: Any) -> str | None:
    if not isinstance(table, dict):
        return f"it is {json_type(table)}; an object is due"
    version = table.get("version")
    if type(version) is not int or version != VERSION:
        said = "is missing" if "version" not in table else f"is {quote(version)}"
        return f"`version` {said}; this ftprep knows version {VERSION}"
    for code, ones in table.items():
        if code == "version":
            continue
        if not _CODE.fullmatch(code):  # a code that this version does not know is stale, not wrong
            return f"{quote(code)} is no code of a rule"
        if not isinstance(ones, list) or not all(isinstance(one, str) and _FINGERPRINT.fullmatch(one) for one in ones):
            return f"{quote(code)} is no list of fingerprints"
    return None


def baseline_of(report: Report, path: Path, before: Baseline | None = None) -> Baseline:
    """All findings of a report as a baseline. Of ``before``, entries of rules that did not run are kept."""
    ran = set(report.rules)
    entries = {code: Counter(ones) for code, ones in (before.entries if before else {}).items() if code not in ran}
    for finding, fingerprint in zip(report.findings, report.fingerprints, strict=True):
        if finding.code != ALWAYS:
            entries.setdefault(finding.code, Counter())[fingerprint] += 1
    return Baseline(path, entries)


def pruned(baseline: Baseline, report: Report) -> Baseline:
    """``baseline`` without the entries that are stale: their rule ran, and did not find them again.

    ``report`` is one of a run without baseline.
    """
    found = baseline_of(report, baseline.path)
    ran = set(report.rules)
    entries = {
        code: ones & found.entries.get(code, Counter()) if code in ran else ones
        for code, ones in baseline.entries.items()
    }
    return Baseline(baseline.path, entries)
