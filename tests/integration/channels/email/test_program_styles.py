"""What somebody typed is what is shown, in every program's style; what their program put below it
stands one click away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from channels.email.wire.mail import Mail, read
from tests.corpora.mail.conversations import Conversation, conversations
from tests.corpora.mail.letters import Sent, answer, write
from tests.corpora.mail.styles import STYLES

by_talk = pytest.mark.parametrize("talk", conversations(), ids=lambda talk: talk.name)


def case_of(talk: Conversation, number: int) -> int:
    """A number for the case of the letter's matter."""
    matters = [talk.matter(one) for one in range(len(talk.letters))]
    return 70 + matters.index(talk.matter(number))


def letters(talk: Conversation) -> Iterator[tuple[int, Mail, dict[int, Sent]]]:
    """Every mail of it, read, with what was sent before."""
    sent: dict[int, Sent] = {}
    for number, letter in enumerate(talk.letters):
        case = case_of(talk, number)
        raw = (
            answer(talk, number, sent, case) if letter.by == "house" else write(talk, number, sent)
        )
        sent[number] = Sent.of(raw)
        yield number, read(raw), sent


@by_talk
def test_shown_is_what_was_typed(talk: Conversation) -> None:
    for number, mail, _ in letters(talk):
        letter = talk.letters[number]
        if letter.how == "forward":
            # What is passed on is new to who gets it, so none of it is cut.
            about = talk.letters[talk.answers(number) or 0]
            assert mail.text.startswith(letter.text)
            assert about.text.splitlines()[0] in mail.text
            assert mail.forwarded
        else:
            assert mail.text == letter.text
            assert not mail.forwarded


@by_talk
def test_quote_holds_what_was_answered(talk: Conversation) -> None:
    for number, mail, _ in letters(talk):
        letter = talk.letters[number]
        about = talk.answers(number)
        if letter.by == "resident" and letter.how == "reply" and letter.quote and about is not None:
            assert talk.letters[about].text.split("\n")[-1] in mail.quote.replace("> ", "")


@by_talk
def test_names_of_the_conversation_are_read(talk: Conversation) -> None:
    for number, mail, sent in letters(talk):
        letter = talk.letters[number]
        about = talk.answers(number)
        if "message_id" not in letter.lost:
            assert sent[number].message_id == f"<{mail.message_id}>"
        if about is None or letter.how != "reply" or not sent[about].message_id:
            continue
        if "in_reply_to" not in letter.lost:
            assert mail.in_reply_to == (sent[about].message_id.strip("<>"),)
        if "references" not in letter.lost:
            assert mail.references[0] == sent[about].message_id.strip("<>")
        answered = letter.by == "resident" and talk.letters[about].by == "house"
        if answered and not letter.subject and "number" not in letter.lost:
            assert case_of(talk, about) in mail.numbers
        if answered and "plus" not in letter.lost:
            assert [(one.base, one.token) for one in mail.plus if one.envelope] == [
                ("case@uk.example", str(case_of(talk, about)))
            ]


@by_talk
def test_mails_are_told_apart_by_fingerprint(talk: Conversation) -> None:
    """Also those that have no id, or one that was used before."""
    found = [mail.fingerprint for _, mail, _ in letters(talk)]
    assert len(set(found)) == len(found)


def test_set_is_as_large_and_as_mixed_as_promised() -> None:
    talks = conversations()
    assert len(talks) >= 60
    assert len({talk.name for talk in talks}) == len(talks)
    used = {letter.client or talk.client for talk in talks for letter in talk.letters}
    assert used == set(STYLES)
    assert sum(any(letter.matter for letter in talk.letters) for talk in talks) >= 12
    assert {one for talk in talks for letter in talk.letters for one in letter.lost} == {
        "message_id", "in_reply_to", "references", "plus", "number", "date",
    }  # fmt: skip
