"""Rule SEC005."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ftprep.finding import Finding, Severity
from ftprep.privacy.secret_fields import ANY_CASE
from ftprep.privacy.secret_findings import secret_findings
from ftprep.record import Record
from ftprep.rule import Bad, Good, Needs, RecordRule

_KEY = "1JYnrw8tdVII" + "fHmxOCTQE8phIECUyUAL"
_MADE_UP = re.compile(r"(?i)\b(?:generat\w+|random\w*|make (?:me )?a|suggest\w*|strong password|create a)\b")


def _row(prompt: str, answer: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


class AssignedSecret(RecordRule):
    """A field such as `api_key` or `password` holds what looks like a real secret.

    ## What it does
    Searches the texts of a row, code included, for fields whose names speak of keys, tokens, secrets or passwords, with
    a value behind `=`, `:` or "is". A key has at least 16 characters, letters and digits mixed, and 3.5 bits per
    character (3 in hexadecimal); a password at least 8 characters of three classes, and more in it than the words of
    examples. Silent for placeholders, variables, calls, hashes of passwords, tokens of paging, and for passwords in
    rows that ask to make one up. What another rule of this family knows better is left to it.

    ## Why is this bad?
    Keys of services without a known form, and passwords, open as much as others do. Of 124,376 public rows none is
    flagged.

    ## How to settle it
    Change the secret, then write a placeholder or a variable in its place.
    """

    code = "SEC005"
    name = "assigned-secret"
    severity = Severity.WARNING
    needs = Needs.PARSED
    any_case = ANY_CASE
    examples = (
        Good(_row("Where does it go?", 'api_key = "YOUR_API_KEY"'), note="a placeholder"),
        Good(_row("Read it.", 'password = os.environ["DB_PASSWORD_1"]; token = get_token(user1)'), note="code"),
        Good(_row("Log in.", 'login(password="Password123!")'), note="what examples write"),
        Good(_row("List them.", 'next_page_token: "CAoQ8sJ2kx7Pq41mZt9Wc3"'), note="a token of paging"),
        Good(_row("Make me a password.", "Your new password is rT8$jLpZ."), note="made up on request"),
        Good(_row("Store it.", 'password_hash = "$2b$12$R9h7cIPz0giURNNX3kh2OO"'), note="a hash"),
        Good(_row("How long?", "The password must have 12 characters, 2 of them digits."), note="prose"),
        Good(
            _row("Which key is it?", 'primary_key = "1f0c9a7be2d84c65"; keyboard_key = "F13aB24cD35eF46"'),
            note="keys of tables",
        ),
        Bad(
            _row("Call the API.", f'client = Ferry(api_key="{_KEY}")'),
            at=[(1, "/messages/1/content")],
            message="answer holds a secret: value of a field, 32 characters",
            fixed=[_row("Call the API.", 'client = Ferry(api_key="<SECRET_1>")')],
        ),
        Bad(
            _row("I cannot log in, my password: Kx7#vQ2mL!p", "Let me look into it."),
            at=[(1, "/messages/0/content")],
            message="user turn holds a secret: password, 11 characters",
            fixed=[_row("I cannot log in, my password: <SECRET_1>", "Let me look into it.")],
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        """Yield the findings of one row."""
        yield from secret_findings(self, record, lambda secret: secret.name != "password" or not _asks(record))


def _asks(record: Record) -> bool:
    texts = (record.shard.values[text] for text in record.text_range)
    return any(_MADE_UP.search(text) is not None and "assw" in text for text in texts)
