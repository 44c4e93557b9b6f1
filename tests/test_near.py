"""Near-duplicates: the engine against slow truths, and what the rule makes of rows."""

from __future__ import annotations

import itertools
import json
import random
import time
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

import ftprep
import ftprep.io.chunk as chunk
from ftprep.engine.table import Ragged, TableBuilder
from ftprep.near.difference import Sides, same_example
from ftprep.near.folding import joins, normalise
from ftprep.near.join import ENGINES, Engine, join, merged
from ftprep.near.minhash import banding, signatures
from ftprep.near.shingles import TRIPLES, Sets, make_sets, shingle
from ftprep.near.similarity import similarities
from ftprep.near.survivors import frame_of, peel
from ftprep.near.words import find_numbers, find_words, hash_words, mixed, split_words

VOCABULARY = (
    "harbour",
    "lamp",
    "keel",
    "rope",
    "tide",
    "gull",
    "pier",
    "buoy",
    "mast",
    "wave",
    "fog",
    "shore",
    "crane",
)
hashes = st.integers(0, 2**50 - 1)
few = st.lists(st.frozensets(st.integers(0, 12), min_size=1, max_size=12), min_size=2, max_size=12)


def sets_of(members: list[frozenset[int]]) -> Sets:
    sizes = np.array([len(one) for one in members], dtype=np.int64)
    spread = [value * 0x9E3779B97F4A7C15 % 2**64 for one in members for value in sorted(one)]
    return make_sets(sizes, np.array(spread, dtype=np.uint64))


def jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other)


def components(members: list[frozenset[int]], threshold: float) -> list[int]:
    groups = list(range(len(members)))
    for left, right in itertools.combinations(range(len(members)), 2):
        if jaccard(members[left], members[right]) >= threshold - 1e-9:
            low, high = sorted((groups[left], groups[right]))
            groups = [low if group == high else group for group in groups]
    return groups


def words_of(texts: list[str]) -> tuple[Any, list[list[str]]]:
    buffer = b"\xff".join([*(text.encode() for text in texts), b""])
    words = find_words(buffer, texts)
    found: list[list[str]] = [[] for _ in texts]
    for start, size, text in zip(words.starts.tolist(), words.sizes.tolist(), words.texts.tolist(), strict=True):
        found[text].append(words.letters[start : start + size].tobytes().decode())
    return words, found


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1, max_size=6))
def test_words_are_those_of_each_text(texts: list[str]) -> None:
    assert words_of(texts)[1] == [split_words(text) for text in texts]


def test_white_space_case_and_scripts() -> None:
    texts = ["One\tTWO\n three\x00four", "", "東京タワー is tall", "ﬁne STRASSE straße\u3000x"]
    assert words_of(texts)[1] == [
        ["one", "two", "three", "four"],
        [],
        ["東", "京", "タ", "ワ", "ー", "is", "tall"],
        ["fine", "strasse", "strasse", "x"],
    ]


@given(st.lists(st.text("ab\u00e9", min_size=1, max_size=80), min_size=1, max_size=20))
def test_equal_words_have_equal_hashes_and_others_do_not(words: list[str]) -> None:
    found, split = words_of([" ".join(words)])
    by_word: dict[str, set[int]] = {}
    for word, value in zip(split[0], hash_words(found).tolist(), strict=True):
        by_word.setdefault(word, set()).add(value)
    assert all(len(values) == 1 for values in by_word.values())
    assert len(set.union(*by_word.values())) == len(by_word)


def test_a_word_of_any_length_is_hashed_to_its_end() -> None:
    texts = ["x" * size + last for size in (*range(1, 40), 63, 64, 65, 1_000_000) for last in "ab"]
    found = hash_words(words_of(texts)[0])
    assert len(set(found.tolist())) == len(texts)


