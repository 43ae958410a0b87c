#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What an operator does with a ledger: export beside a running exchange, back it up while it runs, restore the backup to
a sequence and to its end, rebuild the projection, run into the floor of free disk space and out of it again."""

import argparse
import asyncio
import csv
import io
import json
import re
import shutil
import subprocess
import time

from clients import PythonClient
from crash_replay import OWN_MARKET
from exchange import Exchange, Folder, Key, check, equal

ACCOUNTS = ["prov", "buyer"]
DAY = "A100-80.CN-EAST.G2.20260102T"


def run(binary, *arguments, status=0):
    done = subprocess.run([binary, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=120)
    equal(done.returncode, status, f"status of gridbook {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
    return done.stdout


async def trade(client, first, count):
    """Pairs of a sell and a buy that meet; every third pair leaves a rest."""
    replies = []
    for i in range(first, first + count):
        hour = f"{DAY}{i % 24:02}Z"
        common = {"symbol": hour, "type": "limit", "price": "19.00", "tif": "gate"}
        replies.append(await client.done("order.place", account="prov", side="sell", cid=f"s{i}",
                                         qty="3" if i % 3 == 0 else "2", **common))
        replies.append(await client.done("order.place", account="buyer", side="buy", cid=f"b{i}", qty="2", **common))
    return replies


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def micro(text):
    whole, _, rest = text.partition(".")
    return (int(whole + rest.ljust(6, "0")[:6]))


def check_exports(binary, data, pairs):
    fills = rows(run(binary, "export", "fills", "--data", data))
    for side in ("buy", "sell"):
        equal(sum(int(f["qty"]) for f in fills if f["side"] == side), 2 * pairs, f"units exported, {side}")
    lines = run(binary, "export", "fills", "--data", data, "--format", "jsonl", "--account", "buyer").splitlines()
    equal([json.loads(l)["cid"] for l in lines], [f["cid"] for f in fills if f["account"] == "buyer"], "fills of the buyer")
    postings = rows(run(binary, "export", "postings", "--data", data))
    sums = {}
    for p in postings:
        sums[int(p["entry"])] = sums.get(int(p["entry"]), 0) + micro(p["amount"])
    equal(sorted(sums), list(range(1, len(sums) + 1)), "numbers of the entries")
    equal(set(sums.values()), {0}, "sums of the entries")
    last = rows(run(binary, "export", "statements", "--data", data, "--account", "buyer"))[-1]
    cash = sum(micro(p["amount"]) for p in postings if p["account"] == "buyer" and p["money"] == "cash")
    equal(micro(last["cash_after"]), cash, "cash of the buyer by its statement")
    check(run(binary, "export", "fills", "--data", data, "--to-sequence", fills[0]["sequence"]).count("\n") == 3,
          "fills up to the first trade")


async def story(arguments, folder):
    binary, key = arguments.binary, Key("replay", "replay", ["operator", "buyer", "provider"], on_behalf=True)
    config = folder / "own.toml"
    config.write_text(OWN_MARKET + key.toml())
    with Exchange(binary, folder, config) as exchange:
        client = await PythonClient(exchange.socket_url, key).connect()
        for name in ACCOUNTS:
            exchange.post(key, "/v1/admin/participants", {"name": name, "roles": ["buyer", "provider"]})
            exchange.post(key, "/v1/admin/credits", {"account": name, "amount": "1000000"})
        await client.done("resource.register", **{"account": "prov", "class": "A100-80", "zone": "CN-EAST", "tier": "G2",
                                                  "count": "1000"})
        await trade(client, 0, 60)
        deadline = time.monotonic() + 60  # a snapshot is made every second, by whoever has nothing better to do
        while not list((exchange.data / "snapshots").glob("*.gbs")):
            check(time.monotonic() < deadline, "no snapshot within a minute")
            await asyncio.sleep(0.1)
        check_exports(binary, exchange.data, 60)
        backup = folder / "backup"
        told = run(binary, "backup", "--data", exchange.data, "--to", backup)
        check("read back and proven" in told, told)
        check(list((backup / "snapshots").glob("*.gbs")), "a backup without snapshots")
        check(not list(backup.rglob("*.pem")), "a backup with private keys")
        run(binary, "backup", "--data", exchange.data, "--to", backup, status=2)
        run(binary, "rebuild", "--data", exchange.data, status=2)  # it is in use
        await trade(client, 60, 10)
        await client.close()
        exchange.stop()
        exchange.start()
        await history(exchange, key, rows(run(binary, "export", "fills", "--data", exchange.data)))
        exchange.stop()
        exchange.audit()
        rebuilt = run(binary, "rebuild", "--data", exchange.data, "--check")
        check("equal to what was there" in rebuilt, rebuilt)
        segments = run(binary, "segments", "--data", exchange.data, "--check")
        check("1 segments, each follows the one before it" in segments, segments)
        shipped = folder / "shipped.mdb"
        shutil.copy(next((exchange.data / "journal").glob("*.mdb")), shipped)
        check("the segment is whole" in run(binary, "segments", "--file", shipped), "a copied segment")
        shutil.rmtree(exchange.data / "projection")
        run(binary, "rebuild", "--data", exchange.data)
        check("equal to what was there" in run(binary, "rebuild", "--data", exchange.data, "--check"), "rebuilt otherwise")
        restore(binary, exchange.data, backup, folder)
        # At the end of the whole: its last checkpoint, made when it closed, comes out again, and so does the projection.
        whole = folder / "whole-backup"
        run(binary, "backup", "--data", exchange.data, "--to", whole)
        told = run(binary, "restore", "--from", whole, "--data", folder / "whole")
        check(int(re.search(r"; (\d+) recorded state hashes", told)[1]) >= 1, told)
        hashes = run(binary, "export", "hashes", "--data", folder / "whole")
        check(len(rows(hashes)) >= 1 and hashes == run(binary, "export", "hashes", "--data", exchange.data), hashes)
        check(f"{rows(hashes)[-1]['hash']} at sequence {rows(hashes)[-1]['sequence']}" in told, told)
        run(binary, "rebuild", "--data", folder / "whole")
        equal(run(binary, "export", "statements", "--data", folder / "whole"),
              run(binary, "export", "statements", "--data", exchange.data), "statements of what was restored")


async def history(exchange, key, fills):
    """What was told before a restart from a snapshot can still be asked for: fills by page, candles."""
    client = await PythonClient(exchange.socket_url, key).connect()
    deadline = time.monotonic() + 60  # the projection is looked through before it answers
    while (page := await client.done("fills.get", account="buyer", after=0, limit=7))["oldest"] != 1 or page["more"] is False:
        check(time.monotonic() < deadline, f"the fills of before are gone: {page}")
        await asyncio.sleep(0.2)
    told = page["fills"]
    while page["more"]:
        page = await client.done("fills.get", account="buyer", after=told[-1]["n"], limit=7)
        told += page["fills"]
    await client.close()
    wanted = [f for f in fills if f["account"] == "buyer"]
    filled, expected = {}, []
    for f in wanted:
        filled[f["cid"]] = filled.get(f["cid"], 0) + int(f["qty"])
        expected.append((f["cid"], f["qty"], str(filled[f["cid"]])))
    equal([(f["cid"], f["qty"], f["cum"]) for f in told], expected, "fills of the buyer")
    for interval in ("1m", "4h", "1d"):
        candles = exchange.get_json(f"/v1/candles?symbol={DAY}01Z&interval={interval}")["candles"]
        equal(sum(int(c["volume"]) for c in candles), sum(int(f["qty"]) for f in wanted if f["symbol"] == f"{DAY}01Z"),
              f"volume of the candles of {interval}")


def restore(binary, data, backup, folder):
    told = run(binary, "restore", "--from", backup, "--data", folder / "to-40", "--to-sequence", 40)
    check("up to sequence 40:" in told, told)
    audited = run(binary, "audit", "--data", folder / "to-40").splitlines()
    equal(audited[-1], "AUDIT PASSED", "audit of what was restored")
    fills = [f for f in rows(run(binary, "export", "fills", "--data", data)) if int(f["sequence"]) <= 40]
    equal(rows(run(binary, "export", "fills", "--data", folder / "to-40")), fills, "fills of what was restored")
    run(binary, "restore", "--from", backup, "--data", folder / "to-40", status=2)


async def floor(arguments, folder):
    """A floor that no disk has: orders are BUSY with the reason, cancels go on; a lower one: orders again."""
    binary, key = arguments.binary, Key("replay", "replay", ["operator", "buyer", "provider"], on_behalf=True)
    config = folder / "own.toml"
    text = OWN_MARKET + key.toml()
    config.write_text(text)
    with Exchange(binary, folder, config) as exchange:
        client = await PythonClient(exchange.socket_url, key).connect()
        for name in ACCOUNTS:
            exchange.post(key, "/v1/admin/participants", {"name": name, "roles": ["buyer", "provider"]})
            exchange.post(key, "/v1/admin/credits", {"account": name, "amount": "1000000"})
        order = {"account": "buyer", "symbol": f"{DAY}01Z", "side": "buy", "type": "limit", "price": "19.00", "qty": "1",
                 "tif": "gate"}
        placed = await client.done("order.place", cid="one", **order)
        await client.close()
        exchange.stop()
        config.write_text(text + "\n[data]\nfree_floor_mb = 1000000000\n")
        exchange.start()
        client = await PythonClient(exchange.socket_url, key).connect()
        deadline = time.monotonic() + 5
        while (reply := await client.call("order.place", cid=f"two{time.monotonic_ns()}", **order))["ok"]:
            check(time.monotonic() < deadline, "orders are taken under the floor")
        equal(reply["error"]["code"], "BUSY", "code under the floor")
        check("disk" in reply["error"]["msg"], reply)
        equal((await client.done("order.cancel", account="buyer", oid=placed["oid"]))["state"], "cancelled", "a cancel")
        await client.close()
        exchange.stop()
        config.write_text(text)
        exchange.start()
        client = await PythonClient(exchange.socket_url, key).connect()
        await client.done("order.place", cid="three", **order)
        await client.close()
        exchange.stop()
        exchange.audit()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, help="the gridbook binary")
    given = parser.parse_args()
    with Folder() as first:
        asyncio.run(story(given, first))
    with Folder() as second:
        asyncio.run(floor(given, second))
    print("passed: the ledger's tools")
