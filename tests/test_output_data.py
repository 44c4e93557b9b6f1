"""What renderers write for machines, and what a report gives to Python."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from typing import get_type_hints

import built_reports as built
import jsonschema  # type: ignore[import-untyped]
import pytest
from built_reports import REPORTS, rendered

from ftprep.finding import Finding
from ftprep.output import RENDERERS, document_schema, renderer
from ftprep.output.columns import MAX_COLUMNS, finding_columns
from ftprep.output.document import document, finding_rows, report_schema
from ftprep.output.style import Style
from ftprep.record import Ref
from ftprep.report import LintFailed, Report
from ftprep.settings import Settings
from ftprep.text import snippet

Build = Callable[[], Report]


@pytest.fixture(autouse=True)
def own_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let reports know the rules of :mod:`built_reports` alone."""
    for place in ("ftprep.report.all_rules", "ftprep.output.document.all_rules", "ftprep.rules.all_rules"):
        monkeypatch.setattr(place, lambda: built.RULES)


# --- concise ----------------------------------------------------------------------------------------------------


def test_concise_is_complete_and_on_one_line_each() -> None:
    report = built.many(5_000)
    lines = rendered("concise", report).splitlines()
    assert len(lines) == 5_000
    pattern = re.compile(r"data/train\.jsonl:(\d+)(:\d+)?: (NUM\d{3}) defect .+")
    found = [pattern.fullmatch(line) for line in lines]
    assert all(found)
    assert sum(bool(one and one[2]) for one in found) == pytest.approx(MAX_COLUMNS, abs=18)


def test_columns_are_shared_out_between_rules() -> None:
    many = [Finding("CHT003", Ref(0, line), "m") for line in range(1, 5_000)]
    few = [Finding("TOK004", Ref(0, line), "m") for line in range(4_000, 4_100)]
    report = built.report_of([built.an_input(0, "a.jsonl", {}, 5_000)], many + few)
    columns = finding_columns(report)
    codes = [report.findings[at].code for at in columns]
    assert (codes.count("TOK004"), codes.count("CHT003")) == (100, MAX_COLUMNS - 100)
    assert list(columns) == sorted(columns)
    assert set(columns.values()) == {(1, None)}


@pytest.mark.parametrize(("container", "known"), [("jsonl", True), ("array", False), ("csv", False)])
def test_columns_are_only_given_where_rows_are_lines(container: str, known: bool) -> None:
    rows = {3: built.chat("a", "")}
    finding = Finding("CHT003", Ref(0, 3), "m", pointer="/messages/1/content")
    report = built.report_of([built.an_input(0, "a", rows, 3, container=container)], [finding])
    assert rendered("concise", report).startswith("a:3:82: " if known else "a:3: ")
    location = document(report)["findings"][0]["location"]
    assert (location["column"], location["end_column"]) == ((82, 84) if known else (None, None))
    assert ("a:3:82  " if known else "a:3  ") in rendered("full", report)


# --- json -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("build", REPORTS)
def test_json_is_the_document_and_follows_its_schema(build: Build) -> None:
    schema = report_schema()
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    loaded = json.loads(rendered("json", build()))
    validator.validate(loaded)
    expected = document(build())
    if build is not built.hostile:
        assert loaded == expected
        validator.validate(expected)
    assert len(loaded["findings"]) == len(build().findings)


def test_schema_speaks_about_every_key() -> None:
    schema = report_schema()
    parts = {"Document": schema, **schema["$defs"]}
    document_ = json.loads(rendered("json", built.typical()))
    finding = next(one for one in document_["findings"] if one["related"])
    for name, value in {
        "Document": document_,
        "InputEntry": document_["inputs"][0],
        "SettingsEntry": document_["settings"],
        "SummaryEntry": document_["summary"][0],
        "FindingEntry": finding,
        "LocationEntry": finding["location"],
        "PlaceEntry": finding["related"][0],
        "VerdictEntry": document_["verdict"],
    }.items():
        assert list(value) == list(parts[name]["properties"]) == parts[name]["required"]
    assert "description" in parts["LocationEntry"]["properties"]["line"]


def test_no_setting_is_left_out_of_the_report() -> None:
    written = set(document(built.small())["settings"])
    assert written >= set(Settings.__slots__)


def test_json_takes_numbers_that_json_does_not_know() -> None:
    data = {"big": 2**70, "nan": float("nan"), "infinite": float("-inf"), "key": "\ud800", "set": (1, 2)}
    report = built.report_of(built.small().inputs, [Finding("CHT003", Ref(0, 2), "m", data=data)])
    found = json.loads(rendered("json", report))["findings"][0]["data"]
    assert found == {"big": 2**70, "nan": None, "infinite": None, "key": "\ud800", "set": [1, 2]}


