"""HTTP to the other service: bounded in time, no redirects, one exception for all that fails."""

import logging
from typing import Any

import requests
from django.core.exceptions import ImproperlyConfigured

from ecom.peers.interfaces import PeerUnavailable
from ecom.request_log import HEADER, current_request_id

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT = 1.0  # seconds
READ_TIMEOUT = 3.0  # seconds


class PeerClient:
    def __init__(self, setting: str, base_url: str) -> None:
        """Raises ImproperlyConfigured where `base_url`, read from `setting`, is empty."""
        if not base_url:
            raise ImproperlyConfigured(
                f"{setting} is not set: give the other service's private URL, "
                "such as http://accounts.shop.internal:8080."
            )
        self.base_url = base_url.rstrip("/")
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy stands between two services

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self.request("POST", path, **options)

    def request(
        self, method: str, path: str, *, token: str = "", headers: dict[str, str] | None = None,
        **options: Any,
    ) -> requests.Response:  # fmt: skip
        """Any answer below 500. Raises PeerUnavailable. The path, which may hold a handle, is
        not logged.
        """
        sent = {HEADER: current_request_id()} | (headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        try:
            response = self.session.request(
                method,
                self.base_url + path,
                headers=sent,
                timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
                allow_redirects=False,
                **options,
            )
        except requests.RequestException as error:
            logger.warning("%s %s: %s", method, self.base_url, type(error).__name__)
            raise PeerUnavailable from error
        if response.status_code >= 500:
            logger.warning("%s %s: %d", method, self.base_url, response.status_code)
            raise PeerUnavailable
        return response
