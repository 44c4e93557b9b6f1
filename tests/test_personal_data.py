"""Personal data in texts: what counts, what does not, and that nothing is imported, sent or shown for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from personal_texts import dense_texts

import ftprep
from ftprep.privacy import cards, phones
from ftprep.privacy.personal import find_in
from ftprep.privacy.plain import find_plainly
from ftprep.privacy.short_texts import personal_data_in
from ftprep.privacy.value import Grade


def kinds(text: str, *regions: str) -> list[tuple[str, str]]:
    """The real values of a text with their kinds."""
    return [(one.kind, text[one.start : one.end]) for one in find_in(text, regions) if one.grade is Grade.REAL]


def row(prompt: str, answer: str = "Noted.") -> dict[str, object]:
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


NOTHING = (
    "s[::-1] and std::vector<int>, a::b, face::bad, 10:30:00, 1:2:3:4:5:6:7",
    "In 1648 there were 1,234,567,890 people, 3.33333333 each, 12 345 678 in all.",
    "version 6.2.9200.16384, Chrome/91.0.4472.124, v1.22.333.44, section 1.2.3.4",
    "total = 408-316-8226 + 12; 60+135+50 = <<60+135+50=245>>245; 700 - 300 - 4000",
    "2024-11-05 10:30:00, 05.11.2024, 11/05/2024, 2009 -- 2010, 1919–1922",
    "self.next@property, @app.route, a@b, user@localhost, x@y.z_w, pkg@1.2.3",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "order 4083168226, ISBN 978-3-16-148410-0, timestamp 1700000000000, 16 digits 4539148803436468",
    "In 1990 Abbey Road sold 12 Park Way benches to 5 Young Dr Smith and 3 St. Bernards.",
    "Mozart was born on 27 January 1756, Turing (born 23 June 1912) died in 1954.",
    "republic 536228726, the NHS treated 4010232138 cases, sinus 046454287",
    "00:11:22:33:44:55 ff:ff:ff:ff:ff:ff 0x0000000000000000000000000000000000000000",
    "postgres://admin:hunter@db.firma-nord.de/app and https://me:pw@git.firma-nord.de",
)


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_no_personal_data(text: str) -> None:
    assert kinds(text) == []


FIXTURES = {
    "EMAIL": ("me@example.com", "user@domain.com", "git@github.com", "x@sub.example.org", "info@beispiel.de"),
    "PHONE": ("(212) 555-0143", "+1 415 555 0199", "+44 20 7946 0123", "+44 7700 900123", "+61 491 570 006"),
    "CARD": ("4242 4242 4242 4242", "378282246310005", "4111-1111-1111-1111"),
    "IBAN": ("DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432"),
    "IP": ("192.168.1.20", "203.0.113.7", "127.0.0.1", "8.8.8.8", "2001:db8::1", "10.20.30.40"),
    "SSN": ("SSN 987-65-4321",),
    "MAC": ("00:00:5e:00:53:0a", "aa:bb:cc:dd:ee:ff"),
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in FIXTURES.items() for text in texts])
def test_reserved_values_are_fixtures(kind: str, text: str) -> None:
    found = find_in(text)
    assert all(one.grade is Grade.FIXTURE for one in found)
    assert kind in ("SSN", "PHONE") or [one.kind for one in found] == [kind]


REAL = {
    "EMAIL": (
        "ann.berg@firma-nord.de",
        "ANN@FIRMA-NORD.DE",
        "zoë@firma-nord.de",
        "mailto:ann@firma-nord.de",
        "<ann@x.co.uk>",
    ),
    "PHONE": (
        "+49 30 901820",
        "(408) 316-8226",
        "408-316-8226",
        "020 7921 4512",
        "call 4083168226",
        "tel:+14083168226",
    ),
    "CARD": ("4539148803436467", "4539-1488-0343-6467", "374652346956788"),
    "IBAN": ("DE44500105175407324931", "de44 5001 0517 5407 3249 31"),
    "IP": ("93.184.216.34", "http://93.184.216.34:80/x", "[2a00:1450:4009:80b::200e]"),
    "SSN": ("536-22-8726", "SSN: 536228726"),
    "NHS": ("NHS no. 401 023 2145", "nhs number 4010232145"),
    "MAC": ("3c:22:fb:9a:10:7e", "3C-22-FB-9A-10-7E"),
    "WALLET": ("1BoatSLRHtKNngkdXEeobR76b53LETtpyT",),
    "BIRTH_DATE": (
        "DOB: 03/14/1985",
        "born on 12 March 1985",
        "geboren am 3. Mai 1979",
        "fecha de nacimiento: 1990-02-01",
    ),
    "ADDRESS": ("4821 Maple Avenue", "Deichstraße 17, 25813 Husum", "12 rue des Pêcheurs", "9 Park Row, Leeds LS1 5HD"),
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in REAL.items() for text in texts])
def test_values(kind: str, text: str) -> None:
    assert [one.kind for one in find_in(text) if one.grade is Grade.REAL] == [kind]


def test_regions_open_national_forms() -> None:
    assert kinds("Svendborg 32 12 34 56 today") == []
    assert kinds("Svendborg 32 12 34 56 today", "DK") == [("PHONE", "32 12 34 56")]


def test_regions_of_the_language() -> None:
    french = "Le cabinet du médecin est ouvert et vous pouvez y passer, ou dans la journée au 01 84 17 61 18."
    assert kinds(french) == [("PHONE", "01 84 17 61 18")]


def test_the_option_reaches_the_search() -> None:
    rows = [row("Svendborg 32 12 34 56 today")]
    assert not ftprep.lint(rows, select="PII002").findings
    assert len(ftprep.lint(rows, select="PII002", rules={"phone": {"regions": ["DK"]}}).findings) == 1


def test_spans_are_characters() -> None:
    text = "Zoë 😀 schreibt an ann@firma-nord.de"
    (found,) = ftprep.lint([row(text)], select="PII").findings
    assert found.span == (text.index("ann"), len(text))
    assert found.message == "e-mail address `an…de` in a user turn"


def test_findings_hold_no_value() -> None:
    rows = [row(text) for text in dense_texts(60)]
    report = ftprep.lint(rows, select="PII")
    assert len(report.findings) > 60
    for found in report.findings:
        number = found.ref.line - 1
        start, end = found.span or (0, 0)
        value = str(rows[number]["messages"][0]["content"])[start:end]  # type: ignore[index]
        assert value
        assert value not in found.message
        assert value not in json.dumps(dict(found.data))


def test_secrets_win() -> None:
    key = "ghp_" + "Zqumpm08hsE8JNpjJOQGa2rb19FlY0" + "1xVVzU"
    report = ftprep.lint([row(f"https://ann:{key}@firma-nord.de/x")], select="PII,SEC")
    assert {one.code for one in report.findings} <= {"SEC001", "SEC003"}


def test_full_presidio_reports_by_the_same_rules() -> None:
    rows = [row("Mail ann@firma-nord.de, card 4539 1488 0343 6467, DOB: 03/14/1985, me@example.com")]
    codes = [one.code for one in ftprep.lint(rows, select="PII", pii_engine="presidio-full").findings]
    assert sorted(codes) == ["PII001", "PII003", "PII008"]
    assert [one.kind for one in find_plainly("ann@firma-nord.de")] == ["EMAIL"]


def test_unknown_engine() -> None:
    with pytest.raises(ftprep.UsageError, match="pii-engine"):
        ftprep.lint([row("x")], pii_engine="fast")


CLEAN = Path(__file__).parent.parent / "sample_data" / "clean_chat.jsonl"
CODE = """
import sys
import ftprep
report = ftprep.lint(sys.argv[1], select="PII")
print(len(report.findings), *sorted({"presidio_analyzer", "spacy", "phonenumbers"} & set(sys.modules)))
"""


def run(path: Path) -> list[str]:
    """What a lint for personal data imports, in a process of its own with internet sockets blocked."""
    done = subprocess.run([sys.executable, "-c", CODE, str(path)], capture_output=True, text=True, check=True)
    assert not done.stderr
    return done.stdout.split()


def test_clean_data_imports_no_presidio() -> None:
    assert run(CLEAN) == ["0"]


def test_sums_code_and_prose_import_no_presidio(tmp_path: Path) -> None:
    """What looks like a number, a host, a date or a street at a glance is looked at before 1,300 modules are loaded."""
    texts = [
        "He earned 50 + 120 = <<50+120=170>>170 dollars, then 170 - 30 - 40 = <<170-30-40=100>>100 dollars.",
        "std::cout << std::endl; 12.50+12.50+5.00 = <<12.50+12.50+5.00=30.00>>30.00; f::g(); 1.5 / .25",
        "In 1998 the dancer was born again on stage. The hotel has 10 floors * 10 rooms/floor; it drives on a lane.",
        "First find the total volume of the mix: 500 ml + 100 ml = <<500+100=600>>600 ml, to find the servings.",
        "The weight of 20 tin and copper bars, with no other tax, is 2200+1800 = <<2200+1800=4000>>4000 kgs of tin.",
        "assert md5('hello') == '3e25960a79dbc69b674cd4ec67a72c62'; the sin of it",
    ]
    path = tmp_path / "sums.jsonl"
    rows = [{"prompt": f"Question {number}?", "completion": text} for number, text in enumerate(texts)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert "presidio_analyzer" not in run(path)


def test_a_candidate_imports_presidio_and_sends_nothing(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row("Mail ann.berg@firma-nord.co.uk")) + "\n")
    assert run(path) == ["1", "phonenumbers", "presidio_analyzer", "spacy"]


def test_hostile_texts_take_no_time() -> None:
    for text in ("1 " * 200_000, "1-" * 200_000, "a@" * 200_000, "::" * 200_000, "a." * 100_000 + "@", "4" * 300_000):
        find_in(text)
    find_in("AB12 " * 60_000)
    find_in("born " * 50_000 + "1990")
    find_in("12 Oak " * 50_000 + "Street")


@pytest.mark.parametrize("digits", ["79927398713", "4539148803436467"])
def test_check_digits(digits: str) -> None:
    assert cards.passes_check(digits)
    assert sum(cards.passes_check(digits[:-1] + last) for last in "0123456789") == 1


def test_reserved_numbers() -> None:
    assert phones.is_reserved("+12125550143")
    assert not phones.is_reserved("+12125560143")


def test_names_of_people_by_a_model_of_spacy(tmp_path: Path) -> None:
    import spacy

    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PERSON", "pattern": "Marta Lindqvist"}, {"label": "GPE", "pattern": "Husum"}])
    pipeline.to_disk(tmp_path / "names")
    rows = [row("Is Marta Lindqvist in Husum?"), row("is nobody in?"), row("Ask Marta Lindqvist or Marta.", "OK")]
    report = ftprep.lint(rows, select="PII101", ner_model=str(tmp_path / "names"))
    assert [(one.ref.line, one.span, one.message) for one in report.findings] == [
        (1, (3, 18), "name of a person `Ma…st` in a user turn"),
        (3, (4, 19), "name of a person `Ma…st` in a user turn"),
    ]


def test_names_are_not_run_without_a_model() -> None:
    report = ftprep.lint([row("Is Marta Lindqvist in?")], select="PII")
    assert [(one.code, one.reason) for one in report.not_run] == [("PII101", "needs a model: --ner-model")]
    with pytest.raises(ftprep.UsageError, match="no installed model"):
        ftprep.lint([row("x")], ner_model="xx_no_such_model")


def test_a_word_that_the_window_cuts_is_no_word() -> None:
    from ftprep.privacy import context, national

    text = "500 100 1" + " " * (national.AFTER - 3) + "find the rest"
    assert not national.promising(text, 0, 9)
    assert context.within("to find it", 0, 6, context.whole_words(["fin"])) is False
    assert context.within("to fin. it", 0, 6, context.whole_words(["fin"])) is True


@pytest.mark.parametrize(
    "text",
    [
        "In a large frying pan, 7c8da0xx11 add ingredient 12345678 salt",
        "A social evening at 12 Elm, Springfield 62704-1234.",
    ],
)
def test_what_is_no_national_number(text: str) -> None:
    from ftprep.privacy.personal import find_in

    assert find_in(text) == []


@pytest.mark.parametrize("before", ["", "Room 12, ", "In 2019, ", "On 19\n"])
def test_an_address_stands_behind_other_numbers(before: str) -> None:
    """In the same text and, in a shard, in the text before it."""
    address = "4821 Maple Avenue, Springfield, IL 62704"
    report = ftprep.lint([row(f"{before}{address}"), row("It was 2019", "7-01-19"), row(address)], select="PII009")
    assert [(one.ref.line, one.span) for one in report.findings] == [
        (1, (len(before), len(before) + len(address))),
        (3, (0, len(address))),
    ]


@pytest.mark.parametrize("which", ["card", "account", "order", "reference", "loan", "ticket", "serial"])
def test_numbers_of_other_things_are_none_to_call(which: str) -> None:
    for number in ("48291037", "4829103765", "303556233859891"):
        found = personal_data_in(f"My {which} number is {number}.")
        assert [one.kind for one in found if one.kind == "PHONE"] == []
    assert [one.kind for one in personal_data_in("My work number is 48291037.")] == ["PHONE"]
    assert personal_data_in("Call me at 303556233859891, please.") == []


COUNTED = (
    "The number of cells: 1234567.",
    "The culture had cells: 2500000 per plate.",
    "The company sold phones: 1250000 in May.",
    "The number of phones was 1250000.",
    "Sales of mobile phones is 4829103 units",
    "The sum of mobiles = 7654321",
    "cells 1048576 to 1048600",
    "Excel has rows and cells: 17179869184 in total",
    "cell: 3849201",
    "Sales reach at 1250000 dollars",
    "The counter will reach 1250000 at noon",
    "The budget may reach us at 1250000",
    "dial 1234567 steps",
    "calls: 4829103",
    "The call stack is at 4829103",
    "my number is 7654321, what is its square?",
    "My number is 1000000, guess its root",
    "their number is 1250000 this year",
    "Their number was 1250000 in 1990",
    "Our number = 3628800 = 10!",
    "The text at 4829103 bytes",
    "message on 48291037 devices",
    "SMS to 4829103 people",
    "text on 1250000 pages",
    "ring at 4829103",
    "portable 4829103",
    "portable: 1250000 sold",
    "fixe: 1250000",
    "mobil 1250000",
    "phone to 1250000",
    "mobile users is 1250000",
    "mobile: 1250000",
    "Mobile phones 1,250,000",
    "phones in use: 45000000",
    "Tel Aviv 1250000",
    "The GSM 1234567 standard",
    "message: 48291037",
    "Return message 48291037 from queue",
    "error message on 0x4829103",
    "his number was 3628800",
    "Let my number be 48291037.",
    "Your number is 48291037 in the queue.",
    "Your order number 48291037",
    "phone_id: 48291037",
    "phone_price = 4829103",
    "telephone poles: 1250000",
    "cell_count = 4829103",
    "contact at 1250000 Pa",
    "Contact on 2024-05-01",
    "Call at 20240501",
    "reach us on 2024",
    "fax machines is 1250000",
    "The phone costs 1250000 won",
    "phone is 1250000 won",
    "The population reached 1250000",
    "call function at 140737488355328",
    "called at 4829103123",
    "ring buffer at 48291037",
    "telefon 1250000 Stück",
    "handy 4829103",
    "A handy 4829103 list",
    "celular: 1250000 vendidos",
    "line: 4829103",
)
"""Numbers that count, measure or address, behind words that may be about telephones."""


@pytest.mark.parametrize("text", COUNTED)
def test_what_is_counted_is_nobody_s_number(text: str) -> None:
    assert [one for one in personal_data_in(text) if one.kind == "PHONE"] == []
