"""Rows of tasks: defects planted in valid ones, and what is valid though it looks odd."""

from __future__ import annotations

from typing import Any

import pytest
from rows import assistant, user

import ftprep
from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import all_formats, format_named
from ftprep.formats.validation import schema_errors

Row = dict[str, Any]
PAIR = [{"rank": 1, "completion": [assistant("b")]}, {"rank": 0, "completion": [assistant("a")]}]


def example(name: str, **changes: Any) -> Row:
    return {**all_formats()[name].example, **changes}


BROKEN: list[tuple[str, Row, list[tuple[str, str]]]] = [
    ("verl", example("verl", prompt="How many?"), [("SCH003", "/prompt")]),
    ("verl", example("verl", reward_model="36"), [("SCH003", "/reward_model")]),
    ("verl", example("verl", prompt=[{"role": "human", "content": "a"}]), [("SCH004", "/prompt/0/role")]),
    ("verl", example("verl", prompt=[]), [("SCH007", "/prompt")]),
    ("verifiers", {"answer": "7", "info": {}}, [("SCH001", "")]),
    ("verifiers", {"question": None, "prompt": None, "info": {}}, [("SCH001", "")]),
    ("verifiers", example("verifiers", answer=7), [("SCH003", "/answer")]),
    ("verifiers", {"prompt": [{"role": "user"}], "answer": "7"}, [("SCH001", "/prompt/0")]),
    ("rlvr-generic", {"ground_truth": "7"}, [("SCH001", "")]),
    ("rlvr-generic", {"messages": [user()]}, [("SCH001", "")]),
    ("rlvr-generic", example("rlvr-generic", dataset=7), [("SCH003", "/dataset")]),
    ("openr1-code", example("openr1-code", prompt=None), [("SCH001", "")]),
    (
        "openr1-code",
        example("openr1-code", verification_info={"test_cases": ["4"]}),
        [("SCH003", "/verification_info/test_cases/0")],
    ),
    ("nemo-rl-preference", {"context": [user()], "completions": PAIR[:1]}, [("SCH006", "/completions")]),
    ("nemo-rl-preference", {"context": [user()], "completions": PAIR + PAIR}, [("SCH006", "/completions")]),
    (
        "nemo-rl-preference",
        {"context": [user()], "completions": [PAIR[0], {"completion": [assistant()]}]},
        [("SCH001", "/completions/1")],
    ),
    (
        "nemo-rl-preference",
        {"context": [user()], "completions": [PAIR[0], {"rank": 1.5, "completion": [assistant()]}]},
        [("SCH003", "/completions/1/rank")],
    ),
    ("gsm8k", example("gsm8k", answer=None), [("SCH003", "/answer")]),
    ("qa", {"question": "2 + 3?"}, [("SCH001", "")]),
    ("math-problem", {"problem": "2 + 3?", "solution": None}, [("SCH001", "")]),
    ("math-problem", example("math-problem", solution=["5"]), [("SCH003", "/solution")]),
    ("humaneval", example("humaneval", test=["assert f()"]), [("SCH003", "/test")]),
    ("mbpp", {"test_list": ["assert f()"]}, [("SCH001", "")]),
    ("mbpp", example("mbpp", test_list="assert f()"), [("SCH003", "/test_list")]),
    ("mbpp", example("mbpp", test_list=[7]), [("SCH003", "/test_list/0")]),
    ("apps", example("apps", solutions=7), [("SCH003", "/solutions")]),
    (
        "livecodebench",
        example("livecodebench", public_test_cases=[{"input": "4"}]),
        [("SCH001", "/public_test_cases/0")],
    ),
    ("input-output-pair", {"input": "a", "output": ["b"]}, [("SCH003", "/output")]),
    ("tokenized", {"input_ids": []}, [("SCH007", "/input_ids")]),
    ("tokenized", {"input_ids": [1, 2.0]}, [("SCH003", "/input_ids/1")]),
    ("tokenized", {"input_ids": [1, True]}, [("SCH003", "/input_ids/1")]),
    ("tokenized", {"input_ids": [1, -1]}, [("SCH006", "/input_ids/1")]),
    ("tokenized", {"input_ids": [[1, 2]]}, [("SCH003", "/input_ids/0")]),
    ("tokenized", {"input_ids": [1, 2], "labels": [-100]}, [("SCH006", "/labels")]),
    ("tokenized", {"input_ids": [1, 2], "labels": [-100, -1]}, [("SCH006", "/labels/1")]),
    ("tokenized", {"input_ids": [1, 2], "attention_mask": [1, 2]}, [("SCH006", "/attention_mask/1")]),
    ("tokenized", {"input_ids": [1, 2], "attention_mask": [1, None]}, [("SCH003", "/attention_mask/1")]),
    ("prm800k", example("prm800k", question={"answer": "4"}), [("SCH001", "/question")]),
]


