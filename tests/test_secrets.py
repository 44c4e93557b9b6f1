"""Secrets are found by shape, checksum, content and field, and what only looks like one is not."""

from __future__ import annotations

import base64
import json
import random
import re
import string
import time
import zlib
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftprep
from ftprep.privacy.escaped import find_escaped
from ftprep.privacy.secret_proofs import bech32_holds, crc32_holds, entropy, is_placeholder
from ftprep.privacy.secret_shape import Shape
from ftprep.privacy.secret_shapes import SHAPES
from ftprep.privacy.secrets import find_in, search
from ftprep.privacy.value import Grade

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def text_of(parsed: Any, chance: random.Random) -> str:
    """A text that a parsed regular expression matches, with its characters drawn at random."""
    pieces = []
    for operator, argument in parsed:
        word = str(operator)
        if word == "LITERAL":
            pieces.append(chr(argument))
        elif word == "IN":
            pieces.append(chance.choice(sorted(set(_characters(argument)))))
        elif word in ("MAX_REPEAT", "MIN_REPEAT"):
            low, high, inner = argument
            times = chance.randint(low, min(high, low + 20))
            pieces += [text_of(inner, chance) for _ in range(times)]
        elif word == "SUBPATTERN":
            pieces.append(text_of(argument[3], chance))
        elif word == "BRANCH":
            pieces.append(text_of(chance.choice(argument[1]), chance))
        else:
            assert word in ("ASSERT", "ASSERT_NOT"), word
    return "".join(pieces)


def _characters(items: Any) -> list[str]:
    found = []
    for operator, argument in items:
        if str(operator) == "RANGE":
            found += map(chr, range(argument[0], argument[1] + 1))
        elif str(operator) == "CATEGORY":
            found += string.digits if str(argument) == "CATEGORY_DIGIT" else " "
        else:
            found.append(chr(argument))
    return found


