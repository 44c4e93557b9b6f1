"""The commands besides lint, and what is said about words that nobody knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import cli, prepared_folder  # noqa: F401

import ftprep
from ftprep.cli.demo import SHOWN
from ftprep.cli.main import COMMANDS
from ftprep.rules import all_rules

# --- the other commands -------------------------------------------------------------------------------------------


def test_bare_ftprep_welcomes() -> None:
    result = cli()
    assert result.exit_code == 0
    commands = [line.split()[1] for line in result.stdout.splitlines() if line.startswith("  ftprep ")]
    assert commands == ["demo", "lint", "rule", "formats"]


def test_version() -> None:
    assert cli("--version").stdout == f"ftprep {ftprep.__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_starts_like_the_list_says(name: str) -> None:
    assert COMMANDS[name] in cli("--help").stdout
    result = cli(name, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: ftprep {name} ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lnt"], "ftprep: no such command `lnt`; did you mean `lint`?\n"),
        (["xyzzy"], "ftprep: no such command `xyzzy`; known: lint, rule, formats, targets, schema, config, demo\n"),
        (["lint", "--selct", "CHT"], "ftprep: no such option `--selct`; did you mean `--select`?\n"),
        (["rule", "CHT03"], "ftprep: unknown rule `CHT03`; did you mean `CHT003`? (`ftprep rule` lists them)\n"),
        (["rule", "empty-trun"], "ftprep: unknown rule `empty-trun`; did you mean `empty-turn`? "),
        (["formats", "openai-chatt"], "ftprep: `openai-chatt` is neither a format nor a file; did you mean `openai-"),
        (["schema", "confg"], "ftprep: there is no schema `confg`; did you mean `config`?\n"),
        (["config", "modle"], "ftprep: no setting is named `modle`; did you mean `model`? "),
        (["config", "rules.empty-trun"], "ftprep: unknown rule `empty-trun`; did you mean `empty-turn`? "),
    ],
)
def test_a_mistake_is_answered_with_the_nearest_word(arguments: list[str], message: str) -> None:
    result = cli(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1


def test_aliases() -> None:
    assert cli("check", "bad.jsonl", "-o", "concise").stdout == cli("lint", "bad.jsonl", "-o", "concise").stdout
    assert cli("explain", "CHT003").stdout == cli("rule", "CHT003").stdout


@pytest.mark.parametrize("code", all_rules())
def test_every_rule_is_explained(code: str) -> None:
    rule = all_rules()[code]
    text = cli("rule", code.lower()).stdout
    assert text.startswith(f"{code} {rule.name}   {rule.severity.label}")
    assert cli("rule", rule.name).stdout == text
    for heading in ("What it does", "Why is this bad?", "How to settle it"):
        assert f"\n{heading}\n" in text
    assert all(f"  {name.replace('_', '-')} = " in text for name in rule.options)
    assert text.isprintable() or "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 100
    document = json.loads(cli("rule", code, "--output", "json").stdout)
    assert (document["code"], len(document["examples"])) == (code, len(rule.examples))
    assert cli("rule", code, "--output", "markdown").stdout.startswith(f"# {code} {rule.name}\n")


def test_rules_are_listed() -> None:
    lines = [line for line in cli("rule").stdout.splitlines() if line]
    assert [line.split()[0] for line in lines] == list(all_rules())
    family = [line.split()[0] for line in cli("rule", "cht").stdout.splitlines()]
    assert family == [code for code in all_rules() if code.startswith("CHT")]
    assert [one["code"] for one in json.loads(cli("rule", "--output", "json").stdout)] == list(all_rules())
    assert cli("rule", "--output", "markdown").stdout.count("\n") == len(all_rules()) + 2


def test_formats() -> None:
    from ftprep.formats.format import all_formats

    assert [line.split()[0] for line in cli("formats").stdout.splitlines()] == list(all_formats())
    for name, one in all_formats().items():
        text = cli("formats", name).stdout
        assert text.startswith(f"{name}   {one.title}   {one.method}\n")
        row = next(line for line in text.splitlines() if line.startswith("example"))
        assert json.loads(row.removeprefix("example")) == json.loads(json.dumps(dict(one.example)))
    found = cli("formats", "clean.jsonl").stdout
    assert found.startswith("clean.jsonl  openai-chat  confidence 0.")
    assert "because" in found
    Path("odd.jsonl").write_text('{"wharf": 1}\n')
    unknown = cli("formats", "odd.jsonl").stdout
    assert unknown.startswith(
        "odd.jsonl  unknown format\n  because  0 of 1 sampled rows have a known shape\n  keys     "
    )
    assert cli("formats", "empty.jsonl").stdout == "empty.jsonl  unknown format\n  because  the file is empty\n"
    assert "wharf" in unknown
    assert cli("formats", "nothing").exit_code == 2
    Path("\x1b[31m.jsonl").write_text("{}\n")
    assert "\x1b" not in cli("formats", ".").output + cli("lint", ".", "--show-files").output


def test_schemas_are_printed() -> None:
    names = cli("schema").stdout.split()
    assert {"config", "report", "rules", "openai-chat"} <= set(names)
    for name in names:
        assert json.loads(cli("schema", name).stdout)


def test_config_shows_values_and_origins() -> None:
    Path("ftprep.toml").write_text('profile = "fast"\n[severity]\nSCH = "info"\n[rules.too-few-records]\nsft = 9')
    shown = json.loads(cli("config", "--output", "json", env={"FTPREP_MAX_TOKENS": "7"}).stdout)
    assert shown["profile"] == {"value": "fast", "from": "ftprep.toml"}
    assert shown["max-tokens"] == {"value": 7, "from": "environment FTPREP_MAX_TOKENS"}
    assert shown["severity.SCH"] == {"value": "info", "from": "ftprep.toml"}
    assert shown["fail-on"] == {"value": "error", "from": "default"}
    assert cli("config", "profile").stdout.split() == ["profile", '"fast"', "ftprep.toml"]
    assert cli("config", "profile", "--isolated").stdout.split() == ["profile", '"standard"', "default"]
    assert cli("config", "profile", "--config", "profile = 'thorough'").stdout.split()[1:] == ['"thorough"', "--config"]
    rows = [line.split() for line in cli("config", "rules.too-few-records").stdout.splitlines()]
    assert ["rules.too-few-records.sft", "9", "ftprep.toml"] in rows
    assert ["rules.too-few-records.rft", "100", "default"] in rows


def test_demo() -> None:
    Path("ftprep.toml").write_text("broken [")
    result = cli("demo")
    assert result.exit_code == 0, result.output
    assert all(f"sample_data/{name}" in result.stdout for name in SHOWN)
    assert "error[" in result.stdout
    assert "FTP900" not in result.stdout
    assert len(result.stdout.splitlines()) <= 80
    folder = result.stderr.strip().rsplit(" in ", 1)[1]
    assert all((Path(folder) / name).is_file() for name in SHOWN)
