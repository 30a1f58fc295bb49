"""All conversations at once in one hub: subjects, senders and ids meet, and nothing strays, whether
mails are understood one by one or wait for each other in heaps."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.corpora.mail.conversations import Conversation, conversations
from tests.corpora.mail.letters import Sent, moment, write
from tests.support.mailworld import MailWorld


@pytest.mark.parametrize("together", [1, 12])
async def test_no_mail_strays_among_all_the_others(together: int) -> None:
    world = MailWorld()
    await world.group("north")
    emma = await world.staff("emma", bot=False)
    talks = conversations()
    order = sorted(
        (moment(talk, number), at, number)
        for at, talk in enumerate(talks)
        for number in range(len(talk.letters))
    )
    sent: list[dict[int, Sent]] = [{} for _ in talks]
    cases: dict[str, set[int]] = {}
    owners: dict[int, str] = {}
    waiting: list[tuple[Conversation, int, bytes]] = []

    async def understood() -> None:
        await world.settle()
        for talk, number, raw in waiting:
            letter, matter = talk.letters[number], talk.matter(number)
            case = await world.case_of(raw)
            assert case is not None, f"{talk.name} {number} is lost"
            assert owners.setdefault(case.number, matter) == matter, f"{talk.name} {number} strayed"
            if cases.get(matter) and not letter.may_split:
                assert case.number in cases[matter], f"{talk.name} {number} has a case of its own"
            cases.setdefault(matter, set()).add(case.number)
        waiting.clear()

    for when, at, number in order:
        talk = talks[at]
        letter, matter = talk.letters[number], talk.matter(number)
        world.clock.time = max(world.clock.time, when) + timedelta(seconds=1)
        if letter.by == "house":
            await understood()
            about = max(cases[matter])
            key = f"{talk.name}-{number}"
            await world.services.replies.send(about, emma, letter.text, key=key)
            await world.settle()
            raw = world.delivered()
        else:
            raw = write(talk, number, sent[at])
            await world.fetched(raw)
            waiting.append((talk, number, raw))
            if len(waiting) >= together:
                await understood()
        sent[at][number] = Sent.of(raw)
    await understood()
    assert len(cases) == len({talk.matter(n) for talk in talks for n in range(len(talk.letters))})
