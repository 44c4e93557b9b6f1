"""What a rule is. One rule is one class in one file of ``ftprep/rules/<family>/<rule_name>.py``.

A rule declares its code, name, severity, documentation (the class docstring), options and examples, and yields
findings. It never prints, counts, colours, ignores or exits, and its instances hold no state between rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ftprep.finding import NO_DATA, Finding, Severity
from ftprep.record import Ref
from ftprep.text.snippet import mask_message

if TYPE_CHECKING:
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.inputs import Input
    from ftprep.record import Record
    from ftprep.settings import Settings
    from ftprep.shard import Shard
    from ftprep.targets.target import Restriction, Target


class Needs(IntEnum):
    """How far a row must have come before a rule sees it."""

    RAW = 0  # the bytes of the line, whatever they are
    PARSED = 1  # a JSON object of the file's format, perhaps with schema errors
    VALID = 2  # no schema error but unknown fields


class Cost(IntEnum):
    """What a rule needs besides the columns of a shard; profiles choose by it."""

    LIGHT = 0
    TOKENS = 1
    HEAVY = 2


class Option(NamedTuple):
    """One option of a rule: its default (whose type is the option's type), what it means, and its words if few."""

    default: Any
    doc: str
    choices: tuple[Any, ...] = ()


class Example:
    """Rows that a rule is shown. A dict is one row; a string or bytes is one raw line.

    ``file`` gives the bytes of a whole file instead, called ``name``. ``format`` forces the format, otherwise it
    is detected; ``settings`` are keyword arguments of :func:`ftprep.lint`, ``options`` those of the rule. ``beside``
    are further files of the run, by name, each with its rows.
    """

    def __init__(
        self,
        *rows: Mapping[str, Any] | str | bytes,
        file: bytes | None = None,
        name: str = "example.jsonl",
        format: str | None = None,
        settings: Mapping[str, Any] = NO_DATA,
        options: Mapping[str, Any] = NO_DATA,
        beside: Mapping[str, Sequence[Mapping[str, Any]]] = NO_DATA,
        note: str = "",
    ) -> None:
        self.rows = rows
        self.beside = beside
        self.file = file
        self.name = name
        self.format = format
        self.settings = settings
        self.options = options
        self.note = note


class Good(Example):
    """Rows on which the rule must stay silent."""


class Bad(Example):
    """Rows with findings of the rule; ``at`` lists (line, pointer) of each, in order. Line 0 is the file.

    ``fixed`` are the rows after all fixes of the rule, unsafe ones too, were applied.
    """

    def __init__(
        self,
        *rows: Mapping[str, Any] | str | bytes,
        at: Iterable[tuple[int, str]] = ((1, ""),),
        message: str = "",
        fixed: Sequence[Mapping[str, Any]] | bytes | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*rows, **kwargs)
        self.at = tuple(at)
        self.message = message
        self.fixed = fixed


class Rule:
    """What all rules have. Subclass one of the kinds below, never this."""

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    since: ClassVar[str] = "0.1.0"
    needs: ClassVar[Needs] = Needs.VALID
    cost: ClassVar[Cost] = Cost.LIGHT
    in_fast_profile: ClassVar[bool] = False
    """Whether a dataset rule runs in the profile of the pre-commit hook; rules of other scopes always do."""
    scope: ClassVar[str]
    of_lines: ClassVar[bool] = False
    """Whether it speaks about lines that hold no row, which are no records in any count."""
    methods: ClassVar[frozenset[str] | None] = None
    """Methods of training (``Format.method``) that the rule speaks about; None is every method."""
    options: ClassVar[Mapping[str, Option]] = {}
    examples: ClassVar[tuple[Example, ...]] = ()

    def __init__(self, settings: Settings, options: Mapping[str, Any] = NO_DATA) -> None:
        self.settings = settings
        self.values = {name: options.get(name, option.default) for name, option in self.options.items()}
        self.target = _target(settings)

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        """Say in one phrase why the rule cannot run with ``settings`` ("needs --max-tokens"), or None."""
        return None

    def finding(self, ref: Ref, message: str, **kwargs: Any) -> Finding:
        """Make a finding of this rule; ``kwargs`` are the fields of :class:`~ftprep.finding.Finding`."""
        kwargs.setdefault("severity", self.severity)
        return Finding(self.code, ref, mask_message(message), **kwargs)

    def restrictions(self, check: str, format: str | None = None) -> tuple[Restriction, ...]:
        """What the run's target demands of rows of ``format`` and this rule enforces by ``check``; () without one."""
        if self.target is None:
            return ()
        from ftprep.targets.target import restrictions_for

        return restrictions_for(self.target.name, self.code, check, format, self.settings.target_model)

    def restriction(self, check: str, format: str | None = None) -> Restriction | None:
        """The first of :meth:`restrictions`, or None."""
        found = self.restrictions(check, format)
        return found[0] if found else None

    def refused(
        self, ref: Ref, restriction: Restriction, message: str, words: Mapping[str, Any] = NO_DATA, **kwargs: Any
    ) -> Finding:
        """Make a finding of what a target does not take, with its severity and, filled with ``words``, its wording."""
        data = {**kwargs.pop("data", NO_DATA), "target": restriction.target, "restriction": restriction.id}
        says = restriction.wording(words)
        if says is not None:
            data["says"] = says
        return self.finding(ref, message, severity=restriction.severity, data=data, **kwargs)

    def check_file(self, source: Input) -> Iterator[Finding]:
        """Yield findings about an input as a whole, after it was read: container, encoding, detected format."""
        return iter(())

    @classmethod
    def family(cls) -> str:
        """The folder that the rule stands in, for example ``chat``."""
        return cls.__module__.rsplit(".", 2)[1]


class FileRule(Rule):
    """Looks at inputs as wholes only, by :meth:`check_file`."""

    scope = "file"
    needs = Needs.RAW


class RecordRule(Rule):
    """Looks at one row at a time, and only at rows that its screen lets through.

    The screen is the first that is declared of ``turns`` (a regular expression over the turn letters of a row,
    see :mod:`ftprep.formats.columns`; rows with a match pass), ``literals`` and ``any_case`` (rows with a text that
    holds one of them pass; those of ``any_case`` in whatever case their ASCII letters are) and an own
    :meth:`screen`. Without any, every row passes.
    """

    scope = "record"
    turns: ClassVar[re.Pattern[bytes] | None] = None
    literals: ClassVar[tuple[str, ...]] = ()
    any_case: ClassVar[tuple[str, ...]] = ()
    beside: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Further words, by a name, that the check asks for: found in any case, and in the same pass, but no reason to
    check a row. The texts with one are ``shard.literal_hits[f"{code} {name}"]``."""

    def screen(self, shard: Shard) -> Iterable[int] | None:
        """Indices of the rows to check, ascending; None for all. May let too many through, never too few."""
        if self.turns is not None:
            return shard.rows_with_turns(self.turns)
        if self.literals or self.any_case:
            return shard.rows_with_literals(self)
        return None

    def check(self, record: Record) -> Iterator[Finding]:
        """Yield the findings of one row."""
        raise NotImplementedError


class CalibratedRule(RecordRule):
    """Looks at one row at a time, and asks the whole input what that means.

    What :meth:`check` yields are candidates. When all rows of an input were seen, :meth:`calibrate` turns them into
    findings: an answer without its label means one thing where one row in a thousand lacks it, and another where
    half of them do.
    """

    grouped_share: ClassVar[float] = 0.2
    """From this share of the judged rows on, candidates become one finding about the input."""
    least_grouped: ClassVar[int] = 3
    """Fewer rows than this are always named one by one."""

    def tally(self, shard: Shard) -> Mapping[str, int]:
        """Numbers that :meth:`calibrate` needs, added up over the shards of an input; ``rows`` are those judged."""
        return {"rows": shard.state.count(0)}

    def calibrate(self, candidates: Sequence[Finding], tally: Mapping[str, int]) -> Iterator[Finding]:
        """Yield the findings of one input. ``candidates`` are those of all its rows, in reading order."""
        rows = len({one.ref for one in candidates})
        if rows < self.least_grouped or rows < self.grouped_share * tally["rows"]:
            yield from candidates
        else:
            yield self.group(candidates, rows, tally["rows"])

    def group(self, candidates: Sequence[Finding], rows: int, judged: int, **kwargs: Any) -> Finding:
        """One finding about the input in the place of ``candidates``, with the first rows as examples.

        Where candidates carry their ``kind`` in their data, the kinds are counted as ``variants``.
        """
        first = candidates[0]
        kwargs.setdefault("message", f"{rows:,} of {judged:,} rows ({rows / judged:.0%}): {first.message}"[:100])
        variants = Counter(one.data["kind"] for one in candidates if "kind" in one.data)
        data = {"rows": rows, "judged": judged} | ({"variants": dict(sorted(variants.items()))} if variants else {})
        kwargs.setdefault("data", data)
        refs = tuple(dict.fromkeys(one.ref for one in candidates))[:3]
        return self.finding(Ref(first.ref.file, 0), related=refs, **kwargs)


class PatternRule(Rule):
    """One regular expression, run once over the joined texts of a shard.

    ``pattern`` works on UTF-8 bytes: texts are joined by the byte 0xFF, which no match may cross, so write
    negated classes as ``[^\\xff…]``. Texts are chosen by ``kinds`` (see :mod:`ftprep.formats.columns`); empty
    means every text.
    """

    scope = "record"
    pattern: ClassVar[re.Pattern[bytes]]
    kinds: ClassVar[frozenset[int]] = frozenset()

    def check_match(self, record: Record, text: int, match: re.Match[bytes]) -> Iterator[Finding]:
        """Yield findings for one match inside text number ``text`` of the shard."""
        raise NotImplementedError


Wanted = frozenset[str] | None
"""Names of the columns of a table that somebody reads; None is all of them."""


class Facts(NamedTuple):
    """What a shard is boiled down to for several dataset rules. ``columns`` is as ``DatasetRule.map_shard``."""

    name: str
    columns: Callable[[Shard, Wanted], Mapping[str, Any] | None]


class DatasetRule(Rule):
    """Looks at all rows together, in two steps: shards become small tables, the table becomes findings."""

    scope = "dataset"
    across_splits: ClassVar[bool] = False
    """Whether the rule compares the splits of a dataset, and has nothing to do where there is only one."""
    facts: ClassVar[Facts | None] = None
    """What makes the table, where several rules judge the same facts: it is made once for all of them."""
    reads: ClassVar[Wanted] = None
    """The columns of the facts that the rule reads: where no other rule reads more, the others need not be made."""

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        """Return columns of numbers (numpy arrays of one length), one entry per row named in column ``row``.

        ``row`` holds indices into the shard; the engine replaces it by the columns ``file``, ``line`` and
        ``offset``. Texts never go into a table. A column of several numbers per entry is a ``Ragged``.
        """
        raise NotImplementedError

    @classmethod
    def table_name(cls) -> str:
        """The name of the table that the rule judges: that of its facts, or its own code."""
        return cls.code if cls.facts is None else cls.facts.name

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        """Yield findings from the table of all shards, in reading order, with ``engine.group_by``."""
        raise NotImplementedError


def _target(settings: Settings) -> Target | None:
    if settings.target is None:
        return None
    from ftprep.targets.target import load_target

    return load_target(settings.target)


def summary(rule: type[Rule]) -> str:
    """The first line of a rule's documentation."""
    return (rule.__doc__ or "").strip().split("\n", 1)[0].strip()
