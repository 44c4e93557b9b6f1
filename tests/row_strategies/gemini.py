"""Valid rows of the formats in ``ftprep/formats/gemini/``."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from row_strategies.parts import Rows, arguments, null, record, text, word

Values = SearchStrategy[Any]


def part(camel: str, snake: str, value: Values, **more: Values) -> Rows:
    """A part with its own key in one of its spellings, perhaps among null ones."""
    return record({camel: value}, text=null, **more) | record({snake: value}, thought=null, **more)


uri = text.map(lambda end: f"gs://b/{end}")
file = record({}, mimeType=st.sampled_from(["image/png", "text/plain"]), fileUri=uri, displayName=text)
snake_file = record({}, mime_type=st.sampled_from(["image/png", "text/plain"]), file_uri=uri)
text_part = record({"text": text}, functionCall=null)
file_part = part("fileData", "file_data", file | snake_file, videoMetadata=arguments)
inline_part = part("inlineData", "inline_data", record({"data": text}, mimeType=text))
call_part = part("functionCall", "function_call", record({"name": word}, args=arguments, id=text))
response_part = part("functionResponse", "function_response", record({"name": word, "response": arguments}, id=text))


def turn(role: str, parts: Values) -> Values:
    """A turn of one or two parts."""
    return st.fixed_dictionaries({"role": st.just(role), "parts": st.lists(parts, min_size=1, max_size=2)})


user = turn("user", text_part | file_part | inline_part | response_part)
model = turn("model", text_part | call_part)
turns = st.lists(user | model, max_size=3)
lone = st.fixed_dictionaries({"parts": st.lists(text_part, min_size=1, max_size=2)}).map(lambda one: [one])
system = record({"parts": st.lists(st.fixed_dictionaries({"text": text}), min_size=1, max_size=2)}, role=text)
declaration = record({"name": word}, description=text, parameters=arguments, parametersJsonSchema=arguments)
tool = part("functionDeclarations", "function_declarations", st.lists(declaration, max_size=2))
around: dict[str, Values] = {
    "systemInstruction": system,
    "tools": st.lists(tool | st.just({"googleSearch": {}}), max_size=2),
    "generationConfig": arguments,
}


def ends(last: Values) -> Values:
    """Contents that end with ``last``."""
    return st.tuples(turns, last).map(lambda pair: [*pair[0], pair[1]])


def both_spellings(required: dict[str, Values]) -> Rows:
    """Rows in either spelling of the system instruction."""
    snake = {"system_instruction" if key == "systemInstruction" else key: value for key, value in around.items()}
    return record(required, **around) | record(required, **snake)


answer = record({"parts": st.lists(text_part | call_part, min_size=1, max_size=2)}, role=st.just("model"))
scored = st.tuples(st.permutations([0, 1]) | st.permutations([0.0, 1.0]), answer, answer).map(
    lambda one: [{"score": score, "completion": completion} for score, completion in zip(one[0], one[1:], strict=True)]
)

ROWS: dict[str, Rows] = {
    "gemini-sft": both_spellings({"contents": ends(model)}),
    "gemini-preference": both_spellings({"contents": ends(user) | lone, "completions": scored}),
    "gemini-rft": both_spellings(
        {"contents": ends(user) | lone, "references": st.dictionaries(text, text, max_size=2)}
    ),
}
