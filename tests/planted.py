"""Rows that hold values nobody is to see, in every place of a row and in every container; all of them invented."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

PEM_BODY = (
    "sMlc+T1ah9sdbEl7oX8nrEHAluvtdgDW1+In81LJK6yc+jecsblnAk2vnXK6+Zy2",
    "GKlPOyJV9YZGWNkJnsrUgBhcpqIuRhWlMkU6ag5t/Zj3aoeWqeHGwlifXjw9APP8",
    "Dy+3XzZmBNQR2yTBGTCuSsH5LM/Em9iJLwbL132Zn4T8+WvXX2HdNK44cjXQVIoS",
    "3vBq9XkT7mWz2LpR5nYcJ8sHfD1gUe6aKiQ4oVxM0tCyZbNrGjPwFhSEuIdAlO+/",
)
TOKEN = ".".join(
    (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
        "eyJzdWIiOiJmZXJyeS03IiwiaWF0IjoxNzkwMDAwMDAwLCJyb2xlIjoiY3JldyIsIm5hbWUiOiJLYWkgT2RkZW4iLCJhdWQiOiJmZXJyeSJ9",
        "Tsp5svg_LRTlGrwQ2d8m3Dze9n2cldhT-7JZjyUDevw",
    )
)
SECRETS = {
    "github": "ghp_" + "Zqumpm08hsE8JNpjJOQGa2rb19FlY0" + "1xVVzU",
    "openai": "sk-" + "mG1ylvuhfJXqIEnomef2" + "T3BlbkFJ" + "mSJ5CMTIeg1ZTVnVv2fg",
    "aws": "AKIA" + "5FGR4HWDZPO6ZIYA",
    "stripe test": "sk_" + "test_" + "8cdFOcVwWBhqG5KSFdPE0SPg",
    "bad checksum": "ghp_" + "Zqumpm08hsE8JNpjJOQGa2rb19FlY0" + "1xVVzZ",
    "url": "postgres://crew:kX9vQ2mLw7@db.ferry.net:5432/log",
    "token": TOKEN,
    "password": "password: Kx7#vQ2mLp9",
    "field": 'api_key = "1JYnrw8tdVIIfHmxOCTQE8phIECUyUAL"',
    "key": "\n".join(("-----BEGIN RSA PRIVATE KEY-----", *PEM_BODY, "-----END RSA PRIVATE KEY-----")),
}
PERSONAL = {
    "mail": "mail kaja.odden@harbourmail.dk",
    "phone": "call +44 20 7946 8123 now",
    "card": "card 4539 1488 0343 6467, thanks",
    "account": "IBAN DE35 3704 0044 0532 0130 99",
    "address": "address 81.2.69.160",
    "wallet": "wallet 1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    "uuid": "customer id 7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "social": "SSN 536-22-8417",
    "device": "MAC address 3c:22:fb:9a:41:d7",
    "birth": "born on 14 March 1987",
    "house": "I live at 4821 Maple Avenue, Springfield, IL 62704",
    "number": "order number 70423-88153",
}
HIDDEN_PERSONAL = {
    "mail": "kaja.odden@harbourmail.dk",
    "phone": "+44 20 7946 8123",
    "card": "4539 1488 0343 6467",
    "account": "DE35 3704 0044 0532 0130 99",
    "address": "81.2.69.160",
    "wallet": "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    "uuid": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "social": "536-22-8417",
    "device": "3c:22:fb:9a:41:d7",
    "birth": "14 March 1987",
    "house": "4821 Maple Avenue",
    "number": "70423-88153",
}
HIDDEN = {
    **{name: value for name, value in SECRETS.items() if name not in ("url", "token", "password", "field", "key")},
    "url": "kX9vQ2mLw7",
    "token": TOKEN.partition(".")[2],
    "password": "Kx7#vQ2mLp9",
    "field": "1JYnrw8tdVIIfHmxOCTQE8phIECUyUAL",
    **{f"key, line {number}": line for number, line in enumerate(PEM_BODY)},
}
"""The characters of each value of which no output may show a part."""
WINDOW = 8
"""So many characters that stand together are a part of a value."""


def leaks(output: str) -> list[str]:
    """The names of the values of which ``output`` shows a part, with that part."""
    found = []
    for name, value in {**HIDDEN, **HIDDEN_PERSONAL}.items():
        for start in range(len(value) - WINDOW + 1):
            part = value[start : start + WINDOW]
            if part not in output or part == "sk_test_":
                continue
            found.append(f"{name}: {part} in {output[max(output.index(part) - 60, 0) :][:140]!r}")
            break
    return found


def chat(prompt: Any, answer: Any, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}], **more}


def rows_with(value: str) -> Iterator[Any]:
    """Rows of chat, each with a defect near the value; strings are raw lines."""
    call = {"id": value, "type": "function", "function": {"name": value, "arguments": json.dumps({value: value})}}
    loose = {"id": "a", "type": "function", "function": {"name": "get", "arguments": {"q": value}}}
    tools = [
        {
            "type": "function",
            "function": {"name": "get", "description": value, "parameters": {"type": value}},
        }
    ]
    yield chat(value, "")
    yield chat("Hi", f"Look: {value}")
    yield chat(f"{'x' * 300} {value}", f"{value} {value}\u200b")
    yield chat(f"Say {value} ", f" {value}\ufeff caf\u00c3\u00a9 {value}")
    yield chat(f"Hi {value}", f"I'm sorry, but I cannot share {value} with you.")
    yield chat(f"Hi {value}", f"Dear [Name], {value} <|im_end|> &nbsp; </div>")
    yield chat(f"Hi {value}", f"User: {value}\nAssistant: {value}\n```python\n{value}")
    yield chat(value, value)
    yield chat(f"Who? {value}", "No, no, no. " + f"It is {value}. " * 20)
    yield chat([{"type": value, "text": value}], value)
    yield chat("x", None, metadata={"note": value, value: 1}, **{value: value})
    yield {"messages": [{"role": value, "content": value, "name": value, value: value}]}
    yield {"messages": value}
    yield {"messages": [{"role": "user", "content": value}, {"role": "user", "content": value}]}
    yield {
        "messages": [{"role": "user", "content": value}, {"role": "assistant", "tool_calls": [call]}],
        "tools": tools,
    }
    yield {
        "messages": [{"role": "user", "content": value}, {"role": "assistant", "tool_calls": [loose]}],
        "tools": value,
    }
    yield {"messages": [{"role": "human", "content": value}, {"role": "assistant", "content": f"{value}\ttab\x07"}]}
    yield {"prompt": value, "completion": value, "extra": value}
    yield {value: {value: [value]}}
    yield {**chat("Say it.", value), "_ftprep": {"ignore": [value], value: value}}
    written = json.dumps(value)
    yield f'{{"messages": [{{"role": "user", "content": {written}}}'
    yield f'{{"messages": {written[:-3]}'
    yield f"{{'messages': [{{'role': 'user', 'content': {value!r}}}, {{'role': 'assistant', 'content': 'B.'}}]}}"
    yield f"{{{written}: 1, {written}: 2}}"
    yield written
    yield value.replace("\n", " ") + ' {"messages": []}'
    yield f'{{"messages": [{{"role": "user", "content": {written.replace("/", chr(92) + "/")}}}, {{"role": NaN}}]}}'


def jsonl(value: str) -> str:
    rows = [one if isinstance(one, str) else json.dumps(one) for one in rows_with(value)]
    return "\n".join((*rows, "", *rows[:3], ""))


def array(value: str) -> str:
    return json.dumps([one for one in rows_with(value) if not isinstance(one, str)], indent=1)


def table(value: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["prompt", "completion", value])
    for number in range(4):
        writer.writerow([value, f"{value}\u200b {number}", value])
    writer.writerow([value, ""])
    return out.getvalue()


def of_format(name: str, value: str) -> str:
    """Rows of other formats, with and without defects."""
    rows: dict[str, list[Any]] = {
        "alpaca": [
            {"instruction": value, "input": value, "output": value},
            {"instruction": value, "input": "No input", "output": "", value: 1},
            {"instruction": f"{value} ", "input": 3, "output": value},
        ],
        "preference": [
            {"prompt": value, "chosen": value, "rejected": value},
            {"prompt": value, "chosen": f"{value}  ", "rejected": ""},
            {"prompt": [{"role": "user", "content": value}], "chosen": value, "rejected": [value]},
        ],
        "sharegpt": [
            {"conversations": [{"from": "human", "value": value}, {"from": value, "value": value}]},
            {"conversations": [{"from": "gpt", "value": value}, {"from": "human", "value": ""}]},
        ],
        "reinforcement": [
            {"messages": [{"role": "user", "content": value}], "answer": value, "label": value},
            {"messages": [{"role": "user", "content": value}], "answer": {value: value}},
        ],
        "labels": [{"prompt": f"{value} {number}", "completion": value} for number in range(30)]
        + [{"prompt": f"{value} {number}", "completion": f"{value} "} for number in range(3)],
        "json answers": [
            chat(f"{number} {value}", json.dumps({value: number, **({"b": 1} if number % 7 else {"c": value})}))
            for number in range(30)
        ],
    }
    return "\n".join(map(json.dumps, rows[name]))


FORMATS = ("alpaca", "preference", "sharegpt", "reinforcement", "labels", "json answers")
