#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Two independent clients trade with each other through a real exchange: the numbers are those of the protocol's and
the rules' examples. In the middle the exchange is killed and comes back; at the end its journal is audited."""

import argparse
import asyncio
import datetime
import json
import re
import zlib

import websockets

from clients import NodeClient, PythonClient
from exchange import SMALL_POOLS, Exchange, Folder, Key, check, equal

FAMILY = "H100.CN-EAST.G2"

MARKET = SMALL_POOLS + """
[sessions]
cancel_grace_ms = 200
[[classes]]
name = "H100"
tflops = "989.4"
sparse_tflops = "1979"
memory_gb = 80
bandwidth = "3.35"
[[zones]]
name = "CN-EAST"
hub = "Yangtze delta"
residency = "CN"
[[tiers]]
name = "G2"
availability = "99.5"
start_by_s = 300
penalty_bp = 5000
[[families]]
classes = "H100"
zones = "CN-EAST"
tiers = "G2"
guidance = "14.00"
rationale = "G-2026-11-28/3"
[[accounts]]
name = "exchange"
roles = "operator"
[[accounts]]
name = "regulator"
roles = "regulator"
[[accounts]]
name = "prov"
roles = ["provider"]
[[accounts]]
name = "acme"
roles = ["buyer"]
[[accounts]]
name = "poor"
roles = ["buyer", "provider"]
"""


def symbol(hours_ahead):
    start = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours_ahead)
    return f"{FAMILY}.{start:%Y%m%dT%H}Z"


def in_order(text, *names):
    """The members of an outbound message come as the protocol's examples show them."""
    equal(list(json.loads(text)), list(names), f"members of {text}")


class Watcher:
    """A public market data client that rebuilds the book and compares every checksum."""

    def __init__(self, url, symbol):
        self.url, self.symbol = url, symbol
        self.bids, self.asks, self.trades, self.seq = {}, {}, [], None

    async def connect(self):
        self.socket = await websockets.connect(f"{self.url}/v1/market", ping_interval=None)
        await self.socket.send(json.dumps(
            {"id": "1", "op": "subscribe", "channels": ["book", "trades"], "symbols": [self.symbol]}))
        return self

    async def until(self, ready, what, patience=15):
        deadline = asyncio.get_running_loop().time() + patience
        while not ready():
            left = deadline - asyncio.get_running_loop().time()
            try:
                self.take(json.loads(await asyncio.wait_for(self.socket.recv(), max(left, 0.001))))
            except asyncio.TimeoutError:
                raise AssertionError(f"no {what} on /v1/market within {patience} s") from None

    def take(self, message):
        if message.get("id"):
            check(message["ok"], f"subscribe: {message}")
        elif message["ev"] == "book.snapshot":
            self.bids, self.asks = dict(message["bids"]), dict(message["asks"])
            self.seq = message["seq"]
            self.compare(message)
        elif message["ev"] == "book":
            equal(message["prev"], self.seq, "prev of a book message")
            self.seq = message["seq"]
            for side, levels in (("bids", message["bids"]), ("asks", message["asks"])):
                for price, qty in levels:
                    getattr(self, side).pop(price, None)
                    if qty != "0":
                        getattr(self, side)[price] = qty
            self.compare(message)
        elif message["ev"] == "trade":
            self.trades.append(message)

    def compare(self, message):
        best = sorted(self.bids.items(), key=lambda l: -float(l[0]))[:10]
        best += sorted(self.asks.items(), key=lambda l: float(l[0]))[:10]
        text = "|".join(f"{price}:{qty}" for price, qty in best)
        equal(message["crc"], zlib.crc32(text.encode()), f"crc of a book that is {text!r} here")


