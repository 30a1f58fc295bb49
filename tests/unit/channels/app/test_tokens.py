"""Which tokens prove a resident, and which prove nobody."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from channels.app import tokens
from channels.app.keys import usable
from hub.ports.residentapp import TokenRefused
from tests.support.examples import examples

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
AT = int(NOW.timestamp())
SECRET = "a-secret-of-the-apps-backend-2026"
ISSUER, AUDIENCE = "https://app.example.org", "residents-hub"
CLAIMS = {"iss": ISSUER, "aud": AUDIENCE, "sub": "r-1", "iat": AT, "exp": AT + 300}


@cache
def private() -> rsa.RSAPrivateKey:
    """Made when it is needed: who only collects the tests does not wait for it."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed(secret: Any = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    said = {key: value for key, value in {**CLAIMS, **claims}.items() if value is not None}
    return jwt.encode(said, secret, algorithm)


def read(token: str, key: Any = SECRET, algorithm: str = "HS256", **more: Any) -> Any:
    tokens.kid_of(token, algorithm)
    facts = {"issuer": ISSUER, "audience": AUDIENCE, "now": NOW, **more}
    return tokens.read(token, key, algorithm, **facts)


def bare(header: dict[str, Any], claims: dict[str, Any], proof: bytes = b"") -> str:
    """A token put together by hand."""
    parts = [json.dumps(one).encode() for one in (header, claims)]
    return ".".join(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in [*parts, proof])


def test_a_genuine_token_names_its_resident_and_what_is_claimed() -> None:
    who = read(
        signed(
            name="Мария\n Соколова",
            phone="8 916 123-45-67",
            email="M@Example.org",
            premises="ул. Садовая, д. 3",
            phone_number_verified=True,
        )
    )
    assert (who.id, who.name, who.phone) == ("r-1", "Мария Соколова", "+79161234567")
    assert (who.email, who.premises) == ("m@example.org", "ул. Садовая, д. 3")
    # Nobody said that the backend is to be believed.
    assert not who.vouched
    assert who.expires == NOW + timedelta(seconds=300)


@pytest.mark.parametrize(("verified", "vouched"), [(True, True), ("true", False), (1, False)])
def test_a_phone_is_proven_only_where_the_settings_say_so(verified: Any, vouched: bool) -> None:
    token = signed(phone="+79161234567", phone_number_verified=verified)
    assert read(token, vouched=True).vouched is vouched
    assert not read(signed(phone_number_verified=True), vouched=True).vouched


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("", "missing"),
        ("abc", "unreadable"),
        ("a.b.c", "unreadable"),
        ("é.b.c", "unreadable"),
        ("x" * 9000, "unreadable"),
        (signed("guessed-guessed-guessed-guessed-12"), "signature"),
        (signed(iss="https://evil.example"), "issuer"),
        (signed(iss=None), "claims"),
        (signed(aud="another"), "audience"),
        (signed(aud=["another", "third"]), "audience"),
        (signed(aud=None), "claims"),
        (signed(sub=None), "claims"),
        (signed(sub=""), "claims"),
        (signed(sub=" r"), "claims"),
        (signed(sub="r\u0000"), "claims"),
        (signed(sub="r" * 256), "claims"),
        (signed(exp=None), "claims"),
        (signed(iat=None), "claims"),
        (signed(exp=AT - 31, iat=AT - 300), "expired"),
        (signed(iat=AT + 31, exp=AT + 300), "not_yet"),
        (signed(nbf=AT + 31), "not_yet"),
        (signed(exp=AT + 3601), "lifetime"),
        (signed(exp=10**30), "claims"),
        (bare({"alg": "none"}, CLAIMS), "algorithm"),
        (bare({"alg": "None", "typ": "JWT"}, CLAIMS), "algorithm"),
        (bare({"alg": "HS384"}, CLAIMS, b"x" * 48), "algorithm"),
        (bare({"alg": "HS256"}, CLAIMS), "signature"),
        (bare({}, CLAIMS), "algorithm"),
    ],
)
def test_what_proves_nobody_is_named(token: str, reason: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        read(token)
    assert refused.value.reason == reason


def test_another_algorithm_is_refused_however_well_it_is_signed() -> None:
    with pytest.raises(TokenRefused) as refused:
        read(signed(private(), "RS256"))
    assert refused.value.reason == "algorithm"


def test_clocks_may_differ_a_little() -> None:
    assert read(signed(exp=AT - 20, iat=AT - 300)).id == "r-1"
    assert read(signed(iat=AT + 20)).id == "r-1"


def test_one_of_several_audiences_is_enough() -> None:
    assert read(signed(aud=["another", AUDIENCE])).id == "r-1"
    assert tokens.named(signed(aud=["another", AUDIENCE]))[1] == {"another", AUDIENCE}


def test_a_public_key_is_no_shared_secret() -> None:
    """The old trick: sign by HS256 with the public key that everybody may read."""
    head = bare({"alg": "HS256", "typ": "JWT"}, CLAIMS).rpartition(".")[0]
    public = private().public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    proof = hmac.new(pem, head.encode(), hashlib.sha256).digest()
    token = f"{head}.{base64.urlsafe_b64encode(proof).decode().rstrip('=')}"
    document = {"keys": [{**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(public))}]}
    (key,) = usable(document).values()
    with pytest.raises(TokenRefused) as refused:
        read(token, key, "RS256")
    assert refused.value.reason == "algorithm"
    with pytest.raises(TokenRefused):
        tokens.read(token, key, "RS256", issuer=ISSUER, audience=AUDIENCE, now=NOW)
    assert read(signed(private(), "RS256"), key, "RS256").id == "r-1"


def test_only_strong_public_signing_keys_are_used() -> None:
    good = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private().public_key()))
    weak = json.loads(
        jwt.algorithms.RSAAlgorithm.to_jwk(
            rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
        )
    )
    secret = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private()))
    keys = [
        {**good, "kid": "good"},
        {**good, "kid": "enc", "use": "enc"},
        {**good, "kid": "alg", "alg": "RS512"},
        {**weak, "kid": "weak"},
        {**secret, "kid": "private"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"},
        {"kty": "RSA", "kid": "broken", "n": "?", "e": "AQAB"},
        {**good, "kid": 7},
        "no key",
    ]
    assert set(usable({"keys": keys})) == {"good"}
    for nothing in (None, [], {}, {"keys": None}, {"keys": {}}, 5):
        assert usable(nothing) == {}


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda one: one.decode("latin-1")))
@examples(300)
def test_no_text_breaks_the_reader(text: str) -> None:
    assert isinstance(tokens.named(text)[0], str)
    with pytest.raises(TokenRefused):
        read(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*CLAIMS, "nbf", "name", "phone", "kid"]), JSON))
@examples(300)
def test_odd_claims_are_refused_by_name_or_read(claims: dict[str, Any]) -> None:
    token = bare({"alg": "HS256"}, {**CLAIMS, **claims})
    head = token.rpartition(".")[0]
    key = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    proof = key.sign(head.encode(), SECRET.encode())
    token = f"{head}.{base64.urlsafe_b64encode(proof).decode().rstrip('=')}"
    tokens.named(token)
    try:
        who = read(token)
    except TokenRefused:
        return
    assert 0 < len(who.id) <= 255
