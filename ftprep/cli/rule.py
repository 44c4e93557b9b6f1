"""``ftprep rule``: explain one rule, or list them."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import click

from ftprep.cli import words
from ftprep.cli.choice import Choice
from ftprep.cli.terminal import terminal_width, wants_color, write
from ftprep.output.cells import cut, folded
from ftprep.rule import Bad, Example, Rule, summary
from ftprep.rules import all_rules, rule_named
from ftprep.text.snippet import escape, shorten

ROWS_SHOWN = 3
LINES_SHOWN = 4  # of one row
HIGHLIGHT = {"error": "red", "warning": "yellow", "info": "cyan"}


@click.command("rule")
@click.argument("word", metavar="[CODE|NAME]", required=False, shell_complete=words.complete_rule)
@click.option(
    "--output",
    type=Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How it is written.",
)
def command(word: str | None, output: str) -> int:
    """Explain one rule by its code or name; list all rules, or those of a family such as CHT."""
    if word is not None and not is_family(word):
        rule = rule_named(word)
        lines = {"text": _text, "json": _json, "markdown": _markdown}[output](rule)
    else:
        rules = [rule for code, rule in all_rules().items() if word is None or code.startswith(word.upper())]
        lines = {"text": _text_list, "json": _json_list, "markdown": _markdown_list}[output](rules)
    write(line + "\n" for line in lines)
    return 0


def is_family(word: str) -> bool:
    """Whether a word is a prefix of codes, and no code itself."""
    upper = word.upper()
    return len(upper) <= 3 and upper.isalpha() and any(code.startswith(upper) for code in all_rules())


def sections(rule: type[Rule]) -> list[tuple[str, str]]:
    """The parts of a rule's documentation: (heading, text), the summary first, under an empty heading."""
    lines = textwrap.dedent("    " + (rule.__doc__ or "").strip()).split("\n")
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in lines:
        if line.startswith("## "):
            found.append((line[3:].strip(), []))
        else:
            found[-1][1].append(line)
    return [(heading, "\n".join(text).strip()) for heading, text in found]


def document(rule: type[Rule]) -> dict[str, Any]:
    """Everything about a rule as JSON values."""
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.label,
        "scope": rule.scope,
        "family": rule.family(),
        "since": rule.since,
        "summary": summary(rule),
        "documentation": {heading: text for heading, text in sections(rule) if heading},
        "options": [
            {"name": name.replace("_", "-"), "default": one.default, "description": one.doc}
            | ({"choices": list(one.choices)} if one.choices else {})
            for name, one in rule.options.items()
        ],
        "examples": [
            {"kind": _kind(one), "rows": rows_of(one), "note": one.note}
            | {key: dict(value) for key, value in (("settings", one.settings), ("options", one.options)) if value}
            | ({"at": [{"line": line, "pointer": pointer} for line, pointer in one.at]} if isinstance(one, Bad) else {})
            for one in rule.examples
        ],
    }


def _json(rule: type[Rule]) -> Iterator[str]:
    yield json.dumps(document(rule), indent=2, ensure_ascii=False)


def _json_list(rules: Sequence[type[Rule]]) -> Iterator[str]:
    yield json.dumps([document(rule) for rule in rules], indent=2, ensure_ascii=False)


def _kind(example: Example) -> str:
    return "bad" if isinstance(example, Bad) else "good"


def rows_of(example: Example) -> list[str]:
    """The raw lines of an example as text; bytes that are not UTF-8 are written as ``\\xff``."""
    if example.file is not None:
        return example.file.decode("utf-8", "backslashreplace").split("\n")
    beside = [f"{name}: {_row(row)}" for name, rows in example.beside.items() for row in rows]
    return [f"{example.name}: {_row(row)}" if beside else _row(row) for row in example.rows] + beside


def _row(row: Any) -> str:
    if isinstance(row, bytes):
        return row.decode("utf-8", "backslashreplace")
    return row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)


# --- text -------------------------------------------------------------------------------------------------------