@pytest.mark.parametrize(("name", "row", "expected"), BROKEN)
def test_broken_rows(name: str, row: Row, expected: list[tuple[str, str]]) -> None:
    assert [(error.code, error.pointer) for error in schema_errors(name, row)] == expected
    assert all(len(error.message) <= 100 for error in schema_errors(name, row))


SOUND: list[tuple[str, Row]] = [
    ("verl", example("verl", reward_model={"style": "model", "ground_truth": None}, images=[{"bytes": None}])),
    ("verl", example("verl", reward_model={"ground_truth": {"target": 98, "numbers": [44, 19]}})),
    ("verifiers", {"prompt": "Spell it.", "info": "{}", "answer": None}),
    ("rlvr-generic", {"messages": [user()], "ground_truth": ["7", "seven"], "dataset": ["math", "gsm8k"]}),
    ("rlvr-generic", {"prompt": "Hi", "ground_truth": {"func_name": "validate_lowercase"}}),
    ("openr1-code", {"problem": "Double it.", "verification_info": '{"ground_truth": "8"}'}),
    ("qa", {"question": "Hue of grass?", "answer": "B", "options": ["red", "green"], "id": 3}),
    ("gsm8k", {"question": "2 + 3?", "answer": "5"}),
    ("math-problem", {"problem": "2 + 3?", "answer": 5, "solution": None}),
    ("mbpp", {"task_id": 602, "prompt": "Write f.", "test_list": [], "test_imports": ["import re"], "code": "pass"}),
    ("apps", {"question": "Add.", "input_output": "", "solutions": "", "url": "https://example.org"}),
    ("tokenized", {"input_ids": [0, 0], "labels": [-100, -100], "attention_mask": None, "length": 2}),
    ("prm800k", {"question": {"problem": "4?"}, "label": {"steps": [{"completions": None, "human_completion": {}}]}}),
]


@pytest.mark.parametrize(("name", "row"), SOUND)
def test_sound_rows(name: str, row: Row) -> None:
    assert schema_errors(name, row) == ()
    format_named(name).append(row, ColumnBuilder())


def texts(name: str, row: Row) -> list[tuple[str, int, bool]]:
    out = ColumnBuilder()
    format = format_named(name)
    format.append(row, out)
    return [
        (format.pointer(code, slot), code & c.SIDE_MASK, bool(code & c.TRAINED))
        for code, slot in zip(out.codes, out.slots, strict=True)
    ]


@pytest.mark.parametrize("name", [one.name for one in all_formats().values() if one.method in ("rft", "prompt-only")])
def test_nothing_of_a_task_is_trained(name: str) -> None:
    assert not any(trained for _, _, trained in texts(name, example(name)))


