"""The table ``[tool.ftprep.prepare]``: what `prepare`, and as far as it shares rows out `split`, are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, with_config
from typing_extensions import TypedDict

from ftprep.privacy.redaction_names import Scope, Style

USUAL_SPLITS = "0.9,0.05,0.05"
TIERS = ("curated", "synthetic", "raw")
USUAL_DROPS = ("error", "DUP001", "DUP002", "CON001", "LEK001", "LEK002")

Word = Annotated[str, Field(min_length=1)]
Size = float | int | Word

PrepareTable = TypedDict(
    "PrepareTable",
    {
        "splits": Annotated[
            Word | list[Size] | dict[str, Size],
            Field(description="Shares or numbers of rows of train, validation and test: 0.9,0.05,0.05."),
        ],
        "seed": Annotated[int, Field(description="Another seed, another split.")],
        "group-by": Annotated[
            Word | list[Word], Field(description="JSON Pointers whose equal values are never in two splits.")
        ],
        "stratify-by": Annotated[
            Word, Field(description="JSON Pointer, or label, of which every split should have its share.")
        ],
        "time-by": Annotated[Word, Field(description="JSON Pointer of the date by which the latest are held out.")],
        "balance": Annotated[bool, Field(description="Meet shares and strata as exactly as groups allow.")],
        "holdout": Annotated[
            Word | list[Word],
            Field(description="Evaluation files, relative to this file, whose rows are in no split."),
        ],
        "keep-files": Annotated[
            bool, Field(description="Every file stays the split that its name or the configuration says.")
        ],
        "drop": Annotated[
            Word | list[Word], Field(description="Rows to leave out: a severity, rules (codes, prefixes), or none.")
        ],
        "fix": Annotated[Word | list[Word], Field(description="Rules whose unsafe fixes are applied, too.")],
        "redact": Annotated[
            Style,
            Field(
                description="What stands in the place of personal data, secrets and identifiers: <EMAIL_1> "
                "(placeholder), or a made-up value (surrogate). Without this key none is replaced."
            ),
        ],
        "redact-scope": Annotated[Scope, Field(description="Within what the same value gets the same placeholder.")],
        "provenance": Annotated[
            bool, Field(description="Say in the metadata of rows where they come from, and what was found in them.")
        ],
        "tiers": Annotated[
            dict[Literal["curated", "synthetic", "raw"], Word | list[Word]],
            Field(description="Globs (relative to this file) of curated, synthetic and raw rows."),
        ],
        "to": Annotated[Word, Field(description="Format to write, where the target's own choice is not meant.")],
        "map": Annotated[
            Word | dict[str, Word], Field(description="New names of columns: {prompt = question}, from old ones.")
        ],
        "system": Annotated[str, Field(description="A system prompt for rows that have none.")],
    },
    total=False,
)
"""Keys of the table. Every one may be absent."""
with_config(extra="forbid", strict=True)(PrepareTable)

DEFAULTS: Mapping[str, Any] = {
    "splits": USUAL_SPLITS,
    "seed": 0,
    "group-by": (),
    "stratify-by": None,
    "time-by": None,
    "balance": False,
    "holdout": (),
    "keep-files": False,
    "drop": USUAL_DROPS,
    "fix": (),
    "redact": None,
    "redact-scope": "conversation",
    "provenance": False,
    "tiers": {},
    "to": None,
    "map": {},
    "system": None,
}

SWITCHES = tuple(key for key, default in DEFAULTS.items() if isinstance(default, bool))

DUE: Mapping[str, str] = {
    "splits": f'shares such as "{USUAL_SPLITS}"',
    "seed": "a whole number",
    "group-by": "a JSON Pointer or a list of them",
    "balance": "true or false",
    "holdout": "a path or a list of them",
    "keep-files": "true or false",
    "drop": "a word or a list of them",
    "fix": "a rule or a list of them",
    "redact": "placeholder or surrogate",
    "redact-scope": "conversation or dataset",
    "provenance": "true or false",
    "tiers": 'a table such as {curated = "gold/*.jsonl"}',
    "stratify-by": "a JSON Pointer or `label`",
    "time-by": "a JSON Pointer",
    "to": "the name of a format or target",
    "system": "a string",
    "map": 'a table such as {prompt = "question"}',
}
"""What is due where a value has another type."""
