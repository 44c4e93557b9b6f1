"""What many rows do otherwise than the rest: a finding and a fix for each row, one block of the report for all."""

from __future__ import annotations

import gzip
import json
import random
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ftprep
import ftprep.io.chunk as chunk
from ftprep.baseline import baseline_of
from ftprep.output.full import render
from ftprep.tasks.kinds import stripped, stripped_span

SELECT = "FMT001,FMT005,BAL005"
SYSTEM = "You sort the notes of the harbour office. Answer with the topic alone."
LABELS = ("mooring_fee", "lost_rope", "tide_table")
SPELT = (str.upper, str.title, lambda label: label.replace("_", "-"), lambda label: f"{label}.")
BLANKS = ("", "", " ", "\n", "  \n")


def row(number: int, answer: str, system: str = SYSTEM, **more: Any) -> dict[str, Any]:
    turns = [("system", system), ("user", f"Note {number} from quay {number % 7}"), ("assistant", answer)]
    return {"messages": [{"role": role, "content": content} for role, content in turns], **more}


def lines(rows: list[dict[str, Any]], chance: random.Random) -> list[bytes]:
    """Each row as one of the many texts that mean it."""
    spellings: list[dict[str, Any]] = [
        {},
        {"separators": (",", ":")},
        {"separators": (" ,  ", ":  ")},
        {"ensure_ascii": False},
    ]
    return [json.dumps(one, **chance.choice(spellings)).encode() for one in rows]


@st.composite
def drifting(draw: st.DrawFn) -> list[dict[str, Any]]:
    chance = random.Random(draw(st.integers(0, 10_000)))
    odd = chance.choice((0.0, 0.02, 0.2, 0.45))
    rows = []
    for number in range(chance.randrange(60, 150)):
        answer = chance.choice(LABELS)
        system = SYSTEM
        if chance.random() < odd:
            answer = chance.choice(SPELT)(answer)
        if chance.random() < odd:
            answer = chance.choice(BLANKS[:3]) + answer + chance.choice(BLANKS)
        if chance.random() < odd:
            system = chance.choice((SYSTEM.upper(), SYSTEM.replace("harbour", "habour"), SYSTEM[:-1] + "\n"))
        rows.append(row(number, answer, system))
    return rows


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drifting(), st.integers(0, 100))
def test_fixing_twice_is_fixing_once_and_other_rows_stay(tmp_path: Path, rows: list[dict[str, Any]], seed: int) -> None:
    path = tmp_path / "notes.jsonl"
    before = lines(rows, random.Random(seed))
    path.write_bytes(b"\n".join(before) + b"\n")
    found = {one.ref.line for one in ftprep.lint(path, isolated=True, select=SELECT).findings}
    report = ftprep.fix(path, unsafe=True, isolated=True, select=SELECT)
    once = path.read_bytes()
    assert report.findings == [], [one.message for one in report.findings]
    assert report.fixed is not None
    assert not report.fixed.notes
    for number, (old, new) in enumerate(zip(before, once.splitlines(), strict=True), 1):
        assert (old == new) == (number not in found)
    ftprep.fix(path, unsafe=True, isolated=True, select=SELECT)
    assert path.read_bytes() == once
    # Whatever is written in several ways, the commonest stays.
    answers = [json.loads(line)["messages"][-1]["content"] for line in once.splitlines()]
    assert set(answers) <= set(LABELS) | {spelt(label) for label in LABELS for spelt in SPELT}
    assert len({answer.strip(".").replace("-", "_").lower() for answer in answers}) == len(set(answers))


def drift_file() -> list[dict[str, Any]]:
    rows = [row(number, LABELS[number % 3]) for number in range(90)]
    rows[10] = row(10, "Lost_Rope")
    rows[40] = row(40, "LOST_ROPE")
    rows[70] = row(70, "lost-rope")
    rows[50] = row(50, "tide_table\n")
    return rows


def test_the_report_has_one_block_for_a_group() -> None:
    report = ftprep.lint(drift_file(), isolated=True, select=SELECT)
    entry = next(one for one in report.summary() if one.code == "FMT001")
    assert (entry.findings, entry.records, entry.clusters) == (3, 3, 1)
    assert [ref.line for ref in report.clusters("FMT001")[0].members] == [11, 41, 71]
    text = "".join(render(report))
    assert "3 records in 1 cluster" in text
    message = "label `lost_rope` ×27 is also written `LOST_ROPE` ×1, `Lost_Rope` ×1, `lost-rope`"
    assert text.count(message) == 1
    assert len(report.records("FMT001")) == 3


