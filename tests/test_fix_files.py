"""Fixing whole files: what changes, what stays byte for byte, and that a file is never left half written."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

import ftprep
import ftprep.rules
from ftprep.errors import UsageError
from ftprep.finding import Edit, Finding, Fix
from ftprep.fixing import replace, run
from ftprep.fixing.diff import unified
from ftprep.fixing.rewrite import BOM, Rewriting
from ftprep.fixing.workpiece import bytes_of
from ftprep.io.discover import open_path
from ftprep.io.probe import probe
from ftprep.job import open_job
from ftprep.record import Ref

HUMAN = (
    b'{"messages":  [{"role":"human", "content":"Oar?"},{"content": "\\u00e9", "role": "Assistant"}], "id": 1, "id": 2}'
)
USER = (
    b'{"messages":  [{"role":"user", "content":"Oar?"},{"content": "\\u00e9", "role": "assistant"}], "id": 1, "id": 2}'
)
FINE = '{ "messages": [{"role": "user", "content": "Réf?"}, {"role": "assistant", "content": "Ja." }]}'.encode()
PYTHON = b"{'messages': [{'role': 'user', 'content': 'Oar?'}, {'role': 'assistant', 'content': 'Yes.'}]}"
JSON = b'{"messages": [{"role": "user", "content": "Oar?"}, {"role": "assistant", "content": "Yes."}]}'
BROKEN = b'{"messages": [\xff{'
SELECT = "JSN,SCH004,TUL009"


def fix(path: Path, **options: Any) -> ftprep.Report:
    return ftprep.fix(path, **{"isolated": True, "select": SELECT, **options})


def counts(report: ftprep.Report) -> dict[str, int]:
    assert report.fixed is not None
    return dict(report.fixed.counts)


def fixed_bytes(folder: Path, data: bytes, name: str = "rows.jsonl", **options: Any) -> bytes:
    """What a file has become; fixing it again changes nothing, and nothing else is left in the folder."""
    path = folder / name
    path.write_bytes(data)
    first = fix(path, **options)
    new = path.read_bytes()
    again = fix(path, **options)
    assert path.read_bytes() == new
    assert not counts(again)
    assert [one.name for one in folder.iterdir()] == [name]
    assert first.record_count == again.record_count == ftprep.lint(path, isolated=True).record_count
    assert [str(one) for one in first.findings] == [str(one) for one in again.findings]
    return new


# --- what changes and what stays ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (FINE + b"\n" + HUMAN + b"\n" + BROKEN + b"\n", FINE + b"\n" + USER + b"\n" + BROKEN + b"\n"),
        (HUMAN + b"\r\n" + FINE + b"\r\n" + HUMAN, USER + b"\r\n" + FINE + b"\r\n" + USER),
        (b"\n" + HUMAN + b"\n \t\r\n\r\n" + FINE + b"\n\n", USER + b"\n" + FINE + b"\n"),
        (BOM + FINE + b"\n" + HUMAN, FINE + b"\n" + USER),
        (BOM + b"\n" + HUMAN + b"\n\n", USER + b"\n"),
        (HUMAN + b"\n" + PYTHON + b"\n", USER + b"\n" + PYTHON + b"\n"),
        (FINE + b"\n" + PYTHON + b"\n" + BROKEN, FINE + b"\n" + PYTHON + b"\n" + BROKEN),
    ],
)
def test_untouched_rows_stay_byte_for_byte(data: bytes, wanted: bytes, tmp_path: Path) -> None:
    assert fixed_bytes(tmp_path, data, format="openai-chat") == wanted


def test_unsafe_fixes_are_applied_when_asked_for(tmp_path: Path) -> None:
    data = FINE + b"\n" + PYTHON + b"\r\n"
    assert fixed_bytes(tmp_path, data) == data
    assert fixed_bytes(tmp_path, data, unsafe=True) == FINE + b"\n" + JSON + b"\r\n"


def test_the_user_says_what_is_safe(tmp_path: Path) -> None:
    data = HUMAN + b"\n" + PYTHON + b"\n"
    path = tmp_path / "rows.jsonl"
    path.write_bytes(data)
    said = ["extend-safe-fixes = ['JSN']", "extend-unsafe-fixes = ['SCH004', 'JSN011']"]
    report = fix(path, config=said[1:], isolated=False, format="openai-chat")
    assert (path.read_bytes(), counts(report)) == (data, {})
    assert {one.fix.safety for one in report.findings if one.fix} == {"unsafe"}
    assert counts(fix(path, config=said[:1], isolated=False, format="openai-chat")) == {"JSN011": 1, "SCH004": 2}
    assert path.read_bytes() == USER + b"\n" + JSON + b"\n"


def test_findings_that_are_hidden_are_not_fixed(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(HUMAN + b"\n\n")
    assert counts(fix(path, per_file_ignores={"rows.*": ["SCH004"]})) == {"JSN005": 1}
    assert path.read_bytes() == HUMAN + b"\n"


def test_counts_of_findings_and_rows(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(BOM + HUMAN + b"\n\n" + FINE + b"\n" + HUMAN + b"\n")
    report = fix(path, select="ALL")
    assert str(report.fixed) == "fixed 6 findings in 3 rows (JSN005 1, JSN006 1, SCH004 4)"
    assert report.fixed is not None
    assert report.fixed.files == (str(path),)
    assert {one.ref.line for one in report.of("JSN004")} == {1, 3}
    assert len(report.rows([one.ref for one in report.of("JSN004")])) == 2  # read from the new file
    assert str(ftprep.fix(path, isolated=True, select="JSN006").fixed) == "fixed nothing"


def test_lint_never_writes(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    (tmp_path / "ftprep.toml").write_text("fix = true\nunsafe-fixes = true\n")
    path.write_bytes(HUMAN + b"\n\n")
    report = ftprep.lint(path)
    assert report.fixed is None
    assert path.read_bytes() == HUMAN + b"\n\n"


# --- containers ---------------------------------------------------------------------------------------------------


def test_arrays_are_edited_in_their_text(tmp_path: Path) -> None:
    rows = b"[\n  " + HUMAN + b",\n\n" + FINE + b" , " + HUMAN + b"\n]\n"
    wanted = b"[\n  " + USER + b",\n\n" + FINE + b" , " + USER + b"\n]\n"
    assert fixed_bytes(tmp_path, rows, "rows.json") == wanted
    assert fixed_bytes(tmp_path, BOM + rows, "rows.json") == wanted


def test_an_array_in_jsonl_becomes_lines(tmp_path: Path) -> None:
    pretty = json.dumps(json.loads(USER), indent=2).encode().replace(b"\n", b"\r\n")
    data = BOM + b"[\r\n" + pretty + b",\r\n" + HUMAN + b",\r\n" + FINE + b"\r\n]"
    new = fixed_bytes(tmp_path, data)
    assert new.split(b"\r\n")[1:] == [USER, FINE, b""]
    assert json.loads(new.split(b"\r\n")[0]) == json.loads(USER)
    assert not new.startswith(BOM)


def test_objects_over_several_lines_become_lines(tmp_path: Path) -> None:
    pretty = json.dumps(json.loads(USER), indent=2).encode()
    new = fixed_bytes(tmp_path, pretty + b"\n" + pretty + b"\n", "rows.json")
    assert [json.loads(line) for line in new.splitlines()] == [json.loads(USER)] * 2


def test_fixes_of_a_file_that_change_nothing_are_reported(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(FINE + b"\n")
    source: Any = open_path(tmp_path / "rows.jsonl")
    fixes = [Fix("x", act="remove-bom"), Fix("x", act="one-row-per-line"), Fix("x", edits=(Edit("remove", "/id"),))]
    rewriting = Rewriting(source, [Finding("JSN006", Ref(0, 0), "x", fix=fix) for fix in fixes])
    assert b"".join(rewriting.parts()) == FINE + b"\n"
    assert not rewriting.applied
    assert [reason for _, reason in rewriting.failed] == ["it changes nothing"] * 3


@pytest.mark.parametrize("inner", [b'{"prompt": "a\nb", "completion": "c"}', b"[1, 2]", b"{'a': 1}", b'"x"'])
def test_an_array_with_rows_that_are_no_objects_stays(inner: bytes, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    data = b"[\n" + FINE + b",\n" + HUMAN + b",\n" + inner + b",\n" + FINE + b"\n]"
    path.write_bytes(data)
    report = fix(path)
    assert path.read_bytes() == data.replace(HUMAN, USER)  # other fixes do not depend on it
    assert counts(report) == {"SCH004": 2}
    assert report.fixed is not None
    (note,) = report.fixed.notes
    assert "the fix of JSN010 was not applied" in note


def test_an_array_that_is_never_closed_stays(tmp_path: Path) -> None:
    data = b"[\n" + FINE + b",\n" + FINE + b",\n"
    (tmp_path / "rows.jsonl").write_bytes(data)
    report = fix(tmp_path / "rows.jsonl")
    assert (tmp_path / "rows.jsonl").read_bytes() == data
    assert {one.code for one in report.findings} == {"JSN001", "JSN010"}
    assert report.fixed is not None
    assert report.fixed.notes[0].endswith(
        "was not applied at `" + str(tmp_path / "rows.jsonl") + "`: the array is never closed"
    )


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".zst", zstandard.compress)])
def test_packed_files_are_packed_again(suffix: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    inflate = {".gz": gzip.decompress, ".zst": lambda data: zstandard.ZstdDecompressor().stream_reader(data).read()}
    data = b"\n" + HUMAN + b"\n" + (FINE + b"\n") * 5_000
    first = fixed_bytes(tmp_path, pack(data), f"rows.jsonl{suffix}")
    assert inflate[suffix](first) == USER + b"\n" + (FINE + b"\n") * 5_000
    assert len(first) < len(data) / 20
    os.utime(tmp_path / f"rows.jsonl{suffix}", (1, 1))
    assert fixed_bytes(tmp_path, pack(data), f"rows.jsonl{suffix}") == first
    damaged = pack(data)[:-20]
    (tmp_path / f"rows.jsonl{suffix}").write_bytes(damaged)
    report = fix(tmp_path / f"rows.jsonl{suffix}")
    assert (tmp_path / f"rows.jsonl{suffix}").read_bytes() == damaged
    assert report.verdict.exit_code == 2
    assert report.fixed is not None
    assert "only when it can be read to its end" in report.fixed.notes[0]


def test_rows_of_many_chunks(tmp_path: Path) -> None:
    lines = [HUMAN if number % 1_000 == 7 else b"" if number % 3_000 == 5 else FINE for number in range(20_000)]
    new = fixed_bytes(tmp_path, b"\n".join(lines) + b"\n")
    assert new == b"".join(line.replace(HUMAN, USER) + b"\n" for line in lines if line)


def test_tables_and_objects_are_linted_only(tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_bytes(BOM + b"prompt,completion\na,b\n")
    before = table.read_bytes()
    report = fix(table)
    assert table.read_bytes() == before
    assert [one.code for one in report.findings] == ["JSN006"]
    assert report.fixed is not None
    assert report.fixed.notes == (f"`{table}` is a CSV file, which cannot be fixed in place: 1 fix not applied",)
    rows = [json.loads(HUMAN)]
    for data in (rows, iter(rows), io.BytesIO(HUMAN + b"\n")):
        report = ftprep.fix(data, select=SELECT)
        assert [one.code for one in report.findings if one.code == "SCH004"] == ["SCH004"] * 2
        assert report.fixed is not None
        assert "is no file" in report.fixed.notes[0]
    assert rows == [json.loads(HUMAN)]


def test_several_files_each_for_itself(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl", "c.jsonl"):
        (tmp_path / name).write_bytes(HUMAN + b"\n")
    (tmp_path / "b.jsonl").chmod(0o444)
    report = ftprep.fix(tmp_path, isolated=True, select=SELECT)
    assert [(tmp_path / f"{name}.jsonl").read_bytes() for name in "abc"] == [USER + b"\n", HUMAN + b"\n", USER + b"\n"]
    assert report.problems == (f"`{tmp_path / 'b.jsonl'}` cannot be fixed: it is read-only",)
    assert report.verdict.exit_code == 2
    assert {report.inputs[one.ref.file].name for one in report.of("SCH004")} == {str(tmp_path / "b.jsonl")}
    assert counts(report) == {"SCH004": 4}


def test_bad_arguments() -> None:
    with pytest.raises(UsageError, match="unknown key `unsave`"):
        ftprep.fix([{"a": 1}], unsave=True)


# --- any file -----------------------------------------------------------------------------------------------------

LINES = st.lists(st.sampled_from([HUMAN, USER, FINE, PYTHON, JSON, BROKEN, b"", b" ", b"\t\r", b"null", b"[", b"{}"]))
ENDS = st.sampled_from([b"\n", b"\r\n"])


@given(LINES, ENDS, st.booleans(), st.sampled_from(["rows.jsonl", "rows.json"]))
def test_whatever_the_lines_the_rows_stay(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], end: bytes, marked: bool, name: str
) -> None:
    data = BOM * marked + end.join(lines)
    container = probe(data, name, complete=True).container
    new = fixed_bytes(tmp_path_factory.mktemp("any"), data, name, unsafe=True, format="openai-chat")
    if container == "jsonl":
        rows = [line.replace(HUMAN, USER).replace(PYTHON, JSON) for line in data.removeprefix(BOM).split(b"\n")]
        if any(row.strip() for row in rows):
            assert [row for row in new.split(b"\n") if row.strip()] == [row for row in rows if row.strip()]


@given(LINES, ENDS, st.booleans(), st.sampled_from([b"", b",\n"]))
def test_the_diff_is_a_patch(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], end: bytes, marked: bool, comma: bytes
) -> None:
    folder = tmp_path_factory.mktemp("diff")
    path = folder / ("rows.json" if comma else "rows.jsonl")
    rows = [json.dumps(json.loads(line), indent=1).encode() for line in lines if line in (HUMAN, USER, FINE, JSON)]
    data = BOM * marked + (b"[" + comma.join(rows) + b"]" if comma else end.join(lines))
    path.write_bytes(data)
    job = open_job([path], {"select": "JSN,SCH004", "format": "openai-chat"}, isolated=True)
    outcome = run.fix_job(job, unsafe=True, dry=True)
    assert path.read_bytes() == data
    patch = b"".join(part for change in outcome.changes for part in unified(change))
    assert bool(patch) == bool(outcome.changes)
    assert patched(data, patch) == (b"".join(bytes_of(outcome.changes[0].after)) if patch else data)


def patched(data: bytes, patch: bytes) -> bytes:
    """Apply a unified diff, line by line, and insist on every line of context."""
    old, new, at = data.split(b"\n"), [], 0
    lines = patch.split(b"\n")[2:-1]
    ends = {number - 1 for number, line in enumerate(lines) if line.startswith(b"\\ No newline")}
    for number, line in enumerate(lines):
        if line.startswith(b"@@ -"):
            start, size = map(int, line.split(b" ")[1][1:].split(b","))
            start -= size > 0
            new += [one + b"\n" for one in old[at:start]]
            at = start
            continue
        sign, text = line[:1], line[1:]
        if sign in b" -" and sign:
            assert old[at] == text
            at += 1
        if sign in b" +" and sign:
            new.append(text + (b"" if number in ends else b"\n"))
    rest = b"\n".join(old[at:])
    return b"".join(new) + rest


# --- whatever happens, a whole file -------------------------------------------------------------------------------


def test_permissions_stay(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(HUMAN + b"\n")
    path.chmod(0o640)
    fix(path)
    assert path.read_bytes() == USER + b"\n"
    assert path.stat().st_mode & 0o7777 == 0o640


def test_links_stay_links(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "rows.txt", tmp_path / "link.jsonl"
    target.write_bytes(HUMAN + b"\n")
    link.symlink_to("real/rows.txt")
    fix(link)
    assert link.is_symlink()
    assert target.read_bytes() == USER + b"\n"
    assert [one.name for one in (tmp_path / "real").iterdir()] == ["rows.txt"]


KILLED = """
import os, sys
import ftprep
from ftprep.fixing import replace, rewrite, run
{patch}
ftprep.fix(sys.argv[1], isolated=True, select="SCH004", unsafe=True)
os._exit(3)
"""
MOMENTS = {
    "writing": """
