"""Labels in fields of answers in JSON: judged like answers that are labels, each field and each task by itself."""

from __future__ import annotations

import json
import random
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ftprep
import ftprep.io.chunk as chunk
from ftprep.pointer import resolve
from ftprep.tasks.fields import MOST_LEAVES, leaves, text_of
from ftprep.tasks.forms import json_of, json_span

Row = dict[str, Any]
SELECT = "BAL001,BAL002,BAL003,CON,FMT001"
MOODS = ("calm", "angry", "worried")
NOUNS = ("porter", "clerk", "guard", "driver", "child", "teacher", "sailor")


def note(number: int) -> str:
    return f"The {NOUNS[number % 7]} wrote to us on day {number} about case {number * 7919 % 10**6}"


def rows(answers: list[Any], start: int = 0, system: str = "", **dump: Any) -> list[Row]:
    """A row for each answer; what is no string is written as JSON."""
    head = [{"role": "system", "content": system}] if system else []
    return [
        {
            "messages": [
                *head,
                {"role": "user", "content": note(number)},
                {"role": "assistant", "content": one if isinstance(one, str) else json.dumps(one, **dump)},
            ]
        }
        for number, one in enumerate(answers, start)
    ]


def found(data: list[Row], select: str = SELECT, **more: Any) -> list[tuple[str, int, str]]:
    report = ftprep.lint(data, isolated=True, select=select, **more)
    assert not report.of("FTP900"), [one.message for one in report.of("FTP900")]
    return [(one.code, one.ref.line, one.message) for one in report.findings]


def answers(count: int, **more: Any) -> list[Row]:
    return [{"mood": MOODS[number % 3], "case": f"case {number}"} | more for number in range(count)]


def test_even_fields_are_silent() -> None:
    assert found(rows(answers(120))) == []


def test_a_field_is_named_where_its_labels_are_skewed_or_rare() -> None:
    skewed = [{"mood": "calm", "text": note(number)} for number in range(240)]
    skewed += [{"mood": "angry", "text": note(number)} for number in range(12)]
    ((code, _, message),) = found(rows(skewed))
    assert code == "BAL001"
    assert message.startswith("field `/mood`: `calm` has 240 rows (95 %), `angry` 12 (20.0 : 1); 2 labels")
    rare = answers(120) + [{"mood": "bored", "case": "x"}] * 3
    ((code, line, message),) = found(rows(rare), select="BAL")
    assert (code, line, message) == ("BAL002", 121, "field `/mood`: 1 of 4 labels has fewer than 10 rows: `bored` ×3")
    often = [{"at": {"mood": ("calm", "angry")[number % 8 == 0]}, "text": note(number)} for number in range(560)]
    ((code, _, message),) = found(rows(often))
    assert (code, message) == ("BAL003", "field `/at/mood`: `calm` is the answer to 490 of 560 prompts (88 %)")


def test_many_skewed_fields_are_one_finding() -> None:
    fields = [f"has_{name}" for name in ("rope", "lamp", "flag", "crew", "fish")]
    data = [{one: number % 20 == place for place, one in enumerate(fields)} for number in range(400)]
    ((code, _, message),) = found(rows(data))
    assert code == "BAL001"
    assert message == "5 fields are skewed, most of all field `/has_rope`: `false` has 380 rows, `true` 20 (19.0 : 1)"


def test_tasks_with_one_field_are_judged_apart() -> None:
    fair = rows([{"topic": ("fee", "rope")[number % 2]} for number in range(80)], system="Sort notes about ships.")
    other = [{"topic": "tea"} for _ in range(132)] + [{"topic": "rum"} for _ in range(12)]
    skewed = rows(other, start=80, system="Sort notes about drinks.")
    ((code, _, message),) = found(fair + skewed)
    assert code == "BAL001"
    assert message.startswith("field `/topic`: `tea` has 132 rows (92 %), `rum` 12 (11.0 : 1); 2 labels")


