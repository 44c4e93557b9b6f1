"""Every documented restriction of every target is data with a source, and does what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import ftprep
from ftprep.errors import UsageError
from ftprep.finding import Finding, Severity
from ftprep.formats.format import all_formats
from ftprep.rules import all_rules
from ftprep.targets.limits import CHECKS, Totals, broken_limits
from ftprep.targets.target import Restriction, Target, all_targets, load_target, target_named

TARGETS = [pytest.param(one, id=name) for name, one in all_targets().items()]
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

# Formats and rules that targets name and that do not exist yet. Each goes from here when it comes.
FORMATS_TO_COME: set[str] = set()
RULES_TO_COME: set[str] = set()


def _cases(kind: str) -> Iterator[Any]:
    for target in all_targets().values():
        for one in target.restrictions:
            for number, rows in enumerate(getattr(one, kind) if one.rule else ()):
                yield pytest.param(target, one, rows, id=f"{target.name}-{one.id}-{number}")


def _lint(folder: Path, one: Restriction, target: Target, rows: str, *, with_target: bool = True) -> list[Finding]:
    """Findings of the restriction's rule about ``rows``."""
    format = (one.formats or target.formats)[0]
    if format not in all_formats():
        pytest.skip(f"format {format} does not exist yet")
    if one.rule not in all_rules():
        pytest.skip(f"rule {one.rule} does not exist yet")
    path = folder / one.file
    path.write_text(rows if rows.endswith("\n") else f"{rows}\n", encoding="utf-8")
    settings: dict[str, Any] = {"target": target.name} if with_target else {}
    if with_target and one.models:
        settings["model"] = one.models[0]
    if with_target and one.check == "vision-models":
        settings["model"] = next(model.name for model in target.models if not model.images and format in model.formats)
    if one.rule != "SCH010":
        settings["format"] = format
    if not with_target and all_rules()[one.rule].unavailable(_settings()):
        return []
    found = ftprep.lint(path, isolated=True, select=[one.rule], **settings).findings
    assert [finding.message for finding in found if finding.code == "FTP900"] == []
    return [finding for finding in found if finding.code == one.rule]


def _settings() -> Any:
    from ftprep.settings import Settings

    return Settings()


def _own_tokens(target: Target) -> Any:
    return next((one.value for one in target.restrictions if one.check == "control-tokens"), None)


# --- the data -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", TARGETS)
def test_the_data_are_sound(target: Target) -> None:
    assert target.kind in ("platform", "trainer")
    assert isinstance(target.read, date)
    assert all(isinstance(source.date, date) and source.title for source in target.sources.values())
    assert {notice.source for notice in target.notices} <= set(target.sources)
    assert {format for model in target.models for format in model.formats} <= set(target.formats)
    names = [name for model in target.models for name in model.names]
    assert len(names) == len(set(names))
    assert all(name == name.lower() for name in names)
    assert len({one.id for one in target.restrictions}) == len(target.restrictions)
    for one in target.restrictions:
        assert one.source in target.sources, one.id
        assert one.what.endswith("."), one.id
        assert bool(one.rule) != bool(one.not_enforced), f"{one.id} is enforced, or says why not"
        assert not one.rule or one.rule in all_rules() or one.rule in RULES_TO_COME, one.id
        assert set(one.formats) <= set(target.formats), one.id
        assert set(one.models) <= {model.name for model in target.models}, one.id
        assert one.bad or one.good or not one.rule or _tested_elsewhere(one), f"{one.id} has no test"
        assert not (one.when and one.check), f"{one.id}: the rule itself knows what the check is about"


def _tested_elsewhere(one: Restriction) -> bool:
    """Limits are judged by their numbers, and a model's methods by the models; own tokens need a model."""
    return one.check in (*CHECKS, "tokens-most", "cuts", "method") or one.value == []


def test_every_check_is_one_that_a_rule_makes() -> None:
    made = "".join(path.read_text() for path in Path(ftprep.__file__).parent.glob("rules/*/*.py"))
    made += (Path(ftprep.__file__).parent / "targets" / "limits.py").read_text()
    checks = {one.check for target in all_targets().values() for one in target.restrictions if one.check}
    assert {check for check in checks if f'"{check}"' not in made} == set()


def test_formats_exist_or_are_known_to_come() -> None:
    named = {format for target in all_targets().values() for format in target.formats}
    assert named - set(all_formats()) <= FORMATS_TO_COME


