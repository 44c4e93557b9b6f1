"""Rule PII005."""

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


class IpAddress(RecordRule):
    """The address of a host on the internet stands in a text.

    ## What it does
    Reports public IPv4 and IPv6 addresses. Silent about private, local and documentation ranges (192.168.0.0/16,
    203.0.113.0/24, 2001:db8::/32), networks, resolvers that everybody knows (8.8.8.8), what a template shows in double
    braces, and what only looks like an address: versions, section numbers, slices such as `[::-1]`.

    ## Why is this bad?
    The law counts the address of a connection as personal data, and with the time it names a household. A model
    learns rare strings by heart after few epochs, and says them to whoever asks the right way.

    Of 100,000 mixed rows 0.01 % were flagged; all six addresses that were read were public ones, most of them in
    commands.

    ## How to settle it
    Put a placeholder such as `<IP_1>` in its place, the same one in prompt and answer.
    """

    code = "PII005"
    name = "ip-address"
    severity = Severity.WARNING
    examples = (
        Good(_row("Which version?", "Chrome/91.0.4472.124, version 6.2.9200.10, v1.22.333.44"), note="versions"),
        Good(
            _row("Where does it listen?", "127.0.0.1:8080, 192.168.1.20, 203.0.113.77, 2001:db8::1, 8.8.8.8"),
            note="nobody's",
        ),
        Good(_row("Reverse it.", "s[::-1]; std::vector<int>::iterator; at 10:30:00; 12:34:56:78"), note="colons"),
        Good(_row("Who owns an address?", "nslookup -type=PTR {{93.184.216.34}}"), note="a template's example"),
        Good(_row("Which clause?", "See 1.2.3.4 and 4.10.2.11."), note="sections"),
        Bad(
            _row("Who logged in?", "Failed password for root from 93.184.216.34 port 22"),
            at=[(1, "/messages/1/content")],
            message="public IP address `93…34` in an answer",
            fixed=[_row("Who logged in?", "Failed password for root from <IP_1> port 22")],
        ),
        Bad(
            _row("Ping 2a00:1450:4009:80b::200e", "64 bytes"),
            at=[(1, "/messages/0/content")],
            fixed=[_row("Ping <IP_1>", "64 bytes")],
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        from ftprep.privacy.personal_findings import personal_rows

        return personal_rows(self, shard)

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.privacy.personal_findings import personal_findings

        yield from personal_findings(self, record)
