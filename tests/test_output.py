"""What every renderer writes for reports that are put together by hand.

Golden files stand in ``tests/golden``; ``FTPREP_GOLDEN=write pytest tests/test_output.py`` writes them anew. Read the
difference before you keep it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import built_reports as built
import pytest
from built_reports import REPORTS, rendered

import ftprep
from ftprep.errors import UsageError
from ftprep.finding import Finding, Severity
from ftprep.formats.detect import Alternative, Detection
from ftprep.output import RENDERERS, renderer
from ftprep.output.cells import cells, cut, cut_front
from ftprep.output.full import MAX_LINES
from ftprep.output.table import sparkline
from ftprep.record import Ref
from ftprep.report import Report
from ftprep.selection import NotRun

GOLDEN = Path(__file__).with_name("golden")
COLOR = re.compile(r"\x1b\[[0-9;]*m")

Build = Callable[[], Report]


@pytest.fixture(autouse=True)
def own_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let reports know the rules of :mod:`built_reports` alone."""
    for place in ("ftprep.report.all_rules", "ftprep.output.document.all_rules", "ftprep.rules.all_rules"):
        monkeypatch.setattr(place, lambda: built.RULES)


def check_golden(name: str, text: str) -> None:
    text = text.replace(f'"version":"{ftprep.__version__}"', '"version":"VERSION"')
    path = GOLDEN / name
    if os.environ.get("FTPREP_GOLDEN") == "write":
        path.write_bytes(text.encode())
    assert text.encode().decode() == path.read_bytes().decode()


# --- golden files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "format", "build", "style"),
    [
        ("full.txt", "full", built.typical, {}),
        ("full_ascii.txt", "full", built.typical, {"unicode": False, "width": 72}),
        ("full_color.txt", "full", built.typical, {"color": True, "show": 1}),
        ("full_all.txt", "full", built.small, {"show": None, "verbose": True}),
        ("full_quiet.txt", "full", built.small, {"quiet": True}),
        ("full_many.txt", "full", built.many, {}),
        ("full_row.txt", "full", built.by_row, {}),
        ("full_fixable.txt", "full", built.fixable, {}),
        ("report_fixable.json", "json", built.fixable, {}),
        ("full_clean.txt", "full", built.clean, {}),
        ("full_hostile.txt", "full", built.hostile, {}),
        ("concise.txt", "concise", built.small, {}),
        ("concise_row.txt", "concise", built.by_row, {}),
        ("summary.txt", "summary", built.typical, {}),
        ("report.json", "json", built.small, {}),
        ("report_row.json", "json", built.by_row, {}),
        ("report_hostile.json", "json", built.hostile, {}),
        ("report.jsonl", "jsonl", built.by_row, {}),
    ],
)
def test_golden(file: str, format: str, build: Build, style: dict[str, Any]) -> None:
    check_golden(file, rendered(format, build(), **style))


# --- every renderer ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("build", REPORTS)
@pytest.mark.parametrize("name", RENDERERS)
def test_output_is_the_same_twice_and_ends_in_a_newline(name: str, build: Build) -> None:
    text = rendered(name, build())
    assert text == rendered(name, build())
    assert text.endswith("\n") or not text
    assert text or (name == "concise" and build is built.clean)
    text.encode()  # valid UTF-8: no lone surrogate is left


@pytest.mark.parametrize("build", REPORTS)
@pytest.mark.parametrize("name", RENDERERS)
def test_nothing_steers_the_terminal(name: str, build: Build) -> None:
    text = rendered(name, build())
    assert [one for one in text if not one.isprintable() and one != "\n"] == []
    colored = rendered(name, build(), color=True)
    assert COLOR.sub("", colored) == text
    assert ("\x1b" in colored) == (name in ("full", "concise", "summary") and bool(text))


@pytest.mark.parametrize("build", REPORTS)
@pytest.mark.parametrize("width", [20, 40, 57, 88, 200])
@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("name", ["full", "summary"])
def test_lines_keep_to_the_width(name: str, unicode: bool, width: int, build: Build) -> None:
    text = rendered(name, build(), width=width, unicode=unicode, show=5)
    assert unicode or text.isascii()
    for line in text.splitlines():
        assert cells(line) <= max(width, 40), line


