"""A real Chromium, and what people do in it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

PATIENCE = 20  # seconds


def chromedriver() -> str:
    found = shutil.which("chromedriver")
    if found is None or shutil.which("chromium") is None:
        reason = "THE BROWSER IS NOT TESTED: chromium and chromedriver are not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextmanager
def chromium(profile: Path) -> Iterator[Chrome]:
    service = ChromeService(chromedriver())
    options = ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for argument in (
        "--headless=new",
        "--no-sandbox",  # CI runs as root in a container
        "--disable-dev-shm-usage",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options, service)
    driver.implicitly_wait(PATIENCE)
    try:
        yield driver
    finally:
        driver.quit()


def click(chrome: Chrome, button: WebElement) -> None:
    """Click and wait until the page that it leads to is there."""
    page = chrome.find_element(By.TAG_NAME, "html")
    button.click()
    WebDriverWait(chrome, PATIENCE).until(
        lambda _: (
            chrome.find_element(By.TAG_NAME, "html") != page
            and chrome.execute_script("return document.readyState") == "complete"
        )  # type: ignore[no-untyped-call]
    )


def fill_in(chrome: Chrome, form: str, values: dict[str, str]) -> None:
    """Fill the form that the CSS selector finds, and send it."""
    element = chrome.find_element(By.CSS_SELECTOR, form)
    for name, value in values.items():
        field = element.find_element(By.NAME, name)
        field.clear()
        field.send_keys(value)
    click(chrome, element.find_element(By.CSS_SELECTOR, "button:not([type=button])"))
