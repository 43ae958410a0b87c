# SPDX-License-Identifier: Apache-2.0
"""What can go wrong between a client and the exchange."""

from typing import Any


class Refused(Exception):
    """The exchange said no. `code` is stable (protocol section 6); the other members may be absent."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['msg']}")
        self.error = error
        self.code: str = error["code"]
        self.field: str | None = error.get("field")
        self.retry_ms: int | None = error.get("retry_ms")


class Disconnected(Exception):
    """The connection is over, and with it every request that has no reply. The outcome of a command that was
    under way is told by the account stream when it is resumed, or by the same cid once more."""
