"""Benchmark overlap (LEK004): words and their hashes, the index of questions, and runs with evaluation files."""

from __future__ import annotations

import gzip
import json
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import ftprep
import ftprep.engine.local as local
import ftprep.io.chunk as chunk
from ftprep.cli.main import main
from ftprep.config import resolve
from ftprep.errors import UsageError
from ftprep.evaluation.items import read_items
from ftprep.text.ngrams import fold, folded, gram_hashes, span_of, without_marks, words_of

DATA = Path(__file__).parents[2] / "shared" / "data"
VOCABULARY = [
    "harbour",
    "ferry",
    "gull",
    "lantern",
    "rope",
    "anchor",
    "tide",
    "pilot",
    "crew",
    "deck",
    "cargo",
    "wharf",
    "beacon",
    "signal",
    "chart",
    "storm",
    "island",
    "net",
    "boat",
    "captain",
    "whistle",
    "barrel",
    "canvas",
    "compass",
    "oar",
    "rudder",
    "mast",
    "keel",
    "lock",
    "canal",
    "bridge",
    "crane",
    "sailor",
    "fog",
    "north",
    "south",
    "rail",
]


def question(seed: int, words: int = 40, numbers: int = 6) -> str:
    """A question of so many words, some of them numbers, unlike that of any other seed."""
    rng = random.Random(seed)
    chosen = [rng.choice(VOCABULARY) for _ in range(words)]
    for place in range(3, words - 3, max(words // max(numbers, 1), 1)):
        chosen[place] = str(rng.randrange(11, 99))
    return " ".join(chosen).capitalize() + "?"


def chat(prompt: str, answer: str = "It is 7.") -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


def asked(*questions: str) -> str:
    return "\n".join(json.dumps({"question": one, "answer": "So.\n#### 4"}) for one in questions)


def lines(rows: list[dict[str, Any]], against: Any, **options: Any) -> list[int]:
    report = ftprep.lint(rows, against=against, select="LEK004", isolated=True, **options)
    assert {one.code for one in report.findings} <= {"LEK004"}
    return [one.ref.line for one in report.findings]


# --- words --------------------------------------------------------------------------------------------------------

texts = st.lists(
    st.text(st.sampled_from("aB9 é'’½…—\n\0ßﬁ中か。,_\u0301\ufeffक्") | st.characters(codec="utf-8"), max_size=30)
)


@given(texts)
def test_all_texts_at_once_are_folded_as_one_by_one(values: list[str]) -> None:
    buffer = b"\xff".join([*(value.encode() for value in values), b""])
    pieces = folded(buffer, values, np.array([value.isascii() for value in values], dtype=np.bool_))
    assert [piece.split() for piece in pieces] == [fold(value).split() for value in values]
    words = words_of(pieces)
    flat = [word for piece in pieces for word in piece.split()]
    assert np.diff(words.firsts).tolist() == [len(piece.split()) for piece in pieces]
    assert len(words.hashes) == len(flat)
    assert len(set(words.hashes.tolist())) == len(set(flat))
    again = words_of([b" ".join(flat)])
    assert again.hashes.tolist() == words.hashes.tolist()


@given(st.text(st.sampled_from("aB9 é'½…。中\n") | st.characters(codec="utf-8"), max_size=40), st.data())
def test_the_span_of_words_holds_them(text: str, data: st.DataObject) -> None:
    words = fold(text).split()
    if words:
        first = data.draw(st.integers(0, len(words) - 1))
        end = data.draw(st.integers(first + 1, len(words)))
        start, stop = span_of(text, first, end)
        assert b" ".join(words[first:end]) in b" ".join(fold(text[start:stop]).split())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Don't STOP, please!", "dont stop please"),
        ("“Rope” — and tar…", "rope and tar"),
        ("ice-cream\n\n at 5.", "Ice cream at (5)"),
        ("Ｆｕｌｌ ﬁsh", "full fish"),
        ("Cafe\u0301", "café"),
        ("問題、答え", "問 題 答 え"),
    ],
)
def test_what_does_not_count(one: str, other: str) -> None:
    assert fold(one).split() == fold(other).split()


def test_words_that_differ() -> None:
    long = "x" * 70
    assert len({*words_of([b"a b ab ba " + f"{long}a {long}b a{long}".encode()]).hashes.tolist()}) == 7
    assert without_marks("1/4 of one-third, $5.00") == "14 of onethird 500"


