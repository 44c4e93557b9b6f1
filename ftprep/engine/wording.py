"""What a target says about findings: severity and words for those of rules that know no target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ftprep.rules import all_rules
from ftprep.targets.target import Target, load_target, restrictions_for

if TYPE_CHECKING:
    from ftprep.finding import Finding
    from ftprep.inputs import Input
    from ftprep.settings import Settings

LINE = "{line}"


def told_by_target(findings: Iterable[Finding], inputs: Sequence[Input], settings: Settings) -> Iterator[Finding]:
    """Give each finding that a restriction of the run's target is about its severity and wording.

    Lines are final here, so the example's number is filled in, too. Other findings come back as they are.
    """
    if settings.target is None:
        yield from findings
        return
    target = load_target(settings.target)
    codes = set(target.codes)
    for finding in findings:
        if finding.code not in codes:
            yield finding
            continue
        if "target" not in finding.data:
            finding = told(finding, target, inputs[finding.ref.file].detection.format, settings.target_model)
        says = finding.data.get("says")
        if isinstance(says, str) and LINE in says:
            words = says.replace(LINE, str(finding.ref.line or 1))
            finding = replace(finding, data={**finding.data, "says": words})
        yield finding


def told(finding: Finding, target: Target, format: str | None, model: str | None) -> Finding:
    """``finding`` with severity and data of the first restriction of ``target`` that it breaks; as it is for none."""
    for one in restrictions_for(target.name, finding.code, "", format, model):
        if any(finding.data.get(key) != value for key, value in one.when.items()):
            continue
        data: dict[str, Any] = {**finding.data, "target": one.target, "restriction": one.id}
        says = one.wording({key: value for key, value in finding.data.items() if isinstance(value, str | int)})
        if says is not None:
            data["says"] = says
        # What a rule calls milder than usual is not what the target is known to refuse.
        usual = finding.severity in (None, all_rules()[finding.code].severity)
        return replace(finding, data=data, severity=one.severity if usual else finding.severity)
    return finding
