"""Drift (DRF001 to DRF003): the statistics against slow truths, and runs with files of production."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import json
import random
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
from ftprep.drift.exchanges import SAMPLE_ROWS, request_text, sample
from ftprep.drift.lengths import chi_square_999, compare_lengths
from ftprep.drift.production import load_production
from ftprep.drift.vocabulary import separation, text_of
from ftprep.errors import UsageError

DATA = Path(__file__).parents[2] / "shared" / "data"
WORDS = [
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
]
OTHERS = ["oven", "flour", "butter", "sugar", "pan", "recipe", "spoon", "kettle", "cake", "dough", "salt", "pepper"]

SYSTEM = [{"role": "system", "content": "You help."}]


def chat(prompt: str, answer: str | None = "It is on its way, and you will hear of it soon, I hope.") -> dict[str, Any]:
    turns = [{"role": "user", "content": prompt}]
    return {"messages": turns if answer is None else [*turns, {"role": "assistant", "content": answer}]}


def said(seed: int, words: list[str] = WORDS, least: int = 5, most: int = 25) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(words) for _ in range(rng.randint(least, most)))


def text(rows: list[dict[str, Any]]) -> str:
    return "\n".join(map(json.dumps, rows))


def found(rows: Any, production: Any, **options: Any) -> list[str]:
    report = ftprep.lint(rows, against_production=production, select=["DRF"], isolated=True, **options)
    assert {one.code for one in report.findings} <= {"DRF001", "DRF002", "DRF003"}
    assert all(len(one.message) <= 100 for one in report.findings)
    return [one.code for one in report.findings]


# --- statistics ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("degrees", "exact"), [(1, 10.828), (2, 13.816), (5, 20.515), (9, 27.877), (20, 45.315)])
def test_the_bound_is_that_of_the_tables(degrees: int, exact: float) -> None:
    assert chi_square_999(degrees) == pytest.approx(exact, rel=0.035)


def test_one_distribution_stays_below_the_bound() -> None:
    """Of 1,000 pairs of samples one is expected above it; ties and menus of few lengths are among them."""
    rng = np.random.default_rng(5)
    above = 0
    for number in range(1_000):
        n, m = rng.integers(50, 2_000, 2)
        menu = rng.integers(1, 60, rng.integers(2, 30)) if number % 2 else None
        one, other = (
            rng.choice(menu, size) if menu is not None else rng.lognormal(5, 1, size).astype(np.int64)
            for size in (n, m)
        )
        shift = compare_lengths(one, other)
        assert shift is not None
        above += shift.psi > shift.bound
    assert above <= 6


@given(st.lists(st.integers(0, 40), min_size=50, max_size=120), st.lists(st.integers(0, 40), min_size=50, max_size=120))
def test_figures_of_lengths(one: list[int], other: list[int]) -> None:
    shift = compare_lengths(np.array(one), np.array(other))
    assert shift is not None
    assert 0 <= shift.psi < 20
    pairs = [(a > b) + 0.5 * (a == b) for a in one for b in other]
    assert shift.longer == pytest.approx(sum(pairs) / len(pairs))
    same = compare_lengths(np.array(one), np.array(one))
    assert same is not None
    assert same.psi == 0


def test_a_shift_of_the_one_length_of_a_menu_is_seen() -> None:
    reference = np.array([7] * 60 + [12] * 60)
    shift = compare_lengths(np.array([7] * 110 + [12] * 10), reference)
    assert shift is not None
    assert shift.psi > max(0.2, shift.bound)
    shorter = compare_lengths(np.array([3] * 60 + [12] * 60), reference)
    assert shorter is not None
    assert shorter.psi > 1


def test_a_sample_is_the_same_for_any_order_and_no_larger_than_it_may_be() -> None:
    rng = np.random.default_rng(1)
    keys = rng.integers(0, 1 << 63, 9_000).astype(np.uint64)
    keys[:3_000] = keys[0]  # one row a third of the time: drawn as often as others
    lines = np.arange(1, 9_001)
    drawn = sample(keys, lines, np.arange(9_000))
    assert len(drawn) == SAMPLE_ROWS
    assert 1_100 < np.count_nonzero(drawn < 3_000) < 1_600
    order = rng.permutation(9_000)
    again = sample(keys[order], lines[order], np.arange(9_000))
    assert sorted(lines[order][again]) == sorted(lines[drawn])


@pytest.mark.skipif(importlib.util.find_spec("sklearn") is None, reason="needs scikit-learn")
def test_vocabularies() -> None:
    mine = [text_of(said(seed)) for seed in range(200)]
    assert separation(mine[:49], mine[100:]) is None
    alike = separation(mine[:100], mine[100:])
    assert alike is not None
    assert alike.auc < 0.65
    apart = separation([text_of(said(seed, [*WORDS, *OTHERS])) for seed in range(100)], mine)
    assert apart is not None
    assert apart.auc > 0.95
    assert {one.word for one in apart.telling} <= {*WORDS, *OTHERS}
    assert apart.telling[0].word in OTHERS
    assert separation([text_of("")] * 60, [text_of("1 2 3")] * 60) is None


# --- what is compared ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "asked", "answer"),
    [
        (chat("Where?", "Here."), "Where?", 5),
        (chat("Where?", None), "Where?", -1),
        ({"prompt": "Where?", "completion": "Here."}, "Where?", 5),
        ({"instruction": "Where?", "input": "A ferry.", "output": "Here."}, "Where?\nA ferry.", 5),
        ({"question": "Where?", "answer": "So.\n#### 4"}, "Where?", -1),
        ({"prompt": "Where?", "chosen": "Here.", "rejected": "There, there."}, "Where?", 5),
        (
            {"messages": [*SYSTEM, *chat("Hm?")["messages"], *chat("And?", "Ah.")["messages"]]},
            "And?",
            3,
        ),
        ({"messages": [*chat("Hm?")["messages"], {"role": "user", "content": "And?"}]}, "And?", -1),
    ],
)  # fmt: skip
def test_the_last_request_and_its_answer(row: dict[str, Any], asked: str, answer: int) -> None:
    production = load_production((json.dumps(row),))
    assert [request_text(one) for one, _ in production.records()] == [asked]
    assert production.answer.tolist() == [answer]
    assert production.request.tolist() == [len(asked.replace("\n", ""))]


def test_raw_text_is_no_request() -> None:
    with pytest.raises(UsageError, match="holds no prompts"):
        load_production((json.dumps({"text": "The ferry left."}),))


def test_the_sample_of_production_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    import ftprep.drift.production as production

    rows = text([chat(said(seed), None) for seed in range(6_000)])
    whole = load_production((rows,))
    assert (len(whole.request), whole.seen) == (SAMPLE_ROWS, 6_000)
    assert len(list(whole.records())) == SAMPLE_ROWS
    monkeypatch.setattr(production, "SAMPLE_BYTES", 50_000)
    production._load.cache_clear()
    assert 50 < len(load_production((rows,)).request) < 1_000
    production._load.cache_clear()


# --- runs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_parts_of_one_set_are_alike(seed: int) -> None:
    labels = ["ticket", "luggage", "lost", "timetable"]
    rows = [chat(said(one), labels[one % 4]) for one in range(600)]
    random.Random(seed).shuffle(rows)
    assert found(rows[:300], text(rows[300:])) == []
    assert found(rows[:80], text(rows[80:])) == []
    assert found(rows[:300], text([chat(row["messages"][0]["content"], None) for row in rows[300:]])) == []


def test_planted_shifts() -> None:
    rows = [chat(said(one)) for one in range(300)]
    production = text([chat(said(one + 999)) for one in range(300)])
    longer = [chat(said(one, least=30, most=60)) for one in range(300)]
    assert found(longer, production) == ["DRF001"]
    answers = [chat(said(one), said(one, least=60, most=90)) for one in range(300)]
    assert found(answers, production) == ["DRF001"]
    polite = [chat("please kindly " + said(one, least=4, most=22)) for one in range(300)]
    assert found(polite, production) == ["DRF003"]
    labelled = [chat(said(one), "ticket" if one % 3 else "lost") for one in range(300)]
    at_work = text([chat(said(one + 999), "lost" if one % 3 else "ticket") for one in range(300)])
    assert found(labelled, at_work) == ["DRF002"]
    assert found(rows, production) == []


def test_messages_show_words_through_the_mask_alone() -> None:
    evil = ["\u202egnp", "naïve", "ship\u200bping", "x" * 30, "<script>"]
    rows = [chat(f"{said(one)} {' '.join(evil)}") for one in range(100)]
    report = ftprep.lint(
        rows, against_production=text([chat(said(one)) for one in range(100)]), select="DRF003", isolated=True
    )
    shown = json.dumps([[one.message, dict(one.data)] for one in report.findings], ensure_ascii=False)
    assert "naïve" in shown
    assert not set(shown) & set("\u202e\u200b")


def test_any_cut_a_pool_and_any_order_of_files_find_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    labels = ["ticket", "lost"]
    rows = [chat("please kindly " + said(one, least=30, most=60), labels[one % 5 > 0]) for one in range(5_000)]
    for number in range(2):
        (tmp_path / f"{number}.jsonl").write_text(text(rows[number * 2_500 :][:2_500]) + "\n")
    production = tmp_path / "production.jsonl"
    production.write_text(text([chat(said(one), labels[one % 5 > 2]) for one in range(300)]))
    options: dict[str, Any] = {"against_production": production, "select": ["DRF"], "isolated": True}
    paths = [tmp_path / "0.jsonl", tmp_path / "1.jsonl"]

    def told(**more: Any) -> list[tuple[str, str, Any]]:
        report = ftprep.lint(more.pop("data", paths), **options, **more)
        return [(one.code, one.message, one.data) for one in report.findings]

    whole = told()
    assert [code for code, _, _ in whole] == ["DRF001", "DRF002", "DRF003"]
    assert told(data=paths[::-1]) == whole
    for most, size in ((700, 1 << 21), (4096, 30_000)):
        monkeypatch.setattr(chunk, "MAX_ROWS", most)
        monkeypatch.setattr(chunk, "BLOCK_BYTES", size)
        assert told() == whole
    started: list[int] = []
    pooled = local.LocalEngine._pooled

    def counted(*given: Any) -> Any:
        started.append(1)
        return pooled(*given)

    monkeypatch.setattr(local.LocalEngine, "_pooled", counted)
    assert told(jobs=2) == whole
    assert started


def test_splits_are_compared_one_by_one_and_production_is_left_out(tmp_path: Path) -> None:
    for name, least in (("train", 5), ("test", 40)):
        (tmp_path / f"{name}.jsonl").write_text(text([chat(said(n, least=least, most=60)) for n in range(200)]))
    production = tmp_path / "production.jsonl"
    production.write_text(text([chat(said(n + 999, least=5, most=60)) for n in range(200)]))
    report = ftprep.lint(tmp_path, against_production=production, select=["DRF"], isolated=True)
    assert [(one.code, Path(report.inputs[one.ref.file].name).name) for one in report.findings] == [
        ("DRF001", "test.jsonl")
    ]


def test_files_are_named_on_the_command_line_and_in_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.jsonl").write_text(text([chat(said(n, least=40, most=60)) for n in range(100)]))
    Path("logs").mkdir()
    Path("logs/a.jsonl").write_text(text([chat(said(n), None) for n in range(40)]))
    with gzip.open("logs/b.csv.gz", "wt") as packed:
        packed.write("prompt,completion\n" + "".join(f"{said(n + 50)},It is there.\n" for n in range(40)))
    for words in (["logs/a.jsonl,logs/b.csv.gz"], ["logs"], ["logs/*"]):
        arguments = [part for word in words for part in ("--against-production", word)]
        done = CliRunner().invoke(main, ["lint", "rows.jsonl", "--select", "DRF001", "-o", "concise", *arguments])
        assert "rows.jsonl: DRF001 prompts are" in done.output
    Path("below").mkdir()
    Path("below/ftprep.toml").write_text('against-production = ["../logs/a.jsonl"]\n')
    resolved = resolve({}, file=Path("below/ftprep.toml"))
    assert [Path(one).resolve() for one in resolved.settings.against_production] == [Path("logs/a.jsonl").resolve()]
    given = resolve({}, environment={"FTPREP_AGAINST_PRODUCTION": "logs/a.jsonl"})
    assert given.settings.against_production == ("logs/a.jsonl",)


def test_what_is_said_about_files_that_cannot_be_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [chat("Where is the pilot?")]
    with pytest.raises(UsageError, match="DRF001 shifted-lengths cannot run: needs --against-production"):
        ftprep.lint(rows, select="DRF001", isolated=True)
    with pytest.raises(UsageError, match="against_production=: there is no file"):
        found(rows, tmp_path / "none.jsonl")
    odd = tmp_path / "odd.jsonl"
    odd.write_text('{"colour": 1}\n')
    with pytest.raises(UsageError, match=r"--against-production: the format of .* is not known"):
        found(rows, odd)
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *given: None if name == "sklearn" else find_spec(name, *given)
    )
    report = ftprep.lint(rows, against_production=text(rows), select=["DRF"], isolated=True)
    reasons = {one.code: one.reason for one in report.not_run}
    assert reasons == {"DRF003": 'needs scikit-learn: pip install "ftprep[sklearn]"'}
    assert list(report.rules) == ["DRF001", "DRF002"]


@pytest.mark.skipif(not DATA.exists(), reason="needs the real data")
def test_controls() -> None:
    folder = DATA / "rft"
    assert found(folder / "gsm8k_train_7473.jsonl", folder / "gsm8k_test_1319.jsonl") == []
    sets = json.loads((DATA / "classification" / "clinc150_imbalanced.json").read_text())
    intents = [{"prompt": one, "completion": label} for pairs in sets.values() for one, label in pairs]
    with (DATA / "classification" / "banking77_train.csv").open(encoding="utf-8", newline="") as file:
        bank = [{"prompt": row["text"], "completion": row["category"]} for row in csv.DictReader(file)]
    assert found(bank, text(intents)) == ["DRF001", "DRF002", "DRF003"]
    half = len(intents) // 2
    random.Random(3).shuffle(intents)
    assert found(intents[:half], text(intents[half:])) == []
