#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""From registering a resource to the money, through real sockets, on a replay clock, with a kill -9 in the middle of
each hour. The first hour is delivered for 57 of its 60 minutes; in the second one the provider falls silent at minute
20 and a standby offer takes over for the last 37. Every amount is that of market-rules section 7, to the micro-CNY,
and the audit finds nothing."""

import argparse
import asyncio
import csv
import io
from decimal import Decimal

from exchange import Exchange, Folder, check, equal
from market import DAY, HOURS, Market, config, invoices, keys

FAMILY = "H100.CN-EAST.G2"
ROLES = {"office": ["operator"], "reg": ["regulator"], "acme": ["buyer"], "prov": ["provider"], "spare": ["provider"]}


def symbol(hour):
    return f"{FAMILY}.{DAY:%Y%m%d}T{hour:02}Z"


async def trade(market, hour):
    """16 units at 13.50: the vector of sections 6 and 7."""
    await market.prov.done("order.place", symbol=symbol(hour), side="sell", type="limit", price="13.50", qty="16",
                           cid=f"s-{hour}")
    await market.acme.done("order.place", symbol=symbol(hour), side="buy", type="limit", price="13.50", qty="16",
                           cid=f"b-{hour}")
    await market.at(hour - 1, 45)
    told = await market.prov.event("delivery", state="gated")
    equal((told["symbol"], told["seller"], told["buyer"], told["price"], told["qty"], told["promised"]),
          (symbol(hour), "prov", "acme", "13.50", "16", "960"), "the delivery made at the gate")
    equal((await market.acme.event("delivery", state="gated"))["did"], told["did"], "both hear of the same one")
    ready = await market.prov.done("delivery.ready", did=told["did"], endpoint_ref="ssh://n-12.prov", attestation="quote")
    equal(ready["state"], "ready", "state after ready")
    equal((await market.acme.event("delivery", state="ready"))["endpoint_ref"], "ssh://n-12.prov", "where to go")
    return told["did"]


async def first_hour(market):
    """57 of 60 minutes: 912 of 960 unit-minutes."""
    before = {name: await market.cash(name) for name in ("acme", "prov")}
    did = await trade(market, 2)
    await market.acme.refused("AUTH_ROLE", "delivery.ready", did=did, endpoint_ref="x")
    await market.spare.refused("DELIVERY_UNKNOWN", "delivery.ready", did=did, endpoint_ref="x")
    refused = await market.prov.refused("FORMAT_VALUE", "meter.report", did=did, minute=0, available="16")
    equal(refused["error"]["field"], "minute", "a minute that has not begun")
    for minute in range(60):
        if minute == 31:
            await market.die()
        await market.at(2, minute, 30)
        if minute in (10, 20, 30):
            continue
        said = await market.prov.done("meter.report", did=did, minute=minute, available="16", util="0.91", power_w=11000)
        equal(said["counted"], "16", f"minute {minute}")
        if minute % 7 == 0:
            theirs = await market.acme.done("meter.report", did=did, minute=minute, available="20")
            equal((theirs["party"], theirs["available"]), ("buyer", "16"), "the buyer's word")
    equal(theirs["gaps"], [m for m in range(56) if m % 7 != 0], "what the buyer has not reported")
    again = await market.prov.done("meter.report", did=did, minute=59, available="3")
    equal((again.get("dup"), again["available"], again["gaps"]), (True, "16", [10, 20, 30]), "said twice")
    refused = await market.prov.refused("FORMAT_VALUE", "meter.report", did=did, minute=60, available="16")
    equal(refused["error"]["limit"], ["0", "59"], "the minutes there are")
    await market.prov.refused("LOT", "meter.report", did=did, minute=10, available="1.55")
    row = (await market.acme.done("deliveries.get"))["deliveries"]
    equal([(d["did"], d["state"], d["delivered"]) for d in row], [(did, "delivering", "912")], "deliveries.get")
    await market.at(3, 5)
    await market.prov.refused("DELIVERY_STATE", "meter.report", did=did, minute=10, available="16")
    await market.at(4)
    for name in ("prov", "acme"):
        settled = await market.clients[name].event("settlement", of="delivery")
        equal((settled["did"], settled["delivered"], settled["short"], settled["refund"], settled["penalty"]),
              (did, "912", "48", "10.8", "5.4"), f"settlement of {name}")
    position = await market.prov.event("settlement", of="position")
    equal((position["receivable"], position["fee"], position["tax"], position["owed"], position["margin"],
           position["paid"]), ("216", "0.108", "0.00648", "16.2", "44.8", "199.68552"), "the seller's position")
    equal(await market.cash("acme"), before["acme"] - Decimal("200.25792"), "buyer net")
    equal(await market.cash("prov"), before["prov"] + Decimal("199.68552"), "seller net")
    equal((await market.acme.done("deliveries.get"))["deliveries"], [], "nothing is left")


async def second_hour(market):
    """Silent from minute 20, replaced at 14.60 for 37 minutes, 3 minutes of gap."""
    before = {name: await market.cash(name) for name in ("acme", "prov", "spare")}
    offer = await market.spare.done("order.place", symbol=symbol(6), side="sell", type="limit", price="14.60", qty="20",
                                    standby=True, cid="standby")
    equal(offer["flags"], ["STANDBY"], "flags of the offer")
    equal((await asyncio.to_thread(market.exchange.get_json, f"/v1/book/{symbol(6)}"))["asks"], [], "public asks")
    did = await trade(market, 6)
    for minute in range(20):
        await market.at(6, minute, 30)
        await market.prov.done("meter.report", did=did, minute=minute, available="16")
    await market.at(6, 22, 59)
    await market.prov.event("delivery", state="failing")
    await market.at(6, 23)
    await market.acme.event("delivery", state="failed")
    by = await market.acme.event("delivery", seller="spare")
    equal((by["replaces"], by["price"], by["qty"], by["from_minute"], by["minutes"]), (did, "14.60", "16", 23, 37),
          "who stands in")
    paid = await market.prov.event("settlement", of="replacement")
    equal((paid["cost"], paid["from_receivable"], paid["from_cash"]), ("144.053333", "144.053333", "0"), "what it costs")
    taken = await market.spare.event("settlement", of="replacement")
    equal((taken["oid"], taken["leaves"], taken["cost"]), (offer["oid"], "4", "144.053333"), "what it brings")
    await market.acme.event("delivery", state="replaced", did=did)
    await market.prov.refused("DELIVERY_STATE", "delivery.ready", did=did, endpoint_ref="x")
    await market.die()
    await market.spare.done("delivery.ready", did=by["did"], endpoint_ref="ssh://n-3.spare")
    for minute in range(23, 60):
        await market.at(6, minute, 30)
        await market.spare.done("meter.report", did=by["did"], minute=minute, available="16")
    await market.at(8)
    settled = await market.acme.event("settlement", of="delivery", did=did)
    equal((settled["delivered"], settled["refund"], settled["penalty"]), ("912", "10.8", "5.4"), "the gap of 3 minutes")
    settled = await market.spare.event("settlement", of="delivery", did=by["did"])
    equal((settled["delivered"], settled["refund"]), ("592", "0"), "the standby provider's minutes")
    fees = Decimal("0.108") + Decimal("0.00648")
    equal(await market.cash("prov"), before["prov"] + Decimal("55.746667") - fees, "what the first provider keeps")
    fees = Decimal("0.072026") + Decimal("0.004321")
    equal(await market.cash("spare"), before["spare"] + Decimal("144.053333") - fees, "what the second one gets")
    bought = Decimal("216.45792")
    equal(await market.cash("acme"), before["acme"] - bought + Decimal("16.20"), "what the buyer pays")


async def third_hour(market, regulator):
    """All of it is delivered, the buyer says that it had nothing for three minutes, and is right."""
    before = {name: await market.cash(name) for name in ("acme", "prov")}
    did = await trade(market, 10)
    for minute in range(60):
        await market.at(10, minute, 30)
        await market.prov.done("meter.report", did=did, minute=minute, available="16")
    refused = await market.acme.refused("FORMAT_VALUE", "dispute.open", did=did, minutes=[7, 59])
    equal((refused["error"]["field"], refused["error"]["limit"], refused["error"]["got"]), ("minutes", ["0", "58"], "59"),
          "a minute that is not over")
    await market.spare.refused("DELIVERY_UNKNOWN", "dispute.open", did=did, minutes=[7])
    await market.acme.refused("FORMAT_FIELD", "dispute.open", did=did, minutes=["7"])
    await market.acme.refused("FORMAT_VALUE", "dispute.open", did=did, minutes=[])
    opened = await market.acme.done("dispute.open", did=did, minutes=[7, 8, 9], evidence="log of n-12")
    equal((opened["state"], opened["claimant"], opened["minutes"]), ("opened", "buyer", [7, 8, 9]), "what is disputed")
    await market.prov.event("dispute", state="opened", did=did)
    await market.die()

    def decide(**body):
        return market.exchange.signed(regulator, "POST", "/v1/admin/disputes", {"did": did, "claimant": "buyer", **body})
    status, early = await asyncio.to_thread(decide, uphold=True)
    equal((status, early["error"]["code"]), (409, "DELIVERY_STATE"), "a decision before the settlement")
    await market.at(12)
    suspended = await market.prov.event("dispute", state="suspended")
    equal((suspended["did"], suspended["stake"], suspended["held"]), (did, "16.2", "16.2"), "what is held back")
    equal((await market.prov.done("balance.get"))["hold"], "16.2", "the seller's hold")
    equal((await market.acme.event("settlement", of="delivery", did=did))["refund"], "0", "settled as metered")
    await market.die()
    status, listed = await asyncio.to_thread(market.exchange.signed, regulator, "GET", "/v1/admin/disputes")
    equal([(d["did"], d["state"], d["claimant"], d["stake"]) for d in listed["disputes"]],
          [(did, "suspended", "buyer", "16.2")], "the list of disputes")
    status, _ = await asyncio.to_thread(market.exchange.signed, market.keys["acme"], "POST", "/v1/admin/disputes",
                                        {"did": did, "claimant": "buyer", "uphold": True})
    equal(status, 403, "a buyer does not decide")
    status, decided = await asyncio.to_thread(decide, uphold=True, reason="the log shows it")
    equal((status, decided.get("state"), decided.get("minutes")), (200, "upheld", [7, 8, 9]), "the decision")
    equal((await market.acme.event("dispute", state="upheld"))["stake"], "16.2", "told to the buyer")
    status, again = await asyncio.to_thread(decide, uphold=False)
    equal((status, again["error"]["code"]), (404, "DELIVERY_UNKNOWN"), "decided once")
    equal(await market.cash("prov"), before["prov"] + Decimal("215.88552") - Decimal("16.2"), "seller net")
    equal(await market.cash("acme"), before["acme"] - Decimal("216.45792") + Decimal("16.2"), "buyer net")


async def the_invoices(market):
    """Behind midnight: each account's lines sum to what its cash has changed by, to the micro-CNY."""
    await market.at(24, 0, 1)
    for name in ("acme", "prov", "spare"):
        listed, lines = await invoices(market, name, 1000)
        equal([i["invoice"] for i in listed], ["D1"], f"invoices of {name}")
        by_socket = await market.clients[name].done("invoices.get", period="day")
        equal(by_socket["invoices"], listed, "the same by socket")
        text = await asyncio.to_thread(market.exchange.signed_text, market.keys[name], "GET", "/v1/account/invoices/D1.csv")
        rows = list(csv.DictReader(io.StringIO(text)))
        equal([dict(row) for row in rows], lines, f"the CSV of {name}")
    equal([row["ChargeCategory"] for row in rows], ["Credit", "Purchase", "Tax"], "what the standby provider did")


