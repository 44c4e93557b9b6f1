"""Kinds of answers, tasks inside a dataset, and which tasks have labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep.engine.inspection import with_references
from ftprep.engine.local import LocalEngine
from ftprep.engine.table import Table, TableBuilder
from ftprep.inputs import open_input
from ftprep.io.discover import open_sources
from ftprep.settings import Settings
from ftprep.shard import Shard
from ftprep.tasks.facts import COLUMNS
from ftprep.tasks.kinds import Kind, final_answer, read_answer, read_number
from ftprep.tasks.labels import label_set
from ftprep.tasks.skeleton import skeleton
from ftprep.tasks.split import Task, tasks
from ftprep.tasks.table import ANSWERS

Row = dict[str, Any]


def chat(request: str, answer: str, system: str | None = None) -> Row:
    start = [{"role": "system", "content": system}] if system is not None else []
    return {"messages": [*start, {"role": "user", "content": request}, {"role": "assistant", "content": answer}]}


def _columns(shard: Shard) -> Any:
    columns = ANSWERS.columns(shard, None)
    return None if columns is None else with_references(columns, shard)


def table_of(rows: list[Row]) -> tuple[Table, LocalEngine]:
    sources = open_sources(rows).sources
    engine = LocalEngine([open_input(source) for source in sources], Settings(count_tokens=False), 1)
    builder = TableBuilder()
    for _, columns in engine.map_shards(_columns):
        if columns:
            builder.add(columns)
    return builder.build(), engine


def tasks_of(rows: list[Row]) -> tuple[Table, list[Task]]:
    table, engine = table_of(rows)
    return table, tasks(table, engine)


# --- kinds --------------------------------------------------------------------------------------------------------

KINDS = [
    ("", Kind.EMPTY, ""),
    ("<think>\nx\n</think>\n\n</s>", Kind.EMPTY, ""),
    ('{"b": 1.0, "a": null}', Kind.JSON_OBJECT, '{"a":null,"b":1}'),
    ("[1, 2]", Kind.JSON_ARRAY, "[1,2]"),
    ('```json\n{"a": 1}\n```', Kind.FENCED_JSON, '{"a":1}'),
    ('{"a": 1,}', Kind.BROKEN_JSON, '{"a": 1,}'),
    ("```sql\nSELECT 1\n```", Kind.FENCE, "SELECT 1"),
    ("Yes.", Kind.YES_NO, "yes"),
    ("错误", Kind.YES_NO, "no"),
    ("(b)", Kind.LETTER, "B"),
    ("1,234.50", Kind.NUMBER, "1234.5"),
    ("-€ 7", Kind.NUMBER, "-7"),
    ("3/4", Kind.NUMBER, "0.75"),
    ("12 km", Kind.NUMBER, "12"),
    ("<answer>4</answer>", Kind.TAGGED, "<answer>4</answer>"),
    ("2 + 3 * x", Kind.EXPRESSION, "2 + 3 * x"),
    ('"Card payment."', Kind.SHORT, "card payment"),
    ("positive<|im_end|>", Kind.SHORT, "positive"),
    ("Use this:\n```\nls\n```", Kind.MIXED, None),
    ("- one\n- two\n- three", Kind.LIST, None),
    ("This one line has rather more than eight words in it.", Kind.LINE, None),
    ("One line.\nAnd another one.", Kind.PROSE, None),
    ("2024-05-01", Kind.SHORT, "2024-05-01"),
    ("+1 555 0100 22", Kind.SHORT, None),
]


@pytest.mark.parametrize(("answer", "kind", "canonical"), KINDS)
def test_kinds(answer: str, kind: Kind, canonical: str | None) -> None:
    reading = read_answer(answer)
    assert reading.kind == kind
    assert canonical is None or reading.canonical == canonical


@given(st.text(max_size=60))
def test_any_text_is_of_some_kind(text: str) -> None:
    reading = read_answer(text)
    assert isinstance(reading.kind, Kind)
    assert read_answer(f"  {text}\n") == reading


@given(st.decimals(-(10**6), 10**6, allow_nan=False, places=2))
def test_a_number_is_its_value(number: Any) -> None:
    assert read_number(str(number)) == read_number(f"{number:,}")
    assert read_number(f"{number} kg") == read_number(str(number))


def test_final_answers() -> None:
    assert final_answer("He has 3 + 4.\n#### 7") == "7"
    assert final_answer(r"So $x$ is \boxed{\frac{1}{2}}.") == r"\frac{1}{2}"
    assert final_answer("Therefore the answer is 12.") == "12"
    assert final_answer("The answer is simple: nobody knows what came before the flood.\nReally.") is None


# --- tables -------------------------------------------------------------------------------------------------------


def test_equal_prompts_have_equal_keys() -> None:
    rows = [
        chat("Is it open?", "Yes"),
        chat(" is  it OPEN ", "Yes."),
        chat("Is it open?", "No"),
        chat("Is it open?", "Yes", system="Be brief."),
        {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"},
                      *chat("Is it open?", "Yes")["messages"]]},
        chat("Is it open?", "Yes") | {"tools": [{"type": "function", "function": {"name": "look"}}]},
    ]  # fmt: skip
    table, _ = table_of(rows)
    assert set(COLUMNS) <= {*table.columns, *table.ragged}
    prompts = table["prompt"].tolist()
    assert prompts[0] == prompts[1] == prompts[2]
    assert len(set(prompts[2:])) == 4
    assert table["context"][0] == table["context"][2] != table["context"][1]
    assert table["answer"][0] == table["answer"][1] != table["answer"][2]
    assert table["surface"][0] != table["surface"][1]
    assert table["system"].tolist().count(0) == 5


# --- tasks --------------------------------------------------------------------------------------------------------


def reviews(count: int, labels: tuple[str, ...], form: str = "{}", system: str | None = None) -> list[Row]:
    words = ["slow", "quick", "kind", "cold", "late", "warm", "loud", "far", "dear", "new", "old"]
    texts = [f"{words[n % 11]} {words[n // 11 % 11]} service number {n}" for n in range(count)]
    return [chat(form.format(text), labels[n % len(labels)], system) for n, text in enumerate(texts)]


def test_one_task_with_labels() -> None:
    table, found = tasks_of(reviews(120, ("positive", "negative", "mixed")))
    assert len(found) == 1
    labels = label_set(table, found[0])
    assert labels is not None
    assert labels.counts.tolist() == [40, 40, 40]
    assert not labels.choice


def test_system_prompts_tell_tasks_apart() -> None:
    rows = reviews(60, ("positive", "negative"), system="Judge the mood, version 1.")
    rows += reviews(60, ("bus", "train", "ferry"), system="Name the means of travel.")
    table, found = tasks_of(rows)
    assert [len(one.rows) for one in found] == [60, 60]
    assert [len(one.labels) for task in found if (one := label_set(table, task))] == [2, 3]


def test_templates_tell_tasks_apart_and_phrasings_of_one_do_not() -> None:
    rows = reviews(60, ("positive", "negative"), "Tell the mood of this review: {}")
    rows += reviews(60, ("positive", "negative"), "Is the following said kindly or not? {}")
    rows += reviews(60, ("bus", "train", "ferry"), "Which means of travel is meant here: {}")
    _, found = tasks_of(rows)
    assert [len(one.rows) for one in found] == [120, 60]


def test_open_answers_are_no_labels() -> None:
    rows = [chat(f"Describe house {n}.", f"It has {n} windows and a door of {n * 7} planks.") for n in range(80)]
    table, found = tasks_of(rows)
    assert [label_set(table, task) for task in found] == [None]
    table, found = tasks_of([chat(f"What is {n} + {n}?", str(2 * n)) for n in range(80)])
    assert [label_set(table, task) for task in found] == [None]


def test_option_letters_are_a_choice() -> None:
    table, found = tasks_of(reviews(90, ("A", "(B)", "C.")))
    labels = label_set(table, found[0])
    assert labels is not None
    assert labels.choice


@given(st.permutations(range(80)))
def test_tasks_do_not_depend_on_the_order(order: list[int]) -> None:
    rows = reviews(40, ("positive", "negative"), system="Judge.") + reviews(40, ("bus", "train"), system="Travel.")
    _, found = tasks_of([rows[n] for n in order])
    members = [sorted(np.array(order)[task.rows].tolist()) for task in found]
    assert sorted(members) == [list(range(40)), list(range(40, 80))]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("How do I top up?", "how do i the top-up", True),
        ("I can't pay", "Please, I cannot pay!", True),
        ("I dont know it", "I don’t really know it", True),
        ("Look at https://a.b/c now please", "look at now", True),
        ("Is it 5 or 6 steps?", "Is it 6 or 5 steps?", False),
        ("Do I pay the fare?", "Do you pay the fare?", False),
        ("Send it ❤ today", "Send it 😡 today", False),
        ("hi", "hello", True),
        ("the fare", "a fare", True),
    ],
)
def test_skeletons(one: str, other: str, same: bool) -> None:
    assert (skeleton(one) == skeleton(other)) is same


@given(st.lists(st.lists(st.sampled_from(["a", "b", "ab", "é", "", "x" * 90]), max_size=16).map(" ".join), max_size=8))
def test_prefixes_are_equal_where_their_words_are(texts: list[str]) -> None:
    from ftprep.tasks.facts import FRAME_BYTES, PREFIX_WORDS, _prefix_hashes

    pieces = [text.encode()[:FRAME_BYTES] for text in texts]
    hashes = _prefix_hashes(pieces)
    for column, count in enumerate(PREFIX_WORDS):
        words = [piece.split(b" ") for piece in pieces]
        keys = [b" ".join(one[:count]) if len(one) >= count else None for one in words]
        for number, key in enumerate(keys):
            assert bool(hashes[number, column] == 0) is (key is None)
            for other in range(number):
                assert (hashes[number, column] == hashes[other, column]) == (key == keys[other])
