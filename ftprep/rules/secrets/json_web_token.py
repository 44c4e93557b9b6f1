"""Rule SEC004."""

from __future__ import annotations

from collections.abc import Iterator

from ftprep.finding import Finding, Severity
from ftprep.privacy.secret_findings import secret_findings
from ftprep.record import Record
from ftprep.rule import Bad, Good, Needs, RecordRule

_HEAD = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
_TOKEN = ".".join(
    (
        _HEAD,
        "eyJzdWIiOiJmZXJyeS03IiwiaWF0IjoxNzkwMDAwMDAwLCJyb2xlIjoiY3JldyJ9",
        "Tsp5svg_LRTlGrwQ2d8m3Dze9n2cldhT-7JZjyUDevw",
    )
)
_SHOWN = ".".join(
    (
        _HEAD,
        "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ",
        "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
    )
)


def _row(prompt: str, answer: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


class JsonWebToken(RecordRule):
    """A signed JSON Web Token stands in a text.

    ## What it does
    Searches the texts of a row for three parts of base64 between dots, of which the first two decode to JSON objects,
    the first with `alg`, and the third to a signature of at least 16 bytes. The token of the documentation (John Doe,
    1234567890) is no finding, nor are unsigned tokens and those that are cut.

    ## Why is this bad?
    A token is a log-in for as long as it is valid, often for years, and its middle part holds names and rights of its
    owner in the clear. In 124,376 public rows there is none.

    ## How to settle it
    End the session or change the signing key, then write a placeholder in its place.
    """

    code = "SEC004"
    name = "json-web-token"
    severity = Severity.ERROR
    needs = Needs.PARSED
    literals = (".eyJ",)
    examples = (
        Good(_row("How does a token look?", _SHOWN), note="the token of the documentation"),
        Good(_row("How does a token look?", f"{_HEAD}.eyJzdWIi... and then a signature"), note="left out"),
        Good(_row("What is in it?", _TOKEN.rpartition(".")[0]), note="without a signature"),
        Good(_row("What is in it?", "eyJxxxx.eyJyyyy.zzzz"), note="a placeholder"),
        Bad(
            _row("Call the API.", f"curl -H 'Authorization: Bearer {_TOKEN}' https://api.ferry.net/crew"),
            at=[(1, "/messages/1/content")],
            message="answer holds a secret: JSON Web Token, 145 characters",
            fixed=[
                _row(
                    "Call the API.",
                    "curl -H 'Authorization: Bearer <JSON_WEB_TOKEN_1>' https://api.ferry.net/crew",
                )
            ],
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        """Yield the findings of one row."""
        yield from secret_findings(self, record)
