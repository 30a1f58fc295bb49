"""Houses: what admins keep of them, and how a resident names the own one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.domain.errors import Invalid, NotFound, StoreDown
from hub.domain.premises import House, new_code
from hub.domain.rights import require
from hub.domain.staff import Actor
from hub.ports.saving import Duplicate
from hub.services.deps import Deps

MAX_ADDRESS = 200
MAX_ENTRANCE = 20
ATTEMPTS = 8


class HouseBook:
    """The house's list of houses."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def all(self, by: Actor, *, words: str = "") -> list[House]:
        """Those with all of these words in their address; out of use last."""
        require(by, "house.edit")
        needle = words.casefold().split()
        found = [
            house
            for house in await self._deps.houses.all()
            if all(word in f"{house.address} {house.entrance}".casefold() for word in needle)
        ]
        return sorted(found, key=lambda house: not house.active)

    async def get(self, code: str, by: Actor) -> House:
        """One house, or NotFound."""
        require(by, "house.edit")
        house = await self._deps.houses.get(code)
        if house is None:
            raise NotFound(what="house", id=code)
        return house

    async def some(self, codes: Iterable[str], by: Actor) -> list[House]:
        """Those of these that are in use, in the order of the list."""
        wanted = set(codes)
        return [one for one in await self.all(by) if one.code in wanted and one.active]

    async def save(self, house: House, by: Actor) -> House:
        """Add (empty code) or change a house. Raises Invalid, Conflict of the store."""
        require(by, "house.edit")
        for other in await self._deps.houses.all():
            if other.code != house.code and _name(other) == _name(house):
                raise Invalid(field="address", reason="same")
        return await self._write(house)

    async def _write(self, house: House) -> House:
        house.address = " ".join(house.address.split())
        house.entrance = " ".join(house.entrance.split())
        if not house.address:
            raise Invalid(field="address", reason="required")
        if len(house.address) > MAX_ADDRESS:
            raise Invalid(field="address", reason="too_long", limit=MAX_ADDRESS)
        if len(house.entrance) > MAX_ENTRANCE:
            raise Invalid(field="entrance", reason="too_long", limit=MAX_ENTRANCE)
        house.updated_at = self._deps.clock.now()
        if house.code:
            await self._deps.houses.put(house)
            return house
        for _ in range(ATTEMPTS):
            house.code = new_code(self._deps.ids.new())
            try:
                await self._deps.houses.put(house, new=True)
            except Duplicate:
                continue
            return house
        raise StoreDown(what="house", id=house.address)

    async def bring(self, rows: Sequence[tuple[str, str]], by: Actor) -> tuple[int, int]:
        """Add those (address, entrance) that are not there and take back into use those that are;
        returns how many of each."""
        require(by, "house.edit")
        known = {_name(one): one for one in await self.all(by)}
        added = returned = 0
        for address, entrance in rows:
            now = self._deps.clock.now()
            fresh = House(
                code="", address=address, entrance=entrance, created_at=now, updated_at=now
            )
            house = known.get(_name(fresh))
            if house is None:
                known[_name(fresh)] = await self._write(fresh)
                added += 1
            elif not house.active:
                house.active = True
                await self._write(house)
                returned += 1
        return added, returned

    async def by_code(self, code: str) -> House | None:
        """The house behind a link, None if there is none or it is out of use. Free for residents:
        a house's address is no secret."""
        house = await self._deps.houses.get(code) if code else None
        return house if house is not None and house.active else None


def _name(house: House) -> tuple[str, str]:
    """By what people tell houses apart."""
    return " ".join(house.address.casefold().split()), " ".join(house.entrance.split())
