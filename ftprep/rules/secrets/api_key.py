"""Rule SEC001."""

from __future__ import annotations

from collections.abc import Iterator

from ftprep.finding import Finding, Severity
from ftprep.privacy.secret_findings import secret_findings
from ftprep.privacy.secret_shapes import ANCHORS
from ftprep.record import Record
from ftprep.rule import Bad, Good, Needs, RecordRule

# Invented keys, in pieces: nobody's scanner is to stumble over them.
_GITHUB = "ghp_" + "Zqumpm08hsE8JNpjJOQGa2rb19FlY0" + "1xVVzU"
_OPENAI = "sk-" + "mG1ylvuhfJXqIEnomef2" + "T3BlbkFJ" + "mSJ5CMTIeg1ZTVnVv2fg"
_AWS = "AKIA" + "5FGR4HWDZPO6ZIYA"
_STRIPE = "_test_" + "8cdFOcVwWBhqG5KSFdPE0SPg"


def _row(prompt: str, answer: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


class ApiKey(RecordRule):
    """A key or token of a known provider stands in a text.

    ## What it does
    Searches the texts of a row, code included, for keys of more than ninety kinds, from OpenAI to Stripe, each by its
    prefix and length, and by what else its provider promises: a checksum (GitHub, npm, age), what the key decodes to
    (PyPI, Discord, Mapbox), or how random it is. Placeholders (`YOUR_KEY`, `xxxx`, `<token>`) and the keys that
    documentation shows are no findings; nor are tokens with a wrong checksum, which open nothing. Keys of a sandbox are
    information. Nothing is sent anywhere to try a key. The finding never shows the key, whatever the output.

    ## Why is this bad?
    A model learns rare strings by heart after few epochs and gives them to whoever asks the right way; the platform
    that trains it has a copy as well. In 124,376 public rows none is flagged.

    ## How to settle it
    Revoke the key first: it has left its place. Then put a placeholder in its place, in prompt and answer alike.
    """

    code = "SEC001"
    name = "api-key"
    severity = Severity.ERROR
    needs = Needs.PARSED
    literals = ANCHORS
    examples = (
        Good(_row("Where does the key go?", "export OPENAI_API_KEY=sk-your-key-here"), note="a placeholder"),
        Good(
            _row("Sign the request.", "aws_access_key_id = AKIAIOSFODNN7EXAMPLE"), note="the key of the documentation"
        ),
        Good(_row("How do I log in?", "Authorization: token ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"), note="crosses"),
        Good(
            _row("Which form has it?", "It is ghp_ and 36 letters and digits, the last six a checksum."), note="prose"
        ),
        Good(_row("Is it valid?", f"No: {_GITHUB[:-1]}V has a wrong checksum."), note="opens nothing"),
        Good(_row("Store it.", "let token = 'ghp_' + randomBytes(18).toString('hex')"), note="code that makes one"),
        Good(_row("Sort out the desk-lamps.", "Task-based, risk-averse and desk-bound: done."), note="words with sk-"),
        Bad(
            _row("Clone it.", f"git clone https://{_GITHUB}@github.example/ferry/site.git"),
            at=[(1, "/messages/1/content")],
            fixed=[_row("Clone it.", "git clone https://<API_KEY_1>@github.example/ferry/site.git")],
        ),
        Bad(
            _row(f"My key is {_OPENAI}, why do I get 401?", "The key has no credit left."),
            at=[(1, "/messages/0/content")],
            message="user turn holds a secret: OpenAI API key, 51 characters",
            fixed=[_row("My key is <API_KEY_1>, why do I get 401?", "The key has no credit left.")],
        ),
        Bad(
            _row("Sign the request.", f'client("s3", aws_access_key_id="{_AWS}")'),
            at=[(1, "/messages/1/content")],
            fixed=[_row("Sign the request.", 'client("s3", aws_access_key_id="<API_KEY_1>")')],
        ),
        Bad(
            _row("Charge a card in the sandbox.", f'stripe.api_key = "sk{_STRIPE}"'),
            at=[(1, "/messages/1/content")],
            message="answer holds a secret: Stripe test key, 32 characters",
            fixed=[_row("Charge a card in the sandbox.", 'stripe.api_key = "<API_KEY_1>"')],
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        """Yield the findings of one row."""
        yield from secret_findings(self, record)
