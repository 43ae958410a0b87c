#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Whole sessions are recorded, both directions, and every message is held against the AsyncAPI and OpenAPI documents
that the exchange itself serves: what is said must be allowed, what is told must be described."""

import argparse
import asyncio
import json
import pathlib
import time

import websockets

from exchange import Exchange, Folder, Key, check
from json_schema import complaints
from two_clients import FAMILY, MARKET, symbol


def refer(document, schema):
    while "$ref" in schema:
        node = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            node = node[part]
        schema = node
    return schema


class Described:
    """The AsyncAPI document; it remembers which of its messages were seen."""

    def __init__(self, document):
        check(document["asyncapi"] == "3.0.0", "not AsyncAPI 3")
        self.document, self.seen = document, set()
        for operation in document["operations"].values():
            for message in operation["messages"]:
                check("payload" in refer(document, refer(document, message)), f"{message} leads nowhere")

    def hold(self, channel, name, message):
        messages = self.document["channels"][channel]["messages"]
        check(name in messages, f"{name} is not described on {channel}: {message}")
        found = complaints(refer(self.document, messages[name])["payload"], message)
        check(not found, f"{name} on {channel}: {found}\n{json.dumps(message)}")
        self.seen.add(name)


class Recorded:
    """A WebSocket whose every message is held against the description."""

    def __init__(self, described, exchange, channel):
        self.described, self.exchange, self.channel = described, exchange, channel
        self.ops, self.events, self.last = {}, [], 0

    async def open(self):
        self.socket = await websockets.connect(f"{self.exchange.socket_url}/v1/{self.channel}", ping_interval=None)
        return self

    def take(self, message):
        if message.get("ok") is False:
            return self.described.hold(self.channel, "refusal", message)
        for result in message.get("results", []):
            self.described.hold(self.channel, "event.order" if result["ok"] else "refusal", result)
        name = f"event.{message['ev']}" if "ev" in message else f"reply.{self.ops[message['id']]}"
        self.described.hold(self.channel, name, message)
        if "id" not in message:
            self.events.append(message)

    async def receive(self, patience=10):
        message = json.loads(await asyncio.wait_for(self.socket.recv(), patience))
        self.take(message)
        return message

    async def ask(self, op, refused=False, **fields):
        self.last += 1
        request = {"id": str(self.last), "op": op, **fields}
        if not refused:
            self.described.hold(self.channel, f"request.{op}", request)
        self.ops[request["id"]] = op
        await self.socket.send(json.dumps(request))
        while True:
            message = await self.receive()
            if message.get("id") == request["id"]:
                check(message["ok"] is not refused, f"{request}: {message}")
                return message

    async def sign_in(self, key, **more):
        nonce = (await self.receive())["nonce"]
        ts = str(time.time_ns())
        sig = key.sign(f"logon\n{nonce}\n{key.name}\n{ts}")
        return await self.ask("session.logon", key=key.name, ts=ts, sig=sig, **more)

    async def until(self, kind, patience=10):
        deadline = time.monotonic() + patience
        while not any(event["ev"] == kind for event in self.events):
            check(time.monotonic() < deadline, f"no {kind} on {self.channel}; the last: {self.events[-4:]}")
            await self.receive()


async def provide(seller, hour):
    await seller.ask("resource.register", **{"class": "H100"}, zone="CN-EAST", tier="G2", count="64")
    limit = dict(symbol=hour, side="sell", type="limit")
    await seller.ask("order.place", **limit, price="13.50", qty="12", cid="s-1")
    return limit


async def trade(exchange, described, keys, hour):
    buyer = await Recorded(described, exchange, "trade").open()
    logon = await buyer.sign_in(keys["acme-1"], cod="off")
    seller = await Recorded(described, exchange, "trade").open()
    await seller.sign_in(keys["prov-1"])
    selling = await provide(seller, hour)
    buying = dict(symbol=hour, side="buy", type="limit")
    placed = await buyer.ask("order.place", **buying, price="14.20", qty="16", cid="b-1", tif="gate")
    await buyer.until("fill")
    await buyer.ask("order.replace", oid=placed["oid"], price="13.00", qty="20")
    await buyer.ask("order.status", cid="b-1")
    await buyer.ask("quote.explain", cid="b-1")
    await buyer.ask("orders.open")
    await buyer.ask("order.cancel", cid="b-1")
    await buyer.ask("order.batch", orders=[{**buying, "price": "12.00", "qty": "1", "cid": "b-2"},
                                           {**buying, "price": "1.00", "qty": "1", "cid": "b-3"}])
    await buyer.ask("order.batch", orders=[{**buying, "price": "12.00", "qty": "1", "cid": "b-2"}])
    await buyer.ask("cancel.after", ms=60000)
    await buyer.ask("cancel.after", ms=0)
    await buyer.ask("order.cancel_all", family=FAMILY)
    start = hour.rsplit(".", 1)[1]
    await buyer.ask("strip.place", family=FAMILY, start=start, hours=2, side="buy", qty="1", price="13.00", tif="gate", cid="b-4")
    await buyer.ask("strip.place", family=FAMILY, start=start, hours=2, side="buy", qty="1", price="13.00", tif="fok", cid="b-5")
    await seller.ask("order.place", **selling, price="13.60", qty="5", cid="s-2")
    await buyer.ask("anyof.place", families=[FAMILY], start=start, hours=1, need="1", price="15.00", profile="train",
                    tif="fok", cid="b-6")
    for op in ("balance.get", "positions.get", "fills.get", "limits.get", "deliveries.get", "packages.get", "grants.get",
               "reserves.get", "payouts.get"):
        await buyer.ask(op)
    await buyer.ask("payout.request", amount="1.5", reference="p-1")
    for op, fields in [("order.place", {**buying, "price": "1.00", "qty": "1", "cid": "b-9"}),
                       ("order.place", {"colour": "red"}), ("order.plaice", {}), ("dispute.open", {"did": "7", "minutes": [60]}),
                       ("resource.register", {})]:
        await buyer.ask(op, refused=True, **fields)
    back = await Recorded(described, exchange, "trade").open()
    await back.sign_in(keys["acme-1"], stream=logon["stream"], **{"from": 1})
    await back.until("fill")
    other = await Recorded(described, exchange, "trade").open()
    check("error" in await other.sign_in(keys["acme-1"], stream="another", **{"from": 1}), "another stream was resumed")
    await other.until("snapshot")
    more = await seller.ask("resource.register", **{"class": "H100"}, zone="CN-EAST", tier="G2", count="1")
    later = symbol(20).rsplit(".", 1)[1]
    declared = await seller.ask("maintenance.declare", resource=more["resource"], start=later, windows=2, count="0.5")
    await seller.ask("resources.get")
    await seller.ask("maintenance.cancel", maintenance=declared["maintenance"])
    await seller.ask("resource.withdraw", resource=more["resource"])


async def watch(exchange, described, keys, hour):
    market = await Recorded(described, exchange, "market").open()
    await market.ask("subscribe", channels=["book", "book.100ms", "trades", "ticker", "band", "phase", "indicative"],
                     symbols=[hour])
    await market.ask("subscribe", channels=["trades", "ticker", "band", "phase", "indicative"], symbols=["*"])
    await market.ask("subscribe", channels=["capacity", "cost"], symbols=[FAMILY])
    await market.ask("book.snapshot", symbol=hour)
    await market.ask("subscribe", refused=True, channels=["book"], symbols=["*"])
    await trade(exchange, described, keys, hour)
    await asyncio.to_thread(exchange.post, keys["reg-1"], "/v1/admin/bands",
                            {"family": FAMILY, "floor": "9.90", "expect": 1, "reason": "cost survey"})
    await asyncio.to_thread(exchange.post, keys["reg-1"], "/v1/admin/phase", {"symbol": hour, "action": "pause"})
    for kind in ("book", "book.100ms", "trade", "ticker", "band", "phase", "capacity", "cost"):
        await market.until(kind)
    # A paused hour tells an indicative price every second; a heartbeat comes after silence.
    for symbols in (["*"], [hour]):
        await market.ask("unsubscribe", channels=["trades", "ticker", "indicative"], symbols=symbols)
    await market.until("hb", patience=15)


def hold_http(exchange, keys, hour):
    document = exchange.get_json("/v1/openapi.json")
    check(document["openapi"] == "3.1.0", "not OpenAPI 3.1")
    values = {"family": FAMILY, "symbol": hour, "class": "H100", "zone": "CN-EAST", "tier": "G2", "residency": "CN",
              "limit": "5", "depth": "5", "interval": "5m", "side": "buy", "price": "14.00", "qty": "1",
              "from": hour.rsplit(".", 1)[1], "to": "20991231T00Z", "hours": "1", "tokens_per_second": "2500",
              "issuer": "prov", "step_s": "1.5", "devices": "64", "power_kw": "0.7", "pue": "1.3", "green_share": "0.4", "carbon_g": "570",
              "green_share_min": "0"}
    pages = {"/v1/packages": "1", "/v1/reserves": "prov/H100"}
    asked = 0
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            if method != "get" or "security" in call:
                continue
            values["after"] = pages.get(path, hour)
            query = "&".join(f"{p['name']}={values[p['name']]}" for p in call["parameters"] if p["in"] == "query")
            target = path.replace("{symbol}", hour) + ("?" + query if query else "")
            exchange.get_json(target)
            status, text = exchange.get(target + ("&" if query else "?") + "colour=red")
            schema = document["components"]["responses"]["refused"]["content"]["application/json"]["schema"]
            check(status == 400 and not complaints(schema, json.loads(text)), f"{target}: {status} {text}")
            asked += 1
    check(asked >= 10, f"only {asked} public paths are described")
    body = document["paths"]["/v1/admin/bands"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    check(not complaints(body, {"family": FAMILY, "floor": "9.80", "expect": 7}), "a good body is not allowed")
    check(complaints(body, {"family": FAMILY, "flor": "9.80", "expect": 7}), "a bad body is allowed")
    for path in ("balances", "orders", "positions", "deliveries", "grants", "resources"):
        status, answer = exchange.signed(keys["acme-1"], "GET", f"/v1/account/{path}")
        check(f"/v1/account/{path}" in document["paths"] and status == 200, f"{path}: {status} {answer}")


def main(binary):
    keys = {name: Key(name, account, roles) for name, account, roles in [
        ("op-1", "exchange", ["operator"]), ("reg-1", "regulator", ["regulator"]),
        ("prov-1", "prov", ["provider"]), ("acme-1", "acme", ["buyer"])]}
    with Folder() as folder:
        config = folder / "gridbook.toml"
        config.write_text('clock = "real"\n' + MARKET + "".join(key.toml() for key in keys.values()))
        with Exchange(binary, folder, config) as exchange:
            for account in ("prov", "acme"):
                exchange.post(keys["op-1"], "/v1/admin/credits", {"account": account, "amount": "1000000"})
            described = Described(exchange.get_json("/v1/asyncapi.json"))
            hour = symbol(5)
            asyncio.run(watch(exchange, described, keys, hour))
            hold_http(exchange, keys, hour)
            exchange.stop()
    # What needs a window that runs is said in delivery.py and packages.py, and held against the same description.
    elsewhere = {"request.clock.advance", "request.delivery.ready", "request.meter.report", "request.token.draw", "request.dispute.open", "request.invoices.get",
                 "request.package.offer", "request.package.buy", "request.package.withdraw"}
    wanted = {name for name in described.document["components"]["messages"] if name.startswith("request.")}
    unsaid = wanted - described.seen - elsewhere
    check(not unsaid, f"described, but never said in this test: {sorted(unsaid)}")
    print(f"{len(described.seen)} kinds of messages are as they are described")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    main(parser.parse_args().binary.resolve())
