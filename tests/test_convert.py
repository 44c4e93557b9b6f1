"""What becomes of rows on the way: calls, ids, system prompts, thoughts, flags, files, columns."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas
import pytest

import ftprep
from ftprep.errors import InputError, UsageError

Row = dict[str, Any]
TOOL: Row = {
    "type": "function",
    "function": {
        "name": "tide",
        "description": "Height of the tide",
        "parameters": {"type": "object", "properties": {}},
    },
}


def turn(role: str, content: Any, **more: Any) -> Row:
    return {"role": role, "content": content, **more}


def call(arguments: Any, id: str = "c1", name: str = "tide") -> Row:
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def one(row: Row, to: str, **options: Any) -> tuple[Row, list[str]]:
    """The row written, and what was lost."""
    found = ftprep.convert([row], to=to, **options)
    assert found.rows is not None
    assert found.refused == ()
    return found.rows[0], [str(note) for note in found.losses]


ASKED: Row = {
    "messages": [
        turn("system", "Be brief."),
        turn("user", "Tides?"),
        turn("assistant", None, tool_calls=[call('{"pier": "east"}', "a"), call('{"pier": "west"}', "b")]),
        turn("tool", "low", tool_call_id="b"),
        turn("tool", '{"height": 3}', tool_call_id="a"),
        turn("assistant", "High and low."),
    ],
    "tools": [TOOL],
}


# --- calls of tools ---------------------------------------------------------------------------------------------------


def test_arguments_are_a_string_or_an_object_as_the_target_reads_them() -> None:
    row, lost = one(ASKED, "trl")
    assert [one["function"]["arguments"] for one in row["messages"][2]["tool_calls"]] == [
        {"pier": "east"},
        {"pier": "west"},
    ]
    assert lost == []
    back, _ = one(row, "openai")
    assert back["messages"][2]["tool_calls"][0]["function"]["arguments"] == '{"pier":"east"}'
    same, _ = one(ASKED, "openai")
    assert same == ASKED, "text that is JSON already stays as it is, character by character"


def test_trl_gets_the_names_of_tools_with_their_results() -> None:
    row, _ = one({**ASKED, "tools": [TOOL]}, "trl")
    assert [one.get("name") for one in row["messages"]] == [None, None, None, "tide", "tide", None]


def test_ids_are_written_as_the_target_wants_them_and_results_follow() -> None:
    row, _ = one(ASKED, "mistral")
    calls = row["messages"][2]["tool_calls"]
    assert all(re.fullmatch("[a-zA-Z0-9]{9}", one["id"]) for one in calls)
    assert len({one["id"] for one in calls}) == 2
    assert [one["tool_call_id"] for one in row["messages"][3:5]] == [calls[1]["id"], calls[0]["id"]]
    assert one(ASKED, "mistral")[0] == row, "the same in every run"


def test_calls_without_ids_get_some_and_results_find_them_by_their_tool() -> None:
    calls = [call({"a": 1}, name="tide"), call({"b": 2}, name="wind")]
    for one_call in calls:
        del one_call["id"]
    row: Row = {
        "messages": [
            turn("user", "Both?"),
            turn("assistant", "", tool_calls=calls),
            turn("tool", "calm", name="wind"),
            turn("tool", "high", name="tide"),
            turn("assistant", "Calm and high."),
        ]
    }
    written, _ = one(row, "openai")
    ids = [one["id"] for one in written["messages"][1]["tool_calls"]]
    assert ids == ["call_1", "call_2"]
    assert [one["tool_call_id"] for one in written["messages"][2:4]] == ["call_2", "call_1"]


def test_results_stand_in_the_order_of_their_calls_where_only_that_tells_them_apart() -> None:
    row, lost = one(ASKED, "sharegpt")
    assert [(one["from"], one["value"]) for one in row["conversations"][2:4]] == [
        ("observation", '{"height": 3}'),
        ("observation", "low"),
    ]
    calls = json.loads(row["conversations"][1]["value"])
    assert calls == [{"name": "tide", "arguments": {"pier": "east"}}, {"name": "tide", "arguments": {"pier": "west"}}]
    assert json.loads(row["tools"]) == [TOOL["function"]]
    assert row["system"] == "Be brief."
    assert lost == []


def test_legacy_function_calls_become_calls_of_tools() -> None:
    row: Row = {
        "messages": [
            turn("user", "Tide?"),
            turn("assistant", None, function_call={"name": "tide", "arguments": "{}"}),
            {"role": "function", "name": "tide", "content": "high"},
            turn("assistant", "High."),
        ],
        "functions": [{"name": "tide", "parameters": {"type": "object", "properties": {}}}],
    }
    written, lost = one(row, "openai")
    assert written["messages"][1]["tool_calls"] == [call("{}", "call_1")]
    assert written["messages"][2] == {"role": "tool", "content": "high", "tool_call_id": "call_1", "name": "tide"}
    assert written["tools"][0]["function"]["name"] == "tide"
    assert "functions" not in written
    assert lost == []


def test_arguments_that_are_no_json_stay_text_and_are_no_object() -> None:
    row: Row = {"messages": [turn("user", "Tide?"), turn("assistant", None, tool_calls=[call("{pier: east")])]}
    assert one(row, "openai")[0]["messages"][1]["tool_calls"][0]["function"]["arguments"] == "{pier: east"
    (refused,) = ftprep.convert([row], to="trl").refused
    assert refused == ("<list>", 1, "the arguments of a call are no JSON object, and trl wants one")


def test_no_digit_of_a_number_is_lost() -> None:
    number = 123456789012345678901234567890
    row: Row = {
        "messages": [turn("user", "?"), turn("assistant", None, tool_calls=[call(f'{{"n": {number}}}')])],
        "id": number,
    }
    written, _ = one(row, "trl")
    assert written["messages"][1]["tool_calls"][0]["function"]["arguments"] == {"n": number}
    assert written["id"] == number


def test_tools_get_the_fields_that_the_target_demands() -> None:
    bare: Row = {"type": "function", "function": {"name": "tide"}}
    found = ftprep.convert([{**ASKED, "tools": [bare]}], to="mistral")
    assert found.rows is not None
    assert found.rows[0]["tools"][0]["function"] == {
        "name": "tide",
        "description": "",
        "parameters": {"type": "object", "properties": {}},
    }
    assert "an empty `description`: 1 tool" in [str(one) for one in found.changes]


def test_bedrock_and_gemini_have_calls_and_results_in_blocks_of_their_own() -> None:
    row, lost = one(ASKED, "nova")
    assert row["system"] == [{"text": "Be brief."}]
    assert [one["role"] for one in row["messages"]] == ["user", "assistant", "user", "assistant"]
    assert row["messages"][1]["content"][0] == {
        "toolUse": {"toolUseId": "a", "name": "tide", "input": {"pier": "east"}}
    }
    assert [one["toolResult"]["toolUseId"] for one in row["messages"][2]["content"]] == ["a", "b"]
    assert row["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"] == TOOL["function"]["parameters"]
    assert lost == []
    row, lost = one(ASKED, "gemini")
    assert row["systemInstruction"] == {"parts": [{"text": "Be brief."}]}
    assert [one["role"] for one in row["contents"]] == ["user", "model", "user", "model"]
    assert row["contents"][2]["parts"] == [
        {"functionResponse": {"name": "tide", "response": {"height": 3}}},
        {"functionResponse": {"name": "tide", "response": {"output": "low"}}},
    ]
    assert lost == []


# --- turns ------------------------------------------------------------------------------------------------------------


def test_the_system_prompt_stands_where_the_target_has_it() -> None:
    row: Row = {"messages": [turn("system", "Be brief."), turn("user", "Hi"), turn("assistant", "Hello!")]}
    assert one(row, "claude-bedrock")[0] == {"system": "Be brief.", "messages": row["messages"][1:]}
    assert one(row, "alpaca")[0] == {"system": "Be brief.", "instruction": "Hi", "input": "", "output": "Hello!"}
    written, lost = one(row, "prompt-completion")
    assert written == {"prompt": "Be brief.\n\nHi", "completion": "Hello!"}
    assert lost == ["the role of the system prompt, which joined the question: 1 row"]
    assert one({"system": "Be brief.", "messages": row["messages"][1:]}, "openai")[0] == row


def test_sides_take_turns_where_the_target_wants_that() -> None:
    row: Row = {
        "messages": [turn("user", "Hi"), turn("user", "There?"), turn("assistant", "Yes."), turn("assistant", "Hello!")]
    }
    found = ftprep.convert([row], to="claude-bedrock")
    assert found.rows == [{"messages": [turn("user", "Hi\n\nThere?"), turn("assistant", "Yes.\n\nHello!")]}]
    assert [str(note) for note in found.changes] == ["joined to the turn before: 2 messages"]
    assert one(row, "openai")[0] == row
    assert one(row, "together")[0] == row, "a warning about an old client is no reason to change turns"
    assert [turn["role"] for turn in one(row, "azure")[0]["messages"]] == ["user", "user", "assistant"]


def test_the_model_decides_where_a_target_has_several() -> None:
    row: Row = {"messages": [turn("user", "6*7?"), turn("assistant", "42", reasoning_content="Six sevens.")]}
    assert one(row, "nova", model="nova-2-lite")[1] == []
    assert one(row, "nova", model="nova-lite")[1] == ["the thoughts: 1 message"]
    plain: Row = {"messages": [turn("user", "6*7?"), turn("assistant", "42")]}
    assert one(plain, "bedrock-llama", model="llama-3.1-8b")[0] == {"prompt": "6*7?", "completion": "42"}
    assert "schemaVersion" in one(plain, "bedrock-llama", model="llama-3.3")[0]


def test_thoughts_stand_where_the_target_has_them_or_are_lost() -> None:
    row: Row = {"messages": [turn("user", "6*7?"), turn("assistant", "42", reasoning_content="Six sevens.")]}
    assert one(row, "together")[0]["messages"][1]["reasoning"] == "Six sevens."
    assert one(row, "nova")[0]["messages"][1]["content"] == [
        {"reasoningContent": {"reasoningText": {"text": "Six sevens."}}},
        {"text": "42"},
    ]
    inline = "<think>\nSix sevens.\n</think>\n\n42"
    assert one(row, "llamafactory")[0]["messages"][1]["content"] == inline
    assert one(row, "alpaca")[0]["output"] == inline
    for target in ("openai", "azure", "gemini", "mistral"):
        assert one(row, target)[1] == ["the thoughts: 1 message"], target
    said: Row = {"instruction": "6*7?", "output": inline}
    assert one(said, "together")[0]["messages"][1] == turn("assistant", "42", reasoning="Six sevens.")
    assert one(said, "openai")[0]["messages"][1]["content"] == inline, "what stood in the text stays there"


def test_what_is_not_trained_is_said_by_the_key_that_the_target_reads() -> None:
    row: Row = {
        "messages": [
            turn("user", "Hi"),
            turn("assistant", "Hm.", weight=0),
            turn("user", "Hi!"),
            turn("assistant", "Hello!", weight=1),
        ]
    }
    assert one(row, "openai")[0] == row
    written, lost = one(row, "axolotl")
    assert [one.get("train") for one in written["messages"]] == [None, False, None, True]
    assert lost == []
    assert one(row, "trl")[1] == ["the exclusion from training: 1 message"]
    written, lost = one(row, "trl-prompt-completion-conv")
    assert (len(written["prompt"]), len(written["completion"])) == (3, 1)
    assert lost == []
    assert one(written, "openai-chat")[0]["messages"][1]["weight"] == 0


def test_a_prompt_and_its_completion_hold_the_training_of_one_answer() -> None:
    row: Row = {"messages": [turn("user", "a"), turn("assistant", "b"), turn("user", "c"), turn("assistant", "d")]}
    assert one(row, "trl-prompt-completion-conv")[1] == ["the training of an earlier answer: 1 message"]


def test_files_are_addressed_as_the_target_addresses_them() -> None:
    def shown(url: str) -> Row:
        image = {"type": "image_url", "image_url": {"url": url}}
        text = {"type": "text", "text": "Which fruit?"}
        return {"messages": [turn("user", [image, text]), turn("assistant", "A pear.")]}

    row, lost = one(shown("gs://b/pear.png"), "gemini")
    assert row["contents"][0]["parts"][0] == {"fileData": {"mimeType": "image/png", "fileUri": "gs://b/pear.png"}}
    row, _ = one(shown("s3://b/pear.jpg"), "nova")
    assert row["messages"][0]["content"][0] == {
        "image": {"format": "jpeg", "source": {"s3Location": {"uri": "s3://b/pear.jpg"}}}
    }
    row, _ = one(shown("pear.png"), "trl")
    assert (row["messages"][0]["content"][0], row["images"]) == ({"type": "image"}, ["pear.png"])
    row, _ = one(shown("pear.png"), "sharegpt")
    assert (row["conversations"][0]["value"], row["images"]) == ("<image>Which fruit?", ["pear.png"])
    assert one(row, "openai-chat")[0] == shown("pear.png")
    reasons = [
        ftprep.convert([shown("s3://b/pear.png")], to=to).refused[0].reason for to in ("openai", "gemini", "alpaca")
    ]
    assert reasons == [
        "an image at an address that openai does not read",
        "an image at an address outside gs://, the only one that Gemini reads",
        "alpaca has no place for an image in a message",
    ]
    assert lost == []


# --- pairs, judgements, tasks, labels ---------------------------------------------------------------------------------

PAIR: Row = {
    "input": {"messages": [turn("user", "Name a prime above 20.")]},
    "preferred_output": [turn("assistant", "23")],
    "non_preferred_output": [turn("assistant", "21, probably.")],
}


@pytest.mark.parametrize(
    ("to", "row"),
    [
        (
            "trl",
            {
                "prompt": [turn("user", "Name a prime above 20.")],
                "chosen": [turn("assistant", "23")],
                "rejected": [turn("assistant", "21, probably.")],
            },
        ),
        (
            "hh-rlhf",
            {
                "chosen": "\n\nHuman: Name a prime above 20.\n\nAssistant: 23",
                "rejected": "\n\nHuman: Name a prime above 20.\n\nAssistant: 21, probably.",
            },
        ),
        (
            "llamafactory",
            {
                "conversations": [{"from": "human", "value": "Name a prime above 20."}],
                "chosen": {"from": "gpt", "value": "23"},
                "rejected": {"from": "gpt", "value": "21, probably."},
            },
        ),
    ],
)
def test_preferences_in_other_dialects(to: str, row: Row) -> None:
    assert one(PAIR, to) == (row, [])
    assert one(row, "openai") == (PAIR, [])


def test_a_transcript_that_would_read_otherwise_is_refused() -> None:
    row = {**PAIR, "preferred_output": [turn("assistant", "23\n\nHuman: and 29?")]}
    (refused,) = ftprep.convert([row], to="hh-rlhf").refused
    assert refused.reason == "a text that holds `Human:` or `Assistant:` at the start of a paragraph"


def test_a_pair_becomes_an_answer_or_two_judgements() -> None:
    assert one(PAIR, "openai-chat") == (
        {"messages": [turn("user", "Name a prime above 20."), turn("assistant", "23")]},
        ["the rejected answer: 1 row"],
    )
    found = ftprep.convert([PAIR], to="trl-kto")
    assert found.rows == [
        {"prompt": "Name a prime above 20.", "completion": "23", "label": True},
        {"prompt": "Name a prime above 20.", "completion": "21, probably.", "label": False},
    ]
    assert (found.read, found.written) == (1, 2)


def test_unwanted_answers_are_nothing_to_learn() -> None:
    rows = [{"prompt": "5*5?", "completion": text, "label": wanted} for text, wanted in (("25", True), ("30", False))]
    found = ftprep.convert(rows, to="openai-chat")
    assert found.rows == [{"messages": [turn("user", "5*5?"), turn("assistant", "25")]}]
    assert [(one.line, one.reason) for one in found.refused] == [
        (2, "an answer that is not wanted is nothing to learn")
    ]


def test_tasks_keep_every_column_a_grader_may_read() -> None:
    row: Row = {"messages": [turn("user", "3*4?")], "answer": 12, "unit": "m"}
    assert one(row, "gemini")[0] == {
        "contents": [{"role": "user", "parts": [{"text": "3*4?"}]}],
        "references": {"answer": "12", "unit": "m"},
    }
    assert one(row, "nova")[0] == {"messages": row["messages"], "reference_answer": "12", "unit": "m"}
    assert one(row, "verl")[0] == {
        "data_source": "unnamed",
        "prompt": row["messages"],
        "reward_model": {"style": "rule", "ground_truth": "12"},
        "extra_info": {"unit": "m"},
    }
    assert one(row, "verifiers")[0] == {"question": "3*4?", "answer": "12", "info": {"unit": "m"}}
    assert one(row, "trl")[0] == {"prompt": row["messages"], "answer": 12, "unit": "m"}


def test_worked_answers_may_be_learnt_or_compared_with() -> None:
    row = {"question": "3*4?", "answer": "3 * 4 = 12\n#### 12"}
    assert one(row, "openai")[0] == {"messages": [turn("user", "3*4?")], "answer": row["answer"]}
    assert one(row, "openai-chat")[0] == {"messages": [turn("user", "3*4?"), turn("assistant", row["answer"])]}
    assert one(row, "together")[0] == one(row, "openai-chat")[0], "a platform without a grader learns them"


def test_worked_solutions_of_problems_are_learnt_and_answers_compared_with() -> None:
    row = {"problem": "3*4?", "solution": "3 * 4 = \\boxed{12}", "answer": "12"}
    assert one(row, "openai-chat")[0]["messages"][1] == turn("assistant", row["solution"])
    assert one({"problem": "3*4?", "answer": "12"}, "openai-chat")[0]["messages"][1] == turn("assistant", "12")
    assert one(row, "verl")[0]["reward_model"]["ground_truth"] == "12"
    assert one({"question": "3*4?", "answer": "12"}, "math-problem")[0] == {"problem": "3*4?", "answer": "12"}


def test_labels_are_answers_of_a_model_or_classes_of_a_head() -> None:
    row = {"text": "My card is gone.", "label": "lost_card"}
    assert one(row, "openai")[0]["messages"][1] == turn("assistant", "lost_card")
    assert one(row, "mistral")[0] == {"text": "My card is gone.", "labels": {"label": "lost_card"}}
    named = {"text": "My card is gone.", "labels": {"intent": "lost_card"}}
    written, lost = one(named, "openai")
    assert written["messages"][1] == turn("assistant", "lost_card")
    assert lost == ["the name of the labels: 1 row"]


# --- columns ----------------------------------------------------------------------------------------------------------


def test_columns_stay_where_the_target_ignores_them_and_are_counted_where_not() -> None:
    row: Row = {"messages": [turn("user", "Hi"), turn("assistant", "Hello!")], "id": 7, "source": "own"}
    assert one(row, "trl") == (row, [])
    written, lost = one(row, "openai")
    assert written == {"messages": row["messages"]}
    assert lost == ["column `id`: 1 row", "column `source`: 1 row"]


def test_a_column_that_would_make_it_another_format_is_left_out_and_counted() -> None:
    row: Row = {"messages": [turn("user", "Hi"), turn("assistant", "Hello!")], "prompt": "Hi", "id": 7}
    written, lost = one(row, "sharegpt")
    assert written["id"] == 7
    assert written == {"conversations": written["conversations"], "id": 7, **({"prompt": "Hi"} if not lost else {})}
    judged: Row = {"prompt": "5*5?", "completion": "25", "label": "arithmetic"}
    assert one(judged, "alpaca")[0]["output"] == "25"


def test_what_a_row_says_to_ftprep_itself_is_not_written() -> None:
    row: Row = {"messages": [turn("user", "Hi"), turn("assistant", "Hello!")], "_ftprep": {"ignore": ["TXT"]}}
    assert one(row, "trl")[0] == {"messages": row["messages"]}


def test_columns_are_renamed_and_rows_without_a_system_prompt_get_one() -> None:
    frame = pandas.DataFrame({"q": ["Hi", "Bye"], "a": ["Hello!", "See you."], "n": [1, 2]})
    found = ftprep.convert(frame, to="openai", map="prompt=q,completion=a", system="Be brief.")
    assert found.rows is not None
    assert found.rows[1]["messages"] == [
        turn("system", "Be brief."),
        turn("user", "Bye"),
        turn("assistant", "See you."),
    ]
    assert [str(note) for note in found.losses] == ["column `n`: 2 rows"]
    taken = [{"q": "Hi", "a": "Hello!", "prompt": "Say hello"}]
    found = ftprep.convert(taken, to="trl", map="prompt=q,completion=a")
    assert found.rows == [{"prompt": "Hi", "completion": "Hello!"}]
    assert [str(note) for note in found.losses] == ["column `prompt`, whose name another one gets: 1 row"]
    nested = [{"data": {"q": "Hi", "lang": "en"}, "a": "Hello!"}]
    found = ftprep.convert(nested, to="trl", map={"prompt": "/data/q", "completion": "a"})
    assert found.rows == [{"prompt": "Hi", "completion": "Hello!", "data": {"lang": "en"}}]
    nested = [{"data": {"q": "Hi"}, "a": "Hello!"}]
    found = ftprep.convert(nested, to="openai", map={"prompt": "/data/q", "completion": "a"})
    assert found.rows == [{"messages": [turn("user", "Hi"), turn("assistant", "Hello!")]}]


def test_a_system_prompt_of_its_own_is_kept() -> None:
    row: Row = {"messages": [turn("system", "Be long."), turn("user", "Hi"), turn("assistant", "Hello!")]}
    found = ftprep.convert([row], to="openai", system="Be brief.")
    assert found.rows == [row]
    assert [str(note) for note in found.changes] == ["a system prompt of its own kept: 1 row"]


# --- what cannot be ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ([PAIR], {"to": "mistral"}, "mistral is not trained with preferences (openai-preference); nearest: "
         "`--to openai-chat`, which keeps the chosen answers alone"),
        ([PAIR], {"to": "verl"}, "openai-preference holds preferences, and verl tasks for a grader; nearest: "
         "`--to openai-preference`"),
        ([PAIR], {"to": "opnai"}, "`opnai` is neither a target nor a format; did you mean `openai`?"),
        ([PAIR], {"to": "tokenized"}, "`tokenized` cannot be written: tokens are no texts without the tokenizer that "
         "made them; nearest: `--to plain-text`"),
        ([{"text": "Rain."}], {"to": "openai"}, "openai is not trained with plain texts (plain-text); "
         "targets that are: axolotl, llamafactory, mistral, together, trl, unsloth"),
        ([{"text": "Rain."}], {"to": "plain-text", "system": "x"}, "--system: rows of plain-text have no turns"),
        ([{"a": 1}], {"to": "openai"}, "`<list>` has rows of no known format (keys `a`); name the format by --format, "
         "or columns by --map"),
        ([{"a": 1}], {"to": "openai", "map": "prompt=b"}, "--map: no row of `<list>` has a column `b`; it has a"),
        ([PAIR], {"to": "openai", "map": "prompt"}, "--map: `prompt` is no `name=column`"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_sentence(rows: list[Row], options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        ftprep.convert(rows, **options)
    assert str(caught.value) == message


def test_two_formats_that_are_as_likely_are_asked_for() -> None:
    row: Row = {"prompt": [turn("user", "Hi")], "completion": [turn("assistant", "Hello!")], "label": 1}
    with pytest.raises(UsageError) as caught:
        ftprep.convert([row], to="trl")
    assert str(caught.value) == (
        "`<list>` may be trl-kto-conv (0.80) or trl-prompt-completion-conv (0.80); say which by --format"
    )
    assert one(row, "trl", format="trl-kto-conv")[0] == {**row, "label": True}
    with pytest.raises(InputError):
        ftprep.convert("no/such/file.jsonl", to="openai")


def test_with_strict_a_loss_raises_and_nothing_is_written(tmp_path: Path) -> None:
    row: Row = {"messages": [turn("user", "Hi"), turn("assistant", "Hello!")], "id": 7}
    with pytest.raises(ftprep.LossyConversion, match="column `id`: 1 row"):
        ftprep.convert([row], to="openai", strict=True, output=tmp_path / "out.jsonl")
    assert list(tmp_path.iterdir()) == []
    assert ftprep.convert([row], to="trl", strict=True).rows == [row]