def test_a_row_that_hides_its_finding_is_neither_reported_nor_fixed(tmp_path: Path) -> None:
    rows = drift_file()
    rows[40]["_ftprep"] = {"ignore": ["FMT001"], "why": "shouted on purpose"}
    path = tmp_path / "notes.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    report = ftprep.lint(path, isolated=True, select=SELECT)
    assert [one.ref.line for one in report.of("FMT001")] == [11, 71]
    ftprep.fix(path, unsafe=True, isolated=True, select=SELECT)
    answers = [json.loads(line)["messages"][-1]["content"] for line in path.read_text().splitlines()]
    assert answers[40] == "LOST_ROPE"
    assert answers[10] == answers[70] == "lost_rope"


def test_a_baseline_knows_each_row(tmp_path: Path) -> None:
    report = ftprep.lint(drift_file(), isolated=True, select=SELECT)
    baseline = baseline_of(report, tmp_path / "known.json")
    assert len(baseline) == 4
    assert not report.without_old(baseline).findings
    more = drift_file()
    more[41] = row(41, "TIDE_TABLE")
    later = ftprep.lint(more, isolated=True, select=SELECT).without_old(baseline)
    assert [(one.code, one.ref.line) for one in later.findings] == [("FMT001", 42)]


def test_safe_fixes_leave_labels_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(one) + "\n" for one in drift_file()).encode()))
    report = ftprep.fix(path, isolated=True, select=SELECT)
    assert report.fixed is not None
    assert report.fixed.counts == {"FMT005": 1}
    assert len(report.of("FMT001")) == 3


def test_the_machine_reads_the_edits_of_each_row() -> None:
    from ftprep.output.document import document

    entries = document(ftprep.lint(drift_file(), isolated=True, select="FMT001"))["findings"]
    edits = [one["fix"]["edits"] for one in entries if one["fix"]]
    assert [one[0]["value"] for one in edits] == ["lost_rope"] * 3
    assert [one[0]["span"] for one in edits] == [[0, 9]] * 3
    assert len({one["group"] for one in entries}) == 1


def test_words_around_a_label_stay() -> None:
    rows = [{"prompt": f"Note {n}", "completion": ("calm", "angry")[n % 2]} for n in range(60)]
    rows.append({"prompt": "Note 60", "completion": "<think>So calm.</think>\n CALM </s>"})
    found = ftprep.lint(rows, isolated=True, select="FMT001").findings
    assert found[0].fix is not None
    (edit,) = found[0].fix.edits
    assert edit.span is not None
    assert rows[60]["completion"][slice(*edit.span)] == "CALM"


@given(
    st.lists(st.sampled_from(["<think>a</think>", " ", "\n", "END", "</s>", "yes", "a b", "<", "\u3000"]), max_size=7)
)
def test_what_is_left_of_an_answer_stands_where_it_is_said_to(parts: list[str]) -> None:
    answer = "".join(parts)
    start, end = stripped_span(answer)
    assert answer[start:end] == stripped(answer) == stripped(answer).strip()


@pytest.mark.parametrize("size", [1 << 21, 3_000, 900])
def test_any_cut_gives_the_same_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in drift_file()))
    whole = ftprep.lint(path, isolated=True, select=SELECT, jobs=1)
    monkeypatch.setattr(chunk, "BLOCK_BYTES", size)
    cut = ftprep.lint(path, isolated=True, select=SELECT, jobs=1)
    assert len(whole.findings) == 4
    assert list(cut.findings) == list(whole.findings)
    pooled = ftprep.lint(path, isolated=True, select=SELECT, jobs=2)
    assert list(pooled.findings) == list(whole.findings)


def test_the_order_of_files_changes_the_order_of_findings_only(tmp_path: Path) -> None:
    rows = drift_file()
    paths = []
    for number in range(3):
        paths.append(tmp_path / f"notes_{number}.jsonl")
        paths[-1].write_text("".join(json.dumps(one) + "\n" for one in rows[number::3]))
    seen = set()
    for order in permutations(paths):
        report = ftprep.lint(list(order), isolated=True, select=SELECT)
        found = sorted(
            (report.inputs[one.ref.file].name, one.ref.line, one.code, one.message, repr(one.fix))
            for one in report.findings
        )
        seen.add(tuple(found))
    assert len(seen) == 1
    assert len(found) == 4
