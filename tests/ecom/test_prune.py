import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.core.management import call_command
from django.utils import timezone

from ecom.models import ThrottleCount


@pytest.mark.django_db
def test_deletes_what_is_over_and_nothing_else() -> None:
    now = time.time()
    ThrottleCount.objects.create(key="over", window=int(now) - 1, count=1)
    ThrottleCount.objects.create(key="running", window=int(now) + 60, count=1)
    moment = timezone.now()
    BrowserSession.objects.create(pk="over", expire_date=moment - timedelta(seconds=1))
    BrowserSession.objects.create(pk="running", expire_date=moment + timedelta(hours=1))

    call_command("prune")

    assert ThrottleCount.objects.get().key == "running"
    assert BrowserSession.objects.get().pk == "running"