async def trade(provider, buyer, watcher, hour):
    registered = await provider.done("resource.register", **{
        "class": "H100", "zone": "CN-EAST", "tier": "G2", "count": "16", "residency": "CN"})
    equal(registered["factor"], "1", "factor of the benchmark class")

    sell = await provider.done("order.place", symbol=hour, side="sell", type="limit", price="13.50", qty="16",
                               tif="gate", cid="p-1")
    equal(sell["hold"], "44.8", "margin of a sell of 16 at 13.50 with guidance 14.00")
    await watcher.until(lambda: watcher.asks == {"13.50": "16"}, "ask of 16 at 13.50")

    buy = await buyer.done("order.place", symbol=hour, side="buy", type="limit", price="14.20", qty="16", tif="gate",
                           cid="b-1")
    reply = next(text for text in buyer.raw if '"state":"open"' in text)
    in_order(reply, "id", "ok", "ev", "state", "seq", "n", "oid", "cid", "symbol", "side", "price", "qty", "leaves",
             "cum", "hold", "band", "flags", "ts")
    for name, value in {"state": "open", "price": "14.20", "qty": "16", "leaves": "16", "cum": "0",
                        "hold": "227.681664", "flags": [], "cid": "b-1", "symbol": hour}.items():
        equal(buy[name], value, f"{name} of the reply to the buy order")
    check(re.fullmatch(r"\d{19}", buy["ts"]), f"ts is not nanoseconds: {buy['ts']}")

    fill = await buyer.event("fill", oid=buy["oid"])
    in_order(next(text for text in buyer.raw if '"ev":"fill"' in text), "ev", "seq", "n", "oid", "cid", "symbol",
             "side", "price", "qty", "leaves", "cum", "tid", "liquidity", "fee", "tax", "released", "ts")
    for name, value in {"price": "13.50", "qty": "16", "leaves": "0", "cum": "16", "liquidity": "taker",
                        "fee": "0.432", "tax": "0.02592", "released": "11.223744", "n": buy["n"] + 1,
                        "seq": buy["seq"]}.items():
        equal(fill[name], value, f"{name} of the buyer's fill")
    maker = await provider.event("fill", oid=sell["oid"])
    for name, value in {"liquidity": "maker", "fee": "0.108", "tid": fill["tid"], "side": "sell"}.items():
        equal(maker[name], value, f"{name} of the provider's fill")

    await watcher.until(lambda: watcher.trades and not watcher.asks, "trade and an empty book")
    equal(watcher.trades[0]["aggressor"], "buy", "aggressor of the public trade")
    equal(watcher.trades[0]["tid"], fill["tid"], "tid of the public trade")
    return buy


async def refusals(provider, buyer, poor, hour):
    place = {"symbol": hour, "side": "buy", "type": "limit", "price": "14.00", "qty": "1", "tif": "gate"}
    band = await buyer.refused("PRICE_BAND_HARD", "order.place", **{**place, "price": "9.79", "cid": "r-1"})
    for name, value in {"field": "price", "rule": "hard", "limit": ["9.80", "19.60"], "got": "9.79",
                        "rationale": "G-2026-11-28/3"}.items():
        equal(band["error"][name], value, f"{name} of the refusal")
    check(band["seq"] > 0 and "n" not in band, f"a refusal has a seq and no n: {band}")
    again = await buyer.call("order.place", **{**place, "price": "9.79", "cid": "r-1"})
    check(again.get("dup") is True and again["error"]["code"] == "PRICE_BAND_HARD", f"the first refusal: {again}")
    await buyer.refused("TICK", "order.place", **{**place, "price": "14.005", "cid": "r-2"})
    await buyer.refused("LOT", "order.place", **{**place, "qty": "0.05", "cid": "r-3"})
    await buyer.refused("CID_REUSED", "order.place", **{**place, "qty": "2", "cid": "b-1"})
    await buyer.refused("SYMBOL_UNKNOWN", "order.place", **{**place, "symbol": "B300.CN-EAST.G2.20300101T00Z",
                                                            "cid": "r-4"})
    await buyer.refused("GATE_CLOSED", "order.place", **{**place, "symbol": symbol(0), "cid": "r-5"})
    await poor.refused("FUNDS", "order.place", **{**place, "cid": "r-6"})
    await provider.refused("CAPACITY", "order.place", **{**place, "side": "sell", "qty": "17",
                                                         "symbol": symbol(30), "cid": "r-7"})
    await buyer.refused("FORMAT_FIELD", "order.place", **{**place, "type": "market", "cid": "r-8"})
    await buyer.refused("SYMBOL_UNKNOWN", "strip.place", family=FAMILY, start="20300101T00Z", hours=2, side="buy",
                        qty="1", price="14.00", tif="gate", cid="r-9")
    await buyer.refused("FORMAT_VALUE", "order.place", **{**place, "standby": True, "cid": "r-12"})
    await buyer.refused("FORMAT_VALUE", "order.place", **{**place, "post_only": True, "min_qty": "1", "cid": "r-13"})
    await buyer.refused("FORMAT_FIELD", "order.place", **{**place, "colour": "blue", "cid": "r-10"})
    await buyer.refused("FORMAT_VALUE", "order.place", **{**place, "price": "1e1", "cid": "r-11"})
    await buyer.refused("OP_UNKNOWN", "order.dance")
    await buyer.refused("ORDER_UNKNOWN", "order.cancel", cid="nobody-has-this")
    await buyer.refused("AUTH_ROLE", "resource.register", **{"class": "H100", "zone": "CN-EAST", "tier": "G2",
                                                             "count": "1", "residency": "CN"})


