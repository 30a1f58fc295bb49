"""A bot account that speaks with staff."""

from __future__ import annotations

from dataclasses import dataclass

from aiogram import Bot

from hub.domain.staff import Actor, Staff

DISPATCH = frozenset({"operator", "supervisor", "admin"})


@dataclass(frozen=True)
class StaffBot:
    """`roles` says for whom it is (operator, executor); `account` is its name in the settings.
    `app` is the address of its Mini App, `desk` that of the desk in a browser; empty: none."""

    account: str
    bot: Bot
    roles: frozenset[str]
    app: str = ""
    desk: str = ""

    def dispatches(self, person: Staff | Actor) -> bool:
        """This person works with cases as an operator here."""
        return "operator" in self.roles and bool(DISPATCH & set(person.roles))

    def carries_out(self, person: Staff | Actor) -> bool:
        """This person gets tasks here."""
        return "executor" in self.roles and "executor" in person.roles