async def run(arguments):
    with Folder() as folder:
        signed_by = keys(ROLES)
        file = folder / "market.toml"
        file.write_text(config(HOURS, ROLES) + "".join(key.toml() for key in signed_by.values()))
        regulator = signed_by.pop("reg")
        with Exchange(arguments.binary, folder, file) as exchange:
            market = Market(exchange, signed_by)
            await market.connect()
            for name in ("acme", "prov", "spare"):
                exchange.post(signed_by["office"], "/v1/admin/credits", {"account": name, "amount": "1000"})
            for name in ("prov", "spare"):
                await market.clients[name].done("resource.register", **{
                    "class": "H100", "zone": "CN-EAST", "tier": "G2", "count": "64", "residency": "CN"})
            await first_hour(market)
            await second_hour(market)
            await third_hour(market, regulator)
            await the_invoices(market)
            for client in market.clients.values():
                await client.close()
            check(not market.described.wrong, f"not as described: {market.described.wrong[:3]}")
            told = {"event.delivery", "event.dispute", "event.settlement", "reply.meter.report", "reply.deliveries.get", "reply.invoices.get"}
            check(told <= market.described.seen, f"never told: {told - market.described.seen}")
            exchange.stop()
            verdict = exchange.audit()[-1]
            check((exchange.data / "snapshots").exists(), "no snapshot was made")
            print(f"passed: three hours delivered, disputed and settled over four kills; {verdict}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the gridbook binary")
    asyncio.run(run(parser.parse_args()))