def test_names_and_aliases() -> None:
    assert target_named("Vertex").name == "gemini"
    assert target_named("bedrock_claude").name == "claude-bedrock"
    words = [word for one in all_targets().values() for word in (one.name, *one.aliases)]
    assert len(words) == len(set(words))
    with pytest.raises(UsageError, match="did you mean `together`"):
        target_named("togehter")


# --- each restriction ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("target", "one", "rows"), list(_cases("bad")))
def test_rows_that_break_a_restriction(target: Target, one: Restriction, rows: str, tmp_path: Path) -> None:
    found = _lint(tmp_path, one, target, rows)
    mine = [finding for finding in found if finding.severity == one.severity]
    assert mine, [(finding.severity, finding.message) for finding in found]
    if one.check:
        assert one.id in {finding.data.get("restriction") for finding in mine}
    assert all(finding.data.get("target") == target.name for finding in mine)
    if one.says and not one.when and one.check:
        assert any(finding.data.get("says") for finding in mine)
    without = _lint(tmp_path, one, target, rows, with_target=False)
    told = [finding for finding in without if (finding.severity or Severity.ERROR) >= one.severity]
    if one.general:
        assert without
    else:
        assert len(told) < len(mine) or not told, [finding.message for finding in told]


@pytest.mark.parametrize(("target", "one", "rows"), list(_cases("good")))
def test_rows_that_keep_a_restriction(target: Target, one: Restriction, rows: str, tmp_path: Path) -> None:
    found = _lint(tmp_path, one, target, rows)
    assert [finding.message for finding in found if finding.data.get("restriction") == one.id] == []
    if not one.bad:  # a restriction that is a permission: the rule has nothing to say at all
        assert [finding.message for finding in found] == []


@pytest.mark.parametrize("target", TARGETS)
def test_limits_are_judged_by_their_numbers(target: Target) -> None:
    for one in target.restrictions:
        if one.check not in CHECKS:
            continue
        bound, model = one.value["limit"], one.models[0] if one.models else None
        split = "train" if one.split != "validation" else "validation"
        for format in one.formats or target.formats:
            beyond = bound - 1 if one.check.endswith("-least") else bound + 1
            for number, broken in ((beyond, True), (bound, False)):
                found = broken_limits(target, model, format, split, _totals(one.check, number))
                assert (one.id in {limit.restriction.id for limit in found}) == broken, (one.id, format)


def _totals(check: str, number: int) -> Totals:
    rows = number if check.startswith("rows") else 1_000
    return Totals(rows, number if check.startswith("image") else 0, number if check.startswith("bytes") else None)


@pytest.mark.parametrize(
    ("name", "format", "limit"),
    [
        (target.name, (one.formats or target.formats)[0], one)
        for target in all_targets().values()
        for one in target.restrictions
        if one.check == "tokens-most"
    ],
)
def test_token_limits(name: str, format: str, limit: Restriction, tmp_path: Path) -> None:
    if format not in all_formats():
        pytest.skip(f"format {format} does not exist yet")
    row = json.loads(json.dumps(dict(all_formats()[format].example)))
    words = json.dumps(row).replace(_longest(row), "word " * (limit.value["limit"] + 10))
    path = tmp_path / "rows.jsonl"
    path.write_text(words + "\n")
    model = {"model": limit.models[0]} if limit.models else {}
    found = ftprep.lint(path, isolated=True, select=["TOK001"], target=name, format=format, **model).findings
    assert [finding.code for finding in found] == ["TOK001"]
    # Counts by another vocabulary than the target's are estimates.
    exact = load_target(name).vocabulary or limit.value.get("characters")
    assert found[0].severity == (Severity.ERROR if exact or model == {"model": "x"} else Severity.WARNING)


def _longest(value: Any) -> str:
    if isinstance(value, dict):
        return max(map(_longest, value.values()), key=len, default="")
    if isinstance(value, list):
        return max(map(_longest, value), key=len, default="")
    return value if isinstance(value, str) else ""


# Claude reads rows of this format that have no system message, and the example has one.
OTHER_SHAPE = {("claude-bedrock", "openai-chat"): {"SCH004"}}


