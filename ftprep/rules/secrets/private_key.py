"""Rule SEC002."""

from __future__ import annotations

from collections.abc import Iterator

from ftprep.finding import Finding, Severity
from ftprep.privacy.secret_findings import secret_findings
from ftprep.privacy.secrets import PEM_ANCHOR
from ftprep.record import Record
from ftprep.rule import Bad, Good, Needs, RecordRule

_BODY = (
    "sMlc+T1ah9sdbEl7oX8nrEHAluvtdgDW1+In81LJK6yc+jecsblnAk2vnXK6+Zy2",
    "GKlPOyJV9YZGWNkJnsrUgBhcpqIuRhWlMkU6ag5t/Zj3aoeWqeHGwlifXjw9APP8",
    "Dy+3XzZmBNQR2yTBGTCuSsH5LM/Em9iJLwbL132Zn4T8+WvXX2HdNK44cjXQVIoS",
)


def _pem(*body: str, kind: str = "RSA PRIVATE KEY", line_break: str = "\n") -> str:
    return line_break.join((f"-----BEGIN {kind}-----", *body, f"-----END {kind}-----"))


def _row(prompt: str, answer: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


class PrivateKey(RecordRule):
    """A private key stands in a text, from its first line to its last.

    ## What it does
    Searches the texts of a row for blocks that begin `-----BEGIN … PRIVATE KEY-----` and end alike, with at least 64
    characters of base64 between them. Line breaks may be written as `\\n`, as in code and in the arguments of tools.
    Blocks without a body, with dots or words in the place of it, certificates and public keys are no findings.

    ## Why is this bad?
    Whoever has the key is its owner, for servers, signatures and money; and a model can learn it by heart. In 124,376
    public rows there is none; what is found is a key, whole, or is not found.

    ## How to settle it
    Replace the key pair wherever it is used, then cut the block out of the row or drop the row.
    """

    code = "SEC002"
    name = "private-key"
    severity = Severity.ERROR
    needs = Needs.PARSED
    literals = (PEM_ANCHOR,)
    examples = (
        Good(_row("How does a key file look?", _pem("...")), note="left out"),
        Good(_row("How does a key file look?", _pem("MIIEowIBAAKCAQEA...your key here...")), note="a placeholder"),
        Good(_row("Check the head.", 'if line == "-----BEGIN RSA PRIVATE KEY-----":'), note="code about keys"),
        Good(_row("Install it.", _pem(*_BODY, kind="CERTIFICATE")), note="a certificate"),
        Good(_row("Install it.", _pem(*_BODY, kind="PUBLIC KEY")), note="a public key"),
        Bad(
            _row("Why is this key refused?\n" + _pem(*_BODY), "It is too short."),
            at=[(1, "/messages/0/content")],
            message="user turn holds a secret: RSA private key, 256 characters",
            fixed=[_row("Why is this key refused?\n<PRIVATE_KEY_1>", "It is too short.")],
        ),
        Bad(
            _row("Write the test.", f'key = "{_pem(*_BODY, kind="PRIVATE KEY", line_break=chr(92) + "n")}"'),
            at=[(1, "/messages/1/content")],
            fixed=[_row("Write the test.", 'key = "<PRIVATE_KEY_1>"')],
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        """Yield the findings of one row."""
        yield from secret_findings(self, record)
