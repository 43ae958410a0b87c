#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A client resumes over kill -9 from before everything that the exchange remembers. Two participants trade some
thousand times; the exchange keeps 1,024 events in memory and starts from a snapshot. After each kill a client asks for
its stream from an early number and from a late one: every event comes once, in order, word for word as it was told
when it happened, and what nobody was told any more fits between them."""

import argparse
import asyncio
import json
import re
import subprocess
import time

from clients import PythonClient
from crash_replay import OWN_MARKET
from exchange import Exchange, Folder, Key, check, equal

SYMBOL = "A100-80.CN-EAST.G2.20260102T{:02}Z"
MEMORY = 1024


class Resuming(PythonClient):
    """Keeps the texts of its stream by number."""

    def __init__(self, url, key):
        super().__init__(url, key)
        self.stream = {}

    async def take(self, text):
        message = json.loads(text)
        if "n" in message and "ev" in message and message["ev"] != "snapshot":
            check(message["n"] not in self.stream, f"event {message['n']} was told twice: {text}")
            check(not self.stream or message["n"] == max(self.stream) + 1,
                  f"event {message['n']} came after {max(self.stream or [0])}")
            # Whoever asked for it was told it as a reply; replayed it is an event like any other.
            self.stream[message["n"]] = re.sub(r'^\{"id":"[^"]*","ok":true,', "{", text)
        await super().take(text)
        self.events = [e for e in self.events if "n" not in e]
        del self.raw[:-5]

    async def resume(self, number, stream=None):
        await self.connect(sign_in=False)
        ts = str(time.time_ns())
        text = f"logon\n{self.welcome['nonce']}\n{self.key.name}\n{ts}"
        fields = {"stream": stream} if stream else {}
        return await self.call("session.logon", key=self.key.name, ts=ts, sig=self.key.sign(text), cod="off",
                               **{"from": number}, **fields)


async def trade(seller, buyer, first, count):
    """Every pair of orders makes a fill for both; a third order rests and is cancelled."""
    for start in range(first, first + count, 100):
        for i in range(start, start + 100):
            order = {"symbol": SYMBOL.format(i % 24), "type": "limit", "price": "19.11", "qty": "1", "tif": "gate"}
            await seller.send(json.dumps({"id": f"s{i}", "op": "order.place", "side": "sell", "cid": f"s{i}", **order}))
            await seller.wait(lambda: f"s{i}" in seller.replies, "reply to a sale") if i % 20 == 0 else None
            await buyer.send(json.dumps({"id": f"b{i}", "op": "order.place", "side": "buy", "cid": f"b{i}", **order}))
        ids = [f"s{i}" for i in range(start, start + 100)], [f"b{i}" for i in range(start, start + 100)]
        for client, names in zip((seller, buyer), ids):
            await client.wait(lambda: all(n in client.replies for n in names), "replies", 60)
            for name in names:
                check(client.replies.pop(name)["ok"], f"{name} was refused")


def compare(resumed, told, number, what):
    """`resumed` begins at `number` and says what `told` said, as far as that was told."""
    equal(min(resumed), number, f"first event of {what}")
    equal(len(resumed), max(resumed) - number + 1, f"events of {what}")
    for n, text in told.items():
        if n >= number:
            equal(resumed.get(n), text, f"event {n} of {what}")


async def resumed_from(exchange, key, number, last):
    client = Resuming(exchange.socket_url, key)
    reply = await client.resume(number)
    check(reply["ok"] and "error" not in reply, f"resuming from {number}: {reply}")
    await client.wait(lambda: client.stream and max(client.stream) >= last, f"events up to {last}", 60)
    await client.close()
    return client.stream


async def run(arguments):
    with Folder() as folder:
        operator = Key("replay", "replay", ["operator"])
        keys = {"prov": Key("prov-1", "prov", ["provider", "buyer"]), "acme": Key("acme-1", "acme", ["buyer"])}
        config = folder / "own.toml"
        text = OWN_MARKET.replace("[snapshots]", f"[sessions]\nresume_events = {MEMORY}\n[data]\nsegment_mb = 1\n[snapshots]")
        for name, roles in (("prov", '["provider", "buyer"]'), ("acme", '["buyer"]')):
            text += f'[[accounts]]\nname = "{name}"\nroles = {roles}\n'
        config.write_text(text + operator.toml() + "".join(k.toml() for k in keys.values()))
        with Exchange(arguments.binary, folder, config) as exchange:
            for name in keys:
                exchange.post(operator, "/v1/admin/credits", {"account": name, "amount": "100000000"})
            told = {name: {} for name in keys}
            for part in range(arguments.kills):
                clients = {name: await Resuming(exchange.socket_url, key).connect() for name, key in keys.items()}
                if part == 0:
                    await clients["prov"].done("resource.register", **{
                        "class": "A100-80", "zone": "CN-EAST", "tier": "G2", "count": "100000"})
                await trade(clients["prov"], clients["acme"], part * arguments.orders, arguments.orders)
                # Every second time behind a snapshot, else in the middle of what the journal alone has.
                if part % 2 == 0:
                    await asyncio.sleep(2.5)
                exchange.kill()
                for name, client in clients.items():
                    await asyncio.sleep(0.05)
                    told[name].update(client.stream)
                    try:
                        await client.close()
                    except Exception:  # its other end is gone
                        pass
                exchange.start()
                for name, key in keys.items():
                    last = max(told[name])
                    for number in (1 if name == "acme" else 2, last // 2, last - MEMORY - 10, last - 3):
                        compare(await resumed_from(exchange, key, number, last), told[name], number,
                                f"{name} from {number} after kill {part + 1}")
            check(max(told["acme"]) > 4 * MEMORY, "the stream is not longer than the memory")
            beyond = Resuming(exchange.socket_url, keys["acme"])
            reply = await beyond.resume(max(told["acme"]) + 1000)
            equal(reply["error"]["code"], "RESUME_TOO_OLD", "code for a number that was never told")
            await beyond.close()
            exchange.stop()
            verdict = exchange.audit()[-1]
            log = (folder / "serve.log").read_text()
            from_snapshot = log.count("behind sequence ") - log.count("behind sequence 0 ")
            check(from_snapshot > 0, "no start began at a snapshot")
            listed = subprocess.run([arguments.binary, "segments", "--data", str(exchange.data), "--check"],
                                    capture_output=True, text=True, timeout=60)
            check(listed.returncode == 0 and "each follows the one before it" in listed.stdout, listed.stdout)
            files = len(list((exchange.data / "journal").glob("*.mdb")))
            print(f"passed: {arguments.kills} kills, {from_snapshot} starts from a snapshot, streams of "
                  f"{max(told['acme'])} and {max(told['prov'])} events resumed behind a memory of {MEMORY}, "
                  f"{files} segments; {verdict}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the gridbook binary")
    parser.add_argument("--kills", type=int, default=3, help="how often to kill (3)")
    parser.add_argument("--orders", type=int, default=1500, help="pairs of orders before each (1500)")
    asyncio.run(run(parser.parse_args()))