def test_characters_are_folded_where_they_stand_as_texts_are_one_by_one() -> None:
    """All that folding changes, between letters and at both ends, and beside marks that join what stands before."""
    characters = [chr(point) for point in range(0x80, 0x30000) if not 0xD800 <= point < 0xE000]
    changing = [
        one
        for one in characters
        if one.isspace()
        or joins(one)
        or unicodedata.normalize("NFKC", one).casefold() != one
        or "\u3040" <= one <= "\u31ff"
    ]
    assert len(changing) > 5_000
    texts = [f"Ax{one}{one}y {one}" for one in changing] + [f"e{one}\u0301{one}" for one in changing[::7]]
    assert words_of(texts)[1] == [split_words(text) for text in texts]


def test_whatever_may_become_one_with_the_character_before_it_is_known() -> None:
    composed = (unicodedata.normalize("NFD", chr(point)) for point in range(0x80, 0x110000))
    assert all(joins(one) for text in composed for one in text[1:])


PARTS = (
    *"aE1 \t-ßñÉиИﬁ：東ｱﾞ한´…½😀豈İſ",
    "\u0301",
    "\u0345",
    "\u1112",
    "\u1161",
    "\u11ab",
    "\u2028",
    "\u3000",
    "नि",
    "\U00020000",
)


@given(st.lists(st.lists(st.sampled_from(PARTS), max_size=8).map("".join), min_size=1, max_size=6))
def test_words_of_texts_in_many_scripts(texts: list[str]) -> None:
    assert words_of(texts)[1] == [split_words(text) for text in texts]


def test_numbers_are_runs_of_digits() -> None:
    numbers = find_numbers(words_of(["a1b22", "none", "3 4"])[0])
    assert numbers.texts.tolist() == [0, 0, 2, 2]
    assert numbers.sizes.tolist() == [1, 2, 1, 1]


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=20, max_size=40), min_size=1, max_size=5))
def test_sets_have_one_member_per_different_run_of_words(rows: list[list[str]]) -> None:
    words, _ = words_of([" ".join(row) for row in rows])
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    owners, kinds, sets = shingle(hash_words(words), words.texts, lengths, np.zeros(len(rows), dtype=np.uint64))
    found = dict(zip(zip(owners.tolist(), kinds.tolist(), strict=True), sets.sizes.tolist(), strict=True))
    for number, row in enumerate(rows):
        wanted = len(set(zip(row, row[1:], row[2:], strict=False)))
        assert found.get((number, TRIPLES)) == (wanted if len(row) >= 24 else None)


@given(st.lists(st.lists(hashes, max_size=40, unique=True), min_size=1, max_size=8))
@settings(max_examples=40)
def test_signatures_are_those_of_datasketch(members: list[list[int]]) -> None:
    sizes = np.array([len(one) for one in members], dtype=np.int64)
    found = signatures(make_sets(sizes, np.array([value for one in members for value in one], dtype=np.uint64)))
    for one, signature in zip(members, found, strict=True):
        theirs = MinHash(num_perm=128, hashfunc=int, scheme="affine32")
        if one:
            theirs.update_batch([value & 0xFFFFFFFF for value in one])
        assert signature.tolist() == theirs.hashvalues.tolist()


def test_the_banding_fits_the_threshold() -> None:
    assert banding(0.8) == (21, 6)
    assert all(bands * values <= 128 for bands, values in map(banding, (0.5, 0.6, 0.7, 0.9, 0.95, 1.0)))


@given(few)
def test_similarity_is_exact(members: list[frozenset[int]]) -> None:
    pairs = np.array(list(itertools.combinations(range(len(members)), 2)), dtype=np.int64)
    found = similarities(sets_of(members), pairs[:, 0], pairs[:, 1])
    assert found.tolist() == [jaccard(members[left], members[right]) for left, right in pairs.tolist()]