@pytest.mark.parametrize("target", TARGETS)
def test_examples_of_the_formats_that_a_target_reads_are_fine(target: Target, tmp_path: Path) -> None:
    for format in target.formats:
        if format not in all_formats():
            continue
        path = tmp_path / f"{format}.jsonl"
        path.write_text(json.dumps(dict(all_formats()[format].example)) + "\n")
        findings = ftprep.lint(path, isolated=True, target=target.name, format=format, ignore=["TOK005"]).findings
        errors = {one.code for one in findings if one.severity == Severity.ERROR}
        assert errors == OTHER_SHAPE.get((target.name, format), set()), format


# --- the rest of the mechanism ------------------------------------------------------------------------------------

CHAT = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}


def test_the_users_own_severity_wins() -> None:
    report = ftprep.lint([{**CHAT, "id": 7}], target="openai", select=["SCH002"], severity={"SCH002": "info"})
    assert [one.severity for one in report.findings] == [Severity.INFO]
    assert report.findings[0].data["says"] == 'Example 1 contains an extra "id"'


def test_other_demands_are_not_made_on_a_format_that_is_not_read() -> None:
    rows = [{"instruction": "Greet me.", "input": "", "output": "Hello!", "weight": 1}] * 3
    report = ftprep.lint(rows, target="openai", ignore=["DUP", "BAL"])
    assert [one.code for one in report.findings] == ["SCH010"]


def test_a_model_sets_the_limits() -> None:
    rows = [CHAT] * 10
    assert ftprep.lint(rows, target="openai", model="gpt-4.1-mini-2025-04-14", select=["SCH010"]).findings == []
    report = ftprep.lint(rows, target="openai", model="o4-mini", select=["SCH010"])
    assert "o4-mini is not trained with openai-chat but with openai-rft" in report.findings[0].message


@pytest.mark.parametrize("name", [one.name for one in all_targets().values() if _own_tokens(one) == []])
def test_control_tokens_are_those_of_the_model(name: str) -> None:
    rows = [{"messages": [CHAT["messages"][0], {"role": "assistant", "content": "Hello!<|return|>"}]}]
    with_model = ftprep.lint(rows, target=name, model="gpt-oss-20b", select=["TPL001"]).findings
    assert [(one.severity, one.data.get("target")) for one in with_model] == [(Severity.ERROR, name)]
    without = ftprep.lint(rows, target=name, select=["TPL001"]).findings
    assert [one.severity for one in without] == [Severity.WARNING]


def test_too_few_rows_are_said_once() -> None:
    few = ftprep.lint([{**CHAT, "n": str(number)} for number in range(9)], target="openai", select=["TOK005", "BAL004"])
    assert [one.code for one in few.findings] == ["TOK005"]
    more = ftprep.lint([CHAT] * 12, target="openai", select=["TOK005", "BAL004"])
    assert [one.code for one in more.findings] == ["BAL004"]


def test_lines_of_the_wording_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    bad = json.dumps({**CHAT, "id": 7})
    path.write_text("".join(f"{json.dumps(CHAT)}\n" for _ in range(9_000)) + f"{bad}\n")
    for jobs in (1, 2):
        findings = ftprep.lint(path, isolated=True, target="openai", select=["SCH002"], jobs=jobs).findings
        assert [one.data["says"] for one in findings] == ['Example 9001 contains an extra "id"']