def test_without_unicode_text_is_ascii_in_every_format_for_people() -> None:
    for name in ("full", "concise", "summary"):
        assert rendered(name, built.hostile(), unicode=False).isascii()


def test_unknown_output_names_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown output format `consise`; did you mean `concise`\?"):
        renderer("consise")
    assert renderer("JSON") is renderer("json")


# --- full -------------------------------------------------------------------------------------------------------


def carets(lines: list[str]) -> list[tuple[str, str]]:
    """Each marked excerpt with the line of carets below it, both without the bar in front."""
    return [(above[7:], below[7:]) for above, below in pairwise(lines) if re.match(r"    \|  +\^", below)]


@pytest.mark.parametrize("unicode", [True, False])
def test_carets_stand_under_wide_characters(unicode: bool) -> None:
    rows = {1: built.chat("漢字🙂 and ❤️", "é́ ok"), 2: built.chat("は", "い")}
    findings = [
        Finding("CHT003", Ref(0, 1), "m", pointer="/messages/0/content", span=(8, 10)),
        Finding("CHT003", Ref(0, 2), "m", pointer="/messages/1/content"),
    ]
    report = built.report_of([built.an_input(0, "a.jsonl", rows, 2)], findings)
    found = carets(rendered("full", report, unicode=unicode).splitlines())
    wanted = ["❤️", '"い"'] if unicode else [r"\u2764\ufe0f", r'"\u3044"']
    assert len(found) == 2
    for (text, below), value in zip(found, wanted, strict=True):
        sign = below.removesuffix(" m")
        assert cells(text[: text.index(value)]) == len(sign) - len(sign.lstrip(" "))
        assert cells(value) == sign.count("^")


@pytest.mark.parametrize("rules", [1, 5, 18, 40])
@pytest.mark.parametrize("inputs", [1, 200])
def test_ten_thousand_findings_fit_on_eighty_lines(rules: int, inputs: int) -> None:
    report = built.many(10_000, rules)
    more = [built.an_input(index, f"data/part-{index:03}.jsonl", {}, 500, size=9_000) for index in range(1, inputs)]
    report = built.report_of([*report.inputs, *more], report.findings, not_run=built.typical().not_run)
    lines = rendered("full", report).splitlines()
    assert len(lines) <= MAX_LINES
    assert len(lines) > MAX_LINES - 12 or rules == 1  # the room is used
    assert max(map(cells, lines)) <= 88
    table = [line for line in lines if re.match(r" (error|warning|info) ", line)]
    assert len(table) == rules
    assert sum(int(line.split()[3].replace(",", "")) for line in table) == 10_000
    titles = [line for line in lines if re.match(r"(error|warning|info)\[", line)]
    assert [line.split("[")[1][:6] for line in titles] == [line.split()[1] for line in table][: len(titles)]
    left = rules - len(titles)
    assert any(f"... {left} more rule" in line for line in lines) == (left > 0)


@pytest.mark.parametrize("inputs", [1, 200])
def test_a_table_of_very_many_rules_leaves_room_for_examples(inputs: int) -> None:
    report = built.many(10_000, 60)
    more = [built.an_input(index, f"data/part-{index:03}.jsonl", {}, 500, size=9_000) for index in range(1, inputs)]
    report = built.report_of([*report.inputs, *more], report.findings, not_run=built.typical().not_run)
    lines = rendered("full", report).splitlines()
    assert len(lines) <= MAX_LINES
    assert any(line.startswith("   --> ") for line in lines), "the worst rule is shown in place"
    table = [line for line in lines if re.match(r" (error|warning|info) ", line)]
    left = 10_000 - sum(int(line.split()[3].replace(",", "")) for line in table)
    assert f" ... 20 more rules with {left:,} findings; -o summary lists all rules" in lines
    for whole in (rendered("full", report, verbose=True), rendered("summary", report)):
        assert len(re.findall(r"^ (?:error|warning|info) ", whole, re.MULTILINE)) == 60


