"""Rule TXT017."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.rule import Bad, Cost, Good, RecordRule
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.settings import Settings
    from ftprep.shard import Shard

_ABOUT = (
    r"spell|misspel|\btypos?\b|grammar|proofread|\bcorrect(?:ed|ion|ly)?\b|\brewrite\b|mistakes?\b|dialect|slang|accent|"
    r"anagram|scrambl|pronounc|phonetic|old english|middle english|lyrics"
)


class Misspelling(RecordRule):
    """A misspelt word in an answer.

    ## What it does
    Reports English words of answers that a maintained list knows as misspellings (that of the package `typos`, which
    `pip install "ftprep[typos]"` brings). Silent in code, maths, addresses and quotations, for words with capitals or
    digits, where the row speaks about spelling, and for words that the request spells the same way. Prompts may be
    misspelt: that is how people write.

    ## Why is this bad?
    The model learns to make the mistake. A few do little harm; many tell that answers were typed in haste.

    Of 100,000 mixed rows 0.05 % were flagged; all 27 words that were read are misspelt.

    ## How to settle it
    `ftprep lint --fix --unsafe-fixes` writes the word as it is meant, where only one is meant.
    """

    code = "TXT017"
    name = "misspelling"
    severity = Severity.INFO
    cost = Cost.HEAVY
    examples = (
        Good(
            {"prompt": "Where is the colour from?", "completion": "The color of the fibres is from a plant."},
            {"prompt": "What was it?", "completion": 'It was the word "recieve" that the teacher had circled in red.'},
            {"prompt": "How do I do that?", "completion": "You can run `teh --recieve` in the folder of the project."},
            {
                "prompt": "Talk like a pirate",
                "completion": "I be searchin' for the finest of workin’ sailors.",
            },
            {"prompt": "Who is Teh Wei?", "completion": "Teh Wei is one of the engineers of the harbour in Penang."},
            {
                "prompt": "Spell it right: recieve",
                "completion": "You wrote recieve, with two letters in the wrong order.",
            },
            {"prompt": "Qui est-ce ?", "completion": "Il a recu le paquet et il en a fait une liste pour la maison."},
            {
                "prompt": "What is a recieve buffer?",
                "completion": "The recieve buffer holds the data at first.",
            },
            format="prompt-completion",
        ),
        Bad(
            {"prompt": "When will it come?", "completion": "You will recieve the parcel in about two days."},
            at=[(1, "/completion")],
            message="`recieve` is misspelt: `receive`",
            fixed=[{"prompt": "When will it come?", "completion": "You will receive the parcel in about two days."}],
            format="prompt-completion",
        ),
        Bad(
            {"prompt": "Is it far?", "completion": "It is about an hour from ther to the old bridge."},
            at=[(1, "/completion")],
            message="`ther` is misspelt: `there`, `their` or `the`",
            format="prompt-completion",
            note="no fix: several words may be meant",
        ),
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        from ftprep.text.misspellings import program

        return None if program() else 'needs the package typos: pip install "ftprep[typos]"'

    def screen(self, shard: Shard) -> list[int]:
        import numpy as np

        from ftprep.text.misspellings import misspellings

        return shard.rows_of_texts(np.array(sorted(shard.once(misspellings)), dtype=np.int64))

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.misspellings import misspellings
        from ftprep.text.topics import row_says

        if row_says(record, _ABOUT):
            return
        shard, found = record.shard, record.shard.once(misspellings)
        texts = record.text_range
        for text in texts:
            value, pointer = shard.values[text], record.pointer(text)
            before = " ".join(shard.values[one] for one in texts if one < text)
            for one in found.get(text, ()):
                word = value[one.start : one.end]
                if word in before:
                    continue
                fix = None
                if len(one.corrections) == 1:
                    edit = Edit("replace", pointer, one.corrections[0], (one.start, one.end))
                    fix = Fix(f"write `{one.corrections[0]}`", "unsafe", (edit,))
                yield self.finding(
                    record.ref,
                    f"{quote(word)} is misspelt: {_either(one.corrections)}",
                    pointer=pointer,
                    span=(one.start, one.end),
                    fix=fix,
                )


def _either(words: tuple[str, ...]) -> str:
    named = [f"`{word}`" for word in words[:3]]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"
