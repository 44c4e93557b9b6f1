"""A folder with some files, and the command line to try on them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ftprep.cli.main import main


def chat(question: str, answer: str) -> str:
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return json.dumps({"messages": turns}) + "\n"


CLEAN = "".join(chat(f"What is {number} plus one?", f"That is {number + 1}.") for number in range(60))
EMPTY_TURN = CLEAN + chat("Anything else?", "")
CUT = CLEAN + '{"messages": [\n'
FEW = chat("Oar or sail?", "Sail.")  # one warning: too few rows


@pytest.fixture(name="folder", autouse=True)
def prepared_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own with some files, and an environment that says nothing."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("FTPREP_")]:
        monkeypatch.delenv(name)
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "CI", "PRE_COMMIT"):
        monkeypatch.delenv(name, raising=False)
    for name, text in {"clean": CLEAN, "bad": EMPTY_TURN, "cut": CUT, "few": FEW, "empty": ""}.items():
        Path(f"{name}.jsonl").write_text(text)
    Path("nothing").mkdir()
    return tmp_path


def cli(*arguments: str, **options: Any) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, arguments, **options)
