"""Files for trainers have one schema: mixed columns are text, and training rows show first what there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftprep
from ftprep.preparation.loading import Shape

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(["", "a", "2026-11-02"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=8,
)


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def task(number: int, **more: Any) -> dict[str, Any]:
    return {"prompt": [{"role": "user", "content": f"What is {number} + {number * 7} in base {number + 2}?"}], **more}


@given(st.lists(VALUES, max_size=6))
def test_evened_values_have_one_type_at_every_place(values: list[Any]) -> None:
    before = Shape()
    for value in values:
        before.survey(value)
    after = Shape()
    evened = [before.evened(value) for value in values]
    for value in evened:
        after.survey(value)
    waiting = [after]
    while waiting:
        place = waiting.pop()
        assert not place.mixed
        waiting += place.below.values()
    for value, one in zip(values, evened, strict=True):
        assert one == value or before.mixed or before.below


@given(st.lists(VALUES, max_size=6))
def test_what_was_learnt_is_nothing_new(values: list[Any]) -> None:
    shape = Shape()
    for value in values:
        shape.learn(value)
    assert not any(shape.learn(value) for value in values)


def test_ids_of_several_types_are_text(tmp_path: Path) -> None:
    rows = [task(number, id=number if number % 2 else f"t{number}", answer=str(number)) for number in range(40)]
    (tmp_path / "rows.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    done = ftprep.prepare(tmp_path / "rows.jsonl", tmp_path / "out", target="trl", isolated=True)
    written = [row for name in done.files for row in rows_of(tmp_path / "out" / name)]
    assert len(written) == 40
    assert {type(row["id"]) for row in written} == {str}
    assert done.conversion is not None
    assert "mixed types at `id` written as text: 20 rows" in map(str, done.conversion.changes)


def test_numbers_and_dates_keep_their_types(tmp_path: Path) -> None:
    rows = [task(n, weight=n if n % 2 else n + 0.5, when="2026-11-02" if n % 3 else "soon") for n in range(40)]
    (tmp_path / "rows.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    done = ftprep.prepare(tmp_path / "rows.jsonl", tmp_path / "out", target="trl", isolated=True)
    written = [row for name in done.files for row in rows_of(tmp_path / "out" / name)]
    assert sorted(map(orjson.dumps, written)) == sorted(map(orjson.dumps, rows))


@pytest.mark.parametrize("late", range(0, 60, 7))
def test_what_one_row_shows_stands_first_in_train(late: int, tmp_path: Path) -> None:
    rows = [task(number, answer=str(number)) for number in range(60)]
    rows[late]["topic"] = "bases"
    (tmp_path / "rows.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    ftprep.prepare(tmp_path / "rows.jsonl", tmp_path / "out", target="trl", isolated=True)
    train = rows_of(tmp_path / "out" / "train.jsonl")
    assert any("topic" in row for row in train[:2])


def test_platforms_get_values_as_they_are(tmp_path: Path) -> None:
    rows = [{"messages": task(n)["prompt"], "reference_answer": {"value": n} if n % 2 else str(n)} for n in range(40)]
    (tmp_path / "rows.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    done = ftprep.prepare(tmp_path / "rows.jsonl", tmp_path / "out", target="openai", isolated=True)
    kinds = {type(row["reference_answer"]) for name in done.files for row in rows_of(tmp_path / "out" / name)}
    assert kinds == {dict, str}


def test_the_mark_of_azure_leaves_out_no_row(tmp_path: Path) -> None:
    rows = [
        {"messages": [*task(n)["prompt"], {"role": "assistant", "content": f"It is number {n}."}]} for n in range(40)
    ]
    (tmp_path / "rows.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    done = ftprep.prepare(tmp_path / "rows.jsonl", tmp_path / "out", target="azure", isolated=True)
    assert (done.tally.kept, done.tally.left) == (40, 0)
    assert (tmp_path / "out" / "train.jsonl").read_bytes().startswith(b"\xef\xbb\xbf{")