@given(st.lists(st.integers(0, 3), max_size=40), st.integers(1, 14))
def test_hashes_of_runs_are_equal_where_the_runs_are(numbers: list[int], size: int) -> None:
    hashes = words_of([" ".join(f"w{one}" for one in numbers).encode()]).hashes
    runs = [tuple(numbers[at : at + size]) for at in range(len(numbers) - size + 1)]
    grams = gram_hashes(hashes, size).tolist()
    assert len(grams) == len(runs)
    assert len(set(zip(grams, runs, strict=True))) == len(set(grams)) == len(set(runs))


# --- what is found ------------------------------------------------------------------------------------------------

CHANGES = {
    "as it is": lambda text: text,
    "capitals": str.upper,
    "no punctuation": lambda text: re.sub(r"[^\w\s]", "", text),
    "other spaces": lambda text: text.replace(" ", " \n\u3000 "),
    "commas": lambda text: text.replace(" ", ", "),
    "quoted": lambda text: f"“{text}”",
}


@given(st.integers(), st.integers(8, 90), st.sampled_from([*CHANGES]), st.booleans())
def test_a_planted_question_is_found(seed: int, words: int, change: str, inside: bool) -> None:
    text = CHANGES[change](question(seed, words))
    if inside:
        text = f"You are a pilot. Solve what follows.\n\n### Task\n{text}\n\n### Rules\nAnswer with a number."
    against = asked(question(seed, words), question(seed + 1, words), "How far is it to the old light of Tarn today?")
    assert lines([chat("Tie the boat up."), chat(text)], against) == [2]


@given(st.integers(), st.integers(8, 90))
def test_other_numbers_are_another_question(seed: int, words: int) -> None:
    text = question(seed, words)
    other = re.sub(r"\d+", lambda number: str(int(number[0]) + 100), text)
    assert lines([chat(other), chat(question(seed + 1, words))], asked(text)) == []


def test_half_of_a_long_question_is_enough() -> None:
    text = question(5, 100, numbers=0)
    words = text.split()
    rows = [chat(" ".join(words[:share])) for share in (100, 80, 57, 50, 30)]
    report = ftprep.lint(rows, against=asked(text), select="LEK004", isolated=True)
    assert [one.ref.line for one in report.findings] == [1, 2, 3]
    assert [one.data["coverage"] for one in report.findings] == [1.0, 0.773, 0.511]
    assert report.findings[2].message.startswith("51% of the question in the given rows:1: `")
    text_of_row = " ".join(words[:57])
    assert report.findings[2].span == (0, len(text_of_row))
    assert report.findings[2].fix is not None
    assert report.findings[2].fix.drop


def test_1_000_and_1000_are_one_number() -> None:
    text = f"{question(3, 30, numbers=0)[:-1]} 10,000 and {question(4, 30, numbers=0)}"
    assert lines([chat(text.replace(",", ""))], asked(text)) == [1]
    assert lines([chat(text.replace(",", "").replace("10000", "90000"))], asked(text)) == []


def test_short_questions_stand_alone() -> None:
    against = asked("Who keeps the light of Tarn?", "Name the pilot", "Tide?")
    found = [
        "who keeps the light of tarn",
        "Read this.\n\nWho keeps the light of Tarn? Answer in a word.",
        "Name the pilot!",
    ]
    silent = ["Who keeps the light of Tarn clean?", "Then name the pilot and the crew", "Tide?", "Who keeps the light?"]
    assert lines([chat(one) for one in found + silent], against) == [1, 2, 3]
    assert lines([chat("Hm?", "Name the pilot")], against) == []


def test_the_instruction_that_questions_share_weighs_nothing() -> None:
    frame = "Read the message of a sailor, say which of the five desks it belongs to, and write the name alone: "
    tail = " Think step by step and put the name of the desk into a box"
    messages = [question(seed, 12, numbers=0) for seed in range(40)]
    against = asked(*(frame + one + tail for one in messages))
    assert lines([chat(frame + question(99, 12, numbers=0) + tail), chat(frame), chat(tail)], against) == []
    assert lines([chat(frame + messages[7] + tail), chat("Hello. " + messages[8])], against) == [1, 2]


def test_a_template_of_the_rows_is_no_leak() -> None:
    frame = question(1, 60, numbers=0)[:-1]
    rows = [chat(f"{frame} {question(seed, 12, numbers=0)}") for seed in range(30)]
    against = asked(f"{frame} {question(50, 20, numbers=0)}")
    assert lines(rows, against) == []
    assert lines(rows[:3], against) == [1, 2, 3]


def test_both_fields_of_a_question_must_be_there() -> None:
    instruction = "Give a word that means the same as this one in the speech of sailors"
    rows = [{"instruction": instruction, "input": word, "output": "Aye."} for word in ("rope", "galley")]
    against = "\n".join(map(json.dumps, [rows[1]]))
    assert lines([chat(f"{instruction}: rope"), chat(f"{instruction}: galley"), chat(instruction)], against) == [2]


