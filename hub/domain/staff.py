"""Staff: the people who work here, their groups, and who acts in a request."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from hub.domain.forum import ForumPlace
from hub.domain.notices import NoticeSettings
from hub.domain.shift import Shift

Role = Literal["admin", "supervisor", "operator", "executor", "reader"]
ROLES: tuple[Role, ...] = ("admin", "supervisor", "operator", "executor", "reader")


HOUSE_ZONE = "Europe/Moscow"
"""Where nobody says where the house stands."""
REMIND_MINUTES = 60
"""How long before a deadline a reminder comes where no group says otherwise."""


class BotLink(msgspec.Struct, frozen=True):
    """The person's private chat with a staff bot. `account` is the bot's account id."""

    account: str
    user: int
    chat: int


class Staff(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A person with a login. `epoch` moves when all their sessions must end. `shift` None: shifts
    are not kept for this person, they count as present. `notices`: what they want to hear of.
    `extensions`: what telephone exchanges call them (510, a login there)."""

    login: str = msgspec.field(name="_id")
    rev: int = 0
    name: str
    short_name: str = ""
    position: str = ""
    phone: str = ""
    extensions: list[str] = []
    roles: list[Role] = []
    groups: list[str] = []
    password: str = ""
    epoch: int = 0
    active: bool = True
    bots: list[BotLink] = []
    language: str = "ru"
    shift: Shift | None = None
    notices: NoticeSettings = NoticeSettings()
    created_at: datetime
    updated_at: datetime

    @property
    def on_shift(self) -> bool | None:
        """At work now; False on a break too, None where shifts are not kept."""
        return None if self.shift is None else self.shift.state == "on"

    @property
    def shown(self) -> str:
        """The name as it stands on cards: «Аксакова Э. Ю.»."""
        return self.short_name or short_name(self.name)

    def link(self, account: str) -> BotLink | None:
        """The chat with this bot, if they are linked."""
        return next((link for link in self.bots if link.account == account), None)


def short_name(name: str) -> str:
    """Return surname and initials of a full name: «Аксакова Эмма Юрьевна» → «Аксакова Э. Ю.»."""
    surname, *given = name.split()[:3] or [""]
    return " ".join([surname, *(f"{part[0]}." for part in given)])


class Group(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A set of staff with a queue. Members are those staff whose `groups` name its id.

    `accounts` are the channel accounts whose new cases come here; the group marked `default`
    takes what no other one does. Of a case that nobody takes within `escalate_minutes` (0: never)
    `next_group` and the supervisors hear. Who carries a case out is reminded `remind_minutes`
    before its deadline (0: never).
    """

    id: str = msgspec.field(name="_id")
    name: str
    accounts: list[str] = []
    default: bool = False
    active: bool = True
    escalate_minutes: int = 0
    next_group: str = ""
    remind_minutes: int = REMIND_MINUTES


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: a person (bot, web), a program (API token) or the system itself.

    `login` of a token is `token:NAME`. `scopes` are a token's; a person has none.
    """

    kind: Literal["staff", "token", "system"]
    login: str = ""
    name: str = ""
    position: str = ""
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, staff: Staff) -> Actor:
        """The person as an actor."""
        return cls(
            kind="staff",
            login=staff.login,
            name=staff.shown,
            position=staff.position,
            roles=frozenset(staff.roles),
            groups=frozenset(staff.groups),
        )


SYSTEM = Actor(kind="system")


class Directory(msgspec.Struct, frozen=True):
    """All staff and groups as they stood a moment ago; `zone` is where they look at the clock."""

    staff: dict[str, Staff]
    groups: dict[str, Group]
    zone: str = HOUSE_ZONE
    forums: dict[str, ForumPlace] = {}

    def default_group(self, account: str) -> str:
        """The group whose queue takes new cases of a channel account; empty if there is none."""
        active = [group for group in self.groups.values() if group.active]
        for group in active:
            if account in group.accounts:
                return group.id
        return next((group.id for group in active if group.default), "")

    def members(self, group: str, role: Role) -> list[Staff]:
        """Active people with the role in the group; in no group at all they serve every group."""
        return [
            person
            for person in self.staff.values()
            if person.active
            and role in person.roles
            and (not group or not person.groups or group in person.groups)
        ]

    def forum_of(self, group: str, number: int) -> ForumPlace | None:
        """Where this case of a group is worked on; several places of one group share its cases."""
        places = sorted(
            (place for place in self.forums.values() if place.group == group and place.works),
            key=lambda place: place.id,
        )
        return places[number % len(places)] if places else None

    def forum_at(self, account: str, chat: int) -> ForumPlace | None:
        """The place that this chat is."""
        for place in self.forums.values():
            if (place.account, place.chat) == (account, chat):
                return place
        return None

    def name(self, login: str) -> str:
        """The short name of a login, the login itself if the person is unknown."""
        person = self.staff.get(login)
        return person.shown if person else login

    def by_extension(self, extension: str, number: str = "") -> Staff | None:
        """Who answers at this extension of an exchange, or has this number (E.164)."""
        wanted = extension.casefold()
        for person in self.staff.values():
            if not person.active:
                continue
            if wanted and wanted in {one.casefold() for one in person.extensions}:
                return person
            if person.phone and person.phone in {extension, number}:
                return person
        return None

    def by_bot(self, account: str, user: int) -> Staff | None:
        """The active person behind a user of a staff bot."""
        for person in self.staff.values():
            link = person.link(account)
            if person.active and link and link.user == user:
                return person
        return None
