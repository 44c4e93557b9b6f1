"""Each dataset rule finds the same in any number of shards, in one process or several, and in any order of files."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from examples import example_bytes, lint_example, write_beside

import ftprep
import ftprep.engine.local as local
import ftprep.io.chunk as chunk
from ftprep.report import Report
from ftprep.rule import Bad, Rule
from ftprep.rules import all_rules

RULES = [rule for rule in all_rules().values() if rule.scope == "dataset" and any(rule.examples)]
SHARDS = (1, 2, 7)


def seen(report: Report) -> list[tuple[Any, ...]]:
    """All that a user could see of the findings, by names of files."""

    def place(ref: ftprep.Ref) -> tuple[str, int, int]:
        return (Path(report.inputs[ref.file].name).name, ref.line, ref.offset)

    return sorted(
        (place(one.ref), one.code, one.pointer, one.message, tuple(map(place, one.related)), one.fix is None)
        for one in report.findings
    )


def bad_examples(rule: type[Rule]) -> list[Bad]:
    return [one for one in rule.examples if isinstance(one, Bad) and one.file is None]


@pytest.mark.parametrize("rule", [rule for rule in RULES if bad_examples(rule)], ids=lambda rule: rule.code)
def test_any_number_of_shards(rule: type[Rule], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for example in bad_examples(rule):
        rows = max(example_bytes(example).count(b"\n"), 1)
        found = []
        for shards in SHARDS:
            monkeypatch.setattr(chunk, "MAX_ROWS", -(-rows // shards))
            found.append(seen(lint_example(rule, example, tmp_path)))
        assert found[0]
        assert found[1:] == [found[0]] * 2


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """The examples of all dataset rules: each in a file, or for training, validation and test, in folders."""
    paths = []
    for rule in RULES:
        for number, example in enumerate(bad_examples(rule)):
            folder = tmp_path / f"{rule.code}-{number}"
            folder.mkdir()
            words = {"train": "train", "valid": "validation", "test": "test"}
            split = next((name for word, name in words.items() if example.name.startswith(word)), "")
            path = folder / f"{rule.code}-{number}{split and '-' + split}.jsonl"
            path.write_bytes(example_bytes(example))
            paths.append(path)
            paths += [one.rename(folder / f"{rule.code}-{number}-{one.name}") for one in write_beside(example, folder)]
    return paths


def test_any_order_of_files_and_any_number_of_processes(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    examples = [one for rule in RULES for one in bad_examples(rule)]
    options: dict[str, Any] = {
        "isolated": True,
        "profile": "thorough",
        "select": "DUP,CON,BAL,FMT,LEK,DRF,SCH008,PRF,RFT",
        "against": next(one.settings["against"] for one in examples if "against" in one.settings),
        "against_production": next(
            one.settings["against_production"] for one in examples if "against_production" in one.settings
        ),
    }
    serial = ftprep.lint(files, **options)
    codes = {one.code for one in serial.findings}
    assert len(codes) > 20, sorted(codes)
    for seed in (1, 2):
        shuffled = random.Random(seed).sample(files, len(files))
        assert seen(ftprep.lint(shuffled, **options)) == seen(serial)
    monkeypatch.setattr(chunk, "BLOCK_BYTES", 20_000)
    started = []
    pooled = local.LocalEngine._pooled
    monkeypatch.setattr(local.LocalEngine, "_pooled", lambda *given: started.append(1) or pooled(*given))
    assert seen(ftprep.lint(files, jobs=2, **options)) == seen(serial)
    assert started, "the pool was not used"
