import pytest

from accounts.handles import MAX_LENGTH, candidates, handle_of
from accounts.models import EmailTaken, User
from tests.accounts.conftest import PASSWORD


@pytest.mark.parametrize(
    ("email", "handle"),
    [
        ("megy@gmail.com", "megy"),
        ("jo.hn_doe-1@x.org", "jo.hn_doe-1"),
        ("a+b@x.org", "a-b"),
        ("josé@x.org", "jose"),
        ('".."@x.org', "user"),
        ('"a/b c"@x.org', "a-b-c"),
        ("!#$@x.org", "user"),
        ("多@x.org", "user"),
        ("closed:1@x.org", "closed-1"),
        ("x" * 200 + "@x.org", "x" * 48),
    ],
)
def test_fits_a_url(email: str, handle: str) -> None:
    assert handle_of(email) == handle


def test_candidates_get_longer_and_fit_the_column() -> None:
    handles = list(candidates("x" * 200 + "@x.org"))
    assert len(set(handles)) == 5
    assert max(map(len, handles)) <= MAX_LENGTH


@pytest.mark.django_db
def test_several_of_one_name() -> None:
    handles = {
        User.objects.sign_up(f"info@shop{number}.org", PASSWORD).handle for number in range(5)
    }
    assert len(handles) == 5
    assert "info" in handles


@pytest.mark.django_db
def test_the_database_decides_who_was_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when two sign-ups with one address both saw it free."""
    User.objects.sign_up("ann@example.com", PASSWORD)
    answers = iter([False, True])
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda queryset: next(answers))
    with pytest.raises(EmailTaken):
        User.objects.sign_up("ann@example.com", PASSWORD)
    monkeypatch.undo()
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (" Ann@Example.COM ", "ann@example.com"),
        ("JOSE\u0301@x.org", "jos\u00e9@x.org"),
        ("\u212aim@x.org", "kim@x.org"),
    ],
)
def test_one_spelling_of_an_email(given: str, stored: str) -> None:
    assert User.objects.normalize_email(given) == stored
