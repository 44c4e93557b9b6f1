"""How many planted defects of text the rules find, by kind.

    python benchmarks/text_rules.py FILE [--rows 3000] [--seed 0]

FILE holds clean chat rows in JSON Lines, plain or with gzip, whose answers are prose. Answers of at least 40 words are
taken, damaged at random places, and linted; what the untouched rows report is printed first.
"""

from __future__ import annotations

import argparse
import copy
import gzip
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ftprep

Row = dict[str, Any]

FOREIGN = (
    "El transbordador sale cada mañana a las nueve desde el muelle viejo y vuelve por la tarde, pero cuando hay mucho "
    "viento los pasajeros tienen que esperar hasta el día siguiente.",
    "Die Fähre fährt jeden Morgen um neun Uhr vom alten Hafen ab und kommt am Abend zurück, aber "
    "bei starkem Wind müssen "
    "die Fahrgäste bis zum nächsten Tag warten.",
    "Le bac part chaque matin à neuf heures du vieux port et revient le soir, mais quand le vent est trop fort les "
    "passagers doivent attendre le lendemain pour traverser.",
    "In inverno il traghetto parte ogni mattina alle nove dal porto vecchio e torna la sera, ma quando il vento soffia "
    "troppo forte i passeggeri devono aspettare fino al giorno dopo.",
    "Kapal itu berangkat setiap pagi dari pelabuhan lama dan kembali pada malam hari, tetapi jika "
    "angin terlalu kencang "
    "para penumpang harus menunggu sampai hari berikutnya.",
    "De veerboot vertrekt elke ochtend om negen uur uit de oude haven en komt in de avond terug, maar bij harde wind "
    "moeten de reizigers wachten tot de volgende dag.",
    "Паром отходит каждое утро в девять часов от старой пристани и возвращается вечером, но при "
    "сильном ветре пассажирам "
    "приходится ждать до следующего дня.",
    "渡轮每天早上九点从老码头出发，傍晚返回，但是遇到大风的时候，乘客们只好等到第二天再走。",
    "フェリーは毎朝九時に古い港を出て夕方に戻りますが、風が強いときは翌日まで待たなければなりません。",
    "تغادر العبارة كل صباح في الساعة التاسعة من الميناء القديم وتعود في المساء، ولكن عندما تشتد "
    "الرياح ينتظر الركاب حتى اليوم التالي.",
)


def cut(request: str, answer: str, chance: random.Random) -> tuple[str, str]:
    """Stop at a random word, as a limit on tokens does."""
    words = answer.split(" ")
    return request, " ".join(words[: chance.randrange(len(words) // 2, len(words))])


def loop(request: str, answer: str, chance: random.Random) -> tuple[str, str]:
    """Fall into a loop over some of the last words."""
    words = answer.split(" ")
    at = chance.randrange(len(words) // 2, len(words))
    unit = words[max(0, at - chance.randrange(1, 40)) : at]
    return request, " ".join(words[:at] + unit * max(8, 120 // len(unit)))


def echo(request: str, answer: str, chance: random.Random) -> tuple[str, str]:
    """Say the request again, alone or before the answer."""
    return request, request if chance.random() < 0.5 else f"{request} {answer}"


def switch(request: str, answer: str, chance: random.Random) -> tuple[str, str]:
    """Answer in another language."""
    return request, chance.choice(FOREIGN)


KINDS: tuple[tuple[str, str, Callable[[str, str, random.Random], tuple[str, str]], float], ...] = (
    ("cut off, 1 % of the rows", "TXT007", cut, 0.01),
    ("cut off, 10 % of the rows", "TXT007", cut, 0.1),
    ("loop", "TXT009", loop, 0.1),
    ("echo of the request", "TXT010", echo, 0.1),
    ("switched language", "TXT011", switch, 0.1),
)


def read(path: Path, count: int, chance: random.Random) -> list[Row]:
    """Rows with one question and one answer of at least 40 words that ends in a mark."""
    data = path.read_bytes()
    lines = (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines()
    rows = [{"messages": row["messages"]} for row in map(json.loads, lines)]
    whole = [
        row
        for row in rows
        if [turn["role"] for turn in row["messages"]][-2:] == ["user", "assistant"]
        and len(row["messages"][-1]["content"].split()) >= 40
        and row["messages"][-1]["content"].rstrip()[-1:] in (".", "!", "?")
    ]
    return chance.sample(whole, min(count, len(whole)))


def found(rows: Sequence[Row], code: str) -> tuple[set[int], int]:
    """The rows that a rule names, and how many findings about the whole file there are."""
    report = ftprep.lint(list(rows), select=[code], isolated=True, jobs=1)
    lines = [one.ref.line for one in report.findings if one.code == code]
    return {line - 1 for line in lines if line}, lines.count(0)


def main() -> None:
    """Plant and count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()
    clean = read(wanted.file, wanted.rows, random.Random(wanted.seed))
    print(f"{len(clean):,} clean rows")
    for code in dict.fromkeys(code for _, code, _, _ in KINDS):
        rows, groups = found(clean, code)
        print(f"  untouched: {code} names {len(rows)} rows, {groups} times the file")
    for kind, code, damage, share in KINDS:
        chance = random.Random(wanted.seed)
        rows = copy.deepcopy(clean)
        planted = set(chance.sample(range(len(rows)), round(share * len(rows))))
        for index in planted:
            turns = rows[index]["messages"]
            turns[-2]["content"], turns[-1]["content"] = damage(turns[-2]["content"], turns[-1]["content"], chance)
        named, groups = found(rows, code)
        print(
            f"  {kind}: {len(named & planted)} of {len(planted)} found ({len(named & planted) / len(planted):.0%}), "
            f"{len(named - planted)} others named, {groups} times the file"
        )


if __name__ == "__main__":
    main()