async def order_set(exchange, provider, buyer, key):
    """What else can be done with orders, in hours of their own so that nothing else is in the way."""
    hour, next_hour = symbol(40), symbol(41)
    place = {"symbol": hour, "side": "buy", "type": "limit", "price": "14.00", "qty": "1", "tif": "gate"}
    for cid, of, price in (("p-10", hour, "13.50"), ("p-11", next_hour, "13.90")):
        await provider.done("order.place", symbol=of, side="sell", type="limit", price=price, qty="4", tif="gate", cid=cid)

    refused = await buyer.refused("POST_ONLY", "order.place", **{**place, "post_only": True, "cid": "o-1"})
    equal(refused["error"]["rule"], "post_only", "rule of the refusal")
    cancelled = await buyer.done("order.place", **{**place, "qty": "5", "tif": "fok", "cid": "o-2"})
    equal((cancelled["state"], cancelled["reason"], cancelled["hold"]), ("cancelled", "FOK", "0"), "a fok of too much")
    market = await buyer.done("order.place", symbol=hour, side="buy", type="market", qty="1", cid="o-3")
    # The family has no dynamic band: the price of a market order is the hard ceiling.
    equal((market["price"], "MARKET" in market["flags"]), ("19.60", True), "price and flags of the market order")
    fill = await buyer.event("fill", cid="o-3")
    equal((fill["price"], fill["leaves"]), ("13.50", "0"), "fill of the market order")

    start = hour.rsplit(".", 1)[1]
    strip = {"family": FAMILY, "start": start, "hours": 2, "side": "buy", "qty": "2", "tif": "gate"}
    rests = await buyer.done("strip.place", **strip, price="13.69", cid="o-4")
    equal((rests["state"], rests["best_achievable"], rests["missing_by"], rests["reason"]),
          ("open", "13.70", "0.01", "PRICE"), "a strip that rests")
    equal((await buyer.done("order.status", cid="o-4"))["best_achievable"], "13.70", "what the strip's status says")
    filled = await buyer.done("strip.place", **strip, price="13.70", cid="o-5")
    for price in ("13.50", "13.90"):
        leg = await buyer.event("fill", strip=filled["oid"], price=price)
        equal((leg["qty"], leg["leaves"], leg["cum"]), ("2", "0", "2"), f"leg of the strip at {price}")
    any_of = await buyer.done("anyof.place", families=[FAMILY], start=start, hours=1, need="1", price="14.00",
                              profile="train", cid="o-6")
    equal((any_of["family"], any_of["cost"], len(any_of["alternatives"])), (FAMILY, "13.5", 1), "an any-of")
    await buyer.event("fill", cid="o-6")

    for number in range(3):
        await buyer.done("order.place", **{**place, "price": f"12.0{number}", "cid": f"o-1{number}"})
    explained = await buyer.done("quote.explain", cid="o-10")
    equal((explained["rule"], explained["hard"]), ("PRICE_TIME", ["9.80", "19.60"]), "an explanation")
    await buyer.refused("SYMBOL_UNKNOWN", "order.cancel_all", symbol="B300.CN-EAST.G2.20300101T00Z")
    equal((await buyer.done("order.cancel_all", symbol=hour, side="sell"))["count"], 0, "sells that were cancelled")
    # The strip belongs to its family, not to an hour.
    equal((await buyer.done("order.cancel_all", symbol=hour))["count"], 3, "orders of the hour that were cancelled")
    equal((await buyer.done("order.cancel_all", family=FAMILY))["count"], 1, "what was left of the family")
    await buyer.event("order", cid="o-4", state="cancelled", reason="USER")

    await buyer.done("order.place", **{**place, "price": "12.00", "cid": "o-20"})
    check((await buyer.done("cancel.after", ms=200))["armed"], "the switch is not armed")
    await buyer.event("order", cid="o-20", state="cancelled", reason="CANCEL_AFTER")
    check(not (await buyer.done("cancel.after", ms=0))["armed"], "the switch is armed")

    careful = await PythonClient(exchange.socket_url, key).connect(cod="connection")
    await careful.done("order.place", **{**place, "price": "12.00", "cid": "o-21"})
    await buyer.done("order.place", **{**place, "price": "12.00", "cid": "o-22"})
    await careful.close()
    await buyer.event("order", cid="o-21", state="cancelled", reason="DISCONNECT")
    equal((await buyer.done("order.status", cid="o-22"))["state"], "open", "an order of the other connection")
    await buyer.done("order.cancel", cid="o-22")