def test_all_texts_of_a_row_are_read() -> None:
    text = question(8, 30)
    rows = [
        {"messages": [{"role": "system", "content": f"Example: {text}"}, *chat("Go on.")["messages"]]},
        chat("Invent a task.", f"Here is one: {text}"),
    ]
    report = ftprep.lint(rows, against=asked(text), select="LEK004", isolated=True)
    assert [(one.ref.line, one.pointer) for one in report.findings] == [
        (1, "/messages/0/content"),
        (2, "/messages/1/content"),
    ]


@given(st.lists(st.text(max_size=60), max_size=6), st.lists(st.text(max_size=60), min_size=1, max_size=6))
def test_any_texts(prompts: list[str], questions: list[str]) -> None:
    rows = [chat(one) for one in [*prompts, *questions]]
    found = lines(rows, asked(*questions, "Which harbour is the last one on this coast before the cape?"))
    assert found == sorted(set(found))


# --- runs -----------------------------------------------------------------------------------------------------------


def test_any_cut_and_a_pool_find_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [chat(question(seed % 70, 30) + (" Say why." if seed % 3 else "")) for seed in range(400)]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    evaluation = tmp_path / "eval.jsonl"
    evaluation.write_text(asked(*(question(seed, 30) for seed in range(0, 70, 2))))
    options = {"against": evaluation, "select": "LEK004", "isolated": True}
    whole = ftprep.lint(path, **options).findings
    assert len(whole) == sum(seed % 70 % 2 == 0 for seed in range(400))
    for most, size in ((7, 1 << 21), (4096, 300)):
        monkeypatch.setattr(chunk, "MAX_ROWS", most)
        monkeypatch.setattr(chunk, "BLOCK_BYTES", size)
        assert ftprep.lint(path, **options).findings == whole
    started = []
    pooled = local.LocalEngine._pooled
    monkeypatch.setattr(local.LocalEngine, "_pooled", lambda *given: started.append(1) or pooled(*given))
    monkeypatch.setattr(chunk, "BLOCK_BYTES", 9_000)
    assert ftprep.lint(path, jobs=2, **options).findings == whole
    assert started


def test_files_are_named_on_the_command_line_and_in_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.jsonl").write_text("".join(json.dumps(chat(question(seed, 30))) + "\n" for seed in range(4)))
    Path("evals").mkdir()
    Path("evals/a.jsonl").write_text(asked(question(1, 30)))
    with gzip.open("evals/b.csv.gz", "wt") as packed:
        packed.write(f'prompt,completion\n"{question(9, 30)}",4\n"{question(3, 30)}",5\n')
    for words in (
        ["--against", "evals/a.jsonl,evals/b.csv.gz"],
        ["--against", "evals/a.jsonl", "--against", "evals/b.csv.gz"],
        ["--against", "evals"],
        ["--against", "evals/*"],
    ):
        done = CliRunner().invoke(main, ["lint", "rows.jsonl", "--select", "LEK004", "-o", "concise", *words])
        assert re.findall(r"rows.jsonl:(\d).*in (evals/\S+):(\d+): `", done.output) == [
            ("2", "evals/a.jsonl", "1"),
            ("4", "evals/b.csv.gz", "3"),
        ], done.output
    Path("below").mkdir()
    Path("below/ftprep.toml").write_text('against = ["../evals/a.jsonl"]\n')
    resolved = resolve({}, file=Path("below/ftprep.toml"))
    assert lines([chat(question(1, 30))], resolved.settings.against) == [1]
    assert resolve({}, environment={"FTPREP_AGAINST": "evals/a.jsonl"}).settings.against == ("evals/a.jsonl",)


def test_rows_of_the_evaluation_file_itself_are_no_leak(tmp_path: Path) -> None:
    for name, seeds in (("train.jsonl", (1, 2)), ("test.jsonl", (2, 3))):
        rows = [json.dumps({"question": question(seed, 30), "answer": "So.\n#### 4"}) for seed in seeds]
        (tmp_path / name).write_text("\n".join(rows) + "\n")
    report = ftprep.lint(tmp_path, against=tmp_path / "test.jsonl", select="LEK004", isolated=True)
    assert [(report.inputs[one.ref.file].name.rsplit("/", 1)[-1], one.ref.line) for one in report.findings] == [
        ("train.jsonl", 2)
    ]


