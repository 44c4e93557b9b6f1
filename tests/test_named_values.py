"""Numbers that words before them name, and account numbers among other words."""

from __future__ import annotations

import pytest

from ftprep.privacy.personal import find_in
from ftprep.privacy.value import Grade

NAMED = [
    "Phone:\n[60-56-85-91]",
    "Please have the manager call me at [0494 92 82 32].",
    "Mobile: [03.93.92.16.85], desk unknown",
    '{"name": "Kai", "phone_number": "[51-16-34-25]"}',
    "Tel. [(26)/849-5411]",
    "Could you call Božena Lind back on [031 551 349]?",
    "My number is [83 12 44 90], thanks.",
    "Please text [06 99 45 84 08] when you arrive.",
    "Contact: [03 21 37 73 91] (Aurélie)",
    "My phone got stolen. The number was [081 0360982].",
    "Ring [8 (583) 388-73-34] after six.",
    "The office has [+359 2 57081706] now.",
    "fax [345-899-3560x4587]",
    "手机：[13445540156]",
]


@pytest.mark.parametrize("marked", NAMED)
def test_a_number_counts_where_words_name_it(marked: str) -> None:
    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    assert [(one.kind, text[one.start : one.end]) for one in find_in(text)] == [("PHONE", text[start:end])]


UNNAMED = [
    "The order number is 51-16-34-25.",
    "call 1234567 times",
    "The new phone sold 12 345 678 units.",
    "iPhone: 1234 5678 sold",
    "Phone released 2023-05-01, cell 2019-2023, mobile 12.5.2024",
    "def call(x): return 12345678 + x",
    "call (12345678)",
    "Call at 10:30:45 or 11.20.30",
    "Dial 192.168.20.34 first.",
    "We tried 12 345 678 of them.",
    "The summit was reached at 8848 1234 m",
    "phone = 1234567.25",
    "I texted her on 20210305.",
    "x = +5 1234 5678",
    "3 + 14 159 265 35 = y",
    "Gains: +10000000000 points",
    "Contact lens 12-34-56 78",
    "text 12345678 tokens",
]


@pytest.mark.parametrize("text", UNNAMED)
def test_other_numbers_do_not(text: str) -> None:
    assert [one for one in find_in(text) if one.kind == "PHONE"] == []


@pytest.mark.parametrize("number", ["555-0142", "555 1234", "(408) 555-0142"])
def test_numbers_of_fiction_stay_fiction(number: str) -> None:
    assert {one.grade for one in find_in(f"Phone: {number}")} <= {Grade.FIXTURE}


ACCOUNTS = [
    ("Wire it to account {} please.", "CZ4120616640059848624419"),
    ("account {} please", "ES32 0430 9925 4153 5417 3674"),
    ("{} and {} are mine", "ES79 2100 0813 6101 2345 6789"),
    ("iban={};", "de35370400440532013099"),
    ("IBAN: {}.", "DE35-3704-0044-0532-0130-99"),
]


@pytest.mark.parametrize(("sentence", "account"), ACCOUNTS)
def test_an_account_ends_where_its_country_says(sentence: str, account: str) -> None:
    text = sentence.replace("{}", account)
    found = [text[one.start : one.end] for one in find_in(text) if one.kind == "IBAN"]
    assert found == [account] * sentence.count("{}")


@pytest.mark.parametrize(
    "text",
    [
        "CZ4120616640059848624418",
        "xCZ4120616640059848624419",
        "CZ41206166400598486244191",
        "AR47GYWR30517861796048624506",
    ],
)
def test_what_is_no_account(text: str) -> None:
    assert [one for one in find_in(f"account {text} x") if one.kind == "IBAN"] == []


def test_a_host_may_have_a_port() -> None:
    text = "server 640e:e2e4:ebdc:55c6:fa87:e4ae:5b7:38ba:8080 is down"
    assert [text[one.start : one.end] for one in find_in(text)] == ["640e:e2e4:ebdc:55c6:fa87:e4ae:5b7:38ba"]