def parts(self, real=rewrite.Rewriting._copy):
    for part in real(self):
        yield part[:10]
        os._exit(7)
rewrite.Rewriting._copy = parts
""",
    "before the change": "os.replace = lambda *_: os._exit(7)",
    "after the change": "real = os.replace\ndef after(*names):\n    real(*names)\n    os._exit(7)\nos.replace = after",
    "flushing": "os.fsync = lambda *_: os._exit(7)",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_a_whole_file_is_there(moment: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    data = (FINE + b"\n") * 100 + HUMAN + b"\n"
    path.write_bytes(data)
    code = KILLED.format(patch=textwrap.dedent(MOMENTS[moment]))
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
    assert done.returncode == 7, done.stderr
    assert path.read_bytes() == (data.replace(HUMAN, USER) if moment == "after the change" else data)
    left = [one for one in tmp_path.iterdir() if one != path]
    assert all(one.name.startswith(".ftprep-") for one in left)  # hidden, so that no run takes them for data
    assert counts(ftprep.fix(tmp_path, isolated=True, select="SCH004")) in ({}, {"SCH004": 2})


class FullDisk(io.BytesIO):
    """Takes some bytes and then no more."""

    def writelines(self, parts: Any) -> None:
        for number, _ in enumerate(parts):
            if number == 1:
                raise OSError(28, "No space left on device")
        raise OSError(28, "No space left on device")


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(HUMAN + b"\n")

    def fdopen(descriptor: int, mode: str) -> FullDisk:
        os.close(descriptor)
        return FullDisk()

    monkeypatch.setattr(replace.os, "fdopen", fdopen)
    report = fix(path)
    assert path.read_bytes() == HUMAN + b"\n"
    assert [one.name for one in tmp_path.iterdir()] == ["rows.jsonl"]
    assert report.problems == (f"`{path}` cannot be written: no space left on device; it was left as it was",)
    assert report.verdict.exit_code == 2
    assert len(report.of("SCH004")) == 2
    assert counts(report) == {}


@pytest.mark.parametrize("call", ["mkstemp", "fsync", "replace"])
def test_any_failing_step_leaves_the_old_file(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(HUMAN + b"\n")

    def fail(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(replace.tempfile if call == "mkstemp" else replace.os, call, fail)
    report = fix(path)
    assert path.read_bytes() == HUMAN + b"\n"
    assert [one.name for one in tmp_path.iterdir()] == ["rows.jsonl"]
    assert report.problems == (f"`{path}` cannot be written: permission denied; it was left as it was",)
    assert len(report.of("SCH004")) == 2


def test_a_file_that_somebody_else_writes_to_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(HUMAN + b"\n")
    real = run.put_in_place

    def put_in_place(new: Path, old: Path, *arguments: Any) -> None:
        with old.open("ab") as file:
            file.write(HUMAN + b"\n")
        real(new, old, *arguments)

    monkeypatch.setattr(run, "put_in_place", put_in_place)
    report = fix(path)
    assert path.read_bytes() == (HUMAN + b"\n") * 2
    assert [one.name for one in tmp_path.iterdir()] == ["rows.jsonl"]
    assert report.problems == (f"`{path}` changed while it was being fixed; it was left as it is",)
    assert report.verdict.exit_code == 2


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(HUMAN + b"\n")

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "put_in_place", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fix(path)
    assert path.read_bytes() == HUMAN + b"\n"
    assert [one.name for one in tmp_path.iterdir()] == ["rows.jsonl"]


def test_a_fix_that_loses_rows_never_reaches_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(HUMAN + b"\n" + FINE + b"\n")
    monkeypatch.setattr(
        Rewriting, "_patches", lambda self: iter([*Rewriting_patches(self), (len(HUMAN), len(HUMAN) + 1, b" ")])
    )
    report = fix(path)
    assert path.read_bytes() == HUMAN + b"\n" + FINE + b"\n"
    assert "2 rows would become 1" in report.problems[0]
    assert report.verdict.exit_code == 2


Rewriting_patches = Rewriting._patches


def test_a_fix_that_changes_how_a_file_is_read_is_not_applied(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    data = PYTHON + b"\n[\nnull"  # seems to be two values over three lines, as long as the first line is no JSON
    path.write_bytes(data)
    report = fix(path, unsafe=True, format="openai-chat")
    assert path.read_bytes() == data
    assert report.problems == (f"`{path}` cannot be fixed: 2 rows would become 3; it was left as it was",)
    assert {one.code for one in report.findings} >= {"JSN010", "JSN011"}


def test_a_large_file_is_never_held_whole(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    line = FINE[:-1] + b', "note": "' + b"x" * 2_000 + b'"}\n'
    with path.open("wb") as file:
        for _ in range(30):
            file.write(line * 1_000)
        file.write(HUMAN + b"\n")
    code = (
        "import resource, sys, ftprep; from ftprep.fixing import run; "
        "report = ftprep.fix(sys.argv[1], isolated=True, select='SCH004'); assert report.fixed.findings == 2; "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    pytest.importorskip("resource")
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    small = tmp_path / "small.jsonl"
    small.write_bytes(HUMAN + b"\n")
    least = subprocess.run([sys.executable, "-c", code, str(small)], capture_output=True, text=True, check=True)
    assert int(done.stdout) - int(least.stdout) < path.stat().st_size / 1024 / 1.5
    assert path.read_bytes().endswith(USER + b"\n")


# --- rules that work against each other ---------------------------------------------------------------------------

QUARRELLING = '''
from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.rule import Bad, RecordRule

class {cls}(RecordRule):
    """Quarrels."""

    code = "{code}"
    name = "{name}"
    severity = Severity.WARNING

    def check(self, record):
        if {when}:
            yield self.finding(record.ref, "a quarrel", fix=Fix("change it", edits=({edit},)))
'''


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Adds rules for the time of a test."""
    family = tmp_path / "rules" / "quarrels"
    family.mkdir(parents=True)
    (family / "__init__.py").write_text("")
    monkeypatch.setattr(ftprep.rules, "__path__", [*ftprep.rules.__path__, str(tmp_path / "rules")])

    def add(number: int, when: str, edit: str) -> None:
        text = QUARRELLING.format(
            cls=f"Quarrel{number}", code=f"ZZZ{number:03}", name=f"quarrel-{number}", when=when, edit=edit
        )
        (family / f"quarrel_{number}.py").write_text(text)
        ftprep.rules.all_rules.cache_clear()

    yield add
    monkeypatch.undo()
    ftprep.rules.all_rules.cache_clear()
    for name in [name for name in sys.modules if name.startswith("ftprep.rules.quarrels")]:
        del sys.modules[name]


