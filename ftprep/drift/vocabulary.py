"""Whether a simple classifier can tell the texts of two samples apart by their words (a two-sample test)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import xxhash
from numpy.typing import NDArray

from ftprep.text.ngrams import fold

LEAST_TEXTS = 50  # on either side
FOLDS = 5
LEAST_HOLDING = 3  # texts that hold a word which counts
TELLING_SHARE = 0.01  # of the texts of both sides that hold a telling word
_CHARACTERS = 20_000  # of one text that are read
_WORD = 40  # bytes of a word that is one

Floats = NDArray[np.float64]


class Text(NamedTuple):
    """The distinct words of one text, and the part of the test that it belongs to: equal texts to the same.

    Texts with the smallest ``draw`` are taken where one side has more.
    """

    words: frozenset[bytes]
    fold: int
    draw: int


class Telling(NamedTuple):
    """A word with the share of the texts that hold it on either side."""

    word: str
    share: float
    reference: float


class Separation(NamedTuple):
    """How well the sides are told apart. ``auc`` is 0.5 where they are not, and 1 where always; ``error`` its error.

    ``telling`` are the words that tell most, first of all. ``typical`` are the numbers of the texts that are least like
    the reference, ``rows`` is the number of texts on each side.
    """

    auc: float
    error: float
    rows: int
    telling: tuple[Telling, ...]
    typical: tuple[int, ...]


def text_of(value: str, draw: int = 0) -> Text:
    """What the test knows of a text. Words with digits do not count: names of things, not words."""
    words = fold(value[:_CHARACTERS]).split()
    digest = xxhash.xxh3_64_intdigest(b" ".join(words))
    return Text(
        frozenset(word for word in words if len(word) <= _WORD and not any(0x30 <= one <= 0x39 for one in word)),
        digest % FOLDS,
        draw,
    )


def separation(texts: Sequence[Text], reference: Sequence[Text]) -> Separation | None:
    """Tell two samples apart, as many of each; None where one of them is too small. Needs scikit-learn."""
    rows = min(len(texts), len(reference))
    if rows < LEAST_TEXTS:
        return None
    chosen = _thinned(texts, rows)
    both = [texts[number] for number in chosen] + [reference[number] for number in _thinned(reference, rows)]
    side = np.repeat([1, 0], rows)
    scores = _scores(both, side)
    if scores is None:
        return None
    from sklearn.metrics import roc_auc_score

    auc = float(roc_auc_score(side, scores))
    error = math.sqrt((2 * rows + 1) / (12 * rows * rows))
    order = np.lexsort((np.arange(rows), -scores[:rows]))
    return Separation(auc, error, rows, _telling(both, rows), tuple(chosen[int(one)] for one in order[:3]))


def _thinned(texts: Sequence[Text], rows: int) -> list[int]:
    """The numbers of so many texts, drawn the same in whatever order they come."""
    order = sorted(range(len(texts)), key=lambda number: (texts[number].draw, sorted(texts[number].words)))
    return order[:rows]


def _scores(texts: Sequence[Text], side: NDArray[np.int64]) -> Floats | None:
    """For each text how much rather it is of side 1, by a classifier that learnt from the other folds."""
    from scipy.sparse import csr_matrix
    from sklearn.naive_bayes import MultinomialNB

    holding = Counter(word for one in texts for word in one.words)
    known = {word: number for number, word in enumerate(sorted(w for w, n in holding.items() if n >= LEAST_HOLDING))}
    if not known:
        return None
    indices = [sorted(known[word] for word in one.words if word in known) for one in texts]
    ends = np.concatenate([[0], np.cumsum([len(one) for one in indices])])
    flat = np.array([number for one in indices for number in one], dtype=np.int64)
    held = csr_matrix((np.ones(len(flat), dtype=np.float64), flat, ends), shape=(len(texts), len(known)))
    folds = np.array([one.fold for one in texts])
    scores = np.zeros(len(texts))
    for fold_number in range(FOLDS):
        tested = folds == fold_number
        if not tested.any():
            continue
        if len(np.unique(side[~tested])) < 2:
            return None
        model = MultinomialNB(fit_prior=False).fit(held[~tested], side[~tested])
        odds = model.predict_log_proba(held[tested])
        scores[tested] = odds[:, 1] - odds[:, 0]
    return scores


def _telling(texts: Sequence[Text], rows: int) -> tuple[Telling, ...]:
    """Words by how much they tell: the difference of their shares, times the logarithm of their quotient."""
    here = _holding(texts[:rows])
    there = _holding(texts[rows:])
    found = []
    for word in here.keys() | there.keys():
        if here[word] + there[word] < TELLING_SHARE * 2 * rows:
            continue
        share, wanted = (here[word] + 0.5) / (rows + 1), (there[word] + 0.5) / (rows + 1)
        found.append(((share - wanted) * math.log(share / wanted), word))
    found.sort(key=lambda one: (-one[0], one[1]))
    return tuple(
        Telling(word.decode("utf-8", "replace"), here[word] / rows, there[word] / rows) for _, word in found[:10]
    )


def _holding(texts: Iterable[Text]) -> Counter[bytes]:
    return Counter(word for one in texts for word in one.words)
