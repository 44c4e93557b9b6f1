"""What the documents say is so: commands print what is shown, code runs, links lead somewhere.

The console blocks of the README are compared in ``test_derived.py``.
"""

from __future__ import annotations

import doctest
import re
import types
from pathlib import Path

import pytest
from derived import CHECKOUT, CONSOLE
from examples import lint_example

from ftprep.config import resolve
from ftprep.formats.format import all_formats
from ftprep.rule import Bad, Rule
from ftprep.rules import all_rules
from ftprep.targets.target import all_targets

DOCUMENTS = sorted([*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/*.md"), *CHECKOUT.glob("sample_data/*.md")])
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of one language, also those inside a list."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL)
    return [re.sub(f"^{indent}", "", body, flags=re.MULTILINE) for indent, body in found]


def test_the_first_command_installs_and_lints_the_sample() -> None:
    first = CONSOLE.search(README)
    assert first is not None
    assert first[1].startswith("$ python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/ftprep demo\n")
    assert len(first[1].splitlines()) > 10, "the block shows what the command prints"
    assert blocks(README, "sh")[0] == "./check\n"


def test_python_sessions_print_what_they_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)
    sessions = blocks(README, "pycon")
    assert sessions
    for number, session in enumerate(sessions):
        test = doctest.DocTestParser().get_doctest(session, {}, f"README session {number}", None, None)
        result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test)
        assert result.attempted
        assert not result.failed


def test_configuration_is_valid(tmp_path: Path) -> None:
    (block,) = blocks(README, "toml")
    (tmp_path / "ftprep.toml").write_text(block, encoding="utf-8")
    resolved = resolve({}, file=tmp_path / "ftprep.toml")
    assert resolved.settings.rule_options == {"too-few-records": {"sft": 20}}
    assert resolved.settings.max_tokens


def test_families_and_numbers_are_those_that_there_are() -> None:
    told = re.findall(r"^\| ([A-Z]{3}) \|", README, re.MULTILINE)
    assert sorted(told) == sorted({code[:3] for code in all_rules()})
    (formats,) = re.findall(r"^More than (\d+) shapes of rows", README, re.MULTILINE)
    assert int(formats) < len(all_formats()) <= int(formats) + 20
    (targets,) = re.findall(r"one of (\w+) platforms and trainers", README)
    assert targets == {13: "thirteen", 14: "fourteen", 15: "fifteen"}[len(all_targets())]


def test_the_hook_exists() -> None:
    (block,) = blocks(README, "yaml")
    hooks = (CHECKOUT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    wanted = re.findall(r"- id: (\S+)", block)
    assert wanted == re.findall(r"^- id: (\S+)", hooks, re.MULTILINE)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in DOCUMENTS])
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        assert target.startswith("https://") or (path.parent / target).exists(), target


@pytest.fixture
def documented_rule(monkeypatch: pytest.MonkeyPatch) -> type[Rule]:
    """The rule that CONTRIBUTING.md writes as an example, among the rules for one test."""
    (source,) = blocks((CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8"), "python")
    module = types.ModuleType("ftprep.rules.chat.shouted_turn")
    exec(compile(source, "CONTRIBUTING.md", "exec"), module.__dict__)
    rule = module.__dict__["ShoutedTurn"]
    monkeypatch.setitem(all_rules(), rule.code, rule)
    return rule


def test_the_rule_in_contributing_works(documented_rule: type[Rule], tmp_path: Path) -> None:
    assert len(documented_rule.examples) == 2
    for example in documented_rule.examples:
        report = lint_example(documented_rule, example, tmp_path)
        found = [(one.ref.line, one.pointer) for one in report.findings]
        assert found == (list(example.at) if isinstance(example, Bad) else [])
