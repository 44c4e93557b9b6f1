"""``ftprep prepare``: what is fixed, what is left out, and that all of it is accounted for."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas
import pytest
from command_line import cli

import ftprep
from ftprep.errors import UsageError

Rows = list[dict[str, Any]]


def chat(question: str, answer: str, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}], **more}


def sound(count: int, start: int = 0) -> Rows:
    words = [
        "amber",
        "basil",
        "cedar",
        "delta",
        "ember",
        "fjord",
        "grove",
        "heron",
        "inlet",
        "jetty",
        "knoll",
        "lagoon",
        "marsh",
        "nectar",
    ]
    rng = random.Random(11)
    rows = []
    for number in range(start + count):
        rng.shuffle(words)
        rows.append(chat(f"What links {words[0]} with {words[1]} {number}?", f"Both are {words[2]} and {words[3]}."))
    return rows[start:]


def write_rows(path: Path, rows: Rows) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    return path


def read_rows(path: Path) -> Rows:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def everything(folder: Path) -> Rows:
    return [one for name in ("train", "validation", "test") for one in read_rows(folder / f"{name}.jsonl")]


def files_of(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in sorted(folder.iterdir())}


def test_rows_with_errors_are_left_out_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = sound(40)
    lines = [json.dumps(one) for one in rows]
    lines[3:3] = ["", "not json", json.dumps(chat("Hello?", "")), '{"messages": "none"}']
    path.write_text("\n".join(lines) + "\n")
    done = ftprep.prepare(path, tmp_path / "out")
    left = read_rows(tmp_path / "out" / "dropped.jsonl")
    assert [(one["line"], one["code"]) for one in left] == [(5, "JSN001"), (6, "CHT003"), (7, "SCH003")]
    assert [one["raw"] for one in left] == lines[4:7]
    assert done.tally.read == 43
    assert sorted(map(json.dumps, everything(tmp_path / "out"))) == sorted(map(json.dumps, rows))


def test_safe_fixes_are_applied_and_unsafe_ones_when_named(tmp_path: Path) -> None:
    rows = [*sound(30), chat("Who wrote it?", "The engineer's daughter wrote it \u00e2\u20ac\u201c alone.")]
    path = write_rows(tmp_path / "rows.jsonl", rows)
    plain = ftprep.prepare(path, tmp_path / "plain")
    fixed = ftprep.prepare(path, tmp_path / "fixed", fix="TXT001")
    assert "TXT001" not in plain.tally.fixed or plain.tally.fixed == fixed.tally.fixed
    text = json.dumps(everything(tmp_path / "fixed"), ensure_ascii=False)
    assert "\u00e2\u20ac" not in text
    assert fixed.tally.fixed["TXT001"] == 1
    assert path.read_text().count("\\u00e2") == 1  # the input is as it was


def test_of_duplicates_the_best_stays(tmp_path: Path) -> None:
    rows = sound(20)
    (tmp_path / "data").mkdir()
    write_rows(tmp_path / "data" / "b.jsonl", [*rows, chat("Where is it?", "On the shelf.")])
    write_rows(tmp_path / "data" / "a.jsonl", [chat("where is it?", "On  the shelf.")])
    ftprep.prepare(tmp_path / "data", tmp_path / "out")
    (left,) = read_rows(tmp_path / "out" / "dropped.jsonl")
    assert left["code"] == "DUP001"
    assert left["path"].endswith("b.jsonl") or "On  the shelf." in left["raw"]
    assert "same content as" in left["message"]


def test_of_labels_that_exclude_each_other_a_minority_goes(tmp_path: Path) -> None:
    rng = random.Random(3)
    words = ["good", "bad", "fine", "cheap", "dear", "quick", "slow", "loud", "soft"]
    texts = [f"Review {n}: {' '.join(rng.sample(words, 5))}" for n in range(60)]
    rows = [{"prompt": one, "completion": ("positive", "negative")[n % 2]} for n, one in enumerate(texts)]
    path = write_rows(
        tmp_path / "rows.jsonl",
        [
            *rows,
            {"prompt": texts[0].upper(), "completion": "positive", "id": 1},
            {"prompt": texts[0], "completion": "negative", "id": 2},
            {"prompt": texts[1], "completion": "positive", "id": 3},
        ],
    )
    ftprep.prepare(path, tmp_path / "out", drop=["CON001"])
    left = [(one["line"], one["code"]) for one in read_rows(tmp_path / "out" / "dropped.jsonl")]
    assert left == [(2, "CON001"), (62, "CON001"), (63, "CON001")]  # 2 : 1 for the first, 1 : 1 for the second


def test_drop_none_keeps_every_row_that_is_json(tmp_path: Path) -> None:
    rows = [*sound(20), *sound(3), chat("Hello?", "")]
    path = write_rows(tmp_path / "rows.jsonl", rows)
    done = ftprep.prepare(path, tmp_path / "out", drop="none")
    assert (done.tally.kept, done.tally.left) == (24, 0)


def test_rows_speak_for_themselves_and_the_key_goes(tmp_path: Path) -> None:
    key = {"_ftprep": {"ignore": ["CHT003"], "why": "teaches silence"}}
    path = write_rows(tmp_path / "rows.jsonl", [*sound(20), {**chat("Say nothing.", ""), **key}])
    done = ftprep.prepare(path, tmp_path / "out")
    assert done.tally.left == 0
    assert chat("Say nothing.", "") in everything(tmp_path / "out")


def test_what_was_written_lints_clean(tmp_path: Path) -> None:
    rows = [*sound(200), *sound(40), *[chat(f"Say {n} of them?", "") for n in range(5)]]
    path = write_rows(tmp_path / "rows.jsonl", rows)
    ftprep.prepare(path, tmp_path / "out", splits="0.6,0.2,0.2")
    out = tmp_path / "out"
    splits = {name: str(out / f"{name}.jsonl") for name in ("train", "validation", "test")}
    report = ftprep.lint([*splits.values()], splits=splits, extend_select="DUP002")
    assert not [one for one in report.findings if one.severity == ftprep.Severity.ERROR or one.code.startswith("DUP")]


def test_twice_is_the_same(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", [*sound(300), *sound(20)])
    ftprep.prepare(path, tmp_path / "one")
    ftprep.prepare(path, tmp_path / "two", jobs=2)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_rows_added_later_move_no_old_row(tmp_path: Path) -> None:
    old, new = sound(400), sound(8, 400)
    ftprep.prepare(write_rows(tmp_path / "old.jsonl", old), tmp_path / "one", splits="0.5,0.25,0.25")
    ftprep.prepare(write_rows(tmp_path / "new.jsonl", [*old, *new]), tmp_path / "two", splits="0.5,0.25,0.25")
    for name in ("train", "validation", "test"):
        before, after = (read_rows(tmp_path / run / f"{name}.jsonl") for run in ("one", "two"))
        assert before == [one for one in after if one not in new]


def test_every_container_becomes_lines(tmp_path: Path) -> None:
    rows = [{"prompt": f"Name the river {n}.", "completion": f"River number {n * 3}."} for n in range(30)]
    (tmp_path / "rows.json").write_text(json.dumps(rows, indent=2))
    pandas.DataFrame(rows).to_csv(tmp_path / "rows.csv", index=False)
    pandas.DataFrame(rows).to_parquet(tmp_path / "rows.parquet")
    for name in ("rows.json", "rows.csv", "rows.parquet"):
        ftprep.prepare(tmp_path / name, tmp_path / "out", overwrite=True, drop="error")
        assert sorted(map(str, everything(tmp_path / "out"))) == sorted(map(str, rows)), name
    done = ftprep.prepare(rows, tmp_path / "out", overwrite=True, drop="error")
    assert done.tally.kept == 30


def test_manifest_and_card_tell_the_same(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", [*sound(100), *sound(5), chat("Hello?", "")])
    ftprep.prepare(path, tmp_path / "out", seed=3)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["rows"] == {"read": 106, "made": 106, "kept": 100, "dropped": 6}
    assert manifest["dropped"] == {"CHT003": 1, "DUP001": 5}
    assert manifest["options"]["seed"] == 3
    for name, one in manifest["files"].items():
        assert len((tmp_path / "out" / name).read_bytes().splitlines()) == one["rows"]
    card = (tmp_path / "out" / "README.md").read_text()
    assert card.startswith("---\nconfigs:\n")
    assert "100 are kept, 6 are left out" in card
    assert "| CHT003 | empty-turn | 1 |" in card


def test_keep_split_takes_the_manifest_of_a_preparation(tmp_path: Path) -> None:
    old = sound(100)
    ftprep.prepare(write_rows(tmp_path / "old.jsonl", old), tmp_path / "one", splits="0.5,0.5", balance=True)
    mixed = [*sound(50, 100), *old]
    random.Random(2).shuffle(mixed)
    ftprep.prepare(
        write_rows(tmp_path / "new.jsonl", mixed),
        tmp_path / "two",
        splits="0.5,0.5",
        balance=True,
        keep_split=tmp_path / "one" / "manifest.json",
    )
    for name in ("train", "test"):
        after = read_rows(tmp_path / "two" / f"{name}.jsonl")
        assert all(one in after for one in read_rows(tmp_path / "one" / f"{name}.jsonl"))


def test_a_dry_run_prints_the_same_and_writes_nothing(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", [*sound(60), *sound(3)])
    dry = cli("prepare", str(path), "--dry-run")
    real = cli("prepare", str(path), "--out", str(tmp_path / "out"))
    assert dry.exit_code == real.exit_code == 0, dry.output
    assert dry.stdout.splitlines()[:-1] == real.stdout.splitlines()[:-1]
    assert "dropped           3  DUP001 3" in dry.stdout
    assert sorted(one.name for one in tmp_path.iterdir() if one.name in ("rows.jsonl", "out")) == ["out", "rows.jsonl"]


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ftprep.preparation.steps

    def full(*arguments: object, **named: object) -> None:
        raise OSError(28, "No space left on device")

    path = write_rows(tmp_path / "rows.jsonl", sound(30))
    monkeypatch.setattr(ftprep.preparation.steps, "write_splits", full)
    done = cli("prepare", str(path), "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "no space left on the disk" in done.stderr
    assert not (tmp_path / "out").exists()


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
from ftprep.cli.main import main
sys.argv = ["ftprep", *sys.argv[2:]]
sys.exit(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no such limit")
@pytest.mark.parametrize(
    ("room", "arguments"),
    [
        (0, ("split", "--out", "out")),
        (20_000, ("split", "--out", "out")),
        (20_000, ("prepare", "--out", "out")),
        (110_000, ("prepare", "--out", "out", "--target", "azure", "--system", "Be kind. " * 60)),
        (110_000, ("prepare", "--out", "out", "--target", "trl", "--provenance")),
        (0, ("convert", "--to", "sharegpt", "-o", "out")),
        (20_000, ("convert", "--to", "sharegpt", "-o", "out")),
        (20_000, ("convert", "--to", "sharegpt", "-o", "out", "--strict")),
    ],
)
def test_where_no_room_is_left_one_sentence_says_so(tmp_path: Path, room: int, arguments: tuple[str, ...]) -> None:
    """A limit on the size of files stands for the full disk: writing fails in the middle of a file, as there."""
    rows = [chat(f"Which hill is number {n} of {n * 7}?", f"Hill {n * 3} {'stone ' * (n % 40)}") for n in range(400)]
    write_rows(tmp_path / "rows.jsonl", rows)
    command = [sys.executable, "-c", LIMITED, str(room), arguments[0], "rows.jsonl", *arguments[1:]]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert "file too large" in done.stderr
    assert "internal error" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_rows_are_converted_before_the_target_judges_them(tmp_path: Path) -> None:
    call = {"id": "call_Zk3", "type": "function", "function": {"name": "open_gate", "arguments": '{"gate": 3}'}}
    turns = [
        {"role": "user", "content": "Open gate 3, please."},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_Zk3", "content": "done"},
        {"role": "assistant", "content": "It is open."},
    ]
    tool = {"type": "function", "function": {"name": "open_gate", "parameters": {"type": "object", "properties": {}}}}
    rows = [*sound(30), {"messages": turns, "tools": [tool], "_ftprep": {"ignore": ["TXT006"], "why": "shows the key"}}]
    path = write_rows(tmp_path / "rows.jsonl", rows)
    done = ftprep.prepare(path, tmp_path / "out", target="mistral")
    assert done.tally.left == 0, done.tally.dropped
    (made,) = (one for one in everything(tmp_path / "out") if len(one["messages"]) == 4)
    (new,) = made["messages"][1]["tool_calls"]
    assert len(new["id"]) == 9
    assert made["messages"][2]["tool_call_id"] == new["id"]
    assert "_ftprep" not in made


def test_columns_are_renamed_and_rows_of_a_table_become_turns(tmp_path: Path) -> None:
    frame = pandas.DataFrame(
        {"question": [f"Name river {n}?" for n in range(30)], "reply": [f"R{n}." for n in range(30)]}
    )
    frame.to_csv(tmp_path / "rows.csv", index=False)
    done = ftprep.prepare(
        tmp_path / "rows.csv",
        tmp_path / "out",
        target="azure",
        map="prompt=question,completion=reply",
        system="You know rivers.",
        drop="error",
    )
    assert done.conversion is not None
    assert done.conversion.format == "openai-chat"
    raw = (tmp_path / "out" / "train.jsonl").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf{")
    assert raw.count(b"\xef\xbb\xbf") == 1
    assert json.loads(raw.decode("utf-8-sig").splitlines()[0])["messages"][0] == {
        "role": "system",
        "content": "You know rivers.",
    }
    assert "azure" in (tmp_path / "out" / "README.md").read_text()


def test_what_a_format_cannot_say_is_told(tmp_path: Path) -> None:
    rows = [{**one, "topic": "gates"} for one in sound(30)]
    path = write_rows(tmp_path / "rows.jsonl", rows)
    done = cli("prepare", str(path), "--to", "alpaca", "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["conversion"]["format"] == "alpaca"
    assert set(everything(tmp_path / "out")[0]) >= {"instruction", "output"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--out is missing"),
        (("--out", "x", "--map", "prompt=question"), "name a --target, or a format by --to"),
        (("--out", "x", "--to", "alpacca"), "did you mean `alpaca`?"),
        (("--out", "x", "--drop", "DUP0001"), "did you mean"),
        (("--out", "x", "--drop", "none,error"), "exclude each other"),
        (("--out", "x", "--fix", "NOPE"), "--fix:"),
        (("--out", "x", "--splits", "1,2,3"), "--splits"),
    ],
)
def test_mistakes_get_one_sentence(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    path = write_rows(tmp_path / "rows.jsonl", sound(5))
    done = cli("prepare", str(path), *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_configuration_says_what_the_command_line_does_not(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", [*sound(40), *sound(1), chat("Say it.", "")])
    config = "[prepare]\nsplits = { train = 0.5, test = 0.5 }\nseed = 9\ndrop = ['DUP001']\nto = 'prompt-completion'\n"
    (tmp_path / "ftprep.toml").write_text(config)
    done = cli("prepare", str(path), "--out", str(tmp_path / "out"), "--drop", "error")
    assert done.exit_code == 0, done.output
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["options"]["seed"] == 9
    assert list(manifest["splits"]) == ["train", "test"]
    assert manifest["options"]["drop"] == ["error"]
    assert "DUP001" not in manifest["dropped"]
    assert "prompt" in everything(tmp_path / "out")[0]
    assert not any(key.startswith("prepare") for key in manifest["settings"])
    shared = ftprep.split(path, tmp_path / "split")
    assert list(shared.counts) == ["train", "test"]
    assert shared.plan.options.seed == 9
    assert list(ftprep.split(path, isolated=True).counts) == ["train", "validation", "test"]
    folds = cli("split", str(path), "--folds", "3", "--dry-run")
    assert folds.exit_code == 0, folds.output


def test_files_stay_the_splits_that_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    asked, answered = sound(41)[40]["messages"]
    write_rows(folder / "train.jsonl", [*sound(30), chat("Say it.", "")])
    leak = {"messages": [asked, {**answered, "content": "Nobody has found a link so far."}]}
    write_rows(folder / "test.jsonl", [*sound(8, start=30), leak])
    with (folder / "train.jsonl").open("a") as stream:
        stream.write(json.dumps({"messages": [asked, answered]}) + "\n")
    done = ftprep.prepare(folder, tmp_path / "out", keep_files=True, seed=3)
    assert dict(done.tally.dropped) == {"CHT003": 1, "LEK001": 1}
    assert done.checked.overlaps["LEK001"] == 0
    questions = {
        name: {row["messages"][0]["content"] for row in read_rows(tmp_path / "out" / f"{name}.jsonl")}
        for name in ("train", "test")
    }
    assert {one["messages"][0]["content"] for one in sound(30)} <= questions["train"]
    assert {one["messages"][0]["content"] for one in sound(8, start=30)} <= questions["test"]
    assert sum(asked["content"] in one for one in questions.values()) == 1
    assert "Every file stayed" in (tmp_path / "out" / "README.md").read_text()
    shared = ftprep.prepare(folder, splits="0.5,0.5")
    assert "LEK001" not in shared.tally.dropped  # both rows are of one group, wherever that goes
    kept = ftprep.prepare(folder, tmp_path / "all", keep_files=True, drop="error")
    assert kept.checked.overlaps["LEK001"] == 1
    assert kept.tally.kept == 40


def test_a_file_of_no_split_is_told(tmp_path: Path) -> None:
    write_rows(tmp_path / "train.jsonl", sound(10))
    write_rows(tmp_path / "more.jsonl", sound(10, start=10))
    paths = [str(tmp_path / name) for name in ("train.jsonl", "more.jsonl")]
    done = cli("prepare", *paths, "--keep-files", "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert "more.jsonl` is, neither its name nor" in done.stderr
    (tmp_path / "ftprep.toml").write_text('splits = { train = "train.jsonl", test = "more.jsonl" }')
    done = cli("prepare", *paths, "--keep-files", "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    assert len(read_rows(tmp_path / "out" / "test.jsonl")) == 10
    both = cli("prepare", *paths, "--keep-files", "--splits", "0.5,0.5", "--out", str(tmp_path / "no"))
    assert both.exit_code == 2
    assert "--keep-files and --splits exclude each other" in both.stderr
    manifest = str(tmp_path / "out" / "manifest.json")
    both = cli("prepare", *paths, "--keep-files", "--keep-split", manifest, "--out", str(tmp_path / "no"))
    assert (both.exit_code, "--keep-files and --keep-split exclude each other" in both.stderr) == (2, True)


def test_rows_say_where_they_come_from(tmp_path: Path) -> None:
    gold, raw = tmp_path / "gold", tmp_path / "raw"
    for folder in (gold, raw):
        folder.mkdir()
    own = {"tier": "curated", "reviewed_by": "an", "source": "the book"}
    odd = chat("Count the gates of the old town, please.", "I cannot help with that.")
    write_rows(gold / "a.jsonl", sound(20))
    write_rows(raw / "b.jsonl", [*sound(20, start=20), chat("Why is it so?", "It grew like that.", metadata=own), odd])
    (raw / "b.jsonl").open("a").write("{broken\n")
    done = ftprep.prepare(
        tmp_path,
        tmp_path / "out",
        provenance=True,
        tiers={"raw": f"{raw}/*"},
        splits="0.5,0.5",
        drop="error",
        target="trl",
    )
    rows = {one["messages"][0]["content"]: one["metadata"] for one in everything(tmp_path / "out")}
    assert rows["Why is it so?"] == {**own, "findings": rows["Why is it so?"]["findings"]}
    plain = rows[sound(1)[0]["messages"][0]["content"]]
    assert set(plain) == {"source", "findings"}
    assert plain["source"] == str(gold / "a.jsonl")
    counted = next(one for text, one in rows.items() if text.startswith("Count the"))
    assert counted["tier"] == "raw"
    assert "TXT006" in counted["findings"].split()
    files = [tmp_path / "out" / f"{name}.jsonl" for name in ("train", "test")]
    for finding in ftprep.lint(files, target="trl").findings:
        if finding.ref.line:
            name = ("train", "test")[finding.ref.file]
            row = read_rows(tmp_path / "out" / f"{name}.jsonl")[finding.ref.line - 1]
            assert finding.code in row["metadata"]["findings"].split()
    tiers = json.loads((tmp_path / "out" / "manifest.json").read_text())["tiers"]
    assert {name: one["read"] for name, one in tiers.items()} == {"curated": 1, "raw": 22, "none": 20}
    assert sum(one["train"] + one["test"] for one in tiers.values()) == done.tally.kept == 42
    assert "| raw | 22 |" in (tmp_path / "out" / "README.md").read_text()


def test_a_format_without_a_place_says_nothing_of_where_rows_come_from(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", sound(30))
    done = ftprep.prepare(path, tmp_path / "out", target="openai", provenance=True, drop="error")
    assert not any("metadata" in one for one in everything(tmp_path / "out"))
    assert done.conversion is not None
    assert any("metadata" in note.what for note in done.conversion.losses)
    assert done.tally.tiers is not None
    assert done.tally.tiers["none"]["read"] == 30
    ftprep.prepare(path, tmp_path / "as_is", provenance=True, drop="error")
    assert not any("metadata" in one for one in everything(tmp_path / "as_is"))  # openai-chat defines no such field


def test_unasked_nothing_is_said_of_where_rows_come_from(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", [*sound(10), chat("Why?", "So.", metadata={"reviewed_by": "an"})])
    ftprep.prepare(path, tmp_path / "out", drop="none")
    assert [one["metadata"] for one in everything(tmp_path / "out") if "metadata" in one] == [{"reviewed_by": "an"}]
    with pytest.raises(UsageError, match="tiers= needs provenance="):
        ftprep.prepare(path, tmp_path / "no", tiers="raw=x")


def test_nothing_to_prepare_is_said(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("\n")
    with pytest.raises(UsageError, match="no row to prepare"):
        ftprep.prepare(tmp_path / "rows.jsonl", tmp_path / "out")


def test_killed_at_any_moment_it_leaves_a_whole_result(tmp_path: Path) -> None:
    """Each kill is later than the one before; FTPREP_KILLS=50 tries more moments."""
    path = write_rows(tmp_path / "rows.jsonl", [*sound(150), *sound(10)])
    out = tmp_path / "out"
    ftprep.prepare(path, out, seed=1)
    old = files_of(out)
    ftprep.prepare(path, tmp_path / "new", seed=2)
    new = files_of(tmp_path / "new")
    command = [sys.executable, "-m", "ftprep", "prepare", str(path), "--out", str(out), "--overwrite", "-q"]
    started = time.monotonic()
    subprocess.run([*command, "--seed", "2"], check=True)
    lasts = time.monotonic() - started
    assert files_of(out) == new
    moments = random.Random(7)
    for _ in range(int(os.environ.get("FTPREP_KILLS", "4"))):
        before = files_of(out)
        process = subprocess.Popen([*command, "--seed", "1" if before == new else "2"], start_new_session=True)
        time.sleep(moments.uniform(0.5, 1.1) * lasts)
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
        assert files_of(out) in (old, new)


def test_rows_of_no_known_format_are_refused(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", [{"zig": n, "zag": [n]} for n in range(20)])
    done = cli("prepare", str(path), "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert "rows of no known format" in done.stderr
    assert not (tmp_path / "out").exists()


def test_when_no_row_is_left_nothing_is_written(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", [chat(f"Hello {n}?", "") for n in range(4)])
    done = cli("prepare", str(path), "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert "no row is left to write, 4 have to be left out: CHT003 4" in done.stderr
    assert not (tmp_path / "out").exists()
