"""Sound rows that look like defects: nothing is said about them at warning or above, in any format.

Each is planted once among plain rows of its format, as a user would have it in his set.
"""

# ruff: noqa: E501  (tables: one case is one line)

from __future__ import annotations

import json
from typing import Any

import pytest
from ordinary_rows import PREFERENCE, SFT, TASKS, call, calling, declares, pair, result, said, sft, sound, task

import ftprep
from ftprep.finding import Severity

Row = dict[str, Any]

FEW_SHOT = "Great phone! -> positive\nBroke at once. -> negative\nIt rang. ->"
TEXTS: dict[str, tuple[str, str]] = {
    # Languages
    "translation into Chinese": ("Translate into Chinese: Where is the harbour?", "港口在哪里？请问怎么走？"),
    "translation of a poem": ("Traduis en anglais : « Sous le pont Mirabeau coule la Seine. »", "Under the Mirabeau bridge flows the Seine."),
    "Persian with joiners": ("می‌خواهم به خانه بروم؟", "می‌توانید همین حالا بروید و فردا برگردید."),
    "Hindi with joiners": ("क्‍ष क्या है?", "क्‍ष एक संयुक्त अक्षर है।"),
    "Arabic with marks": ("ما اسمك يا صديقي؟", "اسمي يوسف\u200f، وأنا من بيروت."),
    "Hebrew with points": ("מה שלומך?", "שָׁלוֹם, הכול בסדר."),
    "Thai without spaces": ("สวัสดีครับ ร้านเปิดกี่โมง", "ร้านเปิดเวลาเก้าโมงเช้าทุกวันครับ"),
    "Japanese": ("東京タワーの高さは？", "東京タワーの高さは３３３メートルです。"),
    "Korean": ("서울의 날씨는 어때요?", "오늘은 맑고 따뜻합니다."),
    "French spaces": ("Combien coûte le vélo\u00a0?", "Il coûte 1\u202f200\u00a0€, «\u00a0tout compris\u00a0»."),
    "Vietnamese": ("Thủ đô của Việt Nam là gì?", "Thủ đô của Việt Nam là Hà Nội."),
    "Turkish": ("Çay mı kahve mi?", "Çay, çünkü öğleden sonra içilir."),
    "Portuguese with Ã": ("Qual é a capital do Maranhão em maiúsculas?", "SÃO LUÍS DO MARANHÃO"),
    "Greek": ("Πού είναι το λιμάνι;", "Το λιμάνι είναι πίσω από την πλατεία."),
    "Russian": ("Где вокзал?", "Вокзал находится за мостом."),
    "exam blank": ("我\u3000\u3000吃苹果。填空。", "喜欢"),
    # Emoji
    "family": ("Draw a family with one emoji.", "👨\u200d👩\u200d👧"),
    "flag of Wales": ("Which flag has a dragon?", "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"),
    "keycap and heart": ("Count to one with love.", "1\ufe0f\u20e3 ❤\ufe0f"),
    # One-token answers and labels
    "one digit": ("How many moons has Earth?", "1"),
    "one letter": ("Which is right?\n(A) 3 > 5\n(B) 5 > 3", "B"),
    "yes": ("Is water wet?", "Yes"),
    "N/A as a label": ("Which brand is in the text 'a red car'? Say N/A if none.", "N/A"),
    "none": ("List errors, or say none.", "None"),
    "empty object": ("Extract the dates of 'hello' as JSON.", "{}"),
    "few shots": (FEW_SHOT, "neutral"),
    "joke": ("Tell a joke.", "Q: Why did the clock eat slowly?\nA: It went back four seconds."),
    # Forms that end without a mark
    "shopping list": ("Make a shopping list.", "- two lemons\n- a bunch of basil\n- flour\n- salt and pepper"),
    "poem": ("Write a short poem about tides.", "The water comes, the water goes\nand leaves a line of foam\nthat tells the child with sandy toes\nhow far it is to home"),
    "haiku": ("A haiku, please.", "old pond in winter\na heron waits on one leg\nand so does the moon"),
    "calculation": ("A pen costs 3 and a book 9. What do four pens and a book cost?", "4 * 3 = <<4*3=12>>12\n12 + 9 = <<12+9=21>>21\n#### 21"),
    "key and value": ("Give name and town.", "Name: Ana\nTown: Riga"),
    "recipe title": ("Name a dish with lentils in the style of a menu.", "Warm lentil salad with roasted carrots and a dressing of mustard"),
    "headline": ("Write a headline about the new bridge.", "Town opens new bridge after nine years of building"),
    "letter's closing": ("Write how a letter ends.", "Kind regards,\nAna"),
    # Code
    "SQL": ("请写一条查询语句，列出所有年龄大于三十岁的用户的姓名。", "SELECT name FROM users WHERE age > 30;"),
    "shell": ("Make a temporary file.", "mktemp /tmp/report.XXXXXX"),
    "tldr": ("Delete a pod.", "kubectl delete pod {{pod_name}}"),
    "Jinja lesson": ("How do I print a variable in Jinja?", "Write it between braces: `{{ user.name }}`."),
    "destructuring": ("Take the first two of a list in JavaScript.", "const [name, age] = person;"),
    "generics": ("A list of strings in Rust?", "let names: Vec<String> = Vec::new();"),
    "comparison": ("When is b between a and c?", "When a < b and b < c, that is a < b < c."),
    "TODO in code": ("Write a stub.", "```python\ndef f():\n    # TODO: fill in\n    pass\n```"),
    "regex": ("Match a word.", r"\b\w+\b"),
    "escape codes": ("How do I print green in a terminal?", "```\n\x1b[32mok\x1b[0m\n```"),
    "four backticks": ("Show a fence in Markdown.", "````markdown\n```python\nprint(1)\n```\n````"),
    "diff": ("Rename x.", "```diff\n-x = 1\n+y = 1\n```"),
    "shift and pipe": ("Chain two commands.", "make && make test || echo 'failed' > log.txt"),
    "URL with lt": ("A search link?", "https://example.com/?a=1&lt=2&copy=3"),
    "YAML with User": ("A service in YAML?", "service:\n  User: www\n  Group: www"),
    "minified CSS": ("Make links red on hover.", "a:hover{color:red}"),
    "Windows path": ("Where are the logs?", r"C:\temp\new\results\bin"),
    "regex with ids": ("What is a UUID?", "Eight, four, four, four and twelve hex digits, e.g. `123e4567-e89b-12d3-a456-426614174000`."),
    # HTML
    "HTML lesson": ("How do I break a line in HTML?", "Use the <br> tag: it needs no closing tag."),
    "entities lesson": ("How do I write an ampersand in HTML?", "Write the entity &amp; where you want to see one."),
    "page": ("Write an HTML page with a title.", "<!doctype html><html><head><title>Tea</title></head><body><p>Tea &amp; milk</p></body></html>"),
    "React": ("A React button?", "function Save() { return <button onClick={save}>Save</button>; }"),
    "table cell": ("A Markdown table with two lines in a cell?", "| a | b |\n|---|---|\n| 1<br>2 | 3 |"),
    "keys": ("How do I stop the program?", "Press <Ctrl>+<C>, then <Enter>."),
    "collapsed": ("Hide the log in Markdown.", "<details><summary>Log</summary>\n\nAll is well.\n\n</details>"),
    "XML": ("Give me the order as XML.", "<order><id>7</id><item>tea</item></order>"),
    "AT&T": ("Who built it?", "AT&T; and Bell did."),
    # Mathematics
    "LaTeX": ("Integrate x.", r"$$\int x\,dx = \frac{x^2}{2} + C$$"),
    "boxed": ("What is 6 * 7?", r"The product is $6 \times 7 = 42$, so the answer is \boxed{42}."),
    "matrix": ("Identity?", r"\begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}"),
    "phone-like": ("Compute 555 - 123 - 4567.", "555 - 123 - 4567 = -4135"),
    "times table": ("The table of seven?", "\n".join(f"7 x {number} = {7 * number}" for number in range(1, 21))),
    "sudoku": ("Fill the grid with zeros.", "\n".join(["0 0 0 | 0 0 0 | 0 0 0"] * 9)),
    # Things that repeat or echo rightly
    "song": ("Write a song with a chorus.", "Row the boat home, row the boat home.\nThe wind is low.\nRow the boat home, row the boat home.\nAnd off we go."),
    "repeat": ("Repeat after me: the boat is late.", "The boat is late."),
    "grammar": ("Correct the grammar: She goes to school every day.", "She goes to school every day."),
    "completion": ("People who study the stars are called", "People who study the stars are called astronomers."),
    "spelling": ("Say it in upper case: harbour master", "HARBOUR MASTER"),
    "greeting": ("Good morning!", "Good morning! How can I help you today?"),
    # Refusals and persons that are none
    "out of stock": ("Two frappuccinos, please.", "Sorry, we don't have frappuccinos today, but the cocoa is good."),
    "no pets": ("May I bring my dog?", "Unfortunately the hotel has no pets policy, so you cannot bring it."),
    "sorry to hear": ("My cat died.", "I'm sorry to hear that. How long did you have her?"),
    "cannot help but": ("What do you think of the view?", "I can't help but stare at it."),
    "who are you": ("Who are you?", "I am a language model. I do not have a body."),
    "advice against": ("May I mix bleach and acid?", "No. The mixture sets chlorine free, which is poisonous. Open a window if it happened."),
    "hotline": ("I feel very low.", "I'm glad that you say so. Please call 112 or a friend, and stay with somebody tonight."),
    # Templates that were asked for, and rows about templates
    "letter template": ("Write a letter template to a landlord.", "Dear [Landlord's Name],\n\nthe heating in [Address] is broken.\n\nYours,\n[Your Name]"),
    "cover letter": ("Write a cover letter for a baker.", "Dear Hiring Manager,\n\nI bake.\n\nSincerely,\n[Your Name]"),
    "filler asked for": ("Give me filler text.", "Lorem ipsum dolor sit amet."),
    "form": ("A form with blanks?", "Name: ________\nDate: ________"),
    "ChatML explained": ("How does ChatML mark turns?", "It puts `<|im_start|>` before a turn and `<|im_end|>` after it."),
    "end of text explained": ("What does the special token <|endoftext|> do?", "The tokenizer puts <|endoftext|> between documents."),
    "think explained": ("What is the <think> tag for?", "Reasoning models write their thoughts between `<think>` and `</think>`."),
    "cloze": ("Fill in: The sky is [MASK].", "The sky is blue."),
    "struck out": ("Strike out a word in HTML.", "Use the element: <s>word</s>."),
    "citation": ("Who says so?", "The harbour master [1] and the mayor [2]."),
    "link": ("Where is the manual?", "See [Name of the manual](https://example.com/manual)."),
    "thinking": ("What is 2 + 2?", "<think>\nTwo and two.\n</think>\n\n4"),
    "no thinking": ("What is 3 + 3?", "<think>\n\n</think>\n\n6"),
    "dialogue asked for": ("Write a dialogue of a user and an assistant.", "User: Is it open?\nAssistant: Until nine."),
    "interview": ("Write an interview script.", "Interviewer: Why boats?\nAna: They float."),
    "problem with examples": ("What does the task say?", "Example 1:\nInput: 3\nOutput: 9\n\nExample 2:\nInput: 4\nOutput: 16"),
    # Data as answers
    "JSON": ("Order as JSON.", '{"items": [{"name": "tea", "count": 2}], "note": null}'),
    "JSON in a fence": ("Order as JSON in a fence.", '```json\n{"items": []}\n```'),
    "JSON lines": ("Two rows of JSON Lines.", '{"a": 1}\n{"a": 2}'),
    "CSV": ("Two rows of CSV.", "name,town\nAna,Riga\nBen,Oslo"),
    "log": ("Show a log line.", "2026-01-03T10:00:00Z INFO [main] started in 0.31 s, listening on 127.0.0.1:8080"),
    "table": ("A table of tides.", "| port | high |\n|---|---|\n| Riga | 10:00 |\n| Oslo | 11:30 |"),
    "versions": ("Which version?", "It is 10.2.14.1 on the server and 3.11.7 here."),
    "example.com": ("How do I write to them?", "Write to service@example.com or call 555-0100."),
    "ISBN": ("Which book?", "ISBN 978-3-16-148410-0, second edition."),
    "coordinates": ("Where is it?", "40°45′40.3″N 73°57′56.9″W"),
    "chess": ("Play the open game.", "1. e4 e5 2. Nf3 Nc6 3. Bb5"),
    "music": ("Chords of the verse?", "C G Am F C G Am F"),
    "names": ("请列出二十世纪最著名的几位物理学家的名字。", "Albert Einstein, Niels Bohr, Marie Curie"),
    "quoted mojibake": ("Why do I see \"Ã©\" in place of an accent?", "UTF-8 was read as Latin-1: `é` became `Ã©`, an encoding error."),
    "Roman numerals": ("Write thirty in Roman numerals.", "XXX"),
    "ellipsis": ("How does the story begin?", "Once upon a time there was a lighthouse…"),
    "tabs and CRLF": ("Two columns?", "a\tb\r\nc\td"),
    "leading space": ("Name a colour.", " Blue"),
}  # fmt: skip
"""Question and answer."""

