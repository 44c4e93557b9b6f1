"""What is imported when: a start that loads what it does not need is slow in every commit hook and every shell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ftprep.rules import all_rules

HEAVY = (
    "awkward",
    "datasets",
    "gigatoken",
    "jsonschema",
    "jsonschema_rs",
    "pandas",
    "polars",
    "presidio_analyzer",
    "pyarrow",
    "rich",
    "scipy",
    "spacy",
    "tiktoken",
    "tokenizers",
    "zstandard",
)
RUN = """
import sys
from ftprep.cli.main import main
code = main(sys.argv[1:], standalone_mode=False)
print(*sorted(sys.modules), file=sys.stderr)
sys.exit(code)
"""


def modules_after(*arguments: str, folder: Path | None = None) -> set[str]:
    """The modules that a command imports, in a process of its own."""
    command = [sys.executable, "-c", RUN, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


def test_import_ftprep_imports_next_to_nothing() -> None:
    code = "import sys; before = set(sys.modules); import ftprep; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = set(done.stdout.split())
    assert imported.isdisjoint({"numpy", "pydantic", "click", *HEAVY})
    assert {name for name in imported if name.startswith("ftprep")} == {"ftprep"}


def test_public_names_are_there() -> None:
    code = "import ftprep; print(*[type(getattr(ftprep, name)).__name__ for name in ftprep.__all__])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"ABCMeta", "EnumType", "function", "str", "type"}
    wrong = subprocess.run([sys.executable, "-c", "import ftprep; ftprep.lnt"], capture_output=True, text=True)
    assert "AttributeError: module 'ftprep' has no attribute 'lnt'" in wrong.stderr


@pytest.mark.parametrize("arguments", [[], ["--help"], ["--version"], ["lint", "--help"], ["config", "--help"]])
def test_help_imports_click_alone(arguments: list[str]) -> None:
    modules = modules_after(*arguments)
    assert modules.isdisjoint({"numpy", "pydantic", "orjson", "ftprep.rules", *HEAVY})


def test_a_rule_is_explained_without_the_others() -> None:
    modules = modules_after("rule", "CHT003")
    assert modules.isdisjoint({"numpy", "pydantic", *HEAVY})
    rules = {name for name in modules if name.startswith("ftprep.rules.") and name.count(".") == 3}
    assert rules == {all_rules()["CHT003"].__module__}


def test_rules_are_explained_without_what_they_run_on() -> None:
    modules = modules_after("rule")
    assert modules.isdisjoint({"numpy", "pydantic", "xxhash", *HEAVY})
    assert {rule.__module__ for rule in all_rules().values()} <= modules


def test_the_hook_loads_nothing_heavy_for_clean_rows(tmp_path: Path) -> None:
    rows = [
        {"messages": [{"role": "user", "content": f"{number} oars?"}, {"role": "assistant", "content": "Aye."}]}
        for number in range(60)
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    modules = modules_after("lint", "--profile", "fast", "--isolated", "rows.jsonl", folder=tmp_path)
    assert modules.isdisjoint({"concurrent.futures.process", "multiprocessing", "wcwidth", *HEAVY})


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts threads as Linux shows them")
def test_the_hook_starts_no_thread(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"messages": [{"role": "user", "content": "a"}]}\n')
    code = (
        "import os, sys; from ftprep.cli.main import main; main(sys.argv[1:], standalone_mode=False); "
        "assert 'numpy' in sys.modules; print(len(os.listdir('/proc/self/task')), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "lint", "--profile", "fast", "--isolated", "--exit-zero", "rows.jsonl"]
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stderr.split()[-1] == "1"


def test_a_model_of_the_table_needs_no_tokenizer_in_the_hook(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"messages": [{"role": "user", "content": "a"}]}\n')
    arguments = ["lint", "--profile", "fast", "--isolated", "--model", "gpt-4.1-mini", "--exit-zero", "rows.jsonl"]
    assert modules_after(*arguments, folder=tmp_path).isdisjoint(HEAVY)
