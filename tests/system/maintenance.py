#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Maintenance declared ahead, through real sockets, on a replay clock, with kill -9 twice: what a provider declared is
sold by no order and no strip and refused where it is owed, window and number named; hours and days of tokens; the same
from the journal and from a snapshot, by socket, HTTP, by hand and by the Python client; the audit finds nothing."""

import argparse
import asyncio
import itertools
import time

from exchange import Exchange, Folder, check, equal
from market import HOURS, TOKENS, Market, PythonClient, config, keys, remembered, token_day
from packages import by_hand
from terminal import ClientKey, Terminal, TradeClient

FAMILY = "H100.CN-EAST.G2"
ROLES = {"office": ["operator"], "prov": ["provider"], "other": ["provider"], "acme": ["buyer"]}
H100 = {"class": "H100", "zone": "CN-EAST", "tier": "G2"}
fresh = (f"no-{number}" for number in itertools.count(1))  # the same id would be answered as it was
CHAT = {"class": "CHAT-L", "zone": "CN-EAST", "tier": "T1"}


def hour(h):
    return f"20261201T{h:02}Z"


def symbol(h):
    return f"{FAMILY}.{hour(h)}"


async def refused(client, code, op, **fields):
    """The refusal as field, limit and what was got."""
    error = (await client.refused(code, op, **fields))["error"]
    return error["field"], error.get("limit"), error.get("got")


async def declare(market, h, windows, **more):
    return await market.prov.done("maintenance.declare", resource="1", start=hour(h), windows=windows, **more)


async def sell(market, what, qty, cid, price="13.50"):
    return await market.prov.done("order.place", symbol=what, side="sell", type="limit", price=price, qty=qty, cid=cid)


async def cannot_sell(market, what, qty, free, price="13.50"):
    told = await refused(market.prov, "CAPACITY", "order.place", symbol=what, side="sell", type="limit", price=price, qty=qty, cid=next(fresh))
    equal(told, ("capacity", [free], qty), f"{qty} of {what}, of which {free} are free")


async def eight_are_sold(market):
    """16 units, 8 of them sold in the sixth hour; then 8 are declared away over the hours around it."""
    equal((await market.prov.done("resource.register", **H100, count="16"))["resource"], "1", "the resource")
    equal((await market.other.done("resource.register", **H100, count="16"))["resource"], "2", "somebody else's")
    await sell(market, symbol(5), "8", "s-1")
    await market.acme.done("order.place", symbol=symbol(5), side="buy", type="limit", price="13.50", qty="8", cid="b-1")
    told = await declare(market, 4, 3, count="8")
    equal({name: told[name] for name in ("ev", "state", "maintenance", "resource", "family", "start", "windows", "count", "capacity")},
          {"ev": "maintenance", "state": "declared", "maintenance": "1", "resource": "1", "family": FAMILY, "start": hour(4),
           "windows": 3, "count": "8", "capacity": "8"}, "what is declared")
    equal((await by_hand(market, "prov", "maintain", "1", hour(2), "1"))["count"], "16", "a whole resource, by hand")
    equal((await market.prov.event("maintenance", maintenance="2"))["capacity"], "0", "the other connection hears of it")


async def is_so(market):
    """What is declared, what is sold of it and what is refused, the same whenever it is asked."""
    rows = (await market.prov.done("resources.get"))["resources"]
    equal([(row["resource"], row["family"], row["count"], row["registered"], row["factor"]) for row in rows],
          [("1", FAMILY, "16", "16", "1")], "the resources")
    equal(rows[0]["maintenance"], [{"maintenance": "1", "start": hour(4), "windows": 3, "count": "8", "capacity": "8"},
                                   {"maintenance": "2", "start": hour(2), "windows": 1, "count": "16", "capacity": "0"}],
          "what is declared of it")
    status, by_http = await asyncio.to_thread(market.exchange.signed, market.keys["prov"], "GET", "/v1/account/resources")
    equal((status, by_http["resources"]), (200, rows), "the same by HTTP")
    table = await asyncio.to_thread(Terminal(market.exchange, market.keys["prov"], market.exchange.folder).run, "resources")
    check(table.count(FAMILY) == 1 and hour(2) in table and hour(4) in table, f"no table of it by hand:\n{table}")
    equal((await market.other.done("resources.get"))["resources"][0]["maintenance"], [], "nothing of another provider's")
    positions = {row["symbol"]: row for row in (await market.prov.done("positions.get"))["positions"]}
    equal([positions[symbol(5)][name] for name in ("sold", "registered", "maintenance")], ["8", "16", "8"], "the sold hour")

    more = dict(resource="1", windows=1)
    reply = await market.prov.refused("OBLIGATION", "maintenance.declare", **more, start=hour(5), count="0.5")
    equal([reply["error"][name] for name in ("field", "limit", "got")], ["count", ["7.5"], "8"], "more than can be spared")
    check(symbol(5) in reply["error"]["msg"], f"the window is not named: {reply}")
    equal(await refused(market.prov, "QTY_LIMIT", "maintenance.declare", **more, start=hour(4)), ("count", ["0.1", "8"], "16"),
          "more than the resource has left")
    equal(await refused(market.prov, "QTY_LIMIT", "maintenance.declare", **more, start=hour(2), count="1"), ("count", ["0"], "1"),
          "nothing of it is left")
    for h in (4, 6):
        await cannot_sell(market, symbol(h), "9", "8")
    await cannot_sell(market, symbol(5), "0.1", "0")
    await cannot_sell(market, symbol(2), "0.1", "0")
    strip = dict(family=FAMILY, start=hour(3), hours=4, side="sell", price="13.50", tif="gate")
    equal((await refused(market.prov, "CAPACITY", "strip.place", **strip, qty="9", cid=next(fresh)))[0], "capacity", "a strip across them")


async def mistakes(market):
    """What names nothing, what is somebody else's, and windows that are none, or too far or too near."""
    ask = dict(resource="1", start=hour(8), windows=1)
    await market.acme.refused("AUTH_ROLE", "maintenance.declare", **ask)
    await market.acme.refused("AUTH_ROLE", "maintenance.cancel", maintenance="1")
    equal((await market.acme.done("resources.get"))["resources"], [], "a buyer has none")
    for client, wrong, told in ((market.other, {}, ("resource", None, "1")), (market.prov, {"resource": "9"}, ("resource", None, "9")),
                                (market.prov, {"windows": 745}, ("windows", None, "745")),
                                (market.prov, {"start": "20261203"}, ("start", None, "20261203")),
                                (market.prov, {"start": "soon"}, ("start", None, "soon")),
                                (market.prov, {"start": hour(0)},
                                 ("start", ["2026-12-01T01:00:00Z", "2027-12-02T00:00:00Z"], "2026-12-01T00:00:00Z")),
                                (market.prov, {"start": "20271202T00Z", "windows": 2},
                                 ("start", ["2026-12-01T01:00:00Z", "2027-12-02T00:00:00Z"], "2027-12-02T00:00:00Z"))):
        equal(await refused(client, "FORMAT_VALUE", "maintenance.declare", **{**ask, **wrong}), told, f"wrong with {wrong}")
    equal(await refused(market.prov, "LOT", "maintenance.declare", **ask, count="0.15"), ("count", ["0.1"], "0.15"), "no lot")
    for client, name in ((market.other, "1"), (market.prov, "9")):
        equal(await refused(client, "FORMAT_VALUE", "maintenance.cancel", maintenance=name), ("maintenance", None, name), "not its own")
        equal(await refused(client, "FORMAT_VALUE", "resource.withdraw", resource=name), ("resource", None, name), "not its own either")


