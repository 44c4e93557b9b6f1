"""``ftprep targets``: the platforms and trainers there are, or what one of them takes."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import click

from ftprep.cli.choice import Choice
from ftprep.cli.terminal import terminal_width, write
from ftprep.targets.limits import CHECKS
from ftprep.targets.target import Restriction, Target, all_targets, target_named

_UNITS = {
    "rows-least": "rows, at least",
    "rows-most": "rows, at most",
    "bytes-least": "bytes, at least",
    "bytes-most": "bytes, at most",
    "image-rows-most": "rows with images, at most",
    "tokens-most": "tokens per row, at most",
}


@click.command("targets")
@click.argument("name", metavar="[NAME]", required=False)
@click.option(
    "--output",
    type=Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How it is written.",
)
def command(name: str | None, output: str) -> int:
    """List the platforms and trainers that --target knows; or show what NAME takes, from which source and date."""
    if name is None:
        targets = list(all_targets().values())
        lines = {"text": _text_list, "json": _json_list, "markdown": _markdown_list}[output](targets)
    else:
        lines = {"text": _text, "json": _json, "markdown": _markdown}[output](target_named(name))
    write(line + "\n" for line in lines)
    return 0


def document(target: Target) -> dict[str, Any]:
    """Everything about a target as JSON values."""
    return {
        "name": target.name,
        "title": target.title,
        "kind": target.kind,
        "read": target.read.isoformat(),
        "aliases": list(target.aliases),
        "formats": list(target.formats),
        "ended": dict(target.ended),
        "sources": [
            {"key": one.key, "title": one.title, "date": one.date.isoformat()} for one in target.sources.values()
        ],
        "notices": [{"text": one.text, "date": one.date.isoformat(), "source": one.source} for one in target.notices],
        "models": [
            {"names": list(one.names), "formats": list(one.formats), "images": one.images, "note": one.note}
            for one in target.models
        ],
        "restrictions": [_restriction(one) for one in target.restrictions],
    }


def _restriction(one: Restriction) -> dict[str, Any]:
    return {
        "id": one.id,
        "what": one.what,
        "source": one.source,
        "rule": one.rule or None,
        "severity": one.severity.label if one.rule else None,
        "formats": list(one.formats),
        "models": list(one.models),
        "split": one.split or None,
        "check": one.check or None,
        "value": one.value,
        "says": one.says or None,
        "not_enforced": one.not_enforced or None,
    }


def limits_of(target: Target) -> list[tuple[str, str, str, str]]:
    """The target's limits in numbers: what, how many, for which models, formats and splits, source."""
    found = []
    for one in target.restrictions:
        if one.check in _UNITS:
            for_what = ", ".join([*one.models, *one.formats, *([one.split] if one.split else [])]) or "all"
            found.append((_UNITS[one.check], f"{one.value['limit']:,}", for_what, _dated(target, one)))
    return found


def _dated(target: Target, one: Restriction) -> str:
    return f"{one.source} {target.sources[one.source].date}"


# --- JSON and Markdown --------------------------------------------------------------------------------------------


def _json(target: Target) -> Iterator[str]:
    yield json.dumps(document(target), indent=2, ensure_ascii=False)


def _json_list(targets: Sequence[Target]) -> Iterator[str]:
    yield json.dumps([document(one) for one in targets], indent=2, ensure_ascii=False)


def _markdown_list(targets: Sequence[Target]) -> Iterator[str]:
    yield "| target | what | also called | formats | as of |"
    yield "|---|---|---|---|---|"
    for one in targets:
        formats = ", ".join(f"`{name}`" for name in one.formats)
        yield f"| `{one.name}` | {one.title}, {one.kind} | {', '.join(one.aliases)} | {formats} | {one.read} |"


