"""The windows around anchors give the results that each recognizer gives on the whole text; every anchor matters."""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from personal_texts import dense_texts, mutated

from ftprep.privacy import detectors as d
from ftprep.privacy.anchors import Anchors, project
from ftprep.privacy.candidates import by_text, many_digits, windows
from ftprep.privacy.personal import judged
from ftprep.privacy.plain import engine, search_everywhere
from ftprep.privacy.recognizers import recognizer
from ftprep.privacy.value import Value

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"
REGIONS = ("US", "GB", "DE", "DK")
# Recognizers of presidio that it has on by default and that the windows run as they are.
COMMON = (
    ("EmailRecognizer", "at"),
    ("CryptoRecognizer", "wallet"),
    ("MacAddressRecognizer", "mac"),
    ("UsSsnRecognizer", "digits"),
    ("UsItinRecognizer", "digits"),
    ("NhsRecognizer", "digits"),
)


@functools.cache
def corpus(name: str) -> list[str]:
    if name == "dense":
        return dense_texts(500)
    if name == "mutated":
        return mutated(dense_texts(700, seed=3))
    path = SHARED / ("pii/presidio_synth_v2_1500.json" if name == "synthetic" else "perf/mixed_100k.jsonl.gz")
    if not path.exists():
        pytest.skip("the real data is not there")
    if name == "synthetic":
        return [row["full_text"] for row in json.loads(path.read_bytes())]
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [line for number, line in enumerate(lines) if number % 100 == 7]
    return [turn["content"] for line in rows for turn in json.loads(line)["messages"]]


CORPORA = ("dense", "mutated", "synthetic", "mixed")


def by_windows(texts: list[str], without: str = "") -> list[list[Value]]:
    groups = {name: group for name, group in d.GROUPS.items() if name != without}
    marks = by_text(Anchors(project(texts)), groups)
    return [judged(text, marks.get(number, {}), REGIONS) for number, text in enumerate(texts)]


def by_whole_texts(texts: list[str]) -> list[list[Value]]:
    return [search_everywhere(text, REGIONS) for text in texts]


@pytest.mark.parametrize("name", CORPORA)
def test_the_same_values(name: str) -> None:
    texts = corpus(name)
    for text, found, expected in zip(texts, by_windows(texts), by_whole_texts(texts), strict=True):
        assert found == expected, text


Raw = set[tuple[str, str, int, int, float]]


def raw(results: Iterable[object], shift: int = 0) -> Raw:
    return {
        (type(one).__name__, one.entity_type, one.start + shift, one.end + shift, round(one.score, 4))  # type: ignore[attr-defined]
        for one in results
    }


@pytest.mark.parametrize("name", CORPORA)
def test_the_same_results_as_the_registry_of_presidio(name: str) -> None:
    texts = corpus(name)
    plain = {type(one).__name__: one for one in engine().registry.recognizers}
    reach = {one.recognizer: one.reach for one in d.DETECTORS}
    # Without the words that a verdict asks for beside a number.
    marks = by_text(Anchors(project(texts)), {**d.GROUPS, "digits": many_digits(6)})
    seen = 0
    for number, text in enumerate(texts):
        for word, group in COMMON:
            expected = raw(plain[word].analyze(text, plain[word].supported_entities, None))
            found: Raw = set()
            for start, end in windows(text, marks.get(number, {}).get(group, ()), reach[word]):
                one = recognizer(word)
                found |= raw(one.analyze(text[start:end], one.supported_entities, None), start)
            assert found == expected, (word, text)
            seen += len(expected)
    assert seen > (0 if name == "mixed" else 20)


def test_the_plain_engine_has_the_recognizers_of_presidio_and_no_others() -> None:
    loaded = engine().registry.recognizers
    assert len(loaded) == 17 + 1  # and the one for entities of a model, which finds nothing without a model
    assert all(type(one).__module__.startswith("presidio_analyzer.") for one in loaded)


@pytest.mark.parametrize("group", d.GROUPS)
def test_every_group_of_anchors_is_needed(group: str) -> None:
    assert by_windows(corpus("dense"), without=group) != of_dense_texts()


@functools.cache
def of_dense_texts() -> list[list[Value]]:
    return by_windows(corpus("dense"))