def test_the_reference_is_a_text_and_code_is_none() -> None:
    assert texts("verl", example("verl"))[-1] == ("/reward_model/ground_truth", c.REFERENCE, False)
    assert texts("gsm8k", example("gsm8k"))[-1] == ("/answer", c.REFERENCE, False)
    assert texts("math-problem", example("math-problem"))[1:] == [
        ("/solution", c.OTHER, False),
        ("/answer", c.REFERENCE, False),
    ]
    assert texts("math-problem", example("math-problem", answer=None))[-1] == ("/solution", c.REFERENCE, False)
    assert texts("humaneval", example("humaneval")) == [("/prompt", c.PROMPT, False)]
    assert texts("mbpp", example("mbpp")) == [("/text", c.PROMPT, False)]
    for name in ("humaneval", "mbpp", "apps", "livecodebench", "openr1-code"):
        assert format_named(name).references(example(name)) == []
        assert format_named(name).identity(example(name)) is not None


def test_references_by_name_and_rank() -> None:
    row = {"messages": [user()], "solution": "8", "answer": None, "reference_answer": {"n": 8}}
    assert format_named("openai-rft").references(row) == [("/reference_answer", {"n": 8}), ("/solution", "8")]
    assert format_named("openai-chat").references({"messages": [user(), assistant()], "answer": "8"}) == []
    assert format_named("verl").references(example("verl", reward_model={"style": "model"})) == []


def test_the_verifier_is_named_by_the_row() -> None:
    assert format_named("verl").verifier(example("verl")) == "openai/gsm8k"
    assert format_named("rlvr-generic").verifier(example("rlvr-generic", dataset=["math"])) == "math"
    assert format_named("rlvr-generic").verifier(example("rlvr-generic", dataset=["math", "code"])) is None
    assert format_named("gsm8k").verifier(example("gsm8k")) is None


def test_the_lower_rank_is_the_preferred_side() -> None:
    row = {"context": [user()], "completions": PAIR}
    assert [one[:2] for one in texts("nemo-rl-preference", row)] == [
        ("/context/0/content", c.PROMPT),
        ("/completions/1/completion/0/content", c.CHOSEN),
        ("/completions/0/completion/0/content", c.REJECTED),
    ]
    swapped = {"context": [user()], "completions": PAIR[::-1]}
    format = format_named("nemo-rl-preference")
    assert format.identity(row) is format.identity(swapped) is None
    assert format.identity({**row, "completions": [PAIR[0], {**PAIR[1], "rank": 1}]}) == [1, 1]
    assert format.conversations(swapped)[1][0] == "/completions/0/completion"


def found(rows: list[Row], **more: Any) -> list[tuple[str, int, str]]:
    report = ftprep.lint(rows, isolated=True, ignore=["BAL004"], **more)
    return [(one.code, one.ref.line, one.pointer) for one in report.findings]


def test_tasks_that_differ_in_their_tests_alone_are_no_duplicates() -> None:
    for name, key, other in [
        ("humaneval", "test", "def check(candidate):\n    assert candidate(8) == 3\n"),
        ("mbpp", "test_list", ["assert vowels('oboe') == 3"]),
        ("apps", "input_output", '{"inputs": ["1\\n2\\n"], "outputs": ["2\\n"]}'),
        ("livecodebench", "public_test_cases", "[]"),
        ("openr1-code", "verification_info", {"language": "python", "test_cases": []}),
        ("verl", "reward_model", {"style": "rule", "ground_truth": 36}),
        ("verifiers", "info", {"letters": 8}),
        ("qa", "options", ["mercury", "lead"]),
        ("prm800k", "label", {"steps": [{"completions": [{"text": "3/5 / 2 = 3/10.", "rating": 0}]}]}),
    ]:
        rows = [example(name), example(name, **{key: other})]
        assert found(rows, select=["DUP"]) == [], name
        again = [example(name), example(name)]
        assert [one[0] for one in found(again, select=["DUP"])] == ["DUP001"], name


def test_metadata_makes_no_difference() -> None:
    for name in ("verl", "gsm8k", "humaneval", "rlvr-generic"):
        other = example(name, id=7, source="b")
        if name == "verl":
            other["extra_info"] = {"split": "train", "index": 1, "answer": "36 tins"}
        assert [one[0] for one in found([example(name), other], select=["DUP"])] == ["DUP001"], name
