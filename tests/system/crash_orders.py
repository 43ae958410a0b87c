#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 under full load, again and again on one data folder, with a client that retries. After each kill: every
order that was acknowledged is there, under the oid that was told; of every order without an answer a query tells
whether it is there; sent again with the same cid it is there once. At last the audit is green, which includes that no
cid was accepted twice and that every micro-CNY is accounted for. Snapshots are made every second, so most starts begin
at one.

  50 kills (CI):  tests/system/crash_orders.py --binary build/release/gridbook
  1,000 kills:    tests/system/crash_orders.py --binary build/release/gridbook --rounds 1000
  100,000 orders: tests/system/crash_orders.py --binary build/release/gridbook --orders 100000
"""

import argparse
import asyncio
import json
import random
import sys
import time

from clients import PythonClient
from crash_replay import OWN_MARKET
from exchange import Exchange, Folder, Key, check, equal

ACCOUNTS = ["prov-0", "prov-1", "buyer-0", "buyer-1"]
WINDOW = 512  # requests without an answer, at most
FOLDER_ROUNDS = 50  # then another data folder: pools are small
FOLDER_ORDERS = 200_000  # or then: of an order that is done, the exchange forgets the oldest of 262,144


class Orders:
    """What was sent, and what is known of it. An id is a cid, so an answer finds its request by itself."""

    def __init__(self, seed):
        self.random, self.number = random.Random(seed), 0
        self.acknowledged, self.unanswered, self.refused, self.last = {}, {}, 0, []
        self.resolved_there, self.resolved_gone = 0, 0

    def next(self):
        self.number += 1
        cid = f"c{self.number}"
        draw = self.random
        request = {"account": draw.choice(ACCOUNTS),
                   "symbol": f"A100-80.CN-EAST.G2.20260102T{draw.randrange(24):02}Z",
                   "side": draw.choice(["buy", "sell"]), "type": "limit",
                   "price": f"{19 + draw.randrange(-50, 50) / 100:.2f}", "qty": str(draw.randrange(1, 9)),
                   "tif": "ioc" if draw.randrange(4) == 0 else "gate", "cid": cid}
        self.unanswered[cid] = request
        return cid, request

    def take(self, replies):
        for cid in [c for c in replies if c in self.unanswered]:
            reply, request = replies.pop(cid), self.unanswered.pop(cid)
            if reply["ok"]:
                self.acknowledged[cid] = (request["account"], reply["oid"])
                self.last.append(cid)
            elif reply["error"]["code"] == "BUSY":
                pass  # not sequenced: it may be sent again, and is not
            else:
                self.refused += 1


async def load(client, orders):
    while not client.closed:
        while len(orders.unanswered) < WINDOW:
            cid, request = orders.next()
            await client.send(json.dumps({"id": cid, "op": "order.place", **request}))
        await asyncio.sleep(0)
        orders.take(client.replies)
        client.events.clear()
        client.raw.clear()


async def ask(client, requests, what):
    """Sends all of them and returns the replies, by id."""
    replies = {}
    names = list(requests)
    for start in range(0, len(names), WINDOW):
        chunk = names[start:start + WINDOW]
        for name in chunk:
            await client.send(json.dumps({"id": name, **requests[name]}))
        await client.wait(lambda: all(n in client.replies for n in chunk), what, 60)
        for name in chunk:
            replies[name] = client.replies.pop(name)
        client.events.clear()
        client.raw.clear()
    return replies


async def verify(client, orders, which):
    """Acknowledged orders are there, under their oid."""
    asked = {cid: {"op": "order.status", "account": orders.acknowledged[cid][0], "cid": cid} for cid in which}
    for cid, reply in (await ask(client, asked, "states of acknowledged orders")).items():
        check(reply["ok"], f"the acknowledged order {cid} is lost: {reply}")
        equal(reply["oid"], orders.acknowledged[cid][1], f"oid of {cid}")


async def resolve(client, orders):
    """Orders without an answer: a query tells, and sent again they are there once."""
    open_ones = dict(orders.unanswered)
    states = await ask(client, {cid: {"op": "order.status", "account": r["account"], "cid": cid}
                                for cid, r in open_ones.items()}, "states of orders without an answer")
    again = await ask(client, {cid: {"op": "order.place", **r} for cid, r in open_ones.items()}, "repeated orders")
    for cid, reply in again.items():
        there = states[cid]["ok"]
        orders.resolved_there += there
        orders.resolved_gone += not there
        if there:
            check(reply["ok"] and reply.get("dup") is True, f"{cid} was there and is now: {reply}")
            equal(reply["oid"], states[cid]["oid"], f"oid of {cid}, sent again")
        elif reply["ok"]:
            # Refused before, it is told again as a refusal; accepted now, it is new.
            check(not reply.get("dup"), f"{cid} was not there and is now a duplicate: {reply}")
    orders.take(again)
    equal(orders.unanswered, {}, "orders without an answer")


async def prepare(exchange, key):
    client = await PythonClient(exchange.socket_url, key).connect()
    for name in ACCOUNTS:
        exchange.post(key, "/v1/admin/participants", {"name": name, "roles": ["buyer", "provider"]})
        exchange.post(key, "/v1/admin/credits", {"account": name, "amount": "100000000"})
        await client.done("resource.register", **{"account": name, "class": "A100-80", "zone": "CN-EAST", "tier": "G2",
                                                  "count": "100000"})
    await client.close()


async def one_round(exchange, key, orders, moment):
    client = await PythonClient(exchange.socket_url, key).connect()
    await resolve(client, orders)
    await verify(client, orders, orders.last)
    orders.last = []
    task = asyncio.ensure_future(load(client, orders))
    await asyncio.sleep(moment)
    exchange.kill()
    await asyncio.sleep(0.05)  # what is on its way still counts as told
    orders.take(client.replies)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    try:
        await client.close()
    except Exception:  # its other end is gone
        pass
    begun = time.monotonic()
    exchange.start()
    return time.monotonic() - begun


async def one_folder(arguments, seed, rounds):
    chance = random.Random(seed)
    with Folder() as folder:
        key = Key("replay", "replay", ["operator", "buyer", "provider"], on_behalf=True)
        config = folder / "own.toml"
        config.write_text(OWN_MARKET + key.toml())
        orders, slowest = Orders(seed), 0.0
        with Exchange(arguments.binary, folder, config) as exchange:
            await prepare(exchange, key)
            done = 0
            while orders.number < FOLDER_ORDERS and (done < rounds or orders.number < min(arguments.orders, 10_000)):
                slowest = max(slowest, await one_round(exchange, key, orders, chance.uniform(0.05, arguments.longest)))
                done += 1
            client = await PythonClient(exchange.socket_url, key).connect()
            await resolve(client, orders)
            await verify(client, orders, list(orders.acknowledged))
            await client.close()
            exchange.stop()
            verdict = exchange.audit()[-1]
        from_snapshot = (folder / "serve.log").read_text().count("behind sequence ") - \
            (folder / "serve.log").read_text().count("behind sequence 0 ")
        check(from_snapshot > 0 or done < 10, "no start began at a snapshot")
        print(f"{done} kills, {len(orders.acknowledged)} orders acknowledged, {orders.refused} refused, {orders.resolved_there} + "
              f"{orders.resolved_gone} without an answer (there + not there), 0 lost, 0 twice; slowest restart {slowest:.1f} s, "
              f"{from_snapshot} from a snapshot; {verdict}")
        sys.stdout.flush()
        return done, orders.number


async def all_rounds(arguments):
    kills = sent = folders = 0
    while kills < arguments.rounds or sent < arguments.orders:
        done, orders = await one_folder(arguments, arguments.seed + folders,
                                        min(FOLDER_ROUNDS, max(1, arguments.rounds - kills)))
        kills, sent, folders = kills + done, sent + orders, folders + 1
    print(f"passed: {kills} kills, {sent} orders sent")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the gridbook binary")
    parser.add_argument("--rounds", type=int, default=50, help="how often to kill (50)")
    parser.add_argument("--orders", type=int, default=0, help="go on until so many orders were sent (0)")
    parser.add_argument("--seed", type=int, default=20261201, help="of flow and moments (20261201)")
    parser.add_argument("--longest", type=float, default=0.8, help="the latest moment of a kill, seconds (0.8)")
    asyncio.run(all_rounds(parser.parse_args()))