def test_few_rules_are_named_that_need_the_same_thing() -> None:
    not_run = [NotRun(f"TUL{number:03}", f"rule-{number}", "needs --target") for number in range(6)]
    not_run += [NotRun(f"TOK{number:03}", f"tokens-{number}", "needs --max-tokens") for number in range(3)]
    report = built.report_of(built.small().inputs, built.small().findings, not_run=not_run)
    text = " ".join(line.strip() for line in rendered("full", report).splitlines())
    assert "9 not run: TUL000, TUL001 and 4 more (needs --target); TOK000, TOK001, TOK002 (needs --max-tokens)" in text
    text = " ".join(line.strip() for line in rendered("full", report, verbose=True).splitlines())
    assert "TUL000, TUL001, TUL002, TUL003, TUL004, TUL005 (needs --target)" in text


def test_nothing_read_is_not_nothing_found() -> None:
    one = built.an_input(0, "a.jsonl", {}, 0)
    found = [Finding("JSN001", Ref(0, 0), "the file is empty")]
    text = rendered("full", built.report_of([one], found))
    assert "1 error about 1 file\n" in text, "and nothing of `0 records without a finding`"


def test_show_lifts_the_limit() -> None:
    lines = rendered("full", built.many(10_000, 40), show=4).splitlines()
    assert len([line for line in lines if line.startswith("   --> ")]) == 160
    assert rendered("full", built.many(500, 2), show=None).count("   --> ") == 500
    assert "   --> " not in rendered("full", built.many(500, 2), show=0)


def test_examples_are_the_first_the_median_and_the_worst() -> None:
    rows = {line: built.chat("a", "b") for line in range(1, 102)}
    scores = {70: 9.0, 20: 3.0}
    findings = [Finding("TOK004", Ref(0, line), "m", data={"score": scores.get(line, 1.0)}) for line in rows]
    report = built.report_of([built.an_input(0, "a.jsonl", rows, 200)], findings)
    assert re.findall(r"a\.jsonl:(\d+):1", rendered("full", report)) == ["1", "51", "70"]
    assert "... 98 more, last at line 101" in rendered("full", report)
    unscored = built.report_of(report.inputs, [Finding("CHT003", one.ref, "m") for one in findings])
    assert re.findall(r"a\.jsonl:(\d+):1", rendered("full", unscored)) == ["1", "51", "101"]
    assert "... 98 more\n" in rendered("full", unscored)
    assert re.findall(r"a\.jsonl:(\d+):1", rendered("full", unscored, show=1)) == ["1"]
    assert re.findall(r"a\.jsonl:(\d+):1", rendered("full", unscored, show=5)) == ["1", "26", "51", "76", "101"]


@pytest.mark.parametrize(("number", "in_place"), [(10, True), (11, False)])
def test_few_findings_are_shown_in_place(number: int, in_place: bool) -> None:
    text = rendered("full", built.many(number, 2))
    assert text.count("   --> ") == (number if in_place else 6)
    assert ("severity" in text) != in_place


def test_rules_are_in_order_of_severity_then_share() -> None:
    codes = re.findall(r"^\w+\[(\w+)\]", rendered("full", built.typical()), re.MULTILINE)
    assert codes == ["CHT003", "JSN001", "DUP001", "TOK004", "BAL004"]


def test_clusters_come_largest_first_with_their_members() -> None:
    text = rendered("full", built.typical())
    assert re.findall(r"cluster of ([\d,]+), first at ([^ \n]+)", text) == [
        ("215", "data/train.jsonl:88"),
        ("96", "data/train.jsonl:4127"),
        ("5", "data/train.jsonl:5100"),
    ]
    assert "also at lines 45500 45501 45502 45503\n" in text
    listed, more = re.findall(r"also at lines ([\d ]+) … (\d+) more", text)[0]
    assert len(listed.split()) + int(more) == 214
    assert "... 1 more cluster; all sizes: 1 of 2, 1 of 3-5, 2 above" in text
    two_files = built.report_of(
        built.typical().inputs,
        [Finding("DUP001", Ref(1, 17), "m", related=(Ref(0, 88),), group="g")],
    )
    assert "also at line" not in rendered("full", two_files)
    assert "also at data/valid.jsonl:17\n" in rendered("full", two_files)


