"""Every way known to forge a token, or to use a good one where it is not meant to be."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from pathlib import Path
from typing import Any, cast

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from accounts.models import Session, User
from ecom.keys import KeySet, generate_key, key_store
from ecom.principal import Principal
from ecom.tokens import MAX_TOKEN_LENGTH, AccessToken

pytestmark = pytest.mark.django_db
PASSWORD = "violet-teapot-41"

Claims = dict[str, Any]


@pytest.fixture
def tokens(client: Client) -> dict[str, str]:
    response = client.post(
        "/accounts/sign-up/",
        {"email": "anna@example.com", "password": PASSWORD},
        content_type="application/json",
    )
    assert response.status_code == 201, response.text
    answer: dict[str, str] = response.json()
    return answer


@pytest.fixture
def access(tokens: dict[str, str]) -> str:
    return tokens["access"]


@pytest.fixture
def claims(access: str) -> Claims:
    return dict(jwt.decode(access, options={"verify_signature": False}))


def answer(client: Client, token: str) -> HttpResponse:
    headers = {"Authorization": f"Bearer {token}"}
    return cast(HttpResponse, client.get("/accounts/me/", headers=headers))


def assert_refused(client: Client, token: str) -> None:
    response = answer(client, token)
    assert response.status_code == 401, response.content
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"


def encoded(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(claims: Claims, **headers: Any) -> str:
    """With the shop's own key, as if it had been stolen or the signing were careless."""
    key = key_store.load().active
    return jwt.encode(claims, key.key, algorithm="RS256", headers={"kid": key.key_id} | headers)


def foreign_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def test_good_token(client: Client, access: str, claims: Claims) -> None:
    assert answer(client, access).status_code == 200
    assert answer(client, signed(claims)).status_code == 200
    assert jwt.get_unverified_header(access) == {
        "alg": "RS256",
        "typ": "JWT",
        "kid": key_store.load().active.key_id,
    }


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE"])
def test_algorithm_none(client: Client, claims: Claims, algorithm: str) -> None:
    header = {"alg": algorithm, "typ": "JWT", "kid": key_store.load().active.key_id}
    assert_refused(client, f"{encoded(header)}.{encoded(claims)}.")


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_public_key_as_hmac_secret(client: Client, claims: Claims, encoding: Encoding) -> None:
    active = key_store.load().active
    secret = active.key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    message = f"{encoded({'alg': 'HS256', 'kid': active.key_id})}.{encoded(claims)}"
    signature = hmac.digest(secret, message.encode(), hashlib.sha256)
    assert_refused(client, f"{message}.{encoded(signature)}")


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "another-shop"),
        ("aud", "another-shop"),
        ("aud", []),
        ("aud", None),
        ("exp", 1),
        ("exp", "soon"),
        ("nbf", 9_999_999_999),
        ("iat", 9_999_999_999),
        ("token_type", "refresh"),
        ("token_type", None),
        ("sub", "anna"),
        ("sub", ""),
        ("sub", 1),
        ("sid", "session"),
        ("sid", None),
        ("gen", "0"),
        ("gen", True),
        ("gen", None),
        ("handle", 1),
        ("staff", "yes"),
        ("staff", 1),
    ],
)
def test_wrong_claim(client: Client, claims: Claims, claim: str, value: Any) -> None:
    assert_refused(client, signed(claims | {claim: value}))


@pytest.mark.parametrize(
    "claim", ["iss", "aud", "exp", "sub", "sid", "gen", "token_type", "handle", "staff"]
)
def test_missing_claim(client: Client, claims: Claims, claim: str) -> None:
    del claims[claim]
    assert_refused(client, signed(claims))


def test_expired_a_moment_ago(client: Client, claims: Claims) -> None:
    assert_refused(client, signed(claims | {"exp": int(time.time()) - 1}))


def test_somebody_else_in_the_claims(client: Client, claims: Claims) -> None:
    other = User.objects.sign_up("paul@example.com", PASSWORD)
    assert_refused(client, signed(claims | {"sub": str(other.id)}))


def test_session_that_never_was(client: Client, claims: Claims) -> None:
    assert_refused(client, signed(claims | {"sid": str(uuid.uuid4())}))


def test_tampered_claims(client: Client, access: str, claims: Claims) -> None:
    header, _, signature = access.split(".")
    tampered = encoded(claims | {"staff": True})
    assert_refused(client, f"{header}.{tampered}.{signature}")


def test_tampered_signature(client: Client, access: str) -> None:
    head, signature = access.rsplit(".", maxsplit=1)
    first = "A" if signature[0] != "A" else "B"
    assert_refused(client, f"{head}.{first}{signature[1:]}")


@pytest.mark.parametrize("kid", ["unknown", "", None, 1, ["a"], {}, "../../etc/passwd", "' OR 1=1"])
def test_unknown_kid(client: Client, claims: Claims, kid: Any) -> None:
    # Written by hand: the library does not sign a kid that is no string.
    key = key_store.load().active.key
    message = f"{encoded({'alg': 'RS256', 'kid': kid})}.{encoded(claims)}"
    signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(
        message.encode(), key
    )
    assert_refused(client, f"{message}.{encoded(signature)}")


