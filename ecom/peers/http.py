"""HTTP to the other service: bounded in time, no redirects, one exception for all that fails."""

import logging
from typing import Any

import requests

from ecom.peers.address import check_address
from ecom.peers.interfaces import PeerUnavailable
from ecom.request_log import HEADER, current_request_id

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT = 1.0  # seconds
READ_TIMEOUT = 3.0  # seconds


class PeerClient:
    def __init__(self, setting: str, base_url: str) -> None:
        """Raises ImproperlyConfigured where `base_url`, read from `setting`, cannot be right."""
        check_address(setting, base_url)
        self.setting = setting
        self.base_url = base_url.rstrip("/")
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy stands between two services

    def get(self, path: str) -> requests.Response:
        return self.request("GET", path, {})

    def post(self, path: str, token: str, body: bytes) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return self.request("POST", path, headers, data=body)

    def request(
        self, method: str, path: str, headers: dict[str, str], **options: Any
    ) -> requests.Response:
        """Any answer below 500. Raises PeerUnavailable."""
        try:
            response = self.send(method, path, headers, **options)
        except requests.RequestException as error:
            logger.warning("%s %s: %s", method, self.base_url, type(error).__name__)
            raise PeerUnavailable from error
        if response.status_code >= 500:
            logger.warning("%s %s: %d", method, self.base_url, response.status_code)
            raise PeerUnavailable
        return response

    def send(
        self, method: str, path: str, headers: dict[str, str], **options: Any
    ) -> requests.Response:
        """Any answer. Raises requests.RequestException."""
        return self.session.request(
            method,
            self.base_url + path,
            headers={HEADER: current_request_id()} | headers,
            timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
            allow_redirects=False,
            **options,
        )
