"""Rows of Gemini with one defect each, and what is to be said; rows that look defective and are not."""

from __future__ import annotations

from vendor_rows import RAIN, Row, call, contents, declares, file, model, response, says, scored, text

Said = tuple[str, str]

GREET = says(text("Rain in Lima?"))
CALL = "/contents/1/parts/0/functionCall"

DEFECTS: list[tuple[str, Row, list[Said]]] = [
    # Gemini: parts
    ("gemini-sft", contents(says({"txt": "x"}), model()), [("CHT009", "/contents/0/parts/0/txt")]),
    ("gemini-sft", contents(says({}), model()), [("CHT009", "/contents/0/parts/0")]),
    ("gemini-sft", contents(says(text("x") | file()), model()), [("CHT009", "/contents/0/parts/0")]),
    ("gemini-sft", contents(GREET, model(file())), [("CHT009", "/contents/1/parts/0")]),
    ("gemini-sft", contents(says("Hi"), model()), [("SCH003", "/contents/0/parts/0")]),
    ("gemini-sft", contents(says(text(7)), model()), [("SCH003", "/contents/0/parts/0/text")]),
    ("gemini-sft", contents(GREET, {"role": "model", "parts": []}), [("SCH007", "/contents/1/parts")]),
    ("gemini-sft", contents(GREET, {"role": "model"}), [("SCH001", "/contents/1")]),
    ("gemini-sft", contents(GREET, {"role": "model", "content": "No."}), [("SCH001", "/contents/1")]),
    ("gemini-sft", contents(GREET, {"parts": [text("No.")]}), [("SCH001", "/contents/1")]),
    ("gemini-sft", contents(GREET, says(text("No."), role="assistant")), [("SCH004", "/contents/1/role")]),
    ("gemini-sft", contents(says(role="system"), GREET, model()), [("SCH004", "/contents/0/role")]),
    ("gemini-sft", contents(GREET, model(), systemInstruction="Add."), [("SCH003", "/systemInstruction")]),
    ("gemini-sft", contents(GREET, model(), safety=[]), [("SCH002", "/safety")]),
    (
        "gemini-sft",
        contents(GREET, model({**text("No."), "thought": True})),
        [("SCH002", "/contents/1/parts/0/thought")],
    ),
    (
        "gemini-sft",
        contents(says(file("https://example.org/a.png")), model()),
        [("SCH006", "/contents/0/parts/0/fileData/fileUri")],
    ),
    # Gemini: turns
    ("gemini-sft", contents(GREET), [("CHT001", "")]),
    ("gemini-sft", contents(GREET, model(), says()), [("CHT002", "/contents/2")]),
    ("gemini-sft", contents(GREET, model(text(""))), [("CHT003", "/contents/1/parts")]),
    (
        "gemini-sft",
        contents(GREET, model(), system_instruction={"parts": [text(" ")]}),
        [("CHT003", "/system_instruction/parts/0/text")],
    ),
    ("gemini-sft", contents(GREET, says(), model()), [("CHT004", "/contents/1")]),
    ("gemini-sft", contents(model(), GREET, model(text("No."))), [("CHT007", "/contents/0")]),
    # Gemini: tools
    ("gemini-sft", contents(GREET, model(call("rian")), tools=declares()), [("TUL003", f"{CALL}/name")]),
    ("gemini-sft", contents(GREET, model(call(at=7)), tools=declares()), [("TUL004", f"{CALL}/args/at")]),
    (
        "gemini-sft",
        contents(GREET, model({"function_call": {"name": "rain"}}), tools=declares()),
        [("TUL004", "/contents/1/parts/0/function_call")],
    ),
    ("gemini-sft", contents(GREET, model(call()), says(), model(), tools=declares()), [("TUL005", CALL)]),
    (
        "gemini-sft",
        contents(GREET, model(call()), says(response("sun")), model(), tools=declares()),
        [("TUL005", CALL), ("TUL006", "/contents/2/parts/0/functionResponse")],
    ),
    (
        "gemini-sft",
        contents(GREET, model(call()), says(response(), response()), model(), tools=declares()),
        [("TUL006", "/contents/2/parts/1/functionResponse")],
    ),
    (
        "gemini-sft",
        contents(GREET, model(), tools=declares(schema={"type": "OBJECT", "properties": {"at": {"type": "text"}}})),
        [("TUL008", "/tools/0/functionDeclarations/0/parameters")],
    ),
    (
        "gemini-sft",
        contents(GREET, model(), tools=declares("rain at")),
        [("TUL008", "/tools/0/functionDeclarations/0/name")],
    ),
    ("gemini-sft", contents(GREET, model(call())), [("TUL010", "")]),
    ("gemini-sft", contents(GREET, completions=scored((1, "No."), (0, "Yes!"))), [("SCH005", "")]),
    ("gemini-sft", contents(GREET, references={"a": "7"}), [("SCH005", "")]),
    # Gemini: other methods
    ("gemini-preference", contents(GREET), [("SCH001", "")]),
    ("gemini-preference", contents(GREET, completions=scored((1, "No."))), [("SCH006", "/completions")]),
    ("gemini-preference", contents(GREET, completions=scored((1, "No."), (1, "x"))), [("SCH006", "/completions")]),
    (
        "gemini-preference",
        contents(GREET, completions=scored((1, "No."), (0.5, "x"))),
        [("SCH006", "/completions/1/score")],
    ),
    (
        "gemini-preference",
        contents(GREET, completions=scored(("1", "No."), (0, "x"))),
        [("SCH003", "/completions/0/score")],
    ),
    (
        "gemini-preference",
        contents(GREET, completions=scored((1, "No."), (0, "x"), role="assistant")),
        [("SCH004", "/completions/0/completion/role"), ("SCH004", "/completions/1/completion/role")],
    ),
    (
        "gemini-preference",
        contents(GREET, completions=scored((0, "No."), (1, ""))),
        [("PRF002", "/completions/1/completion")],
    ),
    ("gemini-rft", contents(GREET), [("SCH001", "")]),
    ("gemini-rft", contents(GREET, references={"a/b": 7}), [("SCH003", "/references/a~1b")]),
    ("gemini-rft", contents(GREET, references=["7"]), [("SCH003", "/references")]),
]