async def resumed(market):
    """Who was away hears of it in the order of the account's stream, word for word as it was answered."""
    client = await PythonClient(market.exchange.socket_url, market.keys["prov"]).connect(sign_in=False)
    ts = str(time.time_ns())
    sig = client.key.sign(f"logon\n{client.welcome['nonce']}\n{client.key.name}\n{ts}")
    logon = await client.call("session.logon", key=client.key.name, ts=ts, sig=sig, stream=market.prov.logon["stream"], **{"from": 1})
    check(logon["ok"] and "error" not in logon, f"not resumed: {logon}")
    heard = []
    while not heard or heard[-1]["n"] < logon["n"]:
        await client.wait(lambda: client.events, "the past")
        heard.append(client.events.pop(0))
        market.described.hold("trade", f"event.{heard[-1]['ev']}", heard[-1])
    equal([event["n"] for event in heard], list(range(1, logon["n"] + 1)), "the stream without a gap")
    await client.close()
    return [(event["state"], event["maintenance"], event["start"], event["windows"], event["count"], event["capacity"])
            for event in heard if event["ev"] == "maintenance"]


async def over_a_kill(market):
    await is_so(market)
    await market.die()
    await is_so(market)
    equal(await resumed(market), [("declared", "1", hour(4), 3, "8", "8"), ("declared", "2", hour(2), 1, "16", "0")], "the stream")


