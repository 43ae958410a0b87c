# SPDX-License-Identifier: Apache-2.0
"""/v1/trade: orders and the account stream, across lost connections (protocol sections 1 to 3)."""

import asyncio
import ssl
from typing import Any, AsyncIterator

from .connection import Connection, Message
from .errors import Disconnected, Refused
from .signing import Key


class TradeClient:
    """A session of one key. Connect, send requests, and read `events()`.

    Every event of the account comes exactly once and in the order of `n`, also after a connection was lost: the
    client signs in again with the `n` that it wants next. Replies to its own commands stand for their events
    and are among them. An event `snapshot` says that the past could not be replayed (RESUME_TOO_OLD): what is
    told there replaces what one knew.
    """

    def __init__(self, url: str, key: Key, *, cod: str = "off", tls: ssl.SSLContext | None = None,
                 reconnect_s: float = 0.2) -> None:
        self.url, self.key, self.cod, self.tls, self.reconnect_s = url, key, cod, tls, reconnect_s
        self.stream: str | None = None
        self.next_n: int | None = None  # None: nothing was heard yet
        self.logon: Message = {}
        self._early: dict[int, Message] = {}  # ahead of their turn: results of a batch
        self._events: asyncio.Queue[Message] = asyncio.Queue()
        self._connection: Connection | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._over = False

    async def __aenter__(self) -> "TradeClient":
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def connect(self) -> None:
        """Signs in once; a refusal is the caller's. From then on the session is kept up."""
        await self._sign_in()
        self._keeper = asyncio.create_task(self._keep_up())

    async def close(self) -> None:
        self._over = True
        if self._keeper:
            self._keeper.cancel()
        if self._connection:
            await self._connection.close()

    async def drop(self) -> None:
        """Loses the connection, as a network would; the client comes back by itself."""
        if self._connection:
            self._up.clear()
            await self._connection.close()

    async def request(self, op: str, **fields: Any) -> Message:
        """The reply; Refused and Disconnected are raised. Waits for a session."""
        await self._up.wait()
        assert self._connection
        return await self._connection.request(op, **fields)

    async def patient(self, op: str, **fields: Any) -> Message:
        """As request, but obeys: on RATE_LIMIT and BUSY it waits as long as told, and on a lost connection it
        asks again, which is safe because of the cid."""
        while True:
            try:
                return await self.request(op, **fields)
            except Refused as refused:
                if refused.code not in ("RATE_LIMIT", "BUSY"):
                    raise
                await asyncio.sleep((refused.retry_ms or 50) / 1000)
            except Disconnected:
                await asyncio.sleep(self.reconnect_s)

    async def place(self, symbol: str, side: str, price: str, qty: str, cid: str, **more: Any) -> Message:
        return await self.request("order.place", symbol=symbol, side=side, type="limit", price=price, qty=qty,
                                  cid=cid, **more)

    async def replace(self, cid: str, price: str, qty: str) -> Message:
        return await self.request("order.replace", cid=cid, price=price, qty=qty)

    async def cancel(self, cid: str) -> Message:
        return await self.request("order.cancel", cid=cid)

    async def batch(self, orders: list[dict[str, Any]]) -> list[Message]:
        """One result an order, in their order; some may be refusals."""
        results: list[Message] = (await self.request("order.batch", orders=orders))["results"]
        return results

    async def ready(self, did: str, endpoint_ref: str, **more: Any) -> Message:
        """The seller says where the buyer finds its units; `attestation` may be given besides."""
        return await self.request("delivery.ready", did=did, endpoint_ref=endpoint_ref, **more)

    async def meter(self, did: str, minute: int, available: str, **more: Any) -> Message:
        """What was available in a minute of the window, from 0; the lesser of both sides counts."""
        return await self.request("meter.report", did=did, minute=minute, available=available, **more)

    async def served(self, did: str, minute: int, requests: int, served: int, **more: Any) -> Message:
        """Of a token day: its requests since it began, up to this minute, and how many of them were served."""
        return await self.request("meter.report", did=did, minute=minute, requests=requests, served=served, **more)

    async def maintain(self, resource: str, start: str, windows: int, count: str = "") -> Message:
        """Says ahead that `count` units of a resource, or all of it, are not there for so many hours or days from `start`,
        as symbols write it. Refused (OBLIGATION) where more is owed than would be left."""
        more = {"count": count} if count else {}
        return await self.request("maintenance.declare", resource=resource, start=start, windows=windows, **more)

    async def cancel_maintenance(self, maintenance: str) -> Message:
        """The capacity is there after all, also from now on while it runs."""
        return await self.request("maintenance.cancel", maintenance=maintenance)

    async def payout(self, amount: str, reference: str) -> Message:
        """Asks money back: it is held until an operator says that it is paid, or refused. `reference` is your own id."""
        return await self.request("payout.request", amount=amount, reference=reference)

    async def dispute(self, did: str, minutes: list[int], evidence: str = "") -> Message:
        """These minutes were metered wrongly: what they would change is held back until a regulator decides."""
        more = {"evidence": evidence} if evidence else {}
        return await self.request("dispute.open", did=did, minutes=minutes, **more)

    async def draw(self, usage: str, **use: Any) -> Message:
        """A use of tokens, once for each usage id: `class`, `holding` or `grant`, `uncached`, `cached`, `output`.

        `class` is a word of Python's: `draw("run-1", **{"class": "CHAT-L", "uncached": 1000})`.
        """
        return await self.request("token.draw", usage=usage, **use)

    async def offer(self, class_name: str, blocks: int, days: int, price: str, carry: int = 0, overage: str = "0") -> Message:
        """Sells packages of tokens: blocks for some days of 24 hours at a price; `carry` percent of what is left goes
        on once, and a block beyond the balance costs `overage`, or is refused."""
        return await self.request("package.offer", **{"class": class_name}, blocks=blocks, days=days, price=price,
                                  carry=carry, overage=overage)

    async def take_back(self, package: str) -> Message:
        """The package is sold no more; what was bought of it goes on."""
        return await self.request("package.withdraw", package=package)

    async def buy(self, package: str, qty: int, purchase: str) -> Message:
        """The grant, once for each purchase id: said again it is answered as it was (`dup`)."""
        return await self.request("package.buy", package=package, qty=qty, purchase=purchase)

    async def deliveries(self) -> list[Message]:
        """The account's deliveries that are not settled, all pages."""
        return await self._pages("deliveries.get", "deliveries", "did")

    async def resources(self) -> list[Message]:
        """What the account has registered, each with the maintenance that is declared of it, all pages."""
        return await self._pages("resources.get", "resources", "resource")

    async def packages(self) -> list[Message]:
        """The packages of all issuers, all pages."""
        return await self._pages("packages.get", "packages", "package")

    async def grants(self) -> list[Message]:
        """What the account bought or sold of packages and is not over, all pages."""
        return await self._pages("grants.get", "grants", "grant")

    async def _pages(self, op: str, name: str, key: str) -> list[Message]:
        rows: list[Message] = []
        while True:
            after = {"after": rows[-1][key]} if rows else {}
            page = await self.request(op, **after)
            rows += page[name]
            if not page["more"]:
                return rows

    async def events(self) -> AsyncIterator[Message]:
        while True:
            yield await self._events.get()

    async def event(self, timeout: float = 10) -> Message:
        """The next event."""
        return await asyncio.wait_for(self._events.get(), timeout)

    async def _sign_in(self) -> None:
        connection = Connection(f"{self.url}/v1/trade", self._take, self.tls)
        await connection.open()
        welcome = await connection.receive()
        connection.listen()
        fields = self.key.logon(welcome["nonce"]) | {"cod": self.cod}
        if self.next_n is not None and self.stream is not None:
            fields |= {"stream": self.stream, "from": self.next_n}
        try:
            self.logon = await connection.request("session.logon", **fields)
        except Exception:
            await connection.close()
            raise
        self._connection = connection
        self._up.set()

    async def _keep_up(self) -> None:
        while not self._over:
            assert self._connection
            await self._connection.closed()
            self._up.clear()
            await asyncio.sleep(self.reconnect_s)
            try:
                await self._sign_in()
            except (OSError, Disconnected, asyncio.TimeoutError):
                continue

    async def _take(self, message: Message) -> None:
        if message.get("role") and "stream" in message:
            self._begin(message)
        for event in [message, *message.get("results", [])]:
            if event.get("ev") == "snapshot":
                await self._events.put(event)
            elif "n" in event and "ev" in event:
                await self._in_order(event)

    def _begin(self, logon: Message) -> None:
        """What a logon says of the stream, before the first of its events is read."""
        if self.next_n is None or "error" in logon:
            self.next_n = logon["n"] + 1
            self._early.clear()
        self.stream = logon["stream"]

    async def _in_order(self, event: Message) -> None:
        if self.next_n is None or event["n"] < self.next_n:
            return
        self._early[event["n"]] = event
        while self.next_n in self._early:
            await self._events.put(self._early.pop(self.next_n))
            self.next_n += 1
