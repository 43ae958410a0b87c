#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The disk fails under the finished binary, or is slow. A write or sync of the journal that fails ends the process
with one line that names the file and the reason, and status 1; nothing was acknowledged that a restart does not have.
While syncs take long, replies wait, then new orders are BUSY, then cancels; afterwards all is as if nothing had been.
The faults come from a library that is loaded before libc (disk_fault.cpp)."""

import argparse
import asyncio
import errno
import json
import os
import subprocess
import time

from clients import PythonClient
from crash_orders import Orders, ask, load, prepare, resolve, verify
from crash_replay import OWN_MARKET
from exchange import Exchange, Folder, Key, check, equal

FAILURES = [("sync", errno.EIO), ("write", errno.ENOSPC), ("write", errno.EIO), ("sync", errno.ENOSPC)]


class Disk:
    """What the library is told."""

    def __init__(self, folder, library):
        self.file = folder / "disk-fault"
        os.environ["GRIDBOOK_DISK_FAULT"] = str(self.file)
        self.library = library

    def say(self, words):
        draft = self.file.with_suffix(".new")
        draft.write_text(words)
        draft.rename(self.file)

    def heal(self):
        self.file.unlink(missing_ok=True)


class FaultyExchange(Exchange):
    def __init__(self, *arguments, disk):
        super().__init__(*arguments)
        self.disk = disk

    def start(self, patience=120):
        os.environ["LD_PRELOAD"] = str(self.disk.library)
        try:
            super().start(patience)
        finally:
            del os.environ["LD_PRELOAD"]


async def failing(exchange, disk, key, orders, call, number):
    """One failure under load: how the process ends, and what it said."""
    client = await PythonClient(exchange.socket_url, key).connect()
    await resolve(client, orders)
    await verify(client, orders, orders.last)
    orders.last = []
    said = exchange.log.stat().st_size
    task = asyncio.ensure_future(load(client, orders))
    await asyncio.sleep(0.3)
    disk.say(f"fail {call} {number} /journal/")
    try:
        status = await asyncio.to_thread(exchange.process.wait, 20)
    except subprocess.TimeoutExpired:
        orders.take(client.replies)
        why = task.exception() if task.done() and not task.cancelled() else None
        raise AssertionError(
            f"the exchange goes on while {call} fails; the load {'ended: ' + repr(why) if task.done() else 'goes on'}, the "
            f"connection is {'closed' if client.closed else 'open'}, {len(orders.unanswered)} orders are unanswered") from None
    await asyncio.sleep(0.05)
    orders.take(client.replies)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    disk.heal()
    equal(status, 1, f"exit status after {call} failed")
    lines = [l for l in exchange.log.read_text()[said:].splitlines() if l.startswith("gridbook: ")]
    equal(len(lines), 1, f"lines about it: {lines}")
    check(os.strerror(number) in lines[0] and "/journal/" in lines[0], f"what it said: {lines[0]}")
    exchange.start()
    return lines[0]


async def slow(exchange, disk, key, orders):
    """Syncs of 2 to 3 seconds: BUSY for orders first, for cancels last, and all is well afterwards."""
    client = await PythonClient(exchange.socket_url, key).connect()
    await resolve(client, orders)
    resting = {"account": "prov-0", "symbol": "A100-80.CN-EAST.G2.20260102T05Z", "side": "buy", "type": "limit",
               "price": "14.00", "qty": "1", "tif": "gate"}
    for i in range(300):
        await client.send(json.dumps({"id": f"r{i}", "op": "order.place", "cid": f"r{i}", **resting}))
    await client.wait(lambda: all(f"r{i}" in client.replies for i in range(300)), "resting orders", 60)
    disk.say("slow 2000 3000 /journal/")
    sent = busy_at = 0
    begun = time.monotonic()
    while busy_at == 0 and time.monotonic() - begun < 30:
        for _ in range(500):
            sent += 1
            await client.send(json.dumps({"id": f"x{sent}", "op": "order.place", "cid": f"x{sent}", **resting}))
        await asyncio.sleep(0.01)
        busy = [r for r in client.replies.values() if not r["ok"] and r["error"]["code"] == "BUSY"]
        busy_at = sent if busy else 0
    check(busy_at > 0, f"no BUSY after {sent} orders into a disk that syncs for seconds")
    # The reserve of the ring is for cancels.
    for i in range(300):
        await client.send(json.dumps({"id": f"k{i}", "op": "order.cancel", "account": "prov-0", "cid": f"r{i}"}))
    await client.wait(lambda: all(f"k{i}" in client.replies for i in range(300)), "cancels", 60)
    refused = [client.replies[f"k{i}"] for i in range(300) if not client.replies[f"k{i}"]["ok"]]
    equal(refused, [], "cancels that were refused while orders were BUSY")
    disk.heal()
    await client.wait(lambda: all(f"x{i}" in client.replies for i in range(1, sent + 1)), "the other replies", 60)
    # Accepted is there, BUSY is not.
    states = await ask(client, {f"q{i}": {"op": "order.status", "account": "prov-0", "cid": f"x{i}"}
                                for i in range(1, sent + 1)}, "states of orders")
    accepted = 0
    for i in range(1, sent + 1):
        reply, state = client.replies[f"x{i}"], states[f"q{i}"]
        check(reply["ok"] or reply["error"]["code"] == "BUSY", f"x{i}: {reply}")
        equal(state["ok"], reply["ok"], f"x{i} was answered {reply} and is {state}")
        accepted += reply["ok"]
    await client.close()
    return sent, accepted


async def run(arguments):
    with Folder() as folder:
        disk = Disk(folder, arguments.library)
        key = Key("replay", "replay", ["operator", "buyer", "provider"], on_behalf=True)
        config = folder / "own.toml"
        config.write_text(OWN_MARKET + key.toml())
        orders = Orders(arguments.seed)
        with FaultyExchange(arguments.binary, folder, config, disk=disk) as exchange:
            await prepare(exchange, key)
            for call, number in FAILURES:
                print(await failing(exchange, disk, key, orders, call, number))
            sent, accepted = await slow(exchange, disk, key, orders)
            client = await PythonClient(exchange.socket_url, key).connect()
            await resolve(client, orders)
            await verify(client, orders, list(orders.acknowledged))
            await client.close()
            exchange.stop()
            verdict = exchange.audit()[-1]
            print(f"passed: {len(FAILURES)} failures of the journal's disk, {len(orders.acknowledged)} acknowledged orders, 0 lost; "
                  f"slow syncs: {accepted} of {sent} orders accepted, the others BUSY, all cancels done; {verdict}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the gridbook binary")
    parser.add_argument("--library", required=True, help="libgridbook_disk_fault.so")
    parser.add_argument("--seed", type=int, default=20261201, help="of the flow (20261201)")
    asyncio.run(run(parser.parse_args()))