async def taken_back(market):
    """Cancelled, the hours are sold again; what is over is told no more."""
    told = await market.prov.done("maintenance.cancel", maintenance="1")
    equal([told[name] for name in ("state", "maintenance", "windows", "count", "capacity")], ["cancelled", "1", 3, "8", "16"], "the answer")
    equal(await refused(market.prov, "FORMAT_VALUE", "maintenance.cancel", maintenance="1"), ("maintenance", None, "1"), "once only")
    equal((await sell(market, symbol(4), "16", "s-2"))["state"], "open", "all of an hour around it")
    equal((await sell(market, symbol(5), "8", "s-3"))["state"], "open", "the rest of the sold hour")
    equal(await refused(market.prov, "OBLIGATION", "maintenance.declare", resource="1", start=hour(4), windows=3, count="8"),
          ("count", ["8"], "16"), "what is offered is owed, too")
    equal((await market.prov.done("order.cancel_all"))["count"], 2, "taken back")
    equal((await declare(market, 5, 1, count="8"))["maintenance"], "3", "another one")
    await market.at(4)
    listed = (await market.prov.done("resources.get"))["resources"][0]["maintenance"]
    equal([row["maintenance"] for row in listed], ["3"], "one is over an hour after its window")
    equal(await refused(market.prov, "FORMAT_VALUE", "maintenance.cancel", maintenance="2"), ("maintenance", None, "2"), "it is over")
    equal((await by_hand(market, "prov", "cancel-maintenance", "3"))["state"], "cancelled", "by hand")


async def days_of_tokens(market):
    """Blocks of a day; the windows are days, and an hour is none."""
    resource = (await market.prov.done("resource.register", **CHAT, count="100"))["resource"]
    ask = dict(resource=resource, windows=2)
    reply = await market.prov.refused("FORMAT_VALUE", "maintenance.declare", **ask, start=hour(5))
    equal([reply["error"][name] for name in ("field", "rule")], ["start", "a day as symbols write it: 20261201"], "an hour")
    equal((await refused(market.prov, "FORMAT_VALUE", "maintenance.declare", **ask, start="20261201"))[::2],
          ("start", "2026-12-01T00:00:00Z"), "today")
    told = await market.prov.done("maintenance.declare", **ask, start="20261203", count="60")
    equal((told["start"], told["capacity"]), ("20261203", "40"), "two days")
    for day in (3, 4):
        await cannot_sell(market, token_day(day), "41", "40", "8.00")
    equal((await sell(market, token_day(5), "100", "t-5", "8.00"))["state"], "open", "the day after")
    return resource, told["seq"]


async def from_a_snapshot(market, resource, sequence):
    """What the gateway knows of a resource and what is declared of it are there though nothing of before is heard."""
    before = (await market.prov.done("resources.get"))["resources"]
    await remembered(market, sequence)
    await market.die()
    equal((await market.prov.done("resources.get"))["resources"], before, "the list from a snapshot")
    began = [line for line in market.exchange.log.read_text().splitlines() if "behind sequence " in line]
    check("behind sequence 0 " not in began[-1], f"it did not start from a snapshot: {began[-1]}")
    reply = await market.prov.refused("FORMAT_VALUE", "maintenance.declare", resource=resource, start=hour(9), windows=1)
    equal(reply["error"]["rule"], "a day as symbols write it: 20261201", "its windows are known")
    await cannot_sell(market, token_day(3), "41", "40", "8.00")
    async with TradeClient(market.exchange.socket_url, ClientKey.load("k-prov", market.exchange.folder / "k-prov.pem")) as client:
        equal(await client.resources(), before, "by the Python client")
        told = await client.maintain("1", hour(9), 2, "4")
        equal((await client.cancel_maintenance(told["maintenance"]))["capacity"], "16", "declared and cancelled")
    equal(await refused(market.prov, "OBLIGATION", "resource.withdraw", resource=resource), ("count", ["0"], "100"), "what is offered")
    await market.prov.done("order.cancel_all")
    await market.prov.done("resource.withdraw", resource=resource)
    listed = (await market.prov.done("resources.get"))["resources"]
    equal([(row["resource"], row["maintenance"]) for row in listed], [("1", [])], "gone with what was declared of it")


async def run(arguments):
    with Folder() as folder:
        signed_by = keys(ROLES)
        file = folder / "market.toml"
        file.write_text(config(HOURS + TOKENS, ROLES) + "".join(key.toml() for key in signed_by.values()))
        with Exchange(arguments.binary, folder, file) as exchange:
            market = Market(exchange, signed_by)
            await market.connect()
            for name in ("prov", "acme"):
                exchange.post(signed_by["office"], "/v1/admin/credits", {"account": name, "amount": "10000"})
            for part in (eight_are_sold, mistakes, over_a_kill, taken_back):
                await part(market)
            await from_a_snapshot(market, *await days_of_tokens(market))
            for client in market.clients.values():
                await client.close()
            check(not market.described.wrong, f"not as described: {market.described.wrong[:3]}")
            told = {"event.maintenance", "event.resource", "reply.resources.get", "request.maintenance.declare",
                    "request.maintenance.cancel", "refusal"}
            check(told <= market.described.seen, f"never told: {told - market.described.seen}")
            exchange.stop()
            print(f"passed: maintenance declared ahead, of hours and of days, over two kills; {exchange.audit()[-1]}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the gridbook binary")
    asyncio.run(run(parser.parse_args()))
