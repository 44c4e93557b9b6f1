"""An environment of its own for each validator, and asking a script in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.validators.catalogue import Validator
from tests.validators.preparing import Prepared

_ALONE = {"CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "AXOLOTL_DO_NOT_TRACK": "1"}
_SCRIPTS = Path(__file__).resolve().parent / "scripts"


class NotInstalled(Exception):
    """pip could not install a validator."""


class Verdict(NamedTuple):
    """What a validator says of one folder."""

    accepted: int
    refused: int
    said: str


def environment(name: str, validator: Validator, work: Path) -> Path:
    """The Python of a validator's own environment, made when it is first asked for."""
    folder = work / "environments" / name
    python = folder / "bin" / "python"
    wanted = "\n".join((*validator.requirements, *validator.bare))
    ready = folder / "ready"
    if not ready.exists() or ready.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        bare = set(validator.bare)
        _install(python, [one for one in validator.requirements if one not in bare])
        if bare:
            _install(python, ["--no-deps", *validator.bare])
        ready.write_text(wanted)
    return python


def _install(python: Path, what: Sequence[str]) -> None:
    made = subprocess.run([python, "-m", "pip", "install", "-q", *what], capture_output=True, text=True)
    if made.returncode:
        lines = [one for one in made.stderr.splitlines() if one.startswith("ERROR")] or ["pip failed"]
        raise NotInstalled(f"`pip install {what[0]}` failed, is there a network? {lines[-1][:200]}")


def ask(validator: Validator, python: Path, jobs: Sequence[Prepared]) -> list[Verdict]:
    """The verdicts on all jobs. One that a script dies of is refused, and the script is started anew for the rest."""
    found: list[Verdict] = []
    while len(found) < len(jobs):
        lines = "".join(f"{one.job}\n" for one in jobs[len(found) :])
        script = [python, _SCRIPTS / validator.script]
        said = subprocess.run(script, input=lines, capture_output=True, text=True, env={**os.environ, **_ALONE})
        verdicts = [one for one in said.stdout.splitlines() if one.startswith('{"accepted"')]
        found += [Verdict(**json.loads(one)) for one in verdicts]
        if len(found) < len(jobs):
            last = (said.stderr.strip().splitlines() or ["it said nothing"])[-1]
            print(f"{validator.script} ended: {last[:300]}", file=sys.stderr)
            found.append(Verdict(0, jobs[len(found)].kept, f"the script ended: {last[:200]}"))
    return found
