"""Rules of family RFT on whole files, and how references are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from row_strategies import VALID_ROWS, spoilt_rows
from rows import assistant, chat, user

import ftprep
from ftprep.cli.main import main
from ftprep.config import resolve
from ftprep.errors import UsageError
from ftprep.formats.format import all_formats
from ftprep.text.reference_kinds import Kind, kind_of
from ftprep.text.references import boxed, braces_balance, canonical, final_answer, letter, number
from ftprep.text.strict_schema import problems_of

Row = dict[str, Any]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


def found(rows: list[Row], select: str = "RFT", **more: Any) -> list[tuple[str, int, str]]:
    report = ftprep.lint(rows, isolated=True, select=select, **more)
    assert not [one.message for one in report.findings if one.code == "FTP900"]
    return [(one.code, one.ref.line, one.pointer) for one in report.findings]


# --- the same defects in files of every shape -------------------------------------------------------------------------

SHAPES: dict[str, tuple[Callable[[str, Any], Row], str, str]] = {
    "verl": (
        lambda asked, truth: {
            "data_source": "own/sums",
            "prompt": [user(asked)],
            "reward_model": {"style": "rule", "ground_truth": truth},
        },
        "/reward_model/ground_truth",
        "/prompt/0/content",
    ),
    "rlvr-generic": (
        lambda asked, truth: {"messages": [user(asked)], "ground_truth": truth},
        "/ground_truth",
        "/messages/0/content",
    ),
    "openai-rft": (
        lambda asked, truth: chat(user(asked), solution=truth),
        "/solution",
        "/messages/0/content",
    ),
    "trl-prompt-only": (lambda asked, truth: {"prompt": asked, "solution": truth}, "/solution", "/prompt"),
    "trl-prompt-only-conv": (
        lambda asked, truth: {"prompt": [user(asked)], "answer": truth},
        "/answer",
        "/prompt/0/content",
    ),
    "verifiers": (
        lambda asked, truth: {"question": asked, "answer": truth, "info": {"kind": "sum"}},
        "/answer",
        "/question",
    ),
    "math-problem": (lambda asked, truth: {"problem": asked, "answer": truth}, "/answer", "/problem"),
    "qa": (lambda asked, truth: {"question": asked, "answer": truth}, "/answer", "/question"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_defects_planted_in_tasks(name: str) -> None:
    shape, reference, prompt = SHAPES[name]
    rows = [shape(f"What is {number} times 7?", str(number * 7)) for number in range(1, 81)]
    assert found(rows) == []
    rows += [
        shape("What is 81 times 7?", " "),
        shape("What is 82 times 7?", "N/A"),
        shape("What is 83 times 7? The answer is 581.", "581"),
        shape("What is 84 times 7?", "588 apples"),
        shape("What is 12 times 7?", "83"),
    ]
    expected = [
        ("RFT001", 81, reference),
        ("RFT001", 82, reference),
        ("RFT003", 83, prompt),
        ("RFT004", 84, reference),
        ("RFT005", 85, reference),
    ]
    assert found(rows) == expected
    assert ftprep.lint(rows, isolated=True).inputs[0].detection.format == name
    if name not in ("qa", "verifiers"):  # their schema asks for strings
        assert found([*rows, shape("What is 86 times 7?", 602)]) == [*expected, ("RFT013", 86, reference)]


def test_references_are_compared_within_a_file_and_between_files(tmp_path: Path) -> None:
    for name, answer in (("a.jsonl", "4"), ("b.jsonl", "5")):
        (tmp_path / name).write_text(json.dumps({"question": "2 + 2?", "answer": answer}) + "\n")
    report = ftprep.lint(tmp_path, isolated=True, select="RFT005")
    assert [one.ref[:2] for one in report.findings] == [(1, 1)]
    assert "a.jsonl:1" in report.findings[0].message


def test_a_word_that_many_rows_say_is_one_warning() -> None:
    rows = [chat(user(f"Who is number {n}?"), answer=f"Person {n}") for n in range(30)]
    rows += [chat(user(f"Who is number {n}?"), answer="unknown") for n in range(30, 40)]
    report = ftprep.lint(rows, isolated=True, select="RFT001")
    assert [(one.ref.line, one.severity.label if one.severity else "") for one in report.findings] == [(0, "warning")]
    assert report.findings[0].message == "10 of 40 rows (25%): the reference is `unknown`, no answer"


def test_prompts_for_rewards_need_no_reference() -> None:
    rows = [{"prompt": f"Write {n} rhymes.", "solution": str(n) if n % 2 else None} for n in range(20)]
    assert found(rows) == []
    rows = [{"prompt": f"Write {n} rhymes.", "solution": str(n) if n else ""} for n in range(20)]
    assert found(rows) == [("RFT001", 1, "/solution")]


def test_an_answer_at_the_end_of_a_task() -> None:
    rows = [chat(user(f"{n}?"), answer=str(n)) for n in range(20)]
    calls = [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    rows += [
        chat(user("21?"), assistant("21"), answer="21"),
        chat(user("22?"), assistant(None, tool_calls=calls), answer="22"),
        chat(user("23?"), assistant("Sure?"), user("Yes."), answer="23"),
    ]
    assert found(rows) == [("RFT002", 21, "/messages/1"), ("RFT002", 22, "/messages/1")]
    assert found([{"prompt": [user(), assistant("<think>")], "answer": "7"}] * 3, select="RFT002") == []


def test_tasks_with_tests_have_no_references() -> None:
    for one in all_formats().values():
        if one.judged_by_tests:
            assert found([dict(one.example)] * 2) == []


# --- the answer in the prompt -----------------------------------------------------------------------------------------

GIVEN = [
    ("3 + 4? Answer: 7", "7"),
    ("3 + 4? answer is **7**.", 7),
    ("3 + 4?\nThe correct answer is \\boxed{7}", "It is \\boxed{7}"),
    ("3 + 4? The answer was\n7", "7.0 is\n#### 7"),
    ("Price? ANSWER = $1,250", "$1,250"),
    ("Hauptstadt? The correct option is: Bern", "Bern"),
    ("首都是哪里?答案是北京", "北京"),
    ("Name it. The solution is: a red kite", "a red kite"),
]
KEPT = [
    ("3 + 4? Answer:", "7"),
    ("3 + 4 = 7 is known. 2 + 5?", "7"),
    ("What is 5.5 - 0.5? Is the answer 5.5?", "5"),
    ("The answer is 75 or more. 70 + 5?", "7"),
    ("End your reply with `Answer: B`.", "B"),
    ("Use the form\nFor example, Answer: 7", "7"),
    ("Is it wet? Answer: Yes/No", "Yes"),
    ("Is it wet? Answer: yes or no", "yes"),
    ("Pick. Answer: A, B or C", "A"),
    ("The result is 7. Which number comes before 8?", "7"),
    ("If the answer is 7, what is the question's number?", "7"),
    ("The answer is 7 + 5.", "7"),
    ("Q: Rain?\nAnswer: positive\nQ: Sun?\nAnswer: negative\nQ: Snow?\nAnswer:", "positive"),
    ("", "7"),
    ("answer", ""),
]


@pytest.mark.parametrize(("prompt", "reference"), GIVEN)
def test_answers_that_are_given_away(prompt: str, reference: Any) -> None:
    assert [code for code, _, _ in found([chat(user(prompt), reference_answer=reference)] * 2, select="RFT003")]


@pytest.mark.parametrize(("prompt", "reference"), KEPT)
def test_answers_that_are_not(prompt: str, reference: Any) -> None:
    assert found([chat(user(prompt), reference_answer=reference)], select="RFT003", format="openai-rft") == []


def test_the_place_of_an_answer() -> None:
    row = chat(user("Ünder 3 + 4? Answer:  7!"), reference_answer="7")
    (one,) = ftprep.lint([row] * 1, isolated=True, select="RFT003", format="openai-rft").findings
    assert one.span is not None
    assert row["messages"][0]["content"][slice(*one.span)] == "7"
    assert one.fix is not None
    assert one.fix.drop


def test_long_prompts_take_no_longer_than_they_are() -> None:

    for prompt in (
        "answer: " * 50_000,
        "#### " * 50_000,
        "\n" * 200_000,
        "\\boxed{" * 50_000,
        "answer:" + " " * 300_000,
    ):
        rows = [chat(user(prompt), reference_answer="\\boxed{" * 20_000), chat(user(prompt), reference_answer="7")]
        found(rows, format="openai-rft")


# --- how references are read ------------------------------------------------------------------------------------------


@given(st.integers(-(10**12), 10**12))
def test_a_number_is_the_same_however_it_is_written(value: int) -> None:
    texts = [str(value), f"{value:,}", f"{value}.00", f" {value} ", f"${value}" if value >= 0 else f"-${-value}"]
    texts += [f"It is\n#### {value:,}", f"so \\boxed{{{value}}} it is", f"{value}."]
    assert {number(text) for text in texts[:5]} == {Decimal(value)}
    assert len({canonical(one) for one in (value, float(value), *texts)}) == 1
    assert canonical(str(value + 1)) != canonical(str(value))


def test_what_a_reference_says() -> None:
    assert final_answer("a #### b #### c\n") == "c"
    assert boxed("\\boxed{1} and \\boxed{\\frac{1}{2}} x") == "\\frac{1}{2}"
    assert boxed("\\boxed{\\text{a\\}}") is None
    assert boxed("none") is None
    assert [number(text) for text in ("", "-", ".", "1,00", "3 4", "½", "1/2", "seven", "7%")] == [None] * 9
    assert [number(text) for text in ("1e5", "٣", ".5", "7.", "+7")] == [100_000, 3, Decimal("0.5"), 7, 7]
    assert [letter(text) for text in ("(b)", "B.", " c ", "BC", "(B", "7")] == ["B", "B", "C", None, "B", None]
    assert canonical("(B)") == canonical("b")
    assert canonical('{"a": 1, "b": [2]}') == canonical({"b": [2], "a": 1})
    assert canonical(["7", "seven"]) == canonical(["Seven", 7.0])
    assert canonical("Paris.") == canonical("PARIS")
    assert canonical("one two three four five") is canonical("") is canonical({}) is canonical(None) is None
    assert [braces_balance(text) for text in ("{a}", "\\{", "{", "}{", "{{}}")] == [True, True, False, False, True]


@given(json_values | st.text(st.sampled_from('\\{}[]()"#$1,.eA` \nboxed'), max_size=30), st.text(max_size=30))
def test_any_reference_has_a_kind(value: Any, prompt: str) -> None:
    assert kind_of(value, prompt) in Kind
    assert canonical(value) is None or isinstance(canonical(value), str)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("7", Kind.NUMBER), (7.5, Kind.NUMBER), ("-$7,000.5", Kind.NUMBER), ("a\n#### 7", Kind.MARKED_NUMBER),
        ("a\n#### b", Kind.MARKED_TEXT), ("a ####", Kind.NOTHING_MARKED), ("(B)", Kind.CHOICE), ("12 m", Kind.TEXT),
        ("12 metres", Kind.QUANTITY), ('{"a": 1}', Kind.JSON), ({"a": 1}, Kind.JSON), ('{"a": 1', Kind.BROKEN_JSON),
        ('{"a": 1,}', Kind.BROKEN_JSON), ('{"a": NaN}', Kind.JSON), ('{"a": None}', Kind.TEXT), ("{1, 2}", Kind.TEXT),
        ("\\boxed{1", Kind.OPEN_BOX), ("\\frac{1}{2", Kind.BROKEN_LATEX), ("\\frac{1}{2}", Kind.TEXT),
        ("\\left\\{1, 2\\right.", Kind.TEXT), ("C:\\{temp", Kind.TEXT), ("", Kind.NOTHING), ("Unknown", Kind.NOTHING),
        ("```python\nx = (\n```", Kind.BROKEN_PYTHON), ("```python\nx = 1\n```", Kind.TEXT),
        ("```\nx = (\n```", Kind.TEXT), (True, Kind.TEXT), (None, Kind.TEXT),
    ],
)  # fmt: skip
def test_kinds(value: Any, kind: Kind) -> None:
    assert kind_of(value, "Which one?") == kind


def test_deep_references_break_nothing() -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    text = "[" * 5000 + '{"a"'
    rows = [
        chat(user("a"), answer=deep),
        chat(user("a"), answer=text),
        chat(user("a"), answer="```python\n" + "(" * 500),
    ]
    rows += [chat(user("b"), answer='{"a": ' * 900), chat(user("b"), answer=[["a"], {"b": [deep]}])]
    found(rows, format="openai-rft")


TASKS = [name for name, one in all_formats().items() if one.method in ("rft", "prompt-only")]


@settings(max_examples=60)
@given(data=st.data())
def test_spoilt_tasks_break_no_rule(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(TASKS))
    rows = data.draw(st.lists(VALID_ROWS[name], min_size=1, max_size=3))
    spoilt = [row for other, row in data.draw(st.lists(spoilt_rows(), max_size=3)) if other in TASKS]
    found([*rows, *spoilt], format=name)


# --- the response format ----------------------------------------------------------------------------------------------


def strict(**properties: Any) -> Row:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def wrapped(schema: Any, **more: Any) -> Row:
    return {"type": "json_schema", "json_schema": {"name": "sum", "strict": True, "schema": schema, **more}}


TEXT = {"type": "string"}


@pytest.mark.parametrize(
    "document",
    [
        strict(),
        wrapped(strict(a=TEXT, b={"type": ["number", "null"]}, c={"enum": ["x", 1]}, d={"const": 3})),
        wrapped({**strict(a={"$ref": "#/$defs/a"}, b={"$ref": "#"}), "$defs": {"a": strict(x=TEXT)}}, description="x"),
        strict(a={"anyOf": [strict(x=TEXT), {"type": "null"}]}, b={"type": "array", "items": strict(), "minItems": 1}),
        {**strict(a={"$ref": "#/definitions/a~1b"}), "definitions": {"a/b": TEXT}},
    ],
)
def test_strict_schemas(document: Row) -> None:
    assert list(problems_of(document)) == []


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([], [""]),
        ({}, ["", ""][:1]),
        ({"type": "json_object"}, ["/type"]),
        ({"json_schema": {"name": "a", "strict": True, "schema": strict()}}, ["/type"]),
        ({"type": "json_schema"}, [""]),
        (wrapped(strict(), strict=False), ["/json_schema"]),
        (wrapped(strict(), name="total sum"), ["/json_schema/name"]),
        (wrapped(strict(), name=None), ["/json_schema"]),
        (wrapped("x"), ["/json_schema"]),
        ({**strict(a=TEXT), "required": []}, [""]),
        ({**strict(a=TEXT), "required": ["a", "b"]}, [""]),
        ({**strict(), "additionalProperties": True}, [""]),
        ({"type": "array", "items": TEXT}, [""]),
        ({"anyOf": [strict()]}, [""]),
        (strict(a={"type": "object", "properties": {"b": TEXT}}), ["/properties/a"] * 2),
        (strict(a={"type": "array"}), ["/properties/a"]),
        (strict(a={"type": "array", "items": {"type": "object"}}), ["/properties/a/items"]),
        (strict(a={"type": "text"}), ["/properties/a/type"]),
        (strict(a={"description": "x"}), ["/properties/a"]),
        (strict(a={"oneOf": [TEXT]}), ["/properties/a"]),
        (strict(a={"enum": []}), ["/properties/a/enum"]),
        (strict(a={"$ref": "#/$defs/x"}), ["/properties/a/$ref"]),
        (strict(a=True), ["/properties/a"]),
        (strict(a={"anyOf": [TEXT, {"type": "object"}]}), ["/properties/a/anyOf/1"]),
    ],
)
def test_schemas_that_are_not_strict(document: Any, expected: list[str]) -> None:
    assert [problem.pointer for problem in problems_of(document)] == expected


@given(
    json_values
    | st.dictionaries(st.sampled_from(["type", "properties", "required", "anyOf", "items", "$ref"]), json_values)
)
def test_any_document(document: Any) -> None:
    assert all(problem.message for problem in problems_of(document))
    assert all(problem.message for problem in problems_of(wrapped(document)))


def test_a_response_format_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.jsonl").write_text(json.dumps(chat(user("2 + 2?"), answer="4")) + "\n")
    Path("format.json").write_text("\ufeff" + json.dumps(wrapped({"type": "object"}), indent=1), encoding="utf-8")
    result = CliRunner().invoke(main, ["lint", "rows.jsonl", "--response-format", "format.json", "-o", "concise"])
    assert "RFT014" in result.output
    assert "`additionalProperties` is not false" in result.output
    report = ftprep.lint("rows.jsonl", response_format=Path("format.json"), select="RFT014")
    assert [one.code for one in report.findings] == ["RFT014"]
    two = ftprep.lint(["rows.jsonl", "format.json"], response_format="format.json", select="RFT014")
    assert [one.ref.file for one in two.findings] == [0], "told once, however many inputs there are"
    Path("below").mkdir()
    Path("below/ftprep.toml").write_text('response-format = "../format.json"\n')
    assert resolve({}, file=Path("below/ftprep.toml")).settings.response_format
    with pytest.raises(UsageError, match="there is no file"):
        ftprep.lint("rows.jsonl", response_format="none.json")
    with pytest.raises(UsageError, match="needs --response-format"):
        ftprep.lint("rows.jsonl", select="RFT014")
