"""Valid rows of the formats in ``ftprep/formats/axolotl/``."""

from __future__ import annotations

from hypothesis import strategies as st

from row_strategies.parts import Rows, any_tools, arguments, message, messages, metadata, record, text

pygmalion_turn = record({"role": st.sampled_from(["system", "human", "bot"]), "value": text}, other=st.none())
segment = record({"label": st.booleans(), "text": text})
ranked = record({"answer": text, "rank": st.integers(0, 7) | st.floats(0, 7)}, model=text)
label = st.booleans()

ROWS: dict[str, Rows] = {
    "axolotl-pygmalion": record({"conversations": st.lists(pygmalion_turn, min_size=1, max_size=3)}, **metadata),
    "axolotl-input-output": record({"segments": st.lists(segment, min_size=1, max_size=3)}, **metadata),
    "axolotl-nectar": record({"prompt": text, "answers": st.lists(ranked, min_size=2, max_size=4)}, turns=text),
    "axolotl-chat-template-dpo": record(
        {"messages": messages, "chosen": message, "rejected": message}, tools=any_tools
    ),
    "axolotl-argilla": record({"instruction": text, "chosen_response": text, "rejected_response": text}, system=text),
    "axolotl-intel": record({"question": text, "chosen": text, "rejected": text}, system=text, **metadata),
    "axolotl-icr": record({"input": text, "chosen": text, "rejected": text}, system=text, **metadata),
    "axolotl-kto-argilla": record({"instruction": text, "completion": text, "label": label}, system=text),
    "axolotl-kto-intel": record({"question": text, "completion": text, "label": label}, system=text),
    "axolotl-metharme": record({"prompt": text, "generation": text}, **metadata),
    "axolotl-jeopardy": record({"question": text, "category": text, "answer": text}, **metadata),
    "axolotl-reflection": record(
        {"instruction": text, "output": text, "reflection": text, "corrected": text}, input=text
    ),
    "axolotl-gpteacher": record({"instruction": text, "response": text}, input=text, **metadata),
    "axolotl-oasst": record({"INSTRUCTION": text, "RESPONSE": text}, **metadata),
    "axolotl-summarizetldr": record({"article": text, "summary": text}, **metadata),
    "axolotl-camel-ai": record({"message_1": text, "message_2": text}, role_1=text, topic=text),
    "axolotl-context-qa": record({"article": text, "question": text, "answer": text}, **metadata),
    "axolotl-context-qa-v2": record({"context": text, "question": text, "answer": text}, **metadata),
    "axolotl-context-qa-404": record({"article": text, "unanswerable_question": text}, **metadata),
    "axolotl-explainchoice": record(
        {"question": text, "choices": st.lists(text, min_size=1, max_size=3), "solution": text}, explanation=text
    ),
    "axolotl-creative-acr": record(
        {"instruction": text, "revision": text}, answer=text, scores=arguments, critiques=arguments
    ),
}
