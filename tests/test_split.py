"""``ftprep split``: nothing straddles, nothing moves, nothing is lost."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from command_line import cli
from hypothesis import given, settings
from hypothesis import strategies as st

import ftprep
from ftprep.errors import FtprepError, OutputError, UsageError
from ftprep.folders import check_folder, new_folder
from ftprep.splitting.balanced import quotas
from ftprep.splitting.shares import parse_shares

Rows = list[dict[str, Any]]


def row(prompt: str, answer: str, **more: Any) -> dict[str, Any]:
    return {"prompt": prompt, "completion": answer, **more}


def numbered(count: int, start: int = 0) -> Rows:
    return [
        row(f"What is the square of {n} plus {n * 7}?", f"It is {n * n + 7 * n}.") for n in range(start, start + count)
    ]


def write_rows(path: Path, rows: Rows) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    return path


def read_rows(path: Path) -> Rows:
    return [json.loads(line) for line in path.read_text().splitlines()]


def read_split(folder: Path) -> dict[str, Rows]:
    return {name: read_rows(folder / f"{name}.jsonl") for name in ("train", "validation", "test")}


# --- sizes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "names", "sizes"),
    [
        ("0.9,0.05,0.05", ("train", "validation", "test"), (0.9, 0.05, 0.05)),
        ("0.8,0.2", ("train", "test"), (0.8, 0.2)),
        ("test=10%, train=90%", ("train", "test"), (0.9, 0.1)),
        ("train=rest,dev=500", ("train", "validation"), (None, 500)),
        ({"train": 0.5, "test": 0.5}, ("train", "test"), (0.5, 0.5)),
        ((0.9, 0.05, 0.05), ("train", "validation", "test"), (0.9, 0.05, 0.05)),
    ],
)
def test_shares_are_read(given: object, names: tuple[str, ...], sizes: tuple[object, ...]) -> None:
    assert parse_shares(given) == (names, sizes)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("0.9,0.05", "add up to 0.95; 1 is due"),
        ("0.9", "two (train, test) or three are due"),
        ("train=0.9,tset=0.1", "did you mean `test`?"),
        ("train=0.9,0.1", "either every split has a name"),
        ("train=0.9,train=0.1", "train is given twice"),
        ("validation=0.5,test=0.5", "no train"),
        ("train=5,test=5", "has to be `rest`"),
        ("train=lots,test=0.1", "train is `lots`"),
        ("train=rest,test=1.5", "test is `1.5`"),
    ],
)
def test_bad_shares_get_one_sentence(given: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_shares(given)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_numbers_of_rows_need_balance() -> None:
    with pytest.raises(UsageError, match="needs balance="):
        ftprep.split(numbered(50), splits="train=rest,test=5")


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=12),
    st.sampled_from([(0.9, 0.05, 0.05), (0.8, 0.2), (0.34, 0.33, 0.33), (0.5, 0.25, 0.25)]),
)
def test_quotas_are_exact(strata: list[int], shares: tuple[float, ...]) -> None:
    cells = quotas(np.array(strata), shares)
    assert (cells >= 0).all()
    assert cells.sum(axis=1).tolist() == strata
    total = sum(strata)
    off = abs(cells.sum(axis=0) - total * np.array(shares))
    assert (off <= 1 + (cells[:, 0] == 1).sum()).all()  # only strata that would have no training row change a total
    if total > 4 * len(strata):
        assert (cells[:, 0] > 0).all()


# --- what belongs together ------------------------------------------------------------------------------------------

words = st.sampled_from([f"Tell me what the number {n} means in chemistry." for n in range(12)])
customers = st.one_of(st.none(), st.integers(0, 8).map(lambda n: f"C-{n}"))
answers = st.sampled_from(["It is the mass.", "It is the charge.", "Nothing at all.", "I cannot say."])
made = st.lists(st.builds(lambda w, a, c: row(w, a, **({"customer": c} if c else {})), words, answers, customers))


@settings(max_examples=60, deadline=None)
@given(made.filter(bool), st.booleans(), st.integers(0, 3))
def test_nothing_straddles_and_nothing_is_lost(rows: Rows, balance: bool, seed: int) -> None:
    try:
        done = ftprep.split(rows, splits="0.5,0.25,0.25", balance=balance, seed=seed, group_by="/customer")
    except UsageError:
        assert not any("customer" in one for one in rows)
        return
    places: defaultdict[object, set[str]] = defaultdict(set)
    kept = 0
    for name in done.counts:
        for one in done.rows(name):
            kept += 1
            if Counter(other["prompt"] for other in rows)[one["prompt"]] <= 20:
                places[one["prompt"]].add(name)
            if "customer" in one:
                places[("customer", one["customer"])].add(name)
            places[json.dumps(one)].add(name)
    assert all(len(names) == 1 for names in places.values())
    assert kept + len(done.dropped) == len(rows)


@settings(max_examples=60, deadline=None)
@given(made.filter(lambda one: len(one) > 1), st.data())
def test_rows_at_the_end_move_no_old_row(rows: Rows, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(rows)))
    before = ftprep.split(rows[:cut], splits="0.5,0.25,0.25")
    after = ftprep.split(rows, splits="0.5,0.25,0.25")
    for name in before.counts:
        assert before.entries(name) == [entry for entry in after.entries(name) if entry < cut]


def test_a_row_between_two_splits_is_left_out_with_the_reason(tmp_path: Path) -> None:
    rows = [{**one, "a": f"a{number}"} for number, one in enumerate(numbered(40))]
    rows += [{**one, "b": f"b{number}"} for number, one in enumerate(numbered(40, 40))]
    known = ftprep.split(rows, splits="0.5,0.5", group_by=["/a", "/b"])
    first = rows[next(entry for entry in known.entries("train") if "a" in rows[entry])]
    second = rows[next(entry for entry in known.entries("test") if "b" in rows[entry])]
    between = row("Something quite new?", "Yes.", a=first["a"], b=second["b"])
    path = write_rows(tmp_path / "rows.jsonl", [*rows, between])
    ftprep.split(path, tmp_path / "out", splits="0.5,0.5", group_by=["/a", "/b"])
    (left,) = read_rows(tmp_path / "out" / "dropped.jsonl")
    assert (left["line"], left["code"]) == (81, "LEK003")
    assert "same `/a` as" in left["message"]
    assert "(train) and same `/b` as" in left["message"]
    assert json.loads(left["raw"]) == between


def test_standing_prompts_are_shared_out_by_row() -> None:
    rows = [row("Write a poem.", f"Poem number {n}, with {n} lines.") for n in range(400)]
    counts = ftprep.split(rows, splits="0.5,0.5").counts
    assert 140 < counts["test"] < 260


def test_held_out_rows_are_left_out(tmp_path: Path) -> None:
    rows = numbered(60)
    held = write_rows(tmp_path / "eval.jsonl", [row(rows[7]["prompt"].upper(), "who knows"), *numbered(3, 900)])
    done = ftprep.split(rows, splits="0.5,0.5", holdout=held)
    assert list(done.dropped) == [7]
    assert done.dropped[7].code == "LEK001"
    assert "eval.jsonl:1 (held-out)" in done.dropped[7].message


def test_a_file_is_not_both_data_and_held_out(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", numbered(9))
    with pytest.raises(UsageError, match="both data and held out"):
        ftprep.split(path, holdout=path)


def test_near_duplicates_stay_together(tmp_path: Path) -> None:
    rng = random.Random(8)
    words = ["harbour", "keeps", "narrow", "bridge", "green", "water", "ferries", "wait", "wind", "tide", "old", "sea"]
    rows = []
    for number in range(150):
        picked = rng.sample(words, 10)
        text = f"Describe how {' '.join(picked)} came to be number {number} of the list of all the sights."
        rows += [row(text, f"It began in spring {number}."), row("Please " + text, f"It began in spring {number}.")]
    path = write_rows(tmp_path / "rows.jsonl", rows)
    apart = ftprep.split(path, splits="0.5,0.5", near_duplicates=False)
    together = ftprep.split(path, tmp_path / "out", splits="0.5,0.5")
    sides = [set(together.entries(name)) for name in ("train", "test")]
    assert all({one, one + 1} <= sides[0] or {one, one + 1} <= sides[1] for one in range(0, 300, 2))
    assert any(len({one, one + 1} & set(apart.entries("train"))) == 1 for one in range(0, 300, 2))
    assert together.proof.counts == {"LEK001": 0, "LEK002": 0, "LEK003": 0}


def test_documents_stay_whole() -> None:
    rows = [{**one, "document_id": f"d{number % 40}"} for number, one in enumerate(numbered(160))]
    done = ftprep.split(rows, splits="0.5,0.5")
    sides = [{one["document_id"] for one in done.rows(name)} for name in ("train", "test")]
    assert not sides[0] & sides[1]
    assert all(sides)


# --- ways -----------------------------------------------------------------------------------------------------------


def labelled(count: int) -> Rows:
    rng = random.Random(5)
    labels = ["refund", "delivery", "praise", "other"]
    return [
        row(f"Customer {n} writes about order {n * 13}: {rng.random()}", rng.choices(labels, [60, 25, 10, 5])[0])
        for n in range(count)
    ]


def test_balance_meets_shares_and_labels() -> None:
    rows = labelled(1000)
    done = ftprep.split(rows, splits="0.8,0.1,0.1", balance=True)
    assert done.counts == {"train": 800, "validation": 100, "test": 100}
    whole = Counter(one["completion"] for one in rows)
    for name, share in zip(("train", "validation", "test"), (0.8, 0.1, 0.1), strict=True):
        for label, number in Counter(one["completion"] for one in done.rows(name)).items():
            assert abs(number - whole[label] * share) <= 1, (name, label)


def test_balance_meets_numbers_of_rows() -> None:
    assert ftprep.split(numbered(777), splits="train=rest,test=123", balance=True).counts == {"train": 654, "test": 123}


def test_more_rows_than_there_are() -> None:
    with pytest.raises(UsageError, match="there are 9"):
        ftprep.split(numbered(9), splits="train=rest,test=123", balance=True)


@pytest.mark.parametrize("balance", [False, True])
def test_no_class_is_without_a_training_row(balance: bool) -> None:
    rows = [{**one, "topic": f"t{number % 9}"} for number, one in enumerate(numbered(180))]
    rows += [{**one, "topic": "rare"} for one in numbered(1, 500)]
    for seed in range(12):
        done = ftprep.split(rows, splits="0.5,0.25,0.25", stratify_by="/topic", seed=seed, balance=balance)
        assert {one["topic"] for one in done.train} == {one["topic"] for one in rows}


def test_too_large_a_group_is_said(tmp_path: Path) -> None:
    rows = [{**one, "customer": "big" if number < 80 else f"c{number}"} for number, one in enumerate(numbered(100))]
    path = write_rows(tmp_path / "rows.jsonl", rows)
    done = cli("split", str(path), "--balance", "--splits", "0.5,0.5", "--group-by", "/customer", "--dry-run")
    assert done.exit_code == 0
    assert "a group of 80 records cannot be cut" in done.stdout


def test_too_few_records_are_no_group(tmp_path: Path) -> None:
    done = cli("split", str(write_rows(tmp_path / "rows.jsonl", numbered(3))), "--splits", "0.9,0.05,0.05", "--dry-run")
    assert done.exit_code == 0
    assert "instead of 5.0 %: 3 records in all" in done.stdout
    assert "cannot be cut" not in done.stdout


def test_one_share_is_too_few(tmp_path: Path) -> None:
    done = cli("split", str(write_rows(tmp_path / "rows.jsonl", numbered(3))), "--splits", "0.9", "--dry-run")
    assert done.exit_code == 2
    assert "--splits has 1 share; two" in done.stderr


def test_the_latest_rows_are_held_out() -> None:
    rows = [{**one, "at": f"2025-{1 + n % 12:02}-{1 + n % 28:02}T00:00:00Z"} for n, one in enumerate(numbered(240))]
    rows.append({**row("No date?", "None."), "at": "soon"})
    done = ftprep.split(rows, splits="0.8,0.1,0.1", time_by="/at")
    latest = [max(one["at"] for one in done.rows(name)) for name in ("train", "validation", "test")]
    earliest = [min(one["at"] for one in done.rows(name)) for name in ("train", "validation", "test")]
    assert latest[0] < earliest[1]
    assert latest[1] < earliest[2]
    assert list(done.dropped) == [240]


def test_every_fold_is_validated_once(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", numbered(100))
    done = ftprep.split(path, tmp_path / "out", folds=4)
    validated = [
        one["prompt"] for name in done.counts for one in read_rows(tmp_path / "out" / name / "validation.jsonl")
    ]
    assert sorted(validated) == sorted(one["prompt"] for one in numbered(100))
    for name, size in done.counts.items():
        assert len(read_rows(tmp_path / "out" / name / "train.jsonl")) == 100 - size


def test_keep_split_keeps_rows_in_any_order(tmp_path: Path) -> None:
    rows = labelled(300)
    first = write_rows(tmp_path / "first.jsonl", rows)
    ftprep.split(first, tmp_path / "one", splits="0.8,0.1,0.1", balance=True)
    more = [*labelled(600)[300:], *rows]
    random.Random(1).shuffle(more)
    second = write_rows(tmp_path / "second.jsonl", more)
    done = ftprep.split(
        second, tmp_path / "two", splits="0.8,0.1,0.1", balance=True, keep_split=tmp_path / "one" / "manifest.json"
    )
    before, after = read_split(tmp_path / "one"), read_split(tmp_path / "two")
    for name in before:
        new = {json.dumps(one) for one in after[name]}
        assert all(json.dumps(one) in new for one in before[name])
    assert done.counts == {"train": 480, "validation": 60, "test": 60}


@pytest.mark.parametrize("text", ["no json", "[]", '{"version": 1}', '{"version": 1, "digests": {"train": "%"}}'])
def test_what_is_no_manifest_is_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text)
    with pytest.raises(UsageError, match="keep_split="):
        ftprep.split(numbered(9), keep_split=path)


# --- files ----------------------------------------------------------------------------------------------------------


def test_broken_rows_are_left_out_and_bytes_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"prompt":  "a b c",\t"completion": "\xc3\xa9"}\n\n{"prompt": \nnot json\n\xff\xfe\n[1]\n')
    done = ftprep.split(path, tmp_path / "out", splits="0.5,0.5")
    left = read_rows(tmp_path / "out" / "dropped.jsonl")
    assert [one["line"] for one in left] == [3, 4, 5, 6]
    assert [one["code"] for one in left] == ["JSN001", "JSN001", "JSN002", "JSN003"]
    assert left[2]["base64"] == "//4="
    assert sum(done.counts.values()) == 1
    kept = (tmp_path / "out" / "train.jsonl").read_bytes()  # a single row is never held out
    assert kept == b'{"prompt":  "a b c",\t"completion": "\xc3\xa9"}\n'


def test_twice_is_the_same_whatever_the_number_of_processes(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", labelled(3000))
    for name, jobs in (("one", 1), ("two", 2)):
        ftprep.split(path, tmp_path / name, jobs=jobs)
    files = sorted(one.name for one in (tmp_path / "one").iterdir())
    assert files == ["manifest.json", "test.jsonl", "train.jsonl", "validation.jsonl"]
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_frames_come_back_as_frames() -> None:
    frame = pandas.DataFrame(numbered(40))
    done = ftprep.split(frame, splits="0.5,0.5")
    assert isinstance(done.train, pandas.DataFrame)
    assert sorted([*done.train.index, *done.test.index]) == list(range(40))


def test_a_folder_with_content_is_left_alone(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", numbered(30))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("x")
    with pytest.raises(UsageError, match="not empty; --overwrite"):
        ftprep.split(path, tmp_path / "out")
    ftprep.split(path, tmp_path / "out", overwrite=True)
    assert not (tmp_path / "out" / "mine").exists()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["out", "rows.jsonl"]


def test_an_input_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    path = write_rows(tmp_path / "data" / "rows.jsonl", numbered(30))
    with pytest.raises(UsageError, match="holds an input"):
        ftprep.split(path, tmp_path / "data", overwrite=True)


def test_a_failure_leaves_the_old_result(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "old").write_text("old")

    def fail() -> None:
        with new_folder(check_folder(folder, overwrite=True)) as partial:
            (partial / "new").write_text("new")
            raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="no space left on the disk"):
        fail()
    assert (folder / "old").read_text() == "old"
    with new_folder(check_folder(folder, overwrite=True)) as partial:
        (partial / "new").write_text("new")
    assert [one.name for one in folder.iterdir()] == ["new"]
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_without_a_swap_of_folders_a_finished_result_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ftprep.folders

    monkeypatch.setattr(ftprep.folders, "_exchange", lambda one, other: False)
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "old").write_text("old")
    folder.rename(tmp_path / "out.old")  # as after a kill between the two steps
    assert (check_folder(folder, overwrite=True) / "old").read_text() == "old"
    with new_folder(folder) as partial:
        (partial / "new").write_text("new")
    assert [one.name for one in folder.iterdir()] == ["new"]


def test_the_command_prints_what_it_proved(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", [*numbered(100), *numbered(10)])
    done = cli("split", str(path), "--out", str(tmp_path / "out"), "--splits", "0.8,0.2")
    assert done.exit_code == 0, done.output
    assert "LEK001 0" in done.stdout
    assert "kept 110 + left out 0 = read 110" in done.stdout
    assert all(len(line) <= 120 for line in done.stdout.replace(str(tmp_path), "").splitlines())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--out is missing"),
        (("--out", "x", "--group-by", "metadata.customer"), "did you mean `/metadata/customer`?"),
        (("--out", "x", "--group-by", "/nothing"), "no row has a value at `/nothing`"),
        (("--out", "x", "--time-by", "/nothing"), "no row has a date at `/nothing`"),
        (("--out", "x", "--folds", "1"), "--folds is 1"),
        (("--out", "x", "--folds", "3", "--splits", "0.5,0.5"), "exclude each other"),
    ],
)
def test_mistakes_get_one_sentence(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    path = write_rows(tmp_path / "rows.jsonl", numbered(5))
    done = cli("split", str(path), *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_no_file_is_without_a_row(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", numbered(1))
    done = ftprep.split(path, tmp_path / "out")
    filled = [name for name, count in done.counts.items() if count]
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["manifest.json", f"{filled[0]}.jsonl"]
    assert sorted(done.counts.values()) == [0, 0, 1]


def test_a_file_without_rows_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(UsageError, match=r"no row to split in `.*empty\.jsonl`"):
        ftprep.split(tmp_path / "empty.jsonl")


def test_labels_where_answers_are_none_are_refused() -> None:
    with pytest.raises(UsageError, match="answers are no labels, by which rows were to be stratified"):
        ftprep.split(numbered(60), stratify_by="label")


def test_a_split_without_any_row_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("not JSON\nnor this\n")
    with pytest.raises(FtprepError, match="no row is left to share out, 2 have to be left out: JSN001 2"):
        ftprep.split(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
