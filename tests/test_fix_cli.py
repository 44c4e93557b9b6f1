"""``ftprep lint --fix`` and ``--diff``: exit codes, streams, and what is said."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import CLEAN, chat, cli, prepared_folder  # noqa: F401

HUMAN = chat("Oar or sail?", "Sail.").replace('"user"', '"human"')
USER = chat("Oar or sail?", "Sail.")
PYTHON = "{'messages': [{'role': 'user', 'content': 'A?'}, {'role': 'assistant', 'content': 'B.'}]}\n"
EMPTY = chat("Rope or chain?", "")
FILES = {
    "safe": CLEAN + HUMAN,
    "warning": CLEAN + "\n",
    "unsafe": CLEAN + PYTHON,
    "left": CLEAN + HUMAN + EMPTY,
}


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / f"{name}.jsonl").write_text(text)
    (folder / "table.csv").write_text("\ufeffprompt,completion\n" + "a?,b\n" * 60)
    (folder / "locked.jsonl").write_text(FILES["safe"])
    (folder / "locked.jsonl").chmod(0o444)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("safe.jsonl", 1),
        ("safe.jsonl --no-fix", 1),
        ("safe.jsonl --unsafe-fixes", 1),  # says what could be fixed, and fixes nothing
        ("safe.jsonl --fix", 0),
        ("safe.jsonl --fix --exit-non-zero-on-fix", 1),
        ("safe.jsonl --fix --exit-non-zero-on-fix --exit-zero", 0),
        ("safe.jsonl --exit-non-zero-on-fix", 1),
        ("clean.jsonl --fix --exit-non-zero-on-fix", 0),
        ("warning.jsonl --fix --exit-non-zero-on-fix", 1),
        ("warning.jsonl --fix --fail-on warning", 0),
        ("unsafe.jsonl --fix", 1),
        ("unsafe.jsonl --fix --unsafe-fixes", 0),
        ("left.jsonl --fix", 1),
        ("left.jsonl --fix --exit-zero", 0),
        ("left.jsonl --fix --ignore CHT003", 0),
        ("left.jsonl --fix-only", 0),
        ("left.jsonl --fix-only --exit-non-zero-on-fix", 1),
        ("locked.jsonl --fix-only", 2),
        ("left.jsonl --fix-only -o json", 2),
        ("safe.jsonl --diff", 1),
        ("safe.jsonl --diff --fix", 1),
        ("safe.jsonl --diff --exit-zero", 0),
        ("left.jsonl --diff --select CHT", 0),
        ("clean.jsonl --diff", 0),
        ("unsafe.jsonl --diff", 0),
        ("unsafe.jsonl --diff --unsafe-fixes", 1),
        ("safe.jsonl --diff -o json", 2),
        ("missing.jsonl --fix", 2),
        ("missing.jsonl safe.jsonl --diff", 2),
        ("locked.jsonl --fix", 2),
        ("locked.jsonl --fix --exit-zero", 2),
        ("locked.jsonl --diff", 1),
        ("table.csv --fix", 0),
    ],
)
def test_exit_codes(arguments: str, code: int) -> None:
    before = {path.name: path.read_bytes() for path in Path().glob("*.*")}
    result = cli("lint", *arguments.split())
    assert result.exit_code == code, result.output
    after = {path.name: path.read_bytes() for path in Path().glob("*.*")}
    changed = {name for name in after if after[name] != before.get(name)}
    fixes = "--fix" in arguments and not ("--diff" in arguments or arguments.startswith(("locked", "missing", "table")))
    fixes &= "-o json" not in arguments
    fixes &= not arguments.startswith("clean") and arguments != "unsafe.jsonl --fix"
    assert changed == ({arguments.split()[0]} if fixes else set())
    assert after.keys() == before.keys()


def test_what_is_fixed_and_what_is_left_is_said() -> None:
    Path("rows.jsonl").write_text(CLEAN + "\n" + HUMAN + EMPTY + PYTHON)
    plain = cli("lint", "rows.jsonl")
    assert "2 fixable with --fix, 1 more with --fix --unsafe-fixes" in plain.stdout
    result = cli("lint", "--fix", "rows.jsonl")
    lines = result.stdout.splitlines()
    assert "fixed 2 findings in 2 rows (JSN005 1, SCH004 1)" in lines
    assert "1 more fixable with --fix --unsafe-fixes" in lines
    assert "   = fix: write the dict as JSON (unsafe)" in lines
    assert "   = fix: drop the row" in lines
    assert "2 errors in 2 of 63 records (3.2 %)" in lines
    assert Path("rows.jsonl").read_text() == CLEAN + USER + EMPTY + PYTHON
    report = json.loads(cli("lint", "--fix", "--unsafe-fixes", "-o", "json", "rows.jsonl").stdout)
    assert report["fixed"] == {
        "findings": 1,
        "by_code": {"JSN011": 1},
        "rows": 1,
        "files": ["rows.jsonl"],
        "notes": [],
    }
    assert [one["code"] for one in report["findings"]] == ["CHT003"]
    assert "more fixable" not in cli("lint", "--fix", "--unsafe-fixes", "rows.jsonl").stdout


def test_a_clean_file_after_fixing() -> None:
    lines = cli("lint", "--fix", "safe.jsonl").stdout.splitlines()
    assert lines[-1] == "fixed 1 finding in 1 row (SCH004 1)"
    assert lines[-2].startswith("ok: 61 records")
    failed = cli("lint", "--fix", "--exit-non-zero-on-fix", "warning.jsonl").stdout
    assert "failed: fixed 1 finding in 1 row" in failed


def test_fix_only_says_what_was_fixed() -> None:
    result = cli("lint", "--fix-only", "left.jsonl")
    assert (result.stdout, result.stderr) == ("", "ftprep: fixed 1 finding in 1 row (SCH004 1)\n")
    result = cli("lint", "--fix-only", "-", input=FILES["left"])
    assert (result.stdout, result.exit_code) == (FILES["left"].replace("human", "user"), 0)


def test_reasons_go_to_standard_error() -> None:
    result = cli("lint", "--fix", "table.csv", "locked.jsonl", "-o", "concise")
    assert "ftprep: `table.csv` is a CSV file, which cannot be fixed in place: 1 fix not applied\n" in result.stderr
    assert "ftprep: `locked.jsonl` cannot be fixed: it is read-only\n" in result.stderr
    assert result.stdout.startswith("locked.jsonl:")
    assert "\ntable.csv: JSN006" in result.stdout


def test_configuration_turns_fixing_on() -> None:
    Path("ftprep.toml").write_text("fix = true\n")
    assert cli("lint", "--no-fix", "safe.jsonl").exit_code == 1
    assert cli("lint", "safe.jsonl").exit_code == 0
    assert Path("safe.jsonl").read_text() == CLEAN + USER
    assert cli("lint", "unsafe.jsonl").exit_code == 1
    assert cli("lint", "unsafe.jsonl", env={"FTPREP_UNSAFE_FIXES": "1"}).exit_code == 0


@pytest.mark.parametrize("fix", [True, False])
def test_standard_input_goes_to_standard_output_fixed(fix: bool) -> None:
    text = CLEAN + HUMAN.replace("Oar", "\u00d6r") + "\n" + EMPTY
    result = cli("lint", "-", *(["--fix"] if fix else []), input=text.encode())
    assert result.exit_code == 1
    if fix:
        assert result.stdout == text.replace('"human"', '"user"').replace("\n\n", "\n")
        assert "error[CHT003]" in result.stderr
    else:
        assert "error[CHT003]" in result.stdout


def test_standard_input_that_cannot_be_fixed_comes_out_as_it_is() -> None:
    for text in ("\ufeffprompt,completion\na,b\n", "no rows", ""):
        result = cli("lint", "-", "--fix", "--stdin-filename", "rows.csv", input=text.encode())
        assert result.stdout == text
    piped = cli("lint", "-", "--fix", "-o", "json", "--stdin-filename", "rows.jsonl", input=(CLEAN + HUMAN).encode())
    assert piped.stdout == CLEAN + USER
    assert json.loads(piped.stderr)["fixed"]["by_code"] == {"SCH004": 1}
    diff = cli("lint", "-", "--diff", input=(CLEAN + HUMAN).encode())
    assert diff.stdout.startswith("--- <stdin>\n+++ <stdin>\n@@ -58,4 +58,4 @@\n")


def test_the_diff_of_several_files_is_one_patch() -> None:
    before = {name: Path(name).read_bytes() for name in ("safe.jsonl", "warning.jsonl", "clean.jsonl")}
    result = cli("lint", "--diff", *before)
    assert {name: Path(name).read_bytes() for name in before} == before
    assert result.stderr == "ftprep: would fix 2 findings in 2 rows (JSN005 1, SCH004 1)\n"
    old, new = HUMAN, USER
    assert f"-{old}+{new}" in result.stdout
    assert "warning.jsonl\n@@ -58,4 +58,3 @@\n" in result.stdout
    assert "clean" not in result.stdout
    Path("fixes.patch").write_bytes(result.stdout.encode())
    done = subprocess.run(["patch", "-p0", "-i", "fixes.patch"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert cli("lint", *before).exit_code == 0


def test_a_patch_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("rows.jsonl").write_text(CLEAN + HUMAN.replace("Oar", "\x7f\u202eOar"))
    assert "\u202e" in cli("lint", "--diff", "rows.jsonl").stdout
    monkeypatch.setattr("ftprep.cli.fixing.is_terminal", lambda stream: True)
    shown = cli("lint", "--diff", "rows.jsonl").stdout
    assert "\\u007f\\u202eOar" in shown
    assert "\u202e" not in shown


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    (folder / "rows.jsonl").write_text(HUMAN * 20_000)
    command = f"{sys.executable} -m ftprep lint --isolated --fix - < rows.jsonl | head -c 10"
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True)
    assert done.stdout == USER[:10]
    assert "Traceback" not in done.stderr
    assert "Broken pipe" not in done.stderr


def test_fixing_imports_what_it_needs_only_when_asked_for(folder: Path) -> None:
    code = (
        "import sys; from ftprep.cli.main import main; main(sys.argv[1:], standalone_mode=False); "
        "print(*[name for name in sys.modules if name.startswith('ftprep.fixing')], file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "lint", "--profile", "fast", "--isolated", "clean.jsonl"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == ""


def test_a_fix_that_cannot_be_applied_is_not_promised(folder: Path) -> None:
    rows = "".join(f"Is it {number} o'clock?,It\u200b is {number} o'clock\n" for number in range(60))
    (folder / "times.csv").write_text("prompt,completion\n" + rows, encoding="utf-8")
    result = cli("lint", "times.csv", "-o", "summary", "--select", "TXT003")
    assert "TXT003" in result.stdout
    assert "--fix" not in result.stdout
    assert "60 fixes for tables or Parquet files, which are only linted\n" in result.stdout
    both = cli("lint", "times.csv", "safe.jsonl", "-o", "summary", "--select", "TXT003,SCH004").stdout
    assert "1 fixable with --fix, 60 fixes for tables or Parquet files, which are only linted\n" in both
    (row,) = [line for line in both.splitlines() if " SCH004 " in line]
    assert row.endswith("--fix")


def test_a_map_without_anything_replaced_is_refused() -> None:
    for more in ((), ("--fix",), ("--diff",)):
        done = cli("lint", "clean.jsonl", "--redact-map", "map.json", *more)
        assert done.exit_code == 2
        assert "--redact-map is about values that are replaced, and none is without" in done.stderr
    assert not Path("map.json").exists()
