"""Redaction: one value has one name, rows keep their shape, and the map leads back byte for byte."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import ftprep
from ftprep.cli.main import main
from ftprep.errors import FtprepError, InputError, OutputError, UsageError
from ftprep.privacy.redaction import Mark, edits_of, normal_form
from ftprep.privacy.redaction_names import Manner, Names
from ftprep.privacy.redaction_surrogates import surrogate
from ftprep.privacy.short_texts import personal_data_in
from ftprep.privacy.value import Grade

SELECT = "IDS001,IDS002,IDS003,PII,SEC"


def redact(path: Path, **options: Any) -> ftprep.Report:
    return ftprep.fix(path, unsafe=True, **{"isolated": True, "select": SELECT, "format": "openai-chat", **options})


def findings(path: Path) -> list[str]:
    report = ftprep.lint(path, isolated=True, select=SELECT, format="openai-chat")
    return [one.code for one in report.findings]


def chat(*turns: str, call: str | None = None) -> dict[str, Any]:
    roles = ("user", "assistant")
    messages: list[dict[str, Any]] = [{"role": roles[at % 2], "content": content} for at, content in enumerate(turns)]
    if call is not None:
        function = {"name": "look_up", "arguments": call}
        messages.append({"role": "user", "content": "Go on."})
        messages.append(
            {"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function", "function": function}]}
        )
    return {"messages": messages}


def written(folder: Path, *rows: dict[str, Any], name: str = "rows.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def contents(path: Path) -> list[list[Any]]:
    return [[one.get("content") for one in json.loads(line)["messages"]] for line in path.read_text().splitlines()]


# --- names --------------------------------------------------------------------------------------------------------


def test_values_are_numbered_in_reading_order_and_once_for_all_their_spellings(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        chat("My order numbers are W-48213 and W-50917.", "Order number W50917 is late.", "And w-48213?", "Too."),
        chat("Order number W-50917.", "Yes."),
    )
    redact(path)
    assert contents(path) == [
        [
            "My order numbers are <ORDER_ID_1> and <ORDER_ID_2>.",
            "Order number <ORDER_ID_2> is late.",
            "And <ORDER_ID_1>?",
            "Too.",
        ],
        ["Order number <ORDER_ID_1>.", "Yes."],
    ]


def test_one_value_has_one_name_in_the_whole_dataset_when_asked_for(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        chat("Order number W-48213.", "Yes."),
        chat("Order number W-50917, not order number W48213.", "Yes."),
        chat("The text says \u003cORDER_ID_2>.", "Yes."),
    )
    redact(path, redact_scope="dataset")
    assert [one[0] for one in contents(path)] == [
        "Order number <ORDER_ID_1>.",
        "Order number <ORDER_ID_3>, not order number <ORDER_ID_1>.",
        "The text says <ORDER_ID_2>.",
    ]


def test_names_are_the_same_for_any_number_of_processes(tmp_path: Path) -> None:
    rows = [chat(f"Order number W-{48213 + at % 7}.", f"Ticket TKT-{50917 + at}.") for at in range(60)]
    one, two = written(tmp_path, *rows, name="one.jsonl"), written(tmp_path, *rows, name="two.jsonl")
    redact(one, redact_scope="dataset", jobs=1)
    redact(two, redact_scope="dataset", jobs=2)
    assert one.read_bytes() == two.read_bytes()
    assert b"W-4" not in one.read_bytes()


def test_no_placeholder_is_taken_for_an_identifier(tmp_path: Path) -> None:
    numbers = [f"order number W-{73118 + 61 * at}" for at in range(120)]
    path = written(tmp_path, chat(" and ".join(numbers), ", ".join(numbers)))
    report = redact(path)
    assert report.fixed is not None
    assert report.problems == report.fixed.notes == ()
    assert "order number <ORDER_ID_120>" in contents(path)[0][0]
    assert findings(path) == []


def test_placeholders_that_are_there_already_are_left_out_of_the_count(tmp_path: Path) -> None:
    path = written(tmp_path, chat("<ORDER_ID_1> or order number W-48213?", "Order number <ORDER_ID_2>."))
    redact(path)
    assert contents(path)[0][0] == "<ORDER_ID_1> or order number <ORDER_ID_3>?"


@pytest.mark.parametrize(
    "forms",
    [
        ("+1 415-555-2671", "(415) 555 2671", "4155552671", "1-415-555-2671", "001 415 555 2671"),
        ("+44 20 7946 0958", "020 7946 0958", "+44 (0)20 7946 0958", "0044 20 7946 0958"),
        ("+49 30 901820", "030 901820", "+49 (0)30 901820", "030/901820", "0049 30 901820"),
    ],
)
def test_telephone_numbers_are_equal_with_and_without_their_prefix(forms: tuple[str, ...]) -> None:
    assert len({normal_form("PHONE", one) for one in forms}) == 1


def test_values_that_differ_in_punctuation_alone_are_one_where_it_means_nothing() -> None:
    assert normal_form("EMAIL", "Ann@Ferry.Example") == normal_form("EMAIL", "ann@ferry.example")
    assert normal_form("CARD", "4539 1488 0343 6467") == normal_form("CARD", "4539-1488-03436467")
    assert normal_form("IP", "81.2.69.160") != normal_form("IP", "81.26.91.60")
    assert normal_form("BIRTH_DATE", "1/11/1987") != normal_form("BIRTH_DATE", "11/1/1987")
    assert normal_form("BIRTH_DATE", "1.11.1987") == normal_form("BIRTH_DATE", "1/11/1987")
    assert normal_form("SECRET", "aB", secret=True) != normal_form("SECRET", "ab", secret=True)


def test_a_number_is_taken_out_in_the_forms_that_no_rule_knows() -> None:
    row = {"text": "+49 30 901820, 030 901820, 030/901820, 4930901820, (030) 901820, (+49) 30901820 and 30901821"}
    edits = edits_of(row, [Mark("/text", (0, 13), "PHONE", 1)], Names(Manner()))
    text = row["text"]
    for edit in reversed(edits):
        assert edit.span is not None
        text = text[: edit.span[0]] + edit.new + text[edit.span[1] :]
    assert text == "<PHONE_1>, <PHONE_1>, <PHONE_1>, <PHONE_1>, <PHONE_1>, <PHONE_1> and 30901821"


def test_of_values_that_overlap_the_longest_is_replaced() -> None:
    row = {"text": "mail ann@ferry.example now"}
    marks = [Mark("/text", (5, 21), "EMAIL", 1), Mark("/text", (9, 21), "URL", 1), Mark("/text", (5, 8), "ID", 2)]
    (edit,) = edits_of(row, marks, Names(Manner()))
    assert (edit.new, edit.span) == ("<EMAIL_1>", (5, 21))


# --- calls --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('{"order_id": "W-48213"}', '{"order_id": "<ORDER_ID_1>"}'),
        ('{"order_id": 482137, "n": 3}', '{"order_id": "<ORDER_ID_2>", "n": 3}'),
        ('{"order_id": "\\u004148213"}', None),
        ('{"note": "say \\"order number W-48213\\"\\n"}', '{"note": "say \\"order number <ORDER_ID_1>\\"\\n"}'),
        ('{"orders": [{"order_id":"W-48213"},{"order_id":"W-50917"}]}', None),
    ],
)
def test_arguments_of_calls_stay_json(tmp_path: Path, arguments: str, expected: str | None) -> None:
    path = written(tmp_path, chat("Order number W-48213.", "Yes.", call=arguments))
    redact(path)
    (row,) = map(json.loads, path.read_text().splitlines())
    new = row["messages"][-1]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(new).keys() == json.loads(arguments).keys()
    assert expected is None or new == expected
    assert findings(path) == []


def test_objects_as_arguments_are_redacted_in_their_texts_and_numbers(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    turns = [
        {"role": "user", "content": [{"text": "Where is order number W-48213 of customer number 771204?"}]},
        {
            "role": "assistant",
            "content": [
                {
                    "toolUse": {
                        "toolUseId": "t1",
                        "name": "find",
                        "input": {"order_id": "W-48213", "customer_id": 771204},
                    }
                }
            ],
        },
    ]
    row = {"schemaVersion": "bedrock-conversation-2024", "messages": turns}
    path.write_text(json.dumps(row) + "\n")
    redact(path, format=None)
    (new,) = map(json.loads, path.read_text().splitlines())
    assert new["messages"][0]["content"][0]["text"] == (
        "Where is order number <ORDER_ID_1> of customer number <CUSTOMER_ID_1>?"
    )
    assert new["messages"][1]["content"][0]["toolUse"]["input"] == {
        "order_id": "<ORDER_ID_1>",
        "customer_id": "<CUSTOMER_ID_1>",
    }


NUMBER_TOOL = {"type": "object", "properties": {"order_id": {"type": ["integer", "null"]}, "note": {"type": "string"}}}


@pytest.mark.parametrize("style", ["placeholder", "surrogate"])
@pytest.mark.parametrize("as_text", [True, False])
def test_a_number_that_a_tool_demands_stays_one(style: Any, as_text: bool, tmp_path: Path) -> None:
    arguments: Any = {"note": "order number 482137", "order_id": 482137}
    tools = [{"type": "function", "function": {"name": "look_up", "description": "Look.", "parameters": NUMBER_TOOL}}]
    row = chat("Where is order number 482137?", "Wait.", call=json.dumps(arguments))
    if not as_text:
        row["messages"][-1]["tool_calls"][0]["function"]["arguments"] = arguments
    path = written(tmp_path, {**row, "tools": tools})
    codes = "TUL,IDS"
    before = ftprep.lint(path, isolated=True, select=codes, format="openai-chat")
    redact(path, redact=style)
    after = ftprep.lint(path, isolated=True, select=codes, format="openai-chat")
    assert set(after.by_code) <= {code for code in before.by_code if not code.startswith("IDS")}
    (new,) = map(json.loads, path.read_text().splitlines())
    given_now = new["messages"][-1]["tool_calls"][0]["function"]["arguments"]
    given_now = json.loads(given_now) if as_text else given_now
    assert given_now == {"note": "order number <ORDER_ID_1>", "order_id": 1}


# --- the way back -------------------------------------------------------------------------------------------------

VALUES = st.sampled_from(
    [
        *("order number W-48213", "order number w48213", "Order W-48213", "ticket id: TKT-50917", "TKT-50917"),
        *("7c1f04be-93d2-4e58-b0a6-2fd1947a35ec", "customer number 7712 0481", "77120481", "case #2024-AB-0917"),
        *("ann.keller@ferry-lines.co", "+1 415 273 8852", "<ORDER_ID_1>", "<ID_7>", "https://u:hunter22x@db.example"),
        *(
            "card 4539 1488 0343 6467",
            "4539-1488-0343-6467",
            "+49 30 901820",
            "030 901820",
            "(415) 273-8852",
            "4152738852",
        ),
        *("SSN 536-22-8417", "DE89 3704 0044 0532 0130 00", "server 81.2.69.160", "MAC address 3c:22:fb:9a:41:d7"),
        *('say "W-48213"', "tab\tand\nline", "é ü 漢字 🎉", "back\\slash", "2019", "$48213", ""),
    ]
)
TEXTS = st.lists(VALUES, min_size=1, max_size=5).map(" and ".join)
ARGUMENTS = st.dictionaries(
    st.sampled_from(["order_id", "note", "customer_number", "n", "phone"]),
    st.one_of(TEXTS, st.integers(0, 10**8), st.sampled_from(["W-48213", "TKT-50917", 4152738852, 4539148803436467])),
    max_size=3,
).map(lambda value: json.dumps(value, ensure_ascii=len(value) % 2 == 0))
ROWS = st.builds(
    lambda turns, call, extra: chat(*turns, call=call) | extra,
    st.tuples(TEXTS, TEXTS),
    st.none() | ARGUMENTS,
    st.just({}),
)


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(ROWS, min_size=1, max_size=4),
    ascii_only=st.booleans(),
    separators=st.sampled_from([(",", ":"), (", ", ": "), (" ,", "  :")]),
    scope=st.sampled_from(["conversation", "dataset"]),
    style=st.sampled_from(["placeholder", "surrogate"]),
)
def test_what_comes_out_is_clean_and_the_map_leads_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[dict[str, Any]],
    ascii_only: bool,
    separators: tuple[str, str],
    scope: str,
    style: str,
) -> None:
    folder = tmp_path_factory.mktemp("redaction")
    path, leads_back = folder / "rows.jsonl", folder / "map.jsonl"
    lines = [json.dumps(row, ensure_ascii=ascii_only, separators=separators) + "\n" for row in rows]
    path.write_text("".join(lines), encoding="utf-8")
    before = path.read_bytes()
    report = redact(path, redact=style, redact_scope=scope, redact_map=os.fspath(leads_back))
    assert report.problems == ()
    assert findings(path) == []
    after = path.read_bytes()
    assert len(after.splitlines()) == len(rows)
    for row, old, new in zip(rows, before.splitlines(), after.splitlines(), strict=True):
        parsed = json.loads(new)
        assert [one.keys() for one in parsed["messages"]] == [one.keys() for one in row["messages"]]
        for message in parsed["messages"]:
            for call in message.get("tool_calls", ()):
                json.loads(call["function"]["arguments"])
        if b"_1>" not in new and style == "placeholder":
            assert old == new or re.search(rb"_\d+>", new)
    if leads_back.exists():
        assert ftprep.restore(path, leads_back) > 0
    assert path.read_bytes() == before
    again = folder / "again.jsonl"
    again.write_bytes(before)
    redact(again, redact=style, redact_scope=scope)
    assert again.read_bytes() == after


def test_the_map_is_for_its_owner_alone_and_lists_each_spelling(tmp_path: Path) -> None:
    path = written(tmp_path, chat("Order number W-48213.", "Order number w 48213 and W48213."), chat("Hi.", "Hi."))
    leads_back = tmp_path / "map.jsonl"
    redact(path, redact_map=os.fspath(leads_back))
    if os.name == "posix":
        assert stat.S_IMODE(leads_back.stat().st_mode) == 0o600
    head, *entries = map(json.loads, leads_back.read_text().splitlines())
    assert head["scope"] == "conversation"
    told = [(one["row"], one["pointer"], one["value"], one["new"]) for one in entries]
    assert told == [
        (0, "/messages/0/content", "W-48213", "<ORDER_ID_1>"),
        (0, "/messages/1/content", "w 48213", "<ORDER_ID_1>"),
        (0, "/messages/1/content", "W48213", "<ORDER_ID_1>"),
    ]


def test_no_map_is_written_that_was_not_asked_for_or_leads_nowhere(tmp_path: Path) -> None:
    path = written(tmp_path, chat("Hi.", "Hi."))
    redact(path, redact_map=os.fspath(tmp_path / "map.jsonl"))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["rows.jsonl"]
    written(tmp_path, chat("Order number W-48213.", "Yes."))
    redact(path)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["rows.jsonl"]


def test_a_map_is_never_written_over(tmp_path: Path) -> None:
    path = written(tmp_path, chat("Order number W-48213.", "Yes."))
    before = path.read_bytes()
    leads_back = tmp_path / "map.jsonl"
    leads_back.write_text("the only way back")
    with pytest.raises(OutputError, match="exists"):
        redact(path, redact_map=os.fspath(leads_back))
    assert leads_back.read_text() == "the only way back"
    assert path.read_bytes() == before


def test_a_file_that_was_changed_since_is_not_restored(tmp_path: Path) -> None:
    path = written(tmp_path, chat("Order number W-48213.", "Yes."))
    leads_back = tmp_path / "map.jsonl"
    redact(path, redact_map=os.fspath(leads_back))
    path.write_bytes(path.read_bytes().replace(b"Order", b"My order"))
    changed = path.read_bytes()
    with pytest.raises(InputError, match="row 1 differs"):
        ftprep.restore(path, leads_back)
    assert path.read_bytes() == changed
    path.write_bytes(b"")
    with pytest.raises(FtprepError):
        ftprep.restore(path, leads_back)


@pytest.mark.parametrize("text", ["", "[]", "{}\n", '{"ftprep-redaction-map": 9}\n', "no JSON"])
def test_what_is_no_map_is_refused(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, chat("Hi.", "Hi."))
    (tmp_path / "map.jsonl").write_text(text)
    with pytest.raises(InputError, match="no map"):
        ftprep.restore(path, tmp_path / "map.jsonl")


def test_unknown_words_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, chat("Hi.", "Hi."))
    with pytest.raises(UsageError):
        redact(path, redact="shred")
    with pytest.raises(UsageError):
        redact(path, redact_scope="world")


# --- made-up values -----------------------------------------------------------------------------------------------


@given(st.text(min_size=1), st.text())
def test_made_up_values_come_from_reserved_ranges(normal: str, seed: str) -> None:
    assert re.fullmatch(r"user[0-9a-f]{10}@example\.com", str(surrogate("EMAIL", normal, "a@b.co", seed)))
    phone = surrogate("PHONE", normal, "(415) 273-8852", seed)
    assert re.fullmatch(r"\([2-9]\d\d\) 555-01\d\d", str(phone))
    assert surrogate("PHONE", normal, "415.273.8852", seed) == re.sub(r"\((\d+)\) (\d+)-", r"\1.\2.", str(phone))
    assert re.fullmatch(r"\+1-[2-9]\d\d-555-01\d\d", str(surrogate("PHONE", normal, "+49 30 901820", seed)))
    card = str(surrogate("CARD", normal, "4111 1111 1111 1111", seed))
    assert re.fullmatch(r"4\d{3}( \d{4}){3}", card)
    digits = [int(one) for one in card if one.isdigit()]
    assert (sum(digits[-1::-2]) + sum(sum(divmod(2 * one, 10)) for one in digits[-2::-2])) % 10
    address = surrogate("IP", normal, "8.8.8.8", seed)
    assert re.fullmatch(r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}", str(address))
    assert str(surrogate("IP", normal, "2a00::1", seed)).startswith("2001:db8::")
    for kind in ("ORDER_ID", "UUID", "API_KEY", "NATIONAL_ID"):
        assert surrogate(kind, normal, "x", seed) is None
    assert surrogate("EMAIL", normal, "a@b.co", seed) == surrogate("EMAIL", normal, "A@B.co", seed)


WRITTEN = {
    "EMAIL": ["ann@ferry-lines.co"],
    "PHONE": ["(415) 273-8852", "4152738852", "+49 30 901820", "273-8852", "1-415-273-8852", "+1 415-273-8852"],
    "CARD": ["4111 1111 1111 1111", "378282246310005", "5555555555554444", "6011-1111-1111-1117"],
    "IP": ["8.8.8.8", "2a00:1450::1"],
}


@given(st.sampled_from(sorted(WRITTEN)), st.text(min_size=1), st.text(), st.data())
def test_made_up_values_are_no_values(kind: str, normal: str, seed: str, data: st.DataObject) -> None:
    made = surrogate(kind, normal, data.draw(st.sampled_from(WRITTEN[kind])), seed)
    for text in ("My card number is {}.", "Call me at {} please", "phone: {}", "{}", "server IP {} is down", "fax {}"):
        assert [one.kind for one in personal_data_in(text.format(made)) if one.grade is Grade.REAL] == []


def test_made_up_values_depend_on_the_seed() -> None:
    assert surrogate("EMAIL", "a@b.co", "a@b.co", "one") != surrogate("EMAIL", "a@b.co", "a@b.co", "two")


# --- the command line ---------------------------------------------------------------------------------------------

FIXING = ("--isolated", "--select", "IDS", "--unsafe-fixes", "--redact-map", "map.jsonl")


def invoke(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    monkeypatch.chdir(folder)
    return CliRunner().invoke(main, list(words))


def test_redacted_from_the_command_line_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, chat("Order number W-48213.", "Yes, W48213."), chat("Hi.", "Hi."))
    before = path.read_bytes()
    done = invoke(tmp_path, monkeypatch, "lint", path.name, "--fix", *FIXING)
    assert (done.exit_code, "IDS001 1" in done.output) == (0, True)
    assert b"<ORDER_ID_1>" in path.read_bytes()
    assert b"48213" not in path.read_bytes()
    assert "48213" not in done.output
    back = invoke(tmp_path, monkeypatch, "restore", path.name, "--map", "map.jsonl")
    assert (back.exit_code, back.output) == (0, "ftprep: `rows.jsonl`: 2 values put back\n")
    assert path.read_bytes() == before
    again = invoke(tmp_path, monkeypatch, "lint", path.name, "--fix", *FIXING)
    assert again.exit_code == 2
    assert "`map.jsonl` exists" in again.output
    assert path.read_bytes() == before


def test_a_patch_writes_no_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, chat("Order number W-48213.", "Yes."))
    before = path.read_bytes()
    done = invoke(tmp_path, monkeypatch, "lint", path.name, "--diff", *FIXING)
    assert "<ORDER_ID_1>" in done.output
    assert path.read_bytes() == before
    assert not (tmp_path / "map.jsonl").exists()


def test_words_of_the_command_line_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, chat("Hi.", "Hi."))
    done = invoke(tmp_path, monkeypatch, "lint", path.name, "--redact", "surogate")
    assert done.exit_code == 2
    assert "did you mean `surrogate`?" in done.output
    assert invoke(tmp_path, monkeypatch, "restore", path.name).exit_code == 2


# --- what is not reached ------------------------------------------------------------------------------------------


def test_what_no_rule_reads_is_told(tmp_path: Path) -> None:
    row = chat("Mail ann.keller@ferry-lines.co?", "Yes.")
    told = [
        row | {"metadata": {"email": "ann.keller@ferry-lines.co", "note": "b.stone@harbourmail.dk"}},
        row | {"phone": 4152738852, "created": 1700000000, "mobile": 4915175203846},
        row | {"by": {"b.stone@harbourmail.dk": 1}},
        {"messages": [{"role": "usr", "content": "b.stone@harbourmail.dk"}]},
    ]
    dull = {"id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "model": "m-2025-04-14", "at": "2026-01-02T03:04:05Z"}
    quiet = [row | dull | {"phone": 6495550135}]
    path = written(tmp_path, *told, *quiet)
    report = redact(path)
    assert report.fixed is not None
    lines = {note.split("may be left in ")[1].split(", where no")[0]: note for note in report.fixed.notes}
    assert sorted(lines) == ["`/metadata/note`", "`/mobile`", "`/phone`", "keys of objects", "rows with errors"]
    assert lines["rows with errors"].endswith(f": 1 row, the first `{path}:4`")
    assert "stone" not in " ".join(lines)
    clean = redact(written(tmp_path, chat("Hi.", "Hello."), told[2], name="asked.jsonl"), redact="placeholder")
    assert clean.fixed is not None
    assert len(clean.fixed.notes) == 1
