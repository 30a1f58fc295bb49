"""A short message service centre on PyPI smpp34: what it sends is sent again until it was taken."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import smpp34

from tests.support.ports import free_port


def plain(number: int) -> str:
    return str(number)


@dataclass
class Submitted:
    """One submit_sm as it came."""

    source: str
    to: str
    esm: int
    dcs: int
    wants: int
    data: bytes
    tlvs: dict[int, bytes]
    id: str = ""


@dataclass
class Centre:
    """`id_said` spells an id in the answer, `id_told` in the receipt. Numbers ending in 00 fail,
    in 99 are refused, in 88 are throttled once. `binds` counts who came to listen, `repeated` the
    deliveries that had to be tried again. A centre that is not `prompt` keeps its receipts until
    `tell`: smpp34 may write a receipt before the answer to what it is about, and Kannel drops a
    receipt of what it does not know yet."""

    id_said: Callable[[int], str] = plain
    id_told: Callable[[int], str] = plain
    tlv: bool = True
    prompt: bool = True
    port: int = field(default_factory=free_port)
    submitted: list[Submitted] = field(default_factory=list)
    receipts: int = 0
    binds: int = 0
    repeated: int = 0

    def __post_init__(self) -> None:
        self._ids = itertools.count(700001)
        self._sessions: dict[str, Any] = {}
        self._waiting: list[dict[str, Any]] = []
        self._untold: list[dict[str, Any]] = []
        self._throttled: set[str] = set()
        self._server: Any = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = smpp34.Server("127.0.0.1", self.port, system_id="CENTRE")
        await self._server.start()
        self._own(self._serve(self._server))

    async def stop(self) -> None:
        """Dies as a process does: connections end without a word."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        self._sessions.clear()
        if self._server is not None:
            await self._server.stop()
            self._server = None

    @property
    def bound(self) -> int:
        return sum(bool(one.can_receive) for one in self._sessions.values())

    def deliver(self, **pdu: Any) -> None:
        """Deliver to whoever is bound, again and again until it is confirmed."""
        pdu = {"source_addr_ton": 1, "source_addr_npi": 1, **pdu}
        self._waiting.append(pdu)
        self._own(self._deliver(pdu))

    def tell(self) -> None:
        """Deliver the receipts that were kept."""
        while self._untold:
            self.deliver(**self._untold.pop(0))

    @property
    def waiting(self) -> int:
        """What nobody has confirmed."""
        return len(self._waiting)

    async def _deliver(self, pdu: dict[str, Any]) -> None:
        while True:
            session = next((one for one in self._sessions.values() if one.can_receive), None)
            if session is not None:
                try:
                    async with asyncio.timeout(60):
                        answer = await session.deliver_sm(**pdu)
                    if answer.is_success:
                        self._waiting.remove(pdu)
                        return
                except (smpp34.SmppError, TimeoutError, OSError, RuntimeError):
                    pass
                self.repeated += 1
            await asyncio.sleep(0.1)

    def _own(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, server: Any) -> None:
        while True:
            event = await server.next()
            if isinstance(event, smpp34.Esme):
                self._sessions[event.session_id] = event
                self.binds += bool(event.can_receive)
            elif isinstance(event, smpp34.Unbound):
                self._sessions.pop(event.session_id, None)
            else:
                self._submit(event)

    def _submit(self, event: Any) -> None:
        if event.destination_addr.endswith("99"):
            event.reject(smpp34.ESME_RINVDSTADR)
            return
        if event.destination_addr.endswith("88") and event.destination_addr not in self._throttled:
            self._throttled.add(event.destination_addr)
            event.reject(smpp34.ESME_RTHROTTLED)
            return
        number = next(self._ids)
        told = Submitted(
            event.source_addr,
            event.destination_addr,
            event.esm_class,
            event.data_coding,
            event.registered_delivery,
            bytes(event.short_message),
            {one.tag: bytes(one.value) for one in event.tlvs},
            self.id_said(number),
        )
        self.submitted.append(told)
        event.accept(told.id)
        failed = told.to.endswith("00")
        if told.wants & 1 or (told.wants & 2 and failed):
            self._receipt(told, number, failed)

    def _receipt(self, told: Submitted, number: int, failed: bool) -> None:
        self.receipts += 1
        now = time.strftime("%y%m%d%H%M")
        state, err, code = ("UNDELIV", "001", 5) if failed else ("DELIVRD", "000", 2)
        spelled = self.id_told(number)
        text = (
            f"id:{spelled} sub:001 dlvrd:001 submit date:{now} done date:{now} "
            f"stat:{state} err:{err} text:"
        )
        tlvs = [
            smpp34.Tlv(smpp34.TLV_RECEIPTED_MESSAGE_ID, spelled.encode() + b"\0"),
            smpp34.Tlv(smpp34.TLV_MESSAGE_STATE, bytes([code])),
        ]
        receipt = {
            "source_addr": told.to,
            "destination_addr": told.source,
            "esm_class": 0x04,
            "short_message": text.encode(),
            "tlvs": tlvs if self.tlv else [],
        }
        if self.prompt:
            self.deliver(**receipt)
        else:
            self._untold.append(receipt)
