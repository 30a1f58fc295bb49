"""Residents of the sample house with a life: two cards that are one person, failures, a change."""

from __future__ import annotations

from admin_web.pages import Pages
from hub.domain.message import Address, Identity, Rejected
from hub.domain.message import Sender as From
from hub.domain.staff import Actor
from hub.services.services import Services
from tests.browser.house import sample
from tests.support.desk import Radio
from tests.support.world import World

PHONE = Identity("phone", "+79879879875")
MAIL = Identity("email", "moroz@example.org")
LETTERS = (
    ("Добрый день. Повторно прошу акт за март.", 3),
    ("Спасибо, получил. Когда будет перерасчёт?", 40),
    ("Перерасчёт так и не пришёл.", 900),
)
REFUSED = (
    (1, "blocked", "Слесарь будет сегодня после 18:00."),
    (2, "refused", "Показания приняты, спасибо."),
    (3, "too_long", "Акт обследования квартиры 56 во вложении, посмотрите, пожалуйста."),
    (5, "blocked", "Воду включат к вечеру."),
)


class Phones:
    """A gateway that brings texts to telephones."""

    def __init__(self, world: World) -> None:
        self.caps, self.send = world.channel.caps, world.channel.send
        self.limits = world.channel.limits

    def reach(self, identity: Identity) -> Address | None:
        if identity.kind != "phone":
            return None
        return Address("sms", "kannel", identity.value, identity.key, f"sms:{identity.value}")


async def peopled() -> tuple[World, Services, Pages, Radio, str]:
    """The sample house, and the id of the resident with a life."""
    world, services, pages, radio = await sample()
    emma = Actor.of(await services.people.get("emma"))
    world.deps.senders["sms"] = Phones(world)  # type: ignore[index]
    await _letters(world, services, emma)
    for number, reason, text in REFUSED:
        world.channel.outcomes = [Rejected(reason)]
        await services.replies.send(number, emma, text)
        await world.settle()
        world.clock.forward(minutes=3)
    contact = (await services.queries.raw(6, emma)).contact.id
    await services.contacts.edit(contact, {"name": "Мороз Андрей Викторович"}, emma)
    world.clock.forward(minutes=9)
    return world, services, pages, radio, contact


async def _letters(world: World, services: Services, emma: Actor) -> None:
    """He writes by mail as well: a card of its own, with the same phone in the signature."""
    address = Address("site", "email", MAIL.value, MAIL.key, f"mail:{MAIL.value}")
    sender = From(identity=MAIL, name="А. Мороз", claims=(PHONE,))
    for text, minutes in LETTERS:
        await world.say(
            text,
            channel="email",
            sender=sender,
            reply_to=address,
            conversation=f"mail:{MAIL.value}:{minutes // 100}",
            subject="Акт за март",
        )
        world.clock.forward(minutes=minutes)
    case = await services.queries.raw(7, emma)
    await services.contacts.edit(
        case.contact.id, {"premises": "г. Петрозаводск, ул. Питкярантская, д. 16, кв. 56"}, emma
    )
