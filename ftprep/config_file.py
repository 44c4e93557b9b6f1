"""Configuration files: where they are looked for, how they are read, and what they may say."""

from __future__ import annotations

import functools
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from ftprep.allowance import PATTERN
from ftprep.config_prepare import DUE as PREPARE_DUE
from ftprep.config_prepare import PrepareTable
from ftprep.errors import UsageError, did_you_mean, nearest_path
from ftprep.settings import PiiEngine, Profile
from ftprep.text.snippet import quote

FILE_NAME, PROJECT_FILE = "ftprep.toml", "pyproject.toml"

Selectors = list[Annotated[str, Field(min_length=1)]]
SeverityWord = Literal["error", "warning", "info"]
FailOn = Literal["error", "warning", "info", "never"]

Splits = dict[Literal["train", "validation", "test"], Annotated[str, Field(min_length=1)] | Selectors]

Config = TypedDict(
    "Config",
    {
        "extend": Annotated[
            str, Field(description="Another configuration file, relative to this one, whose values come first.")
        ],
        "model": Annotated[
            str, Field(description="Model to be trained: names the tokenizer and the training context.")
        ],
        "tokenizer": Annotated[
            str, Field(description="A tokenizer.json for models without a built-in one, relative to this file.")
        ],
        "max-tokens": Annotated[int, Field(gt=0, description="Most tokens that a row may have.")],
        "format": Annotated[str, Field(description="Format of every input; without it, each file's is detected.")],
        "target": Annotated[
            str, Field(description="Platform or trainer whose own rules apply, or auto to ask all of them.")
        ],
        "response-format": Annotated[
            str, Field(description="JSON file with the response_format of an RFT job, relative to this file.")
        ],
        "against": Annotated[
            Selectors,
            Field(description="Evaluation files, relative to this file, whose questions no row may hold (LEK004)."),
        ],
        "against-production": Annotated[
            Selectors,
            Field(description="Rows of production, relative to this file, that training data should be like (DRF)."),
        ],
        "pii-engine": Annotated[
            PiiEngine,
            Field(description="How personal data is found: in windows around anchors, or by presidio on whole texts."),
        ],
        "ner-model": Annotated[
            str,
            Field(
                min_length=1, description="Installed spaCy or transformers model that finds names of people (PII101)."
            ),
        ],
        "splits": Annotated[
            Splits, Field(description="Globs of the training, validation and test files of the only dataset.")
        ],
        "datasets": Annotated[
            dict[Annotated[str, Field(min_length=1)], Splits],
            Field(description="What belongs together: the splits of each dataset, by its name."),
        ],
        "profile": Annotated[Profile, Field(description="Which cost of rule may run.")],
        "select": Annotated[
            Selectors,
            Field(min_length=1, description="Rules to run: codes, prefixes of codes, names, or ALL."),
        ],
        "extend-select": Annotated[Selectors, Field(description="Rules to run besides the selected ones.")],
        "ignore": Annotated[Selectors, Field(description="Rules not to run.")],
        "per-file-ignores": Annotated[
            dict[str, Selectors],
            Field(description="Rules whose findings are hidden in files that match a glob (relative to this file)."),
        ],
        "severity": Annotated[
            dict[str, SeverityWord], Field(description="Severity of rules, by code, prefix or name.")
        ],
        "fail-on": Annotated[FailOn, Field(description="Least severity that makes the run fail.")],
        "max-findings": Annotated[
            dict[str, Annotated[int, Field(ge=0)] | Annotated[str, Field(pattern=PATTERN)]],
            Field(
                description="How much of a rule (code, prefix or name) may be found: a number of findings, or a share "
                'of the records such as "5%". Such findings do not count for fail-on.'
            ),
        ],
        "baseline": Annotated[
            str, Field(min_length=1, description="A file of known findings that are hidden, relative to this file.")
        ],
        "fix": Annotated[bool, Field(description="Let `ftprep lint` apply safe fixes, as with --fix.")],
        "unsafe-fixes": Annotated[
            bool, Field(description="Apply, and count as available, fixes that change what the model reads.")
        ],
        "extend-safe-fixes": Annotated[Selectors, Field(description="Rules whose fixes are held to be safe.")],
        "extend-unsafe-fixes": Annotated[Selectors, Field(description="Rules whose fixes are held to be unsafe.")],
        "exclude": Annotated[
            Selectors, Field(description="Globs (relative to this file) of files and folders to leave out.")
        ],
        "jobs": Annotated[
            Annotated[int, Field(gt=0)] | Literal["auto"],
            Field(description="Number of processes, or auto for as many as help."),
        ],
        "prepare": Annotated[
            PrepareTable, Field(description="What `ftprep prepare` and `ftprep split` are asked for.")
        ],
        "rules": Annotated[dict[str, dict[str, Any]], Field(description="Options of rules, by the name of the rule.")],
    },
    total=False,
)
"""What a configuration file may say. Every key may be absent."""


