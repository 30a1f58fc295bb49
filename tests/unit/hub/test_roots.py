"""Whom a connection out of the house trusts."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from hub import roots
from hub.botapi.bot import make_bot


def test_roots_are_read_once_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = roots.usual()
    assert usual.verify_mode is ssl.CERT_REQUIRED
    assert usual.check_hostname

    def again(**_: object) -> ssl.SSLContext:
        raise AssertionError("read anew")

    monkeypatch.setattr(ssl, "create_default_context", again)
    assert roots.usual() is usual
    assert make_bot("42:TOKEN").id == 42


def test_a_root_of_ones_own_stands_beside_the_usual_ones(tmp_path: Path) -> None:
    every = roots.usual().get_ca_certs(binary_form=True)
    one = tmp_path / "one.pem"
    one.write_text(ssl.DER_cert_to_PEM_cert(every[0]))
    own = roots.with_own(str(one))
    assert own is not roots.usual()
    assert set(own.get_ca_certs(binary_form=True)) == set(every)
    assert own.check_hostname


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    one = tmp_path / "one.pem"
    one.write_text("no certificate")
    for name in (one, tmp_path / "none.pem"):
        with pytest.raises(OSError):  # noqa: PT011 - whatever kind of it
            roots.with_own(str(name))
