"""Control tokens of chat templates: found where they are commands, not where they are text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep.targets.target import all_targets
from ftprep.text.control_tokens import (
    ANCHORS,
    SURE_WORDS,
    families,
    families_of_model,
    find_tokens,
    is_about_templates,
    is_quoted,
)
from ftprep.text.rendered import is_rendered

TOKENS = sorted({token for family in families().values() for token in family.tokens})


def found(text: str, *own: str, answer: bool = True) -> list[str]:
    return [one.token for one in find_tokens(text, own, answer) if not one.quoted]


def test_every_token_holds_an_anchor() -> None:
    assert [token for token in TOKENS if not any(anchor in token for anchor in ANCHORS)] == []


def test_families_of_targets_exist() -> None:
    checks = [one for target in all_targets().values() for one in target.restrictions if one.check == "control-tokens"]
    assert checks
    assert {name for one in checks for name in one.value} <= set(families())


@pytest.mark.parametrize("token", TOKENS)
def test_each_token_counts_for_its_own_family(token: str) -> None:
    owners = [name for name, family in families().items() if token in family.tokens]
    text = f"Rain is likely. {token} More rain."
    sure = any(token in family.always for family in families().values())
    own = any(token in family.own for family in families().values())
    assert (found(text, *owners) == [token]) >= (sure or own)
    assert (found(text) == [token]) >= sure
    assert not (own and not sure and found(text))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The Nile.</s>", ["</s>"]),
        ("<s>The Nile.</s>", ["<s>"]),
        ("<s>12</s> now 9", []),
        ("<p><s>12</s></p>", []),
        ("<s>12</s>", ["<s>"]),
        ("<s> *.png", []),
        ("Press <s> to save", []),
        ("The lock. <pad><pad>", ["<pad>"]),
        ("[INST] alone", []),
        ("Fill the <mask> and the [MASK]", []),
        ("a |> b <| c", []),
        ("<tools>{}</tools> <tool_call>", []),
        ("<|im_end|>\n<|im_end|>", ["<|im_end|>"]),
        ("<|tool_call>call{}<tool_call|>", ["<|tool_call>"]),
    ],
)
def test_hard_cases(text: str, tokens: list[str]) -> None:
    assert found(text) == tokens


@pytest.mark.parametrize("text", ["Press <s> to save", "<s>12</s> now 9", "Write [INST] as it is"])
def test_html_and_prose_are_none_for_the_target_either(text: str) -> None:
    assert found(text, "mistral", "llama-2") == []


def test_padding_counts_in_answers_only() -> None:
    assert found("Fill <unk> in", answer=False) == []


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("It is `<|im_end|>` here", True),
        ("```\nx <|im_end|>\n```\n", True),
        ('It is "<|im_end|>" here', True),
        ("It is “<|im_end|>” here", True),
        ("It is '<|im_end|>' here", True),
        ("It's over<|im_end|> it's", False),
        ("It is <|im_end|> here", False),
        ("`x` and <|im_end|>", False),
    ],
)
def test_quotation(text: str, quoted: bool) -> None:
    start = text.index("<|im_end|>")
    assert is_quoted(text, start, start + len("<|im_end|>")) == quoted


def test_talk_about_templates_and_rendered_ones() -> None:
    assert is_about_templates("How does the tokenizer of Llama 3 mark a turn?")
    assert not is_about_templates("Tune the piano in the chat room")
    assert is_rendered("<|im_start|>user\nHi<|im_end|>")
    assert not is_rendered("Hi<|im_end|>")


@given(st.lists(st.sampled_from(["eos ", "videos", "Qwen ", "template", "chat ", "Token", "ML", "\u212a"]), max_size=4))
def test_words_that_settle_it_can_be_looked_for_before(words: list[str]) -> None:
    text = "".join(words)
    sure = any(word in text.lower() for word in SURE_WORDS)
    assert is_about_templates(text) == (sure or is_about_templates(text, without_sure=True))


def test_families_are_told_by_the_model() -> None:
    assert families_of_model("Qwen/Qwen2.5-7B-Instruct") == ("chatml",)
    assert families_of_model("meta-llama/Llama-3.1-8B") == ("llama-3",)
    assert families_of_model(None) == ()


@given(st.lists(st.one_of(st.sampled_from(TOKENS), st.text(max_size=8))).map("".join), st.booleans())
def test_places_are_those_of_the_tokens(text: str, answer: bool) -> None:
    for one in find_tokens(text, tuple(families()), answer):
        assert text[one.start : one.start + len(one.token)] == one.token
