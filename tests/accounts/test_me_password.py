from rest_framework.test import APIClient

from accounts.models import User
from tests.accounts.conftest import PASSWORD, accepted, bearer, sign_in

URL = "/accounts/me/password/"
NEW = "another fine password"


def test_changes_and_signs_out_everywhere(owner: User, other: User) -> None:
    here, elsewhere, somebody_else = sign_in(owner), sign_in(owner), sign_in(other)
    change = {"current_password": PASSWORD, "new_password": NEW}
    response = bearer(here["access"]).post(URL, change)
    assert response.status_code == 204
    owner.refresh_from_db()
    assert owner.check_password(NEW)
    assert not accepted(here["access"])
    assert not accepted(elsewhere["access"])
    assert accepted(somebody_else["access"])


def test_wrong_current_password(as_owner: APIClient, owner: User) -> None:
    response = as_owner.post(URL, {"current_password": NEW, "new_password": NEW})
    assert response.status_code == 403
    assert response.json()["code"] == "wrong_password"
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_weak_new_password(as_owner: APIClient, owner: User) -> None:
    response = as_owner.post(URL, {"current_password": PASSWORD, "new_password": "password1"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "new_password"
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_no_token(client: APIClient, owner: User) -> None:
    response = client.post(URL, {"current_password": PASSWORD, "new_password": NEW})
    assert response.status_code == 401
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_the_second_of_two_changes_at_once_is_refused(owner: User) -> None:
    first, second = User.objects.get(), User.objects.get()
    assert first.change_password(NEW)
    assert not second.change_password("yet another password")
    owner.refresh_from_db()
    assert owner.check_password(NEW)


def test_djangos_own_way_signs_out_as_well(owner: User) -> None:
    tokens = sign_in(owner)
    owner.set_password(NEW)  # as manage.py changepassword does
    owner.save()
    assert not accepted(tokens["access"])
    assert owner.gen == 1
