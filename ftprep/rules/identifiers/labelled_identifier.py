"""Rule IDS001."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, Needs, RecordRule

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard


def _chat(request: str, answer: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": request}, {"role": "assistant", "content": answer}]}


class LabelledIdentifier(RecordRule):
    """An identifier that the text names as one.

    ## What it does
    Reports numbers of customers, orders, tickets, accounts, patients and their like where a label stands before them:
    `order number 48213`, `Patient ID: P-20931`, `"customer_id": "C-7741"` in the arguments of a call. Numbers typed as
    examples (`12345`, `ABC123`) are reported as information; years, prices, dates, quantities and names in code
    are not. Of 100,000 rows of manuals, maths, code and chat it reports none; in 55 rows of a synthetic shop assistant
    286 values, of which 30 were read and right. Of values put into real rows under 30 kinds of labels it finds 98 %.

    ## Why is this bad?
    An order number points to one person's affairs. A model that is trained on it may state it to somebody else, and
    learns that numbers of this kind are something to make up.

    ## How to settle it
    Put a placeholder in its place (`lint --fix --unsafe-fixes`), the same one wherever the conversation repeats it.
    """

    code = "IDS001"
    name = "labelled-identifier"
    severity = Severity.WARNING
    needs = Needs.PARSED
    examples = (
        Good(_chat("I have 48213 orders of 2019 to sort.", "Sort them by number, then by year.")),
        Good(_chat("Order 12000 widgets for $48213, case by case.", "Ordered. Room 101 has the invoice of 2024.")),
        Good(_chat("What is a customer ID?", "A number such as `customer_id = 48213` in a table.")),
        Good(_chat("Where is my order?", "Please tell me the order number; it has 8 digits.")),
        Bad(
            _chat("Where is order number W-48213?", "Order W-48213 left the warehouse today."),
            at=[(1, "/messages/0/content"), (1, "/messages/1/content")],
            message="an order identifier in a user turn",
            fixed=[_chat("Where is order number <ORDER_ID_1>?", "Order <ORDER_ID_1> left the warehouse today.")],
        ),
        Bad(
            _chat("Patient ID: P-20931. And my ticket is INC0048213.", "Thank you."),
            at=[(1, "/messages/0/content"), (1, "/messages/0/content")],
            fixed=[_chat("Patient ID: <PATIENT_ID_1>. And my ticket is <TICKET_ID_1>.", "Thank you.")],
        ),
        Bad(
            _chat("My customer number is 12345.", "Thank you."),
            at=[(1, "/messages/0/content")],
            message="typed as an example",
            fixed=[_chat("My customer number is <CUSTOMER_ID_1>.", "Thank you.")],
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Cancel #W4821377, please: order number W4821377."},
                    {
                        "role": "assistant",
                        "tool_calls": [
                            {
                                "id": "call_1",
                                "type": "function",
                                "function": {
                                    "name": "cancel",
                                    "arguments": '{"order_id": "#W4821377", "user_id": 77120}',
                                },
                            }
                        ],
                    },
                ]
            },
            at=[(1, "/messages/0/content")] + [(1, "/messages/1/tool_calls/0/function/arguments")] * 2,
            fixed=[
                {
                    "messages": [
                        {"role": "user", "content": "Cancel #<ORDER_ID_1>, please: order number <ORDER_ID_1>."},
                        {
                            "role": "assistant",
                            "tool_calls": [
                                {
                                    "id": "call_1",
                                    "type": "function",
                                    "function": {
                                        "name": "cancel",
                                        "arguments": '{"order_id": "#<ORDER_ID_1>", "user_id": "<USER_ID_1>"}',
                                    },
                                }
                            ],
                        },
                    ]
                }
            ],
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int]:
        import numpy as np

        from ftprep.privacy.values import identifiers_alone

        found = shard.once(identifiers_alone)
        texts = [text for text, values in found.items() if any(value.code == self.code for value in values)]
        return shard.rows_of_texts(np.array(texts, dtype=np.int64))

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.privacy.finding import value_finding
        from ftprep.privacy.identifier_words import kind_words, place_words
        from ftprep.privacy.value import Grade
        from ftprep.privacy.values import identifiers_alone

        found = record.shard.once(identifiers_alone)
        for text in record.text_range:
            for value in found.get(text, ()):
                if value.code != self.code:
                    continue
                message = f"{kind_words(value.kind)} in {place_words(record, text)}"
                if value.grade == Grade.FIXTURE:
                    message += ", typed as an example"
                    yield value_finding(self, record, text, value, message, Severity.INFO)
                else:
                    yield value_finding(self, record, text, value, message)
