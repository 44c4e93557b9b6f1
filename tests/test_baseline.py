"""The baseline: what stays known, what does not, and the file itself."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
from command_line import cli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ftprep
from ftprep.baseline import baseline_of, load_baseline
from ftprep.errors import UsageError
from ftprep.fingerprint import raw_digest, row_digest
from ftprep.suppression import KEY

FILE = ".ftprep-baseline.json"


def chat(question: str, answer: str = "", **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}], **more}


def write_rows(rows: list[Any], name: str = "rows.jsonl") -> Path:
    path = Path(name)
    path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in rows))
    return path


ROWS = [chat("One?"), chat("Two?", "Yes."), chat("Three?"), chat("Two?", "Yes."), "{broken", chat("One?")]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_rows(ROWS)
    return tmp_path


def new(*arguments: str) -> list[str]:
    """Places of what is found and not known."""
    report = json.loads(cli("lint", "rows.jsonl", "-o", "json", *arguments).stdout)
    return [f"{one['code']}:{one['location']['line']}" for one in report["findings"]]


def stale() -> int:
    number: int = json.loads(cli("lint", "rows.jsonl", "-o", "json").stdout)["baseline"]["stale"]
    return number


# --- what is known ------------------------------------------------------------------------------------------------


def test_what_was_found_is_known_and_counted() -> None:
    before = new()
    assert {one.split(":")[0] for one in before} == {"CHT003", "DUP001", "JSN001", "BAL004"}
    written = cli("baseline", "write", "rows.jsonl")
    assert (written.exit_code, written.stdout) == (0, "")
    assert written.stderr == f"ftprep: {len(before)} known findings in {FILE}\n"
    result = cli("lint", "rows.jsonl")
    assert result.exit_code == 0
    assert f"{len(before)} findings hidden (baseline)" in result.stdout
    assert new("--no-baseline") == before
    assert new("--isolated") == before


def test_rows_that_move_stay_known_and_edited_ones_do_not() -> None:
    cli("baseline", "write", "rows.jsonl")
    for seed in range(5):
        rows = [chat("New?", "Good."), *ROWS]
        random.Random(seed).shuffle(rows)
        write_rows(rows)
        assert new() == []
        assert stale() == 0
    write_rows([chat("One!"), *ROWS[1:]])  # it was twice there: one DUP001 less
    assert new() == ["CHT003:1", "DUP002:6"]  # what differs in a mark alone is nearly the same
    assert stale() == 2


def test_the_same_row_in_other_words_is_the_same_row() -> None:
    cli("baseline", "write", "rows.jsonl")
    first = dict(reversed(list(chat("One?").items())))
    text = json.dumps(first, indent=None, separators=(" , ", " : ")).replace("One", "\\u004fne")
    write_rows([text, *ROWS[1:]])
    assert new() == []
    excepted = chat("One?", **{KEY: {"ignore": "TOK", "why": "a key of ours is no edit"}})
    write_rows([excepted, *ROWS[1:]])
    assert new() == []


def test_as_many_are_known_as_there_were() -> None:
    cli("baseline", "write", "rows.jsonl", "--select", "CHT003")
    write_rows([*ROWS, chat("One?"), chat("One?")])
    assert new("--select", "CHT003") == ["CHT003:7", "CHT003:8"]


def test_findings_about_files_are_known_by_name_and_kind() -> None:
    cli("baseline", "write", "rows.jsonl", "--select", "BAL004")
    write_rows([*ROWS, chat("Four?", "No.")])  # other numbers in the message
    assert new("--select", "BAL004") == []
    Path("rows.jsonl").rename("others.jsonl")
    assert cli("lint", "others.jsonl", "--select", "BAL004", "-o", "concise").stdout.count("BAL004") == 1


def test_it_is_the_same_whatever_the_row_comes_from(folder: Path) -> None:
    import pandas

    Path("rows.jsonl.gz").write_bytes(gzip.compress(Path("rows.jsonl").read_bytes()))
    rows = [one for one in ROWS if isinstance(one, dict)]
    Path("rows.json").write_text(json.dumps(rows))
    options: dict[str, Any] = {"select": "CHT003,DUP001", "isolated": True}
    kinds = ["rows.jsonl", "rows.jsonl.gz", "rows.json", rows, pandas.DataFrame(rows), iter(rows)]
    prints = [sorted(ftprep.lint(kind, **options).fingerprints) for kind in kinds]
    assert len(prints[0]) == 5
    assert all(one == prints[0] for one in prints)


def test_ignored_findings_are_not_written() -> None:
    write_rows([chat("One?", **{KEY: {"ignore": ["CHT003"], "why": "x"}})])
    cli("lint", "rows.jsonl", "--per-file-ignores", "*:BAL", "--write-baseline")
    assert json.loads(Path(FILE).read_text()) == {"version": 1}


TEXTS = st.text(max_size=5)


@given(
    st.dictionaries(TEXTS, st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | TEXTS, st.lists), max_size=4),
    st.randoms(),
)
def test_a_digest_is_blind_to_writing_and_to_nothing_else(row: dict[str, Any], order: random.Random) -> None:
    digest = row_digest(row, b"")
    names = list(row)
    order.shuffle(names)
    shuffled = {name: row[name] for name in names}
    assert raw_digest(json.dumps(shuffled, indent=2).encode()) == digest
    assert raw_digest(json.dumps({KEY: {"why": "x"}, **shuffled}).encode()) == digest
    assert raw_digest(json.dumps({**row, "one more": 1}).encode()) != digest


def test_a_row_nested_deeper_than_can_be_written_has_a_digest() -> None:
    raw = b'{"a":' * 500 + b"1" + b"}" * 500
    assert raw_digest(raw) == raw_digest(b" " + raw + b"\r\n") != raw_digest(b"{}")


# --- the file -----------------------------------------------------------------------------------------------------


def test_the_file_is_sorted_stable_and_without_data() -> None:
    cli("baseline", "write", "rows.jsonl")
    first = Path(FILE).read_bytes()
    rows = list(ROWS)
    rows.reverse()
    write_rows(rows)
    cli("baseline", "write", "rows.jsonl")
    table = json.loads(first)
    assert list(table) == ["version", *sorted(set(table) - {"version"})]
    assert all(ones == sorted(ones) for code, ones in table.items() if code != "version")
    assert not any(word in first for word in (b"One", b"rows", b"broken"))
    assert Path(FILE).read_bytes().count(b"\n") == first.count(b"\n")
    assert first.endswith(b"}\n")
    again = Path(FILE).read_bytes()
    cli("baseline", "write", "rows.jsonl")
    assert Path(FILE).read_bytes() == again
    assert [one.name for one in Path().iterdir() if one.name.endswith(".tmp")] == []


def test_lint_never_writes_it() -> None:
    cli("baseline", "write", "rows.jsonl")
    write_rows([chat("Gone?", "Yes.")])
    before = Path(FILE).read_bytes()
    result = cli("lint", "rows.jsonl", "--select", "CHT,DUP,JSN")
    assert "6 entries of the baseline not found again" in result.stdout.replace("\n  ", " ")
    assert Path(FILE).read_bytes() == before


def test_writing_keeps_what_is_known_of_rules_that_did_not_run() -> None:
    cli("baseline", "write", "rows.jsonl")
    known = load_baseline(FILE)
    write_rows([chat("Five?")])
    cli("lint", "rows.jsonl", "--select", "CHT003", "--write-baseline")
    after = load_baseline(FILE)
    assert len(after.of(["CHT003"])) == 1
    assert after.of(["DUP001"]).entries == known.of(["DUP001"]).entries
    assert len(known.of(["CHT003"])) == 3


def test_write_baseline_shows_what_is_left_which_is_nothing() -> None:
    result = cli("lint", "rows.jsonl", "--write-baseline")
    assert result.exit_code == 0
    assert "findings hidden (baseline)" in result.stdout
    assert "known findings in .ftprep-baseline.json" in result.stderr


def test_prune_removes_what_is_stale_and_says_how_many() -> None:
    cli("baseline", "write", "rows.jsonl")
    write_rows(ROWS[:3])
    result = cli("baseline", "prune", "rows.jsonl")
    assert result.stdout == f"removed 4 known findings, 3 left in {FILE}\n"
    assert new() == []
    before = Path(FILE).read_bytes()
    assert cli("baseline", "prune", "rows.jsonl").stdout.startswith("removed 0 known findings")
    assert Path(FILE).read_bytes() == before
    cli("baseline", "prune", "rows.jsonl", "--select", "TUL")
    assert Path(FILE).read_bytes() == before, "what did not run is not stale"


def test_show_counts_by_rule() -> None:
    cli("baseline", "write", "rows.jsonl", "--select", "CHT003,DUP001")
    shown = cli("baseline", "show").stdout.splitlines()
    assert [line.split() for line in shown[:3]] == [
        ["code", "rule", "known"],
        ["CHT003", "empty-turn", "3"],
        ["DUP001", "exact-duplicate", "2"],
    ]
    assert shown[-1] == f"5 known findings in {FILE}"
    write_rows(ROWS[:1])
    shown = cli("baseline", "show", "rows.jsonl", "--ignore", "DUP").stdout.splitlines()
    assert [line.split() for line in shown[1:3]] == [
        ["CHT003", "empty-turn", "3", "1", "2"],
        ["DUP001", "exact-duplicate", "2", "not", "run"],
    ]


def test_nothing_is_written_or_removed_where_not_all_was_checked() -> None:
    cli("baseline", "write", "rows.jsonl")
    before = Path(FILE).read_bytes()
    for verb in ("write", "prune"):
        result = cli("baseline", verb, "rows.jsonl", "missing.jsonl")
        assert result.exit_code == 2
        assert "not everything could be checked" in result.stderr
    assert cli("lint", "rows.jsonl", "missing.jsonl", "--write-baseline").exit_code == 2
    assert Path(FILE).read_bytes() == before


def test_where_the_baseline_is_found() -> None:
    Path("data").mkdir()
    write_rows(ROWS, "data/rows.jsonl")
    Path("data/ftprep.toml").write_text("")
    cli("baseline", "write", "data")
    assert Path("data", FILE).exists()
    assert cli("lint", "data").exit_code == 0
    Path("data/ftprep.toml").write_text('baseline = "old/known.json"\n')
    missing = cli("lint", "data")
    assert (missing.exit_code, missing.stderr) == (
        2,
        "ftprep: there is no baseline `data/old/known.json`; `ftprep baseline write` makes one\n",
    )
    assert cli("lint", "data", "--no-baseline").exit_code == 1
    assert cli("lint", "data", "--baseline", f"data/{FILE}").exit_code == 0
    assert cli("lint", "data", env={"FTPREP_BASELINE": f"data/{FILE}"}).exit_code == 0
    assert ftprep.lint("data", baseline=f"data/{FILE}").verdict.ok
    assert not ftprep.lint("data", baseline=False).verdict.ok
    assert ftprep.lint(ROWS[:1], baseline=f"data/{FILE}", select="CHT003").hidden == {"baseline": 1}


def test_a_baseline_in_a_folder_of_data_is_no_data() -> None:
    Path("data").mkdir()
    write_rows(ROWS, "data/rows.jsonl")
    cli("baseline", "write", "data", "--baseline", "data/known.json")
    assert cli("lint", "data", "--baseline", "data/known.json", "--show-files").stdout == "data/rows.jsonl\n"
    assert cli("lint", "data", "--baseline", "data/known.json").exit_code == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "it is a list; an object is due"),
        ("{}", "`version` is missing; this ftprep knows version 1"),
        ('{"version": 2}', "`version` is `2`; this ftprep knows version 1"),
        ('{"version": true}', "`version` is `True`; this ftprep knows version 1"),
        ('{"version": 1, "cht": []}', "`cht` is no code of a rule"),
        ('{"version": 1, "CHT003": ["\\u202e"]}', "`CHT003` is no list of fingerprints"),
        ('{"version": 1, "CHT003": {"9f2c9f2c9f2c9f2c": 1}}', "`CHT003` is no list of fingerprints"),
    ],
)
def test_a_broken_file_is_one_sentence_and_exit_2(text: str, reason: str) -> None:
    Path(FILE).write_text(text)
    for arguments in (["lint", "rows.jsonl"], ["baseline", "show"], ["lint", "rows.jsonl", "--write-baseline"]):
        result = cli(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == f"ftprep: the baseline `{FILE}` is broken: {reason}\n"


def test_an_unknown_code_is_stale_but_not_wrong() -> None:
    Path(FILE).write_text('{"version": 1, "ZZZ001": ["0123456789abcdef"]}')
    assert stale() == 0, "the rule did not run"
    assert "(unknown rule)" in cli("baseline", "show").stdout


def test_a_folder_is_no_baseline() -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_baseline(".")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.sampled_from(ROWS), max_size=6), st.lists(st.sampled_from(ROWS), max_size=6))
def test_what_is_hidden_shown_and_stale_adds_up(known: list[Any], rows: list[Any]) -> None:
    options: dict[str, Any] = {"select": "CHT003,JSN001,FTP", "isolated": True, "baseline": False}
    write_rows(known, "known.jsonl")
    write_rows(rows, "now.jsonl")
    old, now = ftprep.lint("known.jsonl", **options), ftprep.lint("now.jsonl", **options)
    baseline = baseline_of(old, Path("x.json"))
    after = now.without_old(baseline)
    assert after.baseline is not None
    assert len(after.findings) + after.hidden["baseline"] == len(now.findings)
    assert after.baseline.stale + after.hidden["baseline"] == len(old.findings)
    if sorted(map(str, known)) == sorted(map(str, rows)):
        assert not after.findings
