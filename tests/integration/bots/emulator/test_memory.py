"""What is left after a restart, an orderly one and a kill."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import sys
from pathlib import Path

from aiogram.types import BufferedInputFile, MenuButtonCommands

from bots.emulator.demo import demo_cast
from bots.emulator.server import Emulator, Limits
from tests.integration.bots.emulator.conftest import DOM, EMMA, SHIFT, SVETLANA, bot_at
from tests.integration.bots.emulator.test_groups import make_group
from tests.support.phone import Phone
from tests.support.samples import png


async def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    first = Emulator([DOM], [SVETLANA], tmp_path, limits=Limits(mode="off"))
    url = await first.start()
    bot = bot_at(url, DOM.token)
    async with Phone(url, SVETLANA.id, "dom_bot") as phone:
        await phone.start()
        (update,) = await bot.get_updates(allowed_updates=["message"])
        sent = await bot.send_photo(SVETLANA.id, BufferedInputFile(png(), "p.png"), caption="вид")
        await bot.pin_chat_message(SVETLANA.id, sent.message_id)
        before = [m.raw for m in await phone.history()]
    await bot.session.close()
    await first.stop()

    second = Emulator(data=tmp_path, limits=Limits(mode="off"))
    url = await second.start()
    bot = bot_at(url, DOM.token)
    async with Phone(url, SVETLANA.id, "dom_bot") as phone:
        assert [m.raw for m in await phone.history()] == before
        assert (await bot.get_updates())[0] == update
        own = await phone.say("после")
        assert own.id == before[-1]["id"] + 1
        assert own.seq > before[-1]["seq"]
        newest = (await bot.get_updates(offset=-1))[0]
        assert newest.update_id > update.update_id
        assert sent.photo is not None
        file = await bot.get_file(sent.photo[-1].file_id)
        assert file.file_path is not None
        got = await bot.download_file(file.file_path)
        assert got is not None
        assert got.read() == png()
    await bot.session.close()
    await second.stop()


async def test_groups_menus_and_inline_messages_outlive_a_restart(tmp_path: Path) -> None:
    first = Emulator([SHIFT], [EMMA], tmp_path, limits=Limits(mode="off"))
    url = await first.start()
    bot = bot_at(url, SHIFT.token)
    chat_id = await make_group(url, people=[EMMA.id], forum=True)
    offer = {
        "id": "1",
        "content": {"text": "Мастер едет"},
        "markup": {"inline_keyboard": [[{"text": "Ещё", "callback_data": "more"}]]},
    }
    async with Phone(url, EMMA.id, str(chat_id)) as emma:
        await emma.do("topic_new", name="1842")
        await emma.choose("shift_bot", "мастер", offer)
        await emma.do("bot_rights", bot="shift_bot", admin=False)
        chosen = (await bot.get_updates(offset=-2))[0].chosen_inline_result
        await bot.set_my_description("Рабочее место")
        await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
        before = await emma.chat()
    await bot.session.close()
    await first.stop()
    assert chosen is not None

    second = Emulator(data=tmp_path, limits=Limits(mode="off"))
    url = await second.start()
    bot = bot_at(url, SHIFT.token)
    async with Phone(url, EMMA.id, str(chat_id)) as emma:
        assert await emma.chat() == before
        inline = chosen.inline_message_id
        assert await bot.edit_message_text("Мастер приехал", inline_message_id=inline) is True
        assert (await emma.history())[-1].text == "Мастер приехал"
    assert (await bot.get_chat_member(chat_id, bot.id)).status == "member"
    assert (await bot.get_my_description()).description == "Рабочее место"
    assert isinstance(await bot.get_chat_menu_button(), MenuButtonCommands)
    await bot.session.close()
    await second.stop()


async def written(data: Path, text: str) -> None:
    """Wait until this is on the disk."""
    wanted = "select count(*) from record where instr(body, ?)"
    async with asyncio.timeout(60):
        with contextlib.closing(sqlite3.connect(data / "telegram.db")) as base:
            while not base.execute(wanted, (text.encode(),)).fetchone()[0]:
                await asyncio.sleep(0.01)


async def test_a_kill_loses_at_most_the_last_instant(tmp_path: Path) -> None:
    person = demo_cast().people[0]
    command = [sys.executable, "-m", "bots.emulator", "--port", "0", "--data", str(tmp_path)]

    async def run() -> tuple[asyncio.subprocess.Process, str]:
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        return process, (await process.stdout.readline()).decode().strip()

    process, url = await run()
    async with Phone(url, person.id, person.bot_username) as phone:
        for n in range(45):
            await phone.say(f"слово {n}")
        await written(tmp_path, "слово 44")
        for n in range(45, 50):
            await phone.say(f"слово {n}")
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()

    process, url = await run()
    async with Phone(url, person.id, person.bot_username) as phone:
        kept = [m.text for m in await phone.history()]
        own = await phone.say("после")
    process.terminate()
    assert await process.wait() == 0
    assert kept == [f"слово {n}" for n in range(len(kept))]
    assert len(kept) >= 45
    assert own.id == len(kept) + 1
