"""Valid rows of the formats in ``ftprep/formats/together/``."""

from __future__ import annotations

from hypothesis import strategies as st

from row_strategies.parts import Rows, image_part, record, refusal_part, text, text_part

asked = st.lists(text_part | image_part, min_size=1, max_size=3)
answered = st.lists(text_part | refusal_part, min_size=1, max_size=2)

ROWS: dict[str, Rows] = {
    "together-vision": record({"prompt": asked, "completion": answered | text}, weight=st.floats(0, 2))
    | record({"prompt": text, "completion": answered}),
}
