import jwt
from rest_framework.test import APIClient

from accounts.models import User
from tests.accounts.conftest import sign_in

URL = "/.well-known/jwks.json"


def test_verifies_tokens_and_holds_no_private_half(client: APIClient, owner: User) -> None:
    response = client.get(URL)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "public, max-age=300"
    keys = response.json()["keys"]
    assert [set(key) for key in keys] == [{"kty", "kid", "use", "alg", "n", "e"}] * 2
    access = sign_in(owner)["access"]
    kid = jwt.get_unverified_header(access)["kid"]
    public = jwt.PyJWKSet.from_dict(response.json())[kid]
    claims = jwt.decode(access, public.key, ["RS256"], audience="little-ecom")
    assert claims["sub"] == str(owner.id)


def test_needs_no_token_and_minds_no_bad_one() -> None:
    assert APIClient(HTTP_AUTHORIZATION="Bearer None").get(URL).status_code == 200
