"""The demonstration: sample staff, a resident, quick replies, and who holds which phone."""

from __future__ import annotations

from importlib.resources import files

import msgspec

from hub.domain.catalog import QuickReply
from hub.domain.contact import Contact, KnownIdentity
from hub.domain.errors import LoginTaken
from hub.domain.message import Identity, stable_id
from hub.domain.premises import House
from hub.domain.staff import SYSTEM, Role
from hub.services.services import Services


class DemoPerson(msgspec.Struct, frozen=True):
    """`phone` is the person's id at the local Telegram, 0 for none."""

    login: str
    name: str
    position: str
    roles: list[Role]
    phone: int
    groups: list[str] = []


class DemoResident(msgspec.Struct, frozen=True):
    """A resident whom the house knows already."""

    telegram: int
    name: str
    premises: str
    vip: bool = False


class DemoBuilding(msgspec.Struct, frozen=True):
    """A house with the code of its link."""

    code: str = msgspec.field(name="_id")
    address: str
    entrance: str = ""


class DemoReply(msgspec.Struct, frozen=True):
    """A sample quick reply."""

    id: str = msgspec.field(name="_id")
    title: str
    folder: str
    text: str
    channels: list[str] = []


class DemoHouse(msgspec.Struct, frozen=True):
    """Read from demo.json."""

    password: str
    organisation: dict[str, str]
    staff: list[DemoPerson]
    residents: list[DemoResident]
    houses: list[DemoBuilding]
    quick_replies: list[DemoReply]


def read() -> DemoHouse:
    """The packaged demonstration."""
    return msgspec.json.decode((files("hub.starting") / "demo.json").read_bytes(), type=DemoHouse)


async def install(services: Services) -> None:
    """Hire the sample staff and write the sample replies; what is there stays as it is."""
    house, deps = read(), services.deps
    known = {reply.id for reply in await deps.catalog.quick_replies(deleted=True)}
    groups = (await deps.staff.directory()).groups
    now = deps.clock.now()
    for person in house.staff:
        try:
            await services.people.add(
                person.login,
                person.name,
                person.roles,
                SYSTEM,
                password=house.password,
                position=person.position,
                # An owner may have other groups by now.
                groups=[group for group in person.groups if group in groups],
            )
        except LoginTaken:
            continue
    for reply in house.quick_replies:
        if reply.id not in known:
            await deps.catalog.put_quick_reply(
                QuickReply(
                    id=reply.id,
                    title=reply.title,
                    folder=reply.folder,
                    text=reply.text,
                    channels=reply.channels,
                    updated_at=now,
                ),
                new=True,
            )
    for building in house.houses:
        if await deps.houses.get(building.code) is None:
            await deps.houses.put(
                House(
                    code=building.code,
                    address=building.address,
                    entrance=building.entrance,
                    created_at=now,
                    updated_at=now,
                ),
                new=True,
            )
    await deps.contacts.add_many(
        [
            Contact(
                id=stable_id("contact", key),
                name=resident.name,
                premises=resident.premises,
                vip=resident.vip,
                edited=["name", "premises", "vip"],
                identities=[KnownIdentity(key=key, verified=True, since=now)],
                created_at=now,
                updated_at=now,
            )
            for resident in house.residents
            for key in [Identity("telegram", str(resident.telegram)).key]
        ]
    )
