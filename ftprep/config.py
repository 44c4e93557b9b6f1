"""From what the user said, in four places, to the settings of one run, each with where it came from.

The command line (or the arguments of :func:`ftprep.lint`) comes before the environment, the environment before
configuration files, these before the defaults. Lists of rules to ignore or to add, excluded paths and tables add up;
everything else is replaced.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftprep.allowance import Allowance, checked_allowance
from ftprep.config_asked import Asked, checked_key, plain_prepare, without_beaten
from ftprep.config_asked import environment_name as prepare_variable
from ftprep.config_checks import (
    AUTO,
    Layer,
    Value,
    check_selectors,
    checked,
    counting_model,
    prefix_of,
)
from ftprep.config_file import check_values, load_config, parse_toml
from ftprep.config_prepare import DEFAULTS as PREPARE_DEFAULTS
from ftprep.config_prepare import SWITCHES as PREPARE_SWITCHES
from ftprep.config_words import FIX_SELECTORS, SELECTORS, anchored, plain_values
from ftprep.errors import UsageError
from ftprep.finding import Severity
from ftprep.options import checked_options
from ftprep.report import severity_named
from ftprep.selection import Selection, canonical
from ftprep.settings import Settings, SplitGlob
from ftprep.text.snippet import quote

SWITCHES = ("fix", "unsafe-fixes")
LISTS = (*SELECTORS, "exclude")
DEFAULTS: Mapping[str, Any] = {
    "model": None,
    "tokenizer": None,
    "max-tokens": None,
    "format": None,
    "target": None,
    "response-format": None,
    "against": (),
    "against-production": (),
    "pii-engine": "windows",
    "ner-model": None,
    "splits": {},
    "datasets": {},
    "profile": "standard",
    "select": (),
    "extend-select": (),
    "ignore": (),
    "per-file-ignores": {},
    "severity": {},
    "fail-on": "error",
    "max-findings": {},
    "baseline": None,
    "fix": False,
    "unsafe-fixes": False,
    "extend-safe-fixes": (),
    "extend-unsafe-fixes": (),
    "exclude": (),
    "jobs": "auto",
    "prepare": {},
    "rules": {},
}
"""Every setting in the order in which it is shown, with its default; None and empty mean "not said"."""

FROM_ENVIRONMENT = tuple(key for key in DEFAULTS if key not in ("severity", "rules", "datasets", "prepare"))


@dataclass(frozen=True, slots=True)
class Resolved:
    """Everything that a run needs to know besides its data. ``jobs`` 0 is as many processes as help.

    ``exclude`` and the globs of ``selection.per_file_ignores`` are absolute where they name a folder. ``values`` has
    every setting by its key, tables by dotted keys; ``prepare`` is what the table of that name asks for.
    """

    settings: Settings
    selection: Selection
    fail_on: Severity | None
    exclude: tuple[str, ...]
    jobs: int
    values: Mapping[str, Value]
    files: tuple[Path, ...]
    max_findings: Mapping[str, Allowance] = field(default_factory=dict)
    baseline: Path | None = None
    fix: bool = False
    unsafe_fixes: bool = False
    prepare: Mapping[str, Asked] = field(default_factory=dict)


def resolve(
    given: Mapping[str, Any],
    *,
    file: Path | None = None,
    inline: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    mention: Callable[[str], str] = "--{}".format,
    origin: str = "command line",
) -> Resolved:
    """Put all layers together and check them.

    ``given`` are values that the caller was given, by configuration key, ``file`` the configuration file (see
    :func:`ftprep.config_file.common_config`), ``inline`` texts of TOML such as ``profile = "fast"``. ``environment``
    is read for ``FTPREP_<OPTION>``. Raises ``UsageError`` with one sentence that names the place.
    """
    here = Path.cwd()
    layers: list[Layer] = []
    files = load_config(file) if file is not None else []
    for one in files:
        layers.append(Layer(one.shown, one.path.parent.absolute(), one.values, _key_of(one.shown)))
    layers += _environment_layers(environment or {}, here)
    for text in inline:
        place = f"{mention('config')} {quote(text)}"
        values = check_values(parse_toml(text.encode("utf-8", "surrogateescape"), place), place)
        if "extend" in values:
            raise UsageError(f"{place}: `extend` belongs in a configuration file")
        layers.append(Layer(mention("config"), here, values, _key_of(place)))

    def direct(key: str) -> str:
        return mention(key.removeprefix("prepare."))

    said = None if mention("").endswith("=") else direct  # arguments of a function are keys already
    plain = plain_values(given, mention)
    if "prepare" in given:
        plain["prepare"] = plain_prepare(given["prepare"], direct)
    layers.append(Layer(origin, here, check_values(plain, origin, said), direct))
    return _combine(layers, tuple(one.path for one in files))


def _key_of(place: str) -> Callable[[str], str]:
    return lambda key: f"{place}: `{key}`"


def _constant(name: str) -> Callable[[str], str]:
    return lambda key: name


# --- layers -----------------------------------------------------------------------------------------------------


def _environment_layers(environment: Mapping[str, str], here: Path) -> Iterable[Layer]:
    for key in FROM_ENVIRONMENT:
        name = environment_name(key)
        text = environment.get(name, "").strip()
        if not text:
            continue
        value: Any = text
        if key in ("max-tokens", "jobs") and re.fullmatch(r"[0-9]{1,18}", text):
            value = int(text)
        elif key == "max-tokens":
            raise UsageError(f"{name} is {quote(text)}; a whole number is due")
        elif key in SWITCHES:
            value = _switch(text, name)
        values = check_values(plain_values({key: value}, environment_name), f"environment {name}", environment_name)
        yield Layer(f"environment {name}", here, values, environment_name)
    for key in PREPARE_DEFAULTS:
        name = prepare_variable(key)
        text = environment.get(name, "").strip()
        if text:
            shown = _constant(name)
            table = plain_prepare({key: _switch(text, name) if key in PREPARE_SWITCHES else text}, shown)
            yield Layer(f"environment {name}", here, check_values({"prepare": table}, name, shown), shown)


def _switch(text: str, name: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off"):
        return False
    raise UsageError(f"{name} is {quote(text)}; true or false is due")


def environment_name(key: str) -> str:
    """The variable that stands for an option: ``FTPREP_MAX_TOKENS`` for ``max-tokens``."""
    return "FTPREP_" + key.upper().replace("-", "_")


# --- putting them together --------------------------------------------------------------------------------------


def _combine(layers: Sequence[Layer], files: tuple[Path, ...]) -> Resolved:
    values = {key: Value(default, "default") for key, default in DEFAULTS.items() if not isinstance(default, Mapping)}
    tables: dict[str, dict[str, Value]] = {key: {} for key, default in DEFAULTS.items() if isinstance(default, Mapping)}
    tables["prepare"] = {key: Value(default, "default") for key, default in PREPARE_DEFAULTS.items()}
    asked = {key: Asked(default, layers[-1].mention(f"prepare.{key}")) for key, default in PREPARE_DEFAULTS.items()}
    excluded: list[str] = []
    options: dict[str, dict[str, Any]] = {}
    allowances: dict[str, Allowance] = {}
    splits: list[SplitGlob] = []
    for number, layer in enumerate(layers, 1):
        for key, value in layer.values.items():
            if key in ("extend", *SELECTORS):
                continue
            if key == "exclude":
                excluded += [anchored(pattern, layer.folder) for pattern in value]
                values[key] = _added(values[key], Value(tuple(value), layer.origin))
            elif key == "per-file-ignores":
                for pattern, words in value.items():
                    check_selectors(words, f"{layer.mention(key)}")
                    tables[key][anchored(pattern, layer.folder)] = Value(tuple(words), layer.origin)
            elif key in FIX_SELECTORS:
                check_selectors(value, layer.mention(key))
                values[key] = _added(values[key], Value(tuple(value), layer.origin))
            elif key in ("splits", "datasets"):
                # What a higher layer says comes first, and so does what is said for this run alone.
                splits[:0] = _split_globs(value if key == "datasets" else {"": value}, layer.folder)
                named = {"": value} if key == "splits" else value
                for dataset, table in named.items():
                    for split, globs in table.items():
                        name = f"{dataset}.{split}" if dataset else split
                        tables[key][name] = Value((globs,) if isinstance(globs, str) else tuple(globs), layer.origin)
            elif key == "severity":
                check_selectors(value, layer.mention(key))
                tables[key].update({word: Value(one, layer.origin) for word, one in value.items()})
            elif key == "max-findings":
                for word, one in value.items():
                    allowances[prefix_of(word, layer.mention(key))] = checked_allowance(word, one, layer.mention(key))
                    tables[key][word] = Value(one, layer.origin)
            elif key == "prepare":
                for name, one in value.items():
                    said = checked_key(name, one, layer.folder, layer.mention)
                    asked[name] = Asked(said, layer.mention(f"prepare.{name}"), number)
                    tables[key][name] = Value(said, layer.origin)
            elif key == "rules":
                for rule, table in checked_options(value, layer.mention(key)).items():
                    options.setdefault(rule, {}).update(table)
                    tables[key].update({f"{rule}.{name}": Value(one, layer.origin) for name, one in table.items()})
            else:
                values[key] = Value(checked(key, value, layer), layer.origin)
    values.update(_selectors(layers))
    target = values["target"].value
    model = counting_model(values, layers)
    settings = Settings(
        profile=values["profile"].value,
        model=model,
        tokenizer=values["tokenizer"].value,
        max_tokens=values["max-tokens"].value,
        # A header shows token counts in every profile but the hook's, which encodes over-long rows only.
        count_tokens=values["profile"].value != "fast",
        format=values["format"].value,
        target=None if target == AUTO else target,
        target_model=values["model"].value if target else None,
        survey=target == AUTO,
        response_format=values["response-format"].value,
        against=tuple(values["against"].value),
        against_production=tuple(values["against-production"].value),
        splits=tuple(splits),
        pii_engine=values["pii-engine"].value,
        ner_model=values["ner-model"].value,
        rule_options=options,
    )
    selection = Selection(
        select=tuple(values["select"].value),
        extend_select=tuple(values["extend-select"].value),
        ignore=tuple(values["ignore"].value),
        per_file_ignores={pattern: one.value for pattern, one in tables["per-file-ignores"].items()},
        severity={word: Severity.parse(one.value) for word, one in tables["severity"].items()},
        extend_safe_fixes=tuple(values["extend-safe-fixes"].value),
        extend_unsafe_fixes=tuple(values["extend-unsafe-fixes"].value),
    )
    jobs = values["jobs"].value
    shown = {
        dotted: one
        for key in DEFAULTS
        for dotted, one in (
            {f"{key}.{part}": one for part, one in tables[key].items()} if key in tables else {key: values[key]}
        ).items()
    }
    return Resolved(
        settings,
        selection,
        severity_named(values["fail-on"].value),
        tuple(excluded),
        0 if jobs == "auto" else jobs,
        shown,
        files,
        allowances,
        None if values["baseline"].value is None else Path(values["baseline"].value),
        values["fix"].value,
        values["unsafe-fixes"].value,
        without_beaten(asked),
    )


def _split_globs(datasets: Mapping[str, Mapping[str, str | Sequence[str]]], folder: Path) -> list[SplitGlob]:
    return [
        SplitGlob(dataset, split, os.path.normpath(anchored(pattern, folder)), str(folder))
        for dataset, table in datasets.items()
        for split, globs in table.items()
        for pattern in ([globs] if isinstance(globs, str) else globs)
    ]


def _added(before: Value, after: Value) -> Value:
    if not before.value:
        return after
    origins = dict.fromkeys([*before.origin.split(" + "), after.origin])
    return Value(tuple(dict.fromkeys((*before.value, *after.value))), " + ".join(origins))


def _selectors(layers: Sequence[Layer]) -> dict[str, Value]:
    """Lay the selectors of all layers over each other: what a higher layer says about a rule holds.

    A higher ``select`` starts anew. Ignored rules stay ignored, unless a higher layer selects the same word; selected
    rules that a higher layer ignores, by the same word or by a shorter one, are ignored.
    """
    select, extend, ignore = (Value((), "default") for _ in SELECTORS)
    for layer in layers:
        mine = {key: tuple(layer.values.get(key, ())) for key in SELECTORS}
        for key, words in mine.items():
            check_selectors(words, layer.mention(key))
        asked = {canonical(word) for key in SELECTORS[:2] for word in mine[key]}
        ignore = ignore._replace(value=tuple(word for word in ignore.value if canonical(word) not in asked))
        refused = tuple(canonical(word) for word in mine["ignore"])
        lower = (*select.value, *extend.value)
        beaten = tuple(word for word in lower if refused and canonical(word).startswith(refused))
        if mine["select"]:
            select, extend, beaten = Value(mine["select"], layer.origin), Value((), "default"), ()
        if mine["extend-select"]:
            extend = _added(extend, Value(mine["extend-select"], layer.origin))
        if mine["ignore"]:
            ignore = _added(ignore, Value((*mine["ignore"], *beaten), layer.origin))
    return dict(zip(SELECTORS, (select, extend, ignore), strict=True))
