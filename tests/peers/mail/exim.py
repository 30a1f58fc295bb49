"""Exim of Debian on loopback, as the house's own mail server: mails for `uk.test` go to Dovecot
(for nosuch* and full* it writes reports), all others to a server that plays the residents'."""

from __future__ import annotations

import asyncio
import shutil
from typing import Any

from aiosmtpd.controller import Controller

from tests.peers.mail.dovecot import PATH, answers, open_folder, until
from tests.support.ports import free_port

CONFIG = """
primary_hostname = mx.uk.test
domainlist local_domains = uk.test
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts =
host_lookup =
rfc1413_hosts =
never_users =
trusted_users = root
qualify_domain = uk.test
message_size_limit = 40M
smtp_accept_max = 50
dsn_advertise_hosts = *
acl_smtp_rcpt = accept_all
acl_smtp_data = accept_all
acl_smtp_auth = accept_all
keep_environment =
queue_run_max = 2

begin acl
accept_all:
  accept

begin routers
nosuch:
  driver = redirect
  domains = uk.test
  local_parts = ^nosuch
  allow_fail
  data = :fail: 550 5.1.1 Unknown user
full:
  driver = redirect
  domains = uk.test
  local_parts = ^full
  allow_fail
  data = :fail: 552 5.2.2 Mailbox full
here:
  driver = manualroute
  domains = uk.test
  transport = to_dovecot
  route_list = * 127.0.0.1
  self = send
elsewhere:
  driver = manualroute
  domains = *.test
  transport = to_residents
  route_list = * 127.0.0.1
  self = send

begin transports
to_dovecot:
  driver = smtp
  protocol = lmtp
  port = {lmtp}
  hosts_override
  allow_localhost
  delivery_date_add
  return_path_add
to_residents:
  driver = smtp
  port = {residents}
  hosts_override
  allow_localhost

begin retry
* * F,1h,2s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{case}}}}{{eq{{$auth3}}{{secret}}}}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = ${{if and{{{{eq{{$auth1}}{{case}}}}{{eq{{$auth2}}{{secret}}}}}}}}
  server_set_id = $auth1
"""


class Residents:
    """The residents' server: reject* does not exist there, later* is greylisted."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], bytes]] = []

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address.startswith("reject"):
            return "550 5.1.1 no such user"
        if address.startswith("later"):
            return "451 4.2.0 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 queued"


class Exim:
    """The house's server; `residents.mails` is what left it."""

    def __init__(self, lmtp: int) -> None:
        self.folder = open_folder("hubex")
        self.port = free_port()
        self.residents = Residents()
        self._there = Controller(
            self.residents, hostname="127.0.0.1", port=free_port(), data_size_limit=60_000_000
        )
        self._process: asyncio.subprocess.Process | None = None
        for name in ("spool", "log"):
            (self.folder / name).mkdir()
            shutil.chown(self.folder / name, "Debian-exim", "Debian-exim")
        self._config = self.folder / "exim.conf"
        self._config.write_text(
            CONFIG.format(folder=self.folder, port=self.port, lmtp=lmtp, residents=self._there.port)
        )
        self._config.chmod(0o644)

    async def start(self) -> None:
        self._there.start()
        self._process = await asyncio.create_subprocess_exec(
            shutil.which("exim4", path=PATH) or "exim4",
            "-C",
            str(self._config),
            "-bdf",
            "-q2s",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await until(lambda: answers(self.port))

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()
        self._there.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
