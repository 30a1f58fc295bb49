"""What of a case is said in its topic: each thing once and in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bots.common.entries import GONE_OUT, STUCK, UNSETTLED, Entries
from bots.common.forumcards import on_card
from bots.common.views import PART, View
from bots.common.where import EVERYBODY, written_here
from bots.operator.forum.voice import Halt, Voice
from hub.domain.case import Case
from hub.domain.forum import ForumPlace, Topic
from hub.domain.message import Attachment, Rejected
from hub.domain.staff import Directory
from hub.domain.thread import Entry
from hub.ports.shown import Shown
from hub.services.addresses import next_address
from hub.services.deps import Deps
from hub.services.oldentries import standing
from hub.services.unsent import retried

LATE = 8
"""Messages of the past that a new topic begins with."""


class TopicEntries:
    """Says what has not been said; the topic remembers how far it is after every message."""

    def __init__(self, deps: Deps, voice: Voice) -> None:
        self._deps = deps
        self._voice = voice
        self._entries = Entries(deps.texts)

    def begin(self, place: ForumPlace, topic: Topic, case: Case) -> int:
        """A fresh topic starts near the end of a long thread; returns how many it leaves out."""
        first = on_card(case)
        told = [
            entry
            for entry in sorted(case.thread, key=_seq)
            if entry is not first and self._tells(place, entry)
        ]
        skipped = max(len(told) - LATE, 0)
        topic.since = told[skipped].seq if skipped else 0
        topic.posted = (
            topic.since - 1 if skipped else (first.seq if first and first.seq == 1 else 0)
        )
        topic.edits = {str(one.seq): len(one.edits) for one in case.thread if one.edits}
        return skipped

    async def say(
        self,
        place: ForumPlace,
        topic: Topic,
        case: Case,
        directory: Directory,
    ) -> None:
        """What was written since."""
        for batch in _batches(case, topic):
            views = self._views(place, case, batch, directory)
            for at, view in enumerate(views):
                if at < topic.part:
                    continue
                await self._voice.say(place, topic.thread, view)
                topic.part = at + 1
                if topic.part < len(views):
                    await self._deps.forums.save_topic(topic)
            topic.posted, topic.part = batch[-1].seq, 0
            topic.edits |= {str(one.seq): len(one.edits) for one in batch if one.edits}
            await self._deps.forums.save_topic(topic)

    async def files(self, place: ForumPlace, topic: Topic, case: Case) -> None:
        """Pictures and other files that are here by now."""
        for entry in case.thread:
            if not topic.since <= entry.seq <= topic.posted or not self._tells(place, entry):
                continue
            if entry.direction == "out":
                continue
            for file in entry.files:
                if file.state != "pending" and file.id not in topic.files:
                    await self._file(place, topic, case, entry, file)
                    topic.files = [*topic.files, file.id]
                    await self._deps.forums.save_topic(topic)

    async def edits(self, place: ForumPlace, topic: Topic, case: Case) -> None:
        """«Было / стало»."""
        for entry in case.thread:
            known = topic.edits.get(str(entry.seq), 0)
            shown = topic.since <= entry.seq <= topic.posted and entry.direction == "in"
            if not shown or len(entry.edits) <= known:
                continue
            view = self._entries.edited(case, entry, EVERYBODY)
            under = await self._under(place, topic, entry)
            await self._voice.say(place, topic.thread, view, reply_to=under)
            topic.edits[str(entry.seq)] = len(entry.edits)
            await self._deps.forums.save_topic(topic)

    async def troubles(self, place: ForumPlace, topic: Topic, case: Case) -> list[Entry]:
        """Answers that did not arrive, each with [Повторить]; returns those that are new."""
        found = []
        for entry in case.thread:
            stamp = trouble(entry)
            if not stamp or topic.troubles.get(str(entry.seq)) == stamp:
                continue
            mark = await self._voice.latest(place, "mark", case.number, entry.seq)
            refused = entry.delivery and entry.delivery.state == "failed" and entry.delivery.to
            other = await next_address(self._deps, case, refused) if refused else None
            view = self._entries.trouble(case, entry, EVERYBODY.language, other=other)
            under = mark.message if mark else 0
            await self._settle(place, case, entry)
            await self._voice.say(place, topic.thread, view, reply_to=under)
            topic.troubles[str(entry.seq)] = stamp
            await self._deps.forums.save_topic(topic)
            found.append(entry)
        return found

    async def mark(self, place: ForumPlace, case: Case, seq: int) -> None:
        """⏳ becomes ✓, or the reason."""
        entry = await standing(self._deps.cases, case, seq)
        delivery = entry.delivery if entry is not None else None
        if entry is not None and delivery is not None and delivery.state in GONE_OUT:
            await self._settle(place, case, entry)
        shown = await self._voice.latest(place, "mark", case.number, seq)
        if entry is None or shown is None:
            return
        if shown.data.get("sent"):
            view = self._sent(case, entry)
        else:
            told = bool(shown.data.get("told"))
            view = self._entries.mark(case, entry, EVERYBODY.language, told=told)
        if view.digest != shown.data.get("digest"):
            await self._redraw(place, shown, view)

    async def _settle(self, place: ForumPlace, case: Case, entry: Entry) -> None:
        """The trouble that was told of is over, or told of anew: its keys go."""
        if not retried(case, entry.seq):
            return
        shown = await self._voice.latest(place, "trouble", case.number, entry.seq)
        if shown is not None and UNSETTLED in shown.data:
            over = self._entries.settled(case, entry, EVERYBODY.language)
            await self._redraw(place, shown, over)

    async def _redraw(self, place: ForumPlace, shown: Shown, view: View) -> None:
        try:
            await self._voice.redraw(place, shown.message, view)
        except Halt as halt:
            if halt.reason != "message_gone":
                raise
            await self._deps.shown.drop(shown)

    async def _file(
        self, place: ForumPlace, topic: Topic, case: Case, entry: Entry, file: Attachment
    ) -> None:
        under = await self._under(place, topic, entry)
        what = f"file:{file.id}"
        # An answer to a picture of a colleague is for colleagues.
        inward = {"inward": "1"} if entry.kind == "comment" else {}
        caption = self._deps.texts.html("bot/operator/file", case=case, entry=entry, file=file)
        if file.state == "ready":
            try:
                await self._voice.file(
                    place,
                    topic.thread,
                    file,
                    caption=caption,
                    reply_to=under,
                    shown={"what": what, "case": case.number, "data": inward},
                )
            except Halt as halt:
                refused = isinstance(halt.outcome, Rejected)
                if not refused or halt.reason not in {"file_size", "refused"}:
                    raise
            else:
                return
        text = self._deps.texts.html("bot/operator/file_lost", case=case, file=file)
        view = View(text=text, what=what, case=case.number, data=inward)
        await self._voice.say(place, topic.thread, view, reply_to=under)

    async def _under(self, place: ForumPlace, topic: Topic, entry: Entry) -> int:
        shown = await self._voice.latest(place, "message", topic.case, entry.seq)
        return shown.message if shown else topic.card

    def _tells(self, place: ForumPlace, entry: Entry) -> bool:
        """What residents and colleagues elsewhere wrote; not what stands here already."""
        if entry.deleted and not entry.text:
            return False
        if entry.kind == "message" and entry.direction == "in":
            return True
        if entry.automatic or entry.kind not in {"message", "comment"}:
            return False
        return not written_here(entry.key, place.account, place.chat)

    def _views(
        self, place: ForumPlace, case: Case, batch: Sequence[Entry], directory: Directory
    ) -> list[View]:
        entry = batch[-1]
        if entry is on_card(case) or not self._tells(place, entry):
            return []
        if entry.kind == "comment":
            return self._entries.comment(case, entry, EVERYBODY, directory)
        if entry.direction == "out":
            return [self._sent(case, entry)]
        if len(batch) == 1 and len(entry.text) > PART:
            return self._entries.message(case, entry, EVERYBODY, named=False)
        if len(batch) == 1 and _files_alone(entry):
            # A picture speaks for itself.
            return []
        text = self._deps.texts.html("bot/operator/forum/messages", entries=batch)
        return [View(text=text, what="message", case=case.number, entry=entry.seq)]

    def _sent(self, case: Case, entry: Entry) -> View:
        delivery = entry.delivery
        text = self._deps.texts.html(
            "bot/operator/forum/sent",
            author=entry.author.name,
            text=entry.text[:PART],
            files=len(entry.files),
            state=delivery.state if delivery else "queued",
            reason=delivery.reason if delivery else "",
        )
        return View(
            text=text,
            keys=self._entries.repair(case, entry, EVERYBODY.language),
            what="mark",
            case=case.number,
            entry=entry.seq,
            data={"sent": "1"},
        )


def trouble(entry: Entry) -> str:
    """Names a delivery that is stuck, the same until it is tried again; empty for others."""
    delivery = entry.delivery
    if delivery is None or delivery.state not in STUCK:
        return ""
    return f"{delivery.state}:{delivery.at.isoformat()}"


def _batches(case: Case, topic: Topic) -> Iterator[list[Entry]]:
    """Plain words of the resident in a row are one message where they waited together."""
    batch: list[Entry] = []
    size = 0
    first = on_card(case)
    for entry in sorted(case.thread, key=_seq):
        if entry.seq <= topic.posted:
            continue
        plain = entry.direction == "in" and not entry.files and entry is not first
        if batch and (not plain or size + len(entry.text) > PART):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += len(entry.text) + 2
        if not plain:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _files_alone(entry: Entry) -> bool:
    return bool(entry.files) and not (entry.text or entry.location or entry.shared_contact)


def _seq(entry: Entry) -> int:
    return entry.seq
