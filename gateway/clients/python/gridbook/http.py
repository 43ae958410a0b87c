# SPDX-License-Identifier: Apache-2.0
"""Public and signed HTTP (protocol section 5)."""

import http.client
import json
import ssl
import urllib.parse
from typing import Any

from .errors import Refused
from .signing import Key


class Http:
    """Calls of one exchange. With a key, requests are signed one by one. Blocking, one connection a call."""

    def __init__(self, url: str, key: Key | None = None, tls: ssl.SSLContext | None = None,
                 timeout: float = 10) -> None:
        self.url, self.key, self.tls, self.timeout = urllib.parse.urlsplit(url), key, tls, timeout

    def get(self, target: str) -> dict[str, Any]:
        """GET /v1/…; signed when there is a key."""
        return self._call("GET", target, b"")

    def post(self, target: str, body: dict[str, Any]) -> dict[str, Any]:
        """A signed admin call. Its answer comes when the change is durable."""
        return self._call("POST", target, json.dumps(body).encode())

    def _call(self, method: str, target: str, body: bytes) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers |= self.key.headers(method, target, body)
        connection = self._connection()
        try:
            connection.request(method, target, body=body or None, headers=headers)
            answer: dict[str, Any] = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if "error" in answer:
            raise Refused(answer["error"])
        return answer

    def _connection(self) -> http.client.HTTPConnection:
        host = self.url.hostname or "127.0.0.1"
        if self.url.scheme == "https":
            return http.client.HTTPSConnection(host, self.url.port, timeout=self.timeout, context=self.tls)
        return http.client.HTTPConnection(host, self.url.port, timeout=self.timeout)
