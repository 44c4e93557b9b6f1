"""What is known about a model by its name: its vocabulary, and how many tokens one training example may have."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ftprep.errors import UsageError, did_you_mean
from ftprep.text.snippet import quote

_TABLE = Path(__file__).parent.parent / "data" / "models.toml"


@dataclass(frozen=True, slots=True)
class ModelLimits:
    """A published limit: ``training_context`` in tokens per training example, with its source and date."""

    model: str
    training_context: int
    source: str
    date: date


@functools.cache
def known_limits() -> dict[str, ModelLimits]:
    """Return the limits of every listed model, by name."""
    entries = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["limits"]
    return {
        name: ModelLimits(name, entry["training_context"], entry["source"], entry["date"])
        for entry in entries
        for name in entry["models"]
    }


def model_limits(model: str) -> ModelLimits | None:
    """Return what is published about ``model`` (or, for a fine-tuned one, its base model); None if nothing is."""
    return known_limits().get(base_model(model))


def context_limit(model: str) -> int | None:
    """Return the tokens that one training example of ``model`` may have; None if no figure is published."""
    limits = model_limits(model)
    return limits.training_context if limits else None


def base_model(model: str) -> str:
    """Return the model that a fine-tuned name like ``ft:gpt-4o-mini:team::id`` starts from; others unchanged."""
    return model.removeprefix("ft:").split(":", 1)[0] if model.startswith("ft:") else model


def encoding_for_model(model: str) -> str:
    """Return the name of the vocabulary of ``model``, by tiktoken's registry; raises UsageError if it has none.

    A fine-tuned name is looked up by its base model: the registry's own prefix for fine-tuned gpt-4 would also
    catch gpt-4.1, whose vocabulary is another one.
    """
    from tiktoken.model import MODEL_TO_ENCODING, encoding_name_for_model

    try:
        return encoding_name_for_model(base_model(model))
    except KeyError:
        hint = did_you_mean(model, {*MODEL_TO_ENCODING, *known_limits()})
        hint = hint or "; a model that is not OpenAI's is counted with `--tokenizer path/to/tokenizer.json`"
        raise UsageError(f"unknown model {quote(model)}{hint}") from None
