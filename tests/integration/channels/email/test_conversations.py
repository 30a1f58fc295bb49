"""Conversations by mail: every mail belongs where its writer meant it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.corpora.mail.conversations import Conversation, conversations
from tests.corpora.mail.letters import Sent, moment, write
from tests.support.mailworld import MailWorld


@pytest.mark.parametrize("talk", conversations(), ids=lambda talk: talk.name)
async def test_no_mail_goes_to_another_matter(talk: Conversation) -> None:
    world = MailWorld()
    await world.group("north")
    emma = await world.staff("emma", bot=False)
    sent: dict[int, Sent] = {}
    cases: dict[str, set[int]] = {}
    for number, letter in enumerate(talk.letters):
        world.clock.time = moment(talk, number) + timedelta(seconds=30)
        matter = talk.matter(number)
        if letter.by == "house":
            about = max(cases[matter])
            await world.services.replies.send(about, emma, letter.text, key=f"r{number}")
            await world.settle()
            raw = world.delivered()
        else:
            raw = write(talk, number, sent)
            await world.take(raw)
            case = await world.case_of(raw)
            assert case is not None, "lost"
            before = {one for other, held in cases.items() if other != matter for one in held}
            assert case.number not in before, "in another matter's case"
            if cases.get(matter) and not letter.may_split:
                assert case.number in cases[matter], "a case of its own"
            cases.setdefault(matter, set()).add(case.number)
        sent[number] = Sent.of(raw)