def with_crc32(token: str) -> str:
    body = token.partition("_")[2][:-6]
    number, digits = zlib.crc32(body.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        digits = BASE62[digit] + digits
    return token[:-6] + digits.rjust(6, "0")


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def key_of(shape: Shape, chance: random.Random) -> tuple[str, str]:
    """A text with a key of a shape that proves to be one, and the key."""
    made = text_of(_parser.parse(shape.pattern), chance)
    pattern = re.compile(shape.pattern)
    match = pattern.fullmatch(made)
    assert match is not None, (shape.name, made)
    key = match[1] if pattern.groups else made
    if shape.proof == "crc32":
        made = key = with_crc32(key)
    elif shape.proof == "macaroon":
        made = key = "pypi-" + encoded(b"\x02\x01\x08pypi.org\x02" + chance.randbytes(90))
    elif shape.proof == "discord":
        number = str(chance.randrange(10**17, 10**18)).encode()
        made = "bot.run(" + (key := ".".join((encoded(number), *key.split(".")[1:])))
    elif shape.proof == "intercom":
        made = key = base64.b64encode(b"tok:" + chance.randbytes(40)).decode()
    elif shape.proof == "mapbox":
        content = encoded(json.dumps({"u": "ferry", "a": encoded(chance.randbytes(16))}).encode())
        key = f"{content}.{encoded(chance.randbytes(16))}"
        made = f"sk.{key}"
    elif shape.proof == "bech32":
        made = key = with_bech32("AGE-SECRET-KEY-", chance)
    if not any(anchor in made for anchor in shape.anchors):  # the provider's name stands elsewhere in the text
        made = f"{shape.anchors[0]} {made}"
    return made, key


def with_bech32(prefix: str, chance: random.Random) -> str:
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    data = [chance.randrange(32) for _ in range(52)]
    values = [ord(one) >> 5 for one in prefix.lower()] + [0] + [ord(one) & 31 for one in prefix.lower()] + data
    checksum = 1
    for value in values + [0] * 6:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, factor in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            checksum ^= factor if top >> bit & 1 else 0
    checksum ^= 1
    data += [checksum >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{prefix}1{''.join(letters[one] for one in data)}".upper()


PARAMETERS = [pytest.param(shape, id=shape.name) for shape in SHAPES]


def test_the_table_is_wide() -> None:
    assert len({shape.name.split()[0] for shape in SHAPES}) >= 70
    assert len({shape.name for shape in SHAPES}) == len(SHAPES)
    assert all(shape.source for shape in SHAPES)


@pytest.mark.parametrize("shape", PARAMETERS)
def test_keys_of_every_shape_are_found(shape: Shape) -> None:
    chance = random.Random(shape.name)
    found = 0
    for _ in range(40):
        text, key = key_of(shape, chance)
        around = f"Use this: {text} and go on."
        hits = [one for one in search(around) if around[one.value.start : one.value.end] == key]
        found += bool(hits) and (hits[0].value.grade is Grade.REAL) is not shape.test
    # Chance draws a key now and then that looks like a placeholder.
    assert found >= 36, f"{found} of 40"


@pytest.mark.parametrize("shape", PARAMETERS)
def test_placeholders_of_every_shape_are_not(shape: Shape) -> None:
    chance = random.Random(shape.name)
    text, key = key_of(shape, chance)
    anchor = max((one for one in shape.anchors if one in key), key=len, default="")
    before, _, after = key.partition(anchor) if anchor else ("", "", key)
    for filler in ("x", "0", "abcdefghijklmnopqrstuvwxyz0123456789", "YOUR_KEY_HERE_", "EXAMPLE"):
        shown = (filler * 200)[: len(before)] + anchor + (filler * 200)[: len(after)]
        around = f"Use this: {text.replace(key, shown)} and go on."
        real = [one for one in search(around) if one.value.grade is Grade.REAL]
        assert not real, (filler, real)


def test_a_wrong_checksum_opens_nothing() -> None:
    # The pair of body and checksum stands in the announcement of the format.
    assert crc32_holds("ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17")
    assert not crc32_holds("ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq18")
    # A valid string of BIP 173.
    assert bech32_holds("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw")
    assert not bech32_holds("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxv")
    (value,) = find_in("ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq18")
    assert value.grade is Grade.FIXTURE


SHOWN = [
    "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "sk-1234567890abcdef1234567890abcdef",
    "sk-proj-xxxxxxxxxxxxxxxxxxxxT3BlbkFJxxxxxxxxxxxxxxxxxxxx",
    "OPENAI_API_KEY=sk-...",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "xoxb-your-bot-token-here",
    "xoxb-123456789012-1234567890123-abcdefghijklmnopqrstuvwx",
    "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    "postgresql://user:password@localhost/db",
    "mysql://root:root@127.0.0.1/test",
    "amqp://guest:guest@localhost:5672/",
    "https://user:pass@example.com",
    "ftp://anonymous:anonymous@ftp.ferry.net",
    "mongodb+srv://<username>:<password>@cluster0.mongodb.net/",
    "redis://:$REDIS_PASSWORD@cache:6379",
    "http://[::1]:8080/@x",
    "git@github.com:ferry/site.git and ssh://git@ferry.net:22/x",
    "Bearer eyJhbGciOiJIUzI1NiJ9.eyJmb28iOiJiYXIifQ.",
    'password = input("Password: ")',
    "password = hashlib.sha256(pw1.encode()).hexdigest()",
    'const token = req.headers["x-access-token1"];',
    "apiKey: process.env.API_KEY_2",
    "token = tokenizer.apply_chat_template(messages1)",
    "secret_key = get_random_secret_key_v2()",
    'SECRET_KEY = "django-insecure-change-me-1234567"',
    "password: must be at least 8Characters!",
    "next_token: AAQA3dGVzdA9xYzJ8kLm0Pq",
    'access_token = "your-access-token-123abc"',
    "keyboard = qwertz12AB34",
    "max_new_tokens=1024, do_sample=True",
    "-----BEGIN PUBLIC KEY-----\n" + "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A" * 4 + "\n-----END PUBLIC KEY-----",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7vbqajDhA kai@ferry",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "commit 83baae61804e65cc73a7201a7252750c76066a30",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4",
]


@pytest.mark.parametrize("text", SHOWN)
def test_what_documentation_and_code_show_is_no_secret(text: str) -> None:
    assert [one for one in search(text) if one.value.grade is Grade.REAL] == []


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("postgres://crew:kX9vQ2mL@db.ferry.net/log", "kX9vQ2mL"),
        ("mongodb+srv://kai:Zw8rTq51xQ@c0.a1b2c.mongodb.net/?w=1", "Zw8rTq51xQ"),
        ("redis://:jT4nB8vRw2@cache:6379/0", "jT4nB8vRw2"),
        ("password: Kx7#vQ2mLp", "Kx7#vQ2mLp"),
        ('{"password": "Kx7#vQ2mLp"}', "Kx7#vQ2mLp"),
        ('{\\"password\\": \\"Kx7#vQ2mLp\\"}', "Kx7#vQ2mLp"),
        ("Your PIN is sent; your password is Kx7#vQ2mLp.", "Kx7#vQ2mLp"),
        ("export FERRY_API_TOKEN=1JYnrw8tdVIIfHmxOCTQE8phIECUyUAL", "1JYnrw8tdVIIfHmxOCTQE8phIECUyUAL"),
        ("client_secret: '9f8e1d2c3b4a59687f6e5d4c3b2a1908'", "9f8e1d2c3b4a59687f6e5d4c3b2a1908"),
        ('admin_token = "Jw4kT9zQm2Xc7Vb5"', "Jw4kT9zQm2Xc7Vb5"),
    ],
)
def test_values_in_fields_and_urls(text: str, secret: str) -> None:
    assert [text[one.start : one.end] for one in find_in(text)] == [secret]


