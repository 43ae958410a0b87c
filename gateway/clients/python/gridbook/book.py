# SPDX-License-Identifier: Apache-2.0
"""An order book built from a snapshot and deltas (protocol section 4)."""

import zlib
from decimal import Decimal
from typing import Any

Levels = dict[str, str]  # price as published -> quantity as published


class BookError(Exception):
    """A message was missed, or the book here is not the one there: ask for a snapshot."""


class Book:
    """One instrument's levels. Nothing is trusted until a snapshot has come, nor after an error."""

    CRC_LEVELS = 10

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol
        self.seq: int | None = None  # None: not in step with the exchange
        self.levels: dict[str, Levels] = {"bids": {}, "asks": {}}

    @property
    def in_step(self) -> bool:
        return self.seq is not None

    def bids(self) -> list[tuple[str, str]]:
        """Best first."""
        return sorted(self.levels["bids"].items(), key=lambda level: -Decimal(level[0]))

    def asks(self) -> list[tuple[str, str]]:
        return sorted(self.levels["asks"].items(), key=lambda level: Decimal(level[0]))

    def crc(self) -> int:
        best = self.bids()[:self.CRC_LEVELS] + self.asks()[:self.CRC_LEVELS]
        return zlib.crc32("|".join(f"{price}:{qty}" for price, qty in best).encode())

    def snapshot(self, message: dict[str, Any]) -> None:
        for side in self.levels:
            self.levels[side] = dict(message[side])
        self._settle(message)

    def delta(self, message: dict[str, Any]) -> None:
        if self.seq is None:
            return
        # What happened before the snapshot is already in it.
        if message["seq"] <= self.seq:
            return
        if message["prev"] != self.seq:
            missed, self.seq = self.seq, None
            raise BookError(f"{self.symbol}: a gap: prev {message['prev']} after seq {missed}")
        for side, levels in self.levels.items():
            for price, qty in message[side]:
                levels.pop(price, None)
                if qty != "0":
                    levels[price] = qty
        self._settle(message)

    def _settle(self, message: dict[str, Any]) -> None:
        self.seq = message["seq"]
        if self.crc() != message["crc"]:
            self.seq = None
            raise BookError(f"{self.symbol}: crc {message['crc']} there, {self.crc()} here")
