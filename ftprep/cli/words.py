"""The words that a shell may complete. What knows them is imported when somebody presses the key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click
from click.shell_completion import CompletionItem

PROFILES = (
    ("fast", "no token counts, what a commit hook runs"),
    ("standard", "the default"),
    ("thorough", "all rules"),
)
PII_ENGINES = (
    ("windows", "around anchors, the default"),
    ("presidio-full", "presidio on whole texts"),
)
LEVELS = (("error", "the default"), ("warning", ""), ("info", ""), ("never", ""))

Words = Iterable[tuple[str, str]]
Items = list[CompletionItem]


def rules() -> Iterator[tuple[str, str]]:
    """Codes with the names of their rules, and families."""
    from ftprep.rules import all_rules

    yield "ALL", "every rule"
    found = all_rules()
    families = {code[:3]: rule.family() for code, rule in found.items()}
    yield from ((prefix, f"rules of family {name}") for prefix, name in families.items())
    yield from ((code, rule.name) for code, rule in found.items())


def formats() -> Iterator[tuple[str, str]]:
    """Formats with their titles."""
    from ftprep.formats.format import all_formats

    yield from ((name, one.title) for name, one in all_formats().items())


def complete_rule(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """One code."""
    return _starting(incomplete, (pair for pair in rules() if len(pair[0]) > 3 or incomplete))


def complete_rules(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """A list of codes with commas: the last of them."""
    return _last_of_list(incomplete, rules())


def complete_allowance(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """``CODE=``, of which the number is left to the user."""
    last = incomplete.rsplit(",", 1)[-1]
    return [] if "=" in last else _last_of_list(incomplete, ((f"{code}=", name) for code, name in rules()))


def complete_format(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """A format."""
    return _starting(incomplete, formats())


def complete_format_or_file(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """A format, else whatever file the shell finds."""
    return _starting(incomplete, formats()) or complete_path(context, param, incomplete)


def complete_schema(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """A schema."""
    from ftprep.schemas import OTHERS

    return _starting(incomplete, [*formats(), *((name, "") for name in OTHERS)])


def complete_model(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """A model with a published limit."""
    from ftprep.text.models import known_limits

    return _starting(incomplete, ((name, f"{one.training_context:,} tokens") for name, one in known_limits().items()))


def complete_profile(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """A profile."""
    return _starting(incomplete, PROFILES)


def complete_pii_engine(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """How personal data is found."""
    return _starting(incomplete, PII_ENGINES)


def complete_level(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """A severity, or never."""
    return _starting(incomplete, LEVELS)


def complete_output(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """An output format; behind ``=`` the file is left to the user."""
    from ftprep.output import RENDERERS

    return [] if "=" in incomplete else _last_of_list(incomplete, ((name, "") for name in RENDERERS))


def complete_key(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """A key of configuration."""
    from ftprep.config import DEFAULTS

    return _starting(incomplete, ((name, "") for name in DEFAULTS))


def complete_path(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Whatever the shell finds."""
    return [CompletionItem(incomplete, type="file")]


def _last_of_list(incomplete: str, words: Words) -> Items:
    before, comma, last = incomplete.rpartition(",")
    return _starting(last, words, before + comma)


def _starting(incomplete: str, words: Words, before: str = "") -> Items:
    wanted = incomplete.lower()
    return [CompletionItem(before + word, help=text) for word, text in words if word.lower().startswith(wanted)]


def complete_target(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """A target, or all of them."""
    from ftprep.targets.target import all_targets

    targets = [(name, one.title) for name, one in all_targets().items()]
    return _starting(incomplete, [*targets, ("auto", "ask every target")])


def complete_goal(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """What rows can be converted to: a target, or a format that can be written."""
    from ftprep.conversion.shapes import writable
    from ftprep.targets.target import all_targets

    targets = [(name, one.title) for name, one in all_targets().items()]
    titles = dict(formats())
    return _starting(
        incomplete, [*targets, *((name, titles[name]) for name in writable() if name not in all_targets())]
    )
