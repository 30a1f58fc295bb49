"""Signed messages for the account kind ``http``, as whole HTTP requests."""

import hmac
import json
from collections.abc import Iterable
from random import Random
from time import time

from hub.bench.hammer import BY_LENGTH
from hub.seeding.data import topics

ACCOUNT = "bench"
SECRET = "a secret of the measurement alone"  # noqa: S105


def accounts(name: str = ACCOUNT) -> str:
    """The table of hub.toml for a door of this name."""
    return f'[[channel]]\nid = "{name}"\nkind = "http"\nsecret = "{SECRET}"\n'


TEXT = topics().topic[0].first[0]


def body(number: str, sender: str, text: str) -> bytes:
    message = {"id": number, "from": {"external_id": sender}, "text": text}
    return json.dumps(message, ensure_ascii=False).encode()


def bodies(count: int, senders: int, round_: str, dice: Random) -> list[bytes]:
    """``count`` messages, each next one of another of ``senders`` residents."""
    texts = [text for topic in topics().topic for text in topic.first]
    return [
        body(f"{round_}-{number}", f"resident-{number % senders}", dice.choice(texts))
        for number in range(count)
    ]


def signed(body: bytes) -> dict[str, str]:
    timestamp = str(int(time()))
    digest = hmac.digest(SECRET.encode(), timestamp.encode() + b"." + body, "sha256").hex()
    return {"X-Hub-Timestamp": timestamp, "X-Hub-Signature": f"sha256={digest}"}


def request(body: bytes) -> bytes:
    headers = {
        "Host": "127.0.0.1",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **signed(body),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /in/{ACCOUNT} HTTP/1.1\r\n{head}\r\n".encode() + body


def packed(requests: Iterable[bytes]) -> bytes:
    """As hammer reads them."""
    return b"".join(len(one).to_bytes(BY_LENGTH, "big") + one for one in requests)
