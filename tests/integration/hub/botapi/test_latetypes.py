"""Types that are built late are the types that aiogram would have built at once."""

from __future__ import annotations

import subprocess
import sys

from aiogram.types import Message, Update
from pydantic import TypeAdapter

import hub.botapi.latetypes

PLAIN = ""
LATE = f"""
from {hub.botapi.latetypes.__name__} import load_aiogram
load_aiogram()
load_aiogram()
"""
TOLD = """
import re
from aiogram import methods, types
from aiogram.methods import Response
from pydantic import BaseModel

for module in types, methods:
    for name in module.__all__:
        model = getattr(module, name)
        if isinstance(model, type) and issubclass(model, BaseModel):
            model.model_rebuild()
            assert model.__pydantic_complete__
            fields = str({name: str(field) for name, field in model.model_fields.items()})
            print(name, re.sub(" at 0x[0-9a-f]+", "", fields))
print(Response[types.Message].model_validate_json(
    '{"ok": true, "result": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}}'
))
"""


def _told(before: str) -> list[str]:
    code = [sys.executable, "-c", before + TOLD]
    return subprocess.run(code, capture_output=True, check=True, text=True).stdout.splitlines()


def test_they_have_the_same_fields_of_the_same_types() -> None:
    plain, late = _told(PLAIN), _told(LATE)
    assert len(plain) > 500
    assert late == plain


def test_what_came_with_an_update_is_written_down_as_it_came() -> None:
    person = {"id": 7, "is_bot": False, "first_name": "Анна"}
    chat = {"id": 7, "type": "private"}
    message = {"message_id": 1, "date": 1, "chat": chat, "from": person, "text": "Нет света"}
    update = Update.model_validate({"update_id": 1, "message": message})
    assert update.message is not None
    assert update.message.chat.model_dump(exclude_none=True) == chat
    assert update.message.from_user is not None
    assert update.message.from_user.model_dump(exclude_none=True) == person
    again = TypeAdapter(Message).dump_python(update.message, exclude_none=True, by_alias=True)
    assert again["from_user" if "from_user" in again else "from"] == person
