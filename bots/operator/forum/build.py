"""The parts of the forum desk, put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bots.common.staffbot import StaffBot
from bots.common.teller import Teller
from bots.operator.forum.board import REST, Board, ForumLetterOutlet
from bots.operator.forum.desk import TopicDesk
from bots.operator.forum.maker import TopicMaker
from bots.operator.forum.outlet import ForumOutlet
from bots.operator.forum.updates import ForumUpdates
from bots.operator.forum.voice import Voice
from hub.services.services import Services


@dataclass(frozen=True)
class Forum:
    """`outlet` for rows, `letters` for letters of kind forum, `updates` for what Telegram tells."""

    outlet: ForumOutlet
    letters: ForumLetterOutlet
    updates: ForumUpdates


def build_forum(
    bots: Mapping[str, StaffBot], services: Services, teller: Teller, *, rest: float = REST
) -> Forum:
    """`rest`: seconds between two drawings of the queue."""
    deps = services.deps
    voice = Voice(bots, deps, services.places, teller)
    maker = TopicMaker(deps, voice)
    board = Board(deps, voice, rest=rest)
    return Forum(
        outlet=ForumOutlet(deps, voice, TopicDesk(deps, voice, maker, board)),
        letters=ForumLetterOutlet(deps, voice, board),
        updates=ForumUpdates(services, voice, maker, board),
    )