def test_no_kid(client: Client, claims: Claims) -> None:
    token = jwt.encode(claims, key_store.load().active.key, algorithm="RS256")
    assert_refused(client, token)


def test_known_kid_foreign_key(client: Client, claims: Claims) -> None:
    headers = {"kid": key_store.load().active.key_id}
    assert_refused(client, jwt.encode(claims, foreign_key(), algorithm="RS256", headers=headers))


def test_key_sent_along(client: Client, claims: Claims) -> None:
    """RFC 7515 lets a header carry a key (jwk, x5c) or its address (jku, x5u). Nobody asked."""
    key = foreign_key()
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "mine"}
    for kid in ("mine", key_store.load().active.key_id):
        headers = {
            "kid": kid,
            "jwk": jwk,
            "jku": "http://127.0.0.1:1/keys.json",
            "x5u": "http://127.0.0.1:1/certificate.pem",
        }
        assert_refused(client, jwt.encode(claims, key, algorithm="RS256", headers=headers))


def test_critical_extension(client: Client, claims: Claims) -> None:
    assert_refused(client, signed(claims, crit=["shop"], shop=True))


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_other_algorithm(client: Client, claims: Claims, algorithm: str) -> None:
    key = key_store.load().active
    headers = {"kid": key.key_id}
    assert_refused(client, jwt.encode(claims, key.key, algorithm=algorithm, headers=headers))


@pytest.mark.parametrize(
    "token",
    [
        "x",
        ".",
        "..",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "e30.e30.",
        "e30.e30.e30",
        "bnVsbA.bnVsbA.bnVsbA",
        "W10.W10.W10",
        "!!!.???.###",
        "None",
        "undefined",
        "x" * (MAX_TOKEN_LENGTH + 1),
        "a." * 2000,
        encoded({"alg": "RS256", "kid": "k" * 3000}) + ".e30.e30",
    ],
    ids=lambda token: token[:20],
)
def test_malformed(client: Client, token: str) -> None:
    assert_refused(client, token)


def test_good_but_oversized(client: Client, claims: Claims) -> None:
    assert_refused(client, signed(claims | {"more": "x" * MAX_TOKEN_LENGTH}))


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Basic YTpi", "bearer", "\xff"])
def test_malformed_header(client: Client, header: str) -> None:
    assert client.get("/accounts/me/", headers={"Authorization": header}).status_code == 401


def test_refresh_token_as_access_token(client: Client, tokens: dict[str, str]) -> None:
    assert_refused(client, tokens["refresh"])


def test_access_token_as_refresh_token(client: Client, access: str) -> None:
    response = client.post(
        "/accounts/refresh/", {"refresh": access}, content_type="application/json"
    )
    assert response.status_code == 401


def test_ended_session(client: Client, access: str) -> None:
    Session.objects.get().end()
    assert_refused(client, access)


def test_closed_account(client: Client, access: str) -> None:
    headers = {"Authorization": f"Bearer {access}"}
    response = client.post(
        "/accounts/me/close/",
        {"password": PASSWORD},
        content_type="application/json",
        headers=headers,
    )
    assert response.status_code == 204
    assert_refused(client, access)


def test_older_generation(client: Client, access: str, claims: Claims) -> None:
    User.objects.get().revoke_tokens()
    assert_refused(client, access)
    assert_refused(client, signed(claims | {"gen": claims["gen"] + 2}))


def test_retired_key(client: Client, access: str, settings: Settings, tmp_path: Path) -> None:
    keys = key_store.load()
    settings.SIGNING_KEYS_FILE = tmp_path / "keys.json"  # other processes use the one there was
    key_store.save(keys.rotated(time.time()))
    assert answer(client, access).status_code == 200, "it is published until tokens expire"
    key_store.save(keys.rotated(1.0).rotated(time.time()))
    assert_refused(client, access)


def test_next_key_already_verifies(client: Client, claims: Claims) -> None:
    following = next(key for key in key_store.load().keys if key["state"] == "next")
    token = jwt.encode(
        claims, jwt.PyJWK(following).key, algorithm="RS256", headers={"kid": following["kid"]}
    )
    assert answer(client, token).status_code == 200


def test_key_of_another_shop(client: Client, claims: Claims) -> None:
    other = KeySet([generate_key("active")]).active
    token = jwt.encode(claims, other.key, algorithm="RS256", headers={"kid": other.key_id})
    assert_refused(client, token)


def test_claims_of_a_token() -> None:
    principal = Principal(uuid.uuid4(), "anna", True, uuid.uuid4(), 3)

    claims = AccessToken.for_principal(principal).payload

    assert Principal.from_claims(claims) == principal
    assert claims["exp"] - claims["iat"] == 30 * 60
