"""Targets on the command line: their own command, and what a run with one prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import cli, prepared_folder  # noqa: F401

from ftprep.targets.target import all_targets, load_target

EXTRA = '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}], "weight": 1}\n'


def test_all_targets_are_listed() -> None:
    lines = cli("targets").stdout.splitlines()
    assert [line.split()[0] for line in lines[: len(all_targets())]] == list(all_targets())
    listed = json.loads(cli("targets", "--output", "json").stdout)
    assert [one["name"] for one in listed] == list(all_targets())
    assert cli("targets", "--output", "markdown").stdout.count("\n") == len(all_targets()) + 2


@pytest.mark.parametrize("name", all_targets())
def test_a_target_is_shown_with_all_its_restrictions(name: str) -> None:
    target = load_target(name)
    text = cli("targets", name).stdout
    assert text.startswith(f"{name}   {target.title}   {target.kind}   as of {target.read}\n")
    assert max(map(len, text.splitlines())) <= 140
    joined = " ".join(text.split())
    for one in target.restrictions:
        assert one.check.endswith(("-least", "-most")) or " ".join(one.what.split()) in joined
    document = json.loads(cli("targets", name, "--output", "json").stdout)
    assert len(document["restrictions"]) == len(target.restrictions)
    page = cli("targets", name, "--output", "markdown").stdout
    assert page.startswith(f"## {name}\n")
    assert all(line.count("|") - 2 * line.count("\\|") >= 0 for line in page.splitlines())


def test_a_wrong_name_gets_the_nearest() -> None:
    result = cli("targets", "fireworx")
    assert result.exit_code == 2
    assert "did you mean `fireworks`" in result.stderr
    assert "did you mean `azure`" in cli("lint", "clean.jsonl", "--target", "azur").stderr


def test_the_header_tells_the_target_and_its_end_once() -> None:
    Path("rows.jsonl").write_text(EXTRA * 60)
    text = cli("lint", "rows.jsonl", "--target", "openai", "--ignore", "DUP").stdout
    assert text.count("target: openai  OpenAI fine-tuning  as of 2026-07-15") == 1
    assert text.count("no new fine-tuning jobs for anybody from 2027-01-06 on") == 1
    assert 'openai says: Example 1 contains an extra "weight"' in text
    assert "model gpt-4.1" in cli("lint", "rows.jsonl", "--target", "openai", "--model", "gpt-4.1").stdout
    unknown = cli("lint", "rows.jsonl", "--target", "openai", "--model", "gpt-4").stdout
    assert "model gpt-4 is not in its list" in unknown
    plain = cli("lint", "rows.jsonl").stdout
    assert "target" not in plain.replace("--target", "")


def test_the_wording_is_in_the_document() -> None:
    Path("rows.jsonl").write_text(EXTRA * 60)
    document = json.loads(cli("lint", "rows.jsonl", "--target", "openai", "-o", "json").stdout)
    assert document["settings"]["target"] == "openai"
    found = next(one for one in document["findings"] if one["code"] == "SCH002")
    assert found["severity"] == "error"
    assert found["data"] == {
        "target": "openai",
        "restriction": "closed-rows",
        "says": 'Example 1 contains an extra "weight"',
    }


@pytest.mark.parametrize("format", ["full", "summary"])
def test_auto_says_what_each_target_would_refuse(format: str) -> None:
    Path("rows.jsonl").write_text(EXTRA * 60)
    text = cli("lint", "rows.jsonl", "--target", "auto", "-o", format).stdout
    lines = [line.strip() for line in text.splitlines()]
    accepted = "axolotl, claude-bedrock, fireworks, llamafactory, mistral, together, trl, unsloth"
    assert f"accepted by {accepted}" in " ".join(text.split())
    assert "openai  60 records (SCH002 unknown-field 60)" in lines
    assert "openai-chat not read by  bedrock-llama, gemini, nova" in lines


def test_answers_are_in_the_document() -> None:
    Path("rows.jsonl").write_text(EXTRA * 60)
    document = json.loads(cli("lint", "rows.jsonl", "--target", "auto", "-o", "json").stdout)
    assert document["settings"]["survey"]
    answers = {one["target"]: one for one in document["targets"]}
    assert answers["trl"] == {"target": "trl", "accepts": True, "unread": [], "records": 0, "obstacles": []}
    assert answers["openai"]["obstacles"] == [{"code": "SCH002", "name": "unknown-field", "records": 60, "files": 0}]
    assert json.loads(cli("lint", "rows.jsonl", "-o", "json").stdout)["targets"] == []


def test_settings_come_from_every_place(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("ftprep.toml").write_text('target = "Vertex-AI"\n')
    assert json.loads(cli("config", "target", "--output", "json").stdout)["target"]["value"] == "gemini"
    monkeypatch.setenv("FTPREP_TARGET", "hf")
    assert json.loads(cli("config", "target", "--output", "json").stdout)["target"]["value"] == "trl"
