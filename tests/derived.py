"""The files that are made from the code. ``python -m tests.derived`` rewrites them; tests compare them with the code.

The schemas are made by :mod:`ftprep.schemas`, and compared in ``test_schemas.py``.

After a rewrite, read the difference: what changed in ``sample_data/EXPECTED.json`` must be true of the rows.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
SAMPLE = CHECKOUT / "sample_data"
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sample_files() -> list[Path]:
    """The data files of the sample."""
    return sorted(path for path in SAMPLE.iterdir() if path.name not in ("README.md", "EXPECTED.json"))


def expected() -> str:
    """``{file: [[line, code, pointer], ...]}`` for every file of the sample, each linted by itself."""
    import ftprep

    parts = []
    for path in sample_files():
        findings = ftprep.lint(path, isolated=True).findings
        rows = [json.dumps([one.ref.line, one.code, one.pointer]) for one in findings]
        listed = "".join(f"\n    {row}," for row in rows).rstrip(",") + ("\n  " if rows else "")
        parts.append(f"  {json.dumps(path.name)}: [{listed}]")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def rules_page() -> str:
    """``docs/rules.md``: all rules in one table, and their options in another."""
    from ftprep.rules import all_rules

    lines = [
        "# Rules",
        "",
        "Made from the rules by `python -m tests.derived`. `ftprep rule CODE` tells all about one: what it does, why",
        "that is bad, how to settle it, its options, and rows that are fine and rows that are not.",
        "",
        ftprep_output("rule", "--output", "markdown").strip(),
        "",
        "## Options",
        "",
        "Set in `ftprep.toml` under `[rules.NAME]`.",
        "",
        "| rule | option | default | meaning |",
        "|---|---|---|---|",
    ]
    for code, rule in all_rules().items():
        for name, option in rule.options.items():
            default = json.dumps(option.default, ensure_ascii=False)
            lines.append(f"| {code} {rule.name} | `{name.replace('_', '-')}` | `{default}` | {option.doc} |")
    return "\n".join(lines) + "\n"


def formats_page() -> str:
    """``docs/formats.md``: what is written there by hand, and the table of formats."""
    from ftprep.formats.format import all_formats

    lines = ["| format | method | what | smallest valid row |", "|---|---|---|---|"]
    for name, one in all_formats().items():
        example = json.dumps(dict(one.example), ensure_ascii=False).replace("|", "\\|")
        lines.append(f"| `{name}` | {one.method} | {one.title} | `{example}` |")
    page = (CHECKOUT / "docs" / "formats.md").read_text(encoding="utf-8")
    before, _, rest = page.partition("<!-- table -->\n")
    _, _, after = rest.partition("<!-- end of table -->\n")
    return f"{before}<!-- table -->\n" + "\n".join(lines) + f"\n<!-- end of table -->\n{after}"


def convert_page() -> str:
    """``docs/convert.md``: what is written there by hand, and the table of formats that can be read and written."""
    from ftprep.conversion.shapes import all_shapes

    lines = ["| format | for | written | has no place for |", "|---|---|---|---|"]
    for name, one in all_shapes().items():
        if one.write is not None:
            lost = "; ".join(one.cannot)
        elif one.read is not None:
            lost = f"read only: {one.why}"
        else:
            lost = f"neither read nor written: {one.why}"
        lines.append(f"| `{name}` | {one.method} | {'yes' if one.write is not None else 'no'} | {lost} |")
    page = (CHECKOUT / "docs" / "convert.md").read_text(encoding="utf-8")
    before, _, rest = page.partition("<!-- table -->\n")
    _, _, after = rest.partition("<!-- end of table -->\n")
    return f"{before}<!-- table -->\n" + "\n".join(lines) + f"\n<!-- end of table -->\n{after}"


def targets_page() -> str:
    """``docs/targets.md``: what is written there by hand, and what each target takes."""
    from ftprep.targets.target import target_names

    parts = [ftprep_output("targets", "--output", "markdown").strip()]
    parts += [ftprep_output("targets", name, "--output", "markdown").strip() for name in target_names()]
    page = (CHECKOUT / "docs" / "targets.md").read_text(encoding="utf-8")
    before, _, _ = page.partition("<!-- tables -->\n")
    return f"{before}<!-- tables -->\n" + "\n\n".join(parts) + "\n"


def readme() -> str:
    """``README.md`` with the real output of the commands in its console blocks."""
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    return CONSOLE.sub(lambda block: "```console\n" + "".join(_replayed(block[1])) + "```", text)


def _replayed(block: str) -> Iterator[str]:
    """The commands of a console block (lines that start with ``$``), each with what it prints today."""
    for line in block.splitlines():
        if line.startswith("$ "):
            yield line + "\n"
            yield steady(ftprep_output(*_arguments(line)))


def _arguments(line: str) -> list[str]:
    """The arguments of ftprep in a command line, whatever sets it up before ``&&``."""
    words = line.removeprefix("$ ").split("&&")[-1].split()
    assert Path(words[0]).name == "ftprep", f"no command of ftprep: {line}"
    return words[1:]


def ftprep_output(*arguments: str) -> str:
    """What the command prints to standard output in the checkout, at a width of 88 columns and without colour."""
    environment = {**os.environ, "COLUMNS": "88", "NO_COLOR": "1", "TERM": "dumb"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(CHECKOUT), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", "ftprep", *arguments]
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def steady(output: str) -> str:
    """Replace what differs from run to run, the seconds, by the same width of digits."""
    return re.sub(r"\b\d+\.\d (?=s\b)", "0.1 ", output)


DERIVED: dict[str, Callable[[], str]] = {
    "sample_data/EXPECTED.json": expected,
    "docs/rules.md": rules_page,
    "docs/formats.md": formats_page,
    "docs/targets.md": targets_page,
    "docs/convert.md": convert_page,
    "README.md": readme,
}


if __name__ == "__main__":
    from ftprep.schemas import write_schemas

    write_schemas(CHECKOUT / "schemas")
    for name, make in DERIVED.items():
        path, new = CHECKOUT / name, make()
        if not path.exists() or path.read_text(encoding="utf-8") != new:
            path.write_text(new, encoding="utf-8", newline="\n")
            print(f"rewrote {name}")
