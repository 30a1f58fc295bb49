"""What MAX takes of a bot and what it refuses (dev.max.ru, schema 0.0.33)."""

from __future__ import annotations

from typing import Any

from tests.support.messenger.state import Messenger

MEDIA = {"image", "video", "audio", "file"}


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str, message: str = "", **headers: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.headers = status, code, message, headers


def wrong(message: str) -> Refusal:
    return Refusal(400, "proto.payload", message)


def message(body: Any, files: Messenger) -> tuple[str | None, list[dict[str, Any]] | None]:
    """Text and attachments of a NewMessageBody; the attachments as they will stand."""
    if not isinstance(body, dict) or set(body) - {"text", "attachments", "link", "notify"}:
        raise wrong(f"unknown fields: {body}")
    if missing := {"text", "attachments", "link"} - set(body):
        raise wrong(f"required: {missing}")
    text, attachments = body["text"], body["attachments"]
    if text is not None and (not isinstance(text, str) or len(text) >= 4000):
        raise wrong("text: size must be between 0 and 4000")
    link = body["link"]
    if link is not None and (set(link) != {"type", "mid"} or link["type"] != "reply"):
        raise wrong("link")
    if attachments is None:
        return text, None
    found = [_attachment(one, files) for one in attachments]
    media = [one["type"] for one in found if one["type"] in MEDIA]
    if len(media) > 10 or (len(media) > 1 and {"file", "audio"} & set(media)):
        raise wrong("too many attachments")
    if sum(one["type"] == "inline_keyboard" for one in found) > 1:
        raise wrong("one keyboard")
    return text, found


def _attachment(one: Any, files: Messenger) -> dict[str, Any]:
    if not isinstance(one, dict) or set(one) != {"type", "payload"}:
        raise wrong(f"attachment: {one}")
    kind, payload = one["type"], one["payload"]
    if kind == "inline_keyboard":
        _keyboard(payload)
        return {"type": kind, "payload": payload}
    if kind not in MEDIA or set(payload) != {"token"}:
        raise wrong(f"attachment: {kind}")
    known = files.uploaded.get(payload["token"])
    if known is None or known["type"] != kind:
        raise wrong("unknown token")
    if known["data"] is None or known["busy"] > 0:
        known["busy"] -= 1
        raise Refusal(400, "attachment.not.ready", "Key: errors.process.attachment.not.ready")
    return {
        "type": kind,
        "payload": {"token": payload["token"], "url": known["url"]},
        "filename": known["name"],
        "size": len(known["data"]),
    }


def _keyboard(payload: Any) -> None:
    if not isinstance(payload, dict) or set(payload) != {"buttons"}:
        raise wrong("keyboard")
    rows = payload["buttons"]
    if not 1 <= len(rows) <= 30:
        raise wrong("rows")
    for row in rows:
        if not 1 <= len(row) <= 7:
            raise wrong("buttons in a row")
        for button in row:
            _button(button)


def _button(button: dict[str, Any]) -> None:
    kind = button.get("type")
    fields = {
        "callback": {"type", "text", "payload"},
        "request_contact": {"type", "text"},
        "message": {"type", "text"},
    }.get(str(kind))
    if fields is None or set(button) != fields:
        raise wrong(f"button: {button}")
    if not 1 <= len(button["text"]) <= 128 or len(button.get("payload", "")) > 1024:
        raise wrong("button: size")
