"""Cases and messages for tests of the domain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hub.domain.case import Case, ContactRef
from hub.domain.message import Address, Identity, Inbound, Sender
from hub.domain.staff import Actor
from hub.domain.status import Status

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
EMMA = Actor(kind="staff", login="emma", name="Аксакова Э. Ю.", roles=frozenset({"operator"}))
OLEG = Actor(kind="staff", login="oleg", name="Титов О. П.", roles=frozenset({"operator"}))


def later(**by: float) -> datetime:
    """So much after NOW."""
    return NOW + timedelta(**by)


def address(who: str = "anna", account: str = "site") -> Address:
    """Where answers to this person go."""
    return Address(account, "test", who, f"external:{account}:{who}", f"{account}:{who}")


def inbound(
    text: str = "Нет воды", *, name: str = "1", who: str = "anna", **fields: Any
) -> Inbound:
    """A message whose provider calls it `name`."""
    identity = Identity("external", who, "site")
    known: dict[str, Any] = {
        "key": f"site:{name}",
        "account": "site",
        "channel": "test",
        "conversation": f"site:{who}",
        "sender": Sender(identity=identity, name=who.title()),
        "reply_to": address(who),
        "text": text,
        "sent_at": NOW,
        "external_id": f"m{name}",
    }
    return Inbound(**(known | fields))


def blank(**fields: Any) -> Case:
    """A case without a word yet."""
    known: dict[str, Any] = {
        "number": 1,
        "contact": ContactRef(id="c1", name="Анна"),
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Case(**(known | fields))


def opened(*texts: str) -> Case:
    """A case with these messages in it, one a minute."""
    case = blank()
    for minute, text in enumerate(texts or ("Нет воды",)):
        at = later(minutes=minute)
        case.receive(inbound(text, name=str(minute + 1), sent_at=at), at)
    return case


def in_state(status: Status) -> Case:
    """A case that came to this state by what staff do."""
    case = opened()
    match status:
        case "assigned":
            case.assign("emma", OLEG, NOW)
        case "in_progress":
            case.take(EMMA, NOW)
        case "waiting":
            case.take(EMMA, NOW)
            case.wait(EMMA, NOW)
        case "deferred":
            case.take(EMMA, NOW)
            case.defer(later(days=1), EMMA, NOW)
        case "resolved":
            case.take(EMMA, NOW)
            case.resolve("done", "", EMMA, NOW)
        case "closed":
            case.take(EMMA, NOW)
            case.close(EMMA, NOW)
        case "rejected":
            case.reject("не наш дом", EMMA, NOW)
        case "spam":
            case.spam(EMMA, NOW)
        case "merged":
            case.merge_into(blank(number=2), EMMA, NOW)
    assert case.status == status
    return case
