"""Every unknown word is answered with one sentence and the nearest right one."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import cli, prepared_folder  # noqa: F401

import ftprep
from ftprep.errors import UsageError, nearest_path
from ftprep.output import renderer
from ftprep.text.tokens import load_tokenizer

# Arguments, with what the sentence must say.
COMMANDS = [
    ("lnt", "`lint`"),
    ("chekc", "`check`"),
    ("baseline wirte", "`write`"),
    ("lint --selct CHT", "`--select`"),
    ("baseline write --isolatd", "`--isolated`"),
    ("--verson", "`--version`"),
    ("lint bad.jsnol", "`bad.jsonl`"),
    ("lint --select CHT03", "`CHT003`"),
    ("lint --select empty-trun", "`empty-turn`"),
    ("lint --extend-select DUP01", "`DUP001`"),
    ("lint --ignore TOL", "`TUL`"),
    ("lint --per-file-ignores *:CHT03", "`CHT003`"),
    ("lint --max-findings exact-duplicat=3", "`exact-duplicate`"),
    ("lint --format openai-chatt", "`openai-chat`"),
    ("lint --profile fsat", "`fast`"),
    ("lint --model gtp-4.1-mini", "`gpt-4.1-mini`"),
    ("lint --fail-on eror", "`error`"),
    ("lint --fail-on nevr", "`never`"),
    ("lint --color alwasy", "`always`"),
    ("lint -o summry", "`summary`"),
    ("lint --tokenizer tokenzier.json", "`tokenizer.json`"),
    ("lint --config ftpep.toml", "`ftprep.toml`"),
    ("lint --baseline known.jsn", "`known.json`"),
    ("lint --config modle=1", "`model`"),
    ("lint --config severity.CHT003='eror'", "`error`"),
    ("lint --config severity.CHT03='error'", "`CHT003`"),
    ("lint --config rules.empty-trun.x=1", "`empty-turn`"),
    ("lint --config rules.CHT003.x=1", "`empty-turn`"),
    ("lint --config rules.too-few-records.stf=1", "`sft`"),
    ("rule CHT03", "`CHT003`"),
    ("rule --output jsn", "`json`"),
    ("formats openai-caht", "`openai-chat`"),
    ("schema reprot", "`report`"),
    ("schema openai-caht", "`openai-chat`"),
    ("config modle", "`model`"),
    ("config --output txt", "`text`"),
    ("config rules.empty-trun", "`empty-turn`"),
    ("completions bahs", "`bash`"),
]


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    for name in ("tokenizer.json", "known.json", "ftprep.toml"):
        Path(name).write_text("")


@pytest.mark.parametrize(("arguments", "nearest"), COMMANDS, ids=[one for one, _ in COMMANDS])
def test_the_nearest_word_is_named(arguments: str, nearest: str) -> None:
    result = cli(*arguments.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("ftprep: ")
    assert result.stderr.count("\n") == 1, "one sentence"
    assert f"did you mean {nearest}?" in result.stderr


@pytest.mark.parametrize(
    ("key", "value", "nearest"),
    [
        ("profil", '"fast"', "`profile`"),
        ("profile", '"fsat"', "`fast`"),
        ("max-fndings", "{}", "`max-findings`"),
        ("baselin", '"x"', "`baseline`"),
        ("fail-on", '"eror"', "`error`"),
        ("max-findings", "{ CHT03 = 1 }", "`CHT003`"),
        ("severity", "{ empty-trun = 'error' }", "`empty-turn`"),
        ("per-file-ignores", "{ '*' = ['CHT03'] }", "`CHT003`"),
        ("select", '["CHT03"]', "`CHT003`"),
        ("format", '"sharegtp"', "`sharegpt`"),
        ("model", '"gtp-4.1-mini"', "`gpt-4.1-mini`"),
    ],
)
def test_the_nearest_word_is_named_for_configuration(key: str, value: str, nearest: str) -> None:
    Path("ftprep.toml").write_text(f"{key} = {value}\n")
    result = cli("lint", "clean.jsonl")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert f"did you mean {nearest}?" in result.stderr
    assert "ftprep.toml" in result.stderr


@pytest.mark.parametrize(
    ("name", "value", "nearest"),
    [("SELECT", "CHT03", "`CHT003`"), ("PROFILE", "fsat", "`fast`"), ("COLOR", "nevr", "`never`")],
)
def test_the_nearest_word_is_named_for_the_environment(name: str, value: str, nearest: str) -> None:
    result = cli("lint", "clean.jsonl", env={f"FTPREP_{name}": value})
    assert result.exit_code == 2
    assert f"did you mean {nearest}?" in result.stderr


def test_the_nearest_word_is_named_in_python() -> None:
    for call, nearest in (
        (lambda: ftprep.lint("clean.jsonl", select="CHT03"), "`CHT003`"),
        (lambda: ftprep.lint("clean.jsonl", isolated=True).of("CHT03"), "`CHT003`"),
        (lambda: ftprep.lint("clean.jsonl", fail_on="eror"), "`error`"),
        (lambda: renderer("jsno"), "`json`"),
        (lambda: load_tokenizer("gtp-4.1-mini", None), "`gpt-4.1-mini`"),
    ):
        with pytest.raises(UsageError, match=rf"did you mean {nearest}\?"):
            call()


@pytest.mark.parametrize(
    ("arguments", "known"),
    [
        (["xyzzy"], "known: lint, "),
        (["baseline", "xyzzy"], "known: "),
        (["completions", "xyzzy"], "known: bash, "),
        (["lint", "-o", "xyzzy"], "known: full, "),
        (["lint", "--color", "xyzzy"], "known: auto, always, never"),
        (["lint", "--profile", "xyzzy"], "known: fast, "),
        (["lint", "--select", "QQQ"], "`ftprep rule` lists them"),
        (["lint", "--format", "qqq"], "`ftprep formats` lists them"),
        (["schema", "qqq"], "`ftprep schema` lists them"),
    ],
)
def test_where_no_word_is_near_the_right_ones_are_listed(arguments: list[str], known: str) -> None:
    result = cli(*arguments)
    assert result.exit_code == 2
    assert known in result.stderr


def test_the_nearest_path(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "rows.json").write_text("")
    assert nearest_path(tmp_path / "a" / "row.json") == f"; did you mean `{tmp_path}/a/rows.json`?"
    assert nearest_path("nowhere/at/all") == ""
