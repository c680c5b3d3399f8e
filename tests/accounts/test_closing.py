"""Closing is a state machine: it ends well whether the catalog answers or not."""

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from accounts.closing import close
from accounts.models import Closure, EmailTaken, User
from tests.accounts.conftest import PASSWORD, CatalogStub


def test_pending_while_the_catalog_is_away(owner: User, catalog: CatalogStub) -> None:
    catalog.reachable = False
    close(owner)
    closure = Closure.objects.get()
    assert (closure.acknowledged_at, closure.attempts) == (None, 1)
    assert "does not answer" in closure.last_error
    owner.refresh_from_db()
    assert (owner.email, owner.handle) == (None, "owner")


def test_the_email_is_free_at_once_the_handle_later(owner: User, catalog: CatalogStub) -> None:
    catalog.reachable = False
    close(owner)
    again = User.objects.sign_up("owner@example.com", PASSWORD)
    assert again.handle.startswith("owner-")


def test_the_sweep_goes_on(
    owner: User, catalog: CatalogStub, capsys: pytest.CaptureFixture[str]
) -> None:
    catalog.reachable = False
    close(owner)
    catalog.reachable, catalog.answer = True, False
    with pytest.raises(CommandError, match="1 still wait"):
        call_command("close_accounts")
    assert Closure.objects.get().attempts == 2
    catalog.answer = True
    call_command("close_accounts")
    closure = Closure.objects.get()
    assert closure.acknowledged_at is not None
    assert closure.last_error == ""
    owner.refresh_from_db()
    assert owner.handle == f"closed:{owner.id}"
    assert catalog.asked == [owner.id] * 3
    call_command("close_accounts")
    assert len(catalog.asked) == 3
    assert capsys.readouterr().out.splitlines() == [
        "0 closed for good.",
        "1 closed for good.",
        "0 closed for good.",
    ]


def test_the_sweep_stops_when_the_catalog_is_away(
    owner: User, other: User, catalog: CatalogStub
) -> None:
    catalog.answer = False
    close(owner)
    close(other)
    catalog.reachable = False
    catalog.asked.clear()
    with pytest.raises(CommandError, match=r"does not answer\. 2 wait"):
        call_command("close_accounts")
    assert catalog.asked == [owner.id]


def test_staff_rights_end(staff: User, catalog: CatalogStub) -> None:
    User.objects.update(is_superuser=True)
    close(staff)
    staff.refresh_from_db()
    assert not (staff.is_staff or staff.is_superuser or staff.is_active)


def test_twice_is_once(owner: User, catalog: CatalogStub) -> None:
    close(owner)
    closed_at = User.objects.get().closed_at
    close(owner)
    assert User.objects.get().closed_at == closed_at
    assert Closure.objects.count() == 1


def test_a_closed_account_takes_no_email(owner: User, catalog: CatalogStub) -> None:
    stale = User.objects.get()
    close(owner)
    stale.change_email("new@example.org")
    assert not stale.change_password("another fine password")
    assert User.objects.get().email is None


def test_nobody_signs_up_with_a_closed_handle(client: APIClient, owner: User) -> None:
    User.objects.sign_up(f'"closed:{owner.id}"@example.com', PASSWORD)
    close(owner)
    owner.refresh_from_db()
    assert owner.handle == f"closed:{owner.id}"


def test_email_taken_says_so(owner: User, other: User) -> None:
    with pytest.raises(EmailTaken):
        owner.change_email("other@example.com")
    assert User.objects.get(pk=owner.pk).email == "owner@example.com"


def test_the_sweep_begins_with_what_failed_least(
    owner: User, other: User, catalog: CatalogStub
) -> None:
    catalog.answer = False
    close(owner)
    close(other)
    Closure.objects.filter(user=owner).update(attempts=2)
    catalog.answer = True
    call_command("close_accounts")
    assert catalog.asked[2:] == [other.id, owner.id]
