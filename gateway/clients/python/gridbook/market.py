# SPDX-License-Identifier: Apache-2.0
"""/v1/market: books that check themselves, trades, tickers and the rest (protocol section 4)."""

import asyncio
import ssl
from typing import Any, Callable

from .book import Book, BookError
from .connection import Connection, Message
from .errors import Disconnected


class MarketClient:
    """Subscriptions that outlive their connection. Books are kept in `books`; a gap or a wrong checksum is
    noticed and mended with a new snapshot. Everything else is in `events`."""

    def __init__(self, url: str, *, tls: ssl.SSLContext | None = None, reconnect_s: float = 0.2) -> None:
        self.url, self.tls, self.reconnect_s = url, tls, reconnect_s
        self.books: dict[str, Book] = {}
        self.events: asyncio.Queue[Message] = asyncio.Queue(maxsize=100_000)
        self.resyncs = 0
        self.lose: Callable[[Message], bool] = lambda _: False  # to try what a lossy path would do
        self._wanted: list[dict[str, Any]] = []
        self._connection: Connection | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    async def __aenter__(self) -> "MarketClient":
        await self._open()
        self._keeper = asyncio.create_task(self._keep_up())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._keeper:
            self._keeper.cancel()
        if self._connection:
            await self._connection.close()

    async def subscribe(self, channels: list[str], symbols: list[str]) -> Message:
        wanted = {"channels": channels, "symbols": symbols}
        self._wanted.append(wanted)
        assert self._connection
        return await self._connection.request("subscribe", **wanted)

    async def until(self, ready: Callable[[], bool], timeout: float = 10) -> None:
        """Returns when `ready` holds, looked at after every message."""
        async def wait() -> None:
            while not ready():
                self._changed.clear()
                await self._changed.wait()
        await asyncio.wait_for(wait(), timeout)

    async def _open(self) -> None:
        self._connection = Connection(f"{self.url}/v1/market", self._take, self.tls)
        await self._connection.open()
        self._connection.listen()

    async def _keep_up(self) -> None:
        while True:
            assert self._connection
            await self._connection.closed()
            for book in self.books.values():
                book.seq = None
            await asyncio.sleep(self.reconnect_s)
            try:
                await self._open()
                for wanted in self._wanted:
                    await self._connection.request("subscribe", **wanted)
            except (OSError, Disconnected):
                continue

    async def _take(self, message: Message) -> None:
        if self.lose(message):
            return
        event = message.get("ev")
        if event in ("book.snapshot", "book", "book.100ms"):
            self._book(message)
        elif event is not None and event != "hb":
            if self.events.full():
                self.events.get_nowait()
            self.events.put_nowait(message)
        self._changed.set()

    def _book(self, message: Message) -> None:
        symbol = message["symbol"]
        book = self.books.setdefault(symbol, Book(symbol))
        try:
            book.snapshot(message) if message["ev"] == "book.snapshot" else book.delta(message)
        except BookError:
            self.resyncs += 1
            assert self._connection
            asyncio.ensure_future(self._connection.request("book.snapshot", symbol=symbol))
