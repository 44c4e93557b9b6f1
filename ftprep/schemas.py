"""The schemas that other programs read: of every format's rows, of ftprep.toml, of the report; and the list of rules.

``python -m ftprep.schemas DIR`` writes them below ``DIR/v1``. They are made from the code, never by hand: the files
in ``schemas/`` are compared with what the code makes today.
"""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ftprep.errors import UsageError, did_you_mean

VERSION = 1
DIALECT = "https://json-schema.org/draft/2020-12/schema"
OTHERS = ("config", "report", "rules")


def schema_names() -> list[str]:
    """The names that :func:`schema_for` knows: the formats in order of detection, then config, report and rules."""
    from ftprep.formats.format import all_formats

    return [*all_formats(), *OTHERS]


def schema_for(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) called ``name``; for ``rules`` the list of rules.

    Raises ``UsageError`` with the nearest name for any other.
    """
    if name == "config":
        from ftprep.config_file import config_schema

        return {"$schema": DIALECT, **config_schema()}
    if name == "report":
        from ftprep.output.document_schema import report_schema

        return report_schema()
    if name == "rules":
        return {"version": VERSION, "rules": list(_rules())}
    return _record_schema(name)


def _record_schema(name: str) -> dict[str, Any]:
    from ftprep.formats.format import all_formats
    from ftprep.formats.validation import adapter
    from ftprep.suppression import KEY, key_schema

    known = all_formats()
    key = name.lower().replace("_", "-")
    if key not in known:
        near = did_you_mean(key, [*known, *OTHERS])
        raise UsageError(f"there is no schema `{name}`{near or ' (`ftprep schema` lists them)'}")
    one = known[key]
    schema = adapter(key).json_schema()
    schema["properties"][KEY] = key_schema()  # not a field of the format, but an editor is not to complain of it
    return {"$schema": DIALECT, **schema, "title": f"{one.title}: one row", "examples": [dict(one.example)]}


def _rules() -> Iterator[dict[str, Any]]:
    from ftprep.options import option_schema
    from ftprep.rule import summary
    from ftprep.rules import all_rules

    for code, rule in all_rules().items():
        yield {
            "code": code,
            "name": rule.name,
            "family": rule.family(),
            "severity": rule.severity.label,
            "scope": rule.scope,
            "since": rule.since,
            "summary": summary(rule),
            "description": textwrap.dedent("    " + (rule.__doc__ or "").strip()),
            "options": {key.replace("_", "-"): option_schema(option) for key, option in rule.options.items()},
        }


def schema_files() -> dict[str, str]:
    """The text of every file, by its path below the folder of schemas."""
    paths = {name: f"v{VERSION}/records/{name}.schema.json" for name in schema_names()}
    paths |= {name: f"v{VERSION}/{name}.schema.json" for name in ("config", "report")}
    paths["rules"] = f"v{VERSION}/rules.json"
    return {path: _text(schema_for(name)) for name, path in paths.items()}


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def write_schemas(folder: str | Path) -> list[Path]:
    """Write every file below ``folder`` and return their paths."""
    files = {Path(folder, path): text for path, text in schema_files().items()}
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return sorted(files)


def main(arguments: list[str]) -> int:
    """Write the schemas to the folder named by the only argument."""
    if len(arguments) != 1:
        print("usage: python -m ftprep.schemas DIR", file=sys.stderr)
        return 2
    for path in write_schemas(arguments[0]):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
