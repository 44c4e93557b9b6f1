"""Which file is which split, and what two splits may not share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import cli
from hypothesis import given
from hypothesis import strategies as st

import ftprep
from ftprep.errors import UsageError

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def row(number: int, answer: str = "On its way.", **more: Any) -> dict[str, Any]:
    turns = [{"role": "user", "content": f"Where is parcel number {number}?"}, {"role": "assistant", "content": answer}]
    return {"messages": turns, **more}


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(one)}\n" for one in rows), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(report: ftprep.Report) -> list[tuple[str, str, int]]:
    return [(one.code, report.inputs[one.ref.file].name, one.ref.line) for one in report.findings]


def splits_of(report: ftprep.Report) -> dict[str, tuple[str, str | None]]:
    return {one.name: (one.dataset, one.split) for one in report.inputs}


# --- which file is which split ------------------------------------------------------------------------------------


def test_an_argument_beats_the_name() -> None:
    write(Path("test.jsonl"), row(1))
    write(Path("b.jsonl"), row(1))
    by_name = ftprep.lint(["test.jsonl", "b.jsonl"], isolated=True, select=["LEK"])
    assert splits_of(by_name) == {"test.jsonl": ("", "test"), "b.jsonl": ("", None)}
    assert found(by_name) == []
    told = ftprep.lint(
        ["test.jsonl", "b.jsonl"], isolated=True, select=["LEK"], splits={"train": "test.jsonl", "val": ["b*.jsonl"]}
    )
    assert splits_of(told) == {"test.jsonl": ("", "train"), "b.jsonl": ("", "validation")}
    assert found(told) == [("LEK001", "b.jsonl", 1)]


def test_the_option_names_inputs_too() -> None:
    write(Path("data/a 1.jsonl"), row(1), row(2))
    write(Path("data/a 2.jsonl"), row(3))
    write(Path("b.jsonl"), row(3), row(4))
    option = "train=data/a*.jsonl,test=./b.jsonl"
    document = json.loads(cli("lint", "--splits", option, "--select", "LEK", "-o", "json").stdout)
    assert [(one["path"], one["split"]) for one in document["inputs"]] == [
        ("./b.jsonl", "test"),
        ("data/a 1.jsonl", "train"),
        ("data/a 2.jsonl", "train"),
    ]
    assert [(one["code"], one["message"]) for one in document["findings"]] == [
        ("LEK001", "same row as a 2.jsonl:1, of the train split")
    ]
    repeated = cli("lint", "--splits", "train=data/a 1.jsonl,data/a 2.jsonl", "--splits", "test=b.jsonl")
    assert "LEK001" in repeated.stdout
    assert repeated.exit_code == 1


def test_configuration_names_datasets() -> None:
    Path("ftprep.toml").write_text(
        '[datasets.parcels]\ntrain = "parcels/a*.jsonl"\ntest = ["parcels/b.jsonl"]\n'
        '[datasets.letters]\ntrain = "letters/a.jsonl"\ntest = "letters/b.jsonl"\n'
    )
    write(Path("parcels/a1.jsonl"), row(1), row(2))
    write(Path("parcels/b.jsonl"), row(2), row(9))
    write(Path("letters/a.jsonl"), row(9))
    write(Path("letters/b.jsonl"), row(1))
    report = ftprep.lint(["parcels", "letters"], select=["LEK"])
    assert set(splits_of(report).values()) == {
        ("parcels", "train"), ("parcels", "test"), ("letters", "train"), ("letters", "test"),
    }  # fmt: skip
    # Rows of another dataset are no matter.
    assert found(report) == [("LEK001", "parcels/b.jsonl", 1)]
    shown = json.loads(cli("config", "datasets", "--output", "json").stdout)
    assert shown["datasets.parcels.test"] == {"value": ["parcels/b.jsonl"], "from": "ftprep.toml"}
    told = ftprep.lint(["parcels", "letters"], select=["LEK"], splits={"test": "parcels/a1.jsonl"})
    assert splits_of(told)["parcels/a1.jsonl"] == ("", "test")


def test_an_environment_variable_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    write(Path("a.jsonl"), row(1))
    write(Path("b.jsonl"), row(1))
    monkeypatch.setenv("FTPREP_SPLITS", "train=a.jsonl,test=b.jsonl")
    assert "LEK001" in cli("lint", "a.jsonl", "b.jsonl").stdout


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("trian=a.jsonl", "unknown split `trian`; did you mean `train`?"),
        ("a.jsonl", "`a.jsonl` is not of the form NAME=PATH"),
        ("train=", "`train=` is not of the form NAME=PATH"),
        ("test=gone.jsonl", "gone.jsonl"),
    ],
)
def test_mistakes_are_named(text: str, sentence: str) -> None:
    write(Path("a.jsonl"), row(1))
    result = cli("lint", "--splits", text)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_mistakes_in_calls_and_files_are_named() -> None:
    write(Path("a.jsonl"), row(1))
    with pytest.raises(UsageError, match="splits=: unknown split `tests`"):
        ftprep.lint("a.jsonl", splits={"tests": "a.jsonl"})
    Path("ftprep.toml").write_text('[datasets.parcels]\ntraining = "a.jsonl"\n')
    with pytest.raises(UsageError, match="datasets"):
        ftprep.lint("a.jsonl")


# --- rows in two splits -------------------------------------------------------------------------------------------


def test_a_row_of_three_splits_stays_in_the_first() -> None:
    for name in ("train", "valid", "test"):
        write(Path(f"{name}.jsonl"), row(1), row(2, answer=f"In {name}."))
    report = ftprep.lint(["test.jsonl", "valid.jsonl", "train.jsonl"], isolated=True, select=["LEK001"])
    assert found(report) == [("LEK001", f"{name}.jsonl", line) for name in ("valid", "test") for line in (1, 2)]
    assert {one.data["level"] for one in report.findings} == {"row", "prompt"}
    assert {report.inputs[one.related[0].file].name for one in report.findings} == {"train.jsonl"}
    assert all(one.fix is not None and one.fix.drop for one in report.findings)


def test_a_standing_phrase_is_no_leak() -> None:
    write(Path("train.jsonl"), *[{"prompt": "Write a review of the ferry.", "completion": f"{n}"} for n in range(30)])
    write(Path("test.jsonl"), {"prompt": "Write a review of the ferry.", "completion": "Late, but friendly."})
    assert found(ftprep.lint(["train.jsonl", "test.jsonl"], isolated=True, select=["LEK"])) == []


@pytest.mark.parametrize(
    "pair",
    [
        {"input": {"messages": row(1)["messages"][:1]}, "preferred_output": [], "non_preferred_output": []},
        {"prompt": "Where is parcel number 7 today?", "chosen": "", "rejected": ""},
    ],
)
def test_prompts_of_preferences_count(pair: dict[str, Any]) -> None:
    def filled(good: str, bad: str) -> dict[str, Any]:
        sides = [key for key in pair if pair[key] in ([], "")]
        turns = [[{"role": "assistant", "content": text}] if pair[sides[0]] == [] else text for text in (good, bad)]
        return {**pair, **dict(zip(sides, turns, strict=True))}

    write(Path("train.jsonl"), filled("Here.", "There."))
    write(Path("test.jsonl"), filled("In the hall.", "Nowhere."))
    assert found(ftprep.lint(["train.jsonl", "test.jsonl"], isolated=True, select=["LEK"])) == [
        ("LEK001", "test.jsonl", 1)
    ]


def test_texts_are_compared_as_wholes() -> None:
    write(Path("train.jsonl"), {"text": "The harbour wall was rebuilt."}, {"text": "The ferry left at noon."})
    write(Path("test.jsonl"), {"text": "the harbour wall  was rebuilt."}, {"text": "The ferry left at one."})
    report = ftprep.lint(["train.jsonl", "test.jsonl"], isolated=True, select=["LEK"])
    assert found(report) == [("LEK001", "test.jsonl", 1)]


@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from("ab")), max_size=12), st.integers(0, 12))
def test_every_shared_row_is_told_once(rows: list[tuple[int, str]], cut: int) -> None:
    train, test = rows[:cut], rows[cut:]
    if not train or not test:
        return
    for name, mine in (("train", train), ("test", test)):
        write(Path(f"{name}.jsonl"), *[row(number, answer) for number, answer in mine])
    report = ftprep.lint(["train.jsonl", "test.jsonl"], isolated=True, select=["LEK001"])
    known, asked = set(train), {number for number, _ in train}
    assert [(one.ref.line, one.data["level"]) for one in report.findings] == [
        (line, "row" if one in known else "prompt") for line, one in enumerate(test, 1) if one[0] in asked
    ]


def test_the_hook_looks_for_overlaps_too() -> None:
    write(Path("train.jsonl"), row(1))
    write(Path("test.jsonl"), row(1))
    assert "LEK001" in cli("lint", ".", "--profile", "fast").stdout


# --- things in two splits -----------------------------------------------------------------------------------------


def test_what_is_nobody_is_not_shared() -> None:
    nobody: list[Any] = [None, "", 0, "unknown", True, [1], {"id": 1}, 1.5]
    write(Path("train.jsonl"), *[row(n, customer_id=value) for n, value in enumerate(nobody)], row(98, customerId="C7"))
    write(
        Path("test.jsonl"), *[row(20 + n, customer_id=value) for n, value in enumerate(nobody)], row(99, thread_id="C7")
    )
    assert found(ftprep.lint(["train.jsonl", "test.jsonl"], isolated=True, select=["LEK"])) == []


def test_spellings_and_places_are_one_column() -> None:
    write(Path("train.jsonl"), row(1, customerId=4711), row(2, customer_id="17"))
    write(Path("test.jsonl"), row(3, metadata={"customer_id": "4711"}), row(4, customer_id="x-1"))
    report = ftprep.lint(["train.jsonl", "test.jsonl"], isolated=True, select=["LEK"])
    assert found(report) == [("LEK003", "test.jsonl", 0)]
    assert report.findings[0].message == ("1 of 2 values of `customer_id` is in the train split, too (1 of 2 rows)")


# --- real sets ----------------------------------------------------------------------------------------------------


def test_a_set_that_is_known_to_be_clean() -> None:
    files = [SHARED / "rft" / name for name in ("gsm8k_train_7473.jsonl", "gsm8k_test_1319.jsonl")]
    if not all(path.exists() for path in files):
        pytest.skip("the published files are not here")
    report = ftprep.lint(files, isolated=True, select=["LEK"])
    assert [one.split for one in report.inputs] == ["train", "test"]
    assert report.findings == []
