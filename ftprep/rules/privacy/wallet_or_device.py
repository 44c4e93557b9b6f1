"""Rule PII007."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, RecordRule

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard


def _row(prompt: str, answer: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


class WalletOrDevice(RecordRule):
    """The address of a wallet or of a network card stands in a text.

    ## What it does
    Reports Bitcoin addresses with a right checksum, Ethereum addresses (in mixed case, or beside a word for
    wallets), and MAC addresses. Silent about the ranges for documentation and groups, and about addresses that
    nobody has or that everybody makes up (`00:11:22:33:44:55`).

    ## Why is this bad?
    A wallet shows all payments of its owner, and a network card follows a person from place to place. A model
    learns rare strings by heart after few epochs, and says them to whoever asks the right way.

    Of 100,000 mixed rows none was flagged.

    ## How to settle it
    Put a placeholder such as `<MAC_1>` in its place, the same one in prompt and answer.
    """

    code = "PII007"
    name = "wallet-or-device"
    severity = Severity.WARNING
    examples = (
        Good(
            _row("What is the form?", "00:11:22:33:44:55, ff:ff:ff:ff:ff:ff, 00:00:5e:00:53:0a; at 10:30:00:12:44:55"),
            note="made up",
        ),
        Good(_row("Burn them.", "0x000000000000000000000000000000000000dEaD"), note="nobody's"),
        Good(
            _row("Hash?", "0x9f86d081884c7d659a2feaa0c55ad015a3bf4f1b of 1BoatSLRHtKNngkdXEeobR76b53LETtpyX"),
            note="hashes",
        ),
        Bad(
            _row("Which card?", "The card 3c:22:fb:9a:10:7e asked for a lease."),
            at=[(1, "/messages/1/content")],
            message="MAC address `3c…7e` in an answer",
            fixed=[_row("Which card?", "The card <MAC_1> asked for a lease.")],
        ),
        Bad(
            _row("Send it to 1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "Sent."),
            at=[(1, "/messages/0/content")],
            message="wallet address `1B…yT` in a user turn",
            fixed=[_row("Send it to <WALLET_1>", "Sent.")],
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        from ftprep.privacy.personal_findings import personal_rows

        return personal_rows(self, shard)

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.privacy.personal_findings import personal_findings

        yield from personal_findings(self, record)
