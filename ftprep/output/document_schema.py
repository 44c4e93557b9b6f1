"""The parts of a JSON report, version 1. Keys may be added to a version; none goes away or changes its meaning.

The docstring behind each key is its description in the JSON Schema; that is why no part inherits keys of another.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

SeverityWord = Literal["error", "warning", "info"]


class ToolEntry(TypedDict):
    """The program that wrote the report."""

    name: Literal["ftprep"]
    version: str


class TokensEntry(TypedDict):
    """Token counts of an input."""

    encoding: str
    """Name of the vocabulary, for example o200k_base."""
    total: int
    trained: int
    """Tokens that carry loss."""


class InputEntry(TypedDict):
    """One file or object that was read."""

    path: str
    """The path as it was given, or <stdin>, <DataFrame> and so on."""
    format: str | None
    """Detected or given format of the rows; null when they have no known shape."""
    confidence: float
    """How sure the detection is, from 0 to 1; 1 for a format that was given."""
    records: int
    """Rows, blank lines aside."""
    bytes: int
    """Size on disk, or of the rows where the input is no file."""
    sha256: str | None
    """Digest of the file's own bytes; null for objects."""
    split: str | None
    """The split that the name of the input tells: train, validation or test."""
    tokens: TokensEntry | None
    beside: bool
    """Whether the input was not given, but is of the same dataset and was read to compare splits."""


class SplitEntry(TypedDict):
    """Files that are one split of a dataset, whose name may be empty."""

    dataset: str
    split: str
    glob: str


class SettingsEntry(TypedDict):
    """What the run was asked to do."""

    profile: str
    model: str | None
    tokenizer: str | None
    max_tokens: int | None
    count_tokens: bool
    format: str | None
    """The format that was given for all inputs; null when each was detected."""
    target: str | None
    """The platform or trainer whose own rules applied."""
    target_model: str | None
    """The model of the target, as it was named."""
    survey: bool
    """Whether all targets were asked (``target = "auto"``)."""
    response_format: str | None
    """The file with the response format of an RFT job, or the format itself as JSON text."""
    against: list[str]
    """Evaluation files that rows were compared with."""
    against_production: list[str]
    """Files of production rows that the data was compared with."""
    pii_engine: Literal["windows", "presidio-full"]
    """How personal data was found."""
    ner_model: str | None
    """The model that found names of people."""
    splits: list[SplitEntry]
    """Which files were said to be which split; empty where their names tell."""
    rule_options: dict[str, dict[str, Any]]
    """Options of rules that were given, by name of the rule."""
    fail_on: SeverityWord | Literal["never"]
    exit_zero: bool
    max_findings: dict[str, str]
    """How much may be found, by code or prefix of codes: a number of findings, or a share of the records in %."""
    rules: list[str]
    """Codes of the rules that ran."""


class BaselineEntry(TypedDict):
    """The file of known findings that was used."""

    path: str
    entries: int
    stale: int
    """Entries of rules that ran which were not found again."""


class SummaryEntry(TypedDict):
    """One rule's findings in numbers."""

    code: str
    name: str
    severity: SeverityWord
    """The highest severity of its findings."""
    findings: int
    records: int
    """Rows with such a finding."""
    share: float
    """``records`` as a share of all rows, from 0 to 1."""
    files: int
    """Inputs with a finding about them as a whole."""
    lines: int
    """Lines without a row that have such a finding; they are no records."""
    clusters: int
    where: list[int]
    """Findings about rows, counted by tenth of the position in the run."""


class NotRunEntry(TypedDict):
    """A rule that was selected and could not run."""

    code: str
    name: str
    reason: str


class ObstacleEntry(TypedDict):
    """Errors of one rule that stand in the way of a target."""

    code: str
    name: str
    records: int
    """Rows with such an error."""
    files: int
    """Inputs with one about them as a whole."""


class TargetEntry(TypedDict):
    """What one platform or trainer says about the data."""

    target: str
    accepts: bool
    unread: list[str]
    """Formats of the inputs that it does not read."""
    records: int
    """Rows with any error that stands in its way."""
    obstacles: list[ObstacleEntry]


class PlaceEntry(TypedDict):
    """A row of an input; without line and row, the input as a whole."""

    path: str
    line: int | None
    """Line, from 1, on which the row starts; null for inputs without lines."""
    row: int | None
    """Number of the row, from 1, in inputs without lines (Parquet, Python objects)."""


