#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Green power, residency and carbon from the resource to the invoice, through real sockets, on a replay clock, over
five kills: a demand that families meet or nobody does, the same order again under its id whatever is registered since,
what both sides, the invoice and the export are told of a delivery; the spread of token blocks and GPU-hours with its
alert; and keys that are bound to addresses."""

import argparse
import asyncio
import csv
import io
import json
import subprocess

import websockets

from clients import PythonClient
from delivery import DAY, FAMILY, Market, symbol
from exchange import SMALL_POOLS, Exchange, Folder, Key, check, equal
from market import remembered

ABROAD = "H100.SG.G2"
BLOCK = "CHAT-L.CN-EAST.T1.20261203"
CONFIG = """
clock = "replay"
clock_start = "2026-12-01T00:00:00Z"
""" + SMALL_POOLS.replace("positions = 65536", "positions = 4096\ndeliveries = 4096\ndraws = 4096") + """
[spread]
least_lots = 1
[[classes]]
name = "H100"
tflops = "989.4"
memory_gb = 80
bandwidth = "3.35"
power_kw = "0.7"
[[classes]]
name = "CHAT-L"
tokens = true
[[serving]]
class = "H100"
tokens = "CHAT-L"
tokens_per_second = "2500"
[[zones]]
name = "CN-EAST"
hub = "Yangtze delta"
residency = "CN"
carbon_g = "561.7"
[[zones]]
name = "SG"
hub = "abroad"
residency = "SG"
carbon_g = "400"
[[tiers]]
name = "G2"
availability = "99.5"
start_by_s = 300
penalty_bp = 5000
[[tiers]]
name = "T1"
availability = "99.0"
product = "token"
[[families]]
classes = "H100"
zones = ["CN-EAST", "SG"]
tiers = "G2"
guidance = "14.00"
[[families]]
classes = "CHAT-L"
zones = "CN-EAST"
tiers = "T1"
guidance = "8.00"
[[accounts]]
name = "office"
roles = ["operator"]
[[accounts]]
name = "reg"
roles = ["regulator"]
[[accounts]]
name = "acme"
roles = ["buyer"]
[[accounts]]
name = "prov"
roles = ["provider"]
[[accounts]]
name = "spare"
roles = ["provider"]
"""


def families(exchange, query):
    told = exchange.get_json(f"/v1/capacity?class=H100&{query}")["capacity"]
    return {row["family"]: (row.get("green_share"), row.get("pue")) for row in told}


async def offers(market):
    """64 units at home, 40 % green, and 64 abroad, 60 % green; 16 of each are for sale in the same hour."""
    for name, zone, green, pue in (("prov", "CN-EAST", "0.4", "1.25"), ("spare", "SG", "0.6", "1.2")):
        await market.clients[name].done("resource.register", **{
            "class": "H100", "zone": zone, "tier": "G2", "count": "64", "green_share": green, "pue": pue})
    exchange = market.exchange
    equal(families(exchange, "hours=1"), {FAMILY: ("0.4", "1.25"), ABROAD: ("0.6", "1.2")}, "families and their energy")
    equal(list(families(exchange, "green_share_min=0.5")), [ABROAD], "half of it green")
    equal(list(families(exchange, "residency=CN&green_share_min=0.4")), [FAMILY], "at home and green")
    equal(families(exchange, "green_share_min=0.61"), {}, "greener than any")
    status, refused = exchange.get("/v1/capacity?green_share_min=2")
    equal((status, json.loads(refused)["error"]["field"]), (400, "green_share_min"), "no share")
    cost = exchange.get_json(f"/v1/cost?family={FAMILY}")["cost"][0]
    # 0.7 kW · 1.25, and of that the 60 % that are not green at 561.7 g/kWh.
    equal((cost["kwh_per_hour"], cost["carbon_g_per_hour"]), ("0.875", "294.8925"), "meters of a unit-hour")
    await market.prov.done("order.place", symbol=symbol(2), side="sell", type="limit", price="13.50", qty="32", cid="s-1")
    await market.spare.done("order.place", symbol=symbol(2).replace(FAMILY, ABROAD), side="sell", type="limit",
                            price="13.00", qty="16", cid="s-1")


async def demands(market):
    """A demand is met by choosing families, refused when none can, and idempotent by its client order id."""
    hour = {"start": f"{DAY:%Y%m%d}T02Z", "hours": 1, "need": "16", "price": "14.00", "profile": "train"}
    green = {"class": "H100", "tier": "G2", "residency": "CN", "green_share_min": "0.4", **hour}
    bought = await market.acme.done("anyof.place", cid="green", **green)
    equal((bought["family"], bought["qty"], bought["cost"]), (FAMILY, "16", "216"), "what was bought")
    equal([a["family"] for a in bought["alternatives"]], [FAMILY], "the families that meet it")
    again = await market.acme.done("anyof.place", cid="green", **green)
    equal((again.get("dup"), again["oid"]), (True, bought["oid"]), "the same order")
    for wrong, field, limit in (({"green_share_min": "0.61"}, "green_share_min", ["0.6"]),
                                ({"residency": "EU"}, "residency", ["CN", "SG"])):
        refused = await market.acme.refused("SPEC_MISMATCH", "anyof.place", cid="no", **{"class": "H100"}, **wrong, **hour)
        equal((refused["error"]["field"], refused["error"]["limit"]), (field, limit), "what nobody can")
    await market.acme.refused("CLASS_UNKNOWN", "anyof.place", cid="no", **{"class": "H999"}, **hour)
    await market.acme.refused("FORMAT_FIELD", "anyof.place", cid="no", **hour)
    await market.at(0, 1)
    # From now on the family at home has a resource with little green power in it.
    brown = await market.prov.done("resource.register", **{
        "class": "H100", "zone": "CN-EAST", "tier": "G2", "count": "64", "green_share": "0.1", "pue": "1.25"})
    refused = await market.acme.refused("SPEC_MISMATCH", "anyof.place", cid="other", **green)
    equal(refused["error"]["limit"], ["0.1"], "the least of its resources counts")
    again = await market.acme.done("anyof.place", cid="green", **green)
    equal((again.get("dup"), again["oid"]), (True, bought["oid"]), "the same order, whatever was registered since")
    for _ in range(2):
        await remembered(market, again["seq"])
        await market.die()
        again = await market.acme.done("anyof.place", cid="green", **green)
        equal((again.get("dup"), again["oid"]), (True, bought["oid"]), "the same order after a kill")
    half = await market.acme.done("anyof.place", cid="half", **{"class": "H100", "green_share_min": "0.5"}, **hour)
    equal((half["family"], [a["family"] for a in half["alternatives"]]), (ABROAD, [ABROAD]), "a demand of half")
    equal((await market.acme.done("positions.get"))["positions"][0]["residency"], "CN", "where a position is")
    return brown["resource"]


def energy(told):
    return told["zone"], told["residency"], told.get("green_share"), told.get("pue"), told.get("carbon_g")


async def delivered(market, brown):
    """What the seller had registered at the gate is what both are told, also when it is gone, also over a kill."""
    await market.at(1, 45)
    gated = await market.prov.event("delivery", state="gated")
    did = gated["did"]
    equal(energy(gated), ("CN-EAST", "CN", "0.1", "1.25", "0"), "at the gate")
    equal(energy(await market.acme.event("delivery", did=did, state="gated")), energy(gated), "the buyer's side")
    await market.prov.done("delivery.ready", did=did, endpoint_ref="ssh://n-12")
    withdrawn = await market.prov.done("resource.withdraw", resource=brown)
    equal(families(market.exchange, "zone=CN-EAST")[FAMILY][0], "0.4", "what is registered now")
    for minute in range(60):
        await market.at(2, minute, 30)
        await market.prov.done("meter.report", did=did, minute=minute, available="16")
        if minute == 29:
            await remembered(market, withdrawn["seq"])
            await market.die()
            rows = {row["did"]: row for row in (await market.acme.done("deliveries.get"))["deliveries"]}
            # 0.7 kW · 1.25 · the mean of 60 % and 90 % · 561.7 g/kWh · 8 hours.
            equal(energy(rows[did]), ("CN-EAST", "CN", "0.1", "1.25", "2948.925"), "half of it, after a kill")
    await market.at(4)
    whole = ("CN-EAST", "CN", "0.1", "1.25", "5897.85")
    for name in ("prov", "acme"):
        settled = await market.clients[name].event("settlement", of="delivery", did=did)
        equal((settled["delivered"], energy(settled)), ("960", whole), f"settlement of {name}")
    export = subprocess.run(
        [market.exchange.binary, "export", "deliveries", "--data", str(market.exchange.data), "--account", "acme",
         "--config", str(market.exchange.config)], capture_output=True, text=True, timeout=60)
    equal(export.returncode, 0, export.stderr)
    rows = {row["delivery"]: row for row in csv.DictReader(io.StringIO(export.stdout))}
    equal((rows[did]["party"], rows[did]["delivered"], energy(rows[did])), ("buyer", "960", whole), "the export")
    equal(len(rows), 2, "both of its deliveries")


async def spread(market, regulator):
    """13.50 an hour at 2,500 tokens a second is 1.50 for a million; a block costs 8.00."""
    socket = await websockets.connect(f"{market.exchange.socket_url}/v1/market", ping_interval=None)
    await socket.send(json.dumps({"id": "1", "op": "subscribe", "channels": ["alerts", "cost"], "symbols": ["*"]}))
    await market.prov.done("resource.register", **{"class": "CHAT-L", "zone": "CN-EAST", "tier": "T1", "count": "100"})
    await market.prov.done("order.place", symbol=BLOCK, side="sell", type="limit", price="8.00", qty="10", cid="t-1")
    told = market.exchange.get_json(f"/v1/cost?symbol={BLOCK}")["cost"][0]["spreads"][0]
    equal((told["tokens"], told["block_price"], told["block_is"], told["tokens_per_second"]),
          (BLOCK, "8.00", "ask", "2500"), "the spread in cost")
    await market.acme.done("order.place", symbol=BLOCK, side="buy", type="limit", price="8.00", qty="10", cid="t-1")
    heard = {}
    while "alert" not in heard or "cost" not in heard:
        message = json.loads(await asyncio.wait_for(socket.recv(), 15))
        name = f"event.{message['ev']}" if "ev" in message else "reply.subscribe"
        market.described.hold("market", name, message)
        if message.get("indicator", "spread") == "spread" and (message.get("ev") == "alert" or "spreads" in message):
            heard[message["ev"]] = message
    await socket.close()
    alert = heard["alert"]
    equal((alert["family"], alert["hours"], alert["block_price"], alert["hour_price"], alert["by_hours"], alert["dearer"]),
          ("CHAT-L.CN-EAST.T1", FAMILY, "8", "13.5", "1.5", True), "what the alert was computed from")
    equal((alert["value"], alert["threshold"]), (43333, 2500), "433.33 % against 25 %")
    check(len(alert["evidence"]) == 2 and alert["first"] == alert["evidence"][0], f"evidence: {alert}")
    status, listed = await asyncio.to_thread(market.exchange.signed, regulator, "GET", "/v1/admin/surveillance")
    equal([a["value"] for a in listed["alerts"] if a["indicator"] == "spread"], [43333], "the list of alerts")


async def invoices(market):
    """The line of the trade: the family as it was then, 40 % green, 16 unit-hours of 294.8925 g."""
    await market.at(24, 0, 1)
    key = market.keys["acme"]
    for _ in range(1200):  # the projection follows at the lowest priority
        status, listed = await asyncio.to_thread(market.exchange.signed, key, "GET", "/v1/account/invoices")
        if status == 200 and listed["invoices"]:
            break
        await asyncio.sleep(0.05)
    text = await asyncio.to_thread(market.exchange.signed_text, key, "GET", "/v1/account/invoices/D1.csv")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["SkuId"] == FAMILY]
    told = [(row["ChargeCategory"], row["x_Residency"], row["x_GreenShare"], row["x_Pue"], row["x_CarbonGrams"])
            for row in rows]
    equal(told[0], ("Usage", "CN", "0.4", "1.25", "4718.28"), "the line of the trade")
    equal({row[4] for row in told[1:]}, {""}, "fee and tax have no carbon")


async def bound(market, far):
    """A key that may come from elsewhere only; the operator's word on another one holds over a kill."""
    async def logon(key):
        client = await PythonClient(market.exchange.socket_url, key).connect(sign_in=False)
        return client, await client.sign_in()
    client, said = await logon(far)
    equal((said["error"]["code"], said["error"]["rule"], said["error"]["got"]), ("AUTH_KEY", "address", "127.0.0.1"),
          "a logon from elsewhere")
    await client.close()
    ask = lambda key: market.exchange.signed(key, "GET", "/v1/account/balances")
    status, said = await asyncio.to_thread(ask, far)
    equal((status, said["error"]["code"], said["error"]["got"]), (401, "AUTH_KEY", "127.0.0.1"), "HTTP from elsewhere")
    key = Key("k-late", "acme", ["buyer"])
    def bind(*addresses):
        body = {"key": key.name, "account": "acme", "roles": key.roles, "public_key": key.public()}
        return asyncio.to_thread(market.exchange.post, market.keys["office"], "/v1/admin/keys",
                                 {**body, "addresses": list(addresses)} if addresses else body)
    await bind("192.0.2.7", "127.0.0.0/8")
    client, said = await logon(key)
    equal(said["ok"], True, "a logon from home")
    set_at = (await bind("192.0.2.7"))["seq"]
    await client.wait(lambda: client.closed, "end of the session")
    for _ in range(2):
        client, said = await logon(key)
        equal(said["error"]["code"], "AUTH_KEY", "bound to elsewhere")
        await client.close()
        await remembered(market, set_at)
        await market.die()
    await bind()
    equal((await asyncio.to_thread(ask, key))[0], 200, "from everywhere again")


