"""Rule BAL005."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.tasks.table import ANSWERS
from ftprep.text.snippet import quote_folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.record import Record, Ref, Text

_MOST = 2_000  # different system prompts that are read
_WORDS = 4_000  # of a system prompt that are compared


class _Prompt(NamedTuple):
    """A system prompt as it is written in so many rows, the first of them ``ref``."""

    key: int
    ref: Ref
    texts: list[Text]
    rows: int

    @property
    def whole(self) -> str:
        """All of it as one text."""
        return "\n\n".join(text.value for text in self.texts)


def _rows(to: str = "", **systems: int) -> list[dict[str, Any]]:
    texts = {
        "plain": "You keep the harbour book. Answer briefly.",
        "spaced": "You keep the harbour  book.\nAnswer briefly",
        "typo": "You keep the habour book. Answer briefly.",
        "polite": "You keep the harbour book. Answer politely.",
        "night": "You keep the harbour book at night. Answer briefly.",
        "second": "You keep the harbour book 2. Answer briefly.",
        "first": "You keep the harbour book 1. Answer briefly.",
        "maria": "You are Maria. Answer briefly.",
        "marta": "You are Marta. Answer briefly.",
    }
    return [
        {
            "messages": [
                {"role": "system", "content": texts[to or name]},
                {"role": "user", "content": f"Which ship lies at berth {number} ({name})?"},
                {"role": "assistant", "content": f"The one that came on day {number * 3}."},
            ]
        }
        for name, count in systems.items()
        for number in range(count)
    ]


class DriftingSystemPrompt(DatasetRule):
    """One system prompt in several, nearly equal versions.

    ## What it does
    Reports system prompts that are equal but for case, punctuation and spacing, or but for one word that is a typing
    error of another. Where there are many different prompts (more than 20, and more than one in five rows), they hold
    data, and nothing is said.

    ## Why is this bad?
    The prompt of the application is one of them at most. The model learns that small differences mean nothing, or
    worse, that they mean something: where a version came with other data, it becomes a hidden switch. On the public
    data that it was tried on it reports nothing.

    ## How to settle it
    Use one text, the one that the application will send. The fix writes the commonest.
    """

    code = "BAL005"
    name = "drifting-system-prompt"
    severity = Severity.WARNING
    methods = frozenset({"sft"})
    facts = ANSWERS
    options = {
        "prompts": Option(20, "different system prompts, up to which they are compared whatever their share"),
        "share": Option(0.2, "different system prompts per row, up to which they are compared"),
    }
    examples = (
        Good(*_rows(plain=30)),
        Good(*_rows(plain=10, polite=10, night=10), note="other prompts"),
        Good(*_rows(first=10, second=10), note="a number is no typing error"),
        Good(*_rows(maria=10, marta=10), note="nor is a name"),
        Bad(
            *_rows(plain=20, spaced=3, polite=5),
            at=[(line, "/messages/0/content") for line in (21, 22, 23)],
            message="a system prompt of 20 rows has 1 nearly equal version in 3 rows: case or punctuation",
            fixed=[*_rows(plain=20), *_rows(spaced=3, to="plain"), *_rows(polite=5)],
        ),
        Bad(
            *_rows(typo=2, plain=20),
            at=[(1, "/messages/0/content"), (2, "/messages/0/content")],
            message="a system prompt of 20 rows has 1 nearly equal version in 2 rows: `habour` for `harbour`",
            fixed=[*_rows(typo=2, to="plain"), *_rows(plain=20)],
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        keys = table["system_words"]
        rows = np.flatnonzero(keys)
        if not len(rows):
            return
        known, first, counts = np.unique(keys[rows], return_index=True, return_counts=True)
        most = min(max(self.values["prompts"], self.values["share"] * len(rows)), _MOST)
        if not 2 <= len(first) <= most:
            return
        refs = table.refs(rows[first])
        records = engine.records(refs)
        prompts = [
            _Prompt(int(key), ref, [text for text in records[ref].texts if text.role == "system"], count)
            for key, ref, count in zip(known, refs, counts.tolist(), strict=True)
            if ref in records
        ]
        prompts.sort(key=lambda one: (-one.rows, one.ref))
        for number, others in _versions([one.whole for one in prompts]).items():
            odd = [prompts[other] for other in others]
            what = next((difference for difference in others.values() if difference), "case or punctuation")
            yield from self._findings(table, engine, prompts[number], odd, what)

    def _findings(
        self, table: Table, engine: Engine, usual: _Prompt, odd: list[_Prompt], what: str
    ) -> Iterator[Finding]:
        """One for each row of a version, all in one group."""
        import numpy as np

        from ftprep.tasks.rewording import group_name
        from ftprep.tasks.voices import each_voice

        affected = sum(one.rows for one in odd)
        versions = "1 nearly equal version" if len(odd) == 1 else f"{len(odd)} nearly equal versions"
        affects = f"{affected:,} {'row' if affected == 1 else 'rows'}"
        message = f"a system prompt of {usual.rows:,} rows has {versions} in {affects}: {what}"
        data = {"rows": usual.rows, "versions": [one.rows for one in odd]}
        rows = np.flatnonzero(np.isin(table["system_words"], np.array([one.key for one in odd], dtype=np.uint64)))
        first = table.ref(int(rows[0]))
        for _, voice, record in each_voice(table, engine, rows):
            yield self.finding(
                voice.ref,
                message[:100],
                pointer=next((text.pointer for text in record.texts if text.role == "system"), ""),
                group=group_name(first.file, first.line),
                data=data,
                fix=_fix(record, usual),
            )


def _fix(record: Record, usual: _Prompt) -> Fix | None:
    """Write the usual prompt, where a row has as many system turns as that takes."""
    from ftprep.tasks.rewording import holds

    mine = [text for text in record.texts if text.role == "system"]
    if len(mine) != len(usual.texts) or not all(holds(record, text.pointer, text.value) for text in mine):
        return None
    edits = [
        Edit("replace", text.pointer, right.value)
        for text, right in zip(mine, usual.texts, strict=True)
        if text.value != right.value
    ]
    return Fix("write the commonest system prompt", "unsafe", tuple(edits)) if edits else None


def _versions(texts: list[str]) -> dict[int, dict[int, str]]:
    """For each text the later ones that are versions of it, with the word that is mistyped ("" for none).

    Texts are compared by keys: of all words, and of all words but one. Names are no typing errors of each other.
    """
    from ftprep.tasks.spelling import is_typo

    versions: defaultdict[int, dict[int, str]] = defaultdict(dict)
    known: dict[str, int] = {}
    but_one: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for number, text in enumerate(texts):
        words = _words(text)
        key = "".join(words).casefold()
        if key in known:
            versions[known[key]][number] = ""
            continue
        gaps = list(zip(_keys_but_one([word.casefold() for word in words]), words, strict=True))
        found = next(
            (
                (other, f"{quote_folded(word, 20)} for {quote_folded(right, 20)}")
                for gap, word in gaps
                for other, right in but_one[gap]
                if not (word[0].isupper() and right[0].isupper()) and is_typo(word.casefold(), right.casefold())
            ),
            None,
        )
        known[key] = number if found is None else found[0]
        if found is not None:
            versions[found[0]][number] = found[1]
            continue
        for gap, word in gaps:
            but_one[gap].append((number, word))
    return versions


def _keys_but_one(words: list[str]) -> list[int]:
    """For each word a key of all the others, in order."""
    after = [0]
    for word in reversed(words):
        after.append(hash((after[-1], word)))
    keys, before = [], 0
    for place, word in enumerate(words):
        keys.append(hash((before, after[len(words) - place - 1])))
        before = hash((before, word))
    return keys


def _words(text: str) -> list[str]:
    """Words and signs; white space and punctuation only part them."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return "".join(one if one.isalnum() or _is_sign(one) else " " for one in plain).split()[:_WORDS]


def _is_sign(one: str) -> bool:
    return one in "#%@&" or unicodedata.category(one) in ("Sm", "Sc", "So")
