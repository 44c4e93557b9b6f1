"""Code, maths and addresses are found where they stand, and masks keep every place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep.text.markdown import fences, mask_addresses, mask_all, mask_code, mask_maths

PIECES = st.sampled_from(
    ["```", "~~~", "`", "````", "\n", " ", "a", "$", "\\[", "\\]", "> ", "- ", "py", "http://a.b", "x"]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_masks_keep_length_and_lines(text: str) -> None:
    masked = mask_all(text)
    assert len(masked) == len(text)
    assert [at for at, one in enumerate(masked) if one == "\n"] == [at for at, one in enumerate(text) if one == "\n"]
    assert all(new in (old, " ") for old, new in zip(text, masked, strict=True))


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("no code", []),
        ("```py\nx = 1\n```", [("py", True)]),
        ("```py\nx = 1\n", [("py", False)]),
        ("````md\n```py\nx\n```\n````", [("md", True)]),
        ("```x``` in one line", []),
        ("~~~\n```\n~~~", [("", True)]),
        ("> ```\n> quoted\n> ```\nafter", [("", True)]),
        ("- ```sh\n  ls\n  ```\n", [("sh", True)]),
        ("```a\n1\n```\n```b\n2\n```", [("a", True), ("b", True)]),
        ("```a\n```b\n", [("a", False)]),
    ],
)
def test_fences(text: str, blocks: list[tuple[str, bool]]) -> None:
    assert [(one.info, one.closed) for one in fences(text)] == blocks


@pytest.mark.parametrize(
    ("mask", "text", "left"),
    [
        (mask_code, "use `x = 1` here", "use         here"),
        (mask_code, "``a ` b`` c", "          c"),
        (mask_code, "a ` lonely tick", "a ` lonely tick"),
        (mask_maths, "so $x+y$ is", "so       is"),
        (mask_maths, "costs $5 and $6 more", "costs $5 and $6 more"),
        (mask_maths, "\\[a\\] b", "      b"),
        (mask_addresses, "see https://a.example/b now", "see                     now"),
    ],
)
def test_masks(mask: object, text: str, left: str) -> None:
    assert callable(mask)
    assert mask(text) == left


@pytest.mark.parametrize("piece", ["`", "``a", "$", "$a ", "\\[", "~~~\n", "```\n~~~\n", "```a\n", "> - "])
def test_masks_take_linear_time(piece: str) -> None:
    text = piece * 50_000  # minutes, if the time grew with the square of the length
    assert len(mask_all(text)) == len(text)
