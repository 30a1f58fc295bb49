"""Letters to staff: what handlers said, carried out one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from aiogram.methods import (
    DeleteMessage,
    EditMessageText,
    SendMessage,
    SetMessageReaction,
    SetMyCommands,
    TelegramMethod,
)

from bots.common.callcards import CALLS
from bots.common.cards import Cards
from bots.common.digest import digest
from bots.common.entries import Entries, meant_for
from bots.common.teller import MAX_UPLOAD, Teller
from bots.common.views import View
from bots.common.where import EVERYBODY
from hub.botapi.limits import limits
from hub.domain.message import Accepted, Deferred, Outcome, Rejected, Unsure
from hub.domain.outbox import Letter
from hub.domain.staff import Staff
from hub.ports.channel import Limit
from hub.ports.outlet import Skip
from hub.ports.shown import Shown
from hub.services.deps import Deps

METHODS: dict[str, type[TelegramMethod[Any]]] = {
    "sendMessage": SendMessage,
    "editMessageText": EditMessageText,
    "deleteMessage": DeleteMessage,
    "setMessageReaction": SetMessageReaction,
    "setMyCommands": SetMyCommands,
}
# Doing these twice leaves the same as doing them once.
HARMLESS = frozenset({"editMessageText", "deleteMessage", "setMessageReaction", "setMyCommands"})
# What cannot be done any more and does not matter then.
MOOT = frozenset({"message_gone", "unsupported"})


class StaffLetterOutlet:
    """Carries letters of kind staff."""

    def __init__(self, deps: Deps, teller: Teller) -> None:
        self._deps = deps
        self._teller = teller
        self._cards = Cards(deps.texts, phones=deps.policy.executors_see_phone)
        self._entries = Entries(deps.texts)

    def limits(self, letter: Letter) -> Sequence[Limit]:
        """The bot's budgets; a menu of commands is no message in the chat."""
        if letter.body["method"] == "setMyCommands":
            return ()
        found = limits(letter.account, int(_params(letter).get("chat_id", 0)))
        # A reaction puts no message into the chat.
        return found[:1] if letter.body["method"] == "setMessageReaction" else found

    async def send(self, letter: Letter) -> Outcome | Skip:
        """Carry it out. Said twice is better than not said: what may have gone out already goes
        again, marked as a repeat where that is not harmless."""
        outcome = await self._carry(letter)
        if isinstance(outcome, Unsure):
            letter.repeat = True
            return Deferred(outcome.reason, 0)
        return outcome

    async def _carry(self, letter: Letter) -> Outcome | Skip:
        if not self._teller.knows(letter.account):
            return Rejected("channel_off")
        name, params = str(letter.body["method"]), _params(letter)
        shown = cast(dict[str, Any], letter.body.get("shown") or {})
        harmless = name in HARMLESS
        if name == "digest":
            return await self._digest(letter, params)
        if name in CALLS:
            return await self._call(letter, name, params)
        if name == "file":
            return await self._file(letter, params)
        if name == "editMessageText" and await self._looks_so(letter, params, shown):
            return Skip()
        if "only" in letter.body and not await self._still(letter, params):
            return Skip()
        if name == "setMyCommands":
            params = {key: value for key, value in params.items() if key != "chat_id"}
        if name == "sendMessage" and shown.get("what") == "mark":
            params, shown = await self._now(letter, params, shown)
        if letter.repeat and not harmless:
            params = {**params, "text": self._repeated(params["text"])}
        method = METHODS[name].model_validate(params)
        outcome = await self._teller.call(letter.account, method, shown, harmless=harmless)
        if isinstance(outcome, Rejected) and harmless and outcome.reason in MOOT:
            return Skip(tried=True)
        if isinstance(outcome, Accepted) and shown.get("what") in {"mark", "card"}:
            await self._catch_up(letter, params, shown)
        return outcome

    def _repeated(self, text: str) -> str:
        return self._deps.texts.html("bot/staff/repeated") + "\n" + text

    async def _looks_so(
        self, letter: Letter, params: dict[str, Any], shown: dict[str, Any]
    ) -> bool:
        """A row of the outbox was quicker to draw the same."""
        digest = shown.get("data", {}).get("digest")
        known = await self._deps.shown.at(
            letter.account, int(params["chat_id"]), int(params["message_id"])
        )
        return known is not None and digest is not None and known.data.get("digest") == digest

    async def _still(self, letter: Letter, params: dict[str, Any]) -> bool:
        """The message stands there as it did when this change of it was put off."""
        known = await self._deps.shown.at(
            letter.account, int(params["chat_id"]), int(params["message_id"])
        )
        return known is not None and known.data.get("digest") == letter.body["only"]

    async def _digest(self, letter: Letter, params: dict[str, Any]) -> Outcome | Skip:
        """As the cases are now."""
        directory = await self._deps.staff.directory()
        person = directory.staff.get(params["login"])
        if person is None or not person.active or person.link(letter.account) is None:
            return Skip()
        found = await self._deps.cases.many(params["cases"])
        cases = [found[number] for number in params["cases"] if number in found]
        view = digest(
            self._deps.texts,
            params["why"],
            params["counts"],
            cases,
            person,
            directory,
            again=letter.repeat,
        )
        return await self._teller.show(letter.account, int(params["chat_id"]), view)

    async def _call(self, letter: Letter, name: str, params: dict[str, Any]) -> Outcome | Skip:
        """Somebody calls, or is owed a call: as it is now."""
        person = (await self._deps.staff.directory()).staff.get(params["login"])
        if person is None or not person.active or person.link(letter.account) is None:
            return Skip()
        view = await CALLS[name](self._deps, params, person)
        if view is None:
            return Skip()
        return await self._teller.show(letter.account, int(params["chat_id"]), view)

    async def _has(self, letter: Letter, params: dict[str, Any], what: str) -> bool:
        """This stands in the chat already, as the news of it or as it was asked for."""
        chat, case = int(params["chat_id"]), int(params["case"])
        return await self._deps.shown.latest(letter.account, chat, what, case) is not None

    async def _file(self, letter: Letter, params: dict[str, Any]) -> Outcome | Skip:
        case = await self._deps.cases.get(int(params["case"]))
        entry = case.by_seq(int(params["entry"])) if case else None
        if case is not None and entry is None:
            entry = await self._deps.cases.paged_entry(case.number, int(params["entry"]))
        file = (
            next((one for one in entry.files if one.id == params["file"]), None) if entry else None
        )
        if case is None or entry is None or file is None or file.state != "ready":
            return Skip()
        if params.get("once") and await self._has(letter, params, f"file:{file.id}"):
            return Skip()
        caption = self._deps.texts.html("bot/operator/file", case=case, entry=entry, file=file)
        if letter.repeat:
            caption = self._repeated(caption)
        shown = {"what": f"file:{file.id}", "case": case.number, "data": meant_for(entry)}
        thread, chat = int(params.get("message_thread_id", 0)), int(params["chat_id"])
        if file.size > MAX_UPLOAD:
            text = self._deps.texts.html("bot/operator/file_lost", case=case, file=file)
            what = f"file:{file.id}"
            view = View(text=text, what=what, case=case.number, data=meant_for(entry))
            return await self._teller.show(letter.account, chat, view, thread=thread)
        return await self._teller.file(
            letter.account,
            chat,
            file,
            caption=caption,
            shown=shown,
            thread=thread,
        )

    async def _now(
        self, letter: Letter, params: dict[str, Any], shown: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """A mark that waited for its turn says at once what is so by now."""
        case = await self._deps.cases.get(shown["case"])
        entry = case.by_seq(shown.get("entry", 0)) if case else None
        person = await self._person(letter)
        if case is None or entry is None or person is None:
            return params, shown
        told = bool(shown.get("data", {}).get("told"))
        view = self._entries.mark(case, entry, person.language, told=told)
        kept = {key: value for key, value in params.items() if key != "reply_markup"}
        return {**kept, **view.content()}, view.shown()

    async def _person(self, letter: Letter) -> Staff | None:
        """For whom it is drawn."""
        kind, name = letter.to.split(":")[:2]
        if kind == "forum":
            return EVERYBODY
        return (await self._deps.staff.directory()).staff.get(name)

    async def _catch_up(
        self, letter: Letter, params: dict[str, Any], shown: dict[str, Any]
    ) -> None:
        """What was drawn when the handler ran may be old by now, and the row that would have
        redrawn it found nothing to redraw yet."""
        case = await self._deps.cases.get(shown["case"])
        chat = int(params["chat_id"])
        known = await self._deps.shown.latest(
            letter.account, chat, shown["what"], shown["case"], shown.get("entry", 0)
        )
        if case is None or known is None:
            return
        directory = await self._deps.staff.directory()
        person = await self._person(letter)
        if person is None:
            return
        if shown["what"] == "card":
            if case.version == known.version:
                return
            view = self._cards.again(case, known, person, directory, self._deps.clock.now())
        else:
            entry = case.by_seq(known.entry)
            if entry is None:
                return
            told = bool(known.data.get("told"))
            view = self._entries.mark(case, entry, person.language, told=told)
        if person is EVERYBODY:
            await self._later(letter, known, view)
        else:
            await self._teller.redraw(known, view)

    async def _later(self, letter: Letter, known: Shown, view: View) -> None:
        """A group bears so much a minute: the change waits for a turn of its own."""
        if known.data.get("digest") == view.digest:
            return
        now = self._deps.clock.now()
        body: dict[str, object] = {
            "method": "editMessageText",
            "params": {**view.content(), "chat_id": known.chat, "message_id": known.message},
            "shown": view.shown(),
        }
        again = Letter(
            id=f"{letter.id}:again",
            kind="staff",
            to=letter.to,
            account=letter.account,
            body=body,
            due=now,
            at=now,
        )
        await self._deps.letters.add([again])
        await self._deps.engine.post([letter.to])


def _params(letter: Letter) -> dict[str, Any]:
    return cast(dict[str, Any], letter.body["params"])