def test_messages_that_do_not_fit_stand_on_lines_of_their_own() -> None:
    message = "the value is not what it should be because " + "of many reasons " * 3
    findings = [Finding("CHT003", Ref(0, 1), message.strip(), pointer="/messages/0/content")]
    report = built.report_of([built.an_input(0, "a.jsonl", {1: built.chat("a", "b")}, 1)], findings)
    lines = rendered("full", report).splitlines()
    at = lines.index("    = the value is not what it should be because of many reasons of many reasons of many")
    assert lines[at + 1].strip() == "reasons"


def test_rows_that_are_gone_are_named_without_an_excerpt() -> None:
    findings = [Finding("CHT003", Ref(0, 9), "turn is empty", pointer="/messages/0/content")]
    report = built.report_of([built.an_input(0, "a.jsonl", {}, 1)], findings)
    assert "   --> a.jsonl:9  /messages/0/content\n    = turn is empty\n" in rendered("full", report)
    assert rendered("concise", report) == "a.jsonl:9: CHT003 turn is empty\n"


def test_blank_rows_have_no_excerpt() -> None:
    finding = Finding("JSN001", Ref(0, 1), "blank line")
    report = built.report_of([built.an_input(0, "a.jsonl", {1: b" "}, 1)], [finding])
    assert "   --> a.jsonl:1:1\n    = blank line\n" in rendered("full", report)


def test_crashes_show_their_frames_when_asked() -> None:
    stack = ["rules/chat/empty_turn.py:40"]
    crash = Finding("FTP900", Ref(0, 0), "rule CHT003 raised KeyError", data={"rule": "CHT003", "stack": stack})
    report = built.report_of([built.an_input(0, "a.jsonl", {}, 1)], [crash])
    assert stack[0] not in rendered("full", report)
    assert f"    = at {stack[0]}\n" in rendered("full", report, verbose=True)
    assert "failed: rules crashed: CHT003; errors present  (exit code 2)" in rendered("full", report)


# --- first and last lines ---------------------------------------------------------------------------------------


def test_header_aligns_inputs_where_the_width_allows() -> None:
    lines = rendered("summary", built.typical(), width=140).splitlines()[:2]
    assert lines[0].index("100,000 records") + 2 == lines[1].index("5,000 records")
    assert lines[0].startswith("data/train.jsonl  openai-chat (detected)  ")
    assert "openai-chat (detected, 74 % sure, or trl-messages)" in lines[1]
    assert lines[0].endswith("61.2M tokens (o200k), 20.5M trained  182 MB")


def test_header_says_what_is_known_of_the_format() -> None:
    one = built.an_input(0, "a.jsonl", {}, 3)
    one.tokens = None
    report = built.report_of([one], [])
    one.detection = Detection("alpaca", 1.0, (), forced=True)
    assert rendered("full", report).splitlines()[0] == "a.jsonl  alpaca (given)  3 records"
    one.detection = Detection(None, 0.0, (), nearest=("alpaca", "sharegpt", "text"))
    assert "unknown format (nearest: alpaca, sharegpt)" in rendered("full", report)
    one.detection = Detection("alpaca", 0.5, ("2 of 4 rows",), (Alternative("text", 0.5),))
    assert "alpaca (detected, 50 % sure, or text)" in rendered("full", report)
    assert "  2 of 4 rows\n" in rendered("full", report, verbose=True)


def test_header_of_several_inputs_gives_each_one_line() -> None:
    inputs = [built.an_input(index, f"data/part-{index:04}.jsonl", {}, 10**index, size=10**9) for index in range(4)]
    lines = rendered("full", built.report_of(inputs, [])).splitlines()
    assert lines[0] == "data/part-0000.jsonl  openai-chat       1 record     612 tokens"
    assert lines[3] == "data/part-0003.jsonl  openai-chat  1,000 records  612.0k tokens"
    assert len(lines) == 5
    assert "612.0k tokens (o200k), 205.0k trained  1.0 GB" in rendered("full", built.report_of(inputs, []), width=120)


