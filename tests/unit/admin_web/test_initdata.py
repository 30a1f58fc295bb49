"""Who may say who opened a Mini App: Telegram alone, by the right bot, a short while ago."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from aiogram.utils.web_app import check_webapp_signature

from admin_web.miniapp.initdata import LONGEST, NotVouched, key_of, opening
from tests.support.desk import STAFF_TOKEN
from tests.support.miniapp import USER, data_of, signed

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = key_of(STAFF_TOKEN)


def why(data: str, now: datetime = NOW) -> str:
    with pytest.raises(NotVouched) as doubt:
        opening(data, KEY, now, HOUR)
    return doubt.value.why


def test_what_telegram_signed_names_the_user() -> None:
    data = data_of(NOW - timedelta(minutes=59))
    assert opening(data, KEY, NOW, HOUR).user == USER


def test_our_reading_of_the_rule_is_aiograms_too() -> None:
    assert check_webapp_signature(STAFF_TOKEN, data_of(NOW))
    assert not check_webapp_signature("100:other-secret", data_of(NOW))


def test_each_opening_has_a_mark_of_its_own() -> None:
    first, second = data_of(NOW), data_of(NOW, query="BBF")
    marks = {opening(data, KEY, NOW, HOUR).mark for data in (first, second, first)}
    assert len(marks) == 2


@pytest.mark.parametrize("name", ["user", "auth_date", "query_id", "signature"])
def test_a_changed_field_is_forged(name: str) -> None:
    fields = dict(parse_qsl(data_of(NOW)))
    assert why(urlencode(fields | {name: fields[name] + "1"})) == "forged"
    del fields[name]
    assert why(urlencode(fields)) == "forged"


def test_a_field_that_was_not_signed_is_forged() -> None:
    assert why(data_of(NOW) + "&start_param=1") == "forged"
    assert why(data_of(NOW) + "&start_param=") == "forged"


def test_another_bots_token_is_forged() -> None:
    assert why(data_of(NOW, token="100:other-secret")) == "forged"


@pytest.mark.parametrize("hash_", ["", "0" * 64, "ё", "f" * 63])
def test_a_wrong_or_missing_hash_is_forged(hash_: str) -> None:
    fields = dict(parse_qsl(data_of(NOW)))
    assert why(urlencode(fields | {"hash": hash_})) == "forged"
    del fields["hash"]
    assert why(urlencode(fields)) == "forged"


def test_of_a_doubled_field_nobody_knows_which_was_signed() -> None:
    data = data_of(NOW)
    assert why(data + "&user=%7B%22id%22%3A1%7D") == "forged"
    assert why("user=%7B%22id%22%3A1%7D&" + data) == "forged"
    assert why(data + "&" + data) == "forged"


@pytest.mark.parametrize("data", ["", "&", "=", "hash", "a=1", "x" * (LONGEST + 1), "a=1&" * 70])
def test_nonsense_is_forged(data: str) -> None:
    assert why(data) == "forged"


def test_what_is_too_old_is_refused_to_the_second() -> None:
    assert opening(data_of(NOW - HOUR), KEY, NOW, HOUR)
    assert why(data_of(NOW - HOUR - timedelta(seconds=1))) == "old"


def test_a_time_still_to_come_is_refused_beyond_what_clocks_differ() -> None:
    assert opening(data_of(NOW + timedelta(seconds=20)), KEY, NOW, HOUR)
    assert why(data_of(NOW + timedelta(seconds=40))) == "ahead"


@pytest.mark.parametrize(
    "fields",
    [
        {"auth_date": "soon", "user": '{"id": 1}'},
        {"auth_date": "9" * 30, "user": '{"id": 1}'},
        {"auth_date": "1795340000"},
        {"auth_date": "1795340000", "user": "[]"},
        {"auth_date": "1795340000", "user": '{"id": "1"}'},
        {"user": '{"id": 1}'},
    ],
)
def test_signed_without_a_person_or_a_time_is_nobody(fields: dict[str, str]) -> None:
    assert why(signed(STAFF_TOKEN, fields)) == "forged"