class ConfigFile(NamedTuple):
    """One file that was read: its path, and its checked values."""

    path: Path
    values: Mapping[str, Any]

    @property
    def shown(self) -> str:
        """The path as people read it: relative to the working folder where it lies below."""
        return shown_path(self.path)


def config_keys() -> list[str]:
    """Every key that configuration knows."""
    return list(Config.__annotations__)


def config_schema() -> dict[str, Any]:
    """The JSON Schema of ``ftprep.toml``, with the options of every rule."""
    from ftprep.options import option_schema
    from ftprep.rules import all_rules

    schema = _adapter().json_schema()
    rules = {
        rule.name: {
            "type": "object",
            "description": f"Options of {rule.code}.",
            "properties": {name.replace("_", "-"): option_schema(option) for name, option in rule.options.items()},
            "additionalProperties": False,
        }
        for rule in all_rules().values()
        if rule.options
    }
    properties: dict[str, Any] = schema["properties"]
    properties["rules"] = {
        "type": "object",
        "description": properties["rules"]["description"],
        "properties": dict(sorted(rules.items())),
        "additionalProperties": False,
    }
    for name, one in properties.items():
        one["title"] = name
    return schema


# --- finding ----------------------------------------------------------------------------------------------------


def find_config(folder: str | Path) -> Path | None:
    """The nearest ``ftprep.toml``, or ``pyproject.toml`` with ``[tool.ftprep]``, from ``folder`` upwards.

    In one folder ``ftprep.toml`` comes first. Raises ``UsageError`` for a file that cannot be read.
    """
    return _find(os.path.abspath(folder))


def _find(folder: str) -> Path | None:
    while True:
        own, project = Path(folder, FILE_NAME), Path(folder, PROJECT_FILE)
        if os.path.isfile(own):  # unlike Path.is_file, False for whatever cannot be looked at
            return own
        if os.path.isfile(project) and _table(project) is not None:
            return project
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def common_config(paths: Iterable[str | Path]) -> Path | None:
    """The one configuration file of all ``paths`` (files or folders); the working folder's when there are none.

    Raises ``UsageError`` when two of them have different ones: one run has one configuration.
    """
    found: dict[str, Path | None] = {}
    first: tuple[str, Path | None] | None = None
    for path in paths:
        name = os.path.abspath(path)
        folder = name if os.path.isdir(name) else os.path.dirname(name)
        if folder not in found:
            found[folder] = _find(folder)
        mine = str(path), found[folder]
        if first is None:
            first = mine
        elif first[1] != mine[1]:
            said = [f"`{shown_path(path)}` {_configured(config)}" for path, config in (first, mine)]
            raise UsageError(f"{said[0]} but {said[1]}: run them apart, or give --config or --isolated")
    return first[1] if first is not None else find_config(".")


def _configured(config: Path | None) -> str:
    return f"is configured by {shown_path(config)}" if config is not None else "has no configuration file"


def shown_path(path: str | Path) -> str:
    """``path`` relative to the working folder where it lies below, else as it is."""
    try:
        return Path(path).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)


# --- reading ----------------------------------------------------------------------------------------------------


def load_config(path: Path) -> list[ConfigFile]:
    """Read a configuration file and those that it extends; the farthest comes first.

    Raises ``UsageError`` for a file that cannot be read, is not TOML, has unknown keys or values, or extends itself.
    """
    chain: list[ConfigFile] = []
    following: Path | None = path
    seen: list[str] = []
    while following is not None:
        name = os.path.realpath(following)
        if name in seen:
            raise UsageError(f"{shown_path(path)}: `extend` comes back to {shown_path(following)}")
        seen.append(name)
        table = _table(following)
        if table is None:
            raise UsageError(f"{shown_path(following)}: there is no [tool.ftprep] in it")
        one = ConfigFile(following, check_values(table, shown_path(following)))
        chain.append(one)
        extended = one.values.get("extend")
        before, following = following, None
        if extended is not None:
            following = Path(os.path.normpath(before.parent / extended))
            if not os.path.lexists(following):
                raise UsageError(
                    f"{shown_path(before)}: `extend` names {shown_path(following)}, which does not exist"
                    f"{nearest_path(shown_path(following))}"
                )
    return chain[::-1]


