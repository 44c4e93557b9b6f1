"""Rule PII101."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import RecordRule

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.settings import Settings
    from ftprep.shard import Shard


class PersonName(RecordRule):
    """The name of a person stands in a text.

    ## What it does
    Reports what an installed model of spaCy or transformers, named by `--ner-model`, takes for the name of a person.
    Without a model the rule does not run: names have no shape, and lists of names call `May` and `Paris` people. How
    good the findings are is up to the model. Nothing is downloaded.

    ## Why is this bad?
    A model learns what is said about the people in its training data, and says it to others.

    ## How to settle it
    Put a placeholder such as `<PERSON_1>` in its place, the same one for the same person. Names of public persons and
    of characters may stay: ignore the rule in such files.
    """

    code = "PII101"
    name = "person-name"
    severity = Severity.WARNING

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        """Name the option that brings the model."""
        return None if settings.ner_model is not None else "needs a model: --ner-model"

    def screen(self, shard: Shard) -> list[int]:
        import numpy as np

        from ftprep.privacy.names import names_in

        return shard.rows_of_texts(np.array(sorted(shard.once(names_in)), dtype=np.int64))

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.privacy.names import names_in
        from ftprep.privacy.personal_findings import personal_finding

        found = record.shard.once(names_in)
        for text in record.text_range:
            for value in found.get(text, ()):
                yield personal_finding(self, record, text, value, None)
