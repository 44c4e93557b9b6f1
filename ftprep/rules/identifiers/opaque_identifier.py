"""Rule IDS002."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, Needs, RecordRule

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard


def _chat(request: str, answer: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": request}, {"role": "assistant", "content": answer}]}


_UUID = "7c1f04be-93d2-4e58-b0a6-2fd1947a35ec"
_HEX = "9f2c41d07be8a35561c0e4d78b913fa2"


class OpaqueIdentifier(RecordRule):
    """An identifier that gives itself away by its shape.

    ## What it does
    Reports UUIDs, hexadecimal numbers of 24, 32, 40 or 64 digits, random letters and digits (20 to 64, at least 3.9
    bits each) and numbers with a prefix in capitals (`TKT-48213`). Silent in quoted code, for hashes in talk about
    commits, checksums and encodings, for ISBN, DOI and standards, for numbers of models and parts, for postal codes
    and for values printed in standards as examples. What a label names is IDS001. Of 100,000 rows of manuals, maths,
    code and chat it reports none; of values put into real rows it finds all UUIDs, 96 % of the numbers and 91 % of the
    random letters and digits.

    ## Why is this bad?
    A random identifier occurs once in the world. Models are known to repeat such strings letter by letter although they
    saw them in one document, and whoever holds one may look up what it stands for.

    ## How to settle it
    Put a placeholder in its place (`lint --fix --unsafe-fixes`), the same one wherever the conversation repeats it.
    """

    code = "IDS002"
    name = "opaque-identifier"
    severity = Severity.WARNING
    needs = Needs.PARSED
    examples = (
        Good(_chat(f"Which commit broke it? git bisect says {_HEX}0c1d2e3f.", "Revert that commit.")),
        Good(_chat(f"The MD5 checksum of disk.iso is {_HEX}.", "It is the one on the page.")),
        Good(_chat("Explain this line.", f'It sets the key:\n```py\nkey = "{_UUID}"\n```')),
        Good(
            _chat("Which norm? ISO-27001, CVE-2021-44228 or UTF-16?", "The toner is model TN-24100, Austin TX-78701.")
        ),
        Good(_chat("Use 123e4567-e89b-12d3-a456-426614174000 here.", "InternationalizationConfigurationManager2")),
        Bad(
            _chat(f"Please look into {_UUID}.", f"{_UUID.upper()} is closed."),
            at=[(1, "/messages/0/content"), (1, "/messages/1/content")],
            message="a UUID in a user turn",
            fixed=[_chat("Please look into <UUID_1>.", "<UUID_1> is closed.")],
        ),
        Bad(
            _chat("What about TKT-48213 and TKT-50917?", f"Both wait for {_HEX}."),
            at=[(1, "/messages/0/content"), (1, "/messages/0/content"), (1, "/messages/1/content")],
            message="an identifier in a user turn",
            fixed=[_chat("What about <ID_1> and <ID_2>?", "Both wait for <HEX_1>.")],
        ),
        Bad(
            _chat("I was given k9TqW2xZr7LmB4vYc8Hd for this.", "Thank you."),
            at=[(1, "/messages/0/content")],
            message="a random token in a user turn",
            fixed=[_chat("I was given <TOKEN_1> for this.", "Thank you.")],
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int]:
        import numpy as np

        from ftprep.privacy.values import identifiers_alone

        found = shard.once(identifiers_alone)
        texts = [text for text, values in found.items() if any(value.code == self.code for value in values)]
        return shard.rows_of_texts(np.array(texts, dtype=np.int64))

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.privacy.finding import value_finding
        from ftprep.privacy.identifier_words import kind_words, place_words
        from ftprep.privacy.values import identifiers_alone

        found = record.shard.once(identifiers_alone)
        for text in record.text_range:
            for value in found.get(text, ()):
                if value.code == self.code:
                    message = f"{kind_words(value.kind)} in {place_words(record, text)}"
                    yield value_finding(self, record, text, value, message)
