"""Rules about whole datasets: planted defects in files of many formats, and what is always true of them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rows import assistant, chat, user

import ftprep
import ftprep.io.chunk as chunk
from ftprep.formats.field_types import Field, defined, path_hash, paths, places
from ftprep.formats.format import all_formats
from ftprep.report import Report
from ftprep.rules.preference.preference_cycle import _circle
from ftprep.tasks.pairs import EXACT_TRIALS, sign_test

Row = dict[str, Any]
PAIR_RULES = "PRF004,PRF005,PRF007,PRF010"


def lint(rows: list[Row], select: str, **more: Any) -> Report:
    report = ftprep.lint(rows, isolated=True, select=f"{select},FTP900", **more)
    assert not [one.message for one in report.findings if one.code == "FTP900"]
    return report


def found(rows: list[Row], select: str, **more: Any) -> list[tuple[str, int, str]]:
    return [(one.code, one.ref.line, one.pointer) for one in lint(rows, select, **more).findings]


# --- pairs in every format that has them ------------------------------------------------------------------------------

# Prompt, chosen and rejected text of the example of each format.
PAIRS = {
    "openai-preference": ("Name a tree that keeps its leaves in winter.", "The holly.", "The larch."),
    "openai-preference-legacy": ("Name a river that flows north.", "The Nile.", "The Danube."),
    "gemini-preference": (
        "Ask a neighbour to turn the radio down.", "Could you turn it down a little, please?", "Silence!",
    ),
    "nova-dpo": (
        "Tell a guest that the kitchen is closed.", "Our kitchen has just closed; may I bring you some bread?",
        "Too late.",
    ),
    "nemo-rl-preference": ("Name a river that flows north.", "The Nile.", "All of them."),
    "axolotl-nectar": ("What is a fathom?", "Six feet of depth.", "A kind of moth."),
    "hh-rlhf": ("How do I keep moths out of wool?", "Wash it, and store it in a closed box.", "You cannot."),
    "trl-preference-std": ("The kettle is", "on the stove.", "made of soup."),
    "trl-preference-conv": ("What do bees make?", "Honey and wax.", "Mostly noise."),
    "ultrafeedback-binarized": ("Which river runs through Prague?", "The Vltava.", "The Danube."),
    "trl-preference-implicit-std": ("What is frozen water called?", "Ice.", "Steam."),
    "trl-preference-implicit-conv": ("Which planet has rings?", "Saturn has the brightest.", "None of them."),
    "axolotl-intel": ("What do you call a young goose?", "A gosling.", "A duckling."),
    "axolotl-icr": ("Which month has the fewest days?", "February.", "June."),
    "llamafactory-preference-alpaca": ("Which of these is a bird?", "The wren.", "The bat, because it flies."),
    "llamafactory-preference-sharegpt": ("What is the tallest grass?", "Bamboo.", "Wheat."),
    "llamafactory-v1-preference": ("Where do eels spawn?", "At sea.", "In ponds."),
    "axolotl-chat-template-dpo": ("Which planet is closest to the sun?", "Mercury.", "Venus."),
    "fireworks-chosen-rejected": ("How many legs has a spider?", "Eight.", "Six, like any insect."),
    "axolotl-argilla": ("Name a fruit that grows on a vine.", "The grape.", "The cherry."),
    "fireworks-scored-pairs": ("What keeps bread from going dry?", "A cloth bag, or the freezer.", "Nothing does."),
}  # fmt: skip
NAMES = sorted(PAIRS)


def pair(name: str, prompt: str, chosen: str, rejected: str) -> Row:
    text = json.dumps(all_formats()[name].example)
    for old, new in zip(PAIRS[name], (prompt, chosen, rejected), strict=True):
        assert old in text
        text = text.replace(old, new)
    row: Row = json.loads(text)
    return row


def pairs(name: str, count: int, chosen: str, rejected: str) -> list[Row]:
    """Pairs whose texts are made with their number, and whether it is odd."""
    return [
        pair(name, f"What is in box {n}?", chosen.format(n, n % 2), rejected.format(n, n % 2)) for n in range(count)
    ]


def test_every_format_of_pairs_is_tried() -> None:
    assert sorted(name for name, one in all_formats().items() if one.method == "preference") == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_pair_with_both_preferences_is_reported_once(name: str) -> None:
    rows = [
        pair(name, "Where is it?", "In the box.", "In the loft."),
        pair(name, "What is it?", "A box.", "A loft."),
        pair(name, "Where is it?", "in the  loft.", "In the box."),
        pair(name, "Where was it?", "In the loft.", "In the box."),
    ]
    report = lint(rows, PAIR_RULES, format=name)
    assert [(one.code, one.ref.line, one.pointer) for one in report.findings] == [("PRF004", 3, "")]
    assert [ref.line for ref in report.findings[0].related] == [1]


@pytest.mark.parametrize("name", NAMES)
def test_a_circle_is_reported_with_its_rows(name: str) -> None:
    sides = [
        ("In the box.", "In the loft."),
        ("In the loft.", "At sea."),
        ("At sea.", "Lost."),
        ("Lost.", "In the box."),
    ]
    rows = [pair(name, "Where is it?", *one) for one in sides]
    assert found(rows[:3], PAIR_RULES, format=name) == []
    report = lint([*rows[:2], pair(name, "Where is he?", *sides[3]), *rows[2:]], PAIR_RULES, format=name)
    assert [(one.code, one.ref.line) for one in report.findings] == [("PRF005", 5)]
    assert [ref.line for ref in report.findings[0].related] == [1, 2, 4]
    assert report.findings[0].message.endswith("circle: line 5 > line 1 > line 2 > line 4 > line 5")


@pytest.mark.parametrize("name", NAMES)
def test_the_longer_side_wins_in_every_pair(name: str) -> None:
    long, short = (
        "Box {0} holds nails, screws, two hammers and a very long saw.",
        "There are {0} nails, as far as I know.",
    )
    assert found(pairs(name, 60, long, short), PAIR_RULES, format=name) == [("PRF007", 0, "")]
    turned = pairs(name, 60, short, long)
    rows = [turned[n] if n % 2 else row for n, row in enumerate(pairs(name, 60, long, short))]
    assert found(rows, PAIR_RULES, format=name) == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "trl-preference-implicit-std"])
def test_a_constant_side_is_no_bias_of_length(name: str) -> None:
    long, refusal = "Box {0} holds nails, screws, two hammers and a very long saw.", "I cannot say."
    report = lint(pairs(name, 60, long, refusal), PAIR_RULES, format=name)
    assert [(one.code, one.message) for one in report.findings] == [
        ("PRF010", "the rejected side of 60 pairs is one text: `I cannot say.`")
    ]
    report = lint(pairs(name, 110, "It is type {1} for sure.", "No: {1}"), PAIR_RULES, format=name)
    assert [one.code for one in report.findings] == ["PRF010"]
    assert report.findings[0].message.startswith("both sides of 110 pairs come from few texts (2 chosen, 2 rejected)")


def test_repeated_pairs_do_not_make_many() -> None:
    rows = pairs("trl-preference-std", 12, "Box {0} holds nails and a very long saw.", "No idea about it.") * 5
    assert found(rows, PAIR_RULES) == []


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_sign_test_is_symmetric_and_a_probability(wins: int, losses: int) -> None:
    p_value = sign_test(wins, wins + losses)
    assert 0 <= p_value <= 1
    assert p_value == sign_test(losses, wins + losses)
    assert sign_test(wins + 1, 2 * wins + 1) == 1


def test_the_sign_test_in_numbers() -> None:
    assert sign_test(0, 10) == pytest.approx(2 / 1024)
    assert sign_test(9, 10) == pytest.approx(22 / 1024)
    # Where the exact sum ends the normal curve goes on.
    exact, normal = sign_test(430, EXACT_TRIALS), sign_test(430, EXACT_TRIALS + 1)
    assert math.log(exact) == pytest.approx(math.log(normal), rel=0.05)
    assert sign_test(0, 10**6) == 0


edges = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda one: one[0] != one[1]), unique=True)


@given(edges)
def test_a_circle_is_one_and_is_found_if_there_is_any(pairs: list[tuple[int, int]]) -> None:
    circle = _circle((better, worse, entry) for entry, (better, worse) in enumerate(pairs))
    walked = [pairs[entry] for entry in circle]
    assert all(one[1] == other[0] for one, other in zip(walked, walked[1:] + walked[:1], strict=True))
    one_way = [one for one in pairs if one[::-1] not in pairs]
    assert not circle or (len(circle) > 2 and set(walked) <= set(one_way))
    left = {text for one in one_way for text in one}
    while free := {text for text in left if not any(one == text and other in left for one, other in one_way)}:
        left -= free
    assert bool(circle) == bool(left)


# --- feedback ---------------------------------------------------------------------------------------------------------

KTO = sorted(name for name, one in all_formats().items() if one.method == "kto")


@pytest.mark.parametrize("name", KTO)
def test_feedback_of_one_kind_is_reported_by_its_numbers(name: str) -> None:
    key = "kto_tag" if "kto_tag" in all_formats()[name].example else "label"

    def rows(wanted: int, unwanted: int) -> list[Row]:
        return [
            {**json.loads(json.dumps(all_formats()[name].example).replace(".", f" {n}.")), key: n < wanted}
            for n in range(wanted + unwanted)
        ]

    assert found(rows(30, 30), "PRF012", format=name) == []
    assert found(rows(40, 30), "PRF012", format=name) == []
    assert found(rows(30, 10) * 2, "PRF012", format=name) == [("PRF012", 0, "")]
    report = lint(rows(10, 30) * 2, "PRF012", format=name)
    assert [one.message for one in report.findings] == ["10 wanted and 30 unwanted answers, a ratio of 0.33 to 1"]
    assert found(rows(10, 30), "PRF012", format=name, rules={"unbalanced-feedback": {"desirable_weight": 3.0}}) == []


# --- types of fields --------------------------------------------------------------------------------------------------

PLACES: dict[str, tuple[Any, str]] = {
    "beside": (lambda value: {**chat(user(), assistant()), "score": value}, "/score"),
    "in an object": (lambda value: {"instruction": "Go", "input": "", "output": "Gone", "m": {"x": value}}, "/m/x"),
    "in a turn": (lambda value: chat(user(), assistant(id=value)), "/messages/1/id"),
    "in a list": (lambda value: {"prompt": "Go", "completion": "Gone", "tags": [[{"x": value}]]}, "/tags/0/0/x"),
    "in ShareGPT": (
        lambda value: {
            "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Yes", "n": value}]
        },
        "/conversations/1/n",
    ),
    "with a pair": (lambda value: {"prompt": "Go", "chosen": "Gone", "rejected": "No", "a/b": value}, "/a~1b"),
}
DRIFTS = [(1, "1"), (True, 1), ("a", ["a"]), ({"a": 1}, [1]), (1.5, {"a": 1})]


@pytest.mark.parametrize(("usual", "other"), DRIFTS)
@pytest.mark.parametrize("place", PLACES)
def test_a_field_that_changes_its_type_is_named(place: str, usual: Any, other: Any) -> None:
    make, pointer = PLACES[place]
    rows = [make(usual), make(None), make(usual), make(other), make(usual), make(other)]
    drift = [one for one in lint(rows, "SCH008").findings if one.pointer == pointer]
    assert [one.ref.line for one in drift] == [4]
    assert [ref.line for ref in drift[0].related] == [6]
    assert sorted(drift[0].data["types"].values()) == [2, 3]
    assert found([make(usual), make(None), make(usual)], "SCH008") == []


def test_unions_of_the_format_are_no_drift() -> None:
    def call(arguments: Any) -> Row:
        one = {"id": "a", "type": "function", "function": {"name": "go", "arguments": arguments}}
        tool = {"type": "function", "function": {"name": "go", "parameters": {"type": "object", "default": arguments}}}
        return chat(user(), assistant(None, tool_calls=[one]), tools=[tool])

    assert found([call('{"a": 1}'), call({"a": 1})], "SCH008") == []
    parts = [{"type": "text", "text": "Hi"}]
    assert found([chat(user("Hi"), assistant()), chat(user(parts), assistant())], "SCH008") == []
    assert (
        found([{"prompt": f"{n}", "completion": "a", "label": one} for n, one in enumerate([1, True])], "SCH008") == []
    )
    tasks = [{"messages": [user()], "reference_answer": one} for one in ("7", 7)]
    assert found(tasks, "SCH008", format="openai-rft") == []  # RFT013


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=2), json_values, max_size=3))
def test_every_field_is_found_again_by_its_number(row: Row) -> None:
    field = Field()
    field.take(row, 0)
    for path, one in field.walk():
        for kind in one.seen:
            values = []
            for keys in places(row, paths(row)[path_hash(path)], kind):
                value: Any = row
                for key in keys:
                    value = value[key]
                values.append(value)
            assert values
            assert {type(value) for value in values} <= [{str}, {int, float}, {bool}, {list}, {dict}][kind]


def test_what_a_schema_defines() -> None:
    schema = {
        "$defs": {"part": {"properties": {"text": {"type": "string"}, "any": {}}}},
        "properties": {
            "one": {"anyOf": [{"type": "string"}, {"items": {"$ref": "#/$defs/part"}, "type": "array"}]},
            "free": {},
        },
        "additionalProperties": {"type": "null"},
    }
    assert defined(schema, ("one",))
    assert not defined(schema, ("one", "\x1f"))
    assert defined(schema, ("one", "\x1f", "text"))
    assert not any(defined(schema, path) for path in [("free",), ("other",), ("one", "\x1f", "any"), ("one", "text")])


# --- repeated prompts and answers -------------------------------------------------------------------------------------

SHAPES: dict[str, tuple[Any, str]] = {
    "chat": (lambda asked, said: chat(user(asked), assistant(said)), "/messages/0/content"),
    "prompt": (lambda asked, said: {"prompt": asked, "completion": said}, "/prompt"),
    "alpaca": (lambda asked, said: {"instruction": asked, "input": "", "output": said}, "/instruction"),
    "sharegpt": (
        lambda asked, said: {"conversations": [{"from": "human", "value": asked}, {"from": "gpt", "value": said}]},
        "/conversations/0/value",
    ),
    "gemini": (
        lambda asked, said: {
            "contents": [{"role": "user", "parts": [{"text": asked}]}, {"role": "model", "parts": [{"text": said}]}]
        },
        "/contents/0/parts/0/text",
    ),
}
THINGS = (
    "waves",
    "herrings",
    "wrecks",
    "stones",
    "eels",
    "ships",
    "mussels",
    "tides",
    "gulls",
    "pearls",
    "crabs",
    "corks",
)


@pytest.mark.parametrize("shape", SHAPES)
def test_one_prompt_in_many_rows(shape: str) -> None:
    make, pointer = SHAPES[shape]
    houses = [make(f"Describe house {n}.", f"A house of {n} planks and a door.") for n in range(30)]
    sea = [make("Tell me about the sea.", f"There are {thing} in it.") for thing in THINGS]
    assert found([*houses, *sea], "DUP003") == [("DUP003", 31, pointer)]
    assert found([*houses, *sea[:9], *sea[:9]], "DUP003,DUP001") == [("DUP001", n, "") for n in range(40, 49)]
    assert found([*houses, *sea], "DUP003", rules={"repeated-prompt": {"share": 0.5}}) == []


def test_an_empty_prompt_is_no_prompt() -> None:
    rows = [
        {"prompt": "", "completion": f"There are {thing} in the sea, and {n} more."} for n, thing in enumerate(THINGS)
    ]
    assert found(rows, "DUP003") == []


@pytest.mark.parametrize("shape", SHAPES)
def test_one_answer_to_many_prompts(shape: str) -> None:
    make, _ = SHAPES[shape]
    canned = "Thank you for writing; a keeper will read your letter this week."
    houses = [make(f"Describe house {n}.", f"A house of {n} planks has a door and {n % 7} windows.") for n in range(60)]
    rows = [*houses, *(make(f"Letter {n}: is the tower open?", canned) for n in range(25))]
    report = lint(rows, "DUP004")
    assert [(one.code, one.ref.line) for one in report.findings] == [("DUP004", 0)]
    assert "25 of" in report.findings[0].message
    assert found([*houses, *(make("Is the tower open?", canned) for _ in range(25))], "DUP004") == []
    assert found([*rows, *(make(f"Note {n}: open?", canned) for n in range(99))], "DUP004,BAL003") == [
        ("BAL003", 0, "")
    ]


def test_goodbyes_and_code_are_no_canned_answers() -> None:
    houses = [chat(user(f"Describe house {n}."), assistant(f"A house of {n} planks.")) for n in range(60)]
    bye = "You are welcome, and have a nice day at the sea!"
    ends = [chat(user(f"Boat {n}?"), assistant(f"At {n}."), user("Thanks!"), assistant(bye)) for n in range(30)]
    query = "SELECT name, pier FROM boats JOIN piers ON boat ORDER BY name"
    code = [chat(user(f"All the boats, please ({n})"), assistant(query)) for n in range(30)]
    assert found([*houses, *ends, *code], "DUP004") == []


# --- references that can be guessed -----------------------------------------------------------------------------------

TASKS: dict[str, Any] = {
    "openai-rft": lambda asked, truth: {"messages": [user(asked)], "reference_answer": truth},
    "verl": lambda asked, truth: {
        "data_source": "own/sums",
        "prompt": [user(asked)],
        "reward_model": {"style": "rule", "ground_truth": truth},
    },
    "trl-prompt-only": lambda asked, truth: {"prompt": asked, "solution": truth},
    "verifiers": lambda asked, truth: {"question": asked, "answer": truth, "info": {"kind": "sum"}},
}


def some_tasks(name: str, *truths: tuple[Any, int]) -> list[Row]:
    answers = [truth for truth, count in truths for _ in range(count)]
    return [TASKS[name](f"Is boat {n} at sea?", truth) for n, truth in enumerate(answers)]


@pytest.mark.parametrize("name", TASKS)
def test_tasks_that_one_answer_solves(name: str) -> None:
    assert found(some_tasks(name, ("yes", 70), ("no", 20)), "RFT010", format=name) == [("RFT010", 0, "")]
    assert found(some_tasks(name, ("yes", 32), ("no", 19)), "RFT010", format=name) == []
    assert found(some_tasks(name, ("yes", 47), ("no", 2)), "RFT010", format=name) == []
    many = [(f"{n}", 2) for n in range(30, 60)]
    assert found(some_tasks(name, *many, ("0", 40)), "RFT010", format=name) == []
    assert found(some_tasks(name, *many[:20], ("0", 70)), "RFT010", format=name) == [("RFT010", 0, "")]


def test_sources_are_tasks() -> None:
    yes = [{**row, "source": "boats"} for row in some_tasks("openai-rft", ("yes", 60))]
    others = [
        {"messages": [user(f"What is {n} + 1?")], "reference_answer": f"{n + 1}", "source": "sums"} for n in range(300)
    ]
    report = lint([*yes, *others], "RFT010", format="openai-rft")
    assert [one.message for one in report.findings] == [
        "`yes` is the reference in 60 of 60 rows: a constant guess earns 1.00"
    ]


# --- any cut ----------------------------------------------------------------------------------------------------------


def _everything() -> dict[str, list[Row]]:
    make = SHAPES["chat"][0]
    canned = "Thank you for writing; a keeper will read your letter this week."
    letters = [{**make(f"Letter {n}: open?", canned), "n": n if n % 9 else str(n)} for n in range(30)]
    long = "Box {0} holds nails, screws, two hammers and a very long saw."
    circle = [("Box.", "Loft."), ("Loft.", "Sea."), ("Sea.", "Box."), ("Loft.", "Box.")]
    return {
        "sft": [
            *letters,
            *(make("Tell me about the sea.", f"There are {thing} in it.") for thing in THINGS),
            *(make(f"Describe house {n}.", f"A house of {n} planks.") for n in range(30)),
        ],
        "pairs": [
            *(pair("trl-preference-std", "Where is it?", *one) for one in circle[:3]),
            *pairs("trl-preference-std", 60, long, "There are {0} nails."),
            *(pair("trl-preference-std", "Where is he?", *one) for one in (circle[0], circle[3], circle[0][::-1])),
        ],
        "constant": pairs("trl-preference-std", 60, long, "No."),
        "tasks": [*some_tasks("openai-rft", ("yes", 70), ("no", 20))],
        "feedback": [{"prompt": f"Box {n}?", "completion": f"{n}.", "label": n < 9} for n in range(60)],
    }


@pytest.mark.parametrize("name", ["sft", "pairs", "constant", "tasks", "feedback"])
def test_findings_do_not_depend_on_the_cut(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in _everything()[name]), encoding="utf-8")
    select = "DUP003,DUP004,SCH008,PRF004,PRF005,PRF007,PRF010,PRF012,RFT010,FTP900"
    whole = ftprep.lint(path, isolated=True, select=select)
    assert whole.findings
    assert "FTP900" not in {one.code for one in whole.findings}
    for rows in (1, 7, 50):
        monkeypatch.setattr(chunk, "MAX_ROWS", rows)
        assert ftprep.lint(path, isolated=True, select=select).findings == whole.findings
