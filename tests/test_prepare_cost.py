"""What ``ftprep prepare`` does not do twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import ftprep
from ftprep import api
from ftprep.fixing import run as fixing

Rows = list[dict[str, Any]]


def chat(question: str, answer: str, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}], **more}


@pytest.fixture
def linted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The codes of the rules that ran while rows were fixed, run by run."""
    runs: list[tuple[str, ...]] = []
    lint = api.run_lint

    def recorded(sources: Any, settings: Any, selection: Any, **more: Any) -> Any:
        runs.append(tuple(selection.choose(settings).codes))
        return lint(sources, settings, selection, **more)

    monkeypatch.setattr(fixing, "run_lint", recorded)
    return runs


def test_all_rules_look_at_rows_once_nothing_is_left_to_fix(tmp_path: Path, linted: list[tuple[str, ...]]) -> None:
    rows = [chat(f"What is twice\u200b the number {n}?", f"Twice that is the number {2 * n}.") for n in range(1, 30)]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = ftprep.prepare(path, isolated=True)
    assert done.tally.fixed == {"TXT003": 29}
    assert ["DUP002" in codes for codes in linted] == [*([False] * (len(linted) - 1)), True]
    assert len(linted) == 3  # what is to be fixed, that nothing is any more, and what there is to say


def test_keys_that_hide_nothing_are_for_all_rules_to_tell(tmp_path: Path, linted: list[tuple[str, ...]]) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(chat("Where is the harbour of Pisa?", "It has none of its own.")) + "\n")
    ftprep.prepare(path, isolated=True)
    assert ["FTP001" in codes for codes in linted] == [False, True]
