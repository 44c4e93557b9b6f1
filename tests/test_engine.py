"""The same findings come out however the data is cut into shards, and whichever way it is run."""

from __future__ import annotations

import gc
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import orjson
import pytest
from examples import example_bytes, write_beside
from hypothesis import given
from hypothesis import strategies as st

import ftprep
import ftprep.engine.local as local
import ftprep.io.chunk as chunk
from ftprep.engine.engine import groups
from ftprep.engine.table import Ragged, Table, TableBuilder
from ftprep.report import Report
from ftprep.rule import Example
from ftprep.rules import all_rules

CUTS = [(4096, 1 << 21), (7, 1 << 21), (4096, 300), (1, 50)]


def lint_cut(path: Path, rows: int, size: int, jobs: int = 1) -> Report:
    """Lint with every rule, at most ``rows`` rows a shard and ``size`` bytes a block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunk, "MAX_ROWS", rows)
        patch.setattr(chunk, "BLOCK_BYTES", size)
        return ftprep.lint(path, isolated=True, profile="thorough", max_tokens=64, jobs=jobs)


def everything(report: Report) -> tuple[object, ...]:
    """All that a user could see of a report, places included."""
    one = report.inputs[0]
    return (list(report.findings), one.records, one.bytes, one.tokens, report.summary(), report.verdict)


def mixed_rows(seed: int) -> bytes:
    """The rows of every example of every rule, shuffled, with some damage between them."""
    rng = random.Random(seed)
    lines = [
        line
        for rule in all_rules().values()
        for example in rule.examples
        if example.file is None and len(example.rows) < 5
        for line in example_bytes(example).split(b"\n")[:-1]
    ]
    rng.shuffle(lines)
    for _ in range(30):
        position = rng.randrange(len(lines))
        lines.insert(position, rng.choice([b"", b"{", b"[1]", b"\xff\xfe", b"7", b"null", rng.randbytes(12)]))
    return b"\n".join(line for line in lines if b"\n" not in line) + b"\n"


def test_any_cut_gives_the_same_report(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(mixed_rows(1))
    reports = [everything(lint_cut(path, rows, size)) for rows, size in CUTS]
    assert len(reports[0][0]) > 50
    for other in reports[1:]:
        assert other == reports[0]


def test_a_pool_gives_the_same_report_as_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(mixed_rows(2) * 5)
    # Only this process cuts the file: workers read the ranges that they are handed.
    monkeypatch.setattr(chunk, "BLOCK_BYTES", 20_000)
    options = {"isolated": True, "profile": "thorough", "max_tokens": 64}
    serial = ftprep.lint(path, jobs=1, **options)
    started = []
    pooled = local.LocalEngine._pooled
    monkeypatch.setattr(local.LocalEngine, "_pooled", lambda *given: started.append(1) or pooled(*given))
    parallel = ftprep.lint(path, jobs=2, **options)
    assert started, "the pool was not used"
    assert everything(parallel) == everything(serial)


def test_a_worker_says_what_is_wrong_with_a_tokenizer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, tokenizer = tmp_path / "rows.jsonl", tmp_path / "tokenizer.json"
    path.write_bytes(mixed_rows(4))
    tokenizer.write_text('{"version": "1.0"}')
    monkeypatch.setattr(chunk, "BLOCK_BYTES", 20_000)
    with pytest.raises(ftprep.UsageError, match="has no `model`"):
        ftprep.lint(path, isolated=True, jobs=2, tokenizer=tokenizer)


@pytest.mark.parametrize("rule", [pytest.param(rule, id=code) for code, rule in all_rules().items()])
def test_examples_survive_any_cut(rule: type[ftprep.Rule], tmp_path: Path) -> None:
    for number, example in enumerate(rule.examples):
        check_cuts(rule, example, tmp_path / str(number))


def check_cuts(rule: type[ftprep.Rule], example: Example, folder: Path) -> None:
    folder.mkdir()
    path = folder / example.name
    path.write_bytes(example_bytes(example))
    found = []
    for rows, size in ((4096, 1 << 21), (1, 60)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(chunk, "MAX_ROWS", rows)
            patch.setattr(chunk, "BLOCK_BYTES", size)
            report = ftprep.lint(
                [path, *write_beside(example, folder)],
                isolated=True,
                select=[rule.code],
                format=example.format,
                rules={rule.name: dict(example.options)},
                **example.settings,
            )
        found.append(list(report.findings))
    assert found[0] == found[1]


def test_the_collector_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(mixed_rows(3))
    for enabled in (True, False):
        (gc.enable if enabled else gc.disable)()
        try:
            ftprep.lint(path, isolated=True, profile="fast")
            assert gc.isenabled() == enabled
        finally:
            gc.enable()


parts = st.lists(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 2**64 - 1)), max_size=4), max_size=5)


@given(parts)
def test_a_table_holds_the_rows_of_its_parts_in_order(parts: list[list[tuple[int, int]]]) -> None:
    builder = TableBuilder()
    for part in parts:
        builder.add({"a": np.array([a for a, _ in part], np.int32), "b": np.array([b for _, b in part], np.uint64)})
    table = builder.build()
    rows = [row for part in parts for row in part]
    assert len(table) == len(rows)
    if rows:
        assert list(zip(table["a"].tolist(), table["b"].tolist(), strict=True)) == rows
        assert (table["a"].dtype, table["b"].dtype) == (np.int32, np.uint64)


def test_a_column_of_another_type_is_refused() -> None:
    builder = TableBuilder()
    builder.add({"a": np.array([1])})
    with pytest.raises(TypeError):
        builder.add({"a": np.array([0.5])})


def test_a_part_of_a_table_has_its_numbers_per_entry() -> None:
    builder = TableBuilder()
    sizes = np.array([2, 0, 1, 3], dtype=np.int64)
    builder.add({"file": np.array([0, 1, 1, 2], np.int32), "many": Ragged(sizes, np.arange(6))})
    table = builder.build()
    part = table.without_files({1})
    assert part["file"].tolist() == [0, 2]
    assert part.ragged["many"].sizes.tolist() == [2, 3]
    assert part.ragged["many"].values.tolist() == [0, 1, 3, 4, 5]
    assert table.without_files({1}) is part
    assert table.without_files({7}) is table


def test_rules_see_rows_of_their_methods_alone(tmp_path: Path) -> None:
    reference, answer = tmp_path / "references.jsonl", tmp_path / "answers.jsonl"
    rows = [{"question": "How much is 7 * 7?", "answer": f"Seven sevens.\n#### {one}"} for one in (48, 49)]
    reference.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    answer.write_bytes(b"".join(orjson.dumps({"prompt": "7 * 7?", "completion": str(one)}) + b"\n" for one in (48, 49)))
    report = ftprep.lint([reference, answer], isolated=True, select="CON002,FMT008", format=None)
    assert sorted(one.format.method for one in report.inputs if one.format is not None) == ["rft", "sft"]
    assert [report.inputs[one.ref.file].name for one in report.of("CON002")] == [str(answer)]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=30))
def test_groups_are_those_of_a_dictionary(rows: list[tuple[int, int]]) -> None:
    columns = np.array(rows, dtype=np.uint64).reshape(-1, 2)
    table = Table({"a": columns[:, 0], "b": columns[:, 1]})
    expected: dict[tuple[int, int], list[int]] = {}
    for index, row in enumerate(rows):
        expected.setdefault(row, []).append(index)
    wanted = sorted(members for members in expected.values() if len(members) > 1)
    assert [group.tolist() for group in groups(table, ("a", "b"))] == wanted


def test_a_plain_script_may_use_processes(tmp_path: Path) -> None:
    row = '{"prompt": "Dusk is", "completion": " the end of the day."}\n'
    (tmp_path / "rows.jsonl").write_text(row * 60_000)
    script = tmp_path / "script.py"  # without any `if __name__ == "__main__"`
    script.write_text(
        "import ftprep\n"
        "report = ftprep.lint('rows.jsonl', isolated=True, profile='fast', jobs=2)\n"
        "print(report.record_count, __file__ is not None, __spec__)\n"
    )
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert (done.stdout, done.stderr) == ("60000 True None\n", "")