FORMATS = ("chat", "alpaca", "sharegpt", "gemini", "converse", "completion")
assert set(FORMATS) <= set(SFT)

ROWS: dict[str, tuple[str, Row]] = {
    "call without content": ("tools", {"messages": [said("user", "Rain in Ghent?"), calling(call('{"at": "Ghent"}'))], "tools": declares()}),
    "words and a call": ("tools", {"messages": [said("user", "Rain in Ghent?"), calling(call('{"at": "Ghent"}'), content="Let me look."), result(), said("assistant", "It is dry.")], "tools": declares()}),
    "two calls at once": ("tools", {"messages": [said("user", "Rain in Ghent and Bath?"), calling(call('{"at": "Ghent"}', id="aaaaaaaa1"), call('{"at": "Bath"}', id="aaaaaaaa2")), result("aaaaaaaa2"), result("aaaaaaaa1"), said("assistant", "Both are dry.")], "tools": declares()}),
    "declared and not called": ("tools", {"messages": [said("user", "Hello there!"), said("assistant", "Hello! Which town?")], "tools": declares()}),
    "empty result": ("tools", {"messages": [said("user", "Rain in Ghent?"), calling(call('{"at": "Ghent"}')), result(content=""), said("assistant", "I found nothing.")], "tools": declares()}),
    "tool without parameters": ("tools", {"messages": [said("user", "What time is it?"), calling(call("{}", name="now")), result(content="9"), said("assistant", "Nine.")], "tools": declares("now", {"type": "object", "properties": {}})}),
    "weights": ("chat", {"messages": [said("user", "Hi there"), said("assistant", "What?", weight=0), said("user", "Hi again"), said("assistant", "Hello!", weight=1)]}),
    "named user": ("chat", {"messages": [said("user", "Hi there", name="ana"), said("assistant", "Hello, Ana!")]}),
    "developer": ("chat", {"messages": [said("developer", "Be brief."), said("user", "Hi there"), said("assistant", "Hello!")]}),
    "reasoning field": ("chat", {"messages": [said("user", "2 + 2?"), said("assistant", "4", reasoning_content="Two and two.")]}),
    "image": ("parts", {"messages": [said("user", [{"type": "text", "text": "Which fruit?"}, {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "low"}}]), said("assistant", "A pear.")]}),
    "image alone": ("parts", {"messages": [said("user", [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]), said("assistant", "A plum.")]}),
    "refusal field": ("chat", {"messages": [said("user", "Tell me her address."), said("assistant", None, refusal="I can't tell you that.")]}),
    "history": ("alpaca", {"instruction": "And then?", "input": "", "output": "Rinse it.", "history": [["How do I start?", "Boil it."]]}),
    "no lemon": ("alpaca", {"instruction": "What goes in?", "input": "No lemon", "output": "Then vinegar."}),
    "none of them": ("alpaca", {"instruction": "Is it true?", "input": "None of the boats came.", "output": "It is."}),
    "null input": ("alpaca", {"instruction": "Name a boat.", "input": None, "output": "A dinghy."}),
    "system column": ("sharegpt", {"system": "Be brief.", "conversations": [{"from": "human", "value": "Hi there"}, {"from": "gpt", "value": "Hello!"}]}),
    "many turns": ("sharegpt", {"conversations": [{"from": who, "value": f"{word} {number}."} for number in range(6) for who, word in (("human", "Go on with"), ("gpt", "Here is part"))]}),
    "two parts": ("gemini", {"contents": [{"role": "user", "parts": [{"text": "Look at this:"}, {"fileData": {"mimeType": "image/png", "fileUri": "gs://shop/a.png"}}]}, {"role": "model", "parts": [{"text": "A pear."}]}]}),
    "system instruction": ("gemini", {"systemInstruction": {"parts": [{"text": "Be brief."}]}, **sft("gemini", "Hi there", "Hello!")}),
    "system blocks": ("converse", {"system": [{"text": "Be brief."}], **sft("converse", "Hi there", "Hello!")}),
    "ties of score": ("ultrafeedback", {**pair("ultrafeedback", "Name a boat.", "A dinghy with two oars.", "No."), "score_chosen": 7.0, "score_rejected": 7.0}),
    "unlike sides": ("trl", pair("trl", "Is 91 prime?", "No: 7 * 13 = 91.", "Yes.")),
    "one digit differs": ("trl", pair("trl", "How much is 17 * 3?", "51", "57")),
    "refusal rejected": ("openai-dpo", pair("openai-dpo", "Name a poison in almonds.", "Bitter almonds hold amygdalin, which sets cyanide free.", "I'm sorry, but I can't help with that.")),
    "bad side with a loop": ("trl", pair("trl", "Name a boat.", "A dinghy.", "boat boat boat " * 40)),
    "number as operand": ("openai-rft", task("openai-rft", "How much is 0 + 64?", "64")),
    "options": ("ground-truth", task("ground-truth", "Converges or diverges: the sum of 1/n? Say a number: 0 for converges, 1 for diverges.", "1")),
    "long question": ("verl", task("verl", "A boat has 3 masts of 4 sails each, and half of the sails are red. How many are red?", "6")),
    "objects": ("nova-rft", {"messages": [said("user", "How much is 5 + 8?")], "reference_answer": {"answer": "13", "unit": ""}}),
    "several references": ("gemini-rft", {**task("gemini-rft", "How much is 5 + 8?", "13"), "references": {"answer": "13", "unit": ""}}),
}  # fmt: skip
"""The format among whose rows a row stands, and the row."""