async def run(arguments):
    with Folder() as folder:
        regulator, far = Key("k-reg", "reg", ["regulator"]), Key("k-far", "acme", ["buyer"])
        keys = {"office": Key("k-office", "office", ["operator"], on_behalf=True),
                "acme": Key("k-acme", "acme", ["buyer"]),
                "prov": Key("k-prov", "prov", ["provider"]), "spare": Key("k-spare", "spare", ["provider"])}
        config = folder / "market.toml"
        config.write_text(CONFIG + "".join(key.toml() for key in [regulator, *keys.values()]) +
                          far.toml() + 'addresses = ["192.0.2.0/24", "2001:db8::/32"]\n')
        with Exchange(arguments.binary, folder, config) as exchange:
            market = Market(exchange, keys)
            await market.connect()
            for name in ("acme", "prov", "spare"):
                exchange.post(keys["office"], "/v1/admin/credits", {"account": name, "amount": "1000"})
            await offers(market)
            brown = await demands(market)
            await delivered(market, brown)
            await spread(market, regulator)
            await invoices(market)
            await bound(market, far)
            for client in market.clients.values():
                await client.close()
            check(not market.described.wrong, f"not as described: {market.described.wrong[:3]}")
            exchange.stop()
            print(f"passed: green power from the demand to the invoice over five kills; {exchange.audit()[-1]}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the gridbook binary")
    asyncio.run(run(parser.parse_args()))
