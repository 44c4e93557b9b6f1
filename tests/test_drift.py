"""Labels in several spellings, JSON schemas that drift, styles of values: found where planted, nowhere else."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_tasks import Row, table_of

from ftprep.tasks.drift import drifts, misspelt
from ftprep.tasks.forms import json_of, leaves_of, shape_of
from ftprep.tasks.schemas import departures
from ftprep.tasks.spelling import doubtful_word, is_abbreviation, is_typo, label_key, mistyped_word
from ftprep.tasks.styles import Style, style_of

LABEL_SETS = {
    "two": ["genuine", "forged"],
    "moods": ["calm", "angry", "joyful", "worried"],
    "snake": ["lost_luggage", "late_train", "seat_upgrade", "ticket_refund", "platform_change"],
    "words": ["lost luggage", "late train", "seat upgrade", "ticket refund", "platform change", "bicycle space"],
    "kebab": ["lost-luggage", "late-train", "seat-upgrade", "not-late-train"],
    "opposites": ["likely", "unlikely", "legal", "illegal", "known", "unknown"],
    "many": [
        f"{first}_{second}" for first in ("open", "close", "move") for second in ("gate", "lamp", "crane", "sluice")
    ],
}
VARIANTS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "title": str.title,
    "dot": lambda label: f"{label}.",
    "quotes": lambda label: f'"{label}"',
    "joints": lambda label: label.replace("_", "-") if "_" in label else label.replace(" ", "_").replace("-", " "),
}
ROWS_PER_LABEL = 100


def _task(labels: list[str], chance: random.Random) -> list[tuple[str, str]]:
    nouns = ("porter", "clerk", "guard", "driver", "child", "teacher", "sailor")
    pairs = [
        (f"The {chance.choice(nouns)} wrote to us on day {number} about case {chance.randrange(10**6)}", label)
        for label in labels
        for number in range(ROWS_PER_LABEL)
    ]
    chance.shuffle(pairs)
    return pairs


def _found(pairs: list[tuple[str, str]]) -> dict[str, set[str]]:
    table, engine = table_of([{"prompt": prompt, "completion": answer} for prompt, answer in pairs])
    return {drift.surface: {one.surface for one in drift.variants} for drift in drifts(table, engine)}


@pytest.mark.parametrize("labels", LABEL_SETS.values(), ids=LABEL_SETS)
def test_labels_written_in_one_way_are_left_alone(labels: list[str]) -> None:
    assert _found(_task(labels, random.Random(1))) == {}


@pytest.mark.parametrize("share", [0.01, 0.1, 0.4])
@pytest.mark.parametrize("name", LABEL_SETS)
def test_every_planted_variant_is_found_and_no_other(name: str, share: float) -> None:
    planted = found = 0
    for kind, written in VARIANTS.items():
        chance = random.Random(f"{name} {kind} {share}")
        victim = chance.choice(LABEL_SETS[name])
        pairs = [
            (prompt, written(label) if label == victim and chance.random() < share else label)
            for prompt, label in _task(LABEL_SETS[name], chance)
        ]
        counts = Counter(answer for _, answer in pairs)
        if written(victim) == victim or not (counts[victim] and counts[written(victim)]):
            continue
        got = _found(pairs)
        assert set().union(*got.values(), got) <= {victim, written(victim)}
        planted += 1
        found += bool(got)
    assert found == planted
    assert planted or share == 0.01


@pytest.mark.parametrize("name", ["words", "snake", "many"])
def test_a_deleted_letter_in_a_long_word_is_found(name: str) -> None:
    label = max(LABEL_SETS[name], key=len)
    wrong = label[:-3] + label[-2:]
    pairs = _task(LABEL_SETS[name], random.Random(3))
    places = [number for number, (_, answer) in enumerate(pairs) if answer == label][:3]
    for place in places:
        pairs[place] = (pairs[place][0], wrong)
    assert _found(pairs) == {label: {wrong}}
    table, engine = table_of([{"prompt": prompt, "completion": answer} for prompt, answer in pairs])
    assert len(misspelt(table, engine)) == 1


def test_a_word_that_prompts_use_is_no_error() -> None:
    pairs = _task(["increase", "steady"], random.Random(5))
    pairs += [(f"Did they trail the ship on day {number}?", "trial") for number in range(80)]
    wrong = [(f"Which trail leads to the pier of day {number}?", "trail") for number in range(3)]
    assert _found([*pairs, *wrong]) == {}


def test_templates_may_spell_in_their_own_way() -> None:
    rows = [
        (f"Say whether this ship is late today: ship {number}", ("late", "early")[number % 2]) for number in range(60)
    ]
    rows += [(f"Decide if the following train is on time: train {n}", ("Late", "Early")[n % 2]) for n in range(60)]
    assert _found(rows) == {}
    stray = [("Say whether this ship is late today: ship 99", "Late")]
    assert _found([*rows, *stray]) == {"late": {"Late"}}


# --- words --------------------------------------------------------------------------------------------------------

SAME = [("Top-up_failed", "top up failed"), ('"Yes."', "yes"), ("(open)", "OPEN"), ("[Lost item]", "lost-item")]
OTHER = [("-1", "1"), (">50K", "<50K"), ("1/2", "1-2"), ("C++", "C"), ("class_1", "class_11"), ("a b", "ab")]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_key(one: str, other: str) -> None:
    assert label_key(one) == label_key(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_two_keys(one: str, other: str) -> None:
    assert label_key(one) != label_key(other)


@given(st.text(max_size=40))
def test_a_key_is_stable(text: str) -> None:
    assert label_key(text.upper()) == label_key(text.upper().swapcase()) or not text.isascii()
    assert label_key(f"  {text} ") == label_key(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("order", "orders"),
        ("ship", "shipping"),
        ("hyperglycemia", "hypoglycemia"),
        ("prefix", "profix"),
        ("Male", "Female"),
        ("class", "glass"),
        ("cat", "car"),
        ("pass", "passed"),
        ("glasses", "glass"),
    ],
)
def test_no_typing_error(one: str, other: str) -> None:
    assert not is_typo(one.casefold(), other.casefold())


@given(st.text(max_size=12), st.text(max_size=12))
def test_comparing_words_never_fails(one: str, other: str) -> None:
    assert is_typo(one, other) == is_typo(other, one)
    if one == other:
        assert mistyped_word(one, other) is None
    is_abbreviation(one, other)


# --- JSON ---------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), JSON, max_size=4), min_size=1, max_size=30))
def test_departures_name_shapes_that_have_them(objects: list[Row]) -> None:
    shapes = [(frozenset(shape_of(one)), 3) for one in objects]
    for one in departures(shapes):
        assert one.shapes
        assert 0 < one.rows < 3 * len(objects)


@given(JSON)
def test_answers_of_one_shape_do_not_drift(data: object) -> None:
    assert departures([(frozenset(shape_of({"a": data})), 50)]) == [] or isinstance(data, list)
    assert json_of(json.dumps([data])) == [data]
    assert all(isinstance(value, str) for _, value in leaves_of(data))


# --- values -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "style"),
    [
        ("1,200", Style.COMMA),
        ("1200", Style.PLAIN),
        ("1999", 0),
        ("12", 0),
        ("$5.00", Style.SYMBOL),
        ("5 USD", Style.CODE),
        ("2024-05-01", Style.ISO),
        ("1/5/2024", Style.SLASH),
        ("1.5.2024", Style.DOTTED),
        ("1st May 2024", Style.DAY_MONTH),
        ("May 1, 2024", Style.MONTH_DAY),
        ("14:30", Style.CLOCK_24),
        ("2:30 pm", Style.CLOCK_12),
        ("3600!!!", Style.PLAIN),
        ("about 1200", 0),
    ],
)
def test_style_of_a_value(value: str, style: int) -> None:
    assert style_of(value) == style


@pytest.mark.parametrize(("wrong", "right"), [("contactles", "contactless"), ("worrid", "worried")])
def test_endings_that_no_word_has_are_typing_errors(wrong: str, right: str) -> None:
    assert is_typo(wrong, right)
    assert is_typo(right, wrong)


@pytest.mark.parametrize(
    ("rare", "frequent", "word"),
    [
        ("ositive", "positive", "ositive"),
        ("boat histor", "boat history", "histor"),
        ("light time", "flight time", "light"),
        ("legal", "illegal", None),
        ("likely", "unlikely", None),
        ("order", "orders", None),
        ("at", "cat", None),
        ("boat", "boat history", None),
    ],
)
def test_words_that_lack_a_letter_and_may_be_words(rare: str, frequent: str, word: str | None) -> None:
    assert doubtful_word(rare, frequent) == word


def test_a_word_that_a_prompt_or_a_label_uses_is_no_typing_error() -> None:
    chance = random.Random(8)
    pairs = _task(["flight time", "rainy day", "history"], chance)
    wrong = {"flight time": "light time", "rainy day": "rain day", "history": "histor"}
    for label in wrong:
        at = next(number for number, (_, known) in enumerate(pairs) if known == label)
        pairs[at] = (pairs[at][0], wrong[label])
    assert _found(pairs) == {right: {odd} for right, odd in wrong.items()}
    used = [(f"{prompt}, by the light of the rain", label) for prompt, label in pairs[:1]]
    assert _found([*used, *pairs[1:]]) == {"history": {"histor"}}
    lit = [(prompt.replace("case", "lamp"), "light") for prompt, _ in _task(["light"], chance)[:40]]
    assert "flight time" not in _found([*pairs, *lit])
