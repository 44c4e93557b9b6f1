"""The key ``_ftprep``: what it hides, what it changes (nothing else), and what is said about it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import cli
from hypothesis import given
from hypothesis import strategies as st
from row_strategies import spoilt_rows

import ftprep
from ftprep.engine.calibration import Candidates
from ftprep.finding import Finding
from ftprep.record import Ref
from ftprep.rule import CalibratedRule, Rule
from ftprep.rules import all_rules
from ftprep.settings import Settings
from ftprep.suppression import KEY, MAX_WORDS, Noted, Suppression, Suppressions, read_key, take_keys


def chat(answer: str = "", **more: Any) -> dict[str, Any]:
    turns = [{"role": "user", "content": "Is the kiosk open?"}, {"role": "assistant", "content": answer}]
    return {"messages": turns, **more}


def ignoring(*words: str, why: str = "silence is meant") -> dict[str, Any]:
    return {KEY: {"ignore": list(words), "why": why}}


def found(rows: Any, **options: Any) -> list[tuple[str, int]]:
    report = ftprep.lint(rows, isolated=True, **{"ignore": "BAL", **options})
    return [(one.code, one.ref.line) for one in report.findings]


# --- what is hidden -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["CHT003"], ["CHT"], ["empty-turn"], ["all"], ["cht003"], ["XYZ999", "CHT003"]])
def test_a_row_hides_its_own_findings(words: list[str]) -> None:
    rows = [chat(), chat(**ignoring(*words)), chat("Yes.")]
    report = ftprep.lint(rows, select="CHT003", isolated=True)
    assert [one.ref.line for one in report.findings] == [1]
    assert report.hidden == {"ignored in records": 1}
    assert report.inputs[0].suppressing == 1


@pytest.mark.parametrize(
    "value",
    [
        {"ignore": ["CHT003"]},
        {"ignore": ["CHT003"], "why": " "},
        {"ignore": ["CHT003"], "why": None},
        {"why": "x"},
        {"ignore": [], "why": "x"},
        {"ignore": {"CHT003": 1}, "why": "x"},
        {"ignore": ["CHT003", 3], "why": "x"},
        {"ignore": ["CHT003"] * (MAX_WORDS + 1), "why": "x"},
        ["CHT003"],
        "CHT003",
        3,
        True,
    ],
)
def test_a_malformed_key_hides_nothing_and_is_reported(value: Any) -> None:
    assert found([chat(**{KEY: value})], select="CHT003,FTP002") == [("CHT003", 1), ("FTP002", 1)]


def test_an_unknown_field_is_reported_and_the_rest_holds() -> None:
    row = chat(**{KEY: {"ignore": "CHT003", "why": "x", "until": "2027"}})
    report = ftprep.lint([row], select="CHT003,FTP002", isolated=True)
    assert [(one.code, one.pointer) for one in report.findings] == [("FTP002", "/_ftprep/until")]


def test_what_the_row_does_not_name_is_shown() -> None:
    assert found([chat(**ignoring("CHT004", "TUL"))], select="CHT003") == [("CHT003", 1)]


def test_findings_of_dataset_rules_are_hidden_on_the_row_and_not_by_related_rows() -> None:
    first, second = chat("Yes.", **ignoring("DUP001")), chat("Yes.")
    assert found([first, second], select="DUP001") == [("DUP001", 2)]
    assert found([second, first], select="DUP001") == []


def test_no_ignores_shows_what_rows_and_files_hide(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(chat(**ignoring("CHT003"))) + "\n" + json.dumps(chat()) + "\n")
    ignores: dict[str, Any] = {"select": "CHT003", "per_file_ignores": {"*.jsonl": ["CHT003"]}, "isolated": True}
    assert ftprep.lint(path, **ignores).hidden == {"per-file-ignores": 2}
    report = ftprep.lint(path, **ignores, no_ignores=True)
    assert ([one.ref.line for one in report.findings], dict(report.hidden)) == ([1, 2], {})


def test_a_crash_cannot_be_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(*_: object) -> Any:
        raise ValueError

    monkeypatch.setattr(all_rules()["CHT003"], "check", check)
    report = ftprep.lint([chat(**ignoring("ALL"))], select="CHT003", isolated=True)
    assert [one.code for one in report.findings] == ["FTP900"]


# --- what the key changes: nothing else ---------------------------------------------------------------------------


@given(spoilt_rows(), st.integers(0, 3))
def test_rows_with_the_key_are_judged_like_rows_without(spoilt: tuple[str, dict[str, Any]], place: int) -> None:
    row = spoilt[1]
    keys = list(row)
    key = ignoring("BAL004")
    inside = {**{name: row[name] for name in keys[:place]}, **key, **{name: row[name] for name in keys[place:]}}
    plain = ftprep.lint([row], isolated=True)
    noted = ftprep.lint([inside], isolated=True)
    assert [(one.code, one.pointer, one.message) for one in noted.findings] == [
        (one.code, one.pointer, one.message) for one in plain.findings
    ]
    assert noted.inputs[0].detection == plain.inputs[0].detection


def test_a_repeated_key_beside_it_is_still_found() -> None:
    raw = b'{"prompt": "a", "completion": "b", "_ftprep": {"ignore": "TOK", "why": "x"}}\n'
    assert found_in(raw, select="JSN004") == []
    assert found_in(raw.replace(b'"prompt": "a"', b'"prompt": "a", "prompt": "c"'), select="JSN004") == [("JSN004", 1)]
    assert found_in(raw.replace(b'"why": "x"', b'"why": "x", "why": "y"'), select="JSN004") == [("JSN004", 1)]


def found_in(raw: bytes, **options: Any) -> list[tuple[str, int]]:
    import io

    return found(io.BytesIO(raw), **options)


ROWS = [chat(), chat(**ignoring("CHT003")), chat(**ignoring("CHT004"))]


def _jsonl(folder: Path) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def _array(folder: Path) -> Path:
    path = folder / "rows.json"
    path.write_text(json.dumps(ROWS, indent=1))
    return path


def _packed(folder: Path) -> Path:
    path = folder / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(_jsonl(folder).read_bytes()))
    return path


def _parquet(folder: Path) -> Path:
    import pyarrow
    import pyarrow.parquet

    path = folder / "rows.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([{KEY: None, **row} for row in ROWS]), path)
    return path


def _frame(folder: Path) -> Any:
    import pandas

    return pandas.DataFrame(ROWS)


KINDS: list[Callable[[Path], Any]] = [_jsonl, _array, _packed, _parquet, _frame, lambda _: ROWS, lambda _: iter(ROWS)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_input_may_have_the_key(kind: Callable[[Path], Any], tmp_path: Path) -> None:
    report = ftprep.lint(kind(tmp_path), select="CHT003,CHT004,FTP", isolated=True)
    assert [(one.code, one.pointer) for one in report.findings] == [
        ("CHT003", "/messages/1/content"),
        ("CHT003", "/messages/1/content"),
        ("FTP001", "/_ftprep"),
    ]
    assert report.hidden == {"ignored in records": 1}


def test_a_column_of_a_table_holds_the_key_as_json(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    cell = '"{""ignore"": ""SCH"", ""why"": ""x""}"'
    path.write_text(f"prompt,completion,_ftprep\na,b,\nc,d,{cell}\ne,f,CHT003\n")
    report = ftprep.lint(path, select="FTP", isolated=True)
    assert report.inputs[0].detection.format == "prompt-completion"
    assert [(one.code, one.ref.line, one.message) for one in report.findings] == [
        ("FTP002", 4, "`_ftprep` is a string; an object with `ignore` and `why` is due")
    ]
    assert report.inputs[0].suppressing == 2


def test_it_is_the_same_in_one_process_and_in_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ftprep.io.chunk.BLOCK_BYTES", 4096)
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS * 100))
    alone, pooled = (ftprep.lint(path, select="CHT,FTP", isolated=True, jobs=jobs) for jobs in (1, 2))
    assert alone.findings == pooled.findings
    assert alone.hidden == pooled.hidden == {"ignored in records": 100}
    assert alone.fingerprints == pooled.fingerprints


# --- unused ones --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "selected", "reported"),
    [
        (["CHT004"], "CHT003,CHT004", True),
        (["CHT003", "CHT004"], "CHT003,CHT004", True),
        (["CHT003"], "CHT003,CHT004", False),
        (["CHT004"], "CHT003", False),  # did not run
        (["CHT"], "CHT003", False),  # used
        (["TUL"], "TUL001,TUL003", False),  # not all of them ran
        (["JSN00"], "JSN00", True),
        (["DUP001"], "DUP001", False),  # depends on what is read with the row
        (["ALL"], "ALL", False),
        (["FTP001"], "CHT", False),
        (["XYZ001"], "CHT", False),  # the business of FTP002
    ],
)
def test_only_what_is_sure_is_unused(words: list[str], selected: str, reported: bool) -> None:
    report = ftprep.lint([chat(**ignoring(*words))], select=f"FTP001,{selected}", isolated=True)
    assert [one.code for one in report.findings if one.code == "FTP001"] == ["FTP001"] * reported


def test_a_rule_that_did_not_look_at_the_row_is_not_unused() -> None:
    faulty = {"messages": [{"role": "user", "content": 5}], **ignoring("TUL001")}
    assert all_rules()["TUL001"].needs.name == "VALID"
    assert ("FTP001", 1) not in found([faulty, chat("Yes.")], select="TUL001,FTP001,SCH")


def test_a_rule_that_asks_the_whole_input_is_not_unused(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [chat("Yes.", **ignoring("CHT003"))]
    assert found(rows, select="CHT003,FTP001") == [("FTP001", 1)]
    monkeypatch.setattr("ftprep.rule.CalibratedRule", all_rules()["CHT003"])
    assert found(rows, select="CHT003,FTP001") == []


def test_what_a_file_hides_too_is_used(tmp_path: Path) -> None:
    path = _jsonl(tmp_path)
    report = ftprep.lint(path, select="CHT003,FTP001", per_file_ignores={"*": ["CHT003"]}, isolated=True)
    assert (report.findings, dict(report.hidden)) == ([], {"per-file-ignores": 3})


def test_nothing_is_unused_where_not_all_was_read(tmp_path: Path) -> None:
    whole = gzip.compress(json.dumps(ROWS[2]).encode() + b"\n" + bytes(range(256)) * 99)
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(whole[:-8])
    report = ftprep.lint(path, select="CHT,FTP001", isolated=True)
    assert report.problems
    assert "FTP001" not in report.by_code


# --- how it is said -----------------------------------------------------------------------------------------------


def test_every_output_says_how_much_is_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _jsonl(tmp_path)
    cli("baseline", "write", "rows.jsonl", "--select", "CHT003")
    rows = [*ROWS, chat("Yes.")]
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    sentence = "3 findings hidden: 2 baseline, 1 ignored in records"
    said = ["lint", "rows.jsonl", "--select", "CHT003"]
    for output in ("full", "summary"):
        result = cli(*said, "-o", output)
        assert (sentence in result.stdout, result.stderr) == (True, "")
    assert sentence in cli(*said, "--statistics").stdout
    assert cli(*said, "-o", "concise").stderr == f"ftprep: {sentence}\n"
    assert cli(*said, "-o", "concise", "-q").stderr == ""
    assert cli(*said, "-o", "concise=x.txt").stderr == f"ftprep: ok; {sentence} (wrote x.txt)\n"
    assert json.loads(cli(*said, "-o", "json").stdout)["hidden"] == {"baseline": 2, "ignored in records": 1}
    last = json.loads(cli(*said, "-o", "jsonl").stdout.splitlines()[-1])
    assert (last["type"], last["hidden"]) == ("verdict", {"baseline": 2, "ignored in records": 1})
    assert sentence in repr(ftprep.lint("rows.jsonl", select="CHT003"))


# --- parts --------------------------------------------------------------------------------------------------------


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda one: st.lists(one) | st.dictionaries(st.sampled_from(["ignore", "why", "x", "a/b"]), one),
    )
)
def test_any_value_is_read_or_refused_with_a_reason(value: Any) -> None:
    suppression, problems = read_key(value)
    assert suppression is not None or problems
    for problem in problems:
        assert len(problem.message) <= 100
        assert problem.message.isprintable()
        assert problem.pointer.startswith("/_ftprep")


def test_keys_are_taken_out_of_rows() -> None:
    raws = [json.dumps({"a": 1, KEY: value}).encode() for value in ({"x": 1}, None, "")] + [b'{"b": "\\u005fftprep"}']
    rows = [json.loads(raw) for raw in raws]
    assert take_keys(raws, rows) == {0: {"x": 1}}
    assert rows == [{"a": 1}, {"a": 1}, {"a": 1}, {"b": KEY}]


def test_candidates_that_rows_hide_are_no_part_of_a_finding_about_the_input() -> None:
    class Muttered(CalibratedRule):
        """A muttered answer."""

        code, name, severity = "CHT003", "empty-turn", all_rules()["CHT003"].severity

    rule: Rule = Muttered(Settings())
    candidates = Candidates([rule])
    ones = [Finding("CHT003", Ref(0, line), "muttered") for line in (1, 2, 3)]
    assert list(candidates.take(0, ones, {"CHT003": {"rows": 6}})) == []
    suppressions = Suppressions()
    assert [one.ref.line for one in candidates.calibrated(suppressions.hides)] == [0]
    suppressions.add([Noted(Ref(0, 2), 0, Suppression(("CHT",))), Noted(Ref(0, 3), 0, Suppression(("CHT",)))])
    assert [one.ref.line for one in candidates.calibrated(suppressions.hides)] == [2, 3, 1]
