from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core.management import call_command
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Session, User


@pytest.mark.django_db
def test_deletes_what_has_expired_and_nothing_else(owner: User) -> None:
    now = timezone.now()
    moments = {
        "live": {},
        "ended a moment ago": {"ended_at": now},
        "staff's in the catalog may still be shown": {"ended_at": now - timedelta(minutes=59)},
        "ended": {"ended_at": now - timedelta(minutes=61)},
        "expired": {"expires_at": now - timedelta(minutes=61)},
    }
    for name, fields in moments.items():
        session = Session.objects.begin(owner, HttpRequest())
        Session.objects.filter(pk=session.pk).update(user_agent=name, **fields)
    for minutes in (14, 16):
        attempt = AccessAttempt.objects.create(username=str(minutes), failures_since_start=1)
        attempt.attempt_time = now - timedelta(minutes=minutes)
        attempt.save()

    call_command("prune")

    kept = set(Session.objects.values_list("user_agent", flat=True))
    assert kept == {"live", "ended a moment ago", "staff's in the catalog may still be shown"}
    assert AccessAttempt.objects.get().username == "14"
    assert User.objects.filter(pk=owner.pk).exists()


def test_deletes_what_a_sign_in_left_that_overtook_the_closing(owner: User) -> None:
    owner.close()
    Session.objects.begin(owner, HttpRequest())
    call_command("prune")
    assert Session.objects.exists()
    User.objects.update(closed_at=timezone.now() - timedelta(minutes=61))
    call_command("prune")
    assert not Session.objects.exists()
