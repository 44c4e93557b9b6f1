"""The command: prepare files, build environments, run validators, print what they say, and write the table."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path
from tempfile import gettempdir

from tests.validators.catalogue import REAL, SAMPLES, VALIDATORS, Validator
from tests.validators.environments import NotInstalled, Verdict, ask, environment
from tests.validators.preparing import Prepared, prepare, spoil
from tests.validators.table import Line, write_table

ROOT = Path(__file__).resolve().parent.parent.parent
METHODS = {
    "sft": "SFT",
    "preference": "preference",
    "kto": "KTO",
    "rft": "RFT",
    "prompt-only": "RFT",
    "label": "labels",
    "language-modeling": "texts",
    "stepwise": "steps",
}
Shown = list[tuple[Prepared, Verdict]]


def main() -> int:
    """Run what was asked for; 1 where a validator refuses a row, or takes a wrong one; 2 without a network."""
    parser = argparse.ArgumentParser(prog="python -m tests.validators", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *VALIDATORS], metavar="NAME", help=", ".join(VALIDATORS))
    parser.add_argument("--data", type=Path, help="folder of real files, besides those of sample_data")
    parser.add_argument("--table", type=Path, help="Markdown file whose table of verdicts is written anew")
    parser.add_argument("--work", type=Path, default=Path(gettempdir()) / "ftprep-validators")
    options = parser.parse_args()
    names = options.names or list(VALIDATORS)
    files = [ROOT / "sample_data" / one for one in SAMPLES]
    if options.data is not None:
        files = [options.data / one for one in REAL] + files
    made: dict[str, list[Prepared]] = {}
    failures = 0
    for name in names:
        validator = VALIDATORS[name]
        try:
            python = environment(name, validator, options.work)
        except NotInstalled as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 2
        for target in validator.targets:
            if target not in made:
                made[target] = [prepare(one, target, options.work) for one in files]
        asked = [one for target in validator.targets for one in made[target] if one.method]
        shown = list(zip(asked, ask(validator, python, asked), strict=True))
        controls = spoilt(validator, python, shown, options.work)
        for one, verdict in shown:
            failures += bool(verdict.refused) and one.target not in validator.advisory
            tell(name, one, verdict)
        for (target, method), verdict in controls.items():
            failures += not verdict.refused
            print(f"{name:<18} {target:<15} {method:<11} a wrong row: {said(verdict)}", flush=True)
        if options.table is not None:
            write_table(options.table, summary(name, validator, shown, controls), [name], VALIDATORS)
    return 1 if failures else 0


def spoilt(validator: Validator, python: Path, shown: Shown, work: Path) -> dict[tuple[str, str], Verdict]:
    """What is said of a wrong row, for each target and method: of a file that was taken without it."""
    wrong = {}
    for one, verdict in shown:
        if verdict.accepted and not verdict.refused:
            wrong.setdefault((one.target, METHODS[one.method]), one)
    jobs = [spoil(one, work, validator.wrong) for one in wrong.values()]
    return dict(zip(wrong, ask(validator, python, jobs), strict=True))


def tell(name: str, one: Prepared, verdict: Verdict) -> None:
    """Print what was said of one file."""
    print(f"{name:<18} {one.target:<15} {METHODS[one.method]:<11} {one.source.name:<30} {said(verdict)}", flush=True)


def said(verdict: Verdict) -> str:
    """A verdict in a few words."""
    return f"{verdict.accepted} accepted, {verdict.refused} REFUSED: {verdict.said}" if verdict.refused else (
        f"{verdict.accepted} accepted"
    )  # fmt: skip


def summary(name: str, validator: Validator, shown: Shown, controls: dict[tuple[str, str], Verdict]) -> list[Line]:
    """One line for each target and method."""
    groups: dict[tuple[str, str], Shown] = defaultdict(list)
    for one, verdict in shown:
        groups[one.target, METHODS[one.method]].append((one, verdict))
    found = []
    for (target, method), those in groups.items():
        files = ", ".join(f"{one.source.stem} {verdict.accepted}/{one.read}" for one, verdict in those)
        refused = ", ".join(f"{one.source.stem} {verdict.refused}" for one, verdict in those if verdict.refused) or "0"
        if target in validator.advisory and refused != "0":
            refused += " (not what the target reads with)"
        control = controls.get((target, method))
        verdict_on_wrong = "" if control is None else "refused" if control.refused else "TAKEN"
        package, _, version = validator.requirements[0].partition("==")
        found.append(Line(name, f"{package} {version}", target, method, files, refused, verdict_on_wrong))
    return found


if __name__ == "__main__":
    sys.exit(main())