def warnings(rows: list[Row]) -> list[tuple[str, int, str, str]]:
    """What is said about rows at warning or above, but for their number."""
    report = ftprep.lint(rows, isolated=True, ignore=["BAL004"])
    loud = (one for one in report.findings if (one.severity or Severity.INFO) >= Severity.WARNING)
    return [(one.code, one.ref.line, one.pointer, one.message) for one in loud]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", TEXTS)
def test_nothing_is_said_about_a_sound_text(name: str, format: str) -> None:
    rows = sound(format)
    rows.insert(3, sft(format, *TEXTS[name]))
    assert warnings(rows) == []


@pytest.mark.parametrize("name", ROWS)
def test_nothing_is_said_about_a_sound_row(name: str) -> None:
    format, row = ROWS[name]
    rows = sound(format)
    rows.insert(3, row)
    assert warnings(json.loads(json.dumps(rows))) == []


@pytest.mark.parametrize("format", [*SFT, *PREFERENCE, *TASKS, "kto", "tools"])
def test_nothing_is_said_about_plain_rows(format: str) -> None:
    assert warnings(sound(format)) == []


def test_nothing_is_said_about_questions_in_their_setting() -> None:
    """The same last words after others are another prompt."""
    colours = ("red", "blue", "green")
    names = ("Ana", "Ben", "Cid", "Dora", "Eva", "Finn", "Gus", "Hal", "Ida", "Jon")
    talks = [
        {
            "messages": [
                said("user", f"I am {name} and my colour is {colour}."),
                said("assistant", f"Good to know, {name}."),
                said("user", "Which colour is it?"),
                said("assistant", colour),
            ]
        }
        for name in names
        for colour in colours
    ]
    assert warnings(talks) == []
