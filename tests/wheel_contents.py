"""Checks what a built wheel holds: ``python tests/wheel_contents.py dist/ftprep-*.whl``."""

from __future__ import annotations

import sys
from zipfile import ZipFile

NEEDED = (
    "ftprep/py.typed",
    "ftprep/cli/main.py",
    "ftprep/sample_data/clean_chat.jsonl",
    "ftprep/sample_data/support_export.jsonl",
)
NEEDED_SUFFIXES = ("/licenses/LICENSE", "o200k_base.tiktoken.xz", "cl100k_base.tiktoken.xz")


def complaints(names: list[str]) -> list[str]:
    """What is missing from the wheel's file names, and what has no business there."""
    missing = [name for name in NEEDED if name not in names]
    missing += [f"*{end}" for end in NEEDED_SUFFIXES if not any(name.endswith(end) for name in names)]
    foreign = [name for name in names if not name.startswith(("ftprep/", "ftprep-"))]
    foreign += [name for name in names if "__pycache__" in name or "/tests/" in name]
    return [f"missing: {name}" for name in missing] + [f"does not belong: {name}" for name in foreign]


if __name__ == "__main__":
    with ZipFile(sys.argv[1]) as wheel:
        found = complaints(wheel.namelist())
    print("\n".join(found) if found else f"wheel: {len(wheel.namelist())} files, nothing missing, nothing foreign")
    sys.exit(bool(found))
