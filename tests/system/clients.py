# SPDX-License-Identifier: Apache-2.0
"""Two clients of /v1/trade that share nothing but the protocol, behind one small face: send, reply, event."""

import asyncio
import json
import pathlib
import time

import websockets

from exchange import check, equal


class Client:
    """What both have: replies are found by id, events are kept in order, heartbeats are nobody's news."""

    def __init__(self):
        self.replies, self.events, self.raw = {}, [], []
        self.numbers = 0
        self.arrived = asyncio.Condition()
        self.closed = False

    async def take(self, text):
        message = json.loads(text)
        async with self.arrived:
            self.raw.append(text)
            if "closed" in message:
                self.closed = True
            elif "id" in message:
                check(message["id"] not in self.replies, f"two replies to {message['id']}")
                self.replies[message["id"]] = message
            elif message.get("ev") != "hb":
                self.events.append(message)
            self.arrived.notify_all()

    async def wait(self, ready, what, patience=15):
        async def until():
            async with self.arrived:
                await self.arrived.wait_for(lambda: ready() or self.closed)
        try:
            await asyncio.wait_for(until(), patience)
        except asyncio.TimeoutError:
            raise AssertionError(f"no {what} within {patience} s; last heard: {self.raw[-3:]}") from None
        check(ready(), f"the connection closed before {what}; last heard: {self.raw[-3:]}")

    async def call(self, op, **fields):
        """Sends a request and returns its reply, whatever it says."""
        self.numbers += 1
        number = str(self.numbers)
        await self.send(json.dumps({"id": number, "op": op, **fields}))
        await self.wait(lambda: number in self.replies, f"reply to {op}")
        return self.replies[number]

    async def done(self, op, **fields):
        reply = await self.call(op, **fields)
        check(reply.get("ok") is True, f"{op} {fields}: {reply}")
        return reply

    async def refused(self, code, op, **fields):
        reply = await self.call(op, **fields)
        check(reply.get("ok") is False, f"{op} {fields} was not refused: {reply}")
        equal(reply["error"]["code"], code, f"code of the refusal of {op} {fields}")
        return reply

    async def event(self, kind, **wanted):
        """The first event not yet taken that is of this kind and says this."""
        def found():
            return next((e for e in self.events
                         if e.get("ev") == kind and all(e.get(k) == v for k, v in wanted.items())), None)
        await self.wait(lambda: found() is not None, f"event {kind} {wanted}")
        event = found()
        self.events.remove(event)
        return event


class PythonClient(Client):
    def __init__(self, url, key):
        super().__init__()
        self.url, self.key = url, key

    async def connect(self, sign_in=True, cod="off"):
        self.socket = await websockets.connect(f"{self.url}/v1/trade", compression=None, ping_interval=None)
        self.reader = asyncio.ensure_future(self.read())
        self.welcome = await self.event("welcome")
        if sign_in:
            self.logon = await self.sign_in(cod=cod)
            check(self.logon["ok"], f"logon of {self.key.name}: {self.logon}")
        return self

    async def sign_in(self, sig=None, cod="off"):
        ts = str(time.time_ns())
        text = f"logon\n{self.welcome['nonce']}\n{self.key.name}\n{ts}"
        return await self.call("session.logon", key=self.key.name, ts=ts, sig=sig or self.key.sign(text), cod=cod)

    async def read(self):
        try:
            async for text in self.socket:
                await self.take(text)
        except websockets.ConnectionClosed:
            pass
        await self.take('{"closed":0}')

    async def send(self, text):
        await self.socket.send(text)

    async def close(self):
        await self.socket.close()
        await self.reader


class NodeClient(Client):
    def __init__(self, url, key, folder):
        super().__init__()
        self.url, self.key = url, key
        self.pem = folder / f"{key.name}.pem"
        key.save(self.pem)

    async def connect(self):
        script = pathlib.Path(__file__).with_name("peer.mjs")
        self.process = await asyncio.create_subprocess_exec(
            "node", str(script), self.url, self.key.name, str(self.pem),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 20)
        self.reader = asyncio.ensure_future(self.read())
        await self.event("welcome")
        await self.wait(lambda: "logon" in self.replies, "logon of the Node client")
        self.logon = self.replies["logon"]
        check(self.logon["ok"], f"logon of {self.key.name}: {self.logon}")
        return self

    async def read(self):
        async for line in self.process.stdout:
            await self.take(line.decode().rstrip("\n"))
        await self.take('{"closed":0}')

    async def send(self, text):
        self.process.stdin.write(text.encode() + b"\n")
        await self.process.stdin.drain()

    async def close(self):
        self.process.stdin.close()
        await self.process.wait()
        await self.reader
