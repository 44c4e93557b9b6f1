"""Rule SEC003."""

from __future__ import annotations

from collections.abc import Iterator

from ftprep.finding import Finding, Severity
from ftprep.privacy.secret_findings import secret_findings
from ftprep.privacy.secrets import URL_ANCHOR
from ftprep.record import Record
from ftprep.rule import Bad, Good, Needs, RecordRule


def _row(prompt: str, answer: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


class PasswordInUrl(RecordRule):
    """A URL holds a user and a password.

    ## What it does
    Searches the texts of a row for `scheme://user:password@host`. Silent for variables and placeholders (`$PW`,
    `<password>`, `{secret}`), for the passwords of tutorials (`password`, `secret123`, the name of the user), for hosts
    that are reserved for examples, and for what is a port.

    ## Why is this bad?
    The password opens a database or a repository to whoever reads the row or makes the model say it. In 124,376 public
    rows there is none.

    ## How to settle it
    Change the password, then write a placeholder or a variable in its place.
    """

    code = "SEC003"
    name = "password-in-url"
    severity = Severity.ERROR
    needs = Needs.PARSED
    literals = (URL_ANCHOR,)
    examples = (
        Good(_row("Connect.", "postgres://user:password@localhost:5432/db"), note="what tutorials write"),
        Good(_row("Connect.", "mongodb://${USER}:${PASSWORD}@db.ferry.net/log"), note="variables"),
        Good(_row("Connect.", "redis://:<your-password>@cache.ferry.net:6379"), note="a placeholder"),
        Good(_row("Connect.", "postgres://postgres:postgres@db:5432/app"), note="the name of the user"),
        Good(_row("Fetch it.", "https://kai:Zw8rTq51@api.example.com/v1"), note="a host for examples"),
        Good(_row("Where?", "http://ferry.net:8080/@kai and ssh://git@code.ferry.net:22"), note="ports, no password"),
        Good(_row("Mail whom?", "See https://ferry.net/a:b or mail kai@ferry.net"), note="no part of the authority"),
        Bad(
            _row("Why does it fail?", "Use postgres://crew:kX9vQ2mL@db.ferry.net:5432/log"),
            at=[(1, "/messages/1/content")],
            message="answer holds a secret: password in a postgres URL, 8 characters",
            fixed=[_row("Why does it fail?", "Use postgres://crew:<PASSWORD_1>@db.ferry.net:5432/log")],
        ),
        Bad(
            _row("Clone https://kai:Zw8rTq51@code.ferry.net/site.git", "Done."),
            at=[(1, "/messages/0/content")],
            fixed=[_row("Clone https://kai:<PASSWORD_1>@code.ferry.net/site.git", "Done.")],
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        """Yield the findings of one row."""
        yield from secret_findings(self, record)
