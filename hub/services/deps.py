"""What the services are given: ports, and the few figures of policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.domain.hours import Holidays
from hub.ports.budget import Budget
from hub.ports.calls import Callbacks, Calls
from hub.ports.cases import Cases
from hub.ports.catalog import Catalog
from hub.ports.channel import Sender
from hub.ports.clock import Clock, Ids
from hub.ports.codes import Codes
from hub.ports.contacts import Contacts
from hub.ports.engine import Engine
from hub.ports.failures import Failures
from hub.ports.files import Files
from hub.ports.forums import Forums
from hub.ports.heads import CaseHeads
from hub.ports.inbox import Inbox
from hub.ports.lanes import Lanes
from hub.ports.leases import Leases
from hub.ports.letters import Letters
from hub.ports.live import Live
from hub.ports.measures import Measures, NoMeasures
from hub.ports.notices import HeldStore, ShiftLog
from hub.ports.parts import Parts
from hub.ports.passwords import Passwords
from hub.ports.premises import Houses, Schedules
from hub.ports.shown import ShownStore
from hub.ports.spamrules import SpamRules
from hub.ports.staff import StaffStore
from hub.ports.texts import Texts


@dataclass(frozen=True)
class Policy:
    """Figures an owner may set. Sizes in bytes, times in seconds unless named otherwise."""

    organisation: str = ""
    phone: str = ""
    timezone: str = "Europe/Moscow"
    sign_with_operator: bool = False
    executors_see_phone: bool = True
    max_file: int = 50 * 1024 * 1024
    link_minutes: int = 15
    close_resolved_days: int = 3
    inbox_days: int = 90
    lease: float = 60.0
    lane_lease: float = 15.0
    # Staff bots by account id, in the order of settings: the first is where new links lead.
    staff_bots: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deps:
    """Handed to every service by wiring (and by tests, with twins)."""

    clock: Clock
    ids: Ids
    inbox: Inbox
    lanes: Lanes
    cases: Cases
    contacts: Contacts
    files: Files
    staff: StaffStore
    catalog: Catalog
    letters: Letters
    shown: ShownStore
    leases: Leases
    forums: Forums
    houses: Houses
    hours: Schedules
    holidays: Holidays
    held: HeldStore
    shifts: ShiftLog
    spam_rules: SpamRules
    parts: Parts
    failures: Failures
    heads: CaseHeads
    codes: Codes
    calls: Calls
    callbacks: Callbacks
    engine: Engine
    live: Live
    budget: Budget
    texts: Texts
    passwords: Passwords
    senders: Mapping[str, Sender] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    # Channels by account, asked for what exchanges can do (hub.ports.telephony).
    exchanges: Mapping[str, object] = field(default_factory=dict)
    measures: Measures = field(default_factory=NoMeasures)
