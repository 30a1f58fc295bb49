"""Staff: who they are, how they come in, and what happens when they leave."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from hub.domain.case import Case
from hub.domain.catalog import OneTimeLink, Token
from hub.domain.errors import Invalid, LinkExpired, LoginTaken, NotFound, StoreDown
from hub.domain.events import Event
from hub.domain.rights import SCOPES, TABLE, require
from hub.domain.shift import ended
from hub.domain.staff import ROLES, SYSTEM, Actor, BotLink, Directory, Group, Role, Staff
from hub.domain.status import AT_WORK
from hub.ports.saving import Conflict, Duplicate
from hub.services.casebook import Casebook
from hub.services.deps import Deps

MIN_PASSWORD = 8
ATTEMPTS = 5
MOST_MINUTES = 7 * 24 * 60
"""That a case may wait in a queue before others are called, or a reminder may be ahead."""


class StaffChange(msgspec.Struct, kw_only=True):
    """What an admin changes; None leaves as it is."""

    name: str | None = None
    position: str | None = None
    phone: str | None = None
    roles: list[Role] | None = None
    groups: list[str] | None = None
    extensions: list[str] | None = None
    password: str | None = None
    active: bool | None = None


class People:
    """Logins, roles, groups, links to bots, API tokens."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book

    async def directory(self) -> Directory:
        """Everybody and every group."""
        return await self._deps.staff.directory()

    async def log_in(self, login: str, password: str) -> Staff | None:
        """The active person with this login and password, else None (in the same time)."""
        person = await self._deps.staff.get(login.strip().lower())
        hashed = person.password if person and person.active else ""
        return person if await self._deps.passwords.verify(hashed, password) else None

    async def get(self, login: str) -> Staff:
        """The person, or NotFound."""
        person = await self._deps.staff.get(login)
        if person is None:
            raise NotFound(what="staff", id=login)
        return person

    async def add(
        self,
        login: str,
        name: str,
        roles: list[Role],
        by: Actor,
        *,
        password: str = "",
        position: str = "",
        phone: str = "",
        groups: list[str] | None = None,
        extensions: list[str] | None = None,
    ) -> Staff:
        """Make a person. Without a password they come in by the bot only."""
        require(by, "staff.edit")
        login = login.strip().lower()
        if not login or len(login) > 64 or any(sign.isspace() or sign == ":" for sign in login):
            raise Invalid(field="login", reason="required" if not login else "unknown")
        _known_roles(roles)
        if not name.strip():
            raise Invalid(field="name", reason="required")
        await self._nobody_elses(login, extensions or [])
        await self._known_groups(groups or [])
        now = self._deps.clock.now()
        person = Staff(
            login=login,
            name=name.strip(),
            roles=roles,
            groups=groups or [],
            extensions=extensions or [],
            position=position,
            phone=phone,
            password=await self._hash(password) if password else "",
            created_at=now,
            updated_at=now,
        )
        try:
            await self._deps.staff.add(person)
        except Duplicate:
            raise LoginTaken(login=login) from None
        self._deps.staff.forget()
        return person

    async def change(self, login: str, change: StaffChange, by: Actor) -> Staff:
        """Change a person. A new password, other roles or deactivation end their sessions; who is
        deactivated gives their cases back to the queue. Nobody takes their own right to this away:
        so there is always somebody who has it."""
        require(by, "staff.edit")
        if change.roles is not None:
            _known_roles(change.roles)
        _not_locked_out(login, change, by)
        await self._nobody_elses(login, change.extensions or [])
        if change.groups is not None:
            # What they have may stay, whatever became of it since.
            await self._known_groups(change.groups, held=(await self.get(login)).groups)
        hashed = await self._hash(change.password) if change.password else None

        def decide(person: Staff) -> None:
            for field in ("name", "position", "phone", "roles", "groups", "extensions", "active"):
                value = getattr(change, field)
                if value is not None:
                    if field in {"roles", "active"} and value != getattr(person, field):
                        person.epoch += 1
                    setattr(person, field, value)
            if not person.active:
                person.shift = None
            if hashed is not None:
                person.password = hashed
                person.epoch += 1

        if change.active is False:
            await self._end_shift(login)
        person = await self.save(login, decide)
        if change.active is False:
            await self._hand_cases_back(login, by)
        return person

    async def change_own_password(self, login: str, old: str, new: str) -> Staff:
        """A person sets a new password; all other sessions end. Raises Invalid."""
        person = await self.get(login)
        if not await self._deps.passwords.verify(person.password, old):
            raise Invalid(field="old", reason="wrong")
        hashed = await self._hash(new)

        def decide(person: Staff) -> None:
            person.password = hashed
            person.epoch += 1

        return await self.save(login, decide)

    async def put_group(self, group: Group, by: Actor) -> None:
        """Add or change a group."""
        require(by, "group.edit")
        if not group.name.strip():
            raise Invalid(field="name", reason="required")
        for minutes in (group.escalate_minutes, group.remind_minutes):
            if not 0 <= minutes <= MOST_MINUTES:
                raise Invalid(field="minutes", reason="range", low=0, high=MOST_MINUTES)
        groups = (await self._deps.staff.directory()).groups
        if group.next_group and group.next_group not in groups.keys() - {group.id}:
            raise Invalid(field="to", reason="unknown")
        await self._deps.staff.put_group(group)
        self._deps.staff.forget()

    # ── bots ─────────────────────────────────────────────────────────────────────────────────

    async def one_time_link(self, login: str, by: Actor) -> str:
        """Return a token for `t.me/<bot>?start=<token>`; it is good once, for 15 minutes."""
        require(by, "staff.edit")
        await self.get(login)
        token = self._deps.ids.new()
        expires = self._deps.clock.now() + timedelta(minutes=self._deps.policy.link_minutes)
        await self._deps.staff.add_link(
            OneTimeLink(id=hashed_token(token), purpose="staff", login=login, expires_at=expires)
        )
        return token

    async def come_in(self, token: str, account: str, user: int, chat: int) -> Staff:
        """A user of a staff bot opened the one-time link. Raises LinkExpired."""
        link = await self._deps.staff.use_link(hashed_token(token), self._deps.clock.now())
        if link is None or link.purpose != "staff":
            raise LinkExpired()
        for rival in await self._rivals(link.login, account, user):
            await self._unlink(rival, account)

        def decide(person: Staff) -> None:
            person.bots = [
                *(known for known in person.bots if known.account != account),
                BotLink(account, user, chat),
            ]

        await self.save(link.login, decide)
        for rival in await self._rivals(link.login, account, user):
            # Two links opened at once by one user: of two who see each other the same one yields.
            await self._unlink(max(rival, link.login), account)
            if rival < link.login:
                raise LinkExpired()
        return await self.get(link.login)

    async def _rivals(self, login: str, account: str, user: int) -> list[str]:
        """Who else is linked to this user of the bot, as the store has it now."""
        self._deps.staff.forget()
        people = (await self._deps.staff.directory()).staff.values()
        links = [(one.login, one.link(account)) for one in people if one.login != login]
        return [other for other, held in links if held is not None and held.user == user]

    async def unlink(self, login: str, account: str, by: Actor) -> Staff:
        """An admin ends the person's way in by a bot."""
        require(by, "staff.edit")
        return await self._unlink(login, account)

    async def by_bot(self, account: str, user: int) -> Staff | None:
        """The active person behind a user of a staff bot."""
        return (await self._deps.staff.directory()).by_bot(account, user)

    # ── programs ─────────────────────────────────────────────────────────────────────────────

    async def add_token(self, name: str, scopes: list[str], by: Actor) -> str:
        """Make an API token; it is shown this once and kept as a hash."""
        require(by, "staff.edit")
        unknown = [scope for scope in scopes if scope not in SCOPES]
        if unknown or not scopes:
            raise Invalid(field="scope", reason="unknown", value=", ".join(unknown))
        token = f"hub_{self._deps.ids.new()}"
        await self._deps.staff.add_token(
            Token(
                id=hashed_token(token), name=name, scopes=scopes, created_at=self._deps.clock.now()
            )
        )
        return token

    async def by_token(self, token: str) -> Actor | None:
        """The program behind a token; None for an unknown or revoked one."""
        found = await self._deps.staff.token(hashed_token(token))
        if found is None or found.revoked:
            return None
        return Actor(
            kind="token",
            login=f"token:{found.name}",
            name=found.name,
            scopes=frozenset(found.scopes),
        )

    # ── inside ───────────────────────────────────────────────────────────────────────────────

    async def _nobody_elses(self, login: str, extensions: list[str]) -> None:
        """A telephone stands on one desk: whose call it was must be plain."""
        directory = await self._deps.staff.directory()
        for one in extensions:
            holder = directory.by_extension(one)
            if holder is not None and holder.login != login:
                raise Invalid(field="extensions", reason="taken", value=one)

    async def _known_groups(self, groups: Sequence[str], held: Sequence[str] = ()) -> None:
        known = (await self._deps.staff.directory()).groups
        for group in groups:
            if group not in known and group not in held:
                raise Invalid(field="groups", reason="unknown", value=group)

    async def _hash(self, password: str) -> str:
        if len(password) < MIN_PASSWORD:
            raise Invalid(field="password", reason="too_short", limit=MIN_PASSWORD)
        return await self._deps.passwords.hash(password)

    async def _unlink(self, login: str, account: str) -> Staff:
        def decide(person: Staff) -> None:
            person.bots = [known for known in person.bots if known.account != account]

        return await self.save(login, decide)

    async def save(self, login: str, decide: Callable[[Staff], None]) -> Staff:
        """Let `decide` change the person; it may run several times, each time on a fresh one. Who
        may do that is asked by the caller. Raises NotFound, StoreDown."""
        for _ in range(ATTEMPTS):
            person = await self.get(login)
            decide(person)
            person.updated_at = self._deps.clock.now()
            try:
                await self._deps.staff.save(person)
            except Conflict:
                continue
            self._deps.staff.forget()
            return person
        raise StoreDown(what="staff", id=login)

    async def _end_shift(self, login: str) -> None:
        """Who leaves is at work no more; how long they were stays known."""
        person = await self.get(login)
        span = ended(login, person.shift, self._deps.clock.now())
        if span is not None:
            await self._deps.shifts.put(span)

    async def _hand_cases_back(self, login: str, by: Actor) -> None:
        for number in await self._deps.cases.assigned_to(login):

            def decide(case: Case) -> list[Event]:
                # One that ended comes back to its queue when it is opened again.
                if case.operator != login or case.status not in AT_WORK:
                    return []
                return case.release(by, self._deps.clock.now(), reason="deactivated")

            await self._book.change(number, decide, by=SYSTEM)


def hashed_token(token: str) -> str:
    """Tokens are random enough for a plain hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def _known_roles(roles: list[Role]) -> None:
    if not roles or any(role not in ROLES for role in roles):
        raise Invalid(field="roles", reason="unknown" if roles else "required")


def _not_locked_out(login: str, change: StaffChange, by: Actor) -> None:
    if by.kind != "staff" or by.login != login:
        return
    without = change.roles is not None and TABLE["staff.edit"].isdisjoint(change.roles)
    if without or change.active is False:
        raise Invalid(field="roles", reason="own")


def expired(link: OneTimeLink, now: datetime) -> bool:
    """Used already, or too old."""
    return link.used_at is not None or link.expires_at <= now
