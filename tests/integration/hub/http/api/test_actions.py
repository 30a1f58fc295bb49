"""What programs do with a case."""

from __future__ import annotations

from typing import Any

import pytest

from hub.domain.message import Rejected
from hub.domain.staff import SYSTEM
from tests.support.api import Program
from tests.support.world import World


@pytest.fixture(autouse=True)
async def case(world: World) -> None:
    await world.say("Нет воды")


TURNS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("take", {}, {"status": "in_progress", "operator": "token:tests"}),
    ("assign", {"operator": "emma"}, {"status": "assigned", "operator": "emma"}),
    ("transfer", {"operator": "oleg", "note": "его дом"}, {"operator": "oleg"}),
    ("transfer", {"group": "north", "note": "к северу"}, {"operator": None, "group": "north"}),
    ("type", {"type": "complaint"}, {"type": "complaint"}),
    ("deadline", {"at": "2026-11-24T12:00:00+03:00"}, {"deadline": "2026-11-24T09:00:00Z"}),
    ("responsible", {"staff": "emma"}, {"responsible": "emma", "status": "assigned"}),
    ("executors", {"add": ["ivan"]}, {"executors": ["ivan"]}),
    ("edit", {"subject": "Вода", "premises": "кв. 5"}, {"subject": "Вода", "premises": "кв. 5"}),
    ("wait", {}, {"status": "waiting"}),
    ("defer", {"until": "2026-11-24T12:00:00Z"}, {"status": "deferred"}),
    ("resolve", {"result": "done", "comment": "дали"}, {"status": "resolved", "result": "done"}),
    ("close", {}, {"status": "closed"}),
    ("reject", {"reason": "не наш дом"}, {"status": "rejected", "reason": "не наш дом"}),
    ("spam", {}, {"status": "spam"}),
    ("spam", {"then": "ask"}, {"status": "spam"}),
]


@pytest.mark.parametrize(("action", "body", "then"), TURNS)
async def test_action_changes_the_case(
    api: Program, action: str, body: dict[str, Any], then: dict[str, Any]
) -> None:
    answer = await api.post(f"/cases/1/{action}", body)
    assert {name: answer[name] for name in then} == then
    assert await api.get("/cases/1") == {k: v for k, v in answer.items() if k != "entry"}


async def test_spam_may_name_what_becomes_of_its_sender(api: Program, world: World) -> None:
    await api.post("/cases/1/spam", {"then": "burn"}, 422)
    await api.post("/cases/1/spam", {"then": "ask"})
    await world.say("Снова я")
    assert [rule.what for rule in (await world.store.spam_rules.known()).values()] == ["ask"]
    await api.post("/cases/2/trust")
    assert await world.store.spam_rules.known() == {}


async def test_actions_that_undo_others(api: Program, world: World) -> None:
    await world.say("Другое", "boris")
    await api.post("/cases/1/take")
    assert (await api.post("/cases/1/release"))["operator"] is None
    await api.post("/cases/1/spam")
    assert (await api.post("/cases/1/unspam"))["status"] == "new"
    await api.post("/cases/1/close")
    assert (await api.post("/cases/1/reopen"))["status"] == "new"
    assert (await api.post("/cases/1/merge", {"into": 2}))["merged_into"] == 2
    assert (await api.post("/cases/1/unmerge"))["merged_into"] is None
    await api.post("/cases/1/executors", {"add": ["ivan"]})
    assert (await api.post("/cases/1/executors", {"remove": ["ivan"]}))["executors"] == []


@pytest.mark.parametrize(("action", "body", "then"), TURNS)
async def test_stale_version_changes_nothing(
    api: Program, action: str, body: dict[str, Any], then: dict[str, Any]
) -> None:
    before = await api.get("/cases/1")
    stale = {"If-Match": f'"{before["version"] - 1}"'}
    problem = await api.post(f"/cases/1/{action}", body, 412, headers=stale)
    assert problem["key"] == "stale"
    assert await api.get("/cases/1") == before


@pytest.mark.parametrize("action", ["reply", "comment"])
async def test_stale_version_writes_nothing(api: Program, action: str) -> None:
    body = {"text": "сейчас"}
    await api.post(f"/cases/1/{action}", body, 412, headers={"If-Match": '"99"'})
    assert len((await api.get("/cases/1"))["thread"]) == 1


@pytest.mark.parametrize("form", ['"{}"', "{}", 'W/"{}"', "*"])
async def test_version_that_is_so_lets_the_change_through(api: Program, form: str) -> None:
    response = await api.call("GET", "/cases/1")
    version = response.headers["ETag"].strip('"')
    await api.post("/cases/1/take", headers={"If-Match": form.format(version)})


@pytest.mark.parametrize("form", ["soon", '"1", "2"', "-1", '"' + "9" * 40 + '"'])
async def test_version_that_is_none_is_refused(api: Program, form: str) -> None:
    problem = await api.post("/cases/1/take", status=422, headers={"If-Match": form})
    assert problem["params"]["field"] == "If-Match"


async def test_answer_goes_out_once_however_often_it_is_asked_for(
    api: Program, world: World
) -> None:
    body = {"text": "Мастер будет в 15:00", "key": "crm-7"}
    first = await api.post("/cases/1/reply", body)
    await world.settle()
    again = await api.post("/cases/1/reply", body, headers={"If-Match": f'"{first["version"]}"'})
    # The version has moved on since; the key says that this was done before.
    late = await api.post("/cases/1/reply", body, headers={"If-Match": '"1"'})
    await world.settle()
    assert first["entry"]["id"] == again["entry"]["id"] == late["entry"]["id"]
    assert first["entry"]["delivery"]["state"] == "queued"
    assert late["entry"]["delivery"]["state"] == "sent"
    assert [out.text for out in world.channel.sent] == ["Мастер будет в 15:00"]


