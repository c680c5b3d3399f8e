"""Staff at work in both admins at once, in one browser."""

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.live.browser import click, fill_in
from tests.live.person import PASSWORD, Person
from tests.live.services import Services, Shop

MAKE_STAFF = """
from accounts.models import User
User.objects.filter(handle={handle!r}).update(is_staff=True, is_superuser=True)
"""
HEADINGS = {"accounts": "People and their sessions", "catalog": "Items and sales"}


def make_staff(server: Shop, person: Person) -> None:
    accounts = server.accounts if isinstance(server, Services) else server
    code = MAKE_STAFF.format(handle=person.handle)
    done = accounts.manage("shell", "--verbosity=0", "-c", code)
    assert done.returncode == 0, done.stderr


def enter(chrome: Chrome, server: Shop, service: str, person: Person) -> None:
    chrome.get(f"{server.url}/{service}/admin/")
    assert "/login/" in chrome.current_url
    fill_in(chrome, "main form", {"username": person.email, "password": PASSWORD})


def heading(chrome: Chrome, server: Shop, service: str) -> str:
    chrome.get(f"{server.url}/{service}/admin/")
    return chrome.find_element(By.CSS_SELECTOR, "#content h1").text


def test_both_at_once(server: Shop, owner: Person, chrome: Chrome) -> None:
    make_staff(server, owner)
    enter(chrome, server, "accounts", owner)
    if isinstance(server, Services):  # the monolith has one sign-in for both
        enter(chrome, server, "catalog", owner)
    for _ in range(2):
        for service, expected in HEADINGS.items():
            assert heading(chrome, server, service) == expected


def test_signed_out_of_one(server: Shop, owner: Person, chrome: Chrome) -> None:
    """Of two services, each has its own session; the monolith has one."""
    make_staff(server, owner)
    enter(chrome, server, "accounts", owner)
    if isinstance(server, Services):
        enter(chrome, server, "catalog", owner)
    chrome.get(f"{server.url}/accounts/admin/")
    click(chrome, chrome.find_element(By.CSS_SELECTOR, "#logout-form button"))
    chrome.get(f"{server.url}/accounts/admin/")
    assert "/login/" in chrome.current_url
    chrome.get(f"{server.url}/catalog/admin/")
    assert ("/login/" in chrome.current_url) != isinstance(server, Services)
