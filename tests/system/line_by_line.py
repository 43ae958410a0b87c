#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The protocol's page, line by line, as the writer of an independent client would try it: shapes, limits, silence, the
order in which mistakes are told, and the statuses of HTTP."""

import argparse
import asyncio
import json
import pathlib
import re
import time

import websockets

from clients import PythonClient
from exchange import Exchange, Folder, Key, check, equal
from two_clients import FAMILY, MARKET, symbol

RATES = "[key_rates]\norders_per_s = 50\norders_burst = 60\nqueries_per_s = 500\nqueries_burst = 500\n"


def shape(error, *members):
    for member in members:
        check(member in error, f"{member} is missing in {error}")
    check(re.fullmatch("[A-Z][A-Z_]+", error["code"]), f"code of {error}")


async def signing_in(exchange, keys):
    """Section 2: welcome, what comes before the logon, wrong ones, the reply, a second one."""
    client = await PythonClient(exchange.socket_url, keys["acme-1"]).connect(sign_in=False)
    equal(list(client.welcome), ["ev", "schema", "nonce", "ts"], "members of welcome")
    equal(client.welcome["schema"], 1, "schema")
    check(abs(time.time_ns() - int(client.welcome["ts"])) < 10**10, "ts of welcome is not now in nanoseconds")
    for op in ("balance.get", "order.cancel_all"):
        shape((await client.refused("SESSION_REQUIRED", op))["error"], "code", "msg", "field", "got")
    reply = await client.sign_in(sig="AAAA")
    equal(reply["error"]["code"], "AUTH_SIGNATURE", "a wrong signature")
    reply = await client.call("session.logon", key="nobody", ts=str(time.time_ns()), sig="AAAA")
    equal(reply["error"]["code"], "AUTH_KEY", "an unknown key")
    old = str(time.time_ns() - 10**10)
    text = f"logon\n{client.welcome['nonce']}\n{client.key.name}\n{old}"
    reply = await client.call("session.logon", key=client.key.name, ts=old, sig=client.key.sign(text))
    equal(reply["error"]["code"], "AUTH_REPLAY", "an old timestamp")
    reply = await client.sign_in(cod="never")
    equal(reply["error"]["code"], "FORMAT_VALUE", "an unknown cod")
    reply = await client.sign_in(cod="connection")
    equal(list(reply), ["id", "ok", "account", "role", "stream", "n", "seq", "limits"], "members of the logon's reply")
    equal((reply["account"], reply["role"]), ("acme", "buyer"), "who it is")
    equal((await client.sign_in())["error"]["code"], "AUTH_REPLAY", "a nonce used twice")
    return client


async def requests(client, hour):
    """Section 1 and 3: ids, unknown fields, duplicates, decimals, cids, the first of many mistakes, batches."""
    order = dict(symbol=hour, side="buy", type="limit", price="13.00", qty="2", tif="gate")

    async def raw(text, code, **wanted):
        before = len(client.raw)
        await client.send(text)
        await client.wait(lambda: len(client.raw) > before, f"an answer to {text[:80]}")
        answer = json.loads(client.raw[before])
        equal(answer["error"]["code"], code, f"answer to {text[:80]}")
        for name, value in wanted.items():
            equal(answer["error"].get(name), value, f"{name} in the answer to {text[:80]}")
        client.replies.pop(answer.get("id"), None)

    await raw("[]", "FORMAT_JSON")
    await raw('{"id":"x","op":"balance.get"} 1', "FORMAT_JSON")
    await raw('{"id":"x","id":"y","op":"balance.get"}', "FORMAT_JSON")
    await raw('{"id":"x"}', "FORMAT_FIELD", field="op")
    await raw('{"op":"balance.get"}', "FORMAT_FIELD", field="id")
    await raw(json.dumps({"id": "x" * 37, "op": "balance.get"}), "FORMAT_VALUE", field="id")
    await raw('{"id":"x","op":"order.plaice"}', "OP_UNKNOWN", field="op")
    await raw('{"id":"x","op":"subscribe","channels":["book"],"symbols":["*"]}', "OP_UNKNOWN", field="op")
    await raw('{"id":"x","op":"balance.get","colour":"red"}', "FORMAT_FIELD", field="colour")
    for number, (field, value, code) in enumerate([("price", "13.005", "TICK"), ("qty", "0", "QTY_LIMIT"), ("qty", "0.01", "LOT"), ("qty", "1e2", "FORMAT_VALUE"),
                               ("qty", "-1", "FORMAT_VALUE"), ("price", "1.00", "PRICE_BAND_HARD"),
                               ("symbol", "X.Y.Z", "SYMBOL_UNKNOWN"), ("qty", "1000000", "QTY_LIMIT"),
                               ("cid", "a b", "FORMAT_VALUE"), ("cid", "c" * 33, "FORMAT_VALUE"),
                               ("side", "hold", "FORMAT_VALUE"), ("tif", "day", "FORMAT_VALUE")]):
        error = (await client.refused(code, "order.place", **{**order, "cid": f"w-{number}", field: value}))["error"]
        shape(error, "code", "msg")
        if code not in ("SYMBOL_UNKNOWN",):
            equal(error.get("field"), field, f"field of {error}")
    placed = await client.done("order.place", **{**order, "price": "13.0", "qty": "2.0"}, cid="p-1")
    equal((placed["price"], placed["qty"], placed["leaves"], placed["cum"]), ("13.00", "2", "2", "0"), "decimals told")
    again = await client.done("order.place", **order, cid="p-1")
    equal((again["oid"], again.get("dup")), (placed["oid"], True), "the same body again")
    await client.refused("CID_REUSED", "order.place", **{**order, "qty": "3"}, cid="p-1")
    await client.refused("FORMAT_FIELD", "order.status", oid=placed["oid"], cid="p-1")
    await client.refused("ORDER_UNKNOWN", "order.cancel", cid="p-2")
    await client.refused("FORMAT_VALUE", "order.batch", orders=[{**order, "cid": f"m-{i}"} for i in range(21)])
    batch = await client.done("order.batch", orders=[{**order, "cid": "b-1"}, {**order, "cid": "b 2"}])
    equal([result["ok"] for result in batch["results"]], [True, False], "a batch, item by item")
    check("error" in batch["results"][1], "an item's refusal")
    equal((await client.done("order.cancel_all", symbol=hour))["count"], 2, "a mass cancel's count")
    await client.refused("DELIVERY_UNKNOWN", "dispute.open", did="7", minutes=[0])
    limits = await client.done("limits.get")
    used = limits["key"]["orders"]
    check({"per_s", "burst", "used"} <= set(used), f"limits.get: {limits}")
    for number in range(200):
        reply = await client.call("order.place", **order, cid=f"r-{number}")
        if not reply["ok"]:
            break
    equal(reply["error"]["code"], "RATE_LIMIT", "too fast")
    shape(reply["error"], "retry_ms", "limit", "rule")
    check((await client.call("order.cancel_all", symbol=hour))["ok"], "cancels have their own bucket")
    await asyncio.sleep(reply["error"]["retry_ms"] / 1000 + 1)


async def trades(exchange, keys, buyer, hour):
    """A trade is told once to each side, explained by its id, and paged by socket and HTTP alike."""
    seller = await PythonClient(exchange.socket_url, keys["prov-1"]).connect()
    await seller.done("resource.register", **{"class": "H100"}, zone="CN-EAST", tier="G2", count="64")
    for number in range(5):
        await seller.done("order.place", symbol=hour, side="sell", type="limit", price="13.50", qty="2", cid=f"s-{number}")
        await buyer.done("order.place", symbol=hour, side="buy", type="limit", price="14.20", qty="2", cid=f"t-{number}")
    fill = await buyer.event("fill", cid="t-4")
    told = await buyer.done("quote.explain", tid=fill["tid"])
    equal(told["oid"], fill["oid"], "the order that a trade is explained by")
    other = await seller.event("fill", tid=fill["tid"])
    equal((await seller.done("quote.explain", tid=fill["tid"]))["oid"], other["oid"], "each side's own order")
    await buyer.refused("ORDER_UNKNOWN", "quote.explain", tid="999999999")
    await buyer.refused("FORMAT_FIELD", "quote.explain", tid=fill["tid"], oid=fill["oid"])
    rows, after = [], 0
    while True:
        status, page = exchange.signed(keys["acme-1"], "GET", f"/v1/account/fills?after={after}&limit=2")
        equal(status, 200, f"status of the page {page}")
        rows += page["fills"]
        if not page["more"]:
            break
        after = rows[-1]["n"]
    by_socket = (await buyer.done("fills.get", limit=1000))["fills"]
    equal([{k: v for k, v in row.items() if k != "time"} for row in rows], by_socket, "fills by HTTP and by socket")
    equal(len(rows), 5, "fills")
    for row in rows:
        check(re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", row["time"]), f"RFC 3339 in {row}")
    for query, code in [("limit=0", 400), ("limit=1001", 400), ("after=x", 400), ("colour=red", 400), ("account=prov", 403)]:
        equal(exchange.signed(keys["acme-1"], "GET", f"/v1/account/fills?{query}")[0], code, f"status of {query}")
    await seller.close()


async def resuming(exchange, keys, buyer):
    """Every event once from an n on; from the future or of another stream it is told so, with a snapshot."""
    first = await PythonClient(exchange.socket_url, keys["acme-1"]).connect(sign_in=False)
    ts = str(time.time_ns())
    text = f"logon\n{first.welcome['nonce']}\n{first.key.name}\n{ts}"
    reply = await first.call("session.logon", **{"key": first.key.name, "ts": ts, "sig": first.key.sign(text), "from": 1,
                                                "cod": "connection"})
    check(reply["ok"] and "error" not in reply, f"a resume: {reply}")
    await first.wait(lambda: len(first.events) >= reply["n"], "all events of the stream")
    equal([event["n"] for event in first.events[:reply["n"]]], list(range(1, reply["n"] + 1)), "numbers of the stream")
    await first.close()
    late = await PythonClient(exchange.socket_url, keys["acme-1"]).connect(sign_in=False)
    ts = str(time.time_ns())
    text = f"logon\n{late.welcome['nonce']}\n{late.key.name}\n{ts}"
    reply = await late.call("session.logon", **{"key": late.key.name, "ts": ts, "sig": late.key.sign(text), "from": 10**9})
    equal(reply["error"]["code"], "RESUME_TOO_OLD", "a number that is still to come")
    await late.event("snapshot")
    await late.close()


async def silence(exchange):
    """hb after 5 s of our silence; a client that does not even answer pings is closed after 15 s."""
    reader, writer = await asyncio.open_connection("127.0.0.1", exchange.port)
    writer.write(b"GET /v1/market HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    begin, heard, first = time.monotonic(), b"", None
    while part := await asyncio.wait_for(reader.read(4096), 25):
        heard += part
        if first is None and b'"ev":"hb"' in heard:
            first = time.monotonic() - begin
    took = time.monotonic() - begin
    check(first is not None and 4 < first < 8, f"hb after {first} s")
    check(b"\x88" in heard and 14 < took < 21, f"closed after {took} s")
    writer.close()


async def frames(exchange):
    """What is no text frame of the right size is closed with its code."""
    for endpoint, data, code in [("trade", "x" * 16_385, 1009), ("trade", b"\x00", 1003), ("market", "x" * 65_537, 1009)]:
        socket = await websockets.connect(f"{exchange.socket_url}/v1/{endpoint}", ping_interval=None, compression=None)
        await socket.send(data)
        try:
            while True:
                await asyncio.wait_for(socket.recv(), 5)
        except websockets.ConnectionClosed as closed:
            equal(closed.code, code, f"close code of {len(data)} bytes on {endpoint}")


async def market(exchange, hour):
    socket = await websockets.connect(f"{exchange.socket_url}/v1/market", ping_interval=None)

    async def ask(**request):
        await socket.send(json.dumps({"id": "m", **request}))
        while "id" not in (answer := json.loads(await asyncio.wait_for(socket.recv(), 5))):
            pass
        return answer

    check((await ask(op="subscribe", channels=["book", "trades"], symbols=[hour]))["ok"], "subscribe")
    for request, code in [(dict(op="subscribe", channels=["book"], symbols=["*"]), "FORMAT_VALUE"),
                          (dict(op="subscribe", channels=["colours"], symbols=[hour]), "FORMAT_VALUE"),
                          (dict(op="subscribe", channels=["book"], symbols=["X.Y.Z"]), "SYMBOL_UNKNOWN"),
                          (dict(op="order.place"), "OP_UNKNOWN"), (dict(op="book.snapshot"), "FORMAT_FIELD")]:
        equal((await ask(**request)).get("error", {}).get("code"), code, f"answer to {request}")
    check((await ask(op="unsubscribe", channels=["book"], symbols=[hour]))["ok"], "unsubscribe")
    await socket.close()


def http(exchange, keys, hour):
    """Section 5 and 6: statuses mirror the class of the code."""
    for target, status in [("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/", 200), ("/v1/classes", 200),
                           ("/v1/families", 200), ("/v1/instruments", 200), (f"/v1/book/{hour}", 200), ("/v1/trades", 200),
                           (f"/v1/candles?symbol={hour}", 200), ("/v1/bands", 200), ("/v1/capacity?qty=1&hours=4", 200), ("/v1/cost?tokens_per_second=2500", 200), ("/v1/rules", 200),
                           ("/v1/openapi.json", 200), ("/v1/asyncapi.json", 200), ("/v1/nothing", 404),
                           ("/v1/book/X.Y.Z", 404), ("/v1/trades?limit=x", 400), ("/v1/account/balances", 401)]:
        equal(exchange.get(target)[0], status, f"status of GET {target}")
    key, target = keys["acme-1"], "/v1/account/balances"
    equal(exchange.signed(key, "GET", target)[0], 200, "a signed call")
    ts = str(time.time_ns())
    equal(exchange.signed(key, "GET", target, ts=ts)[0], 200, "a call")
    equal(exchange.signed(key, "GET", target, ts=ts)[0], 401, "the same call again")
    equal(exchange.signed(key, "GET", target, ts=str(time.time_ns() - 6 * 10**9))[0], 401, "a call older than 5 s")
    equal(exchange.signed(key, "GET", target, sig="AAAA")[0], 401, "a wrong signature")
    equal(exchange.signed(key, "POST", "/v1/admin/kill", {"scope": "market", "on": True, "reason": "x"})[0], 403, "a role")
    status, answer = exchange.signed(keys["reg-1"], "POST", "/v1/admin/bands",
                                     {"family": FAMILY, "floor": "9.90", "expect": 99, "reason": "x"})
    equal((status, answer["error"]["code"]), (409, "VERSION_CONFLICT"), "an old version")


async def walk(exchange, keys):
    hour = symbol(5)
    waiting = asyncio.ensure_future(silence(exchange))
    buyer = await signing_in(exchange, keys)
    await requests(buyer, hour)
    await trades(exchange, keys, buyer, hour)
    await resuming(exchange, keys, buyer)
    await frames(exchange)
    await market(exchange, hour)
    await asyncio.to_thread(http, exchange, keys, hour)
    await waiting
    exchange.process.send_signal(2)
    await buyer.event("notice.shutdown")
    equal(exchange.process.wait(timeout=30), 0, "exit status")


def main(binary):
    keys = {name: Key(name, account, roles) for name, account, roles in [
        ("op-1", "exchange", ["operator"]), ("reg-1", "regulator", ["regulator"]),
        ("prov-1", "prov", ["provider"]), ("acme-1", "acme", ["buyer"])]}
    with Folder() as folder:
        config = folder / "gridbook.toml"
        config.write_text('clock = "real"\n' + RATES + MARKET + "".join(key.toml() for key in keys.values()))
        with Exchange(binary, folder, config) as exchange:
            for account in ("prov", "acme"):
                exchange.post(keys["op-1"], "/v1/admin/credits", {"account": account, "amount": "1000000"})
            asyncio.run(walk(exchange, keys))
            exchange.audit()
    print("passed: the protocol, line by line")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    main(parser.parse_args().binary.resolve())
