"""The cookie of the Mini App, which lives in a frame on somebody else's page."""

from __future__ import annotations

from aiohttp import web
from redis.asyncio import Redis

from admin_web.miniapp.app import framed_sessions


async def cookie(*, secure: bool) -> str:
    redis = Redis.from_url("redis://127.0.0.1:1")
    answer = web.Response()
    framed_sessions(redis, secure=secure).save_cookie(answer, "key", max_age=60)
    await redis.aclose()
    return answer.cookies["hub_mini"].OutputString().lower()


async def test_by_https_it_reaches_us_from_within_telegrams_page() -> None:
    said = await cookie(secure=True)
    for part in ("samesite=none", "secure", "partitioned", "httponly", "path=/mini", "max-age=60"):
        assert part in said


async def test_without_https_it_is_an_ordinary_one() -> None:
    said = await cookie(secure=False)
    assert "samesite=lax" in said
    assert "secure" not in said
    assert "partitioned" not in said
    assert "httponly" in said
