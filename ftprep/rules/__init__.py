"""The rules, one file each, in a folder per family. A rule is found by walking the folders: nothing lists it."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from ftprep.errors import UsageError, did_you_mean
from ftprep.rule import DatasetRule, FileRule, PatternRule, RecordRule, Rule

_KINDS = (Rule, FileRule, RecordRule, PatternRule, DatasetRule)


@functools.cache
def all_rules() -> dict[str, type[Rule]]:
    """Every rule class by code, in order of code."""
    found: dict[str, type[Rule]] = {}
    for family in pkgutil.iter_modules(__path__):
        package = importlib.import_module(f"{__name__}.{family.name}")
        for module in pkgutil.iter_modules(package.__path__):
            members = vars(importlib.import_module(f"{package.__name__}.{module.name}")).values()
            for member in members:
                if isinstance(member, type) and issubclass(member, Rule) and member not in _KINDS:
                    found[member.code] = member
    return dict(sorted(found.items()))


def rule_named(word: str) -> type[Rule]:
    """Return the rule with this code or name; raises ``UsageError`` with the nearest one."""
    rules = all_rules()
    if word.upper() in rules:
        return rules[word.upper()]
    for rule in rules.values():
        if rule.name == word.lower():
            return rule
    known = [*rules, *(rule.name for rule in rules.values())]
    raise UsageError(f"unknown rule `{word}`{did_you_mean(word, known)} (`ftprep rule` lists them)")
