"""Identifiers: what is one and what only looks like it, in texts and shards, and the labels that they give away."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ftprep
from ftprep.privacy.anchors import Anchors, project
from ftprep.privacy.identifier_labels import label_of_key
from ftprep.privacy.identifiers import _found, find_in
from ftprep.privacy.value import Grade
from ftprep.tasks.markers import leaks, log_tail

UUID = "7c1f04be-93d2-4e58-b0a6-2fd1947a35ec"


def found(text: str) -> list[str]:
    return [text[one.start : one.end] for one in find_in(text)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("order number 48213", ["48213"]),
        ("Order No.: 48213!", ["48213"]),
        ("the order (#48213) is late", ["48213"]),
        ("Patient ID: **P-20931**", ["P-20931"]),
        ("my customer's id is c48213", ["c48213"]),
        ("the tracking number they gave me was 66100330", ["66100330"]),
        ("account number 4821 7734 9015", ["4821 7734 9015"]),
        ("orders 48213, 48219 and 48225 are late", ["48213", "48219", "48225"]),
        ("ticket INC0048213", ["INC0048213"]),
        ("MRN 7720481", ["7720481"]),
        ('{"customer_id": "C-7741", "n": 5}', ["C-7741"]),
        ('[{"orderId": 482137}]', ["482137"]),
        ("Reference: A2F7BZAH", ["A2F7BZAH"]),
        (f"see {UUID}", [UUID]),
        (f"https://ferry.example/o/{UUID}/edit", [UUID]),
        ("TKT-48213, or ORD-2024-00317", ["TKT-48213", "ORD-2024-00317"]),
    ],
)
def test_identifiers_are_found(text: str, values: list[str]) -> None:
    assert found(text) == values
    assert all(one.grade is Grade.REAL for one in find_in(text))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "order 12000 widgets",
            "order number 7",
            "the order of 2019",
            "order number 2019",
            "order id: 3rd",
            "case 48%",
        ),
        *(
            "order number $48213",
            "order number 48213.50",
            "order number 48,213",
            "invoice of 12/05/2024 and 2024-05-12",
        ),
        *("order_id = 48213", "SELECT * FROM t WHERE order_id = 48213;", 'print("customer_id", 48213)'),
        *("the account has 48213 euros", "ticket number XXX-1234", "order number 00000", "order number 415-555-0123"),
        *("ISO-27001 and CVE-2021-44228", "zip TX-78701", "model KX-78563", "the part number is LMN-48213"),
        *("commit 9f2c41d07be8a35561c0e4d78b913fa20c1d2e3f", "md5 9f2c41d07be8a35561c0e4d78b913fa2 of a.iso"),
        *("color #9f2c41", "ISBN 978-3-16-148410-0", "doi 10.1000/xyz48213", "InternationalizationManager2Factory"),
        *(f"`{UUID}`", f"```\nid: {UUID}\n```", "00000000-0000-0000-0000-000000000000", f'key = "{UUID}"'),
        *("assert f('x') == '9f2c41d07be8a35561c0e4d78b913fa2'", "a" * 40, "1234567890" * 3, "A" * 64),
    ],
)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", ["order number 12345", "customer id ABC123", "ticket ORD-98765", "user id 00123456"])
def test_numbers_typed_as_examples_are_told_apart(text: str) -> None:
    assert [one.grade for one in find_in(text)] == [Grade.FIXTURE]


def test_keys_that_name_an_identifier() -> None:
    assert label_of_key("customer_id") == label_of_key("customerId") == label_of_key("customerNumber") == "CUSTOMER"
    assert label_of_key("mrn") == "PATIENT"
    assert label_of_key("id") is None
    assert label_of_key("order") is None


PIECES = st.sampled_from(
    [
        *(
            "order number ",
            "Customer ID: ",
            "ticket ",
            "#",
            "48213",
            "W-48213",
            "TKT-48213",
            UUID,
            " ",
            "\n",
            ", ",
            "é",
        ),
        *(
            "9f2c41d07be8a35561c0e4d78b913fa2",
            "k9TqW2xZr7LmB4vYc8Hd",
            "`",
            "```\n",
            '{"order_id": ',
            "}",
            '"',
            "٣٤٥",
            "ſ",
        ),
        *("commit ", "model ", "https://a.example/", "-", "_", "ABC123", "2019", "$", "=", "the ", "İ", "🎉", "\u212a"),
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=60)


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_a_text_is_judged_alone_as_it_is_in_a_shard(texts: list[str]) -> None:
    together = _found(texts, Anchors(project(texts)))
    for number, text in enumerate(texts):
        assert find_in(text) == together.get(number, [])
        values = find_in(text)
        assert all(0 <= one.start < one.end <= len(text) for one in values)
        assert all(one.end <= other.start for one, other in pairwise(values))


def test_long_texts_take_no_longer_than_they_are() -> None:
    for piece in ("order number ", "order 1 ", "customer id: - ", "A-1", "TKT-", "a1" * 11 + " ", "`", '{"order_id":'):
        find_in(piece * (200_000 // len(piece)))


# --- labels -------------------------------------------------------------------------------------------------------


def labelled(kind: str, rows: int = 200, labels: int = 2) -> tuple[list[str], list[int]]:
    rng = random.Random(7)
    words = ["the lamp", "a kettle", "my scarf", "this chair", "the bell", "a rope", "our tent", "the oar"]
    requests, answers = [], []
    for number in range(rows):
        label = number % labels
        text = f"{rng.choice(words)} and {rng.choice(words)} from row {rng.randrange(99)}"
        digits = rng.randrange(10_000, 99_999)
        request = {
            "clean": text,
            "random": f"{rng.choice(['TX', 'QK'])}-{digits} {text}",
            "prefix": f"{'TX' if not label else 'QK'}-{digits} {text}",
            "some": f"{'TX' if not label else 'QK'}-{digits} {text}" if number % 3 == 0 else text,
            "blank": text + " " * (label == 0),
            "range": f"[{rng.randrange(10_000, 40_000) if not label else rng.randrange(40_001, 99_999)}] {text}",
            "stop": text + "." * (label == 0),
            "hidden": text.replace(" ", "\u00a0", 1) if not label else text,
        }[kind]
        requests.append(request)
        answers.append(label)
    return requests, answers


@pytest.mark.parametrize("kind", ["clean", "random"])
def test_sound_requests_give_no_label_away(kind: str) -> None:
    assert leaks(*labelled(kind)) == []
    assert leaks(*labelled(kind, rows=2_000, labels=5)) == []


@pytest.mark.parametrize(
    ("kind", "family"),
    [
        *(("prefix", "prefix"), ("some", "prefix"), ("blank", "end"), ("range", "range"), ("stop", "last character")),
        ("hidden", "invisible"),
    ],
)
def test_marks_that_give_labels_away_are_found(kind: str, family: str) -> None:
    requests, labels = labelled(kind)
    assert family in {leak.mark.family for leak in leaks(requests, labels)}
    mixed = [labels[(at * 7 + 3) % len(labels)] for at in range(len(labels))]
    random.Random(3).shuffle(mixed)
    assert leaks(requests, mixed) == []


def test_the_tail_of_the_binomial_distribution() -> None:
    assert log_tail(10, 10, 0.5) == pytest.approx(-6.931, abs=1e-3)
    assert log_tail(3, 2, 0.5) == pytest.approx(-0.693, abs=1e-3)
    assert log_tail(10, 4, 0.5) == 0.0
    assert log_tail(10, 10, 1.0) == 0.0


def chats(*requests: str) -> list[dict[str, Any]]:
    return [
        {"messages": [{"role": "user", "content": one}, {"role": "assistant", "content": f"Answer {at}."}]}
        for at, one in enumerate(requests)
    ]


def test_one_identifier_in_many_rows_is_one_cluster(tmp_path: Path) -> None:
    rows = chats(*(f"Where is order number W-{48213 if at % 2 else 50000 + at * 7}, stop {at}?" for at in range(40)))
    one = ftprep.lint(rows, select="IDS005", isolated=True)
    assert {finding.ref.line for finding in one.findings} == set(range(2, 41, 2))
    assert len({finding.group for finding in one.findings}) == 1
    assert all("48213" not in repr(finding) for finding in one.findings)
    few = ftprep.lint(rows[:8], select="IDS005", isolated=True)
    assert not few.findings


def test_findings_never_hold_the_value() -> None:
    rows = chats(f"Order number W-48213 and {UUID}, please.")
    report = ftprep.lint(rows, select="IDS", isolated=True)
    assert len(report.findings) == 2
    for finding in report.findings:
        assert "48213" not in repr(finding)
        assert UUID[:8] not in repr(finding)


def test_rows_with_errors_of_the_schema_are_looked_at_too() -> None:
    row = {"messages": [{"role": "user", "content": "Order number W-48213."}, {"role": "assistant", "content": 42}]}
    report = ftprep.lint([row], select="IDS001,SCH003", format="openai-chat", isolated=True)
    assert sorted(one.code for one in report.findings) == ["IDS001", "SCH003"]
