"""What a list of cases is asked for, in its address and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

import msgspec

from hub.domain.staff import Actor
from hub.domain.status import STATUSES
from hub.ports.cases import CaseFilter

View = Literal["mine", "queue", "all"]
Chip = Literal["", "needs", "waiting", "overdue", "ended"]
VIEWS: tuple[View, ...] = ("mine", "queue", "all")
CHIPS: tuple[Chip, ...] = ("needs", "waiting", "overdue", "ended")
MAX_WORDS = 200


class ListFilter(msgspec.Struct, frozen=True, kw_only=True):
    """The filter of the list as its address says it; what it does not know is left out."""

    view: View = "mine"
    only: Chip = ""
    status: str = ""
    channel: str = ""
    q: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> ListFilter:
        """Read it from an address."""
        view, only = query.get("view", ""), query.get("only", "")
        status = query.get("status", "")
        return cls(
            view=next((one for one in VIEWS if one == view), "mine"),
            only=next((one for one in CHIPS if one == only), ""),
            status=status if status in STATUSES else "",
            channel=query.get("channel", "")[:40],
            q=query.get("q", "").strip()[:MAX_WORDS],
        )

    @property
    def on(self) -> bool:
        """Anything beyond the view is asked for."""
        return bool(self.only or self.status or self.channel or self.q)

    @property
    def rest(self) -> dict[str, str]:
        """Everything but the words, as fields of the search form."""
        fields = msgspec.structs.asdict(self)
        return {name: value for name, value in fields.items() if value and name != "q"}

    def query(self, **changed: str) -> str:
        """The address of this filter with some fields changed."""
        fields = msgspec.structs.asdict(self) | changed
        return urlencode({name: value for name, value in fields.items() if value})

    def wanted(self, actor: Actor, now: datetime) -> CaseFilter:
        """The same for the store."""
        ended: bool | None = False if self.view != "all" else None
        if self.status or self.only:
            ended = True if self.only == "ended" else None
        status = [self.status] if self.status else ["waiting"] if self.only == "waiting" else []
        return CaseFilter(
            view=self.view,
            login=actor.login,
            groups=sorted(actor.groups),
            status=status,
            channel=self.channel,
            overdue_at=now if self.only == "overdue" else None,
            needs_answer=self.only == "needs",
            words=self.q,
            ended=ended,
        )


class Option(msgspec.Struct, frozen=True):
    """One choice of a chip: its name, the address it leads to, whether it is chosen."""

    name: str
    query: str
    on: bool
    count: int = 0


def options(filter_: ListFilter, field: str, names: list[str]) -> list[Option]:
    """The choices of a field, «any» first."""
    chosen = getattr(filter_, field)
    return [Option(name, filter_.query(**{field: name}), chosen == name) for name in ["", *names]]


def chips(filter_: ListFilter, counts: Mapping[str, int]) -> list[Option]:
    """The chips above the list; counts are those of «Мои обращения»."""
    keys = {"needs": "needs_answer", "waiting": "waiting", "overdue": "overdue"}
    return [
        Option(
            name,
            filter_.query(only="" if filter_.only == name else name),
            filter_.only == name,
            counts.get(keys[name], 0) if filter_.view == "mine" else 0,
        )
        for name in CHIPS
        if name in keys
    ]
