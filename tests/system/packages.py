#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Packages of tokens through real sockets, on a replay clock, with kill -9 twice in the middle: a provider buys blocks of
two days from another one, offers packages on them, is refused a sale that its reserve does not cover, and two buyers
buy, draw, pay for what is over, carry over and let expire. Every balance and every amount is that of the terms, the
proof of reserve is the same before and after each kill, the invoices are what cash changed by, the audit finds nothing."""

import argparse
import asyncio
import json
from decimal import Decimal

from exchange import Exchange, Folder, check, equal
from market import TOKENS, Market, config, invoices, keys, token_day, tokens
from terminal import ClientKey, Terminal, TradeClient

BLOCK = 4_000_000  # quarters of a token
CASH = {"maker": 1000, "prov": 1000, "acme": 1000, "bolt": 50}
ROLES = {"office": ["operator"], "maker": ["provider"], "prov": ["provider", "buyer"], "acme": ["buyer"], "bolt": ["buyer"]}
CHAT = {"class": "CHAT-L"}
TERMS = {**CHAT, "blocks": 4, "days": 2, "carry": 50, "price": "40.00", "overage": "12.00"}


def blocks(count):
    return tokens(int(count * BLOCK))


async def by_hand(market, name, *words):
    """By `gridbook client`; events may stand beside the answer."""
    terminal = Terminal(market.exchange, market.keys[name], market.exchange.folder)
    said = await asyncio.to_thread(terminal.run, "--json", *words)
    return next(message for message in map(json.loads, said.splitlines()) if "id" in message)


async def reserves(market, **wanted):
    """The proof of reserve as anybody gets it, and as the issuer does."""
    public = await asyncio.to_thread(market.exchange.get_json, "/v1/reserves")
    rows = (await market.prov.done("reserves.get"))["reserves"]
    equal(rows, public["reserves"], "the issuer's report")
    row = {key: rows[0][key] for key in wanted} if rows else {}
    equal(row, wanted, "the reserve")
    return rows


async def die(market):
    """The report is the same before and after."""
    before = await reserves(market)
    await market.die()
    equal(await reserves(market), before, "the reserve over a kill")


async def blocks_of_two_days(market):
    await market.maker.done("resource.register", **CHAT, zone="CN-EAST", tier="T1", count="100")
    for day in (2, 3):
        await market.maker.done("order.place", symbol=token_day(day), side="sell", type="limit", price="8.00", qty="10", cid=f"s{day}")
        await market.prov.done("order.place", symbol=token_day(day), side="buy", type="limit", price="8.00", qty="10", cid=f"b{day}")


async def offers(market):
    """Who may not, what cannot be, and the two packages that are sold."""
    await market.acme.refused("AUTH_ROLE", "package.offer", **TERMS)
    await market.prov.refused("CLASS_UNKNOWN", "package.offer", **{**TERMS, "class": "CHAT-S"})
    wrong = await market.prov.refused("FORMAT_VALUE", "package.offer", **{**TERMS, "days": 367})
    equal(wrong["error"]["field"], "days", "what is wrong with the terms")
    first = await market.prov.done("package.offer", **TERMS)
    equal((first["change"], first["package"], first["class"], first["blocks"], first["days"], first["carry"], first["price"],
           first["overage"]), ("offered", "1", "CHAT-L", 4, 2, 50, "40", "12"), "the package")
    equal((await by_hand(market, "prov", "offer", "CHAT-L", "2", "1", "19.5"))["package"], "2", "another one, by hand")
    listed = await asyncio.to_thread(market.exchange.get_json, "/v1/packages")
    equal([(p["package"], p["issuer"], p["price"], p["overage"], p["state"]) for p in listed["packages"]],
          [("1", "prov", "40", "12", "open"), ("2", "prov", "19.5", "0", "open")], "what anybody can buy")
    equal((await market.acme.done("packages.get"))["packages"], listed["packages"], "the same by socket")


async def sales(market):
    """Without blocks nothing is sold; on 20 of them 18 are granted, and 28 would be too many."""
    refused = await market.acme.refused("RESERVE", "package.buy", package="1", qty=1, purchase="early")
    equal((refused["error"]["field"], refused["error"]["limit"], refused["error"]["got"]), ("package", ["0"], blocks(3.2)),
          "a sale without a reserve")
    await blocks_of_two_days(market)
    for code, sale in (("PACKAGE_UNKNOWN", {"package": "3"}), ("QTY_LIMIT", {"qty": 1001}), ("FUNDS", {"qty": 30}),
                       ("RESERVE", {"qty": 7})):
        refused = await market.acme.refused(code, "package.buy", **{"package": "1", "qty": 1, "purchase": "never", **sale})
    equal((refused["error"]["limit"], refused["error"]["got"]), ([blocks(20)], blocks(22.4)), "80 percent of 28 blocks")
    refused = await market.prov.refused("FORMAT_VALUE", "package.buy", package="1", qty=1, purchase="own")
    equal(refused["error"]["field"], "package", "one's own package")
    before = await cash(market, "acme", "prov")
    grant = await market.acme.done("package.buy", package="1", qty=3, purchase="p-1")
    equal([grant[name] for name in ("change", "grant", "package", "party", "issuer", "buyer", "amount", "balance", "cost", "end")],
          ["bought", "1", "1", "buyer", "prov", "acme", blocks(12), blocks(12), "120", "2026-12-03T12:00:00Z"], "the grant")
    equal((await market.prov.event("grant", change="bought"))["party"], "issuer", "the issuer hears of it")
    again = await market.acme.done("package.buy", package="1", qty=3, purchase="p-1")
    equal((again["grant"], again["balance"], again["dup"]), ("1", blocks(12), True), "the same purchase again")
    refused = await market.acme.refused("CID_REUSED", "package.buy", package="1", qty=2, purchase="p-1")
    equal(refused["error"]["field"], "purchase", "another one under the same id")
    equal(await cash(market, "acme", "prov"), [before[0] - 120, before[1] + 120], "cash to cash")
    equal((await by_hand(market, "bolt", "buy", "1", "1", "p-1"))["grant"], "2", "another account's purchase, by hand")
    equal((await market.acme.done("package.buy", package="2", qty=1, purchase="p-2"))["grant"], "3", "another package")
    await reserves(market, issuer="prov", **CHAT, packages=2, grants=3, issued=blocks(18), outstanding=blocks(18), held=blocks(20),
                   needed=blocks(14.4), ratio_bp=11111, state="ok")


async def cash(market, *names):
    return [Decimal((await market.clients[name].done("balance.get"))["cash"]) for name in names]


async def second_day(market):
    """Ten blocks are there: of the twelve granted eight are drawn, and no more than that is."""
    use = {"grant": "1", "usage": "u-1", "uncached": 600000, "cached": 300000, "output": 81250}
    refused = await market.acme.refused("QUOTA_EXHAUSTED", "token.draw", **use)
    equal((refused["error"]["field"], refused["error"]["limit"]), ("class", ["0"]), "no block is delivering yet")
    await market.at(24)
    told = await market.acme.done("token.draw", **use)
    equal((told["drawn"], told["remaining"], told["grant"]), (blocks(1), blocks(11), "1"), "a block of all three kinds of tokens")
    drawn = await market.prov.event("grant", change="drawn")
    equal((drawn["amount"], drawn["excess"], drawn["cost"], drawn["balance"], drawn["usage"]), (blocks(1), "0", "0", blocks(11), "u-1"),
          "what the issuer hears")
    held = await market.prov.event("holding", change="drawn", party="buyer")
    equal((held["seller"], held["buyer"], held["drawn"]), ("maker", "prov", blocks(1)), "the blocks are the issuer's")
    await die(market)
    again = await market.acme.done("token.draw", **use)
    equal((again["drawn"], again["remaining"], again.get("dup")), (blocks(1), blocks(11), True), "the same draw over a kill")
    again = await market.acme.done("package.buy", package="1", qty=3, purchase="p-1")
    equal((again["grant"], again["balance"], again["dup"]), ("1", blocks(12), True), "the same purchase over a kill")
    await market.bolt.refused("PACKAGE_UNKNOWN", "token.draw", **{**use, "usage": "theirs"})
    await market.acme.refused("FORMAT_FIELD", "token.draw", **use, **CHAT)
    equal((await market.acme.done("token.draw", grant="1", usage="u-2", uncached=7_000_000))["remaining"], blocks(4), "seven more")
    for grant, field, left in (("1", "class", 2), ("3", "grant", 2)):
        refused = await market.acme.refused("QUOTA_EXHAUSTED", "token.draw", grant=grant, usage="u-3", uncached=3_000_000)
        equal((refused["error"]["field"], refused["error"]["limit"], refused["error"]["got"]), (field, [blocks(left)], blocks(3)),
              "more than the issuer holds today, more than a balance without overage")
    await reserves(market, outstanding=blocks(10), held=blocks(12), needed=blocks(8), ratio_bp=12000, state="ok")
    await market.at(36)
    gone = await market.acme.event("grant", change="expired")
    equal((gone["grant"], gone["amount"], gone["balance"]), ("3", blocks(2), "0"), "a day's package is over")
    for name, balance in (("acme", 4), ("bolt", 4)):
        notice = await market.clients[name].event("grant", change="notice")
        equal((notice["balance"], notice["end"]), (blocks(balance), "2026-12-03T12:00:00Z"), f"what {name} has for a day more")


async def third_day(market):
    """Beyond the balance it costs, as far as there is cash."""
    await market.at(48)
    refused = await market.bolt.refused("FUNDS", "token.draw", grant="2", usage="u-1", uncached=4_900_000)
    equal((refused["error"]["limit"], refused["error"]["got"]), (["10"], "10.8"), "nine tenths of a block for ten yuan")
    equal((await by_hand(market, "bolt", "draw", "u-1", "grant=2", "uncached=1000000"))["remaining"], blocks(3), "one block, by hand")
    before = await cash(market, "acme", "prov")
    equal((await market.acme.done("token.draw", grant="1", usage="u-4", uncached=5_500_000))["remaining"], "0", "all of it and more")
    over = await market.acme.event("grant", change="drawn", usage="u-4")
    equal((over["amount"], over["excess"], over["cost"]), (blocks(5.5), blocks(1.5), "18"), "one and a half blocks over")
    await market.acme.done("token.draw", grant="1", usage="u-5", uncached=1)
    paid = Decimal("18.000012")
    equal(await cash(market, "acme", "prov"), [before[0] - paid, before[1] + paid], "a token over is twelve millionths")
    withdrawn = await market.prov.done("package.withdraw", package="1")
    equal((withdrawn["change"], withdrawn["package"]), ("withdrawn", "1"), "the answer")
    await market.prov.refused("PACKAGE_UNKNOWN", "package.withdraw", package="1")
    await market.acme.refused("PACKAGE_UNKNOWN", "package.buy", package="1", qty=1, purchase="late")
    await die(market)
    again = await market.acme.done("token.draw", grant="1", usage="u-4", uncached=5_500_000)
    equal((again["remaining"], again["dup"]), ("0", True), "it is not paid again")
    rows = (await market.prov.done("grants.get"))["grants"]
    equal((await by_hand(market, "prov", "grants"))["grants"], rows, "the issuer's grants by hand")
    async with TradeClient(market.exchange.socket_url, ClientKey.load("k-prov", market.exchange.folder / "k-prov.pem")) as client:
        equal((await client.grants(), [p["state"] for p in await client.packages()]), (rows, ["withdrawn", "open"]), "by the Python client")
    equal([(g["grant"], g["party"], g["buyer"], g["qty"], g["balance"]) for g in rows],
          [("1", "issuer", "acme", 3, "0"), ("2", "issuer", "bolt", 1, blocks(3))], "open grants")
    status, own = await asyncio.to_thread(market.exchange.signed, market.keys["bolt"], "GET", "/v1/account/grants")
    equal((status, [{**g, "party": "issuer"} for g in own["grants"]]), (200, rows[1:]), "the buyer's own, by HTTP")


async def the_end(market):
    """Half of three blocks goes on, and is lost two days later; the reserve is short by then."""
    await market.at(60)
    equal((await market.acme.event("grant", change="expired"))["amount"], "0", "nothing was left")
    for name in ("bolt", "prov"):
        carried = await market.clients[name].event("grant", change="carried")
        equal((carried["grant"], carried["amount"], carried["balance"], carried["end"]),
              ("2", blocks(1.5), blocks(1.5), "2026-12-05T12:00:00Z"), f"what {name} hears")
    await market.at(72)
    await reserves(market, packages=2, grants=1, outstanding=blocks(1.5), held="0", needed=blocks(1.2), ratio_bp=0, state="short")
    refused = await market.acme.refused("RESERVE", "package.buy", package="2", qty=1, purchase="p-3")
    equal((refused["error"]["limit"], refused["error"]["got"]), (["0"], blocks(2.8)), "a sale on nothing")
    await market.at(84)
    equal((await market.bolt.event("grant", change="notice"))["balance"], blocks(1.5), "the second notice")
    await market.at(108)
    gone = await market.bolt.event("grant", change="expired")
    equal((gone["amount"], gone["balance"]), (blocks(1.5), "0"), "the second end")
    equal((await market.bolt.done("grants.get"))["grants"], [], "nothing is left")
    listed = await asyncio.to_thread(market.exchange.get_json, "/v1/packages")
    equal([(p["package"], p["grants"]) for p in listed["packages"]], [("2", 0)], "a withdrawn package without grants is gone")


async def the_invoices(market):
    await market.at(121)
    billed = {name: await invoices(market, name, credited) for name, credited in CASH.items()}
    kinds = [(line["ChargeCategory"], line["SkuId"], line["BilledCost"], line["ConsumedQuantity"]) for line in billed["acme"][1]]
    equal(kinds, [("Purchase", "CHAT-L.package-1", "120", ""), ("Purchase", "CHAT-L.package-2", "19.5", ""),
                  ("Usage", "CHAT-L.package-1", "18", blocks(1.5)), ("Usage", "CHAT-L.package-1", "0.000012", "1")], "acme's lines")
    sold = [line["BilledCost"] for line in billed["prov"][1] if line["SkuId"].startswith("CHAT-L.package-")]
    equal(sold, ["-120", "-40", "-19.5", "-18", "-0.000012"], "the issuer's lines")


async def run(arguments):
    with Folder() as folder:
        signed_by = keys(ROLES)
        file = folder / "market.toml"
        file.write_text(config(TOKENS, ROLES, draws=65536, packages=64) + "".join(key.toml() for key in signed_by.values()))
        with Exchange(arguments.binary, folder, file) as exchange:
            market = Market(exchange, signed_by)
            await market.connect()
            for name, amount in CASH.items():
                exchange.post(signed_by["office"], "/v1/admin/credits", {"account": name, "amount": str(amount)})
            await market.at(12)
            for part in (offers, sales, second_day, third_day, the_end, the_invoices):
                await part(market)
            for client in market.clients.values():
                await client.close()
            check(not market.described.wrong, f"not as described: {market.described.wrong[:3]}")
            told = {"event.grant", "event.package", "event.holding", "reply.token.draw", "reply.packages.get", "reply.grants.get",
                    "reply.reserves.get", "refusal"}
            check(told <= market.described.seen, f"never told: {told - market.described.seen}")
            exchange.stop()
            verdict = exchange.audit()
            for claim in ("reserve of 80 %", "purchase of packages", "open grants"):
                check(any(claim in line and line.startswith("ok") for line in verdict), f"no check of {claim}: {verdict}")
            print(f"passed: packages sold on their reserve, drawn, carried over and ended over two kills; {verdict[-1]}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the gridbook binary")
    asyncio.run(run(parser.parse_args()))
