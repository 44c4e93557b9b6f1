"""Texts on which tokenizers are compared: what splits words in unusual places, and every kind of character."""

from __future__ import annotations

from hypothesis import strategies as st

from ftprep.text.unicode_versions import NEW_CHARACTERS

FRAGMENTS = (
    "<|endoftext|>",
    "<|endofprompt|>",
    "<|fim_prefix|>",
    "<|start|>",
    "<|im_end|>",
    "\u0000",
    "\u001f",
    "\u007f",
    "\u0085",
    "\r\n",
    "\n\n",
    "   ",
    "\t ",
    "\u00a0",
    "\u2028",
    "\u3000",
    "'s",
    "'LL",
    "\u2019re",
    "'\u017f",
    "e\u0301",
    "\u0301",
    "\u0344",
    "\u0e33",
    "\u05d0\u05b8",
    "\u0627\u0644\u0639",
    "\u202e",
    "\u200d",
    "\ufeff",
    "\u0939\u093f\u0928",
    "\u6f22\u5b57",
    "\ud55c",
    "\u1112\u1161",
    "\U0001f468\u200d\U0001f469",
    "\U0001f1e9\U0001f1ea",
    "\u01c5",
    "\u02b0",
    "\u216b",
    "\u0663",
    "\U00010330",
    "\U000323b0",
    "\U00016d63\U00016d67",
    "aB",
    "HTTPServer",
    "12345",
    "0x1F",
    "//",
    '{"a":',
    "\\n",
)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=60),
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text("aAzZ01 .'\n", max_size=4)), max_size=25).map("".join),
    st.tuples(st.sampled_from((*FRAGMENTS, "a", " ", "=", "\n", "ab ")), st.integers(1, 700), st.text(max_size=3)).map(
        lambda run: run[0] * run[1] + run[2].encode(errors="replace").decode()
    ),
)


def every_character() -> list[str]:
    """Each code point below U+20000, and some of the planes above, in places where it matters what it is."""
    near = {code + step for pair in NEW_CHARACTERS for code in pair for step in (-1, 0, 1)}
    codes = sorted({*range(0x20000), *range(0x20000, 0x110000, 97), *near} - set(range(0xD800, 0xE000)))
    return [f"a{c}b A{c}B  {c}1{c}'s !{c}\n {c} \n{c}{c}'LL" for c in map(chr, codes)]