async def overseers(exchange, operator, buyer):
    """A pause takes orders and trades nothing; a kill takes none and cancels what rests."""
    hour = symbol(42)
    place = {"symbol": hour, "side": "buy", "type": "limit", "price": "14.00", "qty": "1", "tif": "gate"}
    paused = exchange.post(operator, "/v1/admin/phase", {"symbol": hour, "action": "pause", "reason": "a test"})
    equal(paused["phase"], "paused", "phase")
    await buyer.refused("PHASE_CLOSED", "order.place", **{**place, "tif": "ioc", "cid": "o-30"})
    await buyer.done("order.place", **{**place, "cid": "o-31"})
    equal(exchange.post(operator, "/v1/admin/phase", {"symbol": hour, "action": "resume"})["phase"], "open", "phase")
    killed = exchange.post(operator, "/v1/admin/kill", {"scope": "instrument", "symbol": hour, "on": True})
    equal(killed["count"], 1, "orders that the kill cancelled")
    await buyer.event("order", cid="o-31", state="cancelled", reason="KILLED")
    await buyer.refused("KILLED", "order.place", **{**place, "cid": "o-32"})
    exchange.post(operator, "/v1/admin/kill", {"scope": "instrument", "symbol": hour, "on": False})


async def stranger(url, key):
    """Nothing without a signature, and not with a wrong one."""
    unsigned = await PythonClient(url, key).connect(sign_in=False)
    await unsigned.refused("SESSION_REQUIRED", "balance.get")
    reply = await unsigned.sign_in(sig="A" * 86 + "==")
    equal(reply["error"]["code"], "AUTH_SIGNATURE", "code of a wrong signature")
    await unsigned.close()


async def amend(buyer, hour):
    order = await buyer.done("order.place", symbol=hour, side="buy", type="limit", price="10.00", qty="4",
                             tif="gate", cid="b-2")
    kept = await buyer.done("order.replace", oid=order["oid"], price="10.00", qty="3")
    equal((kept["kept"], kept["leaves"]), (True, "3"), "priority and leaves after less at the same price")
    moved = await buyer.done("order.replace", cid="b-2", price="10.10", qty="3")
    equal((moved["kept"], moved["price"]), (False, "10.10"), "priority and price after another price")
    return moved


async def move_band(exchange, regulator, buyer):
    """The floor goes above a resting order, which parks, and comes back below it, which wakes it."""
    version = exchange.get_json("/v1/bands")["bands"][0]["version"]
    raised = exchange.post(regulator, "/v1/admin/bands", {"family": FAMILY, "floor": "11.00", "expect": version,
                                                          "reason": "a test of parking"})
    equal(raised["impact"], {"orders_parked": 1, "qty_parked": "3", "participants": 1}, "impact of the floor 11.00")
    await buyer.event("order", cid="b-2", state="parked")
    status, conflict = exchange.signed(regulator, "POST", "/v1/admin/bands",
                                       {"family": FAMILY, "floor": "9.80", "expect": version, "reason": "stale"})
    equal((status, conflict["error"]["code"]), (409, "VERSION_CONFLICT"), "a change of a version that is gone")
    exchange.post(regulator, "/v1/admin/bands",
                  {"family": FAMILY, "floor": "9.80", "expect": raised["version"], "reason": "back"})
    await buyer.event("order", cid="b-2", state="open")


async def public_pages(exchange, hour):
    check(any(row["family"] == FAMILY for row in exchange.get_json("/v1/families")["families"]), "/v1/families")
    listed = [row["symbol"] for row in exchange.get_json(f"/v1/instruments?family={FAMILY}")["instruments"]]
    # 192 hours ahead; the first of them only while its gate, 15 minutes before it, was ahead when the family was defined.
    check(hour in listed and len(listed) in (191, 192), f"/v1/instruments lists {len(listed)}")
    check(set(listed) >= {symbol(ahead) for ahead in range(2, 191)}, f"a hole in /v1/instruments: {listed}")
    book = exchange.get_json(f"/v1/book/{hour}")
    equal(book["bids"], [["10.10", "3"]], "bids of /v1/book")
    equal(exchange.get_json(f"/v1/trades?symbol={hour}")["trades"][0]["price"], "13.50", "price in /v1/trades")
    status, metrics = exchange.get("/metrics")
    check(status == 200 and "gridbook_durable_sequence" in metrics, "/metrics")


