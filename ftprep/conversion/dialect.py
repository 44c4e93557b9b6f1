"""What a target demands of the rows that are written for it, from its file in ``ftprep/targets/``."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any

from ftprep.finding import Severity
from ftprep.targets.target import Restriction, Target, load_target, restrictions_for


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a format is written: the defaults are those of the format itself, without a target.

    ``row_keys`` and ``message_keys`` are all that rows and messages may have (None leaves that to the format);
    ``columns`` says that any further column may stay. ``joined`` are the sides whose turns become one where two follow
    each other. ``trained`` is the key by which a message says whether it is learnt, ``reasoning`` the one of its
    thoughts; "" where there is none. ``names`` says whether others than tools may have one.
    ``images`` is where an image stands: in its part, or in a column of the row. Tools that are to be ``described``
    are called by their name where they say nothing of themselves. ``refusals`` says whether they are told from texts.
    """

    target: str = ""
    format: str = ""
    arguments: str = "string"
    ids: bool = True
    id_pattern: str = ""
    unique_ids: bool = False
    no_ids: bool = False
    names: bool = True
    roles: frozenset[str] | None = None
    part_kinds: frozenset[str] | None = None
    row_keys: frozenset[str] | None = None
    message_keys: frozenset[str] | None = None
    columns: bool = False
    joined: frozenset[str] = frozenset()
    positions: bool = False
    one_system: bool = False
    system_first: bool = False
    content_or_calls: bool = False
    tool_fields: tuple[str, ...] = ()
    one_answer: bool = False
    trained: str = "weight"
    reasoning: str = "reasoning_content"
    images: str = "part"
    described: bool = False
    refusals: bool = True
    addresses: frozenset[str] | None = None
    byte_order_mark: bool = False

    def reaches(self, url: str) -> bool:
        """Whether the target fetches a file from this address."""
        start = url.partition(":")[0]
        kind = {"http": "web", "https": "web"}.get(start, start)
        if self.addresses is not None:
            return kind in self.addresses
        return not self.target or self.images == "column" or kind == "data" or "://" in url

    @property
    def who(self) -> str:
        """Who reads the rows, for a sentence."""
        return self.target or self.format

    def takes(self, key: str) -> bool:
        """Whether a message may have ``key``."""
        return self.message_keys is None or key in self.message_keys


@functools.cache
def dialect_for(target: str, format: str, model: str | None = None) -> Dialect:
    """The dialect of ``format`` for the target of this name, "" for none."""
    if not target:
        return Dialect(format=format)
    known = load_target(target)
    values = known.writes

    def value(rule: str, check: str) -> Any:
        found = restrictions_for(target, rule, check, format, model)
        return found[0].value if found else None

    def holds(rule: str, check: str) -> bool:
        return bool(restrictions_for(target, rule, check, format, model))

    closed = value("SCH002", "closed") or {}
    more = value("SCH002", "extra-keys")
    refused = [one.value for one in restrictions_for(target, "CHT004", "runs", format, model) if _is_error(one)]
    runs = refused[0] if refused else ""
    arguments = value("TUL002", "arguments") or values.get("arguments", "string")
    parts, roles = value("CHT009", "parts"), value("SCH004", "roles")
    required = [one.value for one in restrictions_for(target, "SCH001", "required", format, model)]
    outputs = value("SCH006", "outputs") or {}
    message_keys, images = closed.get("message"), value("CHT009", "images")
    return Dialect(
        target=target,
        format=format,
        arguments=arguments,
        ids=arguments == "string" or any(one["of"] == "call" for one in required),
        id_pattern=value("TUL007", "call-id-pattern") or "",
        unique_ids=holds("TUL007", "unique-call-ids"),
        roles=_SPOKEN if roles is None and values.get("developer") == "system" else _set(roles),
        part_kinds=_set(parts),
        row_keys=frozenset((*closed["row"], *(more or ()))) if "row" in closed else _extra(more),
        message_keys=None if message_keys is None else frozenset(message_keys),
        columns=holds("SCH002", "open"),
        joined=_JOINED.get(runs, frozenset()),
        positions=runs == "positions",
        one_system=holds("CHT006", "one-system"),
        system_first=holds("CHT005", "late-system"),
        content_or_calls=holds("CHT011", "content-or-calls"),
        tool_fields=tuple(one["field"] for one in required if one["of"] == "tool"),
        one_answer=outputs.get("most") == 1,
        trained=values.get("trained", "weight"),
        reasoning=values.get("reasoning", "reasoning_content"),
        images=values.get("images", "part"),
        described=values.get("descriptions") == "needed",
        refusals=values.get("refusals") != "text" and (parts is None or "refusal" in parts),
        names=values.get("names", "all") == "all",
        addresses=None if images is None else frozenset(images["addresses"]),
        byte_order_mark=holds("JSN012", "byte-order-mark"),
    )


_SPOKEN = frozenset({"system", "user", "assistant", "tool"})
_JOINED = {
    "strict": frozenset({"user", "assistant"}),
    "positions": frozenset({"user", "assistant"}),
    "merged-positions": frozenset({"user", "assistant"}),
    "assistant": frozenset({"assistant"}),
}
"""Whose turns are joined where two of them follow each other, by what a target says of runs."""


def _set(names: Any) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


def _is_error(restriction: Restriction) -> bool:
    return restriction.severity == Severity.ERROR


def _extra(more: Any) -> frozenset[str] | None:
    return frozenset((*_CHAT_ROW, *more)) if more else None


_CHAT_ROW = ("messages", "tools", "parallel_tool_calls", "input", "preferred_output", "non_preferred_output")


def speaks_system(target: Target, format: str) -> bool:
    """Whether rows of ``format`` may have system turns for this target; what cannot goes to another format."""
    roles = dialect_for(target.name, format).roles
    return roles is None or "system" in roles or format == "claude-bedrock"


def without_ids(dialect: Dialect) -> Dialect:
    """The same dialect of a format in which calls have no ids."""
    return replace(dialect, ids=False, id_pattern="", unique_ids=False, no_ids=True)