def test_header_of_rows_without_answers_speaks_of_no_training() -> None:
    one = built.an_input(0, "a.jsonl", {}, 1000)
    one.detection = Detection("openai-rft", 1.0, ())
    assert "612.0k tokens (o200k)\n" in rendered("full", built.report_of([one], []))


def test_header_of_many_inputs_is_short() -> None:
    inputs = [built.an_input(index, f"{index}.jsonl", {}, 10, size=1000) for index in range(30)]
    report = built.report_of(inputs, [])
    text = rendered("full", report)
    assert "... 23 more inputs  230 records  140.8k tokens  23 kB\n" in text
    assert "29.jsonl" not in text
    assert "29.jsonl" in rendered("full", report, verbose=True)


def test_clean_run_is_one_line() -> None:
    assert rendered("full", built.clean()).splitlines()[-1] == "ok: 100,000 records, 42 rules, no findings (6.1 s)"
    not_run = (NotRun("TOK001", "over-context", "needs --max-tokens"),)
    report = built.report_of(built.clean().inputs, [], not_run=not_run, hidden={"per-file-ignores": 3})
    last = rendered("full", report).splitlines()[-2:]
    assert last == [
        "ok: 100,000 records, 42 rules, 1 not run (TOK001), no findings (9.8 s)",
        "3 findings hidden (per-file-ignores)",
    ]
    assert "TOK001 (needs --max-tokens)" in rendered("full", report, verbose=True)
    assert "2 lines" not in rendered("full", report, quiet=True)
    assert rendered("full", report, quiet=True) == ""


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "failed: errors present  (--fail-on error)"),
        ({"exit_zero": True}, "failed: errors present  (--exit-zero)"),
        ({"fail_on": None}, "passed  (--fail-on never)"),
        (
            {"problems": ("cannot read x to its end",)},
            "failed: 1 problem with the input; errors present  (exit code 2)",
        ),
    ],
)
def test_verdict_of_errors(fields: dict[str, Any], expected: str) -> None:
    report = built.report_of(built.small().inputs, built.small().findings, **fields)
    text = rendered("summary", report)
    assert re.sub(r" {2,}9\.8 s$", "", text.splitlines()[-1]) == expected
    assert ("problem: cannot read x to its end\n" in text) == ("problems" in fields)


@pytest.mark.parametrize(
    ("fail_on", "expected"), [(Severity.ERROR, "passed: no errors"), (Severity.WARNING, "failed: warnings present")]
)
def test_verdict_of_warnings(fail_on: Severity, expected: str) -> None:
    findings = [Finding("TOK004", Ref(0, 5), "m")]
    report = built.report_of(built.small().inputs, findings, fail_on=fail_on)
    assert f"{expected}  (--fail-on {fail_on.label})" in rendered("summary", report)


def test_an_input_that_breaks_off_is_never_clean() -> None:
    report = built.report_of(built.clean().inputs, [], problems=("good.jsonl.gz is cut short",))
    text = rendered("full", report)
    assert "ok:" not in text
    assert "no findings in 100,000 records" in text
    assert "failed: 1 problem with the input  (exit code 2)" in text


def test_sparkline_shows_single_findings() -> None:
    assert sparkline([0, 1, 1000, 0]) == "▁▂█▁"
    assert sparkline([0, 1, 1000, 0], unicode=False) == "0190"
    assert sparkline([0] * 10) == "▁" * 10


@pytest.mark.parametrize("text", ["abc", "漢字漢字漢字", "a" * 500, "é́" * 40, "🙂a" * 30])
@pytest.mark.parametrize("width", [0, 1, 2, 5, 6, 80])
def test_cut_keeps_to_the_width(text: str, width: int) -> None:
    for done in (cut(text, width), cut_front(text, width), cut(text, width, "...")):
        assert cells(done) <= width
        assert cells(text) > width or done == text
