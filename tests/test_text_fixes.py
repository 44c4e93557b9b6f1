"""Fixes of texts: they take damage back, touch nothing else, and leave nothing to fix."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import ftfy.bad_codecs  # registers sloppy-windows-1252
import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from languages import SENTENCES

from ftprep.engine.inspection import Inspection
from ftprep.finding import Edit, Finding
from ftprep.formats.format import format_named
from ftprep.io.chunk import row_chunk
from ftprep.rule import Bad
from ftprep.rules import all_rules
from ftprep.settings import Settings
from ftprep.shard import Shard
from ftprep.text.code_points import suspects
from ftprep.text.escapes import WORDS, swallowed_escapes
from ftprep.text.hidden import hidden_characters, instead
from ftprep.text.mojibake import misread_lines
from ftprep.text.normal_form import not_normalised

CODES = ("TXT001", "TXT002", "TXT003", "TXT004", "TXT012", "TXT014", "TXT016")
QUIET = (*CODES, "TXT008", "TXT015", "TPL002", "TPL003")
SETTINGS = Settings(count_tokens=False)
UNKNOWN_TO_FTFY = {("Armenian", "sloppy-windows-1252")}
sentences = st.sampled_from(list(SENTENCES.values()))


def findings(
    rows: Iterable[Mapping[str, Any]], codes: Iterable[str], format: str = "prompt-completion"
) -> list[Finding]:
    """What the rules say about the rows, one after the other."""
    raws = [orjson.dumps(row) for row in rows]
    numbers = np.arange(1, len(raws) + 1)
    shard = Shard(row_chunk(0, 0, raws, numbers, -numbers), format_named(format), SETTINGS)
    return Inspection(tuple(codes), SETTINGS)(shard).findings


def edited(text: str, edits: Iterable[Edit]) -> str:
    """``text`` with all edits, which must not overlap."""
    end = len(text) + 1
    for edit in sorted(edits, key=lambda one: one.span or (0, 0), reverse=True):
        assert edit.op == "replace"
        assert edit.span is not None
        assert 0 <= edit.span[0] <= edit.span[1] <= min(end, len(text))
        text = text[: edit.span[0]] + edit.new + text[edit.span[1] :]
        end = edit.span[0]
    return text


def fixed(row: Mapping[str, Any], found: Iterable[Finding]) -> dict[str, Any]:
    """A row of strings with the fixes of ``found``."""
    edits: dict[str, list[Edit]] = {}
    for finding in found:
        for edit in finding.fix.edits if finding.fix else ():
            edits.setdefault(edit.pointer[1:], []).append(edit)
    return {key: edited(value, edits.get(key, ())) for key, value in row.items()}


EXAMPLES = [
    pytest.param(code, example, id=f"{code}-{number}")
    for code in CODES
    for number, example in enumerate(all_rules()[code].examples)
    if isinstance(example, Bad) and not isinstance(example.fixed, bytes | None)
]


@pytest.mark.parametrize(("code", "example"), EXAMPLES)
def test_fixes_of_the_examples(code: str, example: Bad) -> None:
    assert not isinstance(example.fixed, bytes | None)
    for row, expected in zip(example.rows, example.fixed, strict=True):
        assert isinstance(row, Mapping)
        format = example.format or "alpaca"
        result = fixed(row, findings([row], [code], format))
        assert result == expected
        assert [one for one in findings([result], [code], format) if one.fix] == []


def test_every_rule_with_a_fix_has_such_an_example() -> None:
    assert {param.values[0] for param in EXAMPLES} == set(CODES)


@pytest.mark.parametrize("language", SENTENCES)
def test_ordinary_text_of_many_languages_is_silent(language: str) -> None:
    text = SENTENCES[language]
    found = findings([{"prompt": text, "completion": f"{text}\n{text}"}], QUIET)
    assert [(one.code, one.message) for one in found] == []


@pytest.mark.parametrize("encoding", ["latin-1", "sloppy-windows-1252"])
@pytest.mark.parametrize("language", [name for name, text in SENTENCES.items() if not text.isascii()])
def test_what_was_read_in_the_wrong_encoding_comes_back(language: str, encoding: str) -> None:
    if (language, encoding) in UNKNOWN_TO_FTFY:
        pytest.skip("ftfy does not see it")
    text = SENTENCES[language]
    row = {"prompt": "Say it.", "completion": text.encode().decode(encoding)}
    found = findings([row], ["TXT001", "TXT002", "TXT003"])
    assert {one.code for one in found} == {"TXT001"}
    assert fixed(row, found)["completion"] == text


@given(st.lists(sentences, min_size=1, max_size=4), st.data())
def test_one_damaged_line_among_others_comes_back(lines: list[str], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(lines) - 1))
    damaged = [line.encode().decode("latin-1") if at == number else line for at, line in enumerate(lines)]
    row = {"prompt": "Say it.", "completion": "\n".join(damaged)}
    assert fixed(row, findings([row], ["TXT001"]))["completion"] == "\n".join(lines)


# Pieces that the rules about characters look at, and the ordinary ones beside which they are judged.
pieces = st.one_of(
    st.sampled_from(list("ab 1#.\n\t\r\f\x00\x1b\x7f\x85\x93é漢字ก")),
    st.sampled_from(
        "\u00ad\u034f\u061c\u115f\u180b\u180e\u200b\u200c\u200d\u200e\u202e\u2028\u2060\u2800\u3164\ue000\ufe0f\ufeff"
    ),
    st.sampled_from(["\U000e0067", "\U000e007f", "\U000e0101", "🏴", "👩", "❤", "م", "क", "ᠮ", "⠓", "가", "ש"]),
    st.sampled_from(["Ã©", "â€™", "Ã ", "Â£", "\ufffd", "e\u0301", "\u212b", "\uf900", "ड़", "\u1100\u1161"]),
    st.sampled_from(["\beta", "\frac", "\times", "\rho", "$x$", "`", "```\n", "<br>", "&lt;", "&nbsp;"]),
    sentences,
)
texts = st.lists(pieces, max_size=12).map("".join)


@given(texts)
@pytest.mark.parametrize("code", [code for code in CODES if code != "TXT004"])
def test_a_fix_leaves_nothing_to_fix(code: str, text: str) -> None:
    # The backslash that TXT016 puts back has to be there before the character after it goes.
    codes = ["TXT016", "TXT002"] if code == "TXT002" else [code]
    row = {"prompt": "Say it.", "completion": text}
    result = fixed(row, findings([row], codes))
    assert [one.message for one in findings([result], codes) if one.fix] == []


@given(texts)
def test_the_fixes_of_all_rules_do_not_meet(text: str) -> None:
    row = {"prompt": "Say it.", "completion": text}
    fixed(row, findings([row], [code for code in CODES if code not in ("TXT004", "TXT012")]))


@given(texts)
def test_entities_and_tags_do_not_meet(text: str) -> None:
    row = {"prompt": "Say it.", "completion": text}
    fixed(row, findings([row], ["TXT004"]))


@given(
    texts | st.text(max_size=30), st.sampled_from(["latin-1", "sloppy-windows-1252", "mac_roman", "cp437", "cp1251"])
)
def test_the_screen_lets_through_what_can_be_repaired(text: str, encoding: str) -> None:
    text = text + "\n" + text.encode().decode(encoding, "replace")
    if misread_lines(text):
        raws = [orjson.dumps({"prompt": "", "completion": text})]
        shard = Shard(
            row_chunk(0, 0, raws, np.ones(1, int), np.zeros(1, int)), format_named("prompt-completion"), SETTINGS
        )
        assert shard.once(suspects).misread.tolist() == [False, True]


@given(st.lists(pieces | st.just("plain words " * 9), max_size=9), st.sampled_from(["latin-1", "sloppy-windows-1252"]))
def test_lines_are_repaired_as_ftfy_repairs_them(parts: list[str], encoding: str) -> None:
    for line in "".join(parts).encode().decode(encoding).split("\n"):
        edits = [Edit("replace", "", one.repaired, (one.start, one.end)) for one in misread_lines(line)]
        assert edited(line, edits) == ftfy.fix_encoding(line)


@given(texts)
def test_hidden_characters_are_gone_in_one_go(text: str) -> None:
    found = hidden_characters(text)
    edits = [
        Edit("replace", "", instead(text, one), (one.start, one.end)) for one in found if one.kind != "private use"
    ]
    left = hidden_characters(edited(text, edits))
    assert {one.kind for one in left} <= {"private use"}


@given(
    st.text(
        alphabet=st.characters(max_codepoint=0x1FFF, exclude_categories=["Cs"])
        | st.sampled_from("각\u1100\u1161\u11a8\u0301\u0327é`"),
        max_size=20,
    )
)
def test_stretches_make_up_the_normal_form(text: str) -> None:
    edits = [Edit("replace", "", one.new, (one.start, one.end)) for one in not_normalised(text)]
    once = edited(text, edits)
    assert not_normalised(once) == []
    assert unicodedata.normalize("NFC", once) == unicodedata.normalize("NFC", text)


@given(texts)
def test_a_text_with_a_swallowed_escape_holds_one_of_the_literals(text: str) -> None:
    assert not swallowed_escapes(text) or any(word in text for word in WORDS)


@pytest.mark.parametrize(
    "text",
    [
        *(
            piece * 40_000
            for piece in ("Ã©", "\u200d", "👩\u200d", "\x1b[31m", "<a x=", "&lt;", "<b>", "e\u0301", "\r")
        ),
        *(piece * 20_000 for piece in ("<think>", "<think>\n", "</think>x", "Human: ", "<|im_start|>", "`", "```\n")),
        *(piece * 20_000 for piece in ("\ufffd ", "\U000e0067", "1. Instruction:\n", "<p>x</p>", "\u200c", "\frac")),
    ],
    ids=range(22),
)
def test_huge_texts_of_one_kind_take_little_time(text: str) -> None:
    started = time.process_time()
    found = findings([{"prompt": "Say it.", "completion": text}], QUIET)
    assert [one for one in found if one.code == "FTP900"] == []
    assert time.process_time() - started < 5