def test_words_that_are_copied_from_the_prompt_are_no_labels() -> None:
    cities = ("Oslo", "Bergen", "Turku", "Riga")
    data = [
        {
            "prompt": f"Boat {number} leaves for {city} on day {number * 7 % 90}",
            "completion": json.dumps({"city": city if number % 30 else city.upper(), "boat": number}),
        }
        for number in range(300)
        for city in [cities[0] if number % 25 else cities[number // 25 % 4]]
    ]
    assert found(data) == []
    told = [
        {
            "prompt": f"Oslo, Bergen, Turku or Riga? {note(number)}",
            "completion": json.dumps({"city": "Oslo" if number % 25 else "Turku"}),
        }
        for number in range(300)
    ]
    assert [code for code, *_ in found(told)] == ["BAL001"]  # the prompt lists the labels


def test_amounts_one_value_and_free_text_are_no_labels() -> None:
    chance = random.Random(4)
    data = [
        {"boats": chance.choice([1] * 30 + [2]), "ok": True, "say": f"It is {number}", "kind": "note", "id": number}
        for number in range(400)
    ]
    assert found(rows(data)) == []


def test_flags_are_labels() -> None:
    data = [{"spam": int(number % 11 == 0), "say": f"It is {number}"} for number in range(400)]
    assert [(code, message.split(":")[0]) for code, _, message in found(rows(data))] == [("BAL003", "field `/spam`")]


def test_one_prompt_with_two_labels_is_one_finding() -> None:
    data = rows([{"mood": MOODS[number % 3], "sure": number % 2 == 0, "say": note(number)} for number in range(90)])
    data += rows([{"mood": "angry", "sure": False, "say": "Otherwise."}])  # row 0 says calm, and is sure
    ((code, line, message),) = found(data)
    assert (code, line) == ("CON001", 1)
    assert message.startswith("field `/mood`: same prompt has 2 labels: `calm` ×1, `angry` ×1")


def test_near_prompts_with_two_labels() -> None:
    data = rows(answers(90))
    data += rows([{"mood": "calm", "case": "case 0"}])
    data[-1]["messages"][0]["content"] = "Please, " + note(1).replace("The", "the")
    ((code, line, message),) = found(data)
    assert (code, line) == ("CON003", 2)
    assert message.startswith("field `/mood`: 2 wordings of one prompt have 2 labels: `angry` ×1, `calm` ×1")


def test_lists_may_hold_several_labels_for_one_prompt() -> None:
    tags = [
        [{"tags": [MOODS[number % 3], MOODS[(number + 1) % 3]]}, {"tags": []}][number % 9 == 8] for number in range(120)
    ]
    assert found(rows(tags) + rows(tags[:3])) == []
    tags[50] = {"tags": ["calm", "Angry"]}
    assert [(code, line) for code, line, _ in found(rows(tags), select="FMT001")] == [("FMT001", 51)]


def test_types_and_keys_are_left_to_the_rule_about_them() -> None:
    data: list[Any] = [{"mood": MOODS[number % 3], "sure": number % 2 == 0} for number in range(120)]
    data[7] = {"mood": "calm", "sure": "True"}
    assert found(rows(data), select="FMT001") == []
    assert [code for code, *_ in found(rows(data), select="FMT004")] == ["FMT004"]


WAYS: list[dict[str, Any]] = [{}, {"indent": 2}, {"separators": (",", ":")}, {"ensure_ascii": False}]


def test_a_fix_changes_the_value_alone() -> None:
    key = 'mo/od~"é"'
    for dump in WAYS:
        for around in ("{}", "```json\n{}\n```", "<think>So.</think>\n{} </s>"):
            texts = [
                json.dumps({"at": [{key: ("très calm", "angry")[number % 2]}], "n": "é"}, **dump)
                for number in range(60)
            ]
            texts[20] = texts[20].replace("calm", "CALM")
            made = rows([around.replace("{}", one) for one in texts])
            (finding,) = ftprep.lint(made, isolated=True, select="FMT001").findings
            assert finding.fix is not None
            (edit,) = finding.fix.edits
            answer = made[20]["messages"][-1]["content"]
            assert edit.span is not None
            new = answer[: edit.span[0]] + edit.new + answer[edit.span[1] :]
            assert new == made[0]["messages"][-1]["content"]
            assert finding.data["field"].startswith("/at/*/mo~1od~0")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000))