def _markdown(target: Target) -> Iterator[str]:
    yield f"## {target.name}"
    yield ""
    yield f"{target.title}, a {target.kind}, as of {target.read}."
    yield ""
    yield "| source | what it is | date |"
    yield "|---|---|---|"
    for source in target.sources.values():
        yield f"| {source.key} | {source.title} | {source.date} |"
    for notice in target.notices:
        yield ""
        yield f"**Note**: {notice.text} ({notice.source})."
    if limits := limits_of(target):
        yield ""
        yield "| limit | number | for | source |"
        yield "|---|---|---|---|"
        for row in limits:
            yield f"| {' | '.join(row)} |"
    yield ""
    yield "| restriction | rule | severity | test | source |"
    yield "|---|---|---|---|---|"
    for one in target.restrictions:
        if one.rule:
            yield f"| {_cell(one.what)} | {one.rule} | {one.severity.label} | {proof_of(one)} | {one.source} |"
    if left := [one for one in target.restrictions if not one.rule]:
        yield ""
        yield "| not enforced | why | source |"
        yield "|---|---|---|"
        for one in left:
            yield f"| {_cell(one.what)} | {_cell(one.not_enforced)} | {one.source} |"


def proof_of(one: Restriction) -> str:
    """Where in ``tests/test_targets.py`` a restriction is tested."""
    if one.check in CHECKS:
        return f"limits: {one.target}"
    if one.check == "tokens-most":
        return f"token limits: {one.target}"
    if one.bad or one.good:
        return f"`{one.target}-{one.id}`"
    others = {"method": "a model sets the limits", "cuts": "TOK002", "control-tokens": "control tokens of the model"}
    return others.get(one.check, one.rule)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


# --- text -------------------------------------------------------------------------------------------------------


def _text_list(targets: Sequence[Target]) -> Iterator[str]:
    names = max(len(one.name) for one in targets)
    titles = max(len(one.title) for one in targets)
    for one in targets:
        yield f"{one.name:<{names}}  {one.title:<{titles}}  {one.kind:<8}  as of {one.read}"
    yield ""
    yield "ftprep targets NAME shows one; ftprep lint --target auto FILE asks all of them."


def _text(target: Target) -> Iterator[str]:
    width = min(terminal_width(), 100)
    yield f"{target.name}   {target.title}   {target.kind}   as of {target.read}"
    yield from _entry("also", ", ".join(target.aliases), width)
    yield from _entry("reads", ", ".join(target.formats), width)
    for format, reason in target.ended.items():
        yield from _entry("ended", f"{format}: {reason}", width)
    for notice in target.notices:
        yield from _entry("note", f"{notice.text} ({notice.source})", width)
    for source in target.sources.values():
        yield from _entry("source", f"{source.key}: {source.title}, {source.date}", width)
    for model in target.models:
        sees = ", images" if model.images else ""
        note = f" ({model.note})" if model.note else ""
        yield from _entry("model", f"{model.name}: {', '.join(model.formats)}{sees}{note}", width)
    if limits := limits_of(target):
        yield from ("", "Limits")
        widths = [max(len(row[at]) for row in limits) for at in range(3)]
        fits = 2 + sum(widths) + max(len(row[3]) for row in limits) + 6 <= width
        for what, number, for_what, dated in limits:
            head = f"  {what:<{widths[0]}}  {number:>{widths[1]}}  "
            if fits:
                yield f"{head}{for_what:<{widths[2]}}  {dated}"
            else:
                yield from textwrap.wrap(
                    f"{for_what} ({dated})", width, initial_indent=head, subsequent_indent=" " * len(head)
                )
    yield from ("", "Restrictions")
    shown = [one for one in target.restrictions if one.rule and one.check not in _UNITS]
    # What is tested for several formats or models one by one is said once.
    for rule, severity, text in dict.fromkeys((one.rule, one.severity, f"{one.what} ({one.source})") for one in shown):
        head = f"  {rule} {severity.label:<7}  "
        yield from textwrap.wrap(text, width, initial_indent=head, subsequent_indent=" " * 18)
    if left := [one for one in target.restrictions if not one.rule]:
        yield from ("", "Not enforced")
        for one in left:
            text = f"{one.what} ({one.not_enforced})"
            yield from textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="    ")


def _entry(key: str, text: str, width: int) -> Iterator[str]:
    if text:
        yield from textwrap.wrap(text, width, initial_indent=f"{key:<8}", subsequent_indent=" " * 8)
