"""Which format a file has, and which rows of it are of another."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from row_strategies import ROUGH_ROWS, VALID_ROWS

from ftprep.formats.detect import detect, foreign_format, matches
from ftprep.formats.format import all_formats, format_named

USER = {"role": "user", "content": "Hi"}
ASSISTANT = {"role": "assistant", "content": "Hello!"}
SFT = {"messages": [USER, ASSISTANT]}
PROMPT = {"messages": [USER]}
TASK = {"messages": [USER], "answer": "7"}
ALPACA = {"instruction": "Greet me.", "input": "", "output": "Hello!"}


@pytest.mark.parametrize("name", list(all_formats()))
@settings(max_examples=20)
@given(data=st.data())
def test_a_file_of_valid_rows_has_their_format(name: str, data: st.DataObject) -> None:
    rows = data.draw(st.lists(VALID_ROWS[name], min_size=1, max_size=2))
    found = detect(rows)
    assert found.format == name
    assert 0 < found.confidence <= 1
    assert all(0 < other.confidence <= found.confidence for other in found.alternatives)
    assert {other.name for other in found.alternatives} <= set(all_formats()) - {name}
    assert all(f" of {len(rows)} sampled rows: " in reason for reason in found.reasons)


@pytest.mark.parametrize("name", list(all_formats()))
def test_a_few_other_rows_change_nothing(name: str) -> None:
    own = dict(all_formats()[name].example)
    others = [dict(one.example) for one in all_formats().values()][:4]
    found = detect([*[own] * 20, *others, {"no": "shape"}])
    assert found.format == name
    assert found.confidence <= 0.85
    assert "1 has no known shape" in found.reasons


OTHER_SHAPES: dict[str, dict[str, Any]] = {
    "LLaMA-Factory preference blocks": {"chosen_messages": [USER, ASSISTANT], "rejected_messages": [USER, ASSISTANT]},
    "UltraFeedback": {"instruction": "Hi", "models": ["a"], "completions": [{"model": "a", "response": "Hello"}]},
    "splits in one object": {"oos_val": [["set a timer", "timer"]]},
    "answer to a prompt": {"prompt": "Hi", "response": "Hello"},
}


@pytest.mark.parametrize("row", [pytest.param(row, id=name) for name, row in OTHER_SHAPES.items()])
def test_other_shapes_are_unknown(row: dict[str, Any]) -> None:
    assert matches(row) == []
    found = detect([row] * 3)
    assert (found.format, found.confidence, found.alternatives) == (None, 0.0, ())
    assert found.keys == tuple(key for key in row if row[key] is not None)


def test_near_formats_of_an_unknown_one() -> None:
    assert detect([{"INSTRUCTION": 1, "RESPONSE": "Hello"}]).nearest[0] == "axolotl-oasst"
    assert detect([{"instruction": "Hi", "outputs": "Hello"}]).nearest[0] == "axolotl-gpteacher"
    assert "openai-chat" in detect([{"messages": 1, "tools": 2}]).nearest
    assert detect([{"no": "shape"}]).nearest == ()
    # the shared keys decide, not their number: two of two before two of three
    assert detect([{"prompt": 1, "completion": 2}]).nearest[0] == "prompt-completion"
    assert len(detect([{"prompt": 1, "completion": 2}]).nearest) == 3


def test_no_rows() -> None:
    found = detect([])
    assert (found.format, found.reasons, found.keys) == (None, ("there are no rows to look at",), ())


def test_chance_hits_do_not_make_a_format() -> None:
    rows = [{"text": "lights off", "device": "lamp"}] * 19 + [{"text": "lights on"}]
    assert detect(rows).format is None
    assert detect(rows).reasons == ("1 of 20 sampled rows have a known shape",)


# --- prompts, or answers that are missing ---------------------------------------------------------------------------


def test_rows_without_answers_and_with_a_column_for_the_grader_are_prompts() -> None:
    found = detect([TASK] * 19 + [SFT])
    assert found.format == "openai-rft"
    assert found.alternatives == ()


@pytest.mark.parametrize("key", ["solution", "answer", "nums"])
def test_any_column_may_be_the_graders(key: str) -> None:
    assert detect([{"messages": [USER], key: "7"}] * 10).format == "openai-rft"
    assert detect([{"messages": [USER], key: {"answer": 7}, "tools": []}] * 10).format == "openai-rft"


def test_missing_answers_do_not_make_prompts() -> None:
    found = detect([SFT] * 8 + [TASK] * 2)
    assert found.format == "openai-chat"
    assert "2 of 10 rows of messages have no answer" in found.reasons
    assert detect([PROMPT] * 10).format == "openai-chat"


def test_prompts_that_share_no_column_are_answers_that_are_missing() -> None:
    rows = [{"messages": [USER], f"note{number}": "x"} for number in range(10)]
    found = detect(rows)
    assert found.format == "openai-chat"
    assert "10 of 10 rows of messages have no answer, and they share no column for a grader" in found.reasons


def test_metadata_is_nothing_to_grade_by() -> None:
    assert detect([{"messages": [USER], "id": 3, "source": "own"}] * 10).format == "openai-chat"


def test_doubt_between_prompts_and_missing_answers_is_an_alternative() -> None:
    found = detect([TASK] * 8 + [SFT] * 2)
    assert found.format == "openai-chat"
    assert [other.name for other in found.alternatives] == ["openai-rft"]
    assert detect([SFT] * 9 + [TASK]).alternatives == ()


def test_a_label_of_0_or_1_may_be_metadata() -> None:
    found = detect([{"prompt": "a", "completion": "b", "label": 1}] * 3)
    assert (found.format, found.confidence) == ("trl-kto", 0.8)
    assert found.alternatives == (("prompt-completion", 0.4),)


# --- tasks ----------------------------------------------------------------------------------------------------------

GSM8K = {"question": "2 + 3?", "answer": "It is 5.\n#### 5"}
QA = {"question": "2 + 3?", "answer": "5"}
LIST = {"prompt": [USER]}


@pytest.mark.parametrize(
    ("row", "expected", "others"),
    [
        ({**PROMPT, "ground_truth": "7"}, "rlvr-generic", ["openai-rft"]),
        ({**PROMPT, "ground_truth": ["7"], "dataset": "gsm8k"}, "rlvr-generic", ["openai-rft"]),
        ({**LIST, "ground_truth": "7"}, "rlvr-generic", ["trl-prompt-only-conv"]),
        ({"prompt": "Hi", "ground_truth": 7}, "rlvr-generic", ["trl-prompt-only"]),
        ({**PROMPT, "ground_truth": "7", "reference_answer": "7"}, "nova-rft", ["openai-rft"]),
        ({**SFT, "ground_truth": "7"}, "openai-chat", []),
        ({**LIST, "answer": "7"}, "trl-prompt-only-conv", ["verifiers"]),
        ({**LIST, "answer": "7", "task": "sums"}, "trl-prompt-only-conv", ["verifiers"]),
        ({**LIST, "info": {"n": 7}}, "verifiers", []),
        ({"question": "Hi", "info": '{"n": 7}'}, "verifiers", []),
        (QA, "qa", ["verifiers"]),
        ({**QA, "options": ["5", "6"]}, "qa", ["verifiers"]),
        (GSM8K, "gsm8k", ["qa", "verifiers"]),
        ({"problem": "2 + 3?", "solution": "It is \\boxed{5}.", "level": "1"}, "math-problem", []),
        ({"problem": "2 + 3?", "answer": 5, "source": "aime"}, "math-problem", []),
        ({"problem": "2 + 3?", "solution": "5", "messages": SFT["messages"]}, "openai-chat", []),
        ({"problem": "Double it.", "solution": "5", "verification_info": "{}"}, "openr1-code", []),
        ({"problem": "2 + 3?"}, None, []),
        ({"question": "2 + 3?", "input_output": "", "solutions": ""}, "apps", []),
        ({"prompt": "Write f.", "test_list": [], "code": "pass"}, "mbpp", []),
        ({"text": "<|im_start|>user\nHi<|im_end|>", "id": 3}, "plain-text-prerendered", []),
        ({"text": "The token <|im_start|> opens a turn.<|endoftext|>"}, "plain-text", []),
        ({"text": "The ferry left at noon.", "weight": 0.5}, "plain-text", []),
        ({"content": "The ferry left at noon."}, "mistral-content", []),
        ({"content": "The ferry left at noon.", "source": "log"}, "mistral-content", []),
        ({"content": "The ferry left at noon.", "role": "user"}, None, []),
        ({"content": "The ferry left at noon.", "label": "news"}, None, []),
        ({"input": "Hi", "output": "Ho", "id": 3}, "input-output-pair", []),
        ({"input": "Hi", "output": "Ho", "label": True}, None, []),
        ({"data_source": "a", "reward_model": {"style": "model"}, "prompt": [USER]}, "verl", []),
        ({"data_source": "a", "reward_model": "b", "prompt": [USER]}, None, []),
        ({"input_ids": [[1, 2]]}, "tokenized", []),
        ({"question": {"problem": "2 + 3?"}, "label": {"steps": []}}, "prm800k", []),
        ({"context": [USER], "completions": [{"model": "a", "response": "Hi"}]}, None, []),
    ],
)
def test_tasks(row: dict[str, Any], expected: str | None, others: list[str]) -> None:
    found = detect([row] * 5)
    assert (found.format, [one.name for one in found.alternatives]) == (expected, others)


def test_one_answer_without_its_mark_leaves_the_file_what_it_is() -> None:
    assert detect([GSM8K] * 9 + [QA]).format == "gsm8k"
    assert detect([GSM8K] + [QA] * 9).format == "qa"


def test_ground_truth_beside_answers_makes_no_prompts() -> None:
    truth = {"ground_truth": "7"}
    found = detect([{**SFT, **truth}] * 8 + [{**PROMPT, **truth}] * 2)
    assert found.format == "openai-chat"
    assert detect([{**SFT, **truth}] + [{**PROMPT, **truth}] * 9).format == "rlvr-generic"


# --- null keys ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(all_formats()))
def test_null_keys_are_absent(name: str) -> None:
    keys = ("messages", "prompt", "completion", "chosen", "rejected", "label", "images", "kto_tag", "text", "input")
    row = {**dict.fromkeys(keys), **all_formats()[name].example}
    assert detect([row] * 3).format == name
    assert None not in [row.get(key) for key in detect([row]).keys]


# --- rows of another format -----------------------------------------------------------------------------------------


def foreign(file: str, row: dict[str, Any]) -> str | None:
    return foreign_format(format_named(file), row)


@pytest.mark.parametrize("file", list(all_formats()))
@pytest.mark.parametrize("row", list(all_formats()))
def test_valid_rows_of_other_formats_are_foreign(file: str, row: str) -> None:
    """Each row is foreign in every other file, unless it only lacks what the file's rows have."""
    own = format_named(file)
    other = dict(format_named(row).example)
    if file == row or own.match(other) is not None or row in own.incomplete:
        assert foreign(file, other) is None
        assert file == row or {file, row} <= {"openai-chat", "openai-rft", "rlvr-generic"} or row in own.incomplete
    else:
        assert foreign(file, other) == row