class LocationEntry(TypedDict):
    """Where a finding is."""

    path: str
    line: int | None
    """Line, from 1, on which the row starts; null for inputs without lines and for an input as a whole."""
    row: int | None
    """Number of the row, from 1, in inputs without lines (Parquet, Python objects)."""
    column: int | None
    """First character of the value on its line, from 1. Null beyond the first 1,000 findings (shared out evenly
    between the rules), on later lines of a row, and where rows are not lines of text."""
    end_column: int | None
    """The character behind the value; null where ``column`` is, and for a row as a whole."""
    pointer: str
    """JSON Pointer (RFC 6901) into the row; empty for the row as a whole."""
    span: list[int] | None
    """Half-open range of characters of the decoded text at ``pointer``, or of the raw line where that is empty."""


EditEntry = TypedDict(
    "EditEntry",
    {
        "op": Literal["replace", "add", "remove", "move"],
        "path": str,
        "from": NotRequired[str],
        "value": NotRequired[Any],
        "span": NotRequired[list[int]],
    },
)
EditEntry.__doc__ = """One change to a row in the words of JSON Patch (RFC 6902), with places as they are before any.

With `span`, `value` takes the place of these characters of the text at `path`; `move` gives the member at `from` the
last key of `path`.
"""


class FixEntry(TypedDict):
    """How a finding is settled by the tool."""

    title: str
    safety: Literal["safe", "unsafe"]
    """unsafe: what the model reads changes."""
    drop: bool
    """Whether the row can only be left out."""
    act: str | None
    """What is done to the line or the file, where that is no edit of a value."""
    edits: list[EditEntry]


class FixedEntry(TypedDict):
    """What the run fixed before it reported the rest."""

    findings: int
    by_code: dict[str, int]
    rows: int
    """Rows that changed, and blank lines that went away."""
    files: list[str]
    notes: list[str]
    """Why fixes were not applied."""


class FindingEntry(TypedDict):
    """One defect at one place."""

    code: str
    name: str
    severity: SeverityWord
    message: str
    location: LocationEntry
    related: list[PlaceEntry]
    """Other rows that take part."""
    group: str | None
    """Names the cluster that the finding belongs to, among the findings of its rule."""
    data: dict[str, Any]
    """Numbers and names that the rule gives for machines."""
    fix: FixEntry | None
    fingerprint: str
    """16 hexadecimal digits by which the finding is known again as long as its row is the same, wherever it stands."""


class ClusterEntry(TypedDict):
    """Rows that belong together, in JSON Lines only."""

    code: str
    group: str
    size: int
    kept: PlaceEntry
    """The first of the members."""
    members: list[PlaceEntry]
    similarity: float


class VerdictEntry(TypedDict):
    """Whether the run passed."""

    ok: bool
    exit_code: int
    """0 passed, 1 findings at or above ``fail_on``, 2 a rule crashed or an input could not be read to its end."""
    reasons: list[str]


class HeadEntry(TypedDict):
    """All of a report but the findings and the verdict."""

    version: Literal[1]
    tool: ToolEntry
    inputs: list[InputEntry]
    settings: SettingsEntry
    summary: list[SummaryEntry]
    not_run: list[NotRunEntry]
    hidden: dict[str, int]
    baseline: BaselineEntry | None
    fixed: FixedEntry | None
    targets: list[TargetEntry]


class Document(TypedDict):
    """A report of ftprep."""

    version: Literal[1]
    """Version of this document's shape."""
    tool: ToolEntry
    inputs: list[InputEntry]
    """What was read, in reading order."""
    settings: SettingsEntry
    summary: list[SummaryEntry]
    """One entry per rule with findings, the most severe first."""
    not_run: list[NotRunEntry]
    hidden: dict[str, int]
    """Number of findings that are not shown, by reason: baseline, ignored in records, per-file-ignores."""
    baseline: BaselineEntry | None
    fixed: FixedEntry | None
    """null for a run that fixes nothing."""
    targets: list[TargetEntry]
    """What each target says, where all were asked (``target = "auto"``); else empty."""
    findings: list[FindingEntry]
    """All shown findings, in reading order."""
    verdict: VerdictEntry


class RunEntry(TypedDict):
    """The last line of a report in JSON Lines: the verdict, with what concerns the run as a whole."""

    ok: bool
    exit_code: int
    reasons: list[str]
    version: Literal[1]
    tool: ToolEntry
    settings: SettingsEntry
    not_run: list[NotRunEntry]
    hidden: dict[str, int]
    baseline: BaselineEntry | None
    fixed: FixedEntry | None
    targets: list[TargetEntry]


def report_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a report in JSON."""
    from pydantic import ConfigDict, TypeAdapter

    for part in list(globals().values()):
        if isinstance(part, type) and part.__module__ == __name__:
            part.__pydantic_config__ = ConfigDict(use_attribute_docstrings=True)  # type: ignore[attr-defined]
    schema = TypeAdapter(Document).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
