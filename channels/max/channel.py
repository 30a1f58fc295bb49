"""The residents' bot in MAX: receives by long polling or webhook, sends, fetches files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from urllib.parse import quote

from channels.max import hook, plan, wire
from channels.max.api import MAX, Api, Cut, Refused, Unreached
from channels.max.files import film
from channels.max.ids import Ids
from channels.max.poller import MaxPoller
from channels.max.sending import Sending
from channels.max.uploads import Uploads
from hub.domain.message import (
    Attachment,
    Outbound,
    OutboundFile,
    Outcome,
    Received,
)
from hub.fetch import PublicFetch
from hub.ports.channel import (
    Accept,
    Answer,
    Capabilities,
    CheckFailed,
    FetchFailed,
    Kept,
    Key,
    Limit,
    RawRequest,
)
from hub.ports.channel_build import Account, BadAccount, ChannelDeps

# An update is far smaller; files come by reference.
MAX_UPDATE = 1024 * 1024
PER_SECOND = 30
# What one dialogue bears at once when the average stays at one a second.
BURST = 5
COMMANDS = 32
# From the best picture to the smallest.
QUALITIES = ("mp4_1080", "mp4_720", "mp4_480", "mp4_360", "mp4_240", "mp4_144")
_OK = Answer(200, b"{}")


def build(account: Account, deps: ChannelDeps) -> object:
    """Options: `token`, `secret` (of the webhook; made of the token if unset), `mode` (polling or
    webhook), `api`, `ca` (a PEM file of further roots to trust)."""
    token = account.need("token")
    try:
        api = Api(token, account.get("api", MAX), ca=account.get("ca"))
    except ValueError as error:
        raise BadAccount(account.id, str(error)) from None
    except OSError:
        raise BadAccount(account.id, "ca") from None
    try:
        secret = hook.webhook_secret(account.id, token, account.get("secret"))
    except ValueError:
        raise BadAccount(account.id, "secret") from None
    match account.get("mode", "polling"):
        case "polling":
            return PolledMax(account.id, api, token, secret, deps)
        case "webhook":
            return HookedMax(account.id, api, token, secret, deps)
    raise BadAccount(account.id, "mode")


class Max:
    """What both ways of receiving share."""

    max_body = MAX_UPDATE
    caps = Capabilities(
        # Longer ones are split.
        max_text=4 * plan.TEXT,
        max_caption=plan.TEXT,
        max_edit=plan.TEXT,
        max_file=plan.LARGEST,
        files=True,
        buttons=True,
        edit=True,
        status_card=True,
    )

    def __init__(self, account: str, api: Api, token: str, secret: str, deps: ChannelDeps) -> None:
        self._account = account
        self._ids = Ids(account)
        self._api = api
        self._token = token
        self._secret = secret
        self._deps = deps
        self._fetch = PublicFetch(deps.allow_hosts)
        self._uploads = Uploads(api, self._open, deps.allow_hosts)
        self._sending = Sending(api, self._uploads)
        self._username = ""

    def verify(self, raw: RawRequest) -> None:
        """Webhooks show the secret; what our own poller fetched needs no proof."""
        if raw.method != "POLL":
            hook.prove(raw, self._secret)

    def key(self, raw: RawRequest) -> Key:
        """See channels.max.ids."""
        return self._ids.key(raw.body)

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """See channels.max.wire."""
        return wire.received(self._ids, self._token, raw.body)

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        """200: anything else comes again for eight hours."""
        return _OK

    def limits(self, out: Outbound) -> Sequence[Limit]:
        """Account and dialogue."""
        whole = f"max:{self._account}"
        return [
            Limit(whole, PER_SECOND, 1.0),
            Limit(f"{whole}:{out.to.to}", BURST, float(BURST)),
        ]

    async def send(self, out: Outbound) -> Outcome:
        """See channels.max.sending."""
        return await self._sending.send(out)

    def _open(self, file: OutboundFile) -> AsyncIterator[bytes]:
        return self._deps.files.read(file.id)

    async def acknowledge(self, callback: str, text: str = "") -> None:
        """Confirm a pressed button; best effort, `text` is shown as a notification."""
        body: dict[str, object] = {"notification": text} if text else {}
        await self._gently("POST", "/answers", {"callback_id": callback}, body)

    async def offer_commands(self, menus: Mapping[str, Mapping[str, str]]) -> None:
        """The menu beside the input line, best effort; MAX has one for all languages."""
        menu = next(iter(menus.values()), {})
        commands = [{"name": name, "description": said[:128]} for name, said in menu.items()]
        await self._gently("PATCH", "/me/commands", {}, {"commands": commands[:COMMANDS]})

    async def _gently(
        self, verb: str, path: str, params: dict[str, str], body: dict[str, object]
    ) -> None:
        try:
            await self._api.call(verb, path, params, body)
        except (Unreached, Cut, Refused):
            return

    async def fetch(self, file: Attachment) -> AsyncIterator[bytes]:
        """Yield the file's bytes, from public addresses only; a film in the best picture that may
        be kept."""
        token, url = film(file.ref)
        addresses = await self._films(token, url) if token or url else [file.ref]
        for number, address in enumerate(addresses, 1):
            begun = False
            try:
                async for chunk in self._fetch.read(address, self._deps.max_file):
                    begun = True
                    yield chunk
                return
            except FetchFailed as failed:
                smaller = failed.reason == "file_too_large" and number < len(addresses)
                if begun or not smaller:
                    raise

    async def _films(self, token: str, fallback: str) -> list[str]:
        """Where a film can be had, the best first; raises FetchFailed."""
        found: dict[str, object] = {}
        try:
            found = await self._api.object("GET", f"/videos/{quote(token, safe='')}")
        except Refused as refused:
            if refused.status not in {403, 404}:
                raise FetchFailed("file_unavailable", final=False) from None
        except (Unreached, Cut):
            raise FetchFailed("file_unavailable", final=False) from None
        urls = found.get("urls")
        known = urls if isinstance(urls, dict) else {}
        best = [str(known[one]) for one in QUALITIES if isinstance(known.get(one), str)]
        if not best and not fallback:
            raise FetchFailed("file_gone", final=True)
        return best or [fallback]

    async def deep_link(self, payload: str) -> str:
        """Where somebody starts the bot. Raises CheckFailed."""
        if not self._username:
            self._username = (await hook.me(self._api))["username"]
        if not self._username:
            raise CheckFailed("api_refused")
        return f"https://max.ru/{self._username}?start={payload}"

    async def check(self) -> Mapping[str, str]:
        """Who the token says we are."""
        return await hook.me(self._api)

    async def close(self) -> None:
        """Close connections."""
        await self._uploads.close()
        await self._fetch.close()
        await self._api.close()


class PolledMax(Max):
    """Fetches its updates itself."""

    def __init__(self, account: str, api: Api, token: str, secret: str, deps: ChannelDeps) -> None:
        super().__init__(account, api, token, secret, deps)
        self.poller = MaxPoller(self._ids, api, deps.clock)

    async def listen(self, accept: Accept) -> None:
        """See channels.max.poller."""
        await self.poller.listen(accept)


class HookedMax(Max):
    """Has its updates posted to `/in/{account}`."""

    async def connect(self) -> None:
        """Tell MAX our address and secret."""
        url = f"{self._deps.public_url}/in/{self._account}"
        await hook.subscribe(self._api, url, self._secret)
