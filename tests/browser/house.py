"""A house with a day's work in it, as the drawings of the desk show it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from admin_web.pages import Pages
from hub.domain.catalog import CaseType, FirstDeadline, QuickReply, ResultCode
from hub.domain.hours import HOUSE, Schedule, read_spans
from hub.domain.message import Address, Attachment, Identity, Rejected
from hub.domain.message import Sender as From
from hub.domain.premises import House
from hub.domain.staff import SYSTEM, Actor, Group
from hub.services.services import Services
from tests.support.desk import PASSWORD, Radio, furnished
from tests.support.world import World

RESIDENTS = [
    ("lubarskaya", "Любарская Татьяна", "Спасибо, слесарь пришёл вовремя", "telegram"),
    ("petrov", "Петров Илья", "Показания: ХВС 128, ГВС 74", "http"),
    ("belov", "Белов Роман", "Re: Акт обследования квартиры 56", "email"),
    ("unknown", "", "Перезвоните, пожалуйста, по поводу домофона", "kannel"),
    (
        "ivanova",
        "Иванова Светлана",
        "Нет горячей воды второй день, соседи тоже жалуются",
        "telegram",
    ),
    (
        "moroz",
        "Мороз Андрей",
        "Здравствуйте! Пришлите, пожалуйста, показания общедомового прибора.",
        "app",
    ),
]
HOUSES = (
    ("k7m2xw4", "ул. Питкярантская, д. 16", "1", True),
    ("p3n8yt6", "ул. Питкярантская, д. 16", "2", True),
    ("b9c4rz5", "пр. Ленина, д. 20", "", True),
    ("d6h2vq8", "ул. Сегежская, д. 3", "", False),
)
REPLIES = [
    (
        "Мастер назначен",
        "Аварийная",
        "Здравствуйте, {имя}! По обращению №{номер} мастер будет {срок}. "
        "Телефон диспетчера: {телефон организации}.",
        214,
    ),
    (
        "Отключение по графику",
        "Общие",
        "По адресу {адрес} сегодня плановое отключение, вода вернётся к вечеру.",
        168,
    ),
    (
        "Как передать показания",
        "Общие",
        "Показания принимаем с 20 по 25 число: ответьте на это сообщение двумя числами.",
        121,
    ),
    ("Нужно фото", "Аварийная", "Пришлите, пожалуйста, фото места протечки.", 77),
    (
        "Обращение закрыто",
        "Общие",
        "Работы по обращению №{номер} выполнены. Спасибо, что написали!",
        64,
    ),
]


async def sample() -> tuple[World, Services, Pages, Radio]:
    """People, replies, six residents; the newest case has a dialogue of every kind of entry."""
    world = World()
    services, pages, radio = furnished(world)
    people = services.people
    await people.put_group(Group(id="ads", name="Аварийная служба", default=True), SYSTEM)
    await people.put_group(Group(id="office", name="Абонентский отдел", accounts=["site"]), SYSTEM)
    for login, name, position, roles in [
        ("emma", "Аксакова Эмма Юрьевна", "Диспетчер", ["operator", "supervisor", "admin"]),
        ("olga", "Олейник Оксана Захаровна", "Старший диспетчер", ["operator"]),
        ("belov", "Белов Роман Тимофеевич", "Сантехник", ["executor"]),
        ("erofeev", "Ерофеев Иван Львович", "Инженер по водоснабжению", ["executor"]),
    ]:
        await people.add(
            login,
            name,
            roles,
            SYSTEM,
            password=PASSWORD,
            position=position,
            groups=[],  # type: ignore[arg-type]
        )
    await _catalogue(world)
    for index, (who, name, text, channel) in enumerate(RESIDENTS):
        phone = "+79223046566" if not name else f"+7987987987{index}"
        identity = Identity("external", who, "site")
        await world.say(
            text,
            who,
            channel=channel,
            sender=From(identity=identity, name=name, claims=(Identity("phone", phone),)),
            reply_to=Address("site", channel, who, identity.key, f"site:{who}"),
        )
        world.clock.forward(minutes=11)
    emma = Actor.of(await people.get("emma"))
    for number in (2, 3, 4, 5, 6):
        await services.casework.take(number, emma)
    await _dialogue(world, services, emma)
    await services.casework.resolve(2, "done", emma)
    await services.casework.wait(3, emma)
    now = world.clock.now()
    await services.casework.deadline(6, now + timedelta(minutes=80), emma)
    await services.casework.deadline(5, now + timedelta(minutes=1), emma)
    world.clock.forward(minutes=13)
    await world.settle()
    return world, services, pages, radio


async def _catalogue(world: World) -> None:
    catalog, now = world.store.catalog, world.clock.now()
    for order, (id_, name) in enumerate(
        [
            ("request", "Запрос"),
            ("complaint", "Жалоба"),
            ("claim", "Претензия"),
            ("proposal", "Предложение"),
        ]
    ):
        await catalog.put_type(CaseType(id=id_, name=name, order=order))
    await catalog.put_result(ResultCode(id="done", name="Выполнено"))
    await catalog.put_result(ResultCode(id="told", name="Разъяснено", tell=False))
    await catalog.put_deadline(FirstDeadline(id="any", minutes=1440))
    await catalog.put_deadline(
        FirstDeadline(id="claim", type="claim", channel="telegram", minutes=240)
    )
    for code, address, entrance, active in HOUSES:
        await world.store.houses.put(
            House(
                code=code,
                address=address,
                entrance=entrance,
                active=active,
                created_at=now,
                updated_at=now,
            ),
            new=True,
        )
    week = [read_spans("08:00-12:00, 13:00-20:00")] * 5 + [read_spans("9-15"), []]
    await world.store.hours.put(Schedule(id=HOUSE, week=week), new=True)
    month = now.strftime("%Y-%m")
    for index, (title, folder, text, used) in enumerate(REPLIES):
        reply = QuickReply(
            id=f"reply{index}",
            title=title,
            folder=folder,
            text=text,
            used={month: used},
            updated_at=now,
        )
        await catalog.put_quick_reply(reply, new=True)


async def _dialogue(world: World, services: Services, emma: Actor) -> None:
    work, replies = services.casework, services.replies
    await work.edit(
        6,
        emma,
        subject="Запрос показаний ОДПУ",
        premises="г. Петрозаводск, ул. Питкярантская, д. 16, кв. 56",
    )
    case = await services.queries.raw(6, emma)
    await services.contacts.edit(case.contact.id, {"vip": True, "email": "moroz@example.org"}, emma)
    await work.responsible(6, "belov", emma)
    await work.executors(6, emma, add=["erofeev", "belov"])
    await replies.comment(6, emma, "Запросила данные у юр. группы")
    world.clock.forward(minutes=4)
    await replies.send(6, emma, "Здравствуйте, Андрей! За какой месяц нужны показания?")
    await world.settle()
    world.clock.forward(minutes=1)
    await _say(
        world,
        "За март 2021",
        [Attachment(id="akt", name="Акт осмотра.pdf", mime="application/pdf", size=184_320)],
    )
    world.clock.forward(minutes=6)
    world.channel.outcomes.append(Rejected("blocked"))
    await replies.send(6, emma, "Показания за март: 18 244 кВт·ч. Акт во вложении.")
    await world.settle()


async def _say(world: World, text: str, files: list[Attachment]) -> None:
    identity = Identity("external", "moroz", "site")
    fields: dict[str, Any] = {
        "channel": "app",
        "sender": From(identity=identity, name="Мороз Андрей"),
        "reply_to": Address("site", "app", "moroz", identity.key, "site:moroz"),
        "attachments": files,
    }
    await world.say(text, "moroz", **fields)
