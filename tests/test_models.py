"""What is known about models by their names, and what is said about those that are not known."""

from __future__ import annotations

from datetime import date

import pytest

from ftprep.errors import UsageError
from ftprep.text.models import context_limit, encoding_for_model, known_limits, model_limits
from ftprep.text.tokens import load_tokenizer
from ftprep.text.vocabulary import VOCABULARIES


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("gpt-4o", "o200k_base"),
        ("gpt-4o-mini-2024-07-18", "o200k_base"),
        ("gpt-4.1-nano", "o200k_base"),
        ("o4-mini-2025-04-16", "o200k_base"),
        ("gpt-5-mini", "o200k_base"),
        ("gpt-oss-120b", "o200k_harmony"),
        ("gpt-4", "cl100k_base"),
        ("gpt-3.5-turbo-0125", "cl100k_base"),
        ("gpt-35-turbo", "cl100k_base"),
        ("babbage-002", "cl100k_base"),
        ("ft:gpt-4o-2024-08-06:team::abc", "o200k_base"),
        ("ft:gpt-4.1-mini-2025-04-14:team::abc", "o200k_base"),
        ("ft:gpt-4-0613:team::abc", "cl100k_base"),
        ("ft:gpt-3.5-turbo", "cl100k_base"),
    ],
)
def test_encoding_of_models(model: str, encoding: str) -> None:
    assert encoding_for_model(model) == encoding


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("gpt-4.1", 65_536),
        ("gpt-4.1-mini-2025-04-14", 65_536),
        ("gpt-4o", 65_536),
        ("gpt-4o-2024-08-06", 65_536),
        ("ft:gpt-4o-mini-2024-07-18:team::abc", 65_536),
        ("gpt-3.5-turbo", 16_385),
        ("gpt-4o-2024-05-13", None),
        ("o4-mini", None),
        ("gpt-4", None),
        ("some-other-model", None),
    ],
)
def test_limits_of_models(model: str, tokens: int | None) -> None:
    assert context_limit(model) == tokens


def test_every_limit_is_dated_and_of_a_known_model() -> None:
    for name, limits in known_limits().items():
        assert limits.source
        assert isinstance(limits.date, date)
        assert limits.model == name
        assert limits.training_context > 0
        assert encoding_for_model(name) in VOCABULARIES
    assert model_limits("gpt-4.1") == known_limits()["gpt-4.1"]


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("gpt4o", "unknown model `gpt4o`; did you mean `gpt-4o`?"),
        ("GPT-4.1-MINI", "unknown model `GPT-4.1-MINI`; did you mean `gpt-4.1-mini`?"),
        ("qwen\x1b[31m", "unknown model `qwen\\u001b[31m`; a model that is not OpenAI's is counted with "),
        (
            "text-davinci-003",
            "the vocabulary p50k_base of `text-davinci-003` is not part of ftprep, which counts with ",
        ),
        ("gpt-2", "the vocabulary gpt2 of `gpt-2` is not part of ftprep, which counts with o200k_base and cl100k_base"),
    ],
)
def test_models_that_cannot_be_counted(model: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_tokenizer(model)
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("encoding", "sentence"),
    [
        ("r50k_base", "the vocabulary r50k_base is not part of ftprep"),
        ("o200k", "unknown vocabulary `o200k`; did you mean `o200k_base`?"),
        ("zzz", "unknown vocabulary `zzz`; known are o200k_base and cl100k_base"),
    ],
)
def test_vocabularies_that_cannot_be_counted(encoding: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_tokenizer(encoding=encoding)
    assert str(caught.value).startswith(sentence)