@given(few, st.sampled_from([0.5, 0.6, 0.8, 1.0]), st.sampled_from(ENGINES))
@settings(max_examples=60, deadline=None)
def test_groups_are_those_of_all_pairs(members: list[frozenset[int]], threshold: float, engine: Engine) -> None:
    sets = sets_of(members)
    nothing = np.zeros(len(sets.hashes), dtype=np.bool_)
    chosen, left = peel(sets, nothing, np.zeros(len(members), dtype=np.uint64), threshold)
    joined = join(left, threshold, engine)
    found = np.arange(len(members))
    found[chosen] = chosen[joined.groups]
    wanted = components(members, threshold)
    if engine == "exact":
        assert found.tolist() == wanted
    else:  # no pair that is none, and at most a few in a thousand missing: equal sets never are
        assert all(wanted[one] == wanted[group] for one, group in enumerate(found.tolist()))
        assert all(
            found[one] == found[other]
            for one, other in itertools.combinations(range(len(members)), 2)
            if members[one] == members[other]
        )
    assert not joined.left_out


@given(st.lists(st.tuples(st.integers(0, 4), st.frozensets(st.integers(0, 60), max_size=9)), min_size=2, max_size=14))
@settings(deadline=None)
def test_no_set_with_a_partner_is_peeled_off(made: list[tuple[int, frozenset[int]]]) -> None:
    members = [
        frozenset(range(base * 100, base * 100 + 60)) ^ {base * 100 + one for one in edits} for base, edits in made
    ]
    sets = sets_of(members)
    nothing = np.zeros(len(sets.hashes), dtype=np.bool_)
    for threshold in (0.5, 0.7, 0.8, 0.95):
        chosen, left = peel(sets, nothing, np.zeros(len(members), dtype=np.uint64), threshold)
        assert left.sizes.tolist() == [len(members[one]) for one in chosen.tolist()]
        for one, other in itertools.combinations(range(len(members)), 2):
            if jaccard(members[one], members[other]) >= threshold:
                assert {one, other} <= set(chosen.tolist())


@given(few, st.sets(st.integers(0, 11)))
def test_sets_that_are_not_wanted_have_no_partner(members: list[frozenset[int]], wanted: set[int]) -> None:
    chosen_by = np.array([number in wanted for number in range(len(members))])
    sets = sets_of(members)
    nothing = np.zeros(len(sets.hashes), dtype=np.bool_)
    chosen, left = peel(sets, nothing, np.zeros(len(members), dtype=np.uint64), 0.5, chosen_by)
    assert set(chosen.tolist()) <= wanted
    groups = chosen[join(left, 0.5, "exact").groups] if len(chosen) else chosen
    kept = [one for one in range(len(members)) if one in wanted]
    linked = components([members[one] for one in kept], 0.5)
    found = dict(zip(chosen.tolist(), groups.tolist(), strict=True))
    assert [found.get(one, one) for one in kept] == [kept[group] for group in linked]


@given(few)
def test_sets_with_different_salts_share_nothing(members: list[frozenset[int]]) -> None:
    sets = sets_of([*members, *members])
    salts = np.repeat(mixed(np.array([1, 2], dtype=np.uint64)), len(members))
    chosen, left = peel(sets, np.zeros(len(sets.hashes), dtype=np.bool_), salts, 0.5)
    groups = chosen[join(left, 0.5, "exact").groups]
    assert all((one < len(members)) == (group < len(members)) for one, group in zip(chosen, groups, strict=True))


@given(few, st.integers(0, 5))
def test_the_frame_is_what_more_rows_have_than_the_cap(members: list[frozenset[int]], cap: int) -> None:
    found = frame_of(sets_of(members).hashes, cap)
    values = [value for one in members for value in sorted(one)]
    assert found.tolist() == [sum(value in one for one in members) > cap for value in values]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_merged_groups_are_named_by_their_first(pairs: list[tuple[int, int]]) -> None:
    columns = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    found = merged(np.arange(10), columns[:, 0], columns[:, 1]).tolist()
    wanted = list(range(10))
    for left, right in pairs:
        low, high = sorted((wanted[left], wanted[right]))
        wanted = [low if group == high else group for group in wanted]
    assert found == wanted