def test_a_key_in_a_url_or_a_field_is_found_once() -> None:
    key = with_crc32("ghp_" + "q7Rw2TzX" * 4 + "abcd")
    for text in (f"https://kai:{key}@github.com/ferry/site", f'api_token = "{key}"', f"password: {key}"):
        assert [(one.value.code, one.name) for one in search(text)] == [("SEC001", "GitHub token")]


@given(st.text(alphabet='ab"\\/\n\t~😀é01', max_size=30), st.integers(1, 3), st.booleans())
def test_values_are_found_behind_escapes(around: str, levels: int, ascii_only: bool) -> None:
    """However often a text is written as JSON in JSON, the value is found, and its place is right."""
    secret = "kX9vQ2mLw"
    text = f"{around} https://kai:{secret}@ferry.net/x {around}"
    for _ in range(levels):
        text = json.dumps(text, ensure_ascii=ascii_only).replace("/", "\\/")
    found = {text[one.start : one.end] for one in find_escaped(text, find_in)}
    assert secret in found


def test_rows_with_schema_errors_and_arguments_are_searched() -> None:
    url = "https://kai:" + "kX9vQ2mLw" + "@ferry.net"
    call = {"id": "a", "type": "function", "function": {"name": "get", "arguments": json.dumps({"url": url})}}
    rows = [
        {"messages": [{"role": "user", "content": url, "color": 1}, {"role": "assistant", "content": 3}]},
        {
            "messages": [
                {"role": "user", "content": "x"},
                {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "a", "content": f"fetched {url}"},
                {"role": "assistant", "content": "Done."},
            ]
        },
    ]
    report = ftprep.lint(rows, select=["SEC"], isolated=True)
    assert [(one.ref.line, one.pointer) for one in report.findings] == [
        (1, "/messages/0/content"),
        (2, "/messages/1/tool_calls/0/function/arguments"),
        (2, "/messages/2/content"),
    ]
    assert report.findings[1].message.startswith("arguments hold a secret: password in a https URL, 9 characters")


@pytest.mark.parametrize(
    "piece",
    ["sk-", "AKIA", "eyJ.", "eyJa", "-----BEGIN PRIVATE KEY-----", "a://b:c", "password=", "api_key_", "pass-", "a.b_",
     "secret: \\\"", "T3BlbkFJ", "ATATT3-", "PRIVATE KEY-----A", "-----END PRIVATE KEY", "\\u0041", "~1", "~0",
     "hooks.slack.com/"],
)  # fmt: skip
def test_searching_takes_linear_time(piece: str) -> None:
    from ftprep.privacy.masking import masks

    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        before = time.process_time()
        find_in(text)
        masks(text)
        return time.process_time() - before

    short, long = min(seconds(20_000) for _ in range(3)), seconds(160_000)
    assert long < 30 * short + 0.2


def test_entropy_and_placeholders() -> None:
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2
    assert all(map(is_placeholder, ("YOUR_KEY", "xxxxxx", "<token>", "abcdefgh", "87654321", "AAAAAAAA", "my-secret")))
    assert not is_placeholder("q7Rw2TzXk91Lm4")