def test_fixes_that_undo_each_other_come_to_an_end(plant: Callable[..., None], tmp_path: Path) -> None:
    plant(1, "record.row['prompt'] == 'a'", "Edit('replace', '/prompt', 'b')")
    plant(2, "record.row['prompt'] == 'b'", "Edit('replace', '/prompt', 'a')")
    quarrel, other = tmp_path / "quarrel.jsonl", tmp_path / "other.jsonl"
    quarrel.write_bytes(b'\n{"prompt": "a", "completion": "x"}\n')
    other.write_bytes(b'\n{"prompt": "c", "completion": "x"}\n')
    report = ftprep.fix([quarrel, other], isolated=True, select="ZZZ,JSN")
    assert quarrel.read_bytes() == b'\n{"prompt": "a", "completion": "x"}\n'
    assert other.read_bytes() == b'{"prompt": "c", "completion": "x"}\n'
    assert report.problems == (f"`{quarrel}`: fixes of ZZZ001 undo each other; it was left as it was",)
    assert counts(report) == {"JSN005": 1}
    assert {one.code for one in report.findings} == {"JSN005", "ZZZ001"}
    assert sorted(one.name for one in tmp_path.iterdir()) == ["other.jsonl", "quarrel.jsonl", "rules"]


def test_fixes_that_overlap_are_applied_one_after_the_other(plant: Callable[..., None], tmp_path: Path) -> None:
    for number in range(5):
        plant(number, f"{number} not in map(len, record.row)", f"Edit('add', '/' + {number} * 'k', {number})")
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"prompt": "a", "completion": "x"}\n')
    report = ftprep.fix(path, isolated=True, select="ZZZ")
    assert json.loads(path.read_bytes()) == {
        "prompt": "a", "completion": "x", "": 0, "k": 1, "kk": 2, "kkk": 3, "kkkk": 4,
    }  # fmt: skip
    assert str(report.fixed) == "fixed 5 findings in 1 row (ZZZ000 1, ZZZ001 1, ZZZ002 1, ZZZ003 1, ZZZ004 1)"


