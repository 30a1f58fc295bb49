"""A process of the hub starts in a second because it does not load what it may never use."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

LOADED = """
import json, sys
import hub.commands.{module}
import hub.wiring
import channels
channels.discover()
from aiogram.types import TelegramObject

def below(cls):
    return [cls, *(one for child in cls.__subclasses__() for one in below(child))]

built = [one.__name__ for one in below(TelegramObject) if one.__pydantic_complete__]
print(json.dumps({{"modules": list(sys.modules), "built": built}}))
"""

HEAVY = {
    "fpdf": "sheets of codes",
    "numpy": "fpdf",
    "fontTools": "fpdf",
    "openpyxl": "spreadsheets",
    "holidays": "working days",
    "bots.emulator.server": "the local Telegram",
    "secantus": "the embedded database, which has a process of its own",
}


@pytest.mark.parametrize(
    ("module", "needed"), [("roles", set()), ("run", {"bots.emulator.server"})]
)
def test_what_few_processes_need_is_not_loaded_by_all(module: str, needed: set[str]) -> None:
    code = LOADED.format(module=module)
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    found = json.loads(said.stdout)
    assert set(HEAVY) & set(found["modules"]) == needed
    assert found["built"] == []


def test_what_a_person_types_is_understood_before_anything_else_is_loaded() -> None:
    code = "import json, sys, hub.commands.main; print(json.dumps(list(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    loaded = set(json.loads(said.stdout))
    assert not {"aiogram", "hub.wiring", *HEAVY} & loaded
