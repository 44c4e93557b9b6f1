"""The two other halves of privacy.py: how fast the rules about values are, and of which rows they speak."""

from __future__ import annotations

import json
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from throughput import inflated, lint, profile_lint

import ftprep

FAMILIES = ("PII", "SEC", "IDS")
TRIVIAL = "CHT001"
"""A rule that asks for next to nothing: what a lint with it alone costs is no cost of the families."""
Row = dict[str, Any]


def text_of(row: Row) -> str:
    """All that is said in a row of chat."""
    return "\n".join(turn["content"] or "" for turn in row["messages"])


# --- speed ------------------------------------------------------------------------------------------------------


def show_speed(path: Path, plainly: Callable[[str], object], pairs: int, limit: int, *, functions: bool) -> None:
    """Megabytes of text per second of CPU time, and how many times as fast as plain presidio on some of the rows."""
    lines = inflated(path).splitlines()
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "rows.jsonl"
        whole.write_bytes(b"\n".join(lines))
        size = sum(len(text_of(json.loads(line)).encode()) for line in lines) / 1e6
        lint(whole, {"select": FAMILIES})  # what is loaded once is no speed
        if functions:
            profile_lint(whole, {"select": FAMILIES})
            return
        print(f"{len(lines):,} rows, {size:.1f} MB of text, CPU time of one process, medians of {pairs} runs in turns")
        chosen = {
            "PII, SEC and IDS together": {"select": FAMILIES},
            "the same without IDS004": {"select": FAMILIES, "ignore": ("IDS004",)},
            **{f"{family} alone": {"select": (family,)} for family in FAMILIES},
        }
        for name, (own, all_) in measured(whole, chosen, pairs).items():
            print(f"  {name:<28}{size / own:>6.1f} MB/s by themselves{size / all_:>8.1f} MB/s reading included")
        part = lines[:: max(len(lines) // limit, 1)]
        sub = Path(folder) / "part.jsonl"
        sub.write_bytes(b"\n".join(part))
        texts = [turn["content"] or "" for line in part for turn in json.loads(line)["messages"]]
        size = sum(len(text.encode()) for text in texts) / 1e6
        spans = []
        plain = 0.0
        for at in range(4):  # in turns, so that both meet the same load
            started = time.process_time()
            for text in texts[at::4]:
                plainly(text)
            plain += time.process_time() - started
            spans.append(measured(sub, {"": {"select": FAMILIES}}, 3)[""][0])
        own = statistics.median(spans)
        print(f"{len(part):,} of the rows, {size:.1f} MB: plain presidio (NoOp engine) {size / plain:.2f} MB/s", end="")
        print(f", PII, SEC and IDS together {size / own:.1f} MB/s: {plain / own:.0f} x")


def measured(path: Path, chosen: dict[str, dict[str, object]], pairs: int) -> dict[str, tuple[float, float]]:
    """By name, the seconds of some rules without and with what a lint costs that asks for nothing."""
    seconds: dict[str, list[float]] = {name: [] for name in chosen}
    bare: list[float] = []
    for _ in range(pairs):
        bare.append(lint(path, {"select": (TRIVIAL,)})[0])
        for name, options in chosen.items():
            seconds[name].append(lint(path, options)[0])
    return {
        name: (statistics.median(one - other for one, other in zip(found, bare, strict=True)), statistics.median(found))
        for name, found in seconds.items()
    }


# --- rows by source ---------------------------------------------------------------------------------------------

_COMMAND = re.compile(r"[^\n:]{1,60}:[ ]?[^\n]+")
_PROGRAM = re.compile(
    r"(?m)^\s*(?:#include|import \w|from \w+ import|def \w+\(|class \w+|public |function \w*\(|var |let |const |SELECT "
    r"|<\w+>|using \w+;|package \w+|fn \w+|func \w+|print\(|if \(|for \(|while \(|return\b)|[;{}]\s*$|\w\(\w*\)"
)
_PART = re.compile(
    r"(?i)\b(?:you are|you're|imagine|role-?play|character|persona|in the voice of|as (?:a|an|the) \w+|pretend"
    r"|perspective of)\b"
)


def source_of(row: Row) -> str:
    """Which of the collections a row of the mixed set is from, by its shape: the rows do not say."""
    request, answer = (turn["content"] or "" for turn in row["messages"][:2])
    if request.startswith("toolformer:"):
        return "tool use"
    if request.startswith("Is the following statement something you would say?"):
        return "dialogue"
    if answer.endswith("<|endoftext|>"):
        return "tasks (T0)"
    if "<<" in answer and "####" in answer:
        return "maths"
    if _COMMAND.fullmatch(request) and "\n" not in answer.strip():
        return "commands"
    if len(_PROGRAM.findall(answer)) >= 2:
        return "code"
    return "roleplay" if _PART.search(request) else "instructions"


def show_sources(path: Path, examples: int) -> None:
    """The share of rows by source that PII reports at W or E, and every secret; with some of the rows on request."""
    lines = inflated(path).splitlines()
    rows = [json.loads(line) for line in lines]
    sources = [source_of(row) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "rows.jsonl"
        copy.write_bytes(b"\n".join(lines))
        report = ftprep.lint(copy, isolated=True, select=FAMILIES)
    totals = Counter(sources)
    flagged: dict[str, dict[int, list[ftprep.Finding]]] = {source: {} for source in totals}
    for finding in report.findings:
        if finding.code.startswith("PII") and finding.severity >= ftprep.Severity.WARNING:
            number = finding.ref.line - 1
            flagged[sources[number]].setdefault(number, []).append(finding)
    print(f"{'source':<16}{'rows':>8}{'flagged by PII at W or E':>28}   codes")
    for source, total in totals.most_common():
        mine = flagged[source]
        codes = Counter(code for found in mine.values() for code in {one.code for one in found})
        named = ", ".join(f"{code} {count}" for code, count in sorted(codes.items()))
        print(f"{source:<16}{total:>8,}{len(mine):>19,} {len(mine) / total:>7.2%}   {named}")
    secrets = [one for one in report.findings if one.code.startswith("SEC")]
    print(f"{'secrets':<16}{len({one.ref for one in secrets}):>8,} rows of {len(rows):,}")
    for one in secrets:
        print(f"  line {one.ref.line}: {one.code} {one.message}")
    if examples:
        for source, mine in flagged.items():
            step = max(len(mine) // examples, 1)
            for number in sorted(mine)[::step][:examples]:
                for line in shown(rows[number], mine[number]):
                    print(f"{source}, line {number + 1}, {line}")


def shown(row: Row, found: list[ftprep.Finding]) -> Iterator[str]:
    """Each value with what stands around it, unmasked: for somebody who reads whether it is one."""
    for one in found:
        turn = int(one.pointer.split("/")[2])
        text = row["messages"][turn]["content"]
        start, end = one.span or (0, 0)
        yield f"{one.code}: {text[max(start - 70, 0) : start]!r} [{text[start:end]}] {text[end : end + 40]!r}"