def test_a_fix_that_does_not_fit_is_reported(plant: Callable[..., None], tmp_path: Path) -> None:
    plant(1, "True", "Edit('remove', '/nothing')")
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"prompt": "a", "completion": "x"}\n\n{"prompt": "b", "completion": "x"}\n')
    report = ftprep.fix(path, isolated=True, select="ZZZ,JSN")
    assert path.read_bytes() == b'{"prompt": "a", "completion": "x"}\n{"prompt": "b", "completion": "x"}\n'
    assert report.fixed is not None
    assert report.fixed.notes == (
        f"the fix of ZZZ001 was not applied at `{path}:1` and 1 more: there is no such value",
    )
    assert report.verdict.exit_code == 0
    assert len(report.of("ZZZ001")) == 2


def test_a_byte_order_mark_can_be_added(tmp_path: Path) -> None:
    for data in (FINE + b"\n", BOM + FINE + b"\n", b"[" + FINE + b"]"):
        (tmp_path / "rows.jsonl").write_bytes(data)
        source: Any = open_path(tmp_path / "rows.jsonl")
        finding = Finding("JSN012", Ref(0, 0), "no mark", fix=Fix("add the mark", act="add-bom"))
        rewriting = Rewriting(source, [finding])
        assert b"".join(rewriting.parts()) == BOM + data.removeprefix(BOM)
        assert rewriting.applied == ([] if data.startswith(BOM) else [finding])


@pytest.mark.parametrize("arguments", [{}, {"unsafe": True}])
def test_a_text_that_is_no_data_keeps_its_blank_lines(tmp_path: Path, arguments: dict[str, bool]) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(b"\xef\xbb\xbf# Data\n\nThe rows stand in `train.jsonl`.\n\n- one per line\n")
    before = path.read_bytes()
    report = ftprep.fix(str(path), isolated=True, **arguments)
    assert path.read_bytes() == before
    assert report.fixed is not None
    assert not report.fixed.findings
    (note,) = report.fixed.notes
    assert note.endswith("holds no row of JSON, so it is left as it is: 3 fixes not applied")
