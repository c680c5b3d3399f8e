"""What people see, in a real Chromium."""

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.live.browser import click, fill_in
from tests.live.ledger import Ledger
from tests.live.person import PASSWORD, Person
from tests.live.services import Shop

PHONE = {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": True}
PAGES = [
    "/",
    "/accounts/",
    "/accounts/login/",
    "/accounts/sign-up/",
    "/accounts/docs/",
    "/accounts/admin/",
    "/catalog/",
    "/catalog/items/",
    "/catalog/docs/",
    "/catalog/admin/",
]


def sign_in(chrome: Chrome, person: Person) -> None:
    chrome.get(f"{person.url}/catalog/items/")
    click(chrome, chrome.find_element(By.LINK_TEXT, "Sign in"))
    fill_in(chrome, "main form", {"username": person.email, "password": PASSWORD})


def sign_out(chrome: Chrome) -> None:
    click(chrome, chrome.find_element(By.XPATH, "//button[normalize-space()='Sign out']"))


def shown(chrome: Chrome) -> str:
    return chrome.find_element(By.CSS_SELECTOR, ".response-info").text


def test_sign_in_offer_and_buy(server: Shop, owner: Person, buyer: Person, chrome: Chrome) -> None:
    sign_in(chrome, owner)
    assert chrome.current_url == f"{server.url}/catalog/items/"
    assert owner.handle in chrome.find_element(By.CSS_SELECTOR, ".navbar").text

    new_item = {"name": "Blue teapot", "price": "12.50", "stock": "2"}
    fill_in(chrome, "#post-object-form form", new_item)
    assert "201 Created" in shown(chrome)
    [(item,)] = server.select("catalog_item", "id", owner=owner.handle)
    assert item in shown(chrome)

    sign_out(chrome)
    sign_in(chrome, buyer)
    chrome.get(f"{server.url}/catalog/items/{item}/purchases/")
    fill_in(chrome, "#post-object-form form", {"quantity": "2"})
    assert "201 Created" in shown(chrome)
    assert Ledger.of(server, item) == Ledger(sold=2, withdrawn=0)

    chrome.get(f"{server.url}/catalog/my/purchases/")
    assert "Blue teapot" in shown(chrome)


def test_wrong_password(owner: Person, chrome: Chrome) -> None:
    chrome.get(f"{owner.url}/accounts/login/")
    fill_in(chrome, "main form", {"username": owner.email, "password": "a wrong guess"})
    assert chrome.current_url.startswith(f"{owner.url}/accounts/login/")
    assert chrome.find_element(By.CSS_SELECTOR, ".errorlist").text
    assert chrome.get_cookie("ecom_session") is None


@pytest.mark.parametrize("path", PAGES)
def test_page_on_a_phone(server: Shop, owner: Person, chrome: Chrome, path: str) -> None:
    """It fits, and loads nothing from anywhere else, nothing missing, nothing failing."""
    owner.offer()
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)

    chrome.get(server.url + path)

    assert chrome.find_element(By.TAG_NAME, "h1").text
    width = chrome.execute_script("return document.documentElement.scrollWidth")  # type: ignore[no-untyped-call]
    assert width <= PHONE["width"]
    script = "return performance.getEntriesByType('resource').map(entry => entry.name)"
    for loaded in chrome.execute_script(script):  # type: ignore[no-untyped-call]
        assert loaded.startswith((server.url, "data:")), loaded
    errors = [
        entry
        for entry in chrome.get_log("browser")  # type: ignore[no-untyped-call]
        if entry["level"] == "SEVERE"
    ]
    missing = "405" if path == "/accounts/sign-up/" else "no such message"
    assert [entry for entry in errors if missing not in entry["message"]] == []
