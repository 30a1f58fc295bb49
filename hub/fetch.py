"""Fetching what an address from outside names: from public addresses only, no redirects."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from hub.ports.channel import FetchFailed

CHUNK = 64 * 1024
# A translator behind these answers for the IPv4 address inside, which may be a private one.
NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))


class NotPublic(ClientError):
    """The name resolves to an address inside."""


def is_public(host: str) -> bool:
    """Whether this IP address is one of the open internet."""
    try:
        address: IPv4Address | IPv6Address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(str(inner))
        if address.teredo is not None or any(address in network for network in NAT64):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class PublicResolver(AbstractResolver):
    """Resolves names; the connection goes to the very addresses that were checked."""

    def __init__(self, allow: Collection[str], inner: AbstractResolver | None = None) -> None:
        self._allow = allow
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if host in self._allow or f"{host}:{port}" in self._allow:
            return found
        if not found or not all(is_public(one["host"]) for one in found):
            raise NotPublic("not a public address")
        return found

    async def close(self) -> None:
        await self._inner.close()


class PublicFetch:
    """Fetches files for a channel whose messages name them by address.

    `allow` are hosts (`host` or `host:port`) that need not be public, for tests and for storage
    inside the house. `timeout` in seconds is for the whole of one file.
    """

    def __init__(
        self,
        allow: Collection[str] = (),
        *,
        timeout: float = 60.0,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._allow = frozenset(allow)
        self._timeout = ClientTimeout(total=timeout, sock_connect=10)
        self._resolver = resolver
        self._session: ClientSession | None = None

    def admit(self, address: str) -> URL:
        """The address, if it may be asked at all; raises FetchFailed (file_address)."""
        try:
            url = URL(address)
            port = url.port
        except ValueError:
            raise FetchFailed("file_address", final=True) from None
        host = url.host or ""
        good = url.scheme in {"http", "https"} and host and url.user is None
        if not good or url.password is not None:
            raise FetchFailed("file_address", final=True)
        literal = ":" in host or host.replace(".", "").isdigit()
        allowed = host in self._allow or f"{host}:{port}" in self._allow
        # A resolver is not asked about an address that is written as numbers.
        if literal and not allowed and not is_public(host):
            raise FetchFailed("file_address", final=True)
        return url

    async def read(self, address: str, limit: int) -> AsyncIterator[bytes]:
        """Yield the bytes, `limit` at most. Raises FetchFailed, whose text holds no address."""
        url = self.admit(address)
        session = self._open()
        size = 0
        try:
            async with session.get(url, allow_redirects=False) as answer:
                _refuse(answer.status)
                if (answer.content_length or 0) > limit:
                    raise FetchFailed("file_too_large", final=True)
                async for chunk in answer.content.iter_chunked(CHUNK):
                    size += len(chunk)
                    if size > limit:
                        raise FetchFailed("file_too_large", final=True)
                    yield chunk
        except NotPublic:
            raise FetchFailed("file_address", final=True) from None
        except (ClientError, TimeoutError, OSError, ValueError):
            raise FetchFailed("file_unavailable", final=False) from None

    def _open(self) -> ClientSession:
        if self._session is None or self._session.closed:
            resolver = PublicResolver(self._allow, self._resolver)
            self._session = ClientSession(
                connector=TCPConnector(resolver=resolver, use_dns_cache=False, limit=8),
                timeout=self._timeout,
                # What is packed may unpack to any size.
                headers={"Accept-Encoding": "identity"},
                auto_decompress=False,
                trust_env=False,
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


def _refuse(status: int) -> None:
    if status == 200:
        return
    if status in {404, 410}:
        raise FetchFailed("file_gone", final=True)
    # An address that leads elsewhere is not followed: elsewhere may be inside.
    final = 300 <= status < 500 and status not in {408, 425, 429}
    raise FetchFailed("file_refused" if final else "file_unavailable", final=final)


FOR_GOOD = frozenset({"file_too_large", "file_address"})


async def in_the_making(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes, of a file that its provider may still be making: that it is not there, or is
    refused, is no end then. Raises FetchFailed."""
    try:
        async for chunk in chunks:
            yield chunk
    except FetchFailed as failed:
        final = failed.final and failed.reason in FOR_GOOD
        raise FetchFailed(failed.reason, final=final) from None