@given(st.lists(st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=4), max_size=4))
def test_a_ragged_column_holds_the_numbers_of_each_entry(parts: list[list[list[int]]]) -> None:
    builder = TableBuilder()
    for part in parts:
        sizes = np.array([len(entry) for entry in part], dtype=np.int64)
        values = np.array([value for entry in part for value in entry], dtype=np.uint64)
        builder.add({"a": np.arange(len(part)), "many": Ragged(sizes, values)})
    table = builder.build()
    entries = [entry for part in parts for entry in part]
    assert len(table) == len(entries)
    if entries:
        column = table.ragged["many"]
        assert column.sizes.tolist() == [len(entry) for entry in entries]
        assert column.values.tolist() == [value for entry in entries for value in entry]
        assert "many" not in table.columns


# --- the rule -------------------------------------------------------------------------------------------------------


def chat(asked: str, answered: str, system: str = "") -> dict[str, Any]:
    turns = [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]
    return {"messages": [{"role": "system", "content": system}, *turns] if system else turns}


def prose(seed: int, count: int = 60) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(VOCABULARY) + rng.choice(["s", "ing", "ed", ""]) for _ in range(count))


def lint(*rows: dict[str, Any], **options: Any) -> list[tuple[int, int]]:
    report = ftprep.lint(list(rows), isolated=True, select=["DUP002"], rules={"near-duplicate": options})
    assert {one.code for one in report.findings} <= {"DUP002"}
    return [(one.ref.line, one.related[0].line) for one in report.findings]


def edited(text: str, at: int = 5) -> str:
    words = text.split()
    words[at] = "lantern"
    return " ".join(words)


def test_an_edited_answer_is_found_and_an_exact_copy_is_not_ours() -> None:
    rows = [chat("Tell me.", prose(1)), chat("Tell me.", prose(1)), chat("Tell me.", edited(prose(1)))]
    assert lint(*rows) == [(3, 1)]


