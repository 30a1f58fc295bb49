"""A mailbox at Dovecot: residents' mails come in by LMTP, answers leave for a server of ours."""

from __future__ import annotations

import asyncio
import email
import email.policy
import os
import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Sequence
from email.utils import format_datetime
from typing import Any

from aiosmtpd.smtp import SMTP

from tests.chaos.doors import RESIDENTS, clock
from tests.peers.mail.dovecot import PASSWORD, PATH, Dovecot
from tests.support.mailworld import written

HOUSE = "case@uk.test"
TABLE = """
[[channel]]
id = "mail"
kind = "email"
address = "{house}"
imap = "imap://{house}:{password}@127.0.0.1:{imap}/INBOX"
smtp = "smtp://127.0.0.1:{smtp}"
"""


class Letters:
    """The residents' server: takes mails, and now and then its word about one is lost."""

    def __init__(self, rng: random.Random) -> None:
        self.came: Counter[str] = Counter()
        self.answers: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._rng = rng

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        name = str(mail["Message-ID"]).strip("<> ")
        self.came[name.partition(".")[0]] += 1
        back = str(mail["Reply-To"] or mail["From"])
        self.answers[envelope.rcpt_tos[0]].append((name, back.rpartition("<")[2].strip("> ")))
        if self._rng.random() < 0.03:
            server.transport.abort()
        return "250 2.0.0 queued"


class Mailbox:
    """See tests.chaos.peers. A repeat is a mail that was brought twice."""

    kind, account, role = "email", "mail", "bots"

    def __init__(self, rng: random.Random) -> None:
        self.said: set[str] = set()
        self.repeats = 0
        self._rng = rng
        self._dovecot = Dovecot()
        self._letters = Letters(rng)
        self._sink: asyncio.Server | None = None
        self._unread = 0
        self._last: dict[str, str] = {}
        self._belongs: dict[str, int] = {}

    @staticmethod
    def missing() -> list[str]:
        """What would be needed."""
        names = [name for name in ("dovecot", "doveadm") if not shutil.which(name, path=PATH)]
        return names or ([] if os.geteuid() == 0 else ["root, under whom dovecot is started"])

    async def start(self) -> str:
        await self._dovecot.start()
        self._sink = await asyncio.get_running_loop().create_server(
            lambda: SMTP(self._letters, hostname="mx.resident.test"), "127.0.0.1", 0
        )
        smtp = self._sink.sockets[0].getsockname()[1]
        return TABLE.format(house=HOUSE, password=PASSWORD, imap=self._dovecot.imap, smtp=smtp)

    async def stop(self) -> None:
        if self._sink is not None:
            self._sink.close()
        await self._dovecot.stop()

    def held(self) -> bool:
        """It holds whoever reads it from the first moment."""
        return bool(self.said)

    async def write(self, number: int) -> None:
        """A new one, one more, or an answer to an answer."""
        who = f"r{number % RESIDENTS}@resident.test"
        text, name = f"письмо {number}", f"{number}.chaos@resident.test"
        to, more = HOUSE, {"Date": format_datetime(clock())}
        answers, last = self._letters.answers[who], self._last.get(who)
        dice = self._rng.random()
        if answers and dice < 0.4:
            about, to = self._rng.choice(answers)
            more |= {"In_Reply_To": f"<{about}>", "References": f"<{about}>"}
            self._belongs[text] = int(about.partition("-")[0])
        elif last and dice < 0.8:
            more |= {"In_Reply_To": f"<{last}>", "References": f"<{last}>"}
        raw = written(text, sender=who, to=to, subject=f"Вопрос {number}", id=name, **more)
        times = 2 if self._rng.random() < 0.1 else 1
        self.repeats += times - 1
        for _ in range(times):
            await self._dovecot.deliver(to, raw, who)
        self._last[who] = name
        self.said.add(text)

    def busy(self) -> bool:
        """One was marked as read since we looked, and others are not yet."""
        before, self._unread = self._unread, self._dovecot.unread(HOUSE)
        return 0 < self._unread < before

    def confirmed(self) -> bool:
        """What was read is marked; `check` looks."""
        return True

    async def check(self, cases: Sequence[dict[str, Any]]) -> None:
        """All is marked as read; who answered an answer was understood so."""
        assert await self._dovecot.unseen(HOUSE) == 0
        for case in cases:
            for entry in case["whole"]:
                asked = self._belongs.get(entry["text"], case["_id"])
                assert asked == case["_id"], f"{entry['text']} of {asked} is in {case['_id']}"

    def times(self, name: str, text: str) -> int:
        """By its Message-ID."""
        return self._letters.came[name]
