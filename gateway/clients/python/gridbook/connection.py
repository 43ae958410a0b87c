# SPDX-License-Identifier: Apache-2.0
"""What the trade and the market socket have in common: requests with ids, replies, events, an end."""

import asyncio
import itertools
import json
import ssl
from typing import Any, Awaitable, Callable

import websockets

from .errors import Disconnected, Refused

Message = dict[str, Any]


class Connection:
    """One WebSocket. Replies find their requests by id; everything else goes to `on_event` in its order."""

    SILENCE_S = 15  # the exchange says something every 5 s

    def __init__(self, url: str, on_event: Callable[[Message], Awaitable[None]],
                 tls: ssl.SSLContext | None = None) -> None:
        self.url, self.on_event, self.tls = url, on_event, tls
        self._ids = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Message]] = {}
        self._reader: asyncio.Task[None] | None = None
        self._socket: Any = None

    async def open(self) -> None:
        self._socket = await websockets.connect(self.url, ssl=self.tls, compression=None, ping_interval=None,
                                                max_size=None)

    def listen(self) -> None:
        self._reader = asyncio.create_task(self._read())

    async def receive(self) -> Message:
        """The next message, whatever it is; before listen() only."""
        return json.loads(await asyncio.wait_for(self._socket.recv(), self.SILENCE_S))

    async def request(self, op: str, **fields: Any) -> Message:
        """The reply. Raises Refused, or Disconnected when there will be none."""
        number = str(next(self._ids))
        reply = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send(json.dumps({"id": number, "op": op, **fields}))
            message = await reply
        except websockets.ConnectionClosed as closed:
            raise Disconnected(str(closed)) from None
        finally:
            self._waiting.pop(number, None)
        if not message["ok"]:
            raise Refused(message["error"])
        return message

    async def closed(self) -> None:
        """Returns when the connection is over."""
        if self._reader:
            await asyncio.wait([self._reader])
            if not self._reader.cancelled() and self._reader.exception():
                raise self._reader.exception()  # type: ignore[misc]

    async def close(self) -> None:
        if self._socket:
            await self._socket.close()
        if self._reader:
            await asyncio.wait([self._reader])

    async def _read(self) -> None:
        reason = "closed"
        try:
            while True:
                message = await self.receive()
                waiting = self._waiting.get(message.get("id", ""))
                # The account stream wants replies too: they stand for events.
                await self.on_event(message)
                if waiting and not waiting.done():
                    waiting.set_result(message)
        except (websockets.ConnectionClosed, asyncio.TimeoutError) as end:
            reason = str(end) or "silence"
        finally:
            await self._socket.close()
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(Disconnected(reason))
