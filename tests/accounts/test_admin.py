from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.admin import UserAdmin
from accounts.closing import close
from accounts.models import Closure, Session, User
from tests.accounts.conftest import PASSWORD, accepted, sign_in

USERS = "/accounts/admin/accounts/user/"
SESSIONS = "/accounts/admin/accounts/session/"
CLOSURES = "/accounts/admin/accounts/closure/"


@pytest.fixture
def boss(db: None) -> User:
    return User.objects.create_superuser("boss@example.com", PASSWORD)


@pytest.fixture
def browser(boss: User) -> Client:
    client = Client()
    client.force_login(boss)
    return client


def act(browser: Client, action: str, user: User) -> None:
    form = {"action": action, "_selected_action": str(user.pk)}
    assert browser.post(USERS, form).status_code == 302


def test_sign_in_goes_through_the_one_page(boss: User, owner: User) -> None:
    response = Client().get(USERS, follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    assert response.status_code == 200
    client = Client()
    form = {"username": boss.email, "password": PASSWORD, "next": USERS}
    assert client.post("/accounts/login/", form)["Location"] == USERS
    assert client.get(USERS).status_code == 200
    client.force_login(owner)
    assert client.get(USERS).status_code == 302


def test_search_by_beginning_in_any_case(browser: Client, owner: User, other: User) -> None:
    def found(term: str) -> list[str]:
        page = browser.get(USERS, {"q": term})
        return sorted(user.handle for user in page.context["cl"].result_list)

    assert found("OWN") == ["owner"]
    assert found("other@Ex") == ["other"]
    assert found("wner") == []


def test_lists_count_no_further_than_they_page(browser: Client, owner: User) -> None:
    sign_in(owner)
    close(owner)
    for url in (USERS, SESSIONS, CLOSURES):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert browser.get(url).status_code == 200
        counts = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
        assert counts
        assert all("LIMIT 1000" in sql for sql in counts)


def test_lists_do_not_ask_for_each_row(browser: Client, owner: User) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(SESSIONS)
        return len(queries)

    sign_in(owner)
    first = cost()
    for _ in range(5):
        sign_in(owner)
    assert cost() == first


def test_lock_and_unlock(browser: Client, owner: User) -> None:
    tokens = sign_in(owner)
    act(browser, "lock", owner)
    owner.refresh_from_db()
    assert not owner.is_active
    assert not accepted(tokens["access"])
    AccessAttempt.objects.create(username=owner.email, failures_since_start=10)
    act(browser, "unlock", owner)
    owner.refresh_from_db()
    assert owner.is_active
    assert not AccessAttempt.objects.exists()
    assert not accepted(tokens["access"])
    messages = list(LogEntry.objects.order_by("id").values_list("change_message", flat=True))
    assert messages == ["Locked.", "Unlocked."]


def test_unlocking_does_not_reopen_a_closed_account(browser: Client, owner: User) -> None:
    close(owner)
    AccessAttempt.objects.create(username="other@example.com", failures_since_start=10)
    act(browser, "unlock", owner)
    owner.refresh_from_db()
    assert not owner.is_active
    assert AccessAttempt.objects.exists()


def test_end_sessions(browser: Client, owner: User, other: User) -> None:
    ended, untouched = sign_in(owner), sign_in(other)
    act(browser, "end_sessions", owner)
    assert not accepted(ended["access"])
    assert accepted(untouched["access"])


def test_making_somebody_staff_voids_tokens(browser: Client, owner: User) -> None:
    tokens = sign_in(owner)
    assert browser.post(f"{USERS}{owner.pk}/change/", {"is_staff": "on"}).status_code == 302
    owner.refresh_from_db()
    assert owner.is_staff
    assert not accepted(tokens["access"])


def test_the_form_changes_rights_only(browser: Client, owner: User) -> None:
    form = {"email": "x@example.com", "handle": "x", "is_active": "", "password": "x"}
    browser.post(f"{USERS}{owner.pk}/change/", form)
    before = owner
    owner = User.objects.get(pk=owner.pk)
    assert (owner.email, owner.handle, owner.is_active) == ("owner@example.com", "owner", True)
    assert owner.password == before.password


def test_staff_do_not_make_themselves_superusers(staff: User) -> None:
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    client = Client()
    client.force_login(staff)
    form = {"is_staff": "on", "is_superuser": "on"}
    client.post(f"{USERS}{staff.pk}/change/", form)
    staff.refresh_from_db()
    assert not staff.is_superuser


@pytest.mark.parametrize("url", [USERS, SESSIONS, CLOSURES])
def test_nothing_is_added_or_deleted_here(browser: Client, owner: User, url: str) -> None:
    sign_in(owner)
    Closure.objects.create(user=owner)
    pk = Session.objects.get(user=owner).pk if url == SESSIONS else owner.pk
    assert browser.get(f"{url}add/").status_code == 403
    assert browser.post(f"{url}{pk}/delete/", {"post": "yes"}).status_code == 403
    page = browser.get(f"{url}{pk}/change/")
    assert page.status_code == 200
    assert Session.objects.get(user=owner).refresh_digest not in page.content.decode()
    if url != USERS:
        assert 'name="_save"' not in page.content.decode()


def test_the_form_leaves_what_changes_meanwhile(
    browser: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_form = UserAdmin.save_form

    def close_meanwhile(*args: Any, **options: Any) -> User:
        row: User = save_form(*args, **options)
        close(owner)
        return row

    monkeypatch.setattr(UserAdmin, "save_form", close_meanwhile)
    browser.post(f"{USERS}{owner.pk}/change/", {"is_superuser": "on"})
    owner.refresh_from_db()
    assert (owner.email, owner.is_active, owner.closed_at is None) == (None, False, False)
