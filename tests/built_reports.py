"""Reports put together by hand, with rules of their own, so that renderers are tested without a run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.fixed import Fixed
from ftprep.formats.detect import Alternative, Detection
from ftprep.inputs import Input, Tokens, split_of
from ftprep.io.probe import Probe
from ftprep.output import renderer
from ftprep.output.style import Style
from ftprep.record import Ref
from ftprep.report import Report
from ftprep.rule import FileRule, RecordRule, Rule
from ftprep.selection import NotRun
from ftprep.settings import Settings


class EmptyTurn(RecordRule):
    """A turn with no text."""

    code, name, severity = "CHT003", "empty-turn", Severity.ERROR


class SameRow(RecordRule):
    """The same row again."""

    code, name, severity = "DUP001", "exact-duplicate", Severity.WARNING


class LongRow(RecordRule):
    """A row of many tokens."""

    code, name, severity = "TOK004", "length-outlier", Severity.WARNING


class FewRows(FileRule):
    """Too few rows to learn from."""

    code, name, severity = "BAL004", "too-few-records", Severity.WARNING


class BrokenRow(RecordRule):
    """A line that is not JSON."""

    code, name, severity = "JSN001", "invalid-json", Severity.ERROR


class Crashed(FileRule):
    """A rule of ftprep itself failed."""

    code, name, severity = "FTP900", "rule-crashed", Severity.ERROR


def numbered_rule(number: int) -> type[Rule]:
    """A rule of which a report can have many."""
    members = {
        "__doc__": f"The defect of number {number}.",
        "code": f"NUM{number:03}",
        "name": f"numbered-defect-{number}",
        "severity": Severity(number % 3 + 1),
    }
    return type(f"Numbered{number}", (RecordRule,), members)


_OWN: tuple[type[Rule], ...] = (EmptyTurn, SameRow, LongRow, FewRows, BrokenRow, Crashed)
RULES: dict[str, type[Rule]] = {rule.code: rule for rule in (*_OWN, *map(numbered_rule, range(70)))}


class FakeSource:
    """An input whose rows stand in memory; ``fetches`` counts how often they were asked for."""

    def __init__(
        self,
        index: int,
        name: str,
        rows: Mapping[int, bytes],
        counts: Literal["line", "row"] = "line",
        size: int | None = None,
        container: Any = "jsonl",
    ) -> None:
        self.index = index
        self.name = name
        self.rows = rows
        self.counts = counts
        self.size = size
        self.probe = Probe(container)
        self.problems: Sequence[str] = ()
        self.fetches = 0

    def fetch(self, refs: Iterable[Ref]) -> dict[Ref, bytes]:
        self.fetches += 1
        return {ref: self.rows[ref.line] for ref in refs if ref.line in self.rows}

    def sha256(self) -> str | None:
        return None if self.size is None else f"{self.index:064x}"


def an_input(index: int, name: str, rows: Mapping[int, bytes], records: int, **source: Any) -> Input:
    """An input of OpenAI chat rows that was read to its end."""
    detection = Detection("openai-chat", 0.98, ("messages with roles",))
    return Input(
        FakeSource(index, name, rows, **source),  # type: ignore[arg-type]
        detection,
        split_of(name),
        records=records,
        bytes=sum(map(len, rows.values())),
        last_line=records,
        tokens=Tokens("o200k_base", records * 612, records * 205),
    )


def chat(*turns: str) -> bytes:
    """A row whose turns are user and assistant by turns."""
    roles = ("user", "assistant")
    messages = [{"role": roles[number % 2], "content": turn} for number, turn in enumerate(turns)]
    return json.dumps({"messages": messages}, ensure_ascii=False).encode("utf-8", "surrogatepass")


def report_of(inputs: Sequence[Input], findings: Iterable[Finding], **fields: Any) -> Report:
    """A report with findings in reading order and the severities of their rules."""
    filled = [
        one if one.severity is not None else Finding(**{**_fields(one), "severity": RULES[one.code].severity})
        for one in findings
    ]
    values: dict[str, Any] = {
        "hidden": {},
        "rules": sorted(RULES)[:42],
        "not_run": (),
        "settings": Settings(),
        "seconds": 9.84,
        **fields,
    }
    return Report(inputs, sorted(filled, key=lambda one: one.sort_key), **values)


def _fields(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in Finding.__slots__}


def typical() -> Report:
    """Two files, five rules: values with spans, clusters over files, whole rows, whole files, rows that are no JSON."""
    train = {
        1204: chat("Hello?", ""),
        2500: chat("What is the capital of Peru?", "Lima.", "   \n", "Sorry, I did not get that."),
        8831: chat("はい、わかりました。🙂 次は?", "  \n"),
        99512: chat("A question that is quite long, so that the excerpt must be cut in front of the value", ""),
        7: b'{"messages": [{"role": "user", "content": "caf\xe9"}]}',
        88: chat("How do I reset my password?", "Open Settings, then Security, and choose Reset."),
        412: chat("word " * 3000, "ok"),
    }
    valid = {17: chat("How do I reset my password?", "Open Settings, then Security, and choose Reset.")}
    inputs = [
        an_input(0, "data/train.jsonl", train, 100_000, size=182_400_000),
        an_input(1, "data/valid.jsonl", valid, 5_000, size=9_120_000),
    ]
    inputs[1].detection = Detection("openai-chat", 0.74, ("most rows",), (Alternative("trl-messages", 0.5),))
    findings = [
        Finding("CHT003", Ref(0, 1204), "assistant turn is empty", pointer="/messages/1/content"),
        Finding("CHT003", Ref(0, 2500), "user turn has only white space", pointer="/messages/2/content", span=(0, 4)),
        *(Finding("CHT003", Ref(0, line), "user turn is empty", pointer="/id") for line in range(3000, 3300)),
        Finding("CHT003", Ref(0, 8831), "assistant turn has only white space", pointer="/messages/1/content"),
        Finding("CHT003", Ref(0, 99512), "assistant turn is empty", pointer="/messages/1/content"),
        Finding("JSN001", Ref(0, 7), "byte 0xe9 at column 47 is not UTF-8", span=(46, 47)),
        Finding("BAL004", Ref(1, 0), "5,000 records; validation sets of this kind have more"),
        Finding("TOK004", Ref(0, 412), "3,018 tokens, 14 times the median of the set", data={"score": 14.2}),
    ]
    for first, count in ((88, 213), (4127, 95), (5000, 1), (5100, 4)):
        for number in range(count):
            related = (Ref(0, first),)
            findings.append(
                Finding(
                    "DUP001",
                    Ref(0, 20_000 + first * 5 + number),
                    f"identical to data/train.jsonl:{first}",
                    related=related,
                    group=f"0:{first}",
                    data={"similarity": 1.0},
                )
            )
    findings.append(
        Finding("DUP001", Ref(1, 17), "identical to data/train.jsonl:88", related=(Ref(0, 88),), group="0:88")
    )
    not_run = [
        NotRun("TOK001", "over-context", "needs --max-tokens or --model"),
        NotRun("TOK002", "answer-cut-away", "needs --max-tokens or --model"),
        NotRun("PII101", "person-name", "needs --ner-model"),
    ]
    return report_of(inputs, findings, not_run=not_run, hidden={"per-file-ignores": 640})


def small() -> Report:
    """Three findings in one file."""
    rows = {
        2: chat("Hello?", ""),
        3: b'{"messages": [',
        5: chat("Say it", "I would rather not, because " * 9),
    }
    findings = [
        Finding("CHT003", Ref(0, 2), "assistant turn is empty", pointer="/messages/1/content"),
        Finding("JSN001", Ref(0, 3), "the row ends inside an array", span=(13, 14)),
        Finding("TOK004", Ref(0, 5), "71 tokens, 12 times the median of the set"),
    ]
    return report_of([an_input(0, "few.jsonl", rows, 5, size=812)], findings, rules=["CHT003", "JSN001", "TOK004"])


def clean() -> Report:
    """Nothing found."""
    return report_of([an_input(0, "good.jsonl", {}, 100_000, size=61_000_000)], [], seconds=6.1)


def by_row() -> Report:
    """Findings in a DataFrame."""
    rows = {17: chat("Hello?", ""), 18: chat("Hello?", "")}
    findings = [
        Finding("CHT003", Ref(0, 17), "assistant turn is empty", pointer="/messages/1/content"),
        Finding("DUP001", Ref(0, 18), "identical to row 17", related=(Ref(0, 17),), group="0:17"),
    ]
    return report_of([an_input(0, "<DataFrame>", rows, 40, counts="row", container="objects")], findings)


HOSTILE = {
    1: chat("\x1b[2J\x1b]0;owned\x07 \u202egnp.exe\u200b <script>alert(1)</script>", "\x9b31m"),
    2: chat("👩‍👩‍👧‍👦❤️🇩🇪漢字" * 4, "ok"),
    3: chat("x" * 1_000_000, "y" * 1_000_000),
    4: b'{"messages": [{"role": "user", "content": "\xed\xa0\x80 \xff\xfe"}]}',
    5: b"\x00\x01\x02\x1b[31m" * 20,
    6: '{"a\\u001b[31m\u202e": {"\u2028": ""}}'.encode(),
    7: b"\xff" * 500,
    8: ('{"n": ' + "[" * 1024 + "]" * 1024 + "}").encode(),
}


def hostile() -> Report:
    """Rows and a file name that try to steer the terminal, to hide, to be wide or to be huge."""
    findings = [
        Finding("CHT003", Ref(0, 1), "user turn is odd", pointer="/messages/0/content", span=(0, 18)),
        Finding("CHT003", Ref(0, 1), "assistant turn is odd", pointer="/messages/1/content"),
        Finding("CHT003", Ref(0, 2), "user turn is wide", pointer="/messages/0/content", span=(11, 13)),
        Finding("CHT003", Ref(0, 3), "assistant turn is long", pointer="/messages/1/content"),
        Finding("JSN001", Ref(0, 4), "a lone surrogate \ud800 \x1b[31m in a message", span=(43, 49)),
        Finding("JSN001", Ref(0, 5), "control characters"),
        Finding("CHT003", Ref(0, 6), "hostile keys", pointer="/a\x1b[31m\u202e/\u2028", data={"key": "\ud800"}),
        Finding("JSN001", Ref(0, 7), "bytes that are no text", span=(300, 301)),
        Finding("TOK004", Ref(0, 8), "deeply nested", pointer="/n" + "/0" * 1023, data={"score": float("inf")}),
    ]
    return report_of([an_input(0, "da\x1b[31mta\u202e/\udce9.jsonl", HOSTILE, 8, size=2_100_000)], findings)


def many(findings: int = 10_000, rules: int = 18, records: int = 100_000) -> Report:
    """Findings of many rules over one file."""
    row = chat("A question of usual length, neither short nor long", "An answer of usual length")
    codes = [f"NUM{number:03}" for number in range(rules)]
    step = max(records // findings, 1)
    found = [
        Finding(
            codes[number % rules],
            Ref(0, number * step % records + 1, number),
            f"defect number {number:,} of the many that the set has, described in a sentence of usual length",
            pointer="/messages/1/content",
        )
        for number in range(findings)
    ]
    rows = {one.ref.line: row for one in found}
    return report_of([an_input(0, "data/train.jsonl", rows, records, size=182_000_000)], found)


def fixable() -> Report:
    """What is left after fixing: fixes of every kind, with edits of every kind, some of them hostile."""
    rows = {line: chat("Hello?", f"Answer {line} of a\x1b[31m person") for line in range(1, 14)}
    unsafe = Fix(
        "replace by `<\u202eEMAIL>`",
        "unsafe",
        (Edit("replace", "/messages/1/content", "<EMAIL>\ud800", (0, 6)), Edit("remove", "/messages/0/name")),
    )
    moved = Fix("call it `to~`", edits=(Edit("rename", "/a/b", "to~/"), Edit("add", "/a/c", {"\x07": [1, None]})))
    drop = Fix("drop the row", drop=True)
    findings = [
        *(Finding("CHT003", Ref(0, line), "a turn", pointer="/messages/1/content", fix=drop) for line in range(1, 8)),
        Finding("TOK004", Ref(0, 8), "an e-mail address", pointer="/messages/1/content", span=(0, 6), fix=unsafe),
        Finding("TOK004", Ref(0, 9), "another key", pointer="/messages/1", fix=moved),
        Finding("TOK004", Ref(0, 10), "nothing to be done", pointer="/messages/1"),
        Finding("BAL004", Ref(0, 0), "a mark", fix=Fix("remove the mark", act="remove-bom")),
        Finding("JSN001", Ref(0, 11), "the row ends inside an array", span=(13, 14)),
    ]
    fixed = Fixed({"JSN005": 2, "TUL009": 10}, 9, ("few.jsonl",), ("`a\x1b` is a CSV file",), fails=True)
    return report_of([an_input(0, "few.jsonl", rows, 13, size=812)], findings, fixed=fixed)


def some() -> Report:
    """More findings than are shown."""
    return many(300, 12, 2_000)


REPORTS: list[Callable[[], Report]] = [typical, small, clean, by_row, hostile, some, fixable]


def rendered(name: str, report: Report, **style: Any) -> str:
    """The whole output of a renderer."""
    return "".join(renderer(name)(report, Style(**style)))
