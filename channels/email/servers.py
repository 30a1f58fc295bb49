"""Where the mail servers are, as one address each: `imaps://user:password@host:993/INBOX`."""

from __future__ import annotations

import re
import ssl
from base64 import b64encode
from urllib.parse import unquote

import msgspec

from hub import roots
from hub.ports.channel_build import Account, BadAccount

IMAP = {"imap": 143, "imaps": 993}
SMTP = {"smtp": 25, "smtps": 465}
_FOREIGN = re.compile(r"[^\x20-\x7e]+")
HERE = frozenset({"127.0.0.1", "::1", "localhost"})


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """`tls`: from the first byte; otherwise it is begun where the server offers it. `ca` is the
    path of certificates to be trusted beside those of the system."""

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = ""
    folder: str = "INBOX"
    ca: str = ""

    @property
    def near(self) -> bool:
        """On this machine: a line that nobody else hears."""
        return self.host in HERE

    def context(self) -> ssl.SSLContext:
        """Certificates and host names are always checked."""
        return roots.with_own(self.ca) if self.ca else roots.usual()

    def __repr__(self) -> str:
        # The rest opens the mailbox.
        return f"Server({self.host}:{self.port})"


def server(account: Account, key: str, ports: dict[str, int]) -> Server:
    """The server that an option names. A sign that means something in an address is written as
    %XX, but whatever stands before the last @ is user and password. Raises BadAccount."""
    scheme, found, rest = account.need(key).partition("://")
    who, _, where = rest.rpartition("@")
    place, _, folder = where.partition("/")
    user, _, password = who.partition(":")
    host, port = _host(place)
    numbered = not port or (port.isdigit() and 0 < int(port) < 65536)
    if not found or scheme not in ports or not host or not numbered:
        raise BadAccount(account.id, key)
    made = Server(
        host=host,
        port=int(port or ports[scheme]),
        tls=scheme.endswith("s"),
        user=unquote(user),
        password=unquote(password),
        folder=_as_servers_write(unquote(folder)) or "INBOX",
        ca=account.get("ca"),
    )
    try:
        # Whoever connects later has nobody to tell that the file is not there.
        made.context()
    except OSError:
        raise BadAccount(account.id, "ca") from None
    return made


def _host(place: str) -> tuple[str, str]:
    if place.startswith("["):
        host, _, port = place[1:].partition("]")
        return host, port.removeprefix(":")
    host, _, port = place.partition(":")
    return host, port


def _as_servers_write(folder: str) -> str:
    """A folder's name as IMAP knows it («Обращения» is `&BB4EMQRABDAESQQ1BD0EOARP-`, RFC 3501
    5.1.3). What is written in ASCII stands already as it is known."""
    if not _FOREIGN.search(folder):
        return folder

    def coded(found: re.Match[str]) -> str:
        said = b64encode(found[0].encode("utf-16-be", "surrogatepass")).decode().rstrip("=")
        return f"&{said.replace('/', ',')}-"

    return _FOREIGN.sub(coded, folder.replace("&", "&-"))
