"""The promises of docs/architecture.md that no other test file holds."""

from __future__ import annotations

import ast
import hashlib
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftprep
import ftprep.rules
from ftprep.output import renderer
from ftprep.output.style import Style
from ftprep.text import snippet

PACKAGE = Path(ftprep.__file__).parent
OUTPUTS = ("full", "concise", "summary", "json", "jsonl")


def imports_of(path: Path) -> Iterator[str]:
    """Modules that a file imports at run time; imports for type checking are left out."""
    tree = ast.parse(path.read_text())
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


# --- 1. one way through: each part knows only what comes before it ------------------------------------------------

FORBIDDEN = {
    "io": ("rules", "engine", "output", "cli", "report", "api", "formats", "shard", "inputs"),
    "formats": ("rules", "engine", "output", "cli", "report", "api", "shard", "inputs", "io"),
    "text": ("rules", "engine", "output", "cli", "report", "api", "shard", "inputs", "io"),
    "targets": ("rules", "engine", "output", "cli", "report", "api", "shard", "inputs", "io"),
    "rules": ("output", "cli", "report", "api", "engine.local", "engine.inspection", "selection"),
    "engine": ("output", "cli", "report", "api", "selection"),
    "output": ("cli", "api", "engine", "io"),
    "fixing": ("cli", "output", "rules"),
    "conversion": ("cli", "output", "rules", "engine", "report", "api", "shard"),
}


@pytest.mark.parametrize("part", FORBIDDEN)
def test_a_part_knows_only_what_comes_before_it(part: str) -> None:
    for path in (PACKAGE / part).rglob("*.py"):
        for module in imports_of(path):
            for forbidden in FORBIDDEN[part]:
                name = f"ftprep.{forbidden}"
                assert f"{module}.".startswith(f"{name}.") is False, f"{path.name} imports {module}"


# --- 2. a rule is one file ----------------------------------------------------------------------------------------

NEW_RULE = '''
from ftprep.finding import Severity
from ftprep.rule import Bad, RecordRule

class ShoutedTurn(RecordRule):
    """A turn in capitals."""

    code = "ZZZ001"
    name = "shouted-turn"
    severity = Severity.WARNING
    examples = (Bad({"messages": [{"role": "user", "content": "HI"}, {"role": "assistant", "content": "Hi"}]}),)

    def check(self, record):
        for text in record.texts:
            if text.value.isupper():
                yield self.finding(record.ref, "a turn in capitals", pointer=text.pointer)
'''


def test_adding_a_rule_touches_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    family = tmp_path / "shouting"
    family.mkdir()
    (family / "__init__.py").write_text("")
    (family / "shouted_turn.py").write_text(textwrap.dedent(NEW_RULE))
    monkeypatch.setattr(ftprep.rules, "__path__", [*ftprep.rules.__path__, str(tmp_path)])
    ftprep.rules.all_rules.cache_clear()
    try:
        assert ftprep.rules.rule_named("shouted-turn").code == "ZZZ001"
        rows = [{"messages": [{"role": "user", "content": "HI"}, {"role": "assistant", "content": "Hi"}]}]
        report = ftprep.lint(rows, select=["ZZZ"])
        assert [(one.ref.line, one.pointer) for one in report.findings] == [(1, "/messages/0/content")]
    finally:
        monkeypatch.undo()
        ftprep.rules.all_rules.cache_clear()
        for name in [name for name in sys.modules if name.startswith("ftprep.rules.shouting")]:
            del sys.modules[name]


# --- 3. rules never print, count, colour, ignore or exit ----------------------------------------------------------


def test_rules_only_yield() -> None:
    for path in (PACKAGE / "rules").rglob("*.py"):
        assert not {"click", "logging", "sys", "os", "warnings"} & set(imports_of(path)), path.name
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"print", "exit", "quit", "open", "input"}, path.name
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    is_state = isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self"
                    assert not is_state, f"{path.name} keeps state between rows"


# --- 5. lint never touches its input ------------------------------------------------------------------------------


def test_lint_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"messages": []}\r\n\n{oops\n')
    before = (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
    ftprep.lint(path, isolated=True)
    assert (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) == before
    assert [one.name for one in tmp_path.iterdir()] == ["rows.jsonl"]


# --- 7. one masking step ------------------------------------------------------------------------------------------

SECRET = "tok-4242-planted"
PLANTED = [
    f'{{"messages": [{{"role": "{SECRET}", "content": "x"}}, {{"role": "assistant", "content": "y"}}]}}',
    f'{{"messages": [{{"role": "user", "content": "x", "{SECRET}": 1}}, {{"role": "assistant", "content": ""}}]}}',
    f'{{"messages": [{{"role": "user", "content": "{SECRET}"}}, {{"role": "user", "content": "{SECRET}"}}]}}',
    f'{{"messages": "{SECRET}"}}',
    f'{{"messages": "{SECRET}',
    f"{{'a': '{SECRET}'}}",
    f'"{SECRET}"',
    f'{{"{SECRET}": 1, "{SECRET}": 2}}',
    f'{{"messages": [{{"role": "user", "content": "q"}}, {{"role": "assistant", "content": null, "tool_calls": '
    f'[{{"id": "{SECRET}", "type": "function", "function": {{"name": "{SECRET}", "arguments": "{SECRET}"}}}}]}}], '
    f'"tools": [{{"type": "function", "function": {{"name": "f", "parameters": {{"type": "{SECRET}"}}}}}}]}}',
    f'{{"{SECRET}": "{SECRET}"}}',
]


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("format", ["openai-chat", None])
def test_every_snippet_passes_the_mask(
    output: str, format: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    masked = []

    def mask(value: str, **cut: object) -> str:
        masked.append(SECRET in value)
        return value.replace(SECRET, "•" * len(SECRET))

    monkeypatch.setattr(snippet, "mask", mask)
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(PLANTED))
    report = ftprep.lint(path, isolated=True, select=["ALL"], max_tokens=8, format=format)
    assert len(report.findings) >= 5
    text = "".join(renderer(output)(report, Style(show=None)))
    assert SECRET not in text
    assert SECRET not in repr(report)
    assert any(masked), "no snippet went through the mask: the test proves nothing"


# --- 8. a broken row is data, not a crash -------------------------------------------------------------------------

valid = st.sampled_from(
    [
        b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}',
        b'{"instruction": "a", "input": "", "output": "b"}',
        b'{"prompt": "a", "completion": "b"}',
        b'{"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}',
    ]
)
damage = st.binary(max_size=30) | st.sampled_from([b"\r", b"\xef\xbb\xbf", b"[", b"{", b'"', b"\x00", b"NaN", b"1e999"])
line = st.one_of(valid, damage, st.tuples(valid, damage, st.integers(0, 80)).map(lambda t: t[0][: t[2]] + t[1]))
anything = st.one_of(st.binary(max_size=300), st.lists(line, max_size=8).map(b"\n".join))


@given(anything, st.sampled_from(["a.jsonl", "a.json", "a.csv", "a.ndjson", "a.tsv", "a.jsonl.gz", "a.parquet"]))
def test_any_bytes_give_findings_and_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(data)
    report = ftprep.lint(path, isolated=True, select=["ALL"], max_tokens=16)
    assert "FTP900" not in {finding.code for finding in report.findings}
    for output in OUTPUTS:
        text = "".join(renderer(output)(report, Style()))
        text.encode()
    last = data.count(b"\n") + 1
    if report.inputs[0].source.counts == "line":
        assert all(finding.ref.line <= last for finding in report.findings)
