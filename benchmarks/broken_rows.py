"""What rows cost that take the slow roads: a finding in every row, broken JSON, tool calls.

    python benchmarks/broken_rows.py FILE [--rows 10000]

FILE is JSON Lines of chat, plain or compressed. Each case changes every row in one way and lints the result; the
last column is the multiple of the unchanged rows, linted just before. Nothing here may take some twenty times as
long as a sound row, or grow faster than the file.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from throughput import inflated, lint

Row = dict[str, Any]

_TOOL = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def dumped(row: Any) -> bytes:
    """The row as JSON."""
    return json.dumps(row, ensure_ascii=False).encode()


def with_first_turn(row: Row, **changes: Any) -> bytes:
    """The row with other fields in its first turn."""
    first, *others = row["messages"]
    return dumped({**row, "messages": [{**first, **changes}, *others]})


def with_call(row: Row, number: int, city: Any, description: str = "Weather.") -> bytes:
    """A row that calls a tool and has the result before it answers."""
    call = {"name": "weather", "arguments": json.dumps({"city": city})}
    turns = [
        {"role": "user", "content": row["messages"][0]["content"]},
        {"role": "assistant", "tool_calls": [{"id": f"c{number}", "type": "function", "function": call}]},
        {"role": "tool", "tool_call_id": f"c{number}", "content": "Rain."},
        {"role": "assistant", "content": row["messages"][-1]["content"]},
    ]
    tool = {"name": "weather", "description": description, "parameters": _TOOL}
    return dumped({"messages": turns, "tools": [{"type": "function", "function": tool}]})


CASES: dict[str, Callable[[int, Row], bytes]] = {
    "unknown field": lambda number, row: dumped({**row, "extra": number}),
    "unknown field in a turn": lambda number, row: with_first_turn(row, extra=number),
    "unknown role": lambda number, row: with_first_turn(row, role="narrator"),
    "wrong type": lambda number, row: with_first_turn(row, content=number),
    "empty turn": lambda number, row: with_first_turn(row, content=" \n"),
    "content in parts": lambda number, row: with_first_turn(row, content=[{"type": "text", "text": "Hello"}]),
    "cut-off JSON": lambda number, row: dumped(row)[:-3],
    "Python instead of JSON": lambda number, row: repr(row).encode(),
    "NaN": lambda number, row: dumped({**row, "extra": float("nan")}),
    "not UTF-8": lambda number, row: dumped(row)[:-4] + b'\xe9"}]}',
    "an array": lambda number, row: dumped([row]),
    "repeated key": lambda number, row: b'{"messages": [], ' + dumped(row)[1:],
    "all rows alike": lambda number, row: dumped({"messages": [{"role": "user", "content": "Hello"}]}),
    "tool call": lambda number, row: with_call(row, number, "Lima"),
    "tool call, bad arguments": lambda number, row: with_call(row, number, number),
    "tool call, tools of its own": lambda number, row: with_call(row, number, "Lima", f"Weather {number}."),
}


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=10_000)
    wanted = parser.parse_args()
    rows = [json.loads(line) for line in inflated(wanted.file).splitlines()[: wanted.rows]]
    options: dict[str, Any] = {"format": "openai-chat"}
    with tempfile.TemporaryDirectory() as folder:
        sound, changed = Path(folder) / "sound.jsonl", Path(folder) / "changed.jsonl"
        sound.write_bytes(b"".join(dumped(row) + b"\n" for row in rows))
        lint(sound, options)  # warms up
        print(f"{'every row has':30} {'us/row':>7} {'x sound':>8}  findings")
        for name, change in CASES.items():
            changed.write_bytes(b"".join(change(number, row) + b"\n" for number, row in enumerate(rows)))
            # The shorter of two: now and then the encoder is made anew, because it has remembered too much.
            before = min(lint(sound, options)[0] for _ in range(2))
            seconds, report = min((lint(changed, options) for _ in range(2)), key=lambda one: one[0])
            codes = Counter(finding.code for finding in report.findings).most_common(2)
            found = ", ".join(f"{count:,} {code}" for code, count in codes)
            print(f"{name:30} {seconds / len(rows) * 1e6:7.1f} {seconds / before:8.1f}  {found}", flush=True)


if __name__ == "__main__":
    main()
