"""Messages of made-up phones, as the listener hands them on; see hub.ports.trial."""

from __future__ import annotations

from datetime import datetime

from channels.smpp import pdu, wire
from hub.ports.channel import RawRequest

OPTIONS = {
    "host": "127.0.0.1",
    "port": 9,
    "system_id": "trial",
    "password": "of-trial",
}


def request(account: str, number: int, who: int, text: str, at: datetime) -> RawRequest:
    """A message in one deliver_sm."""
    said = pdu.Message(
        source=f"7916{who:07}",
        source_ton=1,
        source_npi=1,
        to="1234",
        dcs=8,
        tlvs={pdu.PAYLOAD: text.encode("utf-16-be")},
    )
    data = pdu.Pdu(pdu.DELIVER_SM, 0, number + 1, pdu.written(said)).encode()
    return wire.kept(account, f"trial-{number}", data, at)
