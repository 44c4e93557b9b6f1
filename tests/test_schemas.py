"""The files in ``schemas/``: they are what the code makes, valid JSON Schema, and true of rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from row_strategies import VALID_ROWS, spoilt_rows

from ftprep.errors import UsageError
from ftprep.formats.format import all_formats
from ftprep.formats.validation import validator
from ftprep.rules import all_rules
from ftprep.schemas import main, schema_files, schema_for, schema_names, write_schemas
from ftprep.suppression import read_key

FOLDER = Path(__file__).parent.parent / "schemas"


def test_the_folder_is_what_the_code_makes() -> None:
    stored = {path.relative_to(FOLDER).as_posix(): path.read_text("utf-8") for path in FOLDER.rglob("*.json")}
    made = schema_files()
    assert set(stored) == set(made), "run `python -m ftprep.schemas schemas`"
    assert [path for path in made if made[path] != stored[path]] == [], "run `python -m ftprep.schemas schemas`"


def test_files_are_written_alike_everywhere(tmp_path: Path) -> None:
    paths = write_schemas(tmp_path)
    assert len(paths) == len(schema_names())
    for path in paths:
        text = path.read_bytes()
        assert text.endswith(b"}\n")
        assert b"\r" not in text
        assert str(tmp_path).encode() not in text
        assert orjson.dumps(orjson.loads(text), option=orjson.OPT_SORT_KEYS) == orjson.dumps(orjson.loads(text))


def test_names() -> None:
    assert schema_names() == [*all_formats(), "config", "report", "rules"]
    assert schema_for("openai_chat") == schema_for("openai-chat")
    with pytest.raises(UsageError, match="there is no schema `openai-chta`; did you mean `openai-chat`"):
        schema_for("openai-chta")
    with pytest.raises(UsageError, match="did you mean `config`"):
        schema_for("confg")


@pytest.mark.parametrize("name", [name for name in schema_names() if name != "rules"])
def test_schemas_are_valid(name: str) -> None:
    schema = schema_for(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["type"] == "object"


@pytest.mark.parametrize("name", list(all_formats()))
def test_examples_are_accepted(name: str) -> None:
    checked = Draft202012Validator(schema_for(name))
    checked.validate(dict(all_formats()[name].example))
    assert not checked.is_valid({"no": "such row"})


@pytest.mark.parametrize("name", list(all_formats()))
@settings(max_examples=10)
@given(data=st.data())
def test_valid_rows_are_accepted(name: str, data: st.DataObject) -> None:
    Draft202012Validator(schema_for(name)).validate(data.draw(VALID_ROWS[name]))


# Lists of equal length, one of several fields, texts that must agree with each other.
LAXER = {
    "trl-stepwise", "llamafactory-kto-messages", "llamafactory-kto-sharegpt", "mistral-classifier", "chat-label",
    "tokenized", "text-label", "hh-rlhf", "ultrafeedback-binarized", "fireworks-scored-pairs",
}  # fmt: skip
KEYS = st.fixed_dictionaries(
    {},
    optional={
        "ignore": st.lists(st.sampled_from(["CHT003", "TXT"]), max_size=2) | st.sampled_from(["CHT003, TXT", " ", 5]),
        "why": st.sampled_from(["it is meant", " ", "", None]),
        "until": st.just("2027"),
    },
)


@pytest.mark.parametrize("name", list(all_formats()))
@settings(max_examples=20)
@given(key=KEYS | st.none() | st.lists(st.text()) | st.integers())
def test_the_key_of_exceptions_is_checked_as_lint_does(name: str, key: Any) -> None:
    row = {**dict(all_formats()[name].example), "_ftprep": key}
    assert Draft202012Validator(schema_for(name)).is_valid(row) == (key is None or not read_key(key)[1])


CHECKED = {name: Draft202012Validator(schema_for(name)) for name in all_formats()}


@given(spoilt=spoilt_rows())
def test_schema_and_validator_agree(spoilt: tuple[str, dict[str, Any]]) -> None:
    """JSON Schema has no word for how fields go together and takes 1.0 for a whole number: there it may be laxer."""
    name, row = spoilt
    if validator(name).isinstance_python(row):
        CHECKED[name].validate(row)
    elif CHECKED[name].is_valid(row):
        assert name in LAXER or b".0" in orjson.dumps(row)


def test_rules() -> None:
    listed = schema_for("rules")
    assert listed["version"] == 1
    assert [one["code"] for one in listed["rules"]] == list(all_rules())
    for one in listed["rules"]:
        rule = all_rules()[one["code"]]
        assert (one["name"], one["severity"], one["scope"]) == (rule.name, rule.severity.label, rule.scope)
        assert one["description"].startswith(one["summary"])
        assert {key.replace("-", "_") for key in one["options"]} == set(rule.options)
        assert all(option["description"] for option in one["options"].values())


def test_module_writes_a_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ftprep.schemas", str(tmp_path / "out")]
    assert subprocess.run(command, capture_output=True).returncode == 0
    assert (tmp_path / "out" / "v1" / "records" / "openai-chat.schema.json").is_file()


def test_module_wants_one_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
