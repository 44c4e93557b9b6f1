"""Configuration: where it is found, how layers lie over each other, and what is said about mistakes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftprep.config import DEFAULTS, FROM_ENVIRONMENT, Resolved, environment_name, resolve
from ftprep.config_file import Config, check_values, common_config, config_schema, find_config
from ftprep.errors import UsageError
from ftprep.finding import Severity
from ftprep.job import split_config
from ftprep.options import checked_options, mismatch
from ftprep.rule import Option
from ftprep.rules import all_rules
from ftprep.selection import file_matches

Write = Callable[[str, str], Path]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for key in DEFAULTS:
        monkeypatch.delenv(environment_name(key), raising=False)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, text: str = "") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write


def chosen(resolved: Resolved) -> set[str]:
    return set(resolved.selection.choose(resolved.settings).codes)


# --- finding ------------------------------------------------------------------------------------------------------


def test_the_nearest_file_wins_and_files_do_not_merge(write: Write) -> None:
    write("ftprep.toml", 'profile = "fast"\nmax-tokens = 7')
    near = write("a/ftprep.toml", "max-tokens = 9")
    assert find_config("a") == near
    resolved = resolve({}, file=common_config(["a/rows.jsonl"]))
    assert (resolved.settings.profile, resolved.settings.max_tokens) == ("standard", 9)


def test_own_file_comes_before_the_project_file(write: Write) -> None:
    write("pyproject.toml", '[tool.ftprep]\nprofile = "fast"')
    assert find_config(".") == Path("pyproject.toml").absolute()
    own = write("ftprep.toml")
    assert find_config(".") == own


@pytest.mark.parametrize(
    "text", ["", '[project]\nname = "x"', '[project]\ndependencies = ["ftprep"]', "[tool.ruff]\nx = 1", "not toml ["]
)
def test_a_project_file_without_our_table_is_passed_over(write: Write, text: str) -> None:
    outer = write("ftprep.toml")
    write("a/pyproject.toml", text)
    assert find_config("a") == outer


def test_a_broken_project_file_that_names_us_is_an_error(write: Write) -> None:
    write("pyproject.toml", "[tool.ftprep]\nmodel = \n")
    with pytest.raises(UsageError, match=r"^pyproject\.toml:2: not valid TOML: "):
        find_config(".")


def test_inputs_with_different_files_are_refused(write: Write) -> None:
    write("a/ftprep.toml")
    write("b/ftprep.toml")
    message = r"^`a/x` is configured by a/ftprep.toml but `b/y` is configured by b/ftprep.toml: run them apart, or"
    with pytest.raises(UsageError, match=message):
        common_config(["a/x", "b/y"])
    with pytest.raises(UsageError, match=r"but `y` has no configuration file"):
        common_config(["a/x", "y"])
    assert common_config(["a/x", "a/b/c/y"]) == Path("a/ftprep.toml").absolute()
    assert common_config([]) is None


def test_extend_puts_the_other_file_first(write: Write) -> None:
    write(
        "shared/ftprep.toml",
        'profile = "fast"\nmodel = "gpt-4.1-mini"\nignore = ["TOK001"]\nseverity = { SCH = "info" }',
    )
    write("pyproject.toml", '[tool.ftprep]\nextend = "shared/ftprep.toml"\nmax-tokens = 3')
    write(
        "a/ftprep.toml",
        'extend = "../pyproject.toml"\nprofile = "thorough"\nignore = ["TOK002"]\nseverity = { SCH001 = "error" }',
    )
    resolved = resolve({}, file=find_config("a"))
    values = resolved.values
    assert values["profile"] == ("thorough", "a/ftprep.toml")
    assert values["model"] == ("gpt-4.1-mini", "shared/ftprep.toml")
    assert values["max-tokens"] == (3, "pyproject.toml")
    assert values["ignore"] == (("TOK001", "TOK002"), "shared/ftprep.toml + a/ftprep.toml")
    assert resolved.selection.severity == {"SCH": Severity.INFO, "SCH001": Severity.ERROR}


def test_extend_in_a_circle_is_an_error(write: Write) -> None:
    write("a.toml", 'extend = "b.toml"')
    path = write("b.toml", 'extend = "./a.toml"')
    with pytest.raises(UsageError, match=r"^b\.toml: `extend` comes back to b\.toml$"):
        resolve({}, file=path)


# --- layers -------------------------------------------------------------------------------------------------------


def test_command_line_before_environment_before_file_before_default(write: Write) -> None:
    file = write("ftprep.toml", 'profile = "fast"\nmax-tokens = 1\nfail-on = "info"\nformat = "openai-chat"')
    environment = {"FTPREP_MAX_TOKENS": "2", "FTPREP_FAIL_ON": "warning", "FTPREP_FORMAT": "openai-chat"}
    inline = ["fail-on = 'never'", "format = 'openai-chat'"]
    resolved = resolve({"format": "openai_chat"}, file=file, inline=inline, environment=environment)
    values = resolved.values
    assert values["jobs"] == ("auto", "default")
    assert values["profile"] == ("fast", "ftprep.toml")
    assert values["max-tokens"] == (2, "environment FTPREP_MAX_TOKENS")
    assert values["fail-on"] == ("never", "--config")
    assert values["format"] == ("openai-chat", "command line")
    assert resolved.fail_on is None
    assert resolved.jobs == 0


def test_every_option_has_a_variable() -> None:
    texts = {"max-tokens": "5", "jobs": "2", "profile": "fast", "fail-on": "info", "format": "openai-chat"}
    texts |= {"target": "Vertex"}
    texts |= {"select": "SCH, TOK001", "per-file-ignores": "a/*.jsonl:SCH,TOK,b:TOK", "exclude": "a,b c"}
    texts |= {"response-format": '{"type": "object"}', "against": '{"prompt": "a, b"}'}
    texts |= {"against-production": '{"prompt": "a, b"}'}
    texts |= {"model": "gpt-4.1-mini", "extend-select": "TOK", "ignore": "SCH"}
    texts |= {"max-findings": "DUP=5%, TOK001=0", "baseline": "known.json"}
    texts |= {"model": "gpt-4.1-mini", "extend-select": "TOK", "ignore": "SCH", "fix": "1", "unsafe-fixes": "No"}
    texts |= {"extend-safe-fixes": "JSN", "extend-unsafe-fixes": "SCH004,JSN"}
    texts |= {"pii-engine": "presidio-full", "ner-model": "."}
    texts |= {"splits": "train=a.jsonl,b c.jsonl, test=d/*.jsonl"}
    assert {*texts, "tokenizer"} == set(FROM_ENVIRONMENT)
    resolved = resolve({}, environment={environment_name(key): text for key, text in texts.items()})
    assert resolved.settings.max_tokens == 5
    assert resolved.settings.target == "gemini"
    assert resolved.settings.response_format == '{"type": "object"}'
    assert resolved.settings.against == ('{"prompt": "a, b"}',)
    assert (resolved.settings.pii_engine, resolved.settings.ner_model) == ("presidio-full", ".")
    assert resolved.jobs == 2
    assert [(one.split, Path(one.pattern).name) for one in resolved.settings.splits] == [
        ("train", "a.jsonl"),
        ("train", "b c.jsonl"),
        ("test", "*.jsonl"),
    ]
    assert resolved.selection.select == ("SCH", "TOK001")
    assert resolved.selection.per_file_ignores[f"{Path.cwd()}/a/*.jsonl"] == ("SCH", "TOK")
    assert resolved.selection.per_file_ignores["b"] == ("TOK",)
    assert resolved.exclude == ("a", "b c")
    assert {code: str(one) for code, one in resolved.max_findings.items()} == {"DUP": "5 %", "TOK001": "0"}
    assert resolved.baseline == Path("known.json")
    assert (resolved.fix, resolved.unsafe_fixes) == (True, False)
    assert resolved.selection.extend_safe_fixes == ("JSN",)
    assert resolved.selection.extend_unsafe_fixes == ("SCH004", "JSN")
    assert (
        resolve({}, environment={environment_name(key): "" for key in FROM_ENVIRONMENT}).values["jobs"].value == "auto"
    )


def test_switches_are_on_or_off() -> None:
    assert not resolve({}).fix
    assert resolve({"fix": True, "unsafe-fixes": True}).unsafe_fixes
    assert not resolve({"fix": False}, environment={"FTPREP_FIX": "on"}).fix
    with pytest.raises(UsageError, match=r"^FTPREP_FIX is `maybe`; true or false is due"):
        resolve({}, environment={"FTPREP_FIX": "maybe"})
    with pytest.raises(UsageError, match=r"--config .*: `fix` is a string; true or false is due"):
        resolve({}, inline=["fix = 'yes'"])
    with pytest.raises(UsageError, match="--extend-safe-fixes: unknown rule `SCH999`"):
        resolve({"extend-safe-fixes": "SCH999"})


def test_the_context_limit_comes_from_the_model_unless_one_is_given() -> None:
    assert resolve({"model": "gpt-4.1-mini"}).values["max-tokens"] == (65536, "model gpt-4.1-mini")
    assert resolve({"model": "gpt-4.1-mini", "max-tokens": 10}).settings.max_tokens == 10
    assert resolve({}).settings.max_tokens is None


def test_the_hook_profile_counts_no_tokens() -> None:
    assert not resolve({"profile": "fast"}).settings.count_tokens
    assert resolve({}).settings.count_tokens


@pytest.mark.parametrize("value", ["SCH,TOK001", ["SCH", "TOK001"], ("SCH,TOK001",), "SCH TOK001", "sch, tok001 "])
def test_lists_and_comma_lists_mean_the_same(value: Any) -> None:
    expected = {code for code in all_rules() if code.startswith("SCH") or code == "TOK001"}
    assert chosen(resolve({"select": value, "max-tokens": 5, "target": "trl"})) == expected


@pytest.mark.parametrize(
    ("file", "given", "runs", "silent"),
    [
        ('select = ["TOK001"]', {"ignore": "TOK"}, [], ["TOK001"]),
        ('ignore = ["TOK001"]', {"select": "TOK001"}, ["TOK001"], ["SCH001"]),
        ('ignore = ["TOK001"]', {"select": "TOK"}, ["TOK002"], ["TOK001"]),
        ('ignore = ["TOK001"]', {"extend-select": "TOK001"}, ["TOK001", "SCH001"], []),
        ('extend-select = ["TOK003"]', {}, ["TOK003", "SCH001"], []),
        ('extend-select = ["TOK003"]', {"select": "SCH"}, ["SCH001"], ["TOK003"]),
        ('ignore = ["TOK"]', {"ignore": "SCH001"}, ["SCH003"], ["TOK001", "SCH001"]),
        ('select = ["SCH"]', {"ignore": "over-context"}, ["SCH001"], ["TOK001", "BAL004"]),
        ('select = ["SCH"]\nignore = ["SCH001"]', {}, ["SCH003"], ["SCH001"]),
    ],
)
def test_what_a_higher_layer_says_about_a_rule_holds(
    write: Write, file: str, given: dict[str, Any], runs: list[str], silent: list[str]
) -> None:
    codes = chosen(resolve({"max-tokens": 5, **given}, file=write("ftprep.toml", file)))
    assert codes.issuperset(runs)
    assert codes.isdisjoint(silent)


def test_paths_are_relative_to_the_file_that_names_them(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("pr[o]j/words/tokenizer.json", "{}")
    file = write(
        "pr[o]j/ftprep.toml",
        'tokenizer = "words/tokenizer.json"\nexclude = ["old/**", "*.bak"]\n'
        'per-file-ignores = { "./data/x*" = ["SCH"] }',
    )
    monkeypatch.chdir(file.parent / "words")
    resolved = resolve({}, file=file)
    assert resolved.settings.tokenizer == str(file.parent / "words/tokenizer.json")
    (pattern,) = resolved.selection.per_file_ignores
    assert file_matches("../data/x1.jsonl", pattern)
    assert file_matches(str(file.parent / "data/x1.jsonl"), pattern)
    assert not file_matches("data/x1.jsonl", pattern)
    assert not file_matches("../other/data/x1.jsonl", pattern)
    assert resolved.exclude[1] == "*.bak"
    assert file_matches("../old/a/b.jsonl", resolved.exclude[0])


# --- mistakes -----------------------------------------------------------------------------------------------------

MISTAKES = {
    "modle = 'x'": "unknown key `modle`; did you mean `model`?",
    "max_tokens = 5": "unknown key `max_tokens`; did you mean `max-tokens`?",
    "zzz = 1": "unknown key `zzz`; known: extend, model,",
    "profile = 'fats'": "`profile` is `fats`; did you mean `fast`?",
    "fail-on = 'xyz'": "`fail-on` is `xyz`; known: error, warning, info, never",
    "severity = { SCH = 'worse' }": "`severity.SCH` is `worse`; known: error, warning, info",
    "max-tokens = true": "`max-tokens` is true; a whole number is due",
    "max-tokens = 0": "`max-tokens` is `0`; a number above 0 is due",
    "max-tokens = 1.5": "`max-tokens` is a number; a whole number is due",
    "max-tokens = '5'": "`max-tokens` is a string; a whole number is due",
    "select = 'SCH'": "`select` is a string; a list is due",
    "select = []": "`select` is empty",
    "ignore = ['']": "`ignore` holds an empty string",
    "jobs = -1": "`jobs` is `-1`; a positive whole number or `auto` is due",
    "jobs = 'all'": "`jobs` is `all`; a positive whole number or `auto` is due",
    "prepare.sed = 5": "unknown key `prepare.sed`; did you mean `seed`?",
    "prepare = 5": "`prepare` is a whole number; a table is due",
    "prepare.seed = '7'": "`prepare.seed` is `7`; a whole number is due",
    "prepare.balance = 1": "`prepare.balance` is `1`; true or false is due",
    "prepare.splits = true": '`prepare.splits` is true; shares such as "0.9,0.05,0.05" is due',
    "prepare.splits = { train = 0.5, tset = 0.5 }": "`prepare.splits`: there is no split `tset`; did you mean `test`?",
    "prepare.drop = ['error', 'DUPP']": "`prepare.drop`: unknown rule `DUPP`; did you mean `DUP`?",
    "prepare.drop = ['none', 'DUP001']": "`prepare.drop`: `none` and `DUP001` exclude each other",
    "prepare.fix = 'XTX001'": "`prepare.fix`: unknown rule `XTX001`",
    "prepare.redact = ['PII']": "`prepare.redact` is a list; placeholder or surrogate is due",
    "prepare.holdout = 'no/such.jsonl'": "`prepare.holdout`: there is no file `no/such.jsonl`",
    "datasets.shop.tran = 'a.jsonl'": "unknown key `datasets.shop.tran`; did you mean `train`?",
    "splits.zzz = 'a.jsonl'": "unknown key `splits.zzz`; known: train, validation, test",
    "prepare.tiers = { goldd = 'a/*' }": "unknown key `prepare.tiers.goldd`; known: curated, synthetic, raw",
    "prepare.map = 5": "`prepare.map` is `5`; a table such as",
    "rules = 5": "`rules` is a whole number; a table is due",
    "rules.exact-duplicate = 5": "`rules.exact-duplicate` is a whole number; a table is due",
    "model = 2020-01-01": "`model` is a date; a string is due",
    "[tool.ftprep]\nmodel = 'x'": "`[tool.ftprep]` belongs in pyproject.toml",
    "select = ['SCHH001']": "`select`: unknown rule `SCHH001`; did you mean `SCH001`?",
    "severity = { nope = 'info' }": "`severity`: unknown rule `nope`",
    "per-file-ignores = { 'a' = ['XXX'] }": "`per-file-ignores`: unknown rule `XXX`",
    "format = 'open-ai-chat'": "`format`: unknown format `open-ai-chat`; did you mean `openai-chat`?",
    "model = 'gtp-4.1-mini'": "unknown model `gtp-4.1-mini`; did you mean `gpt-4.1-mini`?",
    "tokenizer = 'no/such.json'": "`tokenizer`: there is no file `no/such.json`",
    "rules.exactly-duplicate.x = 5": "`rules`: no rule is named `exactly-duplicate`; did you mean `exact-duplicate`?",
    "rules.BAL004.sft = 5": "`rules`: no rule is named `BAL004`; did you mean `too-few-records`?",
    "rules.too-few-records.sfd = 5": "`rules`: `too-few-records` has no option `sfd`; did you mean `sft`?",
    "rules.too-few-records.sft = true": "`rules`: option `sft` of `too-few-records` is true; a whole number is due",
    "rules.too-few-records.sft = 'x'": "option `sft` of `too-few-records` is `x`; a whole number is due",
    "rules.answer-cut-away.keep = 'middle'": "option `keep` of `answer-cut-away` is `middle`; one of start, end is due",
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.items())
def test_a_mistake_is_one_sentence_that_names_file_and_key(write: Write, text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve({}, file=write("ftprep.toml", text))
    said = str(caught.value)
    assert said.startswith("ftprep.toml")
    assert message in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a = 1\nb = ]", "ftprep.toml:2: not valid TOML: "),
        (b"a = 1\n\nb = '", "ftprep.toml:3: not valid TOML: "),
        (b"a = 1\nb = '\xff'", "ftprep.toml:2: not UTF-8"),
        (b"a = " + b"[" * 100_000, "ftprep.toml: not valid TOML: nested too deeply"),
        (b"[a]\n[a]", "ftprep.toml:2: not valid TOML: "),
    ],
)
def test_a_file_that_is_not_toml(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "ftprep.toml"
    path.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        resolve({}, file=path)
    assert str(caught.value).startswith(message)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "ftprep.toml"
    path.write_bytes(b"\xef\xbb\xbfmax-tokens = 4")
    assert resolve({}, file=path).settings.max_tokens == 4


@pytest.mark.parametrize(
    ("given", "environment", "inline", "message"),
    [
        ({"select": "XYZ"}, {}, [], "--select: unknown rule `XYZ`"),
        ({"profile": "slow"}, {}, [], "--profile is `slow`"),
        ({"max-findings": ["DUP=x"]}, {}, [], "--max-findings: `DUP` is `x`; a number of findings or a share"),
        ({"model": "gpt-0"}, {}, [], "--model: unknown model `gpt-0`"),
        ({"jobs": "x"}, {}, [], "--jobs is `x`; a positive whole number or `auto` is due"),
        ({"per-file-ignores": ["SCH"]}, {}, [], "--per-file-ignores: `SCH` is not of the form GLOB:CODES"),
        ({"per-file-ignores": ["a:"]}, {}, [], "--per-file-ignores: `a:` is not of the form GLOB:CODES"),
        ({}, {"FTPREP_IGNORE": "SCH,XYZ"}, [], "FTPREP_IGNORE: unknown rule `XYZ`"),
        ({}, {"FTPREP_MAX_TOKENS": "4k"}, [], "FTPREP_MAX_TOKENS is `4k`; a whole number is due"),
        ({}, {"FTPREP_PROFILE": "quick"}, [], "FTPREP_PROFILE is `quick`"),
        ({"prepare": {"splits": "0.9,0.3"}}, {}, [], "--splits: the shares add up to 1.2; 1 is due"),
        ({"prepare": {"drop": "DUPP"}}, {}, [], "--drop: unknown rule `DUPP`"),
        ({}, {"FTPREP_SEED": "x"}, [], "FTPREP_SEED is `x`; a whole number is due"),
        ({}, {"FTPREP_PREPARE_SPLITS": "1,2,3"}, [], "FTPREP_PREPARE_SPLITS: "),
        ({}, {"FTPREP_BALANCE": "maybe"}, [], "FTPREP_BALANCE is `maybe`; true or false is due"),
        ({}, {}, ["profile = fast"], "--config `profile = fast`:1: not valid TOML"),
        ({}, {}, ["rules.exact-duplicate = { a = {} }"], "--config `rules.exact-duplicate = { a = {} }`: `rules`: "),
        ({}, {}, ["extend = 'a.toml'"], "--config `extend = 'a.toml'`: `extend` belongs in a configuration file"),
    ],
)
def test_a_mistake_outside_files_names_its_place(
    given: dict[str, Any], environment: dict[str, str], inline: list[str], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        resolve(given, inline=inline, environment=environment)
    assert str(caught.value).startswith(message)


def test_config_is_a_file_or_a_setting(write: Write) -> None:
    path = write("strange=name.toml")
    assert split_config(["max-tokens = 1", str(path)], False) == (path, ["max-tokens = 1"])
    with pytest.raises(UsageError, match=r"--config: there is no file `nope.toml`"):
        split_config(["nope.toml"], False)
    with pytest.raises(UsageError, match=r"--config names .* one file can `extend` the other"):
        split_config([str(path), write("b.toml")], False)
    with pytest.raises(UsageError, match=r"an isolated run reads no configuration file"):
        split_config(path, True)
    assert split_config("max-tokens = 1", True) == (None, ["max-tokens = 1"])
    long = "select = [" + "'SCH', " * 1000 + "]"
    assert split_config([long], False) == (None, [long])
    with pytest.raises(UsageError, match="there is no file"):
        split_config("a\0b", False)


# --- options of rules ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("default", "fine", "wrong"),
    [
        (True, [False], [1, "true", None]),
        (3, [0, -5], [True, 1.0, "3", None]),
        (0.5, [1, 0.25], [True, "1", float("nan"), float("inf"), 10**400]),
        ("a", ["b", ""], [1, True, ["a"]]),
        ((), [[], ["a"]], ["a", [1], [True]]),
        ((1, 2), [[3], (4,)], [["a"], [True], 5]),
    ],
)
def test_an_option_has_the_type_of_its_default(default: Any, fine: list[Any], wrong: list[Any]) -> None:
    option = Option(default, "for the test")
    assert [mismatch(option, value) for value in fine] == [None] * len(fine)
    assert all(mismatch(option, value) for value in wrong)


def test_choices_are_told_apart_by_type_too() -> None:
    option = Option(1, "for the test", (1, 2))
    assert mismatch(option, 2) is None
    assert mismatch(option, True) == "one of 1, 2"


def test_options_reach_the_rule(write: Write) -> None:
    resolved = resolve({"rules": {"too-few-records": {"sft": 9}}}, inline=["rules.too-few-records.rft = 8"])
    assert resolved.settings.rule_options == {"too-few-records": {"sft": 9, "rft": 8}}
    assert resolved.values["rules.too-few-records.sft"] == (9, "command line")
    assert checked_options({}, "here") == {}


# --- prepare and split ----------------------------------------------------------------------------------------------


def test_what_prepare_is_asked_for_comes_from_every_layer(write: Write) -> None:
    file = write("p/ftprep.toml", 'prepare = { seed = 3, drop = "DUP001,error", group-by = "/a", holdout = "e.jsonl" }')
    (file.parent / "e.jsonl").write_text("{}")
    environment = {"FTPREP_SEED": "4", "FTPREP_BALANCE": "yes", "FTPREP_PREPARE_FIX": "TXT001,SCH004"}
    resolved = resolve({"prepare": {"group-by": ("/b",), "splits": None}}, file=file, environment=environment)
    asked = {key: one.value for key, one in resolved.prepare.items()}
    assert asked["seed"] == 4
    assert asked["balance"] is True
    assert asked["drop"] == ("DUP001", "error")
    assert asked["group-by"] == ("/b",)
    assert asked["fix"] == ("TXT001", "SCH004")
    assert asked["splits"] == "0.9,0.05,0.05"
    assert asked["holdout"] == (str(file.parent / "e.jsonl"),)
    assert resolved.prepare["drop"].place.endswith("ftprep.toml: `prepare.drop`")
    assert resolved.values["prepare.seed"] == (4, "environment FTPREP_SEED")
    assert resolved.values["prepare.group-by"] == (("/b",), "command line")
    assert resolved.values["prepare.time-by"] == (None, "default")


def test_a_higher_layer_beats_what_it_excludes(write: Write) -> None:
    file = write("ftprep.toml", 'prepare = { balance = true, stratify-by = "/a" }')
    asked = resolve({"prepare": {"time-by": "/at"}}, file=file).prepare
    assert (asked["time-by"].value, asked["balance"].value, asked["stratify-by"].value) == ("/at", False, None)
    asked = resolve({"prepare": {"balance": True}}, inline=['prepare.time-by = "/at"']).prepare
    assert (asked["time-by"].value, asked["balance"].value) == (None, True)


# --- schema -------------------------------------------------------------------------------------------------------


def test_the_schema_knows_every_key_and_every_option() -> None:
    schema = config_schema()
    assert set(schema["properties"]) == set(Config.__annotations__) == {*DEFAULTS, "extend"}
    rules = schema["properties"]["rules"]["properties"]
    for rule in all_rules().values():
        options = {name.replace("_", "-") for name in rule.options}
        assert set(rules.get(rule.name, {}).get("properties", {})) == options
    assert schema["additionalProperties"] is False


def test_the_schema_accepts_what_the_model_accepts() -> None:
    import jsonschema

    values = {"select": ["SCH"], "jobs": "auto", "rules": {"too-few-records": {"sft": 3}}, "severity": {"SCH": "info"}}
    values["prepare"] = {"splits": {"train": 0.5, "test": "rest"}, "seed": 3, "map": {"prompt": "q"}, "drop": ["DUP"]}
    assert check_values(values, "here") == values
    validator = jsonschema.Draft202012Validator(config_schema())
    assert list(validator.iter_errors(values)) == []
    for wrong in (
        {"jobs": 0},
        {"select": []},
        {"rules": {"too-few-records": {"sft": "x"}}},
        {"modle": "x"},
        {"prepare": {"sed": 1}},
    ):
        assert list(validator.iter_errors(wrong))
