"""An answer to a resident as submit_sm: one for each part, or one with the whole in its payload."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence

from channels.smpp import pdu, wire
from channels.smpp.pdu import Message
from channels.smpp.session import Away, NoAnswer, Session
from hub.domain.message import Accepted, Deferred, Outbound, Outcome, Rejected, Unsure
from hub.sms import alphabet, reasons, udh
from hub.sms.length import coding_of, split

AGAIN, AGAIN_THROTTLED = 10.0, 5.0
PATIENCE = 5
"""Times that a later part is tried again, a second apart, when the centre is throttled."""
OF_A_CASE = re.compile(r"\d{1,15}-\d{1,9}")
FINAL, FAILURE = 1, 2
"""registered_delivery: tell how it ended; tell only if it failed."""
INTERNATIONAL, NAME, SHORT = (1, 1), (5, 0), (3, 0)
LONGEST_SHORT = 6


def messages(out: Outbound, text: str, sender: str, *, payload: bool) -> list[Message]:
    """What is submitted, in order. Only the last part tells how it ended: the others tell if they
    failed."""
    parts = [text] if payload else split(text)
    wide = coding_of(text) == "ucs2"
    ref = hashlib.blake2b(out.id.encode(), digest_size=1).digest()[0]
    ton, npi = _kind_of(sender)
    found = []
    for index, part in enumerate(parts, 1):
        data = part.encode("utf-16-be") if wide else alphabet.encode(part)
        header = udh.header(ref, len(parts), index) if len(parts) > 1 else b""
        wants = (FINAL if index == len(parts) else FAILURE) if OF_A_CASE.fullmatch(out.id) else 0
        long = payload and len(data) > (140 if wide else 160)
        found.append(
            Message(
                source=sender,
                source_ton=ton,
                source_npi=npi,
                to=out.to.to.removeprefix("+"),
                to_ton=INTERNATIONAL[0],
                to_npi=INTERNATIONAL[1],
                # Without the indicator a centre reads the header as words.
                esm=pdu.UDHI if header else 0,
                dcs=8 if wide else 0,
                wants=wants,
                data=b"" if long else header + data,
                tlvs={pdu.PAYLOAD: data} if long else {},
            )
        )
    return found


def _kind_of(sender: str) -> tuple[int, int]:
    digits = sender.removeprefix("+")
    if not digits.isdigit():
        return NAME if sender else (0, 0)
    return SHORT if len(digits) <= LONGEST_SHORT else INTERNATIONAL


async def submit(session: Session, parts: Sequence[Message]) -> Outcome:
    """Submit them in order and say what came of it."""
    ids: list[str] = []
    for part in parts:
        refusal = await _one(session, part, ids)
        if refusal is not None:
            return refusal
    return Accepted(tuple(ids))


async def _one(session: Session, part: Message, ids: list[str]) -> Outcome | None:
    for patience in range(PATIENCE, -1, -1):
        try:
            answer = await session.ask(pdu.SUBMIT_SM, pdu.written(part))
        except Away:
            return Rejected("partly_sent") if ids else Deferred("network", AGAIN, "account")
        except NoAnswer:
            return Unsure("network")
        status = answer.status
        if answer.command == pdu.GENERIC_NACK:
            status = status or pdu.SYSTEM_ERROR
        if status == pdu.OK:
            if id := pdu.cstring(answer.body):
                ids.append(wire.external_id(id, part.to))
            return None
        if ids and patience and status in reasons.LATER:
            await asyncio.sleep(1)
            continue
        return _refused(status, ids)
    raise AssertionError("the last try returns")


def _refused(status: int, ids: Sequence[str]) -> Outcome:
    said = f"0x{status:08x}"
    if ids:
        return Rejected("partly_sent", said)
    if status in reasons.LATER:
        return Deferred("rate_limit", AGAIN_THROTTLED, "account")
    if status in reasons.TROUBLE:
        return Deferred("server", AGAIN)
    return Rejected(reasons.of_status(status), said)