LEGAL: list[tuple[str, Row]] = [
    ("gemini-sft", contents(says(text(""), file()), model())),
    ("gemini-sft", contents(GREET, model(call()), tools=declares())),
    ("gemini-sft", contents(GREET, model(text("I look."), call()), tools=declares("rain"))),
    ("gemini-sft", contents(GREET, model(call(at="Lima", type=None)), tools=declares())),
    ("gemini-sft", contents(GREET, model(call(), call()), says(response(), response()), model(), tools=declares())),
    ("gemini-sft", contents(GREET, model(call()), says(response(), text("And Quito?")), model(), tools=declares())),
    (
        "gemini-sft",
        contents(
            GREET,
            model({"functionCall": {"name": "rain", "args": {"at": "Lima"}, "id": "1"}}),
            says({"function_response": {"name": "rain", "response": {}, "id": "1"}}),
            model(),
            tools=[{"function_declarations": [{"name": "rain", "parametersJsonSchema": RAIN}]}, {"googleSearch": {}}],
        ),
    ),
    ("gemini-sft", contents(GREET, model(), tools=declares("shop.hours:v-2"))),
    ("gemini-sft", contents(GREET, model(), system_instruction={"role": "system", "parts": [text("Add.")]})),
    ("gemini-sft", contents(says(*[file(f"gs://shop/{n}.png") for n in range(12)]), model())),
    ("gemini-preference", contents(GREET, completions=scored((0.0, "No."), (1.0, "Yes!")))),
    ("gemini-preference", contents({"parts": [text("Hi")]}, completions=scored((1, "No."), (0, "Yes!")))),
    ("gemini-rft", contents({"parts": [text("3 + 4?")]}, references={"sum": "7", "a/b": "", "ø": "x"})),
    ("gemini-rft", contents(GREET, model(), says(text("And Quito?")), references={"rain": "no"})),
]