def test_a_changed_evaluation_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "eval.jsonl"
    path.write_text(asked(question(1, 30)))
    rows = [chat(question(seed, 30)) for seed in (1, 2)]
    assert lines(rows, path) == [1]
    path.write_text(asked(question(2, 30), question(3, 30)))
    assert lines(rows, path) == [2]


def test_what_is_said_about_files_that_hold_no_questions(tmp_path: Path) -> None:
    rows = [chat("Where is the pilot?")]
    with pytest.raises(UsageError, match="LEK004 benchmark-overlap cannot run: needs --against"):
        lines(rows, None)
    assert "LEK004" in {one.code for one in ftprep.lint(rows, isolated=True).not_run}
    with pytest.raises(UsageError, match="against=: there is no file"):
        lines(rows, tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match=r"--against: no data file matches"):
        lines(rows, str(tmp_path / "*.jsonl"))
    odd = tmp_path / "odd.jsonl"
    odd.write_text('{"colour": 1}\n')
    with pytest.raises(UsageError, match="holds no questions: its format is not known"):
        lines(rows, odd)
    with pytest.raises(UsageError, match="the given rows are no JSON"):
        lines(rows, '{"question"')
    assert "LEK004" not in ftprep.lint(rows, against=odd, ignore="LEK", isolated=True).rules


RIDDLE = (
    "A baker sells forty loaves in the morning and twice as many rolls in the afternoon, how many things does she sell "
    "on that day in all?"
)
BENCHMARKS: dict[str, dict[str, Any]] = {
    "choices": {"question": RIDDLE, "choices": ["100", "120"], "answer": 1, "subject": "sums"},
    "labelled choices": {"id": "x1", "question": RIDDLE, "choices": {"text": ["a"], "label": ["A"]}, "answerKey": "A"},
    "endings": {"ind": 1, "ctx_a": "A", "ctx_b": "", "ctx": RIDDLE, "endings": ["a", "b"], "label": "1"},
    "problem": {"problem": RIDDLE, "level": "Level 1", "type": "Algebra", "solution": "So \\boxed{120}"},
    "passage": {"question": RIDDLE, "passage": "The bakery lies at the pier.", "answer": True},
    "goal": {"goal": RIDDLE, "sol1": "a", "sol2": "b", "label": 0},
    "sentence": {"sentence": RIDDLE, "option1": "a", "option2": "b", "answer": "1"},
    "capitals": {"ID": "1", "Problem": RIDDLE, "Solution": "x", "Answer": 120},
    "turns": {"question_id": 1, "category": "writing", "turns": [RIDDLE, "And then?"]},
    "by its question marks": {"Kysymys": RIDDLE, "Vastaus": "7"},
}


@pytest.mark.parametrize("shape", BENCHMARKS)
def test_questions_of_benchmarks_in_columns_of_their_own(shape: str, tmp_path: Path) -> None:
    def asked(text: str) -> dict[str, Any]:
        return {
            key: text
            if value == RIDDLE
            else [text, "And then?"]
            if isinstance(value, list) and RIDDLE in value
            else value
            for key, value in BENCHMARKS[shape].items()
        }

    others = [
        asked(f"Which of the {number} boats at pier {number * 3} carries salt to the island?") for number in range(9)
    ]
    path = tmp_path / "benchmark.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in (*others, asked(RIDDLE))))
    rows = [
        chat("How deep is the harbour at the north pier in spring?"),
        chat(f"Solve this for me. {RIDDLE} Think well."),
    ]
    report = ftprep.lint(rows, against=path, select="LEK004", isolated=True)
    assert [(one.ref.line, f"{path.name}:10" in one.message) for one in report.findings] == [(2, True)]


def test_questions_are_those_of_the_user() -> None:
    rows = [
        {"messages": [{"role": "system", "content": "Be brief."}, *chat("One two three?")["messages"]]},
        {"question": "One two three?", "answer": "x\n#### 1"},
    ]
    items, _ = read_items(["\n".join(map(json.dumps, rows[:1])), json.dumps(rows[1])])
    assert [[part.text for part in one.parts] for one in items] == [[b"one two three"]]
    several = chat("Good morning.")["messages"] + chat(question(1, 20))["messages"]
    items, _ = read_items([json.dumps({"messages": several})])
    assert len(items) == 1


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the data sets that lie beside the checkout")
def test_gsm8k_train_and_test_do_not_overlap() -> None:
    train, test = (DATA / "rft" / f"gsm8k_{name}.jsonl" for name in ("train_7473", "test_1319"))
    assert lines(train, test) == []  # type: ignore[arg-type]
    chats = DATA / "sft" / "gsm8k_chat_449.jsonl"
    assert len(lines(chats, train)) == 449  # type: ignore[arg-type]
