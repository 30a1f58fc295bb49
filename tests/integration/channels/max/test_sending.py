"""What a resident sees of what we send, and what we are told when it does not work."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from channels.max.api import Api
from channels.max.channel import PolledMax
from channels.max.sending import Sending
from channels.max.uploads import Uploads
from hub.domain.message import (
    Accepted,
    Button,
    Deferred,
    OutboundFile,
    Outcome,
    Rejected,
    Unsure,
)
from tests.integration.channels.max.conftest import (
    SVETLANA,
    StoredBytes,
    outbound,
    polled,
)
from tests.support.messenger.phone import MaxPhone
from tests.support.messenger.server import Fault, MaxServer
from tests.support.phone import Seen
from tests.support.samples import ogg, png


def stored(files: StoredBytes, name: str, mime: str, data: bytes) -> OutboundFile:
    files.held[name] = data
    return OutboundFile(id=name, name=name, mime=mime, size=len(data))


async def shown(phone: MaxPhone) -> list[Seen]:
    return [seen for seen in await phone.history() if seen.from_bot]


async def sent(channel: PolledMax, *args: Any, **more: Any) -> Accepted:
    outcome = await channel.send(outbound(*args, **more))
    assert isinstance(outcome, Accepted), outcome
    return outcome


async def test_markup_that_somebody_wrote_stays_what_it_is(
    phone: MaxPhone, channel: PolledMax
) -> None:
    await sent(channel, "<b>Дом</b> & *сад* _и_ [ссылка](x)", signature="УК «Уют»")
    assert [seen.text for seen in await shown(phone)] == [
        "<b>Дом</b> & *сад* _и_ [ссылка](x)\n\nУК «Уют»"
    ]


async def test_a_long_text_goes_in_parts_whose_names_all_come_back(
    phone: MaxPhone, channel: PolledMax
) -> None:
    paragraphs = "\n\n".join(f"{number}. {'слово ' * 150}".strip() for number in range(10))
    outcome = await sent(channel, paragraphs, buttons=((Button("Да", "ok"),),))
    seen = await shown(phone)
    assert [one.raw["mid"] for one in seen] == list(outcome.external_ids)
    assert len(seen) == 3
    assert "\n\n".join(one.text for one in seen) == paragraphs
    assert [one.buttons for one in seen] == [[], [], [["Да"]]]


async def test_files_go_as_what_they_are(
    phone: MaxPhone, channel: PolledMax, files: StoredBytes
) -> None:
    pictures = tuple(stored(files, f"{n}.png", "image/png", png(n + 5)) for n in range(3))
    rest = (
        stored(files, "акт «1».pdf", "application/pdf", b"%PDF-1.4 x"),
        stored(files, "v.ogg", "audio/ogg", ogg(2)),
        stored(files, "song.mp3", "audio/mpeg", b"ID3x"),
        stored(files, "film.mp4", "video/mp4", b"\0\0\0\x18ftypmp42"),
    )
    outcome = await sent(channel, "Готово", files=pictures + rest)
    seen = await shown(phone)
    kinds = [[one["type"] for one in message.raw["media"]] for message in seen]
    assert kinds == [["image"] * 3, ["file"], ["file"], ["audio"], ["video"]]
    assert [one.text for one in seen] == ["Готово", "", "", "", ""]
    assert len(outcome.external_ids) == 5
    assert await phone.fetch(seen[1]) == b"%PDF-1.4 x"
    assert seen[1].raw["media"][0]["filename"] == "акт «1».pdf"


async def test_files_without_words_bear_the_buttons(
    phone: MaxPhone, channel: PolledMax, files: StoredBytes
) -> None:
    picture = stored(files, "1.png", "image/png", png())
    await sent(channel, files=(picture,), buttons=((Button("Да", "ok:1"),),))
    (seen,) = await shown(phone)
    assert (seen.media, seen.buttons) == ("photo", [["Да"]])


async def test_what_asks_for_the_phone_stands_under_the_message(
    phone: MaxPhone, channel: PolledMax, messenger: MaxServer
) -> None:
    await sent(channel, "Оставьте", keyboard=((Button("Мой номер", ask="phone"),), (Button("Да"),)))
    (line,) = messenger.lines[SVETLANA.id]
    kinds = [[key["type"] for key in row] for row in line.keyboard]
    assert kinds == [["request_contact"], ["message"]]
    await sent(channel, "Спасибо", no_keyboard=True)


async def test_a_card_is_edited_in_place_and_the_same_again_is_fine(
    phone: MaxPhone, channel: PolledMax
) -> None:
    buttons = ((Button("Дополнить", "a"),),)
    card = (await sent(channel, "Принято", buttons=buttons)).external_ids[0]
    assert (await sent(channel, "В работе", edit=card, buttons=buttons)).external_ids == (card,)
    for _ in range(2):
        await sent(channel, "Готово", edit=card)
    assert [(one.text, one.edited, one.buttons) for one in await shown(phone)] == [
        ("Готово", True, [])
    ]


async def test_new_words_leave_files_and_buttons_where_they_are(
    phone: MaxPhone, channel: PolledMax, files: StoredBytes
) -> None:
    picture = stored(files, "1.png", "image/png", png())
    buttons = ((Button("👍", "g"),),)
    made = await sent(channel, "Сделано", files=(picture,), buttons=buttons)
    await sent(channel, "Сделано, фото", files=(picture,), edit=made.external_ids[0])
    (seen,) = await shown(phone)
    assert (seen.text, seen.media, seen.buttons) == ("Сделано, фото", "photo", [["👍"]])


async def test_a_quote_that_is_gone_does_not_keep_the_answer_back(
    phone: MaxPhone, channel: PolledMax
) -> None:
    said = await phone.say("Нет воды")
    await sent(channel, "Едем", in_reply_to=said.raw["mid"])
    assert (await shown(phone))[-1].reply == "Нет воды"
    await phone.delete(said)
    await sent(channel, "Едем", in_reply_to=said.raw["mid"])
    await sent(channel, "Видим", in_reply_to="forwarded:mid.1:2")
    assert [one.reply for one in await shown(phone)] == ["", "", ""]


async def test_a_file_too_large_is_refused_before_anything_is_sent(
    channel: PolledMax, messenger: MaxServer
) -> None:
    film = OutboundFile(id="f", name="f.mp4", mime="video/mp4", size=251 * 1024 * 1024)
    assert await channel.send(outbound("Вот", files=(film,))) == Rejected("file_size")
    assert messenger.calls == []


# ── trouble ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (
            {"status": 429, "code": "too.many.requests", "headers": {"Retry-After": "7"}},
            Deferred("rate_limit", 7.0, "account"),
        ),
        ({"status": 429, "text": "slow down"}, Deferred("rate_limit", 1.0, "account")),
        ({"status": 401, "code": "verify.token"}, Deferred("token", 60.0, "account")),
        ({"status": 403, "code": "verify.token"}, Deferred("token", 60.0, "account")),
        (
            {"status": 403, "code": "chat.denied", "message": "error.dialog.suspended"},
            Rejected("blocked", "chat.denied error.dialog.suspended", gone=True),
        ),
        ({"status": 403, "code": "access"}, Rejected("blocked", "access", gone=True)),
        (
            {"status": 404, "code": "user.not.found"},
            Rejected("no_chat", "user.not.found", gone=True),
        ),
        # A wrong address of the server, or what stands before it, is nothing of the resident's.
        ({"status": 404, "text": "<html>not here"}, Deferred("server", 60.0, "account")),
        ({"status": 403, "text": "<html>blocked"}, Deferred("server", 60.0, "account")),
        ({"status": 405, "code": "no"}, Rejected("unsupported", "no")),
        ({"status": 413, "text": "large"}, Rejected("file_size", "HTTP 413")),
        (
            {"status": 400, "code": "proto.payload", "message": "text: size must be 4000"},
            Rejected("too_long", "proto.payload text: size must be 4000"),
        ),
        ({"status": 400, "code": "proto.payload"}, Rejected("refused", "proto.payload")),
        ({"status": 302, "text": ""}, Deferred("server", 60.0, "account")),
        ({"status": 503, "text": ""}, Deferred("server", 1.0)),
        ({"status": 500, "code": "internal"}, Unsure("server")),
        ({"status": 502, "text": "<html>"}, Unsure("server")),
        ({"status": 504, "after": True}, Unsure("server")),
        ({"cut": True}, Unsure("network")),
        ({"cut": True, "after": True}, Unsure("network")),
        ({"status": 200, "text": "<html>"}, Unsure("network")),
        ({"status": 200, "text": "{}"}, Unsure("network")),
    ],
)
async def test_every_answer_has_its_meaning(
    channel: PolledMax, messenger: MaxServer, fault: dict[str, Any], outcome: Outcome
) -> None:
    messenger.fail("POST", "/messages", **fault)
    assert await channel.send(outbound("Добрый день")) == outcome


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"status": 500}, Deferred("server", 1.0)),
        (
            {"status": 404, "code": "message.not.found"},
            Rejected("message_gone", "message.not.found"),
        ),
        ({"status": 403, "code": "access"}, Rejected("message_gone", "access")),
        (
            {"status": 403, "code": "chat.denied"},
            Rejected("blocked", "chat.denied", gone=True),
        ),
        (
            {"status": 200, "text": '{"success":false,"message":"too old"}'},
            Rejected("message_gone", "too old"),
        ),
    ],
)
async def test_a_change_may_be_repeated(
    channel: PolledMax, messenger: MaxServer, fault: dict[str, Any], outcome: Outcome
) -> None:
    made = (await sent(channel, "Принято")).external_ids[0]
    messenger.fail("PUT", "/messages", **fault)
    assert await channel.send(outbound("В работе", edit=made)) == outcome


async def test_a_change_whose_answer_is_lost_is_made_again(
    phone: MaxPhone, channel: PolledMax, messenger: MaxServer
) -> None:
    made = (await sent(channel, "Принято")).external_ids[0]
    for _ in range(2):
        messenger.fail("PUT", "/messages", cut=True, after=True)
    assert await channel.send(outbound("В работе", edit=made)) == Deferred("network", 1.0)
    await sent(channel, "В работе", edit=made)
    assert [one.text for one in await shown(phone)] == ["В работе"]


async def test_nobody_listens(files: StoredBytes, messenger: MaxServer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nowhere = Api("token", f"http://127.0.0.1:{taken.getsockname()[1]}")
        uploads = Uploads(nowhere, lambda file: files.read(file.id), frozenset())
        outcome = await Sending(nowhere, uploads).send(outbound("Добрый день"))
    assert outcome == Deferred("network", 3.0, "account")
    await uploads.close()
    await nowhere.close()


async def test_a_wrong_token_refuses_no_message(messenger: MaxServer, files: StoredBytes) -> None:
    channel = polled(messenger, files, "another")
    assert await channel.send(outbound("Добрый день")) == Deferred("token", 60.0, "account")
    await channel.close()


async def test_who_never_wrote_cannot_be_written_to(channel: PolledMax) -> None:
    outcome = await channel.send(outbound("Добрый день", to=1))
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.gone) == ("no_chat", True)


async def test_what_breaks_off_in_the_middle_is_uncertain(
    phone: MaxPhone, channel: PolledMax, messenger: MaxServer
) -> None:
    """Sent again as a whole, its beginning would stand there twice."""
    text = "\n\n".join("слово " * 600 for _ in range(2))
    messenger.fail("POST", "/messages", status=429, after=False, headers={"Retry-After": "9"})
    messenger.faults[("POST", "/messages")].insert(0, _fine())
    assert await channel.send(outbound(text)) == Unsure("partly_sent")
    assert len(await shown(phone)) == 1


async def test_a_short_pause_in_the_middle_is_waited_for(
    phone: MaxPhone, channel: PolledMax, messenger: MaxServer
) -> None:
    channel._sending._patience = 5.0
    text = "\n\n".join("слово " * 600 for _ in range(2))
    messenger.fail("POST", "/messages", status=429)
    messenger.faults[("POST", "/messages")].insert(0, _fine())
    assert len((await sent(channel, text)).external_ids) == 2
    assert len(await shown(phone)) == 2


def _fine() -> Fault:
    """Nothing goes wrong with this call."""
    gate = asyncio.Event()
    gate.set()
    return Fault(gate=gate)


# ── files on their way ───────────────────────────────────────────────────────────────────────────


async def test_files_that_are_not_ready_are_waited_for(
    phone: MaxPhone, channel: PolledMax, messenger: MaxServer, files: StoredBytes
) -> None:
    channel._sending._patience = 10.0
    messenger.busy = 1
    await sent(channel, "Вот", files=(stored(files, "1.png", "image/png", png()),))
    assert [one.media for one in await shown(phone)] == ["photo"]


async def test_files_that_stay_unready_come_again_and_are_not_uploaded_twice(
    phone: MaxPhone, channel: PolledMax, messenger: MaxServer, files: StoredBytes
) -> None:
    channel._sending._patience = 0.0
    messenger.busy = 2
    out = outbound("Вот", files=(stored(files, "1.mp4", "video/mp4", b"\0\0\0\x18ftyp"),))
    assert await channel.send(out) == Deferred("files_processing", 2.0)
    assert isinstance(await channel.send(out), Deferred)
    assert isinstance(await channel.send(out), Accepted)
    assert len(messenger.uploaded) == 1
    assert len(await shown(phone)) == 1


@pytest.mark.parametrize(
    ("path", "fault", "outcome"),
    [
        ("/uploads", {"status": 500}, Deferred("server", 1.0)),
        ("/uploads", {"cut": True}, Deferred("network", 1.0)),
        ("/uploads", {"status": 401, "code": "verify.token"}, Deferred("token", 60.0, "account")),
        ("/uploads", {"status": 403, "code": "access"}, Rejected("refused", "access")),
        ("/uploads", {"status": 200, "text": "{}"}, Deferred("network", 1.0)),
        ("/put/", {"status": 503, "text": ""}, Deferred("server", 1.0)),
        ("/put/", {"cut": True, "after": True}, Deferred("network", 1.0)),
        ("/put/", {"status": 413, "text": "large"}, Rejected("file_size", "HTTP 413")),
        # The upload server's own refusal says nothing of our token and nothing of the resident.
        ("/put/", {"status": 401, "text": ""}, Rejected("refused", "HTTP 401")),
        ("/put/", {"status": 403, "text": ""}, Rejected("refused", "HTTP 403")),
        ("/put/", {"status": 200, "text": "no token"}, Deferred("network", 1.0)),
    ],
)
async def test_an_upload_that_fails_leaves_nothing_said(
    phone: MaxPhone,
    channel: PolledMax,
    messenger: MaxServer,
    files: StoredBytes,
    path: str,
    fault: dict[str, Any],
    outcome: Outcome,
) -> None:
    messenger.fail("POST", path, **fault)
    picture = stored(files, "1.png", "image/png", png())
    assert await channel.send(outbound("Вот", files=(picture,))) == outcome
    assert await shown(phone) == []


async def test_a_file_that_cannot_be_read_is_our_own_trouble(
    phone: MaxPhone, channel: PolledMax
) -> None:
    lost = OutboundFile(id="lost", name="1.png", mime="image/png", size=100)
    assert await channel.send(outbound("Вот", files=(lost,))) == Deferred("file_read", 2.0)
    assert await shown(phone) == []


async def test_bytes_are_put_nowhere_inside(
    phone: MaxPhone, channel: PolledMax, messenger: MaxServer, files: StoredBytes
) -> None:
    messenger.fail("POST", "/uploads", status=200, text='{"url":"http://10.0.0.1/put"}')
    outcome = await channel.send(
        outbound("Вот", files=(stored(files, "1.png", "image/png", png()),))
    )
    assert isinstance(outcome, Rejected)
    assert await shown(phone) == []
