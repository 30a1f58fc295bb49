"""The `hub` command as people and programs outside use it: real processes, embedded stores."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from hub.embedded.record import read
from tests.support.ports import free_port

READY_SECONDS = 60


class House:
    """One data directory and what is typed beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        own = {k: v for k, v in os.environ.items() if not k.startswith("HUB_")}
        self.env = {**own, "HUB_DATA_DIR": str(folder / "var"), "HUB_PORT": str(port)}

    async def say(self, *args: str, given: str = "") -> tuple[int, str, str]:
        """Exit code, output and complaints of one command."""
        process = await self.start(*args)
        out, err = await process.communicate(given.encode())
        assert process.returncode is not None
        return process.returncode, out.decode().strip(), err.decode().strip()

    async def start(self, *args: str) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "hub",
            *args,
            cwd=self.folder,
            env=self.env,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
        )

    @asynccontextmanager
    async def running(self, *args: str) -> AsyncIterator[Process]:
        """`hub run`, ready; killed at the end if it still lives."""
        with (self.folder / "log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "hub",
                "run",
                *args,
                cwd=self.folder,
                env=self.env,
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            await self.ready(process)
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def ready(self, process: Process) -> None:
        async with aiohttp.ClientSession() as session, asyncio.timeout(READY_SECONDS):
            while True:
                assert process.returncode is None, (self.folder / "log").read_text()[-3000:]
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{self.url}/health/ready") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.05)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_commands_work_without_a_running_hub(house: House) -> None:
    assert (await house.say("init"))[0] == 0
    code, out, _ = await house.say(
        "staff", "add", "petrova", "--role", "operator", "--name", "Петрова", given="secret-1\n"
    )
    assert code == 0, out
    code, _, err = await house.say(
        "staff", "add", "petrova", "--role", "operator", given="secret-1"
    )
    assert (code, err) == (1, "Логин petrova уже занят.")
    code, out, _ = await house.say("token", "add", "site", "--scope", "cases:read")
    assert code == 0
    assert out.split()[-1].startswith("hub_")
    code, out, err = await house.say("seed", "--cases", "20")
    assert code == 0, err
    code, _, err = await house.say("replay", "nothing")
    assert code == 1
    assert "nothing" in err
    code, out, _ = await house.say("doctor")
    assert code == 0, out
    assert "✗" not in out


async def test_what_is_wrong_is_named_before_anything_starts(house: House) -> None:
    (house.folder / "hub.toml").write_text('prot = 1\n[[channel]]\nid = "a"\nkind = "pigeon"\n')
    code, _, err = await house.say("init")
    assert code == 2
    assert "prot" in err
    assert "«port»" in err
    (house.folder / "hub.toml").write_text('[[channel]]\nid = "a"\nkind = "pigeon"\n')
    code, out, _ = await house.say("doctor")
    assert code == 1
    assert "✗" in out
    assert "pigeon" in out


async def test_the_doctor_names_every_account_that_cannot_be_used_and_asks_the_others(
    house: House,
) -> None:
    (house.folder / "hub.toml").write_text(
        '[[channel]]\nid = "one"\nkind = "cti"\n'
        '[[channel]]\nid = "two"\nkind = "pigeon"\n'
        '[[channel]]\nid = "three"\nkind = "mango"\napi_key = "k"\n'
        '[[channel]]\nid = "four"\nkind = "cti"\nkey = "of-a-telephone-exchange-0123"\n'
    )
    code, out, _ = await house.say("doctor")
    assert code == 1
    told = [line for line in out.splitlines() if "Канал " in line]
    assert [(line[0], line.split()[2].strip(":")) for line in told] == [
        ("✗", "two"),
        ("✗", "one"),
        ("✗", "three"),
        ("✓", "four"),
    ]
    assert "«salt»" in out


async def test_the_doctor_names_a_key_that_means_nothing(house: House) -> None:
    (house.folder / "hub.toml").write_text(
        '[[channel]]\nid = "site"\nkind = "http"\nsecret = "s"\nreply_ulr = "http://127.0.0.1:9"\n'
    )
    _, out, _ = await house.say("doctor")
    assert "«reply_ulr» ни на что не влияет" in out
    assert "hub init" in out
    assert "индексов" not in out
    assert "«secret»" not in out


async def test_the_demonstration_runs_is_killed_runs_again_and_stops_in_order(
    house: House,
) -> None:
    async with house.running("--demo") as first:
        code, out, err = await house.say("staff", "link", "aksakova")
        assert code == 0, err
        assert out.split()[-1].startswith("https://t.me/smena_bot?start=")
        first.kill()
        await first.wait()
    async with house.running("--demo") as second:
        record = read(house.folder / "var" / "stores.json")
        assert record is not None
        code, out, err = await house.say("doctor")
        assert code == 0, out + err
        second.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            assert await second.wait() == 0
        assert record.leftovers() == []


async def test_the_demonstration_is_for_this_machine_alone(house: House) -> None:
    code, _, err = await house.say("run", "--demo", "--host", "0.0.0.0")
    assert code == 1
    assert "0.0.0.0" in err


async def test_a_second_demonstration_beside_the_first_is_refused_and_harms_nothing(
    house: House,
) -> None:
    async with house.running("--demo"):
        code, _, err = await house.say("run", "--demo", "--port", str(free_port()))
        assert code == 1
        assert "уже работает" in err
        code, out, err = await house.say("doctor")
        assert code == 0, out + err


async def test_an_address_that_is_taken_or_not_ours_is_named_in_words(house: House) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        code, _, err = await house.say("run", "--port", port)
    assert code == 1
    assert f"127.0.0.1:{port} занят" in err
    assert "OSError" not in err
    code, _, err = await house.say("run", "--host", "192.0.2.1")
    assert code == 1
    assert "не адрес этой машины" in err


async def test_a_data_directory_that_cannot_be_written_is_named_in_words(house: House) -> None:
    (house.folder / "file").write_text("")
    code, _, err = await house.say("init", "--data", str(house.folder / "file" / "var"))
    assert code == 1
    assert "file/var не получается писать" in err
    assert "Error" not in err


async def test_numbers_and_logins_that_make_no_sense_are_refused(house: House) -> None:
    code, _, err = await house.say("seed", "--cases", "-5")
    assert code == 1
    assert "--cases 500" in err
    code, _, err = await house.say("staff", "add", "two words", "--role", "operator")
    assert (code, err) == (1, "Логин: без пробелов и двоеточий, не длиннее 64 знаков.")


@pytest.mark.parametrize("name", ["intake", "notify"])
async def test_measurements_print_one_object_with_the_promised_keys(
    house: House, name: str
) -> None:
    keys = {
        "intake": "acked_per_s bare_per_s ratio ack_p50_ms ack_p99_ms bare_p99_ms "
        "understood_new_per_s understood_follow_per_s cpu_ms_per_message messages",
        "notify": "p50_ms p99_ms bare_p50_ms bare_p99_ms messages",
    }[name].split()
    code, out, err = await house.say("bench", name, "--json", "--messages", "20")
    assert code == 0, err
    figures = json.loads(out)
    assert set(figures) == {*keys, "machine", "version"}
    assert figures["messages"] == 20
    assert all(figures[key] > 0 for key in keys)
