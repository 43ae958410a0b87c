#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Blocks of tokens are bought and drawn through real sockets, on a replay clock, with kill -9 in the middle: the vector
of market-rules section 2, then an hour of real LLM requests (28,185 draws) against fewer blocks than it uses. Every
token is drawn once, no balance is under zero, what is sent again after a kill draws nothing, requests that failed come
back as money, which is paid out, and the audit finds nothing. Where the data is not beside the source folder, the hour is made up by a seed."""

import argparse
import asyncio
import csv
import json
import random
from decimal import Decimal

from exchange import Exchange, Folder, check, equal, shared_data
from market import TOKENS, Held, Market, config, keys, token_day, tokens

WINDOW = 400  # draws on their way at once
ROLES = {"office": ["operator"], "acme": ["buyer"], "prov": ["provider"], "spare": ["provider"]}


class Many(Held):
    """Keeps what a long flow of draws is told in a form that is searched quickly; every 50th message is held against
    the description."""

    def __init__(self, url, key, described):
        super().__init__(url, key, described)
        self.answers, self.drawn, self.taken = {}, [], 0

    async def take(self, text):
        message = json.loads(text)
        if message.get("id", "").startswith("d"):
            self.answers[message["id"]] = message
        elif message.get("ev") == "holding" and message["change"] == "drawn":
            self.drawn.append(message)
        else:
            return await super().take(text)
        self.taken += 1
        if self.taken % 50 == 0:
            name = "refusal" if message.get("ok") is False else "event.holding" if "ev" in message else "reply.token.draw"
            try:
                self.described.hold("trade", name, message)
            except AssertionError as wrong:
                self.described.wrong.append(str(wrong))

    async def draws(self, uses):
        """All of these, a window at a time; the answers in their order."""
        told = []
        for first in range(0, len(uses), WINDOW):
            numbers = []
            for use in uses[first:first + WINDOW]:
                self.numbers += 1
                numbers.append(f"d{self.numbers}")
                await self.socket.send(json.dumps({"id": numbers[-1], "op": "token.draw", "class": "CHAT-L", **use}))
            for _ in range(3000):
                if all(number in self.answers for number in numbers):
                    break
                await asyncio.sleep(0.01)
            told += [self.answers.pop(number, None) for number in numbers]
            check(None not in told, f"a draw was not answered; the last: {self.raw[-2:]}")
        return told


class Tokens(Market):
    async def connect(self):
        self.clients = {name: await (Many if name == "acme" else Held)(self.exchange.socket_url, key, self.described).connect()
                        for name, key in self.keys.items()}


def hour():
    """Each request a draw; the prompt counts as uncached, because the data says nothing of a cache."""
    data = shared_data()
    if data is None or not (data / "azure-llm-2023").is_dir():
        print("SKIPPED in part: ../shared/data/azure-llm-2023 is not beside the source folder; the hour is made up")
        chance = random.Random(20261202)
        return [{"uncached": chance.randrange(1, 8000), "cached": chance.randrange(0, 4000), "output": chance.randrange(1, 900),
                 "usage": f"made-{n}"} for n in range(6000)]
    rows = []
    for service in ("code", "conv"):
        with open(data / "azure-llm-2023" / f"{service}.csv", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 1):
                rows.append((row["TIMESTAMP"], {"uncached": int(row["ContextTokens"]), "output": int(row["GeneratedTokens"]),
                                                "usage": f"{service}-{number}"}))
    return [use for _, use in sorted(rows, key=lambda row: row[0])]


def need(use):
    return 4 * use.get("uncached", 0) + use.get("cached", 0) + 16 * use.get("output", 0)


async def buy(market, blocks):
    """Blocks of the second day, half of them from each seller; before it begins nothing can be drawn."""
    for name in ("prov", "spare"):
        await market.clients[name].done("resource.register", **{"class": "CHAT-L", "zone": "CN-EAST", "tier": "T1", "count": "100"})
        await market.clients[name].done("order.place", symbol=token_day(2), side="sell", type="limit", price="8.00",
                                        qty=str(blocks // 2), cid="s")
    await market.acme.done("order.place", symbol=token_day(2), side="buy", type="limit", price="8.00", qty=str(blocks), cid="b")
    vector = {"uncached": 600000, "cached": 300000, "output": 150000, "usage": "vector"}
    refused = await market.acme.refused("QUOTA_EXHAUSTED", "token.draw", **{"class": "CHAT-L"}, **vector)
    equal((refused["error"]["limit"], refused["error"]["got"]), (["0"], "1275000"), "nothing is held yet")
    await market.at(23, 45)
    held = (await market.acme.event("delivery", state="gated"))["did"]
    await market.acme.refused("DELIVERY_STATE", "token.draw", holding=held, **vector)
    await market.at(24)
    await market.acme.event("delivery", state="delivering")
    return vector


async def first_draw(market, vector, blocks):
    """The vector of section 2; once more; with another body; by those who may not."""
    told = await market.acme.done("token.draw", **{"class": "CHAT-L"}, **vector)
    left = blocks * 4_000_000 - 5_100_000
    equal((told["drawn"], told["remaining"], told["holdings"], told["usage"]), ("1275000", tokens(left), 1, "vector"), "the vector")
    again = await market.acme.done("token.draw", **{"class": "CHAT-L"}, **vector)
    equal((again["drawn"], again["remaining"], again["dup"]), ("1275000", tokens(left), True), "the same usage again")
    await market.acme.refused("CID_REUSED", "token.draw", **{"class": "CHAT-L"}, **{**vector, "output": 1})
    await market.acme.refused("FORMAT_VALUE", "token.draw", **{"class": "CHAT-L"}, usage="nothing")
    await market.acme.refused("CLASS_UNKNOWN", "token.draw", **{"class": "CHAT-S"}, uncached=1, usage="u")
    await market.acme.refused("DELIVERY_UNKNOWN", "token.draw", holding="77", uncached=1, usage="u")
    await market.prov.refused("AUTH_ROLE", "token.draw", **{"class": "CHAT-L"}, uncached=1, usage="u")
    return left


def hold(uses, told, left):
    """Each answer is what the balance says; the balance behind the last one."""
    for use, answer in zip(uses, told):
        wanted = need(use)
        if wanted > left:
            error = answer.get("error", {})
            equal((answer["ok"], error.get("code"), error.get("limit"), error.get("got")),
                  (False, "QUOTA_EXHAUSTED", [tokens(left)], tokens(wanted)), f"the answer to {use}")
            continue
        left -= wanted
        equal((answer["ok"], answer.get("drawn"), answer.get("remaining"), answer.get("dup")),
              (True, tokens(wanted), tokens(left), None), f"the answer to {use}")
    return left


async def all_heard(market, count):
    """The events of draws, when all of them have come."""
    for _ in range(1000):
        if len(market.acme.drawn) >= count:
            break
        await asyncio.sleep(0.01)
    equal(len(market.acme.drawn), count, "events of draws")
    return market.acme.drawn


async def the_hour(market, uses, left):
    """In three parts. After each of the first two the exchange is killed, and what was said last is said again."""
    told, third = [], len(uses) // 3
    for part, end in enumerate((third, 2 * third, len(uses))):
        await market.at(42, 20 * part, 1)
        now = uses[len(told):end]
        answers = await market.acme.draws(now)
        left = hold(now, answers, left)
        told += answers
        if end == len(uses):
            break
        heard = await all_heard(market, 1 + sum(answer.get("holdings", 0) for answer in told))
        await market.die()
        market.acme.drawn = heard
        same_again(await market.acme.draws(uses[end - WINDOW:end]), told[-WINDOW:])
    equal(len(told), len(uses), "answers")
    same_again(await market.acme.draws(uses), told)
    return told, left


def same_again(again, first):
    """A draw says what it said; a refusal is one still."""
    for one, other in zip(again, first):
        if not other["ok"]:
            equal(one["error"]["code"], "QUOTA_EXHAUSTED", "a refusal again")
            continue
        equal((one["drawn"], one["remaining"], one["holding"], one.get("dup")),
              (other["drawn"], other["remaining"], other["holding"], True), "the same draw again")


async def the_rows(market, blocks, left, count):
    """What deliveries.get lists is what the events told, and what is left."""
    rows = (await market.acme.done("deliveries.get"))["deliveries"]
    quarters = {row["did"]: [int(4 * float(row[name])) for name in ("drawn", "remaining")] for row in rows}
    equal(sum(sum(both) for both in quarters.values()), blocks * 4_000_000, "all of the blocks")
    equal(sum(both[1] for both in quarters.values()), left, "what is left")
    told = {}
    for event in await all_heard(market, count):
        told[event["holding"]] = told.get(event["holding"], 0) + int(4 * float(event["amount"]))
        equal(int(4 * float(event["drawn"])), told[event["holding"]], f"what {event['holding']} has come to")
    equal(told, {did: both[0] for did, both in quarters.items()}, "the sum of the draws of each holding")


async def the_requests(market):
    """How the requests of each holding went, as both sides say it; after a kill the same is told."""
    held = {}
    for name, served in (("prov", 985), ("spare", 995)):
        held[name] = (await market.clients[name].done("deliveries.get"))["deliveries"][0]["did"]
        told = await market.clients[name].done("meter.report", did=held[name], minute=1200, requests=1000, served=served)
        equal((told["party"], told["requests"], told["served"]), ("seller", 1000, served), f"what {name} reports")
    # The buyer says a greater share: the lesser counts. Totals never fall.
    await market.acme.done("meter.report", did=held["prov"], minute=1200, requests=100, served=100)
    for totals, field in (({"requests": 99, "served": 99}, "requests"), ({"requests": 101, "served": 99}, "served")):
        refused = await market.acme.refused("FORMAT_VALUE", "meter.report", did=held["prov"], minute=1201, **totals)
        equal(refused["error"]["field"], field, "totals that fall")
    await market.acme.refused("FORMAT_FIELD", "meter.report", did=held["prov"], minute=1201, requests=101)
    await market.die()
    again = await market.clients["prov"].done("meter.report", did=held["prov"], minute=1100, requests=1, served=1)
    equal((again["requests"], again["served"], again.get("dup")), (1000, 985, True), "an earlier minute")
    return held


async def money_back(market, held, blocks):
    """15 of 1,000 requests failed, more than T1 allows: that share comes back with a quarter of it. Then acme takes money out."""
    settled = {did: await market.acme.event("settlement", of="delivery", did=did) for did in held.values()}
    refund = Decimal(8) * (blocks // 2) * 15 / 1000
    equal({did: (told["requests"], told["served"], Decimal(told["refund"]), Decimal(told["penalty"])) for did, told in settled.items()},
          {held["prov"]: (1000, 985, refund, refund / 4), held["spare"]: (1000, 995, 0, 0)}, "what comes back")
    cash = Decimal((await market.acme.done("balance.get"))["cash"])
    office = market.keys["office"]
    for decision in ("refused", "paid"):
        asked = await market.acme.done("payout.request", amount="12.5", reference=decision)
        again = await market.acme.done("payout.request", amount="12.5", reference=decision)
        equal((again["payout"], again.get("dup")), (asked["payout"], True), "the same payout again")
        await market.acme.refused("CID_REUSED", "payout.request", amount="13", reference=decision)
        await market.die()
        waits = (await market.acme.done("payouts.get"))["payouts"]
        equal([(row["payout"], row["amount"]) for row in waits], [(asked["payout"], "12.5")], "what waits after a kill")
        market.exchange.post(office, "/v1/admin/payouts", {"payout": asked["payout"], "decision": decision})
        await market.acme.event("payout", state=decision)
    await market.acme.refused("FUNDS", "payout.request", amount="1000000", reference="all")
    balance = await market.acme.done("balance.get")
    equal((Decimal(balance["cash"]), balance["hold"]), (cash - Decimal("12.5"), "0"), "after one of two payouts")


async def the_end(market, left, blocks):
    await market.at(46)
    if left:
        notice = await market.acme.event("holding", change="notice")
        check("usage" not in notice, f"a notice: {notice}")
    held = await the_requests(market)
    await market.at(48)
    if left:
        await market.acme.event("holding", change="expired")
        await market.clients["spare"].event("delivery", state="delivered")
    refused = await market.acme.refused("QUOTA_EXHAUSTED", "token.draw", **{"class": "CHAT-L"}, cached=1, usage="late")
    equal((refused["error"]["limit"], refused["error"]["got"]), (["0"], "0.25"), "behind the day")
    await market.at(49)
    equal((await market.acme.done("deliveries.get"))["deliveries"], [], "what is settled is no holding")
    await money_back(market, held, blocks)


async def run(arguments):
    uses = hour()
    blocks = int(sum(map(need, uses)) * 0.9) // 4_000_000 // 2 * 2
    with Folder() as folder:
        signed_by = keys(ROLES)
        file = folder / "market.toml"
        file.write_text(config(TOKENS, ROLES, draws=65536) + "".join(key.toml() for key in signed_by.values()))
        with Exchange(arguments.binary, folder, file) as exchange:
            market = Tokens(exchange, signed_by)
            await market.connect()
            for name in ("acme", "prov", "spare"):
                exchange.post(signed_by["office"], "/v1/admin/credits", {"account": name, "amount": "10000"})
            vector = await buy(market, blocks)
            left = await first_draw(market, vector, blocks)
            told, left = await the_hour(market, uses, left)
            await the_rows(market, blocks, left, 1 + sum(answer.get("holdings", 0) for answer in told))
            await the_end(market, left, blocks)
            for client in market.clients.values():
                await client.close()
            check(not market.described.wrong, f"not as described: {market.described.wrong[:3]}")
            check({"event.holding", "reply.token.draw", "refusal"} <= market.described.seen, "a message was never told")
            exchange.stop()
            verdict = exchange.audit()
            check(any("usage of tokens" in line and line.startswith("ok") for line in verdict), f"no check of draws: {verdict}")
            drawn = sum(answer["ok"] for answer in told)
            check(0 < drawn < len(uses), f"{drawn} of {len(uses)} were drawn: the holdings were not used up")
            print(f"passed: {drawn} of {len(uses)} requests drawn from {blocks} blocks over five kills, left {tokens(left)}; {verdict[-1]}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the gridbook binary")
    asyncio.run(run(parser.parse_args()))
