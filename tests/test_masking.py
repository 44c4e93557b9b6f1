"""No value of personal data or a secret leaves the data file, in whatever output, whichever rules run."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from command_line import cli, prepared_folder  # noqa: F401
from planted import FORMATS, HIDDEN, HIDDEN_PERSONAL, PEM_BODY, PERSONAL, SECRETS, array, jsonl, leaks, of_format, table

import ftprep
from ftprep.output import RENDERERS, renderer
from ftprep.output.style import Style
from ftprep.privacy.masking import masked
from ftprep.report import Report
from ftprep.rule import RecordRule
from ftprep.text import snippet
from ftprep.text.excerpt import RowText, make_excerpt
from ftprep.text.snippet import mask, quote, quote_part

ALL_VALUES = {**SECRETS, **PERSONAL}
VALUES = [pytest.param(value, id=name) for name, value in ALL_VALUES.items()]
FILES = {
    "rows.jsonl": jsonl,
    "rows.json": array,
    "rows.csv": table,
    **{f"{name}.jsonl": lambda value, name=name: of_format(name, value) for name in FORMATS},
}
OPTIONS: dict[str, Any] = {"isolated": True, "select": ["ALL"], "max_tokens": 16}


def everything_said(report: Report) -> str:
    outputs = [f"{name}: {''.join(renderer(name)(report, Style(show=None, verbose=True)))}" for name in RENDERERS]
    objects = [repr(report), str(report), repr(report.findings), repr(report.summary()), repr(report.verdict)]
    objects += [repr(report.excerpts(report.findings)), report.to_pandas().to_string(), repr(report.settings)]
    objects += [repr(report.clusters(code)) for code in report.by_code]
    objects += list(map(str, report.problems))
    try:
        report.raise_if_failed()
    except ftprep.LintFailed as error:
        objects.append(repr(error))
    return "\n".join((*outputs, *objects))


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", FILES)
def test_no_output_shows_a_value(name: str, value: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(FILES[name](value))
    report = ftprep.lint(path, **OPTIONS)
    assert "FTP900" not in report.by_code
    assert len(report.findings) >= 2
    said = everything_said(report)
    assert leaks(said) == []
    # Without a rule that knows of values, nothing else is shown.
    without = ftprep.lint(path, isolated=True, select=["ALL"], ignore=["SEC", "PII", "IDS"], max_tokens=16)
    assert leaks(everything_said(without)) == []


@pytest.mark.parametrize("format", ["openai-chat", "alpaca", "prompt-completion", "openai-preference"])
def test_nor_where_the_format_is_another(format: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(map(jsonl, ALL_VALUES.values())))
    assert leaks(everything_said(ftprep.lint(path, format=format, **OPTIONS))) == []


def test_nor_with_a_target(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(map(jsonl, ALL_VALUES.values())))
    for target in ("openai", "auto"):
        assert leaks(everything_said(ftprep.lint(path, target=target, **OPTIONS))) == []


def test_nor_from_python_objects() -> None:
    rows = [json.loads(line) for value in SECRETS.values() for line in of_format("alpaca", value).splitlines()]
    report = ftprep.lint(rows, **OPTIONS)
    assert leaks(everything_said(report)) == []
    # The data are their owner's: whoever asks for rows gets rows.
    assert SECRETS["aws"] in json.dumps(report.records("SEC001"))


ROW = {
    "messages": [
        {"role": "user", "content": " ".join(ALL_VALUES.values())},
        {"role": "assistant", "content": "Yes."},
    ]
}


@pytest.mark.parametrize(
    "options",
    [
        {"against": [ROW]},
        {"against_production": [ROW]},
        {"splits": {"train": [ROW]}},
        {"splits": [ROW]},
        {"baseline": json.dumps(ROW)},
        {"config": json.dumps(ROW), "isolated": False},
        {"format": json.dumps(ROW)},
        {"select": json.dumps(ROW)},
    ],
    ids=lambda options: next(iter(options)),
)
def test_nor_from_a_row_given_as_an_option(options: dict[str, Any]) -> None:
    with pytest.raises(ftprep.FtprepError) as raised:
        ftprep.lint([ROW], **{"isolated": True, **options})
    assert leaks(str(raised.value)) == []


@pytest.mark.parametrize(
    "data", [json.dumps(ROW), ROW, [json.dumps(ROW)], [ROW, 3], [[ROW]], iter([ROW, None])], ids=type
)
def test_nor_from_a_row_given_as_the_data(data: Any) -> None:
    try:
        said = everything_said(ftprep.lint(data, isolated=True, select=["ALL"], ignore=["TOK"]))
    except ftprep.FtprepError as error:
        said = str(error)
    assert leaks(said) == []


@pytest.mark.parametrize("option", ["against", "against_production", "splits"])
def test_nor_from_files_that_rows_are_compared_with(option: str, tmp_path: Path) -> None:
    path = tmp_path / "more.jsonl"
    path.write_text("".join(map(jsonl, ALL_VALUES.values())) + f"{json.dumps(ROW)}\n" * 3)
    rows: Any = [ROW] * 3
    options: dict[str, Any] = {option: path}
    if option == "splits":
        (tmp_path / "rows.jsonl").write_text(f"{json.dumps(ROW)}\n" * 3)
        rows, options = tmp_path, {"splits": {"train": str(tmp_path / "rows.jsonl"), "test": str(path)}}
    report = ftprep.lint(rows, isolated=True, select=["ALL"], ignore=["TOK"], **options)
    assert len(report.findings) > 1
    assert leaks(everything_said(report)) == []


COMMANDS = [
    "lint rows.jsonl --select ALL --ignore TOK --show all",
    "lint rows.jsonl --select ALL --ignore TOK -v",
    "lint rows.jsonl --select ALL --ignore TOK -o json",
    "lint rows.jsonl --select ALL --ignore TOK -o json=r.json -o jsonl=r.jsonl -o full=r.txt -o summary",
    "lint rows.jsonl --diff --unsafe-fixes --select ALL --ignore TOK",
    "lint rows.jsonl --write-baseline",
    "lint rows.jsonl --fix-only --unsafe-fixes -v",
    "lint rows.jsonl --against rows.jsonl --select LEK",
    "lint rows.jsonl --jobs 2 -v",
    "lint - --select ALL --ignore TOK",
    "baseline write rows.jsonl",
    "formats rows.jsonl",
    "formats rows.json",
    "formats rows.csv",
    "init rows.jsonl --dry-run",
    "init rows.csv --dry-run",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_shows_a_value(command: str, folder: Path) -> None:
    data = {"rows.jsonl": jsonl, "rows.json": array, "rows.csv": table}
    for name, make in data.items():
        (folder / name).write_text(
            "".join(map(make, ALL_VALUES.values())) if name != "rows.json" else array(SECRETS["key"])
        )
    before = {one.name for one in folder.iterdir()}
    result = cli(*command.split(), input=(folder / "rows.jsonl").read_bytes())
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert leaks(result.stdout) == []
    assert leaks(result.stderr) == []
    for path in folder.iterdir():
        if path.is_file() and path.name not in before:
            assert leaks(path.read_text()) == [], path.name


class Crashing(RecordRule):
    """Fails with the data in its exception."""

    code = "CHT001"
    name = "no-assistant-turn"
    severity = ftprep.Severity.ERROR

    def check(self, record):  # type: ignore[no-untyped-def]
        raise ValueError(f"cannot judge {record.row!r}")
        yield


def test_a_rule_that_crashes_says_nothing_of_the_data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ftprep.rules.chat.no_assistant_turn import NoAssistantTurn

    monkeypatch.setattr(NoAssistantTurn, "check", Crashing.check)
    monkeypatch.setattr(NoAssistantTurn, "screen", lambda self, shard: None)
    (folder / "rows.jsonl").write_text("".join(of_format("json answers", value) + "\n" for value in SECRETS.values()))
    result = cli("lint", "rows.jsonl", "-v", "--show", "all")
    assert "FTP900" in result.stdout
    assert "raised ValueError" in result.stdout
    assert leaks(result.stdout) == []
    assert leaks(result.stderr) == []
    report = ftprep.lint("rows.jsonl", isolated=True)
    assert "FTP900" in report.by_code
    assert leaks(everything_said(report)) == []


def test_a_masked_patch_says_so_and_a_patch_without_values_is_whole(folder: Path) -> None:
    good = json.dumps({"messages": [{"role": "user", "content": "A?"}, {"role": "assistant", "content": "B."}]})
    (folder / "plain.jsonl").write_text(good + "\n\n" + good + "\n")
    (folder / "value.jsonl").write_text(good.replace("A?", SECRETS["aws"]) + "\n\n" + good + "\n")
    plain, value = cli("lint", "plain.jsonl", "--diff"), cli("lint", "value.jsonl", "--diff")
    assert "masked" not in plain.stderr
    assert "values are masked in 1 line of the patch" in value.stderr
    assert "<API key, 20 characters>" in value.stdout
    assert leaks(value.stdout) == []


# --- a text that is cut -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SECRETS)
def test_no_part_of_a_value_is_left_by_a_cut(name: str) -> None:
    """Wherever a text is cut for a message or an example, and wherever its line breaks off, no part is shown."""
    chance = random.Random(name)
    for _ in range(40):
        filler = chance.choice(("lorem ipsum ", "x", "\n", '"', "é ", "1 "))
        before, after, limit = chance.randint(0, 700), chance.randint(0, 700), chance.randint(4, 120)
        value = f"{(filler * before)[:before]} {SECRETS[name]} {(filler * after)[:after]}"
        assert leaks(quote(value, limit)) == []
        raw = json.dumps({"a": {"b": value}}, ensure_ascii=before % 2 == 0)
        row = RowText(raw.encode())
        start = chance.randint(0, len(value))
        assert leaks(make_excerpt(row, "/a/b", (start, start + limit)).text) == []
        assert leaks(quote_part(value, start, start + limit, limit)) == []
        broken = RowText(raw[: chance.randint(1, len(raw))].encode())
        assert leaks(make_excerpt(broken, "", (limit, limit + 1)).text) == []
        assert leaks(make_excerpt(broken, "", None).text) == []


@pytest.mark.parametrize("name", [name for name in PERSONAL if name not in ("birth", "house")])
def test_no_part_of_a_personal_value_is_left_where_its_line_breaks_off(name: str) -> None:
    """Wherever in the value; an address or a date that is cut consists of words like any others."""
    value = PERSONAL[name]
    raw = json.dumps({"a": f"Hello, {value} is it."})
    low, high = raw.index(value), raw.index(value) + len(value)
    for end in range(low, high + 1):
        assert leaks(make_excerpt(RowText(raw[:end].encode()), "", None).text) == [], raw[:end]
    # Of a value without its beginning nothing says what it is, once its label is gone, too.
    for start in range(raw.index(HIDDEN_PERSONAL[name]) + 1, high):
        assert leaks(make_excerpt(RowText(raw[start:].encode()), "", (40, 41)).text) == [], raw[start:]


@pytest.mark.parametrize("line", PEM_BODY)
def test_a_line_out_of_a_private_key_is_masked(line: str) -> None:
    assert leaks(mask(line)) == []
    assert leaks(mask(f'"{line}\\n')) == []


def test_a_mask_that_a_cut_ends_in_has_one_ellipsis() -> None:
    for limit in range(6, 60):
        for value in PERSONAL.values():
            assert "……" not in quote(f"say {value} {value}", limit)


def test_what_is_shown_instead() -> None:
    key = SECRETS["github"]
    assert mask(f"use {key} now") == "use <API key, 40 characters> now"
    assert mask(SECRETS["url"]) == "postgres://crew:<password, 10 characters>@db.ferry.net:5432/log"
    assert mask(f'{{"a/{key}": 1}}') == '{"a/<API key, 40 characters>": 1}'
    assert masked("kai@ferry.net") == "ka…et"
    assert masked("1234567") == "1…7"
    assert masked("abc") == "…"


PLAIN = [
    "",
    "Nothing here.",
    "I paid 12.50 on 2026-11-25 at 10:30.",
    "def add(a, b):\n    return a + b  # 42",
    '{"messages": [{"role": "user", "content": "A?"}]}',
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "ACGTTGCATTAGCCATAGGCTAACGTTGCATTAGCCATAGGCTAACGTTGCATTAGCCATAGGCTA",
    "thisIsAVeryLongIdentifierThatSomebodyWroteInJavaScriptForNoGoodReasonAtAllButStillDid",
    "/usr/local/lib/python3/site-packages/tokenizers/implementations/byte_level_bpe_tokenizer",
]


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert mask(text) is text or mask(text) == text


# --- --show-values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [[], ["-o", "json"], ["-o", "full=r.txt"], ["--diff"], ["--statistics"]])
def test_values_are_shown_on_a_terminal_only(more: list[str], folder: Path) -> None:
    (folder / "rows.jsonl").write_text(jsonl(SECRETS["aws"]))
    result = cli("lint", "rows.jsonl", "--show-values", *more)
    assert result.exit_code == 2
    assert "--show-values" in result.stderr
    assert result.stdout == ""
    assert not (folder / "r.txt").exists()
    assert not snippet.values_are_shown()


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_terminal_shows_values_in_full(jobs: str, folder: Path) -> None:
    import pty

    row = json.dumps({"messages": [{"role": SECRETS["aws"], "content": "x"}, {"role": "assistant", "content": "y"}]})
    (folder / "rows.jsonl").write_text(f"{row}\n" * 3)
    command = [sys.executable, "-m", "ftprep", "lint", "rows.jsonl", "--select", "SCH004", "--isolated", "--jobs", jobs]
    for shown in (False, True):
        parent, child = pty.openpty()
        with subprocess.Popen([*command, *["--show-values"] * shown], stdout=child, stderr=subprocess.PIPE) as process:
            os.close(child)
            text = b""
            while True:
                try:
                    part = os.read(parent, 65_536)
                except OSError:  # the other side is closed
                    break
                if not part:
                    break
                text += part
            _, error = process.communicate()
        os.close(parent)
        assert process.returncode == 1, error
        assert (SECRETS["aws"] in text.decode()) is shown
        assert SECRETS["aws"] not in error.decode()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("card 4539 1488 0343 6467 <|im_end|>", True),
        ("4539 1488 0343 6467</s>", True),
        ("<b>4539 1488 0343 6467</b>", True),
        ("x < 4539 1488 0343 6467 < y", False),
        ("4539 1488 0343 6467 = 3", False),
    ],
)
def test_the_edge_of_a_tag_makes_a_card_no_operand(text: str, found: bool) -> None:
    assert (leaks(mask(text)) == []) is found


# --- speed --------------------------------------------------------------------------------------------------------


def test_masking_is_quick() -> None:
    """What a report shows of ordinary text costs microseconds a piece, and imports none of the heavy packages."""
    code = (
        "import sys, time\n"
        "from ftprep.text.snippet import mask\n"
        "texts = [f'{n}: the ferry leaves, and nobody knows when it comes back. ' * 9 for n in range(2000)]\n"
        "mask('warm up 1'); before = time.process_time()\n"
        "for text in texts: mask(text)\n"
        "print(time.process_time() - before)\n"
        "print(*sorted(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, _, modules = done.stdout.partition("\n")
    assert float(seconds) < 1.0  # 2,000 texts of 650 characters
    assert not {"presidio_analyzer", "spacy", "phonenumbers", "pandas", "pydantic"} & set(modules.split())


def test_one_mask_for_values_that_overlap() -> None:
    text = f"https://kai:{SECRETS['github']}@github.com and {SECRETS['github']}{SECRETS['aws']}"
    assert leaks(mask(text)) == []


def test_the_planted_values_are_whole() -> None:
    before = time.monotonic()
    assert set(map(leaks_name, leaks("\n".join(ALL_VALUES.values())))) == {*HIDDEN, *HIDDEN_PERSONAL}
    assert time.monotonic() - before < 10


def leaks_name(leak: str) -> str:
    return leak.partition(": ")[0]