async def test_answers_without_a_key_are_two(api: Program, world: World) -> None:
    for _ in range(2):
        await api.post("/cases/1/reply", {"text": "Да"})
    await world.settle()
    assert [out.text for out in world.channel.sent] == ["Да", "Да"]


async def test_comment_never_leaves_for_the_resident(api: Program, world: World) -> None:
    answer = await api.post("/cases/1/comment", {"text": "проверить стояк", "key": "k"})
    again = await api.post("/cases/1/comment", {"text": "проверить стояк", "key": "k"})
    await world.settle()
    assert answer["entry"]["kind"] == "comment"
    assert answer["entry"]["author"] == "tests"
    assert len(again["thread"]) == 2
    assert world.channel.sent == []


async def test_repeated_transfer_is_one(api: Program) -> None:
    body = {"operator": "oleg", "note": "его дом", "key": "t1"}
    await api.post("/cases/1/transfer", body)
    again = await api.post("/cases/1/transfer", body)
    assert [entry["kind"] for entry in again["thread"]] == ["message", "comment"]


async def test_failed_answer_is_sent_again(api: Program, world: World) -> None:
    world.channel.outcomes = [Rejected("blocked")]
    sent = await api.post("/cases/1/reply", {"text": "Да"})
    await world.settle()
    (entry,) = [line for line in (await api.get("/cases/1"))["thread"] if line["delivery"]]
    assert (entry["delivery"]["state"], entry["delivery"]["reason"]) == ("failed", "blocked")
    await api.post("/cases/1/retry", {"message": sent["entry"]["id"]})
    await world.settle()
    entry = (await api.get("/cases/1"))["thread"][-1]
    assert (entry["delivery"]["state"], entry["delivery"]["attempts"]) == ("sent", 2)


@pytest.mark.parametrize("message", ["77", 77, "", "²", "9" * 20, "-1"])
async def test_retry_of_what_is_not_there(api: Program, message: str | int) -> None:
    assert (await api.post("/cases/1/retry", {"message": message}, 404))["key"] == "not_found"


async def test_case_taken_by_another_is_refused_with_the_name(api: Program, world: World) -> None:
    await api.post("/cases/1/take")
    other = await world.services.people.add_token("other", ["cases:write"], SYSTEM)
    problem = await api.post("/cases/1/take", status=409, token=other)
    assert (problem["key"], problem["params"]["operator"]) == ("already_taken", "token:tests")


async def test_answer_to_a_closed_case_is_refused(api: Program) -> None:
    await api.post("/cases/1/close")
    problem = await api.post("/cases/1/reply", {"text": "Да"}, 409)
    assert problem["key"] == "case_closed"


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("assign", {}, "operator"),
        ("assign", {"operator": 5}, "operator"),
        ("transfer", {"operator": "oleg"}, "note"),
        ("transfer", {"note": "кому?"}, "to"),
        ("transfer", {"note": "обоим", "operator": "oleg", "group": "north"}, "to"),
        ("reply", {"text": ""}, "text"),
        ("reply", {"text": "x" * 20_001}, "text"),
        ("reply", {"text": "да", "files": ["f"] * 11}, "files"),
        ("reply", {"text": "да", "html": True}, "html"),
        ("comment", {}, "text"),
        ("type", {"type": "odd"}, "type"),
        ("deadline", {"at": "2026-11-24T12:00:00"}, "at"),
        ("deadline", {"at": "9999-12-31T23:59:59-12:00"}, "at"),
        ("defer", {"until": "2020-01-01T00:00:00Z"}, "until"),
        ("defer", {"until": "0001-01-01T00:00:00+14:00"}, "until"),
        ("resolve", {"result": "odd"}, "result"),
        ("reject", {"reason": " "}, "reason"),
        ("merge", {"into": 10**30}, "into"),
        ("merge", {"into": "2"}, "into"),
        ("executors", {"add": "ivan"}, "add"),
        ("close", {"force": True}, "force"),
    ],
)
async def test_wrong_field_of_an_action_is_named(
    api: Program, action: str, body: dict[str, Any], field: str
) -> None:
    before = await api.get("/cases/1")
    problem = await api.post(f"/cases/1/{action}", body, 422)
    assert problem["errors"][0]["field"] == field
    assert await api.get("/cases/1") == before


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("assign", {"operator": "nobody"}),
        ("transfer", {"group": "nowhere", "note": "туда"}),
        ("responsible", {"staff": "nobody"}),
        ("executors", {"add": ["nobody"]}),
        ("merge", {"into": 77}),
        ("reply", {"text": "да", "files": ["nothing"]}),
    ],
)
async def test_what_an_action_names_must_be_there(
    api: Program, action: str, body: dict[str, Any]
) -> None:
    assert (await api.post(f"/cases/1/{action}", body, 404))["key"] == "not_found"


async def test_answer_to_an_identity_that_the_contact_has_not(api: Program) -> None:
    problem = await api.post("/cases/1/reply", {"text": "да", "to": "phone:+7900"}, 409)
    assert problem["key"] == "no_address"


async def test_action_without_a_body_is_an_empty_one(api: Program) -> None:
    assert (await api.call("POST", "/cases/1/take")).status == 200


async def test_every_action_on_a_case_that_is_not_there(api: Program) -> None:
    for action, body, _ in TURNS:
        assert (await api.post(f"/cases/9/{action}", body, 404))["key"] == "not_found"
