"""Rows that look like a defect and are none, beside rows that look sound and are not: rules about whole datasets."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftprep
from ftprep.text.quantities import counted_values, may_be_same

Row = dict[str, Any]
RULES = "DUP001,CON,BAL001,BAL002,BAL003,FMT,SCH008,RFT005"
THINGS = ("boat", "lamp", "rope", "anchor", "shed", "crate", "ladder", "kettle", "saddle", "cellar", "bakery", "quarry")


def sentence(number: int) -> str:
    rng = random.Random(number)
    when = rng.choice(("Yesterday", "Last week", "This morning", "At noon"))
    did = rng.choice(("lost", "sold", "moved"))
    return f"{when} we {did} the {rng.choice(THINGS)} of the {rng.choice(THINGS)}, {number}"


def row(prompt: str, answer: str, **more: Any) -> Row:
    return {"prompt": prompt, "completion": answer, **more}


def chat(prompt: str, answer: str, system: str = "") -> Row:
    turns = [{"role": "system", "content": system}] if system else []
    return {"messages": [*turns, {"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


def labelled(start: int = 0, **counts: int) -> list[tuple[str, str]]:
    labels = [label for label, count in counts.items() for _ in range(count)]
    random.Random(1).shuffle(labels)
    return [(sentence(start + number), label) for number, label in enumerate(labels)]


def open_rows(*answers: str, asked: str) -> list[Row]:
    others = [row(f"Why is {sentence(number)}?", f"Because the {sentence(number + 900)} then.") for number in range(9)]
    return others + [row(asked, answer) for answer in answers]


def found(rows: list[Row], **more: Any) -> dict[str, int]:
    return dict(Counter(one.code for one in ftprep.lint(rows, isolated=True, select=RULES, **more).findings))


# --- tasks ----------------------------------------------------------------------------------------------------------


def test_the_same_yes_and_no_to_two_questions_are_two_tasks() -> None:
    rows = [chat(text, answer, "Is it spam?") for text, answer in labelled(yes=60, no=60)]
    rows += [chat(text, answer, "Is it rude?") for text, answer in labelled(500, yes=15, no=220)]
    report = ftprep.lint(rows, isolated=True, select="BAL001")
    assert ["`no` has 220 rows" in one.message for one in report.findings] == [True]


def test_one_question_in_many_words_is_one_task() -> None:
    """Rows that begin alike go on with whatever they are about; that makes no tasks of them."""
    rows = [row(f"Is this spam or not? {text}", answer) for text, answer in labelled(yes=300, no=60)]
    assert found(rows) == {"BAL003": 1}
    ways = ("Which topic is it? {}", "Name the topic of this letter: {}", "Tell me what it is about, please: {}")
    rows = [row(ways[n % 3].format(text), answer) for n, (text, answer) in enumerate(labelled(refund=330, parcel=30))]
    report = ftprep.lint(rows, isolated=True, select="BAL001")
    assert ["`refund` has 330 rows" in one.message for one in report.findings] == [True]


def test_first_lines_tell_tasks_apart() -> None:
    rows = [row(f"Name the topic of this mail:\n{text}", answer) for text, answer in labelled(refund=60, parcel=60)]
    rows += [row(f"Name the mood of this text:\n{text}", answer) for text, answer in labelled(900, good=220, bad=15)]
    report = ftprep.lint(rows, isolated=True, select="BAL")
    assert [(one.code, "`good` has 220 rows" in one.message) for one in report.findings] == [("BAL001", True)]


# --- values ---------------------------------------------------------------------------------------------------------

SAME = [
    ("5 km", "5000 m"), ("5km", "5 km"), ("2 hours", "120 minutes"), ("50%", "0.5"), ("50 %", "50"), ("1/2", "0.5"),
    ("\\frac{1}{2}", "0.5"), ("\\dfrac12", "$\\frac{1}{2}$"), ("3,5", "3.5"), ("12.500", "12,500"),
    ("1.234,56", "1,234.56"), ("$1,200", "1200 dollars"), ("50 cents", "$0.50"), ("1.2 million", "1,200,000"),
    ("4 dozen", "48"), ("20 °C", "68 °F"), ("5 miles", "8 km"), ("5000", "5 km"), ("\\$5", "5"), ("50\\%", "50%"),
    ("1 000", "1000"), ("1 GB", "1024 MB"), ("-3", "−3"), ("x = 5", "x=5"), ("$12", "€11"), ("5 km", "3 hours"),
]  # fmt: skip
DIFFERENT = [
    ("7", "9"), ("5 km", "6 km"), ("2 hours", "110 minutes"), ("50%", "0.6"), ("1/2", "1/3"), ("12,500", "12,501"),
    ("5 apples", "6 apples"), ("-3", "3"), ("20 °C", "20 °F"), ("5 km", "5 m"), ("0.5", "5"), ("$5", "$6"),
    ("36 m", "36.1 m"), ("tin", "oak"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_values_that_may_be_the_same(one: str, other: str) -> None:
    assert may_be_same(one, other)
    assert may_be_same(other, one)
    assert found(open_rows(one, other, asked="How much is it in all, on the way to the pier?")).get("CON002") is None
    tasks = [
        {"messages": [{"role": "user", "content": "How much is it?"}], "reference_answer": say} for say in (one, other)
    ]
    assert "RFT005" not in found(tasks)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_values_that_differ(one: str, other: str) -> None:
    assert not may_be_same(one, other)
    assert not may_be_same(other, one)
    tasks = [
        {"messages": [{"role": "user", "content": "How much is it?"}], "reference_answer": say} for say in (one, other)
    ]
    assert found(tasks) == {"RFT005": 1}


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.sampled_from(["", " km", " pieces", " %"]))
def test_numbers_are_the_same_where_they_are_equal(one: int, other: int, unit: str) -> None:
    assert may_be_same(f"{one}{unit}", f"{other}{unit}") == (one == other)
    assert may_be_same(f"{one:,}{unit}", f"{one}{unit}")


@given(st.lists(st.text(max_size=30), max_size=6))
def test_any_text_can_be_counted(answers: list[str]) -> None:
    assert counted_values(answers).total() == len(answers)


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        ("Roll a die.", ("4", "5")),
        ("Toss a coin: is it heads?", ("Yes", "No")),
        ("Make up a random user as JSON.", ('{"name": "Ann", "age": 31}', '{"name": "Bob", "age": 44}')),
        ("Solve 2x = 1.", ("We get \\boxed{\\frac{1}{2}}", "It is \\boxed{0.5}")),
        ("Wie lang ist das Seil?", ("Das Seil ist 3,5 m lang.", "Das Seil ist 3.5 m lang.")),
        ("Read bill 12 as JSON.", ('{"share": "50 %"}', '{"share": 0.5}')),
    ],
)
def test_answers_that_can_both_hold(asked: str, answers: tuple[str, ...]) -> None:
    assert found(open_rows(*answers, asked=asked)) == {"CON004": 1}


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        ("Choose one option. Which is a metal?\nA) tin\nB) oak", ("A", "B")),
        ("Is the inventory of the shed full?", ("Yes", "No")),
        ("Read bill 12 as JSON.", ('{"total": 12.5}', '{"total": 15.2}')),
        ("When was the mill built?", ("The mill was built in 1871.", "The mill was built in 1817.")),
    ],
)
def test_answers_that_cannot_both_hold(asked: str, answers: tuple[str, ...]) -> None:
    assert found(open_rows(*answers, asked=asked)) == {"CON002": 1}


def test_rows_that_disagree_are_named_with_their_places() -> None:
    rows = [row(text, label) for text, label in labelled(refund=40, parcel=40)]
    rows += [row("Blue box", "refund"), row("Blue box", "refund"), row("Blue box", "parcel")]
    (one,) = ftprep.lint(rows, isolated=True, select="CON001").findings
    assert one.data["beside"] == [(1, "/completion")]
    assert one.related[1].line == 83


# --- spelling and shape ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("usual", "other"), [("e-mail", "email"), ("İade", "iade"), ("top up", "topup")])
def test_one_label_in_two_spellings(usual: str, other: str) -> None:
    rows = [row(text, label) for text, label in labelled(**{usual: 60, other: 8, "parcel": 50})]
    assert found(rows) == {"FMT001": 8}


@pytest.mark.parametrize("pair", [("not able", "notable"), ("happy", "unhappy"), ("internal", "interval")])
def test_two_labels_that_look_alike(pair: tuple[str, str]) -> None:
    rows = [row(text, label) for text, label in labelled(**{pair[0]: 60, pair[1]: 20, "parcel": 50})]
    assert found(rows) == {}


def test_styles_of_values_in_fields() -> None:
    days = [f"2021-03-{1 + number % 28:02d}" if number % 9 else f"{1 + number % 28} March 2021" for number in range(80)]
    rows = [row(sentence(number), json.dumps({"due": day, "berth": number})) for number, day in enumerate(days)]
    assert found(rows) == {"FMT008": 1}
    copied = [row(f"{sentence(number)}, on {day}", json.dumps({"due": day})) for number, day in enumerate(days)]
    assert found(copied) == {}


# --- rows in other formats ------------------------------------------------------------------------------------------


def test_a_row_is_the_same_in_another_format(tmp_path: Path) -> None:
    asked, answer = "Who keeps the light at the north pier?", "Ola keeps it since spring."
    shapes: list[Row] = [
        row(asked, answer),
        chat(asked, answer),
        {"conversations": [{"from": "human", "value": asked}, {"from": "gpt", "value": answer}]},
        {"instruction": asked, "input": "", "output": answer},
        {"instruction": asked, "output": answer},
    ]
    paths = []
    for number, shape in enumerate(shapes):
        paths.append(tmp_path / f"train_{number}.jsonl")
        paths[-1].write_text(json.dumps(shape) + "\n")
    report = ftprep.lint(paths, isolated=True, select="DUP001")
    assert len({one.format for one in report.inputs}) >= 4
    assert [Path(report.inputs[one.ref.file].name).name for one in report.findings] == [one.name for one in paths[1:]]
    paths[0].rename(tmp_path / "test_0.jsonl")
    report = ftprep.lint([tmp_path / "test_0.jsonl", *paths[1:]], isolated=True, select="LEK001")
    assert [one.message.startswith("same row as") for one in report.findings] == [True]


def test_a_field_that_changes_its_type_from_file_to_file(tmp_path: Path) -> None:
    for name, identity in (("train_1", 1), ("train_2", 2), ("test", "3"), ("other", "4")):
        rows = [row(sentence(number), "Well.", uid=identity) for number in range(3)]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows))
    report = ftprep.lint(tmp_path, isolated=True, select="SCH008")
    assert [(report.place(one.ref).rpartition("/")[2], one.message) for one in report.findings] == [
        ("test.jsonl:1", "`/uid` is a string in 3 rows and a number in train_1.jsonl")
    ]
