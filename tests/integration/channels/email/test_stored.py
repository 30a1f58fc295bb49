"""Mails in the real store: everything that a mail may hold is kept and read again."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage

from hub.store.store import Store
from tests.support.mailworld import MailWorld, written
from tests.support.samples import png


def coloured() -> bytes:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"] = "Инна Рой <inna@mail.example>", "case@uk.example"
    mail["Subject"], mail["Message-ID"] = "Лампа", "<1@mail.example>"
    mail.set_content("Не горит лампа.")
    mail.add_alternative('<p>Не горит <img src="cid:image001.png@01DA.5E"></p>', subtype="html")
    html = mail.get_payload()[1]
    assert isinstance(html, EmailMessage)
    html.add_related(png(), "image", "png", cid="<image001.png@01DA.5E>", filename="$a.b.png")
    return mail.as_bytes()


async def test_a_mail_with_everything_and_a_strangers_answer(mongo_url: str, database: str) -> None:
    store = Store.open(mongo_url, database)
    await store.prepare()
    try:
        world = MailWorld(store=store)
        await world.group("north")
        emma = await world.staff("emma", bot=False)
        raw = coloured()
        await world.take(raw)
        again = await world.take(b"Received: by another way\r\n" + raw)
        assert again.state == "repeat"
        (case,) = await world.cases()
        assert case.seqs == 1
        markup, pictures = await world.services.originals.html(1, 1, emma)
        assert "cid:image001.png@01DA.5E" in markup
        assert pictures["image001.png@01DA.5E"].startswith("data:image/png;base64,")
        await world.services.replies.send(1, emma, "Заменим.", key="r1")
        await world.settle()
        to = str(world.letter()["Reply-To"])
        for number, who in enumerate(("anna@mail.example", "boris@mail.example")):
            await world.take(written(f"Пишу {number}", sender=who, to=to))
        await world.services.guests.admit(1, 3, emma)
        made = await world.services.guests.part(1, 4, emma)
        await world.take(written("Ещё", sender="anna@mail.example", to=to, subject="x"))
        first, second = await world.cases()
        assert made.number == second.number
        assert [entry.text for entry in first.thread if entry.kind == "message"] == [
            "Не горит лампа.",
            "Заменим.",
            "Пишу 0",
            "Ещё",
        ]
        assert second.thread[0].text == "Пишу 1"
    finally:
        await store.close()


async def test_the_same_mail_in_another_dress_is_one_message(mongo_url: str, database: str) -> None:
    """A list or a scanner on the way wrote it anew; it comes before and after its case has gone
    on, and among others."""
    store = Store.open(mongo_url, database)
    await store.prepare()
    try:
        world = MailWorld(store=store)
        await world.group("north")
        dresses = []
        for encoding in ("base64", "quoted-printable", "8bit"):
            mail = EmailMessage(policy=policy.SMTP)
            mail["From"], mail["To"] = "inna@mail.example", "case@uk.example"
            mail["Subject"], mail["Message-ID"] = "Лампа", "<1@mail.example>"
            mail.set_content("Не горит лампа.", cte=encoding)
            dresses.append(mail.as_bytes(policy=policy.SMTP))
        assert (await world.take(dresses[0])).state == "new"
        assert (await world.take(dresses[1])).state == "new"
        await world.fetched(dresses[2])
        await world.fetched(written("Другое", subject="Другое", id="2@mail.example"))
        await world.settle()
        assert [(case.subject, case.seqs) for case in await world.cases()] == [
            ("Лампа", 1),
            ("Другое", 1),
        ]
        stats = await store.inbox.stats(world.clock.now())
        assert (stats["new"], stats["quarantined"]) == (0, 0)
    finally:
        await store.close()
