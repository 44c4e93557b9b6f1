"""Files as the Hugging Face library loads them, all splits with one schema and no row less."""

import json
import tempfile

from datasets import disable_progress_bars, load_dataset
from verdicts import Job, by_folder, must


def check(job: Job) -> int:
    """Load all files; what comes out must be the rows that went in."""
    files = {name: str(path) for name, path in job.files().items()}
    with tempfile.TemporaryDirectory() as cache:
        loaded = load_dataset("json", data_files=files, cache_dir=cache)
        count = 0
        rows = job.rows()
        for split in files:
            for made in loaded[split]:
                row = next(rows)
                must(same(row, made), f"{json.dumps(row)[:120]} became {json.dumps(made, default=str)[:120]}")
                count += 1
    return count


def same(row: object, made: object) -> bool:
    """Whether a value is still what it was; the library fills in keys, and whole numbers may be floats."""
    if row is None or made is None:
        return (row is None and (made is None or made == [] or is_blank(made))) or (row in ([], {}) and made is None)
    if isinstance(row, dict) and isinstance(made, dict):
        return all(same(row.get(key), made.get(key)) for key in {*row, *made})
    if isinstance(row, list) and isinstance(made, list):
        return len(row) == len(made) and all(map(same, row, made))
    return row == made or str(row) == str(made)


def is_blank(made: object) -> bool:
    """Whether a value has nothing in it."""
    return isinstance(made, dict) and all(one is None or is_blank(one) for one in made.values())


if __name__ == "__main__":  # libraries start processes that read this file again
    disable_progress_bars()
    by_folder(check)
