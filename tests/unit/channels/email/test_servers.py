"""Addresses of servers as people write them."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from channels.email.servers import IMAP, SMTP, Server, server
from hub import roots
from hub.ports.channel_build import Account, BadAccount


def read(key: str, said: str, **more: object) -> Server:
    ports = IMAP if key == "imap" else SMTP
    return server(Account(id="office", kind="email", options={key: said, **more}), key, ports)


@pytest.mark.parametrize(
    ("said", "host", "port", "tls", "user", "password", "folder"),
    [
        ("imaps://u:p@h.example", "h.example", 993, True, "u", "p", "INBOX"),
        ("imap://u:p@h.example:1143/Work", "h.example", 1143, False, "u", "p", "Work"),
        ("imaps://a%40b.ru:p%2Fw%40@h/INBOX", "h", 993, True, "a@b.ru", "p/w@", "INBOX"),
        ("imaps://a@b.ru:p/w@h/INBOX", "h", 993, True, "a@b.ru", "p/w", "INBOX"),
        ("imap://u:p:q@[::1]:1143/INBOX", "::1", 1143, False, "u", "p:q", "INBOX"),
        ("imaps://u:p@h/INBOX/House", "h", 993, True, "u", "p", "INBOX/House"),
    ],
)
def test_an_address_is_read(
    said: str, host: str, port: int, tls: bool, user: str, password: str, folder: str
) -> None:
    found = read("imap", said)
    assert (found.host, found.port, found.tls) == (host, port, tls)
    assert (found.user, found.password, found.folder) == (user, password, folder)


@pytest.mark.parametrize(
    ("said", "folder"),
    [
        ("%D0%9E%D0%B1%D1%80%D0%B0%D1%89%D0%B5%D0%BD%D0%B8%D1%8F", "&BB4EMQRABDAESQQ1BD0EOARP-"),
        ("INBOX/Дом и двор", "INBOX/&BBQEPgQ8- &BDg- &BDQEMgQ+BEA-"),
        ("Дом & Ко", "&BBQEPgQ8- &- &BBoEPg-"),
        ("&BBQEPgQ8-", "&BBQEPgQ8-"),
        ("Дом/Почта", "&BBQEPgQ8-/&BB8EPgRHBEIEMA-"),
    ],
)
def test_a_folder_with_a_russian_name(said: str, folder: str) -> None:
    """The doctor said that there was no such folder."""
    assert read("imap", f"imaps://u:p@h/{said}").folder == folder


def test_a_server_without_a_password_and_the_usual_ports() -> None:
    assert read("smtp", "smtp://relay.example").port == 25
    assert read("smtp", "smtp://relay.example").user == ""
    assert read("smtp", "smtps://u:p@h").port == 465


@pytest.mark.parametrize(
    "said", ["h.example", "http://u:p@h", "imaps://u:p@", "imaps://u:p@h:0", "imaps://u:p@h:x/I"]
)
def test_what_is_no_address_names_its_key(said: str) -> None:
    with pytest.raises(BadAccount, match="imap"):
        read("imap", said)


def test_passwords_are_not_shown() -> None:
    assert "secret" not in repr(read("imap", "imaps://user:secret@h"))
    assert "user" not in repr(read("imap", "imaps://user:secret@h"))


def test_roots_are_read_once_for_every_connection(tmp_path: Path) -> None:
    assert read("imap", "imaps://u:p@h").context() is roots.usual()
    own = tmp_path / "own.pem"
    own.write_text(ssl.DER_cert_to_PEM_cert(roots.usual().get_ca_certs(binary_form=True)[0]))
    named = read("imap", "imaps://u:p@h", ca=str(own))
    assert named.context() is named.context() is not roots.usual()


def test_certificates_that_are_not_there_are_said_at_once(tmp_path: Path) -> None:
    for ca in (tmp_path / "nowhere.pem", tmp_path):
        with pytest.raises(BadAccount, match="ca"):
            read("smtp", "smtps://u:p@h", ca=str(ca))
