# SPDX-License-Identifier: Apache-2.0
"""A TCP relay between a client and the exchange that notes what was said on /v1/trade: every frame that passes, without
changing a byte. So the test knows what a client was told, whoever the client is."""

import asyncio
import json


class Frames:
    """WebSocket frames (RFC 6455) out of a byte stream that begins with an HTTP head. Plain HTTP has none."""

    def __init__(self):
        self.bytes, self.upgraded, self.plain, self.parts = bytearray(), False, False, bytearray()

    def feed(self, data):
        if self.plain:
            return
        self.bytes += data
        if not self.upgraded:
            end = self.bytes.find(b"\r\n\r\n")
            if end < 0:
                return
            self.plain = b"upgrade: websocket" not in bytes(self.bytes[:end]).lower()
            if self.plain:
                return
            del self.bytes[:end + 4]
            self.upgraded = True
        while (text := self.next()) is not None:
            if text:
                yield text

    def next(self):
        b = self.bytes
        if len(b) < 2:
            return None
        final, opcode, masked, size, at = b[0] & 0x80, b[0] & 15, b[1] & 0x80, b[1] & 127, 2
        if size > 125:
            wide = 2 if size == 126 else 8
            if len(b) < 2 + wide:
                return None
            size, at = int.from_bytes(b[2:2 + wide], "big"), 2 + wide
        mask = bytes(b[at:at + 4]) if masked else b""
        at += len(mask)
        if len(b) < at + size:
            return None
        payload = bytes(b[at:at + size])
        del b[:at + size]
        if opcode > 2:
            return b""  # a control frame
        if masked:
            whole = int.from_bytes(payload, "big") ^ int.from_bytes((mask * (size // 4 + 1))[:size], "big")
            payload = whole.to_bytes(size, "big")
        self.parts += payload
        if not final:
            return b""
        text, self.parts = bytes(self.parts), bytearray()
        return text


class Recorder:
    """Listens on a port of its own. `acknowledged`: for each (account, cid) the oid that it was told, the request that
    asked for it, and when the order was told to have ended."""

    def __init__(self, exchange_port):
        self.exchange_port = exchange_port
        self.requests, self.acknowledged, self.twice, self.market_time = {}, {}, [], 0
        self.refusals = {}

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.relay, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await self.server.wait_closed()

    async def relay(self, client_reader, client_writer):
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.exchange_port)
        except OSError:
            client_writer.close()
            return
        await asyncio.gather(self.copy(client_reader, server_writer, self.asked),
                             self.copy(server_reader, client_writer, self.told))

    async def copy(self, reader, writer, note):
        frames = Frames()
        try:
            while data := await reader.read(1 << 16):
                for text in frames.feed(data):
                    note(text)
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        writer.close()

    def asked(self, text):
        if b'"order.place"' in text:
            message = json.loads(text)
            self.requests[message["id"]] = message

    def told(self, text):
        if not text.startswith(b"{"):
            return
        message = json.loads(text)
        self.market_time = max(self.market_time, int(message.get("ts", 0)))
        request = self.requests.pop(message.get("id"), None)
        if request is not None:
            self.answered(request, message)
        ended = message.get("state") == "cancelled" or (message.get("ev") == "fill" and message["leaves"] == "0")
        entry = self.acknowledged.get((message.get("account"), message.get("cid")))
        if entry and ended:
            entry["ended"] = int(message["ts"])

    def answered(self, request, reply):
        if not reply["ok"]:
            code = reply["error"]["code"]
            self.refusals[code] = self.refusals.get(code, 0) + 1
            return
        name = (request.get("account"), request["cid"])
        known = self.acknowledged.get(name)
        if known and known["oid"] != reply["oid"]:
            self.twice.append(name)
        self.acknowledged[name] = {"oid": reply["oid"], "request": request, "ended": None}
