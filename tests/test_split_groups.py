"""Which rows of a split are linked, where their groups go, and what is said when groups stand in the way."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import cli
from hypothesis import given, settings
from hypothesis import strategies as st

import ftprep
from ftprep.engine.local import LocalEngine
from ftprep.job import open_job
from ftprep.splitting import plan as planning
from ftprep.splitting.balanced import balanced
from ftprep.splitting.by_content import by_content
from ftprep.splitting.groups import NOWHERE
from ftprep.splitting.inputs import open_inputs
from ftprep.splitting.links import Kind, Links, _joined
from ftprep.splitting.options import make_options
from ftprep.splitting.plan import make_plan

Rows = list[dict[str, Any]]

_WORDS = [
    f"{one}{other}" for one in ("ba", "do", "ki", "lu", "me", "po", "ra") for other in ("nel", "rim", "tas", "vok")
]
_ANSWER = "It opened in the spring of that year after a long and costly delay of the works."


def row(prompt: str, answer: str, **more: Any) -> dict[str, Any]:
    return {"prompt": prompt, "completion": answer, **more}


def text(seed: int, count: int = 100) -> list[str]:
    return random.Random(seed).choices(_WORDS, k=count)


def edited(words: list[str], place: int) -> list[str]:
    return [*words[:place], "quite", "another", "thing", *words[place + 3 :]]


def asked(words: list[str]) -> dict[str, Any]:
    return row(" ".join(words), _ANSWER)


def chains(count: int) -> Rows:
    """Rows in threes of which the last is like both others, which are not like each other, in this order."""
    rows = []
    for number in range(count):
        words = text(number)
        middle = edited(words, 10)
        rows += [asked(words), asked(edited(edited(middle, 30), 50)), asked(edited(middle, 30))]
    return rows


def write_rows(path: Path, rows: Rows) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    return path


# --- near-duplicates ------------------------------------------------------------------------------------------------


def test_a_row_that_is_like_two_others_brings_their_groups_together() -> None:
    rows = chains(30)
    done = ftprep.split(rows, splits="0.5,0.5", balance=True, isolated=True)
    assert not done.dropped
    for name in ("train", "test"):
        own = set(done.entries(name))
        assert all(len({one, one + 1, one + 2} & own) in (0, 3) for one in range(0, 90, 3))


def test_a_row_that_is_like_rows_of_two_splits_is_left_out_with_both_named() -> None:
    done = ftprep.split(chains(30), splits="0.5,0.5", isolated=True)
    assert done.dropped
    assert all(entry % 3 == 2 and fault.code == "LEK002" for entry, fault in done.dropped.items())
    assert all("(train)" in fault.message and "(test)" in fault.message for fault in done.dropped.values())


def test_what_is_like_a_copy_of_a_held_out_row_is_left_out(tmp_path: Path) -> None:
    held = [asked(text(number)) for number in range(8)]
    rows = [asked(text(number)) for number in range(20)] + [asked(edited(text(number), 20)) for number in range(8)]
    done = ftprep.split(rows, splits="0.5,0.5", holdout=write_rows(tmp_path / "eval.jsonl", held), isolated=True)
    assert sorted(done.dropped) == [*range(8), *range(20, 28)]
    assert done.proof.counts == {"LEK001": 0, "LEK002": 0, "LEK003": 0}


@pytest.mark.parametrize("verb", [ftprep.split, ftprep.prepare])
def test_the_proof_finds_rows_that_are_held_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: Any) -> None:
    monkeypatch.setattr(planning, "near_pairs", lambda *arguments: ())
    held = write_rows(tmp_path / "eval.jsonl", [asked(edited(text(number), 20)) for number in range(3)])
    rows = write_rows(tmp_path / "rows.jsonl", [asked(text(number)) for number in range(30)])
    done = verb(rows, tmp_path / "out", holdout=held, isolated=True)
    left = [json.loads(line) for line in (tmp_path / "out" / "dropped.jsonl").read_text().splitlines()]
    assert [one["line"] for one in left] == [1, 2, 3]
    assert {one["code"] for one in left} == {"LEK002"}
    assert f"eval.jsonl:{left[0]['line']} (held-out)" in left[0]["message"]
    proof = done.proof.counts if verb is ftprep.split else done.checked.overlaps
    assert proof == {"LEK001": 0, "LEK002": 0, "LEK003": 0}


def test_rows_that_are_left_out_stand_between_no_others(tmp_path: Path) -> None:
    words = text(1)
    rows = [asked(words), asked(edited(words, 20)), asked([*edited(words, 20), "indeed"])]
    path = write_rows(tmp_path / "rows.jsonl", rows)
    job = open_job([path], {}, isolated=True, with_baseline=False)
    engine = LocalEngine(open_inputs(job.sources, None), job.resolved.settings, 1)
    plan = make_plan(engine, make_options("0.5,0.5"), left_out=np.array([False, True, False]))
    assert plan.splits[1] == NOWHERE
    assert plan.groups[2] == plan.groups[0]


# --- where groups go ------------------------------------------------------------------------------------------------


def linked(groups: list[int], others: list[int]) -> Links:
    everything = np.arange(len(groups), dtype=np.int64)
    kinds = (Kind("same a as", "LEK003"), Kind("same b as", "LEK003"))
    keys = (np.array(groups, dtype=np.uint64), np.array(others, dtype=np.uint64))
    return _joined([(kind, everything, key) for kind, key in zip(kinds, keys, strict=True)])


@st.composite
def tangles(draw: st.DrawFn) -> tuple[list[int], list[int], list[int], list[bool], int]:
    """Rows with two keys and a class each, some of which take no part; and a seed."""
    count = draw(st.integers(1, 40))
    lists = [
        draw(st.lists(st.integers(0, most), min_size=count, max_size=count)) for most in (count // 2, 2 * count, 4)
    ]
    return (*lists, draw(st.lists(st.booleans(), min_size=count, max_size=count)), draw(st.integers(0, 99)))  # type: ignore[return-value]


def places(way: Any, tangle: tuple[list[int], list[int], list[int], list[bool], int], count: int) -> Any:
    groups, others, classes, out, seed = tangle
    keys = np.random.default_rng(7).integers(0, 1 << 63, len(groups)).astype(np.uint64)[:count]
    left = np.array(out[:count])
    links = linked(groups[:count], others[:count])
    strata = np.array(classes[:count], dtype=np.uint64)
    found = way(keys, links, (0.6, 0.2, 0.2), seed, strata=strata, fixed={}, out=left)
    splits = np.where(left, NOWHERE, found.splits)
    splits[list(found.left)] = NOWHERE
    return splits, found.of, strata


@settings(deadline=None)
@given(tangles())
def test_packed_to_shares_no_class_is_without_a_training_row(tangle: Any) -> None:
    splits, _, strata = places(balanced, tangle, len(tangle[0]))
    assert set(strata[splits >= 0]) == set(strata[splits == 0])


@settings(deadline=None)
@given(tangles())
def test_by_content_the_first_group_of_a_class_is_for_training(tangle: Any) -> None:
    splits, of, strata = places(by_content, tangle, len(tangle[0]))
    assert not (splits >= 0).any() or (splits == 0).any()
    for one in set(strata[splits >= 0]) - set(strata[splits == 0]) - {0}:
        rows = np.flatnonzero((strata == one) & (splits >= 0))
        assert (of[rows] != rows).all()  # all of them joined groups that began before them


@settings(deadline=None)
@given(tangles(), st.data())
def test_by_content_later_rows_move_no_earlier_one(tangle: Any, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(tangle[0])))
    whole, part = places(by_content, tangle, len(tangle[0]))[0], places(by_content, tangle, cut)[0]
    assert whole[:cut].tolist() == part.tolist()


# --- what is said ---------------------------------------------------------------------------------------------------


def test_preparing_says_which_share_a_group_keeps_from_being_met(tmp_path: Path) -> None:
    rows = [asked(text(number)) | {"customer": "big" if number < 80 else f"c{number}"} for number in range(100)]
    path = write_rows(tmp_path / "rows.jsonl", rows)
    command = ["prepare", str(path), "--balance", "--splits", "0.5,0.5", "--group-by", "/customer", "--isolated"]
    done = cli(*command, "--out", str(tmp_path / "out"))
    said = "train is 80.0 % instead of 50.0 %: a group of 80 records cannot be cut"
    assert f"note      {said}" in done.stdout
    assert said in json.loads((tmp_path / "out" / "manifest.json").read_text())["unmet"]
    assert f"T{said[1:]}." in (tmp_path / "out" / "README.md").read_text()


def test_groups_smaller_than_a_share_can_keep_it_from_being_met(tmp_path: Path) -> None:
    rows = [asked(text(number)) | {"customer": f"c{number % 3}"} for number in range(30)]
    path = write_rows(tmp_path / "rows.jsonl", rows)
    done = cli("split", str(path), "--balance", "--splits", "0.5,0.5", "--group-by", "/customer", "--dry-run")
    assert "instead of 50.0 %: a group of 10 records cannot be cut" in done.stdout


def test_a_class_without_a_training_row_is_named(tmp_path: Path) -> None:
    rows = [asked(text(number)) | {"kind": "usual", "customer": f"c{number}"} for number in range(40)]
    plain = ftprep.split(rows, splits="0.5,0.5", stratify_by="/kind", group_by="/customer", isolated=True)
    joined = rows[plain.entries("test")[0]]["customer"]
    rows.append(asked(text(99)) | {"kind": "rare", "customer": joined})
    path = write_rows(tmp_path / "rows.jsonl", rows)
    options = ["--splits", "0.5,0.5", "--stratify-by", "/kind", "--group-by", "/customer", "--dry-run", "--isolated"]
    done = cli("split", str(path), *options)
    assert "train has no record of `rare`: all are in groups of other splits" in done.stdout
    assert "train has no record" not in cli("split", str(path), *options, "--balance").stdout


def test_all_files_that_are_written_are_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("no json\n" + "".join(json.dumps(asked(text(number))) + "\n" for number in range(20)))
    done = cli("split", str(path), "--out", str(tmp_path / "out"), "--isolated")
    wrote = next(line for line in done.stdout.splitlines() if line.startswith("wrote"))
    assert set(wrote.rpartition(": ")[2].split(", ")) == {one.name for one in (tmp_path / "out").iterdir()}
