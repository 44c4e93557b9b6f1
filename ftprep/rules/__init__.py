"""The rules, one file each, in a folder per family. A rule is found by walking the folders: nothing lists it."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from pathlib import Path
from typing import TypeGuard

from ftprep.errors import UsageError, did_you_mean
from ftprep.rule import CalibratedRule, DatasetRule, FileRule, PatternRule, RecordRule, Rule

_KINDS = (Rule, FileRule, RecordRule, CalibratedRule, PatternRule, DatasetRule)


@functools.cache
def all_rules() -> dict[str, type[Rule]]:
    """Every rule class by code, in order of code."""
    found: dict[str, type[Rule]] = {}
    for family in pkgutil.iter_modules(__path__):
        package = importlib.import_module(f"{__name__}.{family.name}")
        for module in pkgutil.iter_modules(package.__path__):
            members = vars(importlib.import_module(f"{package.__name__}.{module.name}")).values()
            found.update({member.code: member for member in members if _is_rule(member)})
    return dict(sorted(found.items()))


def rule_named(word: str) -> type[Rule]:
    """Return the rule with this code or name; raises ``UsageError`` with the nearest one.

    Imports no other rule than the one that is meant, unless there is none.
    """
    alone = _rule_alone(word)
    if alone is not None:
        return alone
    rules = all_rules()
    if word.upper() in rules:
        return rules[word.upper()]
    for rule in rules.values():
        if rule.name == word.lower():
            return rule
    known = [*rules, *(rule.name for rule in rules.values())]
    raise UsageError(f"unknown rule `{word}`{did_you_mean(word, known)} (`ftprep rule` lists them)")


@functools.lru_cache(maxsize=4096)
def prefix_meant(word: str) -> str | None:
    """The code or prefix of codes that a selector means, "" for ALL; None where it means no rule.

    Selectors are codes, prefixes of codes, names and ALL, in any case.
    """
    rules = all_rules()
    plain = word.strip()
    upper = plain.upper()
    if upper == "ALL":
        return ""
    if upper and any(code.startswith(upper) for code in rules):
        return upper
    lower = plain.lower()
    return next((code for code, rule in rules.items() if rule.name == lower), None)


def selectors() -> list[str]:
    """Every word that :func:`prefix_meant` knows, but for prefixes shorter or longer than a family."""
    rules = all_rules()
    families = sorted({code[:3] for code in rules})
    return ["ALL", *families, *rules, *(rule.name for rule in rules.values())]


def _rule_alone(word: str) -> type[Rule] | None:
    """Import one rule: its file bears its name, and its text states its code."""
    name, statement = word.lower().replace("-", "_"), f'    code = "{word.upper()}"\n'
    for path in sorted(path for folder in __path__ for path in Path(folder).glob("*/[!_]*.py")):
        if path.stem == name or statement in path.read_text(encoding="utf-8"):
            members = vars(importlib.import_module(f"{__name__}.{path.parent.name}.{path.stem}")).values()
            return next(filter(_is_rule, members), None)
    return None


def _is_rule(member: object) -> TypeGuard[type[Rule]]:
    return isinstance(member, type) and issubclass(member, Rule) and member not in _KINDS
