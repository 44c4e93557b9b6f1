"""The plain way: every recognizer over every text, without anchors, windows and cheap looks. Slow, and the"
" reference."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from ftprep.privacy import detectors as d
from ftprep.privacy.personal import in_window, without_overlaps
from ftprep.privacy.value import Value

LEAST_SCORE = 0.4
"""What presidio itself calls a result, in its documents and in its servers."""

_KINDS = {
    "PHONE_NUMBER": ("PHONE", "PII002"),
    "CREDIT_CARD": ("CARD", "PII003"),
    "IBAN_CODE": ("IBAN", "PII004"),
    "IP_ADDRESS": ("IP", "PII005"),
    "US_SSN": ("SSN", "PII006"),
    "US_ITIN": ("ITIN", "PII006"),
    "UK_NHS": ("NHS", "PII006"),
    "US_PASSPORT": ("PASSPORT", "PII006"),
    "US_DRIVER_LICENSE": ("DRIVER_LICENSE", "PII006"),
    "US_BANK_NUMBER": ("BANK_ACCOUNT", "PII006"),
    "MEDICAL_LICENSE": ("MEDICAL_LICENSE", "PII006"),
    "CRYPTO": ("WALLET", "PII007"),
    "MAC_ADDRESS": ("MAC", "PII007"),
    "EMAIL_ADDRESS": ("EMAIL", "PII001"),
}


@functools.cache
def engine() -> Any:
    """Presidio's analyzer with its default recognizers, words of context by whole words, and no model.

    A blank pipeline has no lemmas, without which no context counts: the words in lower case stand for them.
    """
    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer
    from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine

    from ftprep.privacy.recognizers import stay_offline

    class BlankEngine(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__()
            self.nlp = {"en": spacy.blank("en")}

        def load(self) -> None:
            pass

        def _doc_to_nlp_artifact(self, doc: Any, language: str) -> Any:
            lemmas = [token.lower_ for token in doc]
            indices = [token.idx for token in doc]
            return NlpArtifacts([], doc, indices, lemmas, self, language)

    stay_offline()
    nlp = BlankEngine()
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=nlp)
    return AnalyzerEngine(
        registry=registry,
        nlp_engine=nlp,
        supported_languages=["en"],
        context_aware_enhancer=LemmaContextAwareEnhancer(context_matching_mode="whole_word"),
    )


def find_plainly(text: str, regions: Sequence[str] = ()) -> list[Value]:
    """What presidio's default recognizers say of a text, and what ours say of whatever presidio has no recognizer"
    " for."""
    found: list[Value] = []
    for result in engine().analyze(text, "en", score_threshold=LEAST_SCORE):
        value = _value(text, result)
        if value is not None:
            found.append(value)
    for detector in d.DETECTORS:
        if detector.recognizer in ("BirthDateRecognizer", "AddressRecognizer"):
            found += in_window(text, 0, len(text), detector)
    return without_overlaps(found)


def _value(text: str, result: Any) -> Value | None:
    if result.entity_type not in _KINDS:
        return None
    kind, code = _KINDS[result.entity_type]
    start, end = int(result.start), int(result.end)
    return Value(start, end, kind, code, *d.normal_and_grade(kind, text[start:end]))


def search_everywhere(text: str, regions: Sequence[str] = ()) -> list[Value]:
    """What the recognizers of the windows find when each of them sees the whole text. For tests: the same values."""
    found: list[Value] = []
    for detector in d.DETECTORS:
        found += in_window(text, 0, len(text), detector, tuple(regions))
    return without_overlaps(found)
