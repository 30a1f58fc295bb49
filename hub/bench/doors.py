"""How many messages a second a channel keeps and understands, beside the kind ``http``.

The same residents say the same to both, in the same run and store, half of the ``http`` kind's
before and half after. What providers post goes through the web process; what pollers fetch is
handed on as by them, and so is what the ``http`` kind is compared by then.
"""

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

import msgspec

import channels
from hub.bench.figures import percentile_ms
from hub.bench.house import House, house
from hub.bench.intake import CONNECTIONS, Acked, acked, understood
from hub.ports.channel import RawRequest
from hub.seeding.data import topics

MESSAGES = 2000
BASE = "http"
POSTED = frozenset({"GET", "POST"})


async def measure(kind: str, messages: int = MESSAGES) -> dict[str, Any]:
    """``messages`` of ``kind``, as many by ``http``, from as many residents as messages."""
    dice = Random(1842)  # noqa: S311
    trials = channels.trials()
    texts = [text for topic in topics().topic for text in topic.first]
    said = [dice.choice(texts) for _ in range(messages)]
    made = {
        name: [
            trials[name].request(account(name), number, number, text, datetime.now(UTC))
            for number, text in enumerate(said)
        ]
        for name in {kind, BASE}
    }
    polled = made[kind][0].method not in POSTED
    half = messages // 2
    tables = "".join(table(name, trials[name].OPTIONS) for name in made)
    async with house(tables) as own, own.hub("web") as web:

        async def turn(requests: Sequence[RawRequest]) -> tuple[Acked, float]:
            kept = (
                await handed_on(own, requests)
                if polled
                else await acked(own, web.pid, map(posted, requests))
            )
            done = await understood(own, len(requests), requests[0].account)
            return kept, done["seconds"]

        if kind == BASE:
            kept, seconds = await turn(made[kind])
            base = [(kept, seconds)]
        else:
            before = await turn(made[BASE][:half])
            kept, seconds = await turn(made[kind])
            base = [before, await turn(made[BASE][half:])]
    base_acked = messages / sum(len(one.times) / one.per_s for one, _ in base)
    base_understood = messages / sum(seconds for _, seconds in base)
    size = sum(len(one.body) + len(one.query) for one in made[kind])
    return {
        "channel": kind,
        "acked_per_s": round(kept.per_s),
        "http_acked_per_s": round(base_acked),
        "acked_ratio": round(kept.per_s / base_acked, 2),
        "ack_p50_ms": percentile_ms(kept.times, 0.5),
        "ack_p99_ms": percentile_ms(kept.times, 0.99),
        "understood_per_s": round(messages / seconds),
        "http_understood_per_s": round(base_understood),
        "understood_ratio": round(messages / seconds / base_understood, 2),
        "megabytes_per_s": round(size / 1e6 / (messages / kept.per_s), 3),
        "understood_megabytes_per_s": round(size / 1e6 / seconds, 3),
        "messages": messages,
    }


def account(kind: str) -> str:
    """How an account of this kind is called here."""
    return kind.replace("_", "-")


def table(kind: str, options: Mapping[str, object]) -> str:
    """Its `[[channel]]`; JSON says strings, numbers and lists as TOML does."""
    lines = [f"{key} = {_toml(value)}\n" for key, value in options.items()]
    return f'[[channel]]\nid = "{account(kind)}"\nkind = "{kind}"\n{"".join(lines)}'


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        inside = ", ".join(f"{json.dumps(key)} = {_toml(one)}" for key, one in value.items())
        return f"{{ {inside} }}"
    return json.dumps(value, ensure_ascii=False)


def posted(raw: RawRequest) -> bytes:
    """The request as it goes over the wire."""
    headers = {"host": "127.0.0.1", "content-length": str(len(raw.body)), **raw.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    query = f"?{raw.query}" if raw.query else ""
    return f"{raw.method} {raw.path}{query} HTTP/1.1\r\n{head}\r\n".encode() + raw.body


async def handed_on(own: House, requests: Sequence[RawRequest]) -> Acked:
    """Keep these as a poller does."""
    running = await asyncio.create_subprocess_exec(
        *own.program("hub.bench.accepting", str(CONNECTIONS)), env=own.env, stdin=PIPE, stdout=PIPE
    )
    out, _ = await running.communicate(msgspec.json.encode(list(requests)))
    found = json.loads(out)
    return Acked(found["times"], len(requests) / found["seconds"], found["cpu"])
