"""``ftprep convert``: streams, files, exit codes, and that a file is there whole or not at all."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import zstandard
from command_line import chat, cli, prepared_folder  # noqa: F401

import ftprep
from ftprep.conversion.goal import goal_named
from ftprep.conversion.run import open_conversion
from ftprep.errors import OutputError
from ftprep.io.chunk import Limits
from ftprep.io.discover import open_sources

ALPACA = [{"instruction": f"Count to {n}.", "input": "", "output": " ".join(map(str, range(n)))} for n in range(1, 30)]
LOSSY = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}], "id": 7}


def save(name: str, rows: list[Any]) -> str:
    Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return name


def load(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def test_rows_go_to_standard_output_and_the_account_to_standard_error() -> None:
    done = cli("convert", save("a.jsonl", ALPACA), "--to", "openai")
    assert done.exit_code == 0
    rows = load(done.stdout)
    assert [row["messages"][0]["content"] for row in rows] == [row["instruction"] for row in ALPACA], "in their order"
    assert done.stderr == "ftprep: a.jsonl: alpaca to openai-chat for openai: 29 read, 29 converted\n"
    assert cli("convert", "a.jsonl", "--to", "openai", "-q").stderr == ""


def test_standard_input_is_read_too() -> None:
    done = cli("convert", "-", "--to", "sharegpt", input=json.dumps(ALPACA[0]) + "\n")
    assert load(done.stdout)[0]["conversations"][0] == {"from": "human", "value": "Count to 1."}


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst", "out.json", "out.json.gz"])
def test_a_file_holds_what_its_name_says(name: str) -> None:
    assert cli("convert", save("a.jsonl", ALPACA), "--to", "trl-prompt-completion-conv", "-o", name).exit_code == 0
    raw = Path(name).read_bytes()
    raw = gzip.decompress(raw) if name.endswith(".gz") else raw
    raw = zstandard.ZstdDecompressor().decompressobj().decompress(raw) if name.endswith(".zst") else raw
    rows = json.loads(raw) if ".jsonl" not in name else load(raw.decode())
    assert len(rows) == len(ALPACA)
    first = Path(name).read_bytes()
    cli("convert", "a.jsonl", "--to", "trl-prompt-completion-conv", "-o", name)
    assert Path(name).read_bytes() == first, "the same bytes in every run"
    assert [one for one in os.listdir() if one.endswith(".tmp")] == []


def test_azure_gets_its_byte_order_mark_and_nobody_else() -> None:
    save("a.jsonl", ALPACA)
    for target, marked in (("azure", True), ("openai", False)):
        assert cli("convert", "a.jsonl", "--to", target, "-o", "out.jsonl").exit_code == 0
        assert Path("out.jsonl").read_bytes().startswith(b"\xef\xbb\xbf") is marked
        report = ftprep.lint("out.jsonl", target=target, isolated=True)
        assert report.verdict.exit_code == 0


def test_what_is_lost_is_counted_and_with_strict_an_error() -> None:
    save("a.jsonl", [LOSSY, LOSSY, {**LOSSY, "url": "x"}])
    done = cli("convert", "a.jsonl", "--to", "openai", "-o", "out.jsonl")
    assert done.exit_code == 0
    assert "ftprep: lost: column `id`: 3 rows\nftprep: lost: column `url`: 1 row\n" in done.stderr
    os.remove("out.jsonl")
    for output in ("out.jsonl", "-"):
        done = cli("convert", "a.jsonl", "--to", "openai", "-o", output, "--strict")
        assert done.exit_code == 1
        assert done.stdout == ""
        assert done.stderr.endswith("ftprep: nothing was written, because --strict allows no loss\n")
    assert not Path("out.jsonl").exists()
    done = cli("convert", "a.jsonl", "--to", "trl", "--strict")
    assert (done.exit_code, len(load(done.stdout))) == (0, 3)


def test_rows_that_cannot_be_converted_are_named_by_line_and_reason() -> None:
    rows: list[Any] = [LOSSY, {"messages": []}, 7, LOSSY]
    Path("a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows) + '\n{"messages": [\n', encoding="utf-8")
    done = cli("convert", "a.jsonl", "--to", "trl", "--format", "openai-chat")
    assert done.exit_code == 0
    assert load(done.stdout) == [LOSSY, LOSSY]
    refused = [line for line in done.stderr.splitlines() if "not converted" in line]
    assert refused == [
        "ftprep: not converted: a.jsonl:2  `messages` is empty (SCH007 at `/messages`)",
        "ftprep: not converted: a.jsonl:3  the row is a number, not an object (JSN003)",
        "ftprep: not converted: a.jsonl:6  " + refused[2].partition("6  ")[2],
    ]
    assert "JSN001" in refused[2]
    assert "5 read, 2 converted" in done.stderr, "a blank line is no row"
    assert cli("convert", "a.jsonl", "--to", "trl", "--strict").exit_code == 1


def test_deep_rows_are_written_or_refused() -> None:
    for depth in (200, 900, 1015):
        value = "[" * depth + "]" * depth
        row = json.dumps(LOSSY)[:-1] + f', "more": {value}}}\n'
        Path("deep.jsonl").write_text(row, encoding="utf-8")
        done = cli("convert", "deep.jsonl", "--to", "trl")
        assert "internal error" not in done.stderr
        assert done.exit_code == (1 if "not converted" in done.stderr else 0)
        if done.exit_code == 0:
            assert value in done.stdout


def test_many_rows_with_one_reason_are_counted() -> None:
    row = {"messages": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]}
    answered = {"messages": [*row["messages"], {"role": "assistant", "content": "c"}]}
    done = cli("convert", save("a.jsonl", [answered] * 9), "--to", "alpaca", "-o", "out.jsonl")
    assert done.exit_code == 1
    assert done.stderr.count("not converted: a.jsonl:") == 3
    assert "not converted: 6 more rows of which is said: alpaca has turns of user and assistant" in done.stderr
    assert done.stderr.endswith("ftprep: nothing was written, because no row could be converted\n")
    assert not Path("out.jsonl").exists()


TABLE = [
    ("converted", "convert clean.jsonl --to trl", 0),
    ("converted with a loss", "convert lossy.jsonl --to openai", 0),
    ("a loss with strict", "convert lossy.jsonl --to openai --strict", 1),
    ("a broken line is counted", "convert cut.jsonl --to trl", 0),
    ("a broken line with strict", "convert cut.jsonl --to trl --strict", 1),
    ("no goal", "convert clean.jsonl", 2),
    ("no file", "convert --to trl", 2),
    ("unknown goal", "convert clean.jsonl --to tlr", 2),
    ("unknown format", "convert clean.jsonl --to trl --format chat", 2),
    ("a pair that cannot be", "convert clean.jsonl --to nova-dpo", 2),
    ("a format that is not written", "convert clean.jsonl --to oasst-tree", 2),
    ("a file that is not there", "convert missing.jsonl --to trl", 2),
    ("an empty file", "convert empty.jsonl --to trl", 2),
    ("a file that is not written", "convert clean.jsonl --to trl -o missing/out.jsonl", 2),
    ("a container that is not written", "convert clean.jsonl --to trl -o out.parquet", 2),
    ("a container that is not read", "convert clean.jsonl --to openai -o out.json", 2),
    ("the input itself", "convert clean.jsonl --to trl -o clean.jsonl", 2),
    ("a bad mapping", "convert clean.jsonl --to trl --map prompt", 2),
    ("damaged data", "convert cut.jsonl.gz --to trl", 2),
    ("a trainer's file without a trainer", "convert clean.jsonl --to sharegpt --trainer-file x", 2),
]


@pytest.mark.parametrize(("command", "code"), [pytest.param(*row[1:], id=row[0]) for row in TABLE])
def test_exit_codes(command: str, code: int) -> None:
    save("lossy.jsonl", [LOSSY])
    Path("cut.jsonl.gz").write_bytes(gzip.compress(Path("clean.jsonl").read_bytes())[:-20])
    before = Path("clean.jsonl").read_bytes()
    done = cli(*command.split())
    assert done.exit_code == code
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr
    if code == 2 and "cut" not in command:
        assert done.stderr.count("\n") == 1
    assert Path("clean.jsonl").read_bytes() == before
    assert [name for name in os.listdir() if name.startswith((".ftprep", "out"))] == []


def test_damaged_data_leave_the_old_file_where_it_was() -> None:
    Path("out.jsonl").write_text("old\n", encoding="utf-8")
    Path("cut.jsonl.gz").write_bytes(gzip.compress(Path("clean.jsonl").read_bytes())[:-20])
    done = cli("convert", "cut.jsonl.gz", "--to", "trl", "-o", "out.jsonl")
    assert done.exit_code == 2
    assert "ends in the middle of its gzip data" in done.stderr
    assert Path("out.jsonl").read_text(encoding="utf-8") == "old\n"


def test_a_full_disk_is_one_sentence_and_no_half_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ftprep.fixing.replace.os.fsync", full)
    Path("out.jsonl").write_text("old\n", encoding="utf-8")
    done = cli("convert", "clean.jsonl", "--to", "trl", "-o", "out.jsonl")
    assert done.exit_code == 2
    assert "no space left on device" in done.stderr
    assert Path("out.jsonl").read_text(encoding="utf-8") == "old\n"
    assert [name for name in os.listdir() if name.endswith(".tmp")] == []
    with pytest.raises(OutputError):
        ftprep.convert("clean.jsonl", to="trl", output="out.jsonl")


@pytest.mark.skipif(os.name == "nt", reason="no such signal")
def test_an_interrupted_run_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "big.jsonl"
    path.write_text(chat("What is one plus one?", "Two. " * 40) * 60_000, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "ftprep",
        "convert",
        str(path),
        "--to",
        "gemini",
        "-o",
        str(tmp_path / "out.jsonl"),
    ]
    # A run in the background is born deaf to Ctrl-C, and so would be its children.
    running = subprocess.Popen(
        command, stderr=subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    )
    while not any(one.name.endswith(".tmp") for one in tmp_path.iterdir()) and running.poll() is None:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 130
    assert [one.name for one in tmp_path.iterdir() if "out" in one.name or one.name.endswith(".tmp")] == []


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.jsonl"
        path.write_text(chat("What is one plus one?", "Two. " * 40) * rows, encoding="utf-8")
        opened = open_sources(str(path), limits=Limits(1 << 16, 256))
        tracemalloc.start()
        conversion = open_conversion(opened.sources, goal_named("gemini"))
        written = sum(1 for _ in conversion.lines())
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        conversion.close()
        assert written == rows
        return size

    peak(100)  # what is loaded once
    assert peak(3_000) < 1.3 * peak(1_000)


def test_several_files_go_into_one_and_tables_are_read() -> None:
    Path("a.csv").write_text("question,reply\nHi,Hello!\nBye,See you.\n", encoding="utf-8")
    save("b.jsonl", [{"question": "Tea?", "reply": "Yes."}])
    done = cli("convert", "a.csv", "b.jsonl", "--to", "openai", "--map", "prompt=question,completion=reply", "-q")
    assert [row["messages"][0]["content"] for row in load(done.stdout)] == ["Hi", "Bye", "Tea?"]
    done = cli("convert", "clean.jsonl", "a.csv", "--to", "openai")
    assert done.exit_code == 2
    save("pairs.jsonl", [{"prompt": "a", "chosen": "b", "rejected": "c"}])
    done = cli("convert", "clean.jsonl", "pairs.jsonl", "--to", "trl")
    assert "the inputs become different formats: openai-chat (`clean.jsonl`) and trl-preference-std" in done.stderr


def test_rows_of_another_format_among_the_others_are_read_as_what_they_are() -> None:
    sharegpt = {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}]}
    done = cli("convert", save("a.jsonl", [LOSSY, LOSSY, sharegpt]), "--to", "trl")
    assert load(done.stdout)[2] == {"messages": LOSSY["messages"]}


def test_the_next_step_is_told() -> None:
    done = cli("convert", "clean.jsonl", "--to", "azure", "-o", "my rows.jsonl")
    assert done.stderr.endswith("ftprep: next: ftprep lint 'my rows.jsonl' --target azure\n")
    save("task.jsonl", [{"messages": [{"role": "user", "content": "3*4?"}], "ground_truth": "12"}] * 20)
    done = cli("convert", "task.jsonl", "--to", "openai", "-o", "out.jsonl")
    assert done.stderr.endswith("ftprep: next: ftprep lint out.jsonl --target openai --format openai-rft\n")
    report = ftprep.lint("out.jsonl", target="openai", format="openai-rft", select="SCH,CHT", isolated=True)
    assert report.findings == []


def test_the_trainer_gets_its_file() -> None:
    done = cli(
        "convert", "clean.jsonl", "--to", "llamafactory", "-o", "rows.jsonl", "--trainer-file", "dataset_info.json"
    )
    assert done.exit_code == 0
    assert json.loads(Path("dataset_info.json").read_text(encoding="utf-8"))["rows"]["file_name"] == "rows.jsonl"
