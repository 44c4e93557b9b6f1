"""What ``ftprep convert`` says of files without a row that it could read."""

from __future__ import annotations

from pathlib import Path

import pytest

import ftprep
from ftprep.errors import InputError


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("rows.parquet", b"PAR1xxxxPAR1", "damaged Parquet file"),
        ("rows.json", b'[{"messages":[', "no row of it can be read"),
        ("rows.jsonl", b'{"prompt": 1e999\n', "no row of it can be read"),
    ],
)
def test_the_reason_is_the_files_own(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError, match=said):
        ftprep.convert(str(path), to="openai")
