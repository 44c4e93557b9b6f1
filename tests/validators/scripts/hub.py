"""Files as the Hugging Face library loads them, all splits with one schema."""

import sys
import tempfile
from pathlib import Path

from datasets import load_dataset

folder = Path(sys.argv[1])
names = [name for name in ("train", "validation", "test") if (folder / f"{name}.jsonl").exists()]
files = {name: str(folder / f"{name}.jsonl") for name in names}
with tempfile.TemporaryDirectory() as cache:
    loaded = load_dataset("json", data_files=files, cache_dir=cache)
    lines = {name: len(Path(path).read_text(encoding="utf-8-sig").splitlines()) for name, path in files.items()}
    assert {name: len(rows) for name, rows in loaded.items()} == lines
print(", ".join(f"{name} {len(rows)}" for name, rows in loaded.items()))
