"""Puts what an installation begins with, and the people of the demonstration, into the store."""

import contextlib
from collections.abc import Sequence
from datetime import datetime

from hub.domain.catalog import QuickReply
from hub.domain.message import stable_id
from hub.domain.staff import Staff
from hub.ports.store import Catalog, Duplicate, StaffStore
from hub.seeding.data import Person, demo, start


async def begin(staff: StaffStore, catalog: Catalog) -> None:
    """Groups, case types, result codes and first deadlines, each only where there is none yet."""
    given = start()
    staff.forget()
    if not (await staff.directory()).groups:
        for group in given.group:
            await staff.put_group(group)
        staff.forget()
    if not await catalog.types():
        for type_ in given.type:
            await catalog.put_type(type_)
    if not await catalog.results():
        for result in given.result:
            await catalog.put_result(result)
    if not await catalog.deadlines():
        for rule in given.deadline:
            await catalog.put_deadline(rule)


async def add_people(
    staff: StaffStore, now: datetime, people: Sequence[Person], password: str = ""
) -> None:
    """Those of ``people`` who are not there yet; ``password`` is a hash, empty: no way in."""
    for group in demo().group:
        await staff.put_group(group)
    for person in people:
        with contextlib.suppress(Duplicate):
            await staff.add(
                Staff(
                    login=person.login,
                    name=person.name,
                    position=person.position,
                    roles=person.roles,
                    groups=person.groups,
                    password=password,
                    created_at=now,
                    updated_at=now,
                )
            )
    staff.forget()


async def add_replies(catalog: Catalog, now: datetime) -> None:
    """The quick replies of the demonstration; what an admin changed or deleted stays so."""
    for reply in demo().reply:
        with contextlib.suppress(Duplicate):
            await catalog.put_quick_reply(
                QuickReply(
                    id=stable_id("demo", reply.folder, reply.title),
                    title=reply.title,
                    text=reply.text,
                    folder=reply.folder,
                    updated_at=now,
                ),
                new=True,
            )