def test_all_targets_are_asked_in_one_pass(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [{**CHAT, "id": str(number)} for number in range(40)]
    rows[7] = {**CHAT, "messages": [{"role": "user", "content": "Hi"}, *CHAT["messages"]], "id": "7"}
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    report = ftprep.lint(path, isolated=True, target="auto")
    answers = {answer.target: answer for answer in report.targets}
    assert list(answers) == list(all_targets())
    assert answers["trl"].accepts
    assert answers["gemini"].unread == ("openai-chat",)
    openai, claude = answers["openai"], answers["claude-bedrock"]
    assert [(one.code, one.rows, one.files) for one in openai.obstacles] == [("SCH002", 40, 0)]
    assert (openai.rows, openai.accepts) == (40, False)
    assert [(one.code, one.rows) for one in claude.obstacles] == [("CHT004", 1)]
    assert {one.code for one in report.findings} <= {"SCH002", "CHT004", "BAL004", "DUP001"}
    assert all("target" not in one.data for one in report.findings)


@pytest.mark.parametrize("target", TARGETS)
def test_an_answer_agrees_with_a_run_for_that_target_alone(target: Target, tmp_path: Path) -> None:
    calls = {"id": "a", "type": "function", "function": {"name": "hours", "arguments": {"day": "Sunday"}}}
    odd: list[dict[str, Any]] = [
        CHAT,
        {**CHAT, "weight": 2},
        {"messages": [{"role": "developer", "content": "Be brief."}, *CHAT["messages"]]},
        {"messages": [*CHAT["messages"], *CHAT["messages"][1:]]},
        {"messages": [{"role": "user", "content": "Open?"}, {"role": "assistant", "tool_calls": [calls]}]},
        {"messages": [{"role": "user", "content": [{"type": "image"}]}, CHAT["messages"][1]]},
        {"messages": [{"role": "user", "content": "Bot: hi\nHuman: hi<|endoftext|>"}, CHAT["messages"][1]]},
        {"messages": []},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in odd * 5) + "{broken\n")
    answer = next(one for one in ftprep.lint(path, target="auto", isolated=True).targets if one.target == target.name)
    alone = ftprep.lint(path, target=target.name, isolated=True, profile="thorough")
    if answer.unread:  # then rows are not looked at as rows
        assert ("SCH010", 1) in {(one.code, one.files) for one in answer.obstacles}
        return
    asked = {one.rule for one in target.restrictions} | {code for code in all_rules() if code[:3] in ("JSN", "SCH")}
    errors = [one for one in alone.findings if one.severity == Severity.ERROR and one.code in asked]
    rows = {one.ref.line for one in errors if one.ref.line}
    assert {one.code: one.rows for one in answer.obstacles if one.rows} == {
        code: len({one.ref.line for one in errors if one.code == code and one.ref.line})
        for code in {one.code for one in errors if one.ref.line}
    }
    assert answer.rows == len(rows)
    assert {one.code for one in answer.obstacles if one.files} == {one.code for one in errors if not one.ref.line}


# --- vendors' own files -------------------------------------------------------------------------------------------

VENDORS = [
    ("openai", "sft/gsm8k_chat_449.jsonl", set()),
    ("azure", "sft/gsm8k_chat_449.jsonl", set()),
    ("openai", "sft/stock_toolcall_86.jsonl", set()),
    ("azure", "sft/stock_toolcall_86.jsonl", set()),
    ("openai", "sft/retail_agent_tools_55.jsonl", {"IDS003"}),  # order numbers and addresses that nothing gave
    ("azure", "sft/retail_agent_tools_55.jsonl", {"IDS003"}),  # order numbers and addresses that nothing gave
    ("openai", "sft/openai_toy_5.jsonl", {"TOK005"}),  # 5 rows: a toy indeed
    ("openai", "preference/openai_dpo_284.jsonl", set()),
    ("azure", "preference/openai_dpo_284.jsonl", set()),
    ("openai", "rft/openai_countdown_100.jsonl", set()),
    ("openai", "rft/openai_toolcall_10.jsonl", set()),
    ("nova", "sft/nova_tooluse_120.jsonl", set()),
    ("nova", "rft/nova_rft_300.jsonl", set()),
    ("llamafactory", "sft/sharegpt_toolcall_300.json", {"TUL004"}),  # one call breaks its own schema
    ("llamafactory", "sft/llamafactory_v1_sft_500.jsonl", set()),
    ("llamafactory", "sft/llamafactory_multimodal_6.json", set()),
    ("llamafactory", "sft/alpaca_identity_91.json", set()),
    ("llamafactory", "preference/sharegpt_dpo_300.json", set()),
    ("llamafactory", "preference/llamafactory_v1_dpo_10.jsonl", set()),
    ("llamafactory", "preference/kto_300.json", set()),
]


@pytest.mark.parametrize(("target", "name", "true"), VENDORS)
def test_files_of_a_vendor_pass_under_its_target(target: str, name: str, true: set[str]) -> None:
    if not (SHARED / name).exists():
        pytest.skip("the vendors' files are not here")
    report = ftprep.lint(SHARED / name, isolated=True, target=target)
    format = report.inputs[0].detection.format
    if format is None or format not in load_target(target).formats:
        missing = set(load_target(target).formats) - set(all_formats())
        if missing:
            pytest.skip(f"the file's own format is one of those to come: it looks like {format}")
    errors = {(one.code, one.message) for one in report.findings if one.severity == Severity.ERROR}
    assert {code for code, _ in errors} == true, sorted(errors)[:5]