def test_fixing_twice_is_fixing_once(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = []
    for number in range(120):
        spelt = chance.choice([str, str, str, str, str.upper, str.title, lambda one: f" {one}."])
        data += rows([{"mood": spelt(chance.choice(MOODS)), "at": note(number)}], number, **chance.choice(WAYS))
    path = tmp_path / "moods.jsonl"
    before = [json.dumps(row, ensure_ascii=chance.random() < 0.5) for row in data]
    path.write_text("\n".join(before) + "\n")
    odd = {one.ref.line for one in ftprep.lint(path, isolated=True, select="FMT001").findings}
    report = ftprep.fix(path, unsafe=True, isolated=True, select="FMT001")
    once = path.read_text()
    assert not report.findings
    for number, (old, new) in enumerate(zip(before, once.splitlines(), strict=True), 1):
        assert (old == new) == (number not in odd)
    ftprep.fix(path, unsafe=True, isolated=True, select="FMT001")
    assert path.read_text() == once
    said = [json.loads(json.loads(line)["messages"][-1]["content"])["mood"].strip() for line in once.splitlines()]
    assert len(set(said)) == 3


def mixed_file() -> list[Row]:
    data = answers(90)
    data[5]["mood"] = "Angry"
    data[60]["mood"] = "calm."
    return rows(data) + rows([{"mood": "angry", "case": "y"}]) + rows([{"mood": "bored", "case": "z"}], 99)


def test_any_cut_gives_the_same_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "moods.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in mixed_file()))
    whole = list(ftprep.lint(path, isolated=True, select=SELECT, jobs=1).findings)
    assert sorted(one.code for one in whole) == ["BAL002", "CON001", "FMT001", "FMT001"]
    for size in (7_000, 2_000):
        monkeypatch.setattr(chunk, "BLOCK_BYTES", size)
        for jobs in (1, 2):
            assert list(ftprep.lint(path, isolated=True, select=SELECT, jobs=jobs).findings) == whole


def test_the_order_of_files_changes_no_finding(tmp_path: Path) -> None:
    paths = []
    for number in range(3):
        paths.append(tmp_path / f"moods_{number}.jsonl")
        paths[-1].write_text("".join(json.dumps(row) + "\n" for row in mixed_file()[number::3]))
    seen = set()
    for order in permutations(paths):
        report = ftprep.lint(list(order), isolated=True, select="BAL,FMT001")
        seen.add(
            tuple(sorted((report.inputs[one.ref.file].name, one.ref.line, one.message) for one in report.findings))
        )
    assert len(seen) == 1


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=30,
)


@given(st.dictionaries(st.text(max_size=3), values, min_size=1, max_size=4))
def test_leaves_stand_where_they_say(data: dict[str, Any]) -> None:
    found = leaves(data)
    assert len(found) <= MOST_LEAVES
    assert len({leaf.place for leaf in found}) == len(found)
    for leaf in found:
        value = resolve(data, leaf.place)
        assert value == leaf.value
        assert leaf.place.count("/") == leaf.field.count("/")
        assert text_of(value) == (value if isinstance(value, str) else json.dumps(value))


@given(
    st.sampled_from(["", "```\n", "~~~json\n", "<think>x</think> "]), st.sampled_from(["", "\n```", "\n~~~", " </s>"])
)
def test_json_is_found_in_its_answer(before: str, after: str) -> None:
    answer = f'{before}{{"a": [1, "b"]}}{after}'
    start, end = json_span(answer)
    assert json.loads(answer[start:end]) == {"a": [1, "b"]} == json_of(answer)