def _table(path: Path) -> dict[str, Any] | None:
    """The keys of ftprep in a TOML file; None for a pyproject.toml without any."""
    shown = shown_path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{shown}: {_reason(error)}") from None
    is_project = path.name == PROJECT_FILE
    if is_project and b"ftprep" not in data:
        return None  # whatever else is wrong with the file is another tool's business
    table = parse_toml(data, shown)
    if not is_project:
        return table
    tool = table.get("tool")
    mine = tool.get("ftprep") if isinstance(tool, dict) else None
    if mine is not None and not isinstance(mine, dict):
        raise UsageError(f"{shown}: `tool.ftprep` is {toml_type(mine)}; a table is due")
    return mine


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def parse_toml(data: bytes, shown: str) -> dict[str, Any]:
    """Parse TOML; raises ``UsageError`` that names the file ``shown`` and the line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{shown}:{line}: not UTF-8") from None
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise UsageError(f"{shown}: not valid TOML: nested too deeply") from None
    except ValueError as error:  # TOMLDecodeError, and dates or numbers that do not exist
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        message = str(error)[: place.start()] if place else "a value that does not exist"
        line = int(place[1]) if place and place[1] else text.count("\n") + (not text.endswith("\n"))
        where = f"{shown}:{line}" if place else shown
        raise UsageError(f"{where}: not valid TOML: {message[:1].lower()}{message[1:]}") from None


# --- checking ---------------------------------------------------------------------------------------------------


@functools.cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(with_config(extra="forbid", strict=True, title="ftprep configuration")(Config))


def check_values(values: Mapping[str, Any], origin: str, mention: Callable[[str], str] | None = None) -> dict[str, Any]:
    """Return ``values`` checked against :data:`Config`; raises ``UsageError`` with one sentence.

    It begins with ``origin``, or with what ``mention`` calls the key: an option of the command line, a variable.
    """
    if not values:
        return {}  # without building the validator
    try:
        checked: dict[str, Any] = _adapter().validate_python(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        sentence, key = _sentence(first, values), str(first["loc"][0])
        if key == "prepare" and len(first["loc"]) > 1:
            key = f"prepare.{first['loc'][1]}"
        if mention is not None and sentence.startswith(f"`{key}` "):  # "--jobs is ...": the option stands for the key
            raise UsageError(mention(key) + sentence.removeprefix(f"`{key}`")) from None
        if mention is not None:
            raise UsageError(f"{mention(key)}: {sentence.replace(f'`{key}.', '`', 1)}") from None
        raise UsageError(f"{origin}: {sentence}") from None
    return checked


def _sentence(error: Any, values: Mapping[str, Any]) -> str:
    kind, location = error["type"], [str(step) for step in error["loc"]]
    if location[-1] == "[key]":
        known = [word.strip(" '") for word in re.split(r",| or ", error["ctx"]["expected"])]
        near = did_you_mean(location[-2], known) or "; known: " + ", ".join(known)
        return f"unknown key {quote('.'.join(location[:-1]), 80)}{near}"
    if kind == "extra_forbidden":
        key = location[-1]
        if key == "tool" and "ftprep" in (values.get("tool") or ()):
            return f"`[tool.ftprep]` belongs in {PROJECT_FILE}; in {FILE_NAME} the keys stand at the top"
        known = config_keys() if len(location) == 1 else list(PREPARE_DUE)
        near = did_you_mean(key.replace("_", "-"), known)
        return f"unknown key {quote('.'.join(location))}{near or '; known: ' + ', '.join(known)}"
    if location[0] == "prepare" and len(location) > 1:  # mostly unions
        return f"`prepare.{location[1]}` is {said(values['prepare'][location[1]])}; {PREPARE_DUE[location[1]]} is due"
    if location[0] == "jobs":  # a union: either branch's error alone would mislead
        return f"`jobs` is {said(error['input'])}; a positive whole number or `auto` is due"
    if location[0] == "max-findings" and len(location) > 1:  # a union, too
        name = quote(".".join(location[:2]), 80)
        return f'{name} is {said(error["input"])}; a number of findings or a share such as "5%" is due'
    name = quote(".".join(step for step in location if not step.isdigit()), 80)
    if kind == "literal_error":
        known = [word.strip(" '") for word in re.split(r",| or ", error["ctx"]["expected"])]
        given = error["input"]
        near = did_you_mean(given, known) if isinstance(given, str) else ""
        return f"{name} is {said(given)}{near or '; known: ' + ', '.join(known)}"
    if kind == "greater_than":
        return f"{name} is {said(error['input'])}; a number above {error['ctx']['gt']} is due"
    if kind in ("too_short", "string_too_short"):
        return f"{name} is empty" if kind == "too_short" else f"{name} holds an empty string"
    words = {
        "bool_type": "true or false",
        "int_type": "a whole number",
        "string_type": "a string",
        "list_type": "a list",
        "dict_type": "a table",
    }
    return f"{name} is {toml_type(error['input'])}; {words.get(kind, 'another type')} is due"


def said(value: Any) -> str:
    """A value as an error repeats it: strings and numbers themselves, other values by their type."""
    return quote(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else toml_type(value)


def toml_type(value: Any) -> str:
    """The name of a value's type, with an article where one belongs."""
    if isinstance(value, bool):
        return "true" if value else "false"
    for kind, word in ((int, "a whole number"), (float, "a number"), (str, "a string"), (dict, "a table")):
        if isinstance(value, kind):
            return word
    return "a list" if isinstance(value, list | tuple) else "a date" if hasattr(value, "isoformat") else "nothing"