def test_every_row_is_similar_to_the_kept_row_itself() -> None:
    texts = [prose(2, 80)]
    for at in range(0, 80, 8):
        texts.append(edited(texts[-1], at))
    report = ftprep.lint([chat("Go.", text) for text in texts], isolated=True, select=["DUP002"])
    assert report.findings
    assert all(one.data["similarity"] >= 0.8 for one in report.findings)
    flagged = {one.ref for one in report.findings}
    assert not flagged & {one.related[0] for one in report.findings}
    assert len(flagged) < len(texts) - 1  # the last is far from the first


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (chat(prose(3), "yes"), chat(edited(prose(3)), "no")),
        (chat(prose(3) + " 14", "yes"), chat(prose(3) + " 15", "yes")),
        (chat("Go.", prose(3), "You are kind."), chat("Go.", edited(prose(3)), "You are stern.")),
        (chat(prose(3), prose(4)), chat(edited(prose(3)), edited(prose(4)))),
        (chat(prose(3) + " it is safe", "yes"), chat(prose(3) + " it is not safe", "yes")),
    ],
    ids=["label", "number", "system", "payload", "negation"],
)
def test_another_example_of_one_template_is_another_row(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert lint(one, other) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_all_engines_find_the_same(engine: str) -> None:
    rows = [chat("Go.", text) for seed in range(30) for text in (prose(seed), edited(prose(seed), seed))]
    assert lint(*rows, engine=engine) == [(number, number - 1) for number in range(2, 61, 2)]


def test_the_scope_is_what_is_compared() -> None:
    rows = [chat(prose(5), prose(6)), chat("Please, " + prose(5), prose(7))]
    assert lint(*rows) == []
    assert lint(*rows, scope="prompt") == [(2, 1)]
    assert lint(*rows, scope="answer") == []
    rows = [chat(prose(5), prose(6)), chat(prose(8), edited(prose(6)))]
    assert lint(*rows, scope="answer") == [(2, 1)]


def test_splits_are_compared_each_for_itself(tmp_path: Path) -> None:
    for name, text in (("train.jsonl", prose(9)), ("test.jsonl", edited(prose(9)))):
        (tmp_path / name).write_text(json.dumps(chat("Go.", text)) + "\n")
    assert not ftprep.lint(tmp_path, isolated=True, select=["DUP002"]).findings


def clusters(paths: list[Path], **how: Any) -> set[tuple[str, str, str]]:
    report = ftprep.lint(paths, isolated=True, select=["DUP002"], **how)
    return {(report.place(one.ref), report.place(one.related[0]), str(one.data)) for one in report.findings}


def test_cuts_pools_and_the_order_of_files_change_nothing(tmp_path: Path) -> None:
    paths = []
    for name in "ab":
        texts = [edited(prose(seed, 90), seed + ord(name) % 7) for seed in range(20)]
        paths.append(tmp_path / f"{name}.jsonl")
        paths[-1].write_text("".join(json.dumps(chat("Go.", text)) + "\n" for text in texts))
    wanted = clusters(paths)
    assert len(wanted) == 20
    assert clusters(paths[::-1]) == wanted
    with pytest.MonkeyPatch.context() as patch:
        for rows in (20, 7, 3):
            patch.setattr(chunk, "MAX_ROWS", rows)
            assert clusters(paths) == wanted
        patch.setattr(chunk, "BLOCK_BYTES", 2_000)
        assert clusters(paths, jobs=2) == wanted


def test_a_json_array_on_one_line_has_many_rows(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([chat("Go.", text) for text in (prose(1), prose(2), edited(prose(2)))]))
    found = ftprep.lint(path, isolated=True, select=["DUP002"]).findings
    assert [(one.ref > one.related[0], one.data["similarity"] >= 0.8) for one in found] == [(True, True)]


def test_shared_boilerplate_weighs_nothing_and_costs_little() -> None:
    frame = prose(0, 100)
    rows = [chat(f"{frame} {prose(seed, 20)}", prose(seed + 100_000, 20)) for seed in range(8_000)]
    rows.append(chat(f"{frame} {prose(7, 20)}", edited(prose(100_007, 20))))
    before = time.process_time()
    report = ftprep.lint(rows, isolated=True, select=["DUP002"])
    assert [(one.ref.line, one.related[0].line) for one in report.findings] == [(8_001, 8)]
    assert report.findings[0].data["weightless"] > 700_000
    assert time.process_time() - before < 20  # a second or two; without the frame's removal minutes


def test_it_runs_by_default_and_not_in_the_fast_profile() -> None:
    rows = [chat("Tell me.", prose(1)), chat("Tell me.", edited(prose(1)))]
    assert "DUP002" in {one.code for one in ftprep.lint(rows, isolated=True).findings}
    assert "DUP002" not in ftprep.lint(rows, isolated=True, profile="fast").rules


def test_slips_of_the_pen_are_no_other_content() -> None:
    long = "i am new here and would like to know where the nearest lighthouse is"
    one = Sides(split_words(long), split_words("yes"))
    assert same_example(one, Sides(split_words(long.replace("house", "hause")), split_words("yes")))
    assert same_example(one, Sides(split_words("hello, " + long.replace("nearest", "nearest old")), split_words("yes")))
    assert not same_example(one, Sides(split_words(long.replace("lighthouse", "bakery")), split_words("yes")))
    short = Sides(["zgrepper"], ["yes"])
    assert not same_example(short, Sides(["zfgrepper"], ["yes"]))


def test_a_standing_answer_to_another_request_is_no_copy() -> None:
    """The words of a template and of a standing answer are most of such rows, and what is asked is another thing."""
    reply = "Thank you for your message; the harbour master will answer it by letter."
    assert (
        lint(*(chat(f"May I buy two of the old {one}, and at what price?", reply) for one in ("ropes", "oars"))) == []
    )
    asked = "How {} I keep the old ropes of the ferry dry?"
    assert lint(chat(asked.format("do"), reply), chat(asked.format("can"), reply)) == [(2, 1)]
    asked = "Sum up what this letter of the harbour master says about the old ferry and its crew at the pier of Elm"
    assert lint(chat(f"{asked}. In short,", reply), chat(f"{asked}. In a nutshell,", reply)) == [(2, 1)]


@pytest.mark.parametrize("word", ["Why", "Wo", "Pourquoi", "not"])
def test_a_word_that_asks_for_something_else_is_no_edit(word: str) -> None:
    asked, label = "do I need to show the ticket of the night ferry again?", "ticket for the night ferry"
    assert lint(chat(asked, label), chat(f"{word} {asked}", label)) == []
    assert lint(chat(asked, label), chat(f"Actually {asked}", label)) == [(2, 1)]


def test_pairs_are_compared_side_by_side() -> None:
    asked = [{"role": "user", "content": "Where do the oars go in winter?"}]

    def pair(chosen: str, rejected: str) -> dict[str, Any]:
        sides = (("chosen", chosen), ("rejected", rejected))
        return {"prompt": asked} | {name: [{"role": "assistant", "content": text}] for name, text in sides}

    assert lint(pair(prose(1), prose(2)), pair(prose(1), edited(prose(2)))) == [(2, 1)]
    assert lint(pair(prose(1), prose(2)), pair(prose(2), prose(1))) == []
    assert lint(pair(prose(1, 90), prose(2, 9)), pair(prose(1, 90), prose(3, 9))) == []


def test_another_answer_to_a_long_request_is_no_copy() -> None:
    text = f"Ask a question about this text. {prose(3, 200)}"
    assert lint(chat(text, "Who waits for the ferry at the north pier at night?"), chat(text, prose(4, 9))) == []


def test_one_answer_to_different_requests_is_no_duplicate() -> None:
    assert lint(chat("Write a scene about a ferry", prose(1)), chat("Which book tells of goats?", prose(1))) == []
    assert lint(chat(f"Sum up: {prose(2)}", prose(1)), chat(f"{prose(2)} What is the gist?", prose(1))) == [(2, 1)]


def test_normalising_is_idempotent_on_words() -> None:
    assert normalise("Ｆｕｌｌ　Width") == "full width"


# --- what a report makes of them ------------------------------------------------------------------------------------


def test_clusters_can_be_narrowed_and_the_least_similar_pairs_be_seen() -> None:
    rows = [
        *(chat("Go.", text) for text in (prose(1, 100), edited(prose(1, 100)), edited(edited(prose(1, 100)), 50))),
        *(chat("Go.", text) for text in (prose(2, 40), edited(edited(prose(2, 40)), 20))),
    ]
    report = ftprep.lint(rows, isolated=True, select=["DUP002"], rules={"near-duplicate": {"threshold": 0.7}})
    similarity = {(one.related[0].line, one.ref.line): one.data["similarity"] for one in report.findings}
    assert sorted(similarity) == [(1, 2), (1, 3), (4, 5)]
    pairs = report.borderline(2)
    assert [(one.kept.line, one.row.line) for one in pairs] == [(4, 5), (1, 3)]
    assert [one.similarity for one in pairs] == sorted(similarity.values())[:2]
    assert report.borderline(9)[-1].row.line == 2

    def lines(least: float) -> list[list[int]]:
        return [[ref.line for ref in one.members] for one in report.clusters("DUP002", similarity=least)]

    assert lines(0.0) == [[1, 2, 3], [4, 5]]
    assert lines(similarity[1, 3]) == [[1, 2, 3]]
    assert lines(similarity[1, 2]) == [[1, 2]]
    assert lines(1.0) == []


def test_a_flag_names_the_engine_of_both_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ftprep.near.join as join_module
    from ftprep.cli.main import main

    for split, text in (("train", prose(9)), ("test", edited(prose(9)))):
        rows = [chat("Go.", text), chat("Go.", edited(text, 30))]
        (tmp_path / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    asked: list[str] = []
    real = join_module.join

    def spy(sets: Sets, threshold: float, engine: Engine = "minhash") -> Any:
        asked.append(engine)
        return real(sets, threshold, engine)

    monkeypatch.setattr("ftprep.near.clusters.join", spy)
    runner = CliRunner()
    for engine in ENGINES:
        asked.clear()
        result = runner.invoke(
            main, ["lint", str(tmp_path), "--isolated", "--select", "DUP002,LEK002", "--near-dup-engine", engine]
        )
        assert asked == [engine, engine], result.output
        assert "DUP002" in result.output
        assert "LEK002" in result.output
    assert runner.invoke(main, ["lint", str(tmp_path), "--near-dup-engine", "guess"]).exit_code == 2


# --- between splits -------------------------------------------------------------------------------------------------


def write_splits(folder: Path, **splits: list[dict[str, Any]]) -> None:
    for name, rows in splits.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def leaks(where: Any, **how: Any) -> list[tuple[str, str, str, str]]:
    report = ftprep.lint(where, isolated=True, select=["LEK001", "LEK002"], **how)
    return sorted(
        (one.code, str(one.data.get("level")), report.place(one.ref), report.place(one.related[0]))
        for one in report.findings
    )


def test_a_row_is_reported_with_the_most_similar_row_of_an_earlier_split(tmp_path: Path) -> None:
    text = prose(9, 90)
    write_splits(
        tmp_path,
        train=[chat("Go.", edited(edited(text, 10), 40)), chat("Go.", edited(text, 10)), chat("Go.", prose(1))],
        validation=[chat("Go.", prose(2)), chat("Go.", text)],
        test=[chat("Go.", edited(text, 60)), chat("Stop.", prose(3))],
    )
    found = leaks(tmp_path)
    assert {(code, level) for code, level, *_ in found} == {("LEK002", "row")}
    named = {(Path(place).name, Path(kept).name) for *_, place, kept in found}
    assert named == {("test.jsonl:1", "validation.jsonl:2"), ("validation.jsonl:2", "train.jsonl:2")}


def test_what_is_equal_in_two_splits_is_said_once(tmp_path: Path) -> None:
    asked = prose(4, 30)
    write_splits(
        tmp_path,
        train=[chat(asked, prose(5)), chat(edited(asked), edited(prose(5)))],
        test=[chat(asked, prose(5)), chat(asked, edited(prose(5), 9)), chat("Please. " + asked, prose(6))],
    )
    found = [(code, level, Path(place).name, Path(kept).name) for code, level, place, kept in leaks(tmp_path)]
    assert found == [
        ("LEK001", "prompt", "test.jsonl:2", "train.jsonl:1"),
        ("LEK001", "row", "test.jsonl:1", "train.jsonl:1"),
        ("LEK002", "prompt", "test.jsonl:3", "train.jsonl:1"),
    ]


def test_a_standing_phrase_and_a_short_prompt_do_not_leak(tmp_path: Path) -> None:
    asked = prose(4, 30)
    many = [chat(asked, prose(seed)) for seed in range(100, 125)]
    write_splits(
        tmp_path,
        train=[*many, chat("Hello there!", prose(1))],
        test=[chat("Please. " + asked, prose(2)), chat("Please, hello there!", prose(3))],
    )
    assert leaks(tmp_path) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_leaks_are_the_same_for_every_cut_order_and_engine(tmp_path: Path, engine: str) -> None:
    train = [chat(prose(seed + 500, 20), prose(seed, 90)) for seed in range(40)]
    test = [
        chat(prose(seed + 500, 20) if seed % 3 else "Please " + prose(seed + 500, 20), edited(prose(seed, 90), seed))
        for seed in range(0, 40, 2)
    ]
    write_splits(tmp_path, train=train[:20], train_2=train[20:], validation=test[:9], test=test[9:])
    paths = [tmp_path / f"{name}.jsonl" for name in ("train", "train_2", "validation", "test")]
    rules = {"near-split-overlap": {"engine": engine}}
    wanted = leaks(paths, rules=rules)
    assert {code for code, *_ in wanted} == {"LEK001", "LEK002"}
    assert len(wanted) == 20
    assert leaks(paths[::-1], rules=rules) == wanted
    with pytest.MonkeyPatch.context() as patch:
        for rows in (3, 7):
            patch.setattr(chunk, "MAX_ROWS", rows)
            assert leaks(paths, rules=rules) == wanted
        patch.setattr(chunk, "BLOCK_BYTES", 2_000)
        if engine == "minhash":
            assert leaks(paths[1:] + paths[:1], rules=rules, jobs=2) == wanted
