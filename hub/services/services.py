"""All services in one hand, as bots, web and API are given them."""

from __future__ import annotations

from dataclasses import dataclass

from hub.services.asking import Asking
from hub.services.callbacks import CallbackBook
from hub.services.callers import CallerBook
from hub.services.callintake import CallIntake
from hub.services.calls import CallBook
from hub.services.casebook import Casebook
from hub.services.casework import Casework
from hub.services.contacts import ContactBook
from hub.services.deps import Deps
from hub.services.dialling import Dialler
from hub.services.failures import Failures
from hub.services.guests import Guests
from hub.services.hours import WorkingHours
from hub.services.houses import HouseBook
from hub.services.linking import Linking
from hub.services.newcases import NewCases
from hub.services.originals import Originals
from hub.services.outgoing import Outgoing
from hub.services.people import People
from hub.services.persons import Persons
from hub.services.places import ForumPlaces
from hub.services.queries import Queries
from hub.services.quickreplies import QuickReplies
from hub.services.recordings import Recordings
from hub.services.replies import Replies
from hub.services.residents import Residents
from hub.services.setup import Setup
from hub.services.shifts import Shifts
from hub.services.spamrules import SpamRules
from hub.services.tasks import Tasks
from hub.services.timeline import Timeline
from hub.services.typing import Typing
from hub.services.uploads import Uploads


@dataclass(frozen=True)
class Services:
    """One path for one thing."""

    deps: Deps
    book: Casebook
    casework: Casework
    replies: Replies
    contacts: ContactBook
    people: People
    queries: Queries
    quick_replies: QuickReplies
    new_cases: NewCases
    setup: Setup
    uploads: Uploads
    residents: Residents
    tasks: Tasks
    spam_rules: SpamRules
    shifts: Shifts
    places: ForumPlaces
    hours: WorkingHours
    houses: HouseBook
    asking: Asking
    typing: Typing
    callers: CallerBook
    calls: CallBook
    callbacks: CallbackBook
    call_intake: CallIntake
    dialler: Dialler
    recordings: Recordings
    failures: Failures
    persons: Persons
    timeline: Timeline
    linking: Linking
    guests: Guests
    originals: Originals
    outgoing: Outgoing

    @classmethod
    def of(cls, deps: Deps) -> Services:
        """Build every service over the same ports."""
        book = Casebook(deps)
        replies = Replies(deps, book)
        contacts = ContactBook(deps, book)
        houses, residents = HouseBook(deps), Residents(deps, book, contacts)
        people = People(deps, book)
        callers, callbacks = CallerBook(deps), CallbackBook(deps)
        new_cases = NewCases(deps, book)
        calls = CallBook(deps, book, callers, new_cases)
        call_intake = CallIntake(deps, book, callers, callbacks)
        return cls(
            deps=deps,
            book=book,
            casework=Casework(deps, book),
            replies=replies,
            contacts=contacts,
            people=people,
            queries=Queries(deps, book),
            quick_replies=QuickReplies(deps),
            new_cases=new_cases,
            setup=Setup(deps),
            uploads=Uploads(deps, book),
            residents=residents,
            tasks=Tasks(deps, book, replies),
            spam_rules=SpamRules(deps),
            shifts=Shifts(deps, people),
            places=ForumPlaces(deps, book),
            hours=WorkingHours(deps),
            houses=houses,
            asking=Asking(deps, book, houses, residents),
            typing=Typing(deps, book),
            callers=callers,
            calls=calls,
            callbacks=callbacks,
            call_intake=call_intake,
            dialler=Dialler(deps, calls),
            recordings=Recordings(deps, call_intake.follow),
            failures=Failures(deps, book, replies),
            persons=Persons(deps, book, contacts),
            timeline=Timeline(deps),
            linking=Linking(deps, contacts),
            guests=Guests(deps, book),
            originals=Originals(deps, book),
            outgoing=Outgoing(deps, book, replies),
        )
