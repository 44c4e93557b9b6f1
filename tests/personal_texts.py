"""Texts full of invented personal data, for tests of the search: every kind, in many spellings, among what is none."""

from __future__ import annotations

import random
import string

_CARRIERS = (
    "Write to {} today.",
    "{}",
    "The customer said: {}, and left.",
    "id={};x",
    'contact = "{}"\nprint(contact)',
    "(see {})",
    "Phone: {}\nFax: none",
    "My social security number is {} and the NHS has it too.",
    "The card {} was lost; the passport number is with the police.",
    "She was born on {} in Husum.",
    "Ring {} or {}.",
    "Größe {} für Zoë – {}",
    "wallet {} of the miner",
    "CPF {}, steuer-id {}, nino {}",
    "PAN card: {}",
)
_STREETS = (
    "4821 Maple Avenue, Apt 3, Springfield, IL 62704",
    "Deichstraße 17, 25813 Husum",
    "9 Park Row, Leeds LS1 5HD",
)


def _digits(source: random.Random, pattern: str) -> str:
    return "".join(source.choice(string.digits) if one == "#" else one for one in pattern)


def _with_check_digit(source: random.Random, prefix: str, length: int) -> str:
    from ftprep.privacy.cards import passes_check

    body = prefix + "".join(source.choice(string.digits) for _ in range(length - len(prefix) - 1))
    return next(body + last for last in string.digits if passes_check(body + last))


def _iban(source: random.Random) -> str:
    account = _digits(source, "##################")
    check = 98 - int(account + "131400") % 97  # DE is 13 14
    plain = f"DE{check:02}{account}"
    spelling = source.randrange(4)
    if spelling == 0:
        return plain
    if spelling == 1:
        return plain.lower()
    return (" " if spelling == 2 else "-").join(plain[at : at + 4] for at in range(0, 22, 4))


def _nhs(source: random.Random) -> str:
    while True:
        digits = _digits(source, "4########")
        check = 11 - sum(int(one) * (10 - place) for place, one in enumerate(digits)) % 11
        if check != 10:
            plain = digits + str(check % 11)
            return source.choice(
                (plain, f"{plain[:3]} {plain[3:6]} {plain[6:]}", f"{plain[:3]}-{plain[3:6]}-{plain[6:]}")
            )


def value(source: random.Random) -> str:
    """One value, or something that looks like one."""
    card = _with_check_digit(source, source.choice(("4", "51", "37", "6011")), source.choice((15, 16, 16, 16)))
    hexes = "".join(source.choice("0123456789abcdef") for _ in range(64))
    pairs = source.choice(":-").join(hexes[at : at + 2] for at in range(0, 12, 2))
    choices = (
        source.choice(("ann.berg", "x", "o'neil", "kö", "a+b"))
        + "@"
        + source.choice(("firma-nord.de", "x.co.uk", "a.b")),
        card,
        "-".join(card[at : at + 4] for at in range(0, len(card), 4)),
        " ".join(card[at : at + 4] for at in range(0, len(card), 4)),
        _iban(source),
        _nhs(source),
        _digits(
            source,
            source.choice(("(408) ###-####", "+1 408-3##-####", "020 7### ####", "+44 7700 1#####", "0171 ######")),
        ),
        _digits(source, source.choice(("53#-##-####", "9##-7#-####", "5########", "QQ ## ## ## C", "AB######D"))),
        _digits(source, source.choice(("93.1##.2#.#", "1.2.#.##", "2a00:14##:4009:80b::2##e", "::ffff:93.1##.2#.#"))),
        ":".join(hexes[at : at + 4] for at in range(0, 32, 4)),
        pairs,
        ".".join(hexes[at : at + 4] for at in (0, 4, 8)),
        "0x" + hexes[:20] + hexes[20:40].upper(),
        source.choice(("1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "bc1qm34lsc65zpw79lxes69zkqmk6ee3ewf0j77s3h", hexes[:34])),
        _digits(source, source.choice(("0#/1#/198#", "199#-0#-1#", "1# March 19##"))),
        source.choice(_STREETS),
        source.choice(
            ("529.982.247-25", "86095742719", "RSSMRA85M01H501Q", "12345678Z", "X1234567L", "44051401359", "ABCPE1234F")
        ),
        _digits(
            source, source.choice(("###,###,###", "3.33333333", "12 + 34 = ##", "v1.2#.3.4", "10:30:##", "[::-1]", "#"))
        ),
        source.choice(("std::vector", "the", "$12.50", "%", "é", "№", "x" * 40)),
    )
    return source.choice(choices)


def dense_texts(count: int, seed: int = 7) -> list[str]:
    """Texts in which nearly every sentence holds a value."""
    source = random.Random(seed)
    texts = []
    for _ in range(count):
        parts = []
        for _ in range(source.randrange(1, 5)):
            carrier = source.choice(_CARRIERS)
            parts.append(carrier.format(*(value(source) for _ in range(carrier.count("{}")))))
        texts.append(source.choice((" ", "\n", ", ", "")).join(parts))
    return texts


_STRANGE = "٠٣９８३ſKıİ\u00a0\u2009\u200b\u2011–—‐．＠（）＋﹣'\u0301\U0001d7d8😀\x1c\x85éßЖ中ー"


def mutated(texts: list[str], seed: int = 11) -> list[str]:
    """The texts with some characters replaced, put in, taken out or doubled."""
    source = random.Random(seed)
    changed = []
    for text in texts:
        letters = list(text)
        for _ in range(source.randrange(1, 6)):
            place = source.randrange(len(letters) + 1)
            act = source.randrange(4)
            if act == 0 and place < len(letters):
                letters[place] = source.choice(_STRANGE)
            elif act == 1:
                letters.insert(place, source.choice(_STRANGE + " -.:@/\n0aA"))
            elif act == 2 and place < len(letters):
                del letters[place]
            elif place < len(letters):
                letters[place] = letters[place].swapcase() * source.randrange(1, 3)
        changed.append("".join(letters))
    return changed
