"""What trainers and platforms need beside the rows names the files, and holds for the format of the rows."""

from __future__ import annotations

import ast
import json
import shlex

import pytest

from ftprep.conversion.goal import format_for, goal_named
from ftprep.conversion.shapes import all_shapes
from ftprep.conversion.trainer_files import trainer_file
from ftprep.errors import UsageError
from ftprep.targets.target import all_targets

FILES = {"train": "build/train.jsonl", "validation": "build/validation.jsonl"}
PAIRS = [
    (name, format)
    for name, target in all_targets().items()
    for format in target.formats
    if all_shapes()[format].write is not None
]


@pytest.mark.parametrize(("target", "format"), PAIRS)
def test_every_text_names_the_files(target: str, format: str) -> None:
    found = trainer_file(target, format, FILES, columns={"messages"})
    if found is None:
        assert all_shapes()[format].method in ("rft", "prompt-only") or target == "axolotl"
        return
    assert "train.jsonl" in found.text
    assert "validation.jsonl" in found.text or (target, all_shapes()[format].method) == ("fireworks", "preference")
    assert found.text.endswith("\n")
    if found.name.endswith(".py"):
        ast.parse(found.text)
    if found.name.endswith(".json"):
        json.loads(found.text)
    if found.name.endswith(".sh"):
        assert shlex.split(found.text, comments=True), "quotes are closed"
    alone = trainer_file(target, format, {"train": "rows.jsonl"})
    assert alone is not None
    assert "alidation" not in alone.text


def test_every_target_has_one_for_its_first_format() -> None:
    for name in all_targets():
        for source in ("openai-chat", "trl-preference-conv"):
            try:
                format = format_for(goal_named(name), source)
            except UsageError:
                continue
            assert trainer_file(name, format, FILES) is not None, (name, format)


def test_llamafactory_is_told_the_columns_that_there_are() -> None:
    found = trainer_file("llamafactory", "sharegpt", {"train": "rows.jsonl"}, columns={"conversations", "system"})
    assert found is not None
    entry = json.loads(found.text)["rows"]
    assert entry["columns"] == {"messages": "conversations", "system": "system"}
    assert entry["formatting"] == "sharegpt"
    assert entry["tags"]["assistant_tag"] == "gpt"
    pairs = trainer_file("llamafactory", "llamafactory-preference-sharegpt", {"train": "p.jsonl"})
    assert pairs is not None
    assert json.loads(pairs.text)["p"]["ranking"] is True


def test_axolotl_is_told_the_type() -> None:
    found = trainer_file("axolotl", "axolotl-chat-template-dpo", FILES)
    assert found is not None
    assert found.text.splitlines() == [
        "rl: dpo",
        "datasets:",
        '  - path: "build/train.jsonl"',
        "    ds_type: json",
        "    type: chat_template.default",
        "test_datasets:",
        '  - path: "build/validation.jsonl"',
        "    ds_type: json",
        "    type: chat_template.default",
        "    split: train",
    ]


def test_names_of_files_cannot_run_anything() -> None:
    found = trainer_file("together", "openai-chat", {"train": "a b;rm -rf $HOME.jsonl"}, model="m; ls")
    assert found is not None
    first = found.text.splitlines()[0]
    assert shlex.split(first) == ["together", "files", "upload", "a b;rm -rf $HOME.jsonl"]
    assert "'m; ls'" in found.text


def test_methods_of_jobs_are_those_of_the_rows() -> None:
    for format, method in (
        ("openai-chat", "supervised"),
        ("openai-preference", "dpo"),
        ("openai-rft", "reinforcement"),
    ):
        found = trainer_file("openai", format, FILES)
        assert found is not None
        body = json.loads(shlex.split(found.text, comments=True)[-1])
        assert body["method"]["type"] == method
        assert body["validation_file"] == "VALIDATION_FILE_ID"
    for format, trainer in (("trl-kto-conv", "KTOTrainer"), ("trl-prompt-only-conv", "GRPOTrainer")):
        snippet = trainer_file("trl", format, FILES)
        assert snippet is not None
        assert trainer in snippet.text
