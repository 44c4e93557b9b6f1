"""The parts of ``python -m tests.validators`` that need no validator: its table, what it spoils, how it asks."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.validators.catalogue import REAL, SAMPLES, VALIDATORS, Validator
from tests.validators.environments import Verdict, ask
from tests.validators.preparing import Prepared, prepare, spoil
from tests.validators.table import END, START, Line, write_table

ROOT = Path(__file__).parent.parent
SCRIPTS = ROOT / "tests" / "validators" / "scripts"


def test_every_target_has_a_validator_of_its_own() -> None:
    from ftprep.targets.target import target_names

    own = {target for name, one in VALIDATORS.items() if name != "datasets" for target in one.targets}
    assert own == set(target_names()) == set(VALIDATORS["datasets"].targets)
    assert all((SCRIPTS / one.script).exists() and "==" in one.requirements[0] for one in VALIDATORS.values())
    assert all((ROOT / "sample_data" / one).exists() for one in SAMPLES)
    assert len(set(REAL)) == len(REAL)


def line(validator: str, target: str, files: str = "a 1/1") -> Line:
    return Line(validator, "package 1", target, "SFT", files, "0", "refused")


def test_lines_of_a_validator_that_was_not_asked_stay(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{START}\n{END}\nafter\n")
    write_table(page, [line("b", "x"), line("b", "y"), line("b", "z", "c 2/2")], ["b"], ["a", "b"])
    write_table(page, [line("a", "x")], ["a"], ["a", "b"])
    rows = page.read_text().splitlines()
    assert rows[0] == "before"
    assert rows[-1] == "after"
    assert [row.split("|")[1:4:2] for row in rows[4:-2]] == [[" a ", " x "], [" b ", " x, y "], [" b ", " z "]]
    write_table(page, [line("b", "x")], ["b"], ["a", "b"])
    assert sum(row.startswith("| b ") for row in page.read_text().splitlines()) == 1


def test_a_page_without_marks_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing\n")
    with pytest.raises(ValueError, match="has no lines"):
        write_table(page, [], [], [])


def test_what_is_spoilt_is_wrong_and_the_rest_stays(tmp_path: Path) -> None:
    made = prepare(ROOT / "sample_data" / "clean_chat.jsonl", "azure", tmp_path)
    assert (made.method, made.format) == ("sft", "openai-chat")
    assert made.kept <= made.read
    wrong = spoil(made, tmp_path, "speaker")
    good, bad = ((one.folder / "train.jsonl").read_bytes().split(b"\n") for one in (made, wrong))
    assert bad[0].startswith(b"\xef\xbb\xbf")
    assert good[1:] == bad[1:]
    assert json.loads(bad[0].decode("utf-8-sig"))["messages"][0]["role"] == "narrator"
    assert spoil(made, tmp_path, "list").folder == wrong.folder


def test_a_target_without_such_training_says_why(tmp_path: Path) -> None:
    made = prepare(ROOT / "sample_data" / "preference.jsonl", "mistral", tmp_path)
    assert not made.method
    assert "is not trained with preferences" in made.why


def test_a_script_that_dies_is_asked_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        f"import json, sys\nsys.path.insert(0, {str(SCRIPTS)!r})\n"
        "from verdicts import by_row, must\n"
        "def check(job, row):\n"
        "    if row['a'] == 2: sys.exit('gone')\n"
        "    must(row['a'] == 1, 'no one')\n"
        "by_row(check)\n"
    )
    monkeypatch.setattr("tests.validators.environments._SCRIPTS", tmp_path)
    jobs = []
    for number in (1, 2, 3):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "train.jsonl").write_text(f'{{"a": {number}}}\n')
        jobs.append(Prepared("trl", folder, folder, "x", "sft", 1, 1))
    found = ask(Validator("script.py", "", ("x==1",), ("trl",)), Path(sys.executable), jobs)
    assert found[0] == Verdict(1, 0, "")
    assert (found[1].refused, found[1].said) == (1, "the script ended: gone")
    assert found[2] == Verdict(0, 1, "ValueError: no one")
