"""Whose session it is, as long as nothing ended it."""

from __future__ import annotations

from aiohttp_session import Session

from hub.domain.staff import Directory, Staff


def begun(session: Session, person: Staff, csrf: str) -> None:
    """Write down in a new session whose it is."""
    session["login"], session["epoch"], session["csrf"] = person.login, person.epoch, csrf


def holder(directory: Directory, session: Session) -> Staff | None:
    """The person, while they are active and have the password and roles with which it began. A
    session that a bot vouched for (`account`, `user`) ends with the link to that bot too."""
    person = directory.staff.get(session.get("login") or "")
    if person is None or not person.active or person.epoch != session.get("epoch"):
        return None
    account = session.get("account")
    if account is not None:
        link = person.link(account)
        if link is None or link.user != session.get("user"):
            return None
    return person
