"""Preparing takes values out of what it writes, of the rows that it leaves out, too."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from command_line import cli, prepared_folder  # noqa: F401

import ftprep
from ftprep.conversion.writing import BOM
from ftprep.errors import FtprepError

MAIL, PHONE, KEY = "kaja.odden@harbourmail.dk", "+44 20 7946 8123", "AKIA" + "5FGR4HWDZPO6ZIYA"
CARD, UUID = "4539 1488 0343 6467", "7c9e6679-7425-40de-944b-e07fc1f90ae7"
VALUES = (MAIL, PHONE, KEY, CARD, UUID)


def chat(prompt: str, answer: str, **more: Any) -> str:
    return json.dumps(
        {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}], **more}
    )


def rows() -> str:
    lines = [
        chat(f"Ferry {number}: write to {MAIL} or call {PHONE}?", f"Write to {MAIL}, number {number}.")
        for number in range(12)
    ]
    lines += [chat(f"Is card {CARD} fine, try {number}?", f"Yes, {CARD} works {number} times.") for number in range(4)]
    lines += [chat("Use the key?", f"Set the key to {KEY} there."), chat(f"Who is customer id {UUID}?", "Nobody.")]
    lines += [lines[0], chat(f"Mail {MAIL}", ""), json.dumps({"messages": [{"role": MAIL, "content": PHONE}]})]
    lines += [lines[1][:-40], f'{{"messages": [{{"role": "user", "content": "key {KEY} {CARD}']
    return "\n".join(lines) + "\n"


def written(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in sorted(folder.iterdir())}


@pytest.mark.parametrize("style", ["placeholder", "surrogate"])
@pytest.mark.parametrize("scope", ["conversation", "dataset"])
def test_nothing_that_is_written_holds_a_value(style: Any, scope: Any, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(rows())
    made = {}
    for jobs in (1, 2, 1):
        folder = tmp_path / f"out{len(made)}"
        done = ftprep.prepare(
            tmp_path / "rows.jsonl",
            folder,
            redact=style,
            redact_scope=scope,
            redact_seed="tide",
            jobs=jobs,
            isolated=True,
        )
        assert done.tally.kept >= 10
        made[folder] = written(folder)
    first, *others = made.values()
    assert all(one == first for one in others)
    said = b"".join(first.values()).decode()
    assert [value for value in VALUES if value in said or value.replace(" ", "") in said] == []
    assert "tide" not in said
    if style == "placeholder":
        assert "<EMAIL_1>" in said
        assert "<CARD_1>" in first["train.jsonl"].decode() + first.get("dropped.jsonl", b"").decode()
    left = ftprep.lint([next(iter(made)) / name for name in done.files], isolated=True, select=["PII", "SEC", "IDS"])
    assert left.by_code == {}
    said = json.loads(first["manifest.json"])["options"]["redact"]
    assert (said["style"], said["scope"]) == (style, scope)
    assert {"PII001", "SEC001", "IDS001"} <= set(said["rules"])


def test_named_families_are_redacted_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(rows())
    ftprep.prepare(tmp_path / "rows.jsonl", tmp_path / "out", fix=["SEC"], isolated=True, drop="none")
    kept = "".join(one.read_text() for one in (tmp_path / "out").glob("[tv]*.jsonl"))
    assert KEY not in kept
    assert MAIL in kept
    ftprep.prepare(tmp_path / "rows.jsonl", tmp_path / "plain", isolated=True, drop="none")
    assert KEY in "".join(one.read_text() for one in (tmp_path / "plain").glob("*.jsonl"))


def test_rows_that_are_converted_are_redacted_afterwards(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(
        "".join(
            json.dumps({"instruction": f"{n}: mail {MAIL}?", "output": f"Yes, {MAIL} {n}."}) + "\n" for n in range(9)
        )
    )
    ftprep.prepare(tmp_path / "rows.jsonl", tmp_path / "out", to="openai-chat", redact="placeholder", isolated=True)
    train = (tmp_path / "out" / "train.jsonl").read_text()
    assert "messages" in train
    assert "Yes, <EMAIL_1>" in train
    assert MAIL not in train


def test_the_command_redacts_and_says_nothing_of_values(folder: Path) -> None:
    Path("rows.jsonl").write_text(rows())
    result = cli("prepare", "rows.jsonl", "--redact", "placeholder", "--redact-map", "map.jsonl", "--out", "out")
    assert result.exit_code == 0, result.output
    for text in (result.output, *(one.decode() for one in written(Path("out")).values())):
        assert [value for value in VALUES if value in text] == []
    assert stat.S_IMODE(Path("map.jsonl").stat().st_mode) == 0o600
    assert MAIL in Path("map.jsonl").read_text()
    again = cli("prepare", "rows.jsonl", "--redact", "placeholder", "--redact-map", "map.jsonl", "--out", "other")
    assert again.exit_code == 2
    assert not Path("other").exists()
    dry = cli("prepare", "rows.jsonl", "--redact", "placeholder", "--redact-map", "none.jsonl", "--dry-run")
    assert dry.exit_code == 0
    assert not Path("none.jsonl").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--redact-map", "map.jsonl"),
        ("--redact-seed", "tide"),
        ("--redact-scope", "dataset"),
        ("--redact-map", "map.jsonl", "--fix", "TXT001"),
    ],
)
def test_how_values_are_replaced_is_refused_where_none_is(words: tuple[str, ...], folder: Path) -> None:
    Path("rows.jsonl").write_text(rows())
    done = cli("prepare", "rows.jsonl", "--out", "out", *words)
    assert done.exit_code == 2
    said = "is about values that are replaced, and none is: say --redact, or name rules of PII, SEC or IDS by --fix"
    assert done.stderr == f"ftprep: {words[0]} {said}\n"
    assert not Path("map.jsonl").exists()
    linted = cli("lint", "rows.jsonl", "--fix", *words[:2])
    assert linted.exit_code == 2
    assert f"{words[0]} is about values that are replaced" in linted.stderr


@pytest.mark.parametrize("more", [{}, {"provenance": True}, {"target": "trl"}, {"target": "azure"}, {"jobs": 2}])
def test_the_map_leads_back_from_what_was_written(more: Any, tmp_path: Path) -> None:
    lines = [*rows().splitlines(), chat(f"Mail {MAIL}", f"To {MAIL.upper()}.", _ftprep={"ignore": ["DUP001"]})]
    (tmp_path / "rows.jsonl").write_text("\n".join(lines) + "\n")
    options = {"isolated": True, "drop": "JSN", **more}
    plain = ftprep.prepare(tmp_path / "rows.jsonl", tmp_path / "plain", **options)
    way_back = tmp_path / "map.jsonl"
    done = ftprep.prepare(
        tmp_path / "rows.jsonl", tmp_path / "out", redact="placeholder", redact_map=way_back, **options
    )
    for name in done.files:
        assert MAIL not in (tmp_path / "out" / name).read_text().replace(f'"role": "{MAIL}"', "")
        ftprep.restore(tmp_path / "out" / name, way_back)
    assert lines_of(tmp_path / "out", done.files) == lines_of(tmp_path / "plain", plain.files)


def lines_of(folder: Path, names: Iterable[str]) -> list[bytes]:
    """All rows, but for the codes of findings, of which more are left where nothing is redacted."""
    lines = [line for name in names for line in (folder / name).read_bytes().splitlines()]
    return sorted(re.sub(rb'"findings": ?"[^"]*"', b"", line.removeprefix(BOM)) for line in lines)


def test_another_style_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(rows())
    with pytest.raises(FtprepError, match="is about values that are replaced"):
        ftprep.prepare(tmp_path / "rows.jsonl", redact_seed="x", isolated=True)
    with pytest.raises(FtprepError, match="`hash`; placeholder or surrogate is due"):
        ftprep.prepare(tmp_path / "rows.jsonl", redact="hash", isolated=True)  # type: ignore[arg-type]
    with pytest.raises(FtprepError, match="without unsafe=True"):
        ftprep.fix(tmp_path / "rows.jsonl", redact="placeholder", isolated=True)


def test_the_map_does_not_go_where_the_files_go(folder: Path) -> None:
    Path("rows.jsonl").write_text(rows())
    for name in ("out/map.jsonl", "out"):
        done = cli("prepare", "rows.jsonl", "--redact", "placeholder", "--redact-map", name, "--out", "out")
        assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
        assert "would stand in the folder that is given away" in done.stderr


def test_configuration_and_variables_redact(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("rows.jsonl").write_text(rows())
    Path("ftprep.toml").write_text("[prepare]\nredact = 'surrogate'\nredact-scope = 'dataset'\n")
    assert cli("prepare", "rows.jsonl", "--out", "one").exit_code == 0
    assert "@example.com" in Path("one/train.jsonl").read_text()
    monkeypatch.setenv("FTPREP_REDACT", "placeholder")
    assert cli("prepare", "rows.jsonl", "--out", "two").exit_code == 0
    assert "<EMAIL_1>" in Path("two/train.jsonl").read_text()
    assert json.loads(Path("two/manifest.json").read_text())["options"]["redact"]["scope"] == "dataset"
    assert cli("lint", "rows.jsonl", "-q").exit_code == 1  # there the variable says how, not that
    monkeypatch.setenv("FTPREP_REDACT", "shred")
    done = cli("prepare", "rows.jsonl", "--out", "three")
    assert done.stderr == "ftprep: FTPREP_REDACT is `shred`; placeholder or surrogate is due\n"


def test_ignored_rules_redact_nothing(folder: Path) -> None:
    Path("rows.jsonl").write_text(rows())
    done = cli("prepare", "rows.jsonl", "--redact", "placeholder", "--ignore", "PII", "--out", "out")
    assert done.exit_code == 0
    said = Path("out/train.jsonl").read_text()
    assert MAIL in said
    assert UUID not in said
    assert "values stay that only rules know which are ignored: PII001, PII002" in done.stdout
