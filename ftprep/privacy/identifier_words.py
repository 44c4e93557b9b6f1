"""What messages say about an identifier: its kind, who states it, and never itself."""

from __future__ import annotations

from ftprep.formats import columns as c
from ftprep.record import Record

_WORDS = {
    "ID": "an identifier",
    "UUID": "a UUID",
    "HEX": "a long hexadecimal number",
    "TOKEN": "a random token",
    "EMAIL": "an e-mail address",
    "PHONE": "a telephone number",
    "CARD": "a card number",
    "IBAN": "an IBAN",
    "IP": "an IP address",
    "MAC": "a MAC address",
    "WALLET": "the address of a wallet",
    "BIRTH_DATE": "a date of birth",
    "ADDRESS": "a postal address",
    "PERSON": "the name of a person",
}
_PLACES = {c.SYSTEM: "the system prompt", c.USER: "a user turn", c.ASSISTANT: "an answer", c.TOOL: "a tool result"}


def kind_words(kind: str) -> str:
    """``ORDER_ID`` as ``an order identifier``."""
    if kind in _WORDS:
        return _WORDS[kind]
    if not kind.endswith("_ID"):
        return f"a number of the kind {kind}"
    noun = kind.removesuffix("_ID").replace("_", " ").lower()
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun} identifier"


def place_words(record: Record, text: int) -> str:
    """Who states text number ``text``, as ``a user turn``."""
    code = int(record.shard.codes[text])
    if code & c.KIND_MASK == c.ARGUMENTS and code & c.ROLE_MASK == c.ASSISTANT:
        return "the arguments of a call"
    if code & c.KIND_MASK == c.TOOLS:
        return "a tool definition"
    if code & c.SIDE_MASK == c.REFERENCE:
        return "a reference answer"
    return _PLACES.get(code & c.ROLE_MASK, "the row")
