"""What servers say of a mail that did not arrive, in the hub's words."""

from __future__ import annotations

import pytest

from channels.email.reports import reason


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        ("5.1.1", "", "mailbox_missing"),
        ("", "550 No such user here", "mailbox_missing"),
        ("5.0.0", "user unknown", "mailbox_missing"),
        ("5.2.2", "", "mailbox_full"),
        ("", "over quota", "mailbox_full"),
        ("5.3.4", "", "mail_too_large"),
        ("5.7.26", "DMARC", "mail_policy"),
        ("5.4.4", "unable to route", "mail_unreachable"),
        ("4.4.7", "expired", "mail_unreachable"),
        ("5.0.0", "no", "refused"),
        ("", "", "refused"),
    ],
)
def test_a_code_or_words_have_a_meaning(status: str, said: str, expected: str) -> None:
    assert reason(status, said) == expected
