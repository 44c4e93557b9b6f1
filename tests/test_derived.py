"""Files that are made from the code are what the code makes today (``EXPECTED.json``: see ``test_sample_data.py``)."""

from __future__ import annotations

import pytest
from derived import CHECKOUT, DERIVED


@pytest.mark.parametrize("name", [name for name in DERIVED if not name.endswith("EXPECTED.json")])
def test_file_is_what_the_code_makes(name: str) -> None:
    assert (CHECKOUT / name).read_text(encoding="utf-8") == DERIVED[name](), "run `python -m tests.derived`, and read"
