"""Saying something to a resident: uploads first, then one message after the other."""

from __future__ import annotations

import asyncio

from channels.max import plan
from channels.max.api import Api, Cut, Refused, Unreached
from channels.max.outcome import AFTER_FILES, not_ready, outcome
from channels.max.uploads import Unread, Uploads
from hub.domain.message import (
    Accepted,
    Deferred,
    Outbound,
    Outcome,
    Rejected,
    Unsure,
)

# How many seconds a message of several parts waits in the middle rather than break off, and how
# long it looks again whether MAX is ready with its files.
PATIENCE = 5.0
LOOK_AGAIN = 0.5


class Sending:
    """Sends for one account."""

    def __init__(self, api: Api, uploads: Uploads, patience: float = PATIENCE) -> None:
        self._api = api
        self._uploads = uploads
        self._patience = patience

    async def send(self, out: Outbound) -> Outcome:
        """Send, in as many messages as it takes; `external_ids` name all of them."""
        if any(file.size > plan.LARGEST for file in out.files):
            return Rejected("file_size")
        if out.edit:
            return await self._change(out)
        steps = plan.plan(out)
        if not steps:
            return Accepted()
        tokens = await self._tokens(out)
        if not isinstance(tokens, dict):
            return tokens
        made: list[str] = []
        for step in steps:
            told = await self._say(out, step.body(tokens), begun=bool(made))
            if isinstance(told, str):
                made.append(told)
                continue
            if made and isinstance(told, Deferred):
                # Sent again as a whole, its beginning would stand there twice.
                told = Unsure("partly_sent")
            if not isinstance(told, Deferred):
                self._uploads.forget(out.id)
            return told
        self._uploads.forget(out.id)
        return Accepted(tuple(made))

    async def _change(self, out: Outbound) -> Outcome:
        try:
            answer = await self._api.object(
                "PUT", "/messages", {"message_id": out.edit}, plan.edited(out)
            )
        except (Unreached, Cut, Refused) as error:
            return outcome(error, harmless=True)
        if answer.get("success") is False:
            # After a day a message stays as it is.
            return Rejected("message_gone", str(answer.get("message") or "")[:300])
        return Accepted((out.edit,))

    async def _tokens(self, out: Outbound) -> dict[str, str] | Outcome:
        """Upload what goes along. Nothing is said before all of it is there."""
        tokens: dict[str, str] = {}
        for file in out.files:
            try:
                tokens[file.id] = await self._uploads.token(out.id, file)
            except Unread:
                return Deferred("file_read", AFTER_FILES)
            except (Unreached, Cut, Refused) as error:
                told = outcome(error, harmless=True)
                if isinstance(told, Rejected) and told.reason != "file_size":
                    # Nothing was said to anybody yet: it is the file that was refused.
                    told = Rejected("refused", told.detail)
                return told
        return tokens

    async def _say(self, out: Outbound, body: dict[str, object], *, begun: bool) -> str | Outcome:
        """Send one message; its name, or what became of it."""
        loop = asyncio.get_running_loop()
        until, pause = loop.time() + self._patience, LOOK_AGAIN
        while True:
            try:
                answer = await self._api.object("POST", "/messages", {"user_id": out.to.to}, body)
                return _mid(answer) or Unsure("network")
            except Refused as refused:
                if body.get("link") and _quoted_gone(refused):
                    # A resident may have deleted what we quote: the answer goes out all the same.
                    body = {**body, "link": None}
                    continue
                told = outcome(refused)
                waits = not_ready(refused) or (begun and isinstance(told, Deferred))
                wait = pause if not_ready(refused) else getattr(told, "after", pause)
                if not waits or loop.time() + wait > until:
                    return told
                await asyncio.sleep(wait)
                pause *= 2
            except (Unreached, Cut) as error:
                return outcome(error)


def _mid(answer: dict[str, object]) -> str:
    message = answer.get("message")
    body = message.get("body") if isinstance(message, dict) else None
    mid = body.get("mid") if isinstance(body, dict) else None
    return mid if isinstance(mid, str) else ""


def _quoted_gone(refused: Refused) -> bool:
    """What the message answers is not there (any more). Nothing was sent."""
    said = f"{refused.code} {refused.message}".lower()
    return refused.status in {400, 404} and ("message.not.found" in said or "link" in said)