async def after_the_crash(exchange, keys, folder, hour, first, resting):
    """Everything that was told is there, once: by cid, by a repeated request, and in the balances."""
    buyer = await NodeClient(exchange.socket_url, keys["acme"], folder).connect()
    status = await buyer.done("order.status", cid="b-1")
    equal((status["oid"], status["state"], status["cum"]), (first["oid"], "filled", "16"), "b-1 after the crash")
    again = await buyer.done("order.place", symbol=hour, side="buy", type="limit", price="14.20", qty="16",
                             tif="gate", cid="b-1")
    equal((again.get("dup"), again["oid"]), (True, first["oid"]), "b-1 sent again")
    still = await buyer.done("order.status", oid=resting["oid"])
    equal((still["state"], still["price"], still["leaves"]), ("open", "10.10", "3"), "b-2 after the crash")
    ended = await buyer.done("order.cancel", cid="b-2")
    equal((ended["state"], ended["leaves"], ended["reason"]), ("cancelled", "0", "USER"), "b-2 cancelled")
    check(ended["n"] > resting["n"], "the account stream goes on after the crash")
    balance = await buyer.done("balance.get")
    # 1,000 less 216.45792 for the first fill, and 13.50 + 54.80 + 13.50 with 0.212 % for fees and tax for what was bought
    # of the order set; nothing is held any more.
    equal((balance["cash"], balance["hold"]), ("701.568664", "0"), "the buyer's balance")
    sold = await PythonClient(exchange.socket_url, keys["prov"]).connect()
    await sold.refused("CAPACITY", "order.place", symbol=hour, side="sell", type="limit", price="13.50", qty="0.1",
                       tif="gate", cid="p-2")
    await sold.close()
    await buyer.close()


async def run(binary):
    keys = {k.account: k for k in (Key("op-1", "exchange", ["operator"]), Key("reg-1", "regulator", ["regulator"]),
                                   Key("k-prov", "prov", ["provider"]), Key("k-acme", "acme", ["buyer"]),
                                   Key("k-poor", "poor", ["buyer", "provider"]))}
    with Folder() as folder:
        config = folder / "exchange.toml"
        config.write_text(MARKET + "".join(k.toml() for k in keys.values()))
        with Exchange(binary, folder, config) as exchange:
            exchange.post(keys["exchange"], "/v1/admin/credits", {"account": "acme", "amount": "1000"})
            exchange.post(keys["exchange"], "/v1/admin/credits", {"account": "prov", "amount": "1000"})
            status, answer = exchange.signed(keys["acme"], "POST", "/v1/admin/credits",
                                             {"account": "acme", "amount": "1"})
            equal((status, answer["error"]["code"]), (403, "AUTH_ROLE"), "a buyer crediting itself")
            hour = symbol(5)
            provider = await PythonClient(exchange.socket_url, keys["prov"]).connect()
            buyer = await NodeClient(exchange.socket_url, keys["acme"], folder).connect()
            poor = await PythonClient(exchange.socket_url, keys["poor"]).connect()
            watcher = await Watcher(exchange.socket_url, hour).connect()
            await watcher.until(lambda: watcher.seq is not None, "snapshot")
            equal((buyer.logon["account"], buyer.logon["role"]), ("acme", "buyer"), "what the logon tells")
            first = await trade(provider, buyer, watcher, hour)
            await refusals(provider, buyer, poor, hour)
            await stranger(exchange.socket_url, keys["acme"])
            await order_set(exchange, provider, buyer, keys["acme"])
            await overseers(exchange, keys["exchange"], buyer)
            resting = await amend(buyer, hour)
            await move_band(exchange, keys["regulator"], buyer)
            await public_pages(exchange, hour)
            print("traded, refused, parked: now the power goes")
            exchange.kill()
            for client in (provider, buyer, poor):
                await client.close()
            exchange.audit()
            exchange.start()
            await after_the_crash(exchange, keys, folder, hour, first, resting)
            exchange.stop()
            print("\n".join(exchange.audit()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, help="the gridbook binary")
    asyncio.run(run(parser.parse_args().binary))
    print("passed: two clients")