def _text(rule: type[Rule]) -> Iterator[str]:
    color = wants_color(sys.stdout, "auto")
    width = min(terminal_width(), 100)
    severity = rule.severity.label

    def style(text: str, **how: Any) -> str:
        return click.style(text, **how) if color else text

    yield "   ".join(
        [
            style(f"{rule.code} {rule.name}", bold=True),
            style(severity, fg=HIGHLIGHT[severity]),
            f"{rule.scope} rule",
            f"since {rule.since}",
        ]
    )
    for heading, text in sections(rule):
        if heading:
            yield ""
            yield style(heading, bold=True)
        yield from wrap(text, width, "  " if heading else "")
    if rule.options:
        yield ""
        yield style("Options", bold=True)
        for name, option in rule.options.items():
            yield f"  {name.replace('_', '-')} = {toml(option.default)}"
            words = f" ({', '.join(map(str, option.choices))})" if option.choices else ""
            yield from wrap(option.doc + words, width, "      ")
        yield f"  set them under [rules.{rule.name}] in ftprep.toml"
    for heading, wanted in (("Fine", "good"), ("Found", "bad")):
        chosen = [one for one in rule.examples if _kind(one) == wanted]
        if chosen:
            yield ""
            yield style(heading, bold=True)
            for example in chosen:
                yield from _example(example, width)


def _example(example: Example, width: int) -> Iterator[str]:
    rows = rows_of(example)
    for row in rows[:ROWS_SHOWN]:
        text = cut(escape(row), LINES_SHOWN * (width - 5))  # a wide character may not fit at the end of a line
        for number, piece in enumerate(folded(text, width - 4)):
            yield ("    " if number else "  ") + piece
    if len(rows) > ROWS_SHOWN:
        yield f"  ... {len(rows) - ROWS_SHOWN} more rows"
    remarks = [example.note] if example.note else []
    remarks += [f"{name.replace('_', '-')} = {toml(value)}" for name, value in (*_given(example),)]
    if isinstance(example, Bad):
        places = [
            f"line {line}{' ' + pointer if pointer else ''}" if line else "the file" for line, pointer in example.at
        ]
        remarks.append("at " + ", ".join(places[:ROWS_SHOWN]))
    if remarks:
        yield from wrap("; ".join(remarks), width, "      ")


def _given(example: Example) -> Iterator[tuple[str, Any]]:
    yield from example.settings.items()
    yield from example.options.items()


def toml(value: Any) -> str:
    """A value as it is written in TOML."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def wrap(text: str, width: int, indent: str) -> Iterator[str]:
    """Fill paragraphs to ``width``; lists, code and tables keep their lines."""
    for paragraph in text.split("\n\n"):
        lines = paragraph.split("\n")
        if any(line.startswith((" ", "- ", "* ", "|", "```")) for line in lines):
            yield from (indent + line for line in lines)
        else:
            yield from textwrap.wrap(
                " ".join(lines), width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
            )


def _text_list(rules: Sequence[type[Rule]]) -> Iterator[str]:
    color = wants_color(sys.stdout, "auto")
    width = terminal_width()
    names = max(len(rule.name) for rule in rules)
    family = ""
    for rule in rules:
        if rule.family() != family:
            if family:
                yield ""
            family = rule.family()
        severity = f"{rule.severity.label:<7}"
        row = f"{rule.code}  {rule.name:<{names}}  "
        rest = shorten(summary(rule), max(width - len(row) - len(severity) - 2, 20))
        yield row + (click.style(severity, fg=HIGHLIGHT[severity.strip()]) if color else severity) + "  " + rest


# --- markdown ---------------------------------------------------------------------------------------------------


def _markdown(rule: type[Rule]) -> Iterator[str]:
    yield f"# {rule.code} {rule.name}"
    yield ""
    yield f"{rule.severity.label} · {rule.scope} rule · since {rule.since}"
    for heading, text in sections(rule):
        yield ""
        if heading:
            yield f"## {heading}"
            yield ""
        yield text
    if rule.options:
        yield from ("", "## Options", "", "| option | default | meaning |", "|---|---|---|")
        for name, option in rule.options.items():
            yield f"| `{name.replace('_', '-')}` | `{toml(option.default)}` | {option.doc} |"
    for heading, wanted in (("Fine", "good"), ("Found", "bad")):
        chosen = [one for one in rule.examples if _kind(one) == wanted]
        if chosen:
            yield from ("", f"## {heading}")
            for example in chosen:
                rows = rows_of(example)
                yield from ("", *([example.note, ""] if example.note else []), "```json")
                yield from (escape(row) for row in rows[:ROWS_SHOWN])
                yield from ([f"... {len(rows) - ROWS_SHOWN} more rows"] if len(rows) > ROWS_SHOWN else [])
                yield "```"


def _markdown_list(rules: Sequence[type[Rule]]) -> Iterator[str]:
    yield from ("| code | name | severity | scope | what |", "|---|---|---|---|---|")
    for rule in rules:
        yield f"| {rule.code} | {rule.name} | {rule.severity.label} | {rule.scope} | {summary(rule)} |"