def test_formats_named_as_incomplete_exist() -> None:
    for one in all_formats().values():
        assert one.incomplete <= set(all_formats()) - {one.name}


BROKEN_BUT_OWN = [
    ("openai-chat", PROMPT),
    ("openai-chat", TASK),
    ("openai-chat", {"messages": []}),
    ("openai-chat", {"messages": [{"role": "user", "content": 5}]}),
    ("openai-chat", {"messages": "Hi"}),
    ("openai-chat", {"messages": [USER, ASSISTANT], "weight": 0.5}),
    ("openai-chat", {"messages": [USER, ASSISTANT], "system": "Be brief."}),
    ("openai-chat", {"message": [USER]}),
    ("openai-chat", {}),
    ("openai-rft", {"messages": [{"role": "user", "content": 5}], "answer": "7"}),
    ("openai-rft", {"messages": [{"role": "user", "content": 5}, ASSISTANT], "answer": "7"}),
    ("openai-rft", {"messages": [{"role": "user"}]}),
    ("openai-preference", {"input": {"messages": [USER]}, "preferred_output": [ASSISTANT]}),
    ("openai-preference", {"input": "Hi", "preferred_output": [ASSISTANT], "non_preferred_output": [ASSISTANT]}),
    ("alpaca", {"instruction": "Hi"}),
    ("alpaca", {"instruction": "Hi", "output": 7}),
    ("prompt-completion", {"prompt": "Hi"}),
    ("trl-kto", {"prompt": "Hi", "completion": "Hello"}),
    ("trl-kto", {"prompt": "Hi", "completion": "Hello", "label": "yes"}),
    ("trl-preference-std", {"chosen": "a", "rejected": "b"}),
    ("trl-preference-std", {"prompt": "Hi"}),
    ("trl-preference-conv", {"prompt": [USER], "chosen": "a", "rejected": "b"}),
    ("trl-stepwise", {"prompt": "Hi", "completions": ["a"]}),
    ("sharegpt", {"conversations": [{"from": "human"}]}),
    ("plain-text", {"text": 7}),
]


