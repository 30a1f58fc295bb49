"""How updates reach the bot."""

from __future__ import annotations

from typing import Any

from aiogram.methods import DeleteWebhook, GetUpdates, GetWebhookInfo, SetWebhook

from bots.emulator.errors import bad_request
from bots.emulator.methods.registry import Call, method
from bots.emulator.webhooks import check_secret, check_url

LONGEST_POLL = 50


@method(GetUpdates)
async def get_updates(call: Call, asked: GetUpdates) -> list[dict[str, Any]]:
    limit = 100 if asked.limit is None else asked.limit
    if not 1 <= limit <= 100:
        raise bad_request("limit must be between 1 and 100")
    timeout = min(max(asked.timeout or 0, 0), LONGEST_POLL)
    call.bot.mailbox.allow(asked.allowed_updates)
    return await call.bot.mailbox.poll(asked.offset or 0, limit, timeout)


@method(SetWebhook)
async def set_webhook(call: Call, asked: SetWebhook) -> bool:
    mailbox = call.bot.mailbox
    if not asked.url:
        return await _unset(call, bool(asked.drop_pending_updates))
    check_url(asked.url)
    if asked.secret_token is not None:
        check_secret(asked.secret_token)
    mailbox.allow(asked.allowed_updates)
    if asked.drop_pending_updates:
        mailbox.drop()
    connections = 40 if asked.max_connections is None else asked.max_connections
    mailbox.turn_to(asked.url, asked.secret_token or "", connections)
    await call.pusher.follow(call.bot_id, mailbox)
    return True


@method(DeleteWebhook)
async def delete_webhook(call: Call, asked: DeleteWebhook) -> bool:
    return await _unset(call, bool(asked.drop_pending_updates))


async def _unset(call: Call, drop: bool) -> bool:
    mailbox = call.bot.mailbox
    if drop:
        mailbox.drop()
    mailbox.turn_to("", "", 40)
    await call.pusher.follow(call.bot_id, mailbox)
    return True


@method(GetWebhookInfo)
async def get_webhook_info(call: Call, asked: GetWebhookInfo) -> dict[str, Any]:
    settings = call.bot.mailbox.settings
    info: dict[str, Any] = {
        "url": settings.url,
        "has_custom_certificate": False,
        "pending_update_count": len(call.bot.mailbox),
    }
    if settings.url:
        info["max_connections"] = settings.max_connections
        info["ip_address"] = "127.0.0.1"
    if settings.allowed:
        info["allowed_updates"] = settings.allowed
    if settings.last_error:
        info["last_error_date"] = settings.last_error_at
        info["last_error_message"] = settings.last_error
    return info
