#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments of a replay. After each: every order that was acknowledged is there, none twice, the audit
is green. The replay is `gridbook replay` on the Philly trace where the data lies beside the checkout; elsewhere a
flow made here takes its place. A relay between client and exchange notes what the client was told."""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import time

from clients import PythonClient
from exchange import SMALL_POOLS, Exchange, Folder, Key, check, equal, shared_data, source_dir
from recorder import Recorder

RETENTION = 24 * 3600 * 10**9  # an order's cid is kept this long after the order is done
TRACE = "philly-2017"

OWN_MARKET = """
clock = "replay"
clock_start = "2026-01-01T00:00:00Z"
""" + SMALL_POOLS + """
[[classes]]
name = "A100-80"
tflops = "312"
memory_gb = 80
bandwidth = "2.039"
[[zones]]
name = "CN-EAST"
hub = "Yangtze delta"
residency = "CN"
[[tiers]]
name = "G2"
availability = "99.5"
[[families]]
classes = "A100-80"
zones = "CN-EAST"
tiers = "G2"
guidance = "19.11"
[[accounts]]
name = "replay"
roles = "operator"
"""


class Trace:
    """The real thing: the shipped client on the shipped configuration. At this speed it takes 9 s on any machine, so
    that it is never over before it is killed."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.config = source_dir() / "config" / f"replay-{TRACE}.toml"

    def key(self, exchange):
        return Key.load("replay", exchange.data / "replay.pem")

    async def run(self, exchange, recorder):
        self.log = open(self.folder / "replay.log", "ab")
        self.process = await asyncio.create_subprocess_exec(
            str(self.binary), "replay", "--trace", TRACE, "--data-dir", str(shared_data()), "--connect",
            f"http://127.0.0.1:{recorder.port}", "--speed", "300000", "--key", str(exchange.data / "replay.pem"),
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        return await self.process.wait()

    def broken(self):
        return self.process.returncode is not None

    async def end(self, task):
        if self.process.returncode is None:
            self.process.kill()
        await task
        self.log.close()


class OwnFlow:
    """Where there is no trace: crossing orders of four accounts over the next hours, pipelined."""

    def __init__(self, folder, seed):
        self.folder, self.random, self.round = folder, random.Random(seed), 0
        self.signer = Key("replay", "replay", ["operator", "buyer", "provider"], on_behalf=True)
        self.config = folder / "own.toml"
        self.config.write_text(OWN_MARKET + self.signer.toml())

    def key(self, _):
        return self.signer

    async def run(self, exchange, recorder):
        self.round += 1
        client = await PythonClient(f"ws://127.0.0.1:{recorder.port}", self.signer).connect()
        names = ["prov-0", "prov-1", "buyer-0", "buyer-1"]
        if self.round == 1:
            for name in names:
                exchange.post(self.signer, "/v1/admin/participants", {"name": name, "roles": ["buyer", "provider"]})
                exchange.post(self.signer, "/v1/admin/credits", {"account": name, "amount": "10000000"})
                await client.done("resource.register", **{"account": name, "class": "A100-80", "zone": "CN-EAST",
                                                          "tier": "G2", "count": "10000"})
        number = 0
        while not client.closed:
            for _ in range(64):
                number += 1
                await client.send(json.dumps({
                    "id": f"o{number}", "op": "order.place", "account": self.random.choice(names),
                    "symbol": f"A100-80.CN-EAST.G2.20260102T{self.random.randrange(24):02}Z",
                    "side": self.random.choice(["buy", "sell"]), "type": "limit",
                    "price": f"{19 + self.random.randrange(-50, 50) / 100:.2f}",
                    "qty": str(self.random.randrange(1, 9)), "tif": "gate", "cid": f"f{self.round}-{number}"}))
            last = f"o{number}"
            await client.wait(lambda: last in client.replies or client.closed, "answers")
            client.replies.clear()
        return 1

    def broken(self):
        return False

    async def end(self, task):
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def verify(exchange, driver, recorder):
    """Asks for every acknowledged order by cid, and sends some of the requests once more."""
    client = await PythonClient(exchange.socket_url, driver.key(exchange)).connect()
    names = list(recorder.acknowledged)
    lost, wrong, expired = [], [], 0
    for start in range(0, len(names), 256):
        chunk = names[start:start + 256]
        for i, (account, cid) in enumerate(chunk):
            await client.send(json.dumps({"id": f"s{i}", "op": "order.status", "account": account, "cid": cid}))
        await client.wait(lambda: all(f"s{i}" in client.replies for i in range(len(chunk))), "states of orders", 60)
        for i, name in enumerate(chunk):
            reply, entry = client.replies.pop(f"s{i}"), recorder.acknowledged[name]
            if reply["ok"]:
                if reply["oid"] != entry["oid"]:
                    wrong.append((name, reply["oid"], entry["oid"]))
            elif entry["ended"] and entry["ended"] < recorder.market_time - RETENTION:
                expired += 1
            else:
                lost.append((name, reply["error"]["code"]))
        client.events.clear()
    equal(lost, [], "acknowledged orders that are lost")
    equal(wrong, [], "orders with another oid than was acknowledged")
    equal(recorder.twice, [], "cids that were acknowledged with two oids")
    again = [n for n in names if not recorder.acknowledged[n]["ended"]][-50:]
    for name in again:
        request = {k: v for k, v in recorder.acknowledged[name]["request"].items() if k not in ("id", "op")}
        reply = await client.call("order.place", **request)
        check(reply["ok"] and reply.get("dup") is True and reply["oid"] == recorder.acknowledged[name]["oid"],
              f"{name} sent again: {reply}")
    await client.close()
    return len(names), expired, len(again)


async def rounds(arguments):
    chance = random.Random(arguments.seed)
    data = shared_data()
    print(f"flow: {'the trace ' + TRACE if data else 'made here, for there is no ../shared/data'}; seed {arguments.seed}")
    for number in range(1, arguments.rounds + 1):
        with Folder() as folder:
            driver = Trace(arguments.binary, folder) if data else OwnFlow(folder, arguments.seed + number)
            with Exchange(arguments.binary, folder, driver.config) as exchange:
                async with Recorder(exchange.port) as recorder:
                    await one_round(number, chance.uniform(0.2, arguments.longest), exchange, driver, recorder)


async def one_round(number, moment, exchange, driver, recorder):
    task = asyncio.ensure_future(driver.run(exchange, recorder))
    begun = time.monotonic()
    while not recorder.acknowledged and not task.done() and time.monotonic() - begun < 120:
        await asyncio.sleep(0.02)
    check(not task.done(), "the replay ended before it was killed; its log is replay.log")
    check(recorder.acknowledged, f"no order was acknowledged within 120 s; refusals: {recorder.refusals}")
    await asyncio.sleep(moment)
    check(not driver.broken(), "the replay ended before the exchange was killed; its log is replay.log")
    exchange.kill()
    await asyncio.sleep(0.5)  # what is on its way to the client still counts as told
    await driver.end(task)
    begun = time.monotonic()
    exchange.start()
    restart = time.monotonic() - begun
    total, expired, again = await verify(exchange, driver, recorder)
    exchange.stop()
    verdict = exchange.audit()[-1]
    print(f"round {number}: killed {moment:.2f} s after the first of {total} acknowledged orders, back in {restart:.1f} s; "
          f"0 lost, 0 twice ({expired} past their retention, {again} sent again); {verdict}")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, help="the gridbook binary")
    parser.add_argument("--rounds", type=int, default=3, help="how often to kill (3)")
    parser.add_argument("--seed", type=int, default=20261201, help="of the moments (20261201)")
    parser.add_argument("--longest", type=float, default=6, help="the latest moment, seconds after the first order (6)")
    asyncio.run(rounds(parser.parse_args()))
    print("passed: crash in a replay")