@pytest.mark.parametrize(("file", "row"), BROKEN_BUT_OWN)
def test_a_broken_row_is_not_foreign(file: str, row: dict[str, Any]) -> None:
    assert foreign(file, row) is None


@pytest.mark.parametrize(
    ("file", "row", "expected"),
    [
        ("alpaca", TASK, "openai-rft"),
        ("trl-preference-conv", {"prompt": "Hi", "chosen": "a", "rejected": "b"}, "trl-preference-std"),
        ("trl-prompt-only", {"prompt": "Hi", "completion": "Hello"}, "prompt-completion"),
        ("prompt-completion", {"prompt": "Hi", "completion": "Hello", "label": True}, "trl-kto"),
        ("trl-preference-implicit-std", {"prompt": "Hi", "chosen": "a", "rejected": "b"}, "trl-preference-std"),
    ],
)
def test_a_row_of_a_wider_format_is_foreign_and_invalid(file: str, row: dict[str, Any], expected: str) -> None:
    """The shard asks only about rows that the schema refuses, so the schema must refuse these."""
    from ftprep.formats.validation import validator

    assert foreign(file, row) == expected
    assert not validator(file).isinstance_python(row)


def test_a_shard_tells_foreign_rows_from_broken_ones() -> None:
    from ftprep.io.chunk import line_chunk
    from ftprep.record import State
    from ftprep.settings import Settings
    from ftprep.shard import Shard

    rows = [SFT, ALPACA, PROMPT, TASK, {"messages": []}, {"what": 1}, {**SFT, "id": 1}, {**SFT, "id": None}]
    data = b"".join(orjson.dumps(row) + b"\n" for row in rows)
    shard = Shard(line_chunk(0, 0, data, 1, 0), format_named("openai-chat"), Settings())
    assert shard.foreign == {1: "alpaca"}
    sound, faulty = State.SOUND, State.FAULTY
    assert list(shard.state) == [sound, State.FOREIGN, sound, sound, faulty, faulty, sound, sound]
    assert {index: [error.code for error in errors] for index, errors in shard.schema_errors.items()} == {
        3: ["SCH002"],
        4: ["SCH007"],
        5: ["SCH001"],
        6: ["SCH002"],
    }


@given(rows=st.lists(ROUGH_ROWS, max_size=3))
def test_any_objects(rows: list[dict[str, Any]]) -> None:
    found = detect(rows)
    assert found.format is None or found.format in all_formats()
    for row in rows:
        assert [name for name, _ in matches(row)] == [name for name in all_formats() if name in dict(matches(row))]


def test_a_few_defective_rows_do_not_turn_tasks_into_conversations() -> None:
    task = {"messages": [{"role": "user", "content": "6 * 7?"}], "reference_answer": "42"}
    answered = {"messages": [*task["messages"], {"role": "assistant", "content": "42"}], "reference_answer": "42"}
    assert detect([task] * 10 + [answered] * 2).format == "nova-rft"
    assert detect([task] * 2 + [answered] * 10).format == "openai-chat"
