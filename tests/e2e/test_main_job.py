"""The main job from outside: a resident writes, an operator answers, an executor helps, the
resident has the answer and hears the end. At our local Telegram and at one that others wrote,
by polling and by webhook."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.e2e.house import House
from tests.e2e.logs import faults, lines, private
from tests.support.talks import TheirTalk

Server = Literal["ours", "lo"]
Mode = Literal["polling", "webhook"]
MODES: tuple[Mode, Mode] = ("polling", "webhook")

ASKED = "Нет горячей воды второй день"
ANSWERED = "Мастер будет сегодня до пятнадцати"
NOTED = "Домофон на подъезде сломан, звоните"
REPORTED = "Принял, выезжаю на место"


@pytest.mark.parametrize("server", ["ours", "lo"])
async def test_main_job(tmp_path: Path, server: Server) -> None:
    """Both ways of receiving at once: most of the time is spent under Telegram's limits."""
    async with asyncio.TaskGroup() as both:
        for mode in MODES:
            (tmp_path / mode).mkdir()
            both.create_task(_main_job(tmp_path / mode, server, mode))


async def _main_job(folder: Path, server: Server, mode: Mode) -> None:
    async with House(folder, server=server, mode=mode, HUB_LOG_LEVEL="debug") as house:
        began = time.monotonic()
        number = await _through(house)
        seconds = time.monotonic() - began
        await _stands_so(house, number)
        if isinstance(house.emma, TheirTalk):
            # There every word that stood in a message is known.
            mark = next(one for one in house.emma.bubbles if one.text.startswith("✓"))
            assert not mark.was or mark.was[0].startswith("⏳")
        if mode == "webhook":
            await _one_id_all_the_way(house, number)
        ends = await house.stop()
        assert [code for code, _ in ends] == [0]
        private(house, ASKED, ANSWERED, NOTED, REPORTED)
        assert faults(house) == []
        refused = sorted(house.judge.refused) if house.judge else []
        print(
            f"\nmain job, {server}, {mode}: {seconds:.1f} s, stopped in {ends[0][1]:.1f} s; "
            f"refused there: {refused}"
        )


async def _through(house: House) -> int:
    resident, emma, roma = house.resident, house.emma, house.roma
    await resident.start()
    await resident.say(ASKED)
    await resident.wait_for("№1 принято")
    card = await emma.wait_for(ASKED)
    await house.vera.wait_for(ASKED)
    await emma.press("Взять")
    await resident.wait_for("№1 в работе")

    await emma.reply(card, ANSWERED)
    await resident.wait_for(ANSWERED)
    await emma.wait_for("✓ №1")

    await emma.press("Ещё")
    await emma.press("Исполнители")
    await emma.press("Белов Р. С., сантехник · 0 задач")
    await roma.wait_for("Задача №1")
    await emma.press("Заметка")
    await emma.wait_for("Комментарий к №1")
    await emma.say(NOTED)
    comment = await roma.wait_for(NOTED)
    await roma.reply(comment, REPORTED)
    await emma.wait_for(REPORTED)

    await emma.press("Закрыть")
    await emma.press("Выполнено")
    await emma.press("Закрыть обращение")
    await resident.wait_for("Работы по обращению №1 выполнены")
    await resident.wait_for("Обращение №1 выполнено")
    return 1


async def _stands_so(house: House, number: int) -> None:
    """The same by API: who said what, and that it arrived."""

    def arrived(case: dict[str, Any]) -> bool:
        answers = [entry for entry in case["thread"] if entry["direction"] == "out"]
        return {entry["delivery"]["state"] for entry in answers} == {"sent"}

    # A resident reads before the hub has written down that it was sent.
    case = await house.api.until(number, arrived)
    assert (case["status"], case["operator"], case["result"]) == ("resolved", "emma", "done")
    assert case["executors"] == ["roma"]
    told = [
        (entry["kind"], entry["direction"], entry["text"], entry["author_login"])
        for entry in case["thread"]
        if not entry["automatic"]
    ]
    assert told == [
        ("message", "in", ASKED, ""),
        ("message", "out", ANSWERED, "emma"),
        ("comment", None, NOTED, "emma"),
        ("comment", None, REPORTED, "roma"),
    ]
    actions = [line["action"] for line in case["history"]]
    for action in ("taken", "executor_added", "resolved"):
        assert action in actions, actions


async def _one_id_all_the_way(house: House, number: int) -> None:
    """The id of the kept row stands in every line from the webhook to the delivery."""
    rows = (await house.api.get("/inbox?account=staff"))["items"]
    traced = {row["trace"]: row for row in rows}
    by_trace: dict[str, list[str]] = {}
    for line in lines(house):
        if line.get("trace") in traced:
            by_trace.setdefault(line["trace"], []).append(
                f"{line['event']} {line.get('kind', '')}".strip()
            )
    answer = [one for one in by_trace.values() if "relay.sent deliver" in one]
    assert answer, by_trace
    assert all(one[0] == "ingress.kept" for one in answer)
    rows = (await house.api.get("/inbox?account=residents"))["items"]
    first = next(row for row in rows if row["case"] == number)
    way = [line["event"] for line in lines(house) if line.get("trace") == first["trace"]]
    assert way[:2] == ["ingress.kept", "intake.done"]
    assert "relay.sent" in way
