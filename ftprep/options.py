"""Options of rules: their values are checked against the type of each option's default."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from ftprep.config_file import said
from ftprep.errors import UsageError, did_you_mean
from ftprep.rule import Option, Rule
from ftprep.rules import all_rules
from ftprep.text.snippet import quote

_JSON_TYPES: Mapping[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}
_LARGEST = sys.float_info.max
_PLURALS: Mapping[type, str] = {str: "strings", int: "whole numbers", float: "numbers", bool: "true or false"}


def checked_options(tables: Mapping[str, Mapping[str, Any]], place: str) -> dict[str, dict[str, Any]]:
    """Check options, by name of rule, against the rules; returns them under the names that the rules use.

    Raises ``UsageError`` that begins with ``place`` for an unknown rule or option, or a value of the wrong type.
    """
    by_name: dict[str, type[Rule]] = {rule.name: rule for rule in all_rules().values()}
    checked: dict[str, dict[str, Any]] = {}
    for name, table in tables.items():
        rule = by_name.get(name)
        if rule is None:
            coded = all_rules().get(name.upper())
            near = f"; did you mean `{coded.name}`?" if coded is not None else did_you_mean(name, by_name)
            raise UsageError(f"{place}: no rule is named {quote(name)}{near or ' (`ftprep rule` lists them)'}")
        for key, value in table.items():
            option = rule.options.get(key.replace("-", "_"))
            if option is None:
                known = [one.replace("_", "-") for one in rule.options]
                near = did_you_mean(key, known) or f"; known: {', '.join(known)}" if known else "; it has none"
                raise UsageError(f"{place}: `{name}` has no option {quote(key)}{near}")
            due = mismatch(option, value)
            if due is not None:
                words = map(str, option.choices)
                near = (did_you_mean(value, words) if isinstance(value, str) else "") or f"; {due} is due"
                raise UsageError(f"{place}: option `{key}` of `{name}` is {said(value)}{near}")
            value = float(value) if isinstance(option.default, float) else value
            checked.setdefault(name, {})[key.replace("-", "_")] = value
    return checked


def mismatch(option: Option, value: Any) -> str | None:
    """What is due instead of ``value``, by the type of the option's default and its choices; None when it fits."""
    default = option.default
    if option.choices:
        known = any(type(value) is type(one) and value == one for one in option.choices)
        return None if known else "one of " + ", ".join(map(str, option.choices))
    if isinstance(default, bool):
        return None if isinstance(value, bool) else "true or false"
    if isinstance(default, int):
        return None if isinstance(value, int) and not isinstance(value, bool) else "a whole number"
    if isinstance(default, float):
        # Bounds instead of math.isfinite, which raises for integers that no float can hold.
        fits = isinstance(value, int | float) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST
        return None if fits else "a number"
    if isinstance(default, list | tuple):
        kinds = {type(one) for one in default} or {str}
        fits = isinstance(value, list | tuple) and all(type(one) in kinds for one in value)
        return None if fits else "a list of " + " or ".join(sorted(_PLURALS.get(kind, "values") for kind in kinds))
    return None if isinstance(value, str) else "a string"


def option_schema(option: Option) -> dict[str, Any]:
    """The JSON Schema of one option."""
    default = option.default
    if isinstance(default, list | tuple):
        schema: dict[str, Any] = {"type": "array", "items": {"type": _JSON_TYPES[type(default[0]) if default else str]}}
        default = list(default)
    else:
        schema = {"type": _JSON_TYPES[type(default)]}
    if option.choices:
        schema["enum"] = list(option.choices)
    return {**schema, "description": option.doc, "default": default}