def test_json_is_readable_where_that_is_safe() -> None:
    report = built.report_of(built.small().inputs, [Finding("CHT003", Ref(0, 2), "no `漢字` \x9b \u202e")])
    text = rendered("json", report)
    assert r"no `漢字` \u009b \u202e" in text
    assert json.loads(text)["findings"][0]["message"] == "no `漢字` \x9b \u202e"


@pytest.mark.parametrize("build", REPORTS)
def test_json_lines_hold_the_same_as_the_document(build: Build) -> None:
    lines = [json.loads(line) for line in rendered("jsonl", build()).splitlines()]
    whole = json.loads(rendered("json", build()))
    kinds = [line["type"] for line in lines]
    assert sorted(kinds, key=["input", "finding", "cluster", "summary", "verdict"].index) == kinds
    assert kinds[-1] == "verdict"
    for kind, key in (("input", "inputs"), ("finding", "findings"), ("summary", "summary")):
        found = [
            {name: value for name, value in line.items() if name != "type"} for line in lines if line["type"] == kind
        ]
        assert found == whole[key]
    last = lines[-1]
    assert {name: last[name] for name in ("ok", "exit_code", "reasons")} == whole["verdict"]
    assert all(last[name] == whole[name] for name in ("version", "tool", "settings", "not_run", "hidden"))
    assert set(last) == {"type", *get_type_hints(document_schema.RunEntry)}
    clusters = [line for line in lines if line["type"] == "cluster"]
    assert sum(one["clusters"] for one in whole["summary"]) == len(clusters)
    for one in clusters:
        assert set(one) == {"type", *get_type_hints(document_schema.ClusterEntry)}
        assert one["size"] == len(one["members"])
        assert one["kept"] == one["members"][0]


def test_rendering_json_imports_no_pydantic() -> None:
    code = (
        "import sys; import ftprep.output.json_report, ftprep.output.full, ftprep.output.concise;"
        "print([name for name in ('pydantic', 'pandas', 'jsonschema') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- from Python ------------------------------------------------------------------------------------------------


def test_repr_is_the_summary() -> None:
    report = built.typical()
    assert repr(report) + "\n" == rendered("summary", report)


def test_finding_rows_have_a_line_or_a_row() -> None:
    by_line, by_row = finding_rows(built.small()), finding_rows(built.by_row())
    columns = ["code", "name", "severity", "path", "line", "row", "pointer", "message", "group", "fixable"]
    columns.append("fingerprint")
    assert list(by_line) == list(by_row) == columns
    assert (by_line["line"], by_line["row"]) == ([2, 3, 5], [None, None, None])
    assert (by_row["line"], by_row["row"]) == ([None, None], [16, 17])
    whole = finding_rows(built.typical())
    at = whole["code"].index("BAL004")
    assert (whole["line"][at], whole["row"][at]) == (None, None)


def test_to_pandas_keeps_whole_numbers() -> None:
    frame = built.small().to_pandas()
    assert list(frame["line"]) == [2, 3, 5]
    assert str(frame["line"].dtype) == str(frame["row"].dtype) == "Int64"
    assert frame["row"].isna().all()
    assert list(built.by_row().to_pandas()["row"]) == [16, 17]
    assert list(built.clean().to_pandas().columns) == list(frame.columns)


def test_raise_if_failed() -> None:
    with pytest.raises(LintFailed, match="errors present"):
        built.small().raise_if_failed()
    built.clean().raise_if_failed()


def test_place_names_rows_of_objects() -> None:
    assert built.by_row().place(Ref(0, 17)) == "<DataFrame> row 17"
    assert built.small().place(Ref(0, 2)) == "few.jsonl:2"
    assert built.small().place(Ref(0, 0)) == "few.jsonl"


def test_a_hundred_thousand_findings_take_no_long_time() -> None:
    report = built.many(100_000, 30)
    report.summary()
    for name in RENDERERS:
        started = time.process_time()
        assert sum(len(part) for part in renderer(name)(report, Style())) > 1_000
        assert time.process_time() - started < 5, name  # 0.05 s for full, 0.5 s for json


def test_text_of_fixes_passes_the_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snippet, "mask", lambda value: "•" * len(value))
    fixes = [one["fix"] for one in document(built.fixable())["findings"]]
    text = json.dumps(fixes, ensure_ascii=False)
    assert text.count("•") > 40
    for word in ("EMAIL", "to~", "/messages", "/a", "x07"):
        assert word not in text
