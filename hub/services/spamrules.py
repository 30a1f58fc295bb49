"""Senders whose messages go straight to spam, or about whom an operator is asked.

A rule is made where a case is marked as spam (CaseStates.spam). A resident sees nothing of it: no
case of theirs is confirmed, none is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from hub.domain.case import Case
from hub.domain.errors import Invalid, NotFound
from hub.domain.message import Sender
from hub.domain.rights import require
from hub.domain.spamrules import VERDICTS, SpamRule
from hub.domain.staff import Actor
from hub.services.deps import Deps


def judge(case: Case, sender: Sender, rules: Mapping[str, SpamRule], now: datetime) -> None:
    """A case before its first message: one of a known sender of spam goes where they belong."""
    rule = rules.get(sender.identity.key)
    if rule is not None and not case.seqs:
        case.suspect(now, spam=rule.what == "spam")


class SpamRules:
    """What admins see and change of it."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def all(self, by: Actor) -> list[SpamRule]:
        """Newest first."""
        require(by, "spam_rule.edit")
        known = await self._deps.spam_rules.known()
        return sorted(known.values(), key=lambda rule: rule.at, reverse=True)

    async def get(self, identity: str, by: Actor) -> SpamRule:
        """One of them, or NotFound."""
        require(by, "spam_rule.edit")
        rule = (await self._deps.spam_rules.known()).get(identity)
        if rule is None:
            raise NotFound(what="sender", id=identity)
        return rule

    async def change(self, identity: str, what: str, by: Actor) -> SpamRule:
        """Ask from now on, or do not ask any more."""
        rule = await self.get(identity, by)
        verdict = next((one for one in VERDICTS if one == what), None)
        if verdict is None:
            raise Invalid(field="what", reason="unknown")
        changed = SpamRule(
            id=rule.id,
            what=verdict,
            name=rule.name,
            case=rule.case,
            by=by.login,
            at=self._deps.clock.now(),
        )
        await self._deps.spam_rules.put(changed)
        return changed

    async def drop(self, identity: str, by: Actor) -> None:
        """The sender is as any other from now on."""
        require(by, "spam_rule.edit")
        await self._deps.spam_rules.drop(identity)
