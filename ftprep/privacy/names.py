"""Names of people, which only a model can tell from other words: an installed one that the user names."""

from __future__ import annotations

import functools
import importlib.util
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ftprep.errors import UsageError
from ftprep.formats import columns as c
from ftprep.privacy.value import Value
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.shard import Shard

LONGEST = 100_000
"""Characters of a text that a model is given."""
_PEOPLE = frozenset(("PERSON", "PER", "I-PER", "B-PER", "PATIENT", "STAFF"))
_NOT_READ = frozenset((c.TOOLS, c.CALL_NAME))

Model = Callable[[list[str]], Iterator[list[tuple[int, int]]]]
"""From texts to the places of names in each."""


def model_folder(name: str) -> Path | None:
    """Where an installed model stands: a folder, a package of spaCy, or in the cache of Hugging Face; or None."""
    if os.path.isdir(name):
        return Path(name)
    if name.isidentifier():
        found = importlib.util.find_spec(name)
        if found is not None and found.origin is not None and (Path(found.origin).parent / "meta.json").exists():
            return Path(found.origin).parent
    hub = os.environ.get("HF_HUB_CACHE") or os.path.join(
        os.environ.get("HF_HOME") or os.path.expanduser("~/.cache/huggingface"), "hub"
    )
    snapshots = Path(hub) / f"models--{name.replace('/', '--')}" / "snapshots"
    versions = sorted(snapshots.iterdir()) if snapshots.is_dir() else []
    return versions[-1] if versions else None


def checked_model(name: str, folder: Path, place: str) -> str:
    """The name of a model, or the path of its folder, which may be relative to ``folder``.

    Raises ``UsageError`` that begins with ``place`` where no such model is installed.
    """
    if folder != Path.cwd() and (folder / name).is_dir():
        return str(folder / name)
    if model_folder(name) is None:
        raise UsageError(
            f"{place}: {quote(name)} is no installed model of spaCy or transformers, nor a folder with one "
            "(`pip install ftprep[ner]`)"
        )
    return name


@functools.cache
def load_model(name: str) -> Model:
    """The model of a name, loaded from its folder alone. Raises ``ValueError`` where there is none of either kind."""
    folder = model_folder(name)
    if folder is None:
        raise ValueError("no installed model has this name")
    if (folder / "meta.json").exists():
        return _spacy_model(name)
    if (folder / "config.json").exists():
        return _transformers_model(folder)
    raise ValueError("the folder holds neither a spaCy nor a transformers model")


def _spacy_model(name: str) -> Model:
    import spacy

    pipeline = spacy.load(name)

    def find(texts: list[str]) -> Iterator[list[tuple[int, int]]]:
        for document in pipeline.pipe(texts):
            yield [(one.start_char, one.end_char) for one in document.ents if one.label_ in _PEOPLE]

    return find


def _transformers_model(folder: Path) -> Model:
    os.environ["HF_HUB_OFFLINE"] = "1"  # no question about newer files leaves this machine
    from transformers import pipeline

    classify = pipeline("token-classification", model=str(folder), aggregation_strategy="simple")

    def find(texts: list[str]) -> Iterator[list[tuple[int, int]]]:
        for text in texts:
            yield [(int(one["start"]), int(one["end"])) for one in classify(text) if one["entity_group"] in _PEOPLE]

    return find


def names_in(shard: Shard) -> Mapping[int, list[Value]]:
    """The names of people in a shard's texts, by number of text; call it through ``shard.once``."""
    name = shard.settings.ner_model
    if name is None:
        return {}
    kinds = shard.codes & c.KIND_MASK
    chosen = [
        number
        for number, value in enumerate(shard.values)
        if int(kinds[number]) not in _NOT_READ and any(map(str.isupper, value[:LONGEST]))
    ]
    places = load_model(name)([shard.values[number][:LONGEST] for number in chosen])
    found = {}
    for number, spans in zip(chosen, places, strict=True):
        values = list(_values(shard.values[number], spans))
        if values:
            found[number] = values
    return found


def _values(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[Value]:
    for start, end in spans:
        written = text[start:end]
        if any(map(str.isalpha, written)) and len(written) > 1:
            yield Value(start, end, "PERSON", "PII101", " ".join(written.split()).casefold())
