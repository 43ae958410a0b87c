#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A regulator's day with nothing but the README's chapter: guidance with its formula, who would be affected, a second
approval, orders that park and return, the question why an order was refused, answered by one call, and the same answer
from a copy of the journal; a floor under a declared cost, an account that layers, limits of an account; then an audit that
verifies every signature. Most of it by `gridbook regulator`."""

import argparse
import asyncio
import hashlib
import json
import subprocess
import threading
import time

import websockets

from clients import PythonClient
from exchange import Exchange, Folder, Key, check, equal
from two_clients import MARKET

H100, A100 = "H100.CN-EAST.G2", "A100.CN-EAST.G2"

# The market of the other test with a benchmark, a class that follows it, four eyes, and two regulators of two houses.
REGULATED = MARKET.replace('[[classes]]\nname = "H100"\n', '[[classes]]\nname = "H100"\nbenchmark = true\n').replace(
    'classes = "H100"\nzones', 'classes = ["H100", "A100"]\nzones').replace('guidance = "14.00"', 'benchmark = "14.00"') + """
[rules]
four_eyes_bp = 1000
[surveillance]
layering_least = 1
[[classes]]
name = "A100"
tflops = "312"
memory_gb = 80
bandwidth = "2.039"
k_train = "0.42"
k_infer = "0.57"
[[accounts]]
name = "ministry"
roles = "regulator"
"""

RATIONALE = "cost survey of 2026-11, table 3"
INPUTS = {"capex": "230000", "life_h": 35040, "util": "0.8", "power_kw": "0.7", "pue": "1.3", "tariff": "0.65",
          "opex_h": "5.2", "index": "1.02"}


class Regulator:
    """`gridbook regulator` as one person uses it."""

    def __init__(self, exchange, key, folder):
        self.exchange, self.key, self.pem = exchange, key, folder / f"{key.name}.pem"
        key.save(self.pem)

    def say(self, *words, status=0, plain=False):
        done = subprocess.run([self.exchange.binary, "regulator", "--url", self.exchange.url, "--key", self.key.name,
                               "--pem", str(self.pem), *([] if plain else ["--json"]), *words],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        equal(done.returncode, status, f"status of {words}: {done.stdout}{done.stderr}")
        return done.stdout if plain else json.loads(done.stdout)

    def refused(self, code, *words):
        answer = self.say(*words, status=1)
        equal(answer["error"]["code"], code, f"code of {words}: {answer}")
        return answer["error"]


def guidance_words(price, expect, **changes):
    said = {"family": H100, "price": price, "formula": "cost-1", **INPUTS, "expect": expect, "rationale": RATIONALE, **changes}
    return ["propose", "guidance", *(f"{name}={value}" for name, value in said.items())]


def band_of(exchange, family):
    rows = exchange.get_json(f"/v1/bands?family={family}")["bands"]
    return [row for row in rows if row["status"] == "in_force"][0]


def values(band):
    return band["floor"], band["ceiling"], band["guidance"]


async def guidance(exchange, one, two, buyer):
    equal(values(band_of(exchange, A100)), ("4.12", "8.23", "5.88"), "the band that follows the benchmark")
    resting = await buyer.done("order.place", symbol=f"{A100}.{HOUR}", side="buy", type="limit", price="4.20", qty="3",
                               cid="rests")
    equal(resting["state"], "open", "an order inside the converted band")
    # What would it do? Nothing happens yet.
    tried = one.say(*guidance_words("14.60", 1, opex_h="5.80"), "--dry-run")
    equal(tried["status"], "applied", "what a dry run says of a small step")
    equal(tried["impact"], {"orders_parked": 1, "qty_parked": "3", "participants": 1}, "impact before")
    equal([f["family"] for f in tried["families"]], [H100, A100], "families that would move")
    equal(band_of(exchange, H100)["version"], 1, "a dry run changes nothing")
    # Refused by name, with the difference.
    wrong = one.refused("GUIDANCE_FORMULA", *guidance_words("14.60", 1))
    check("differs by 0.603591 from the 13.996409" in wrong["msg"], wrong)
    one.refused("FORMAT_VALUE", *guidance_words("14.60", 1, pue="0.9"))
    one.refused("TICK", *guidance_words("14.605", 1, opex_h="5.80"))
    one.refused("VERSION_CONFLICT", *guidance_words("14.60", 7, opex_h="5.80"))
    one.refused("EFFECTIVE", *guidance_words("14.60", 1, opex_h="5.80", effective="2026-01-01T00:00:00Z"))
    # Done, and published with its inputs and the hash of its text, which anybody can check by hand.
    done = one.say(*guidance_words("14.60", 1, opex_h="5.80"))
    equal((done["status"], done["version"], done["impact"]["orders_parked"]), ("applied", 2, 1), "guidance")
    band = band_of(exchange, H100)
    equal(band["inputs"], {**INPUTS, "opex_h": "5.8"}, "published inputs")
    equal((band["formula"], band["cost"], band["reason"], band["by"]), ("cost-1", "14.596409", RATIONALE, "reg-1"), "rationale")
    equal(band["hash"], hashlib.sha256(RATIONALE.encode()).hexdigest(), "hash of the rationale")
    check(band["rationale"].startswith("G-2026-") and band["rationale"].endswith("/2"), band)
    follower = band_of(exchange, A100)
    equal(values(follower), ("4.30", "8.58", "6.13"), "the follower's band")
    equal((follower["version"], follower["converted"]), (2, True), "the follower's version")
    parked = await buyer.event("order", cid="rests")
    equal(parked["state"], "parked", "an order that the follower's band left outside")
    # Why was this order refused? One call, with the band it was judged by.
    refused = await buyer.refused("PRICE_BAND_HARD", "order.place", symbol=f"{A100}.{HOUR}", side="buy", type="limit",
                                  price="4.20", qty="1", cid="too-low")
    why = one.say("explain", "too-low", "--account", "acme")
    equal(why["refusal"]["limit"], ["4.30", "8.58"], "limits of the refusal, told again")
    equal(why["refusal"]["code"], refused["error"]["code"], "code of the refusal, told again")
    equal((why["then"]["version"], why["then"]["reason"]), (2, RATIONALE), "the band it was judged by")
    return resting["oid"]


async def four_eyes(exchange, one, two, buyer):
    proposed = one.say("propose", "bands", f"family={H100}", "guidance=12.00", "expect=2", "reason=large")
    equal(proposed["status"], "proposed", "a step above a tenth")
    change = proposed["change"]
    equal(values(band_of(exchange, H100))[2], "14.60", "a proposal changes nothing")
    check("reg-2" not in one.say("changes", plain=True), "decided by nobody yet")
    equal(one.refused("AUTH_ROLE", "approve", change)["field"], "change", "one's own change")
    equal(two.say("approve", change, "--reason", "seen")["version"], 3, "version of the approved change")
    band = band_of(exchange, H100)
    equal((values(band)[2], band["by"], band["approved_by"], band["reason"]), ("12.00", "reg-1", "reg-2", "large"),
          "a change of two")
    two.refused("CHANGE_UNKNOWN", "approve", change)
    # The order that had parked is back, by its original place.
    returned = await buyer.event("order", cid="rests")
    equal((returned["state"], returned["seq"] > 0), ("open", True), "an order that came back")
    # Overtaken while it waited.
    late = one.say("propose", "bands", f"family={H100}", "guidance=14.00", "expect=3")["change"]
    one.say("propose", "bands", f"family={H100}", "guidance=12.10", "expect=3")
    two.refused("VERSION_CONFLICT", "approve", late)
    mine = one.say("propose", "bands", f"family={H100}", "guidance=14.00", "expect=4")["change"]
    equal(one.say("reject", mine)["status"], "rejected", "one's own proposal taken back")
    rows = one.say("changes")["changes"]
    equal([(r["status"], r.get("refused")) for r in rows],
          [("approved", None), ("refused", "VERSION_CONFLICT"), ("rejected", None)], "what became of them")


def factors(exchange, one):
    tried = one.say("propose", "factors", "class=A100", "k_train=0.4", "k_infer=0.56", "provenance=regulator", "expect=1",
                    "--dry-run")
    equal((tried["k_train"], [f["family"] for f in tried["families"]]), ("0.4", [A100]), "a factor tried")
    one.refused("FORMAT_VALUE", "propose", "factors", "class=H100", "k_train=1.1", "k_infer=1", "provenance=regulator", "expect=1")
    issued = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 86400))
    done = one.say("propose", "factors", "class=A100", "k_train=0.4", "k_infer=0.6", "provenance=measured", f"issued={issued}",
                   "expect=1")
    equal((done["status"], done["k_train"], done["k_infer"], done["families"]), ("applied", "0.4", "0.57", 1), "a certificate")
    row = [c for c in exchange.get_json("/v1/classes")["classes"] if c["class"] == "A100"][0]
    equal((row["version"], row["k_train"], row["own"], row["certificate"]["issued"]),
          (2, "0.4", {"k_train": "0.42", "k_infer": "0.57"}, issued), "the class as it is published")
    equal(values(band_of(exchange, A100)), ("3.39", "6.77", "4.84"), "the band by the new factor")


def roles_and_signatures(exchange, keys, one):
    body = {"family": H100, "floor": "9.00", "expect": 4}
    for name in ("op", "buyer"):
        for path in ("guidance", "factors", "bands", "1/approve", "1/reject"):
            equal(exchange.signed(keys[name], "POST", f"/v1/admin/{path}", body)[0], 403, f"{path} by {name}")
    for path in ("changes", "audit", "explain/1"):
        equal(exchange.signed(keys["buyer"], "GET", f"/v1/admin/{path}")[0], 403, f"{path} by a buyer")
    status, answer = exchange.signed(keys["reg-1"], "POST", "/v1/admin/bands", body, sig=keys["reg-2"].sign("x"))
    equal((status, answer["error"]["code"]), (401, "AUTH_SIGNATURE"), "another's signature")
    ts = str(time.time_ns())
    answers = [exchange.signed(keys["reg-1"], "GET", "/v1/admin/changes", ts=ts)[0] for _ in range(2)]
    equal(answers, [200, 401], "the same request twice")
    equal(band_of(exchange, H100)["version"], 4, "nothing of this changed anything")


def race(exchange, keys, rounds):
    """Two regulators at once, each as fast as it is answered: every version is granted once, to one of them, and who
    was slower is told which version stands."""
    first = band_of(exchange, H100)["version"]
    granted, conflicts, wrong = {name: [] for name in ("reg-1", "reg-2")}, [], []

    def push(name):
        expect = first
        while sum(map(len, granted.values())) < rounds and not wrong:
            status, told = exchange.signed(keys[name], "POST", "/v1/admin/bands", {
                "family": H100, "ceiling": f"{16 + expect % 3 * 0.1:.2f}", "expect": expect})
            if status == 200:
                expect = told["version"]
                granted[name].append(expect)
            elif status == 409 and told["error"]["code"] == "VERSION_CONFLICT":
                conflicts.append(expect)
                expect = int(told["error"]["limit"][0])
            else:
                wrong.append((name, status, told))

    racers = [threading.Thread(target=push, args=(name,)) for name in granted]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    check(not wrong, f"something else than a version or a conflict: {wrong[:1]}")
    total = sorted(granted["reg-1"] + granted["reg-2"])
    equal(total, list(range(first + 1, first + 1 + len(total))), "versions granted, each once")
    equal(band_of(exchange, H100)["version"], total[-1], "the version that stands")
    check(conflicts and all(granted.values()), "they did race")
    print(f"race: {len(granted['reg-1'])} and {len(granted['reg-2'])} changes granted, {len(conflicts)} conflicts")


async def declared_cost(exchange, one, provider):
    """A floor under what a provider says its hour costs it needs a reason."""
    said = await provider.done("resource.register", **{"class": "H100"}, zone="CN-EAST", tier="G2", count="100", cost="10.5")
    equal(said["cost"], "10.5", "the declared cost, told again")
    await provider.refused("FORMAT_VALUE", "resource.register", **{"class": "H100"}, zone="CN-EAST", tier="G2", count="1", cost="0")
    version = band_of(exchange, H100)["version"]
    words = ("propose", "bands", f"family={H100}", "floor=9.00", f"expect={version}")
    refused = one.refused("REASON_REQUIRED", *words)
    equal((refused["field"], refused["rule"], refused["limit"], refused["got"]), ("floor", "declared_cost", ["10.50"], "9.00"),
          "a floor under a declared cost")
    equal(one.refused("REASON_REQUIRED", *words, "--dry-run")["limit"], ["10.50"], "the same, tried")
    equal(one.say(*words, "reason=relief")["version"], version + 1, "with a reason")
    equal(band_of(exchange, H100)["reason"], "relief", "the reason, published")


async def layer(one, exchange, provider, other):
    """Three levels shown, a fill on the other side, three levels taken back: told on `alerts`, listed, and counted."""
    hour = f"{H100}.{HOUR}"
    watching = subprocess.Popen([one.exchange.binary, "regulator", "--url", exchange.url, "--json", "watch", "--seconds", "8"],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    async with websockets.connect(f"{exchange.socket_url}/v1/market", ping_interval=None) as market:
        await market.send(json.dumps({"id": "1", "op": "subscribe", "channels": ["alerts"], "symbols": ["*"]}))
        check(json.loads(await market.recv())["ok"], "channel alerts")
        await asyncio.sleep(1)
        await other.done("resource.register", **{"class": "H100"}, zone="CN-EAST", tier="G2", count="50")
        for i, price in enumerate(("13.00", "14.00", "15.00")):
            await other.done("order.place", symbol=hour, side="sell", type="limit", price=price, qty="5", cid=f"shown-{i}")
        await provider.done("order.place", symbol=hour, side="sell", type="limit", price="12.00", qty="1", cid="real")
        await other.done("order.place", symbol=hour, side="buy", type="limit", price="12.00", qty="1", cid="wanted")
        for i in range(3):
            await other.done("order.cancel", cid=f"shown-{i}")
        while (alert := json.loads(await asyncio.wait_for(market.recv(), 20))).get("ev") == "hb":
            pass
    equal((alert["ev"], alert["indicator"], alert["account"], alert["value"], alert["unit"]),
          ("alert", "layering", "poor", 1, "times"), "the alert as it is told")
    equal((len(alert["evidence"]), alert["evidence"][-1]), (4, alert["seq"]), "its evidence: a fill and three cancels")
    described = exchange.get_json("/v1/asyncapi.json")["components"]["messages"]["event.alert"]["payload"]
    check(set(described["required"]) <= set(alert) <= set(described["properties"]), f"an alert as it is described: {described}")
    listed = one.say("surveillance")
    equal(listed["alerts"], [{k: v for k, v in alert.items() if k != "ev"}], "the alert as it is listed")
    equal((listed["more"], listed["counted_from"]), (False, 1), "from when it counts")
    equal(one.say("surveillance", "--after", str(alert["number"]))["alerts"], [], "alerts behind the last")
    check('gridbook_alerts_total{indicator="layering"} 1' in exchange.get("/metrics")[1], "the counter of alerts")
    check('"indicator":"layering"' in watching.communicate(timeout=30)[0], "what `regulator watch` shows")
    return listed["alerts"]


async def limits(one, buyer):
    hour = f"{A100}.{HOUR}"
    order = {"symbol": hour, "side": "buy", "type": "limit", "price": "4.20"}
    one.refused("FORMAT_VALUE", "limits", "acme", "qty=99999999")
    one.refused("ACCOUNT_UNKNOWN", "limits", "nobody", "qty=5")
    set_now = one.say("limits", "acme", "qty=5", "open_orders=1", "orders_per_s=20", "reason=test")
    own = {"qty": "5", "open_orders": 1, "orders_per_s": 20}
    equal((set_now["account"], set_now["limits"]), ("acme", own), "limits set")
    equal(one.say("limits")["accounts"], [{"account": "acme", "limits": own}], "limits listed")
    told = await buyer.done("limits.get")
    equal({k: told["limits"][k] for k in own}, own, "limits.get")
    equal(told["account"]["orders"]["per_s"], 20, "the account's own rate")
    too_much = await buyer.refused("QTY_LIMIT", "order.place", **order, qty="5.1", cid="l-1")
    equal(too_much["error"]["limit"], ["0.1", "5"], "the account's own quantity")
    too_many = await buyer.refused("ORDERS_LIMIT", "order.place", **order, qty="5", cid="l-2")
    equal(too_many["error"]["limit"], ["1"], "the account's own open orders")
    return own


def explain_band(one):
    told = one.say("explain", "--family", A100)
    equal((told["rule"], told["benchmark"], told["factor"]), ("converted", H100, "0.4"), "why a band is as it is")
    equal(told["edges"]["floor"], {"price": "3.60", "rule": "0.4 x 9.00, rounded up to the tick"}, "the rule of an edge")
    check(told["before"]["version"] < told["band"]["version"], "the band before it")
    own = one.say("explain", "--family", H100)
    equal((own["rule"], own["edges"]["floor"]), ("set_by_regulator", {"price": "9.00", "rule": "set"}), "a band of its own")
    one.refused("FORMAT_VALUE", "explain", "--family", A100, "--version", "999")
    return told


def sandbox(exchange, one):
    """A draft tried on today, by a process beside the exchange; its report by GET."""
    equal(one.say("sandbox")["run"], None, "no run yet")
    one.refused("SYMBOL_UNKNOWN", "sandbox", "2026-01-01", "NOTHING:1:2")
    one.refused("FORMAT_VALUE", "sandbox", "yesterday", f"{H100}:9.00:16.00")
    day = time.strftime("%Y-%m-%d", time.gmtime())
    begun = one.say("sandbox", day, f"{H100}:9.00:15.00")["run"]
    equal((begun["number"], begun["day"], begun["bands"]), (1, day, [f"{H100}:9.00:15.00"]), "a run")
    until = time.time() + 60
    while (told := one.say("sandbox"))["run"]["status"] == "running" and time.time() < until:
        time.sleep(0.2)
    equal(told["run"]["status"], "done", f"how it ended: {told}")
    check(H100 in json.dumps(told["report"]), "the report speaks of the drafted family")
    one.say("sandbox", "2001-01-01", f"{H100}:9.00:15.00")
    while (told := one.say("sandbox"))["run"]["status"] == "running" and time.time() < until:
        time.sleep(0.2)
    equal(told["run"]["status"], "failed", "a day before the journal")
    check("2001-01-01" in told["run"]["error"] and "report" not in told, f"and why: {told}")


def audit_log(exchange, one):
    """The chain over the exported log, made again by hand."""
    link, after, entries = bytes(32), 0, []
    while True:
        page = one.say("audit", "--after", str(after))
        for entry in page["entries"]:
            digest = hashlib.sha256(entry["request"].encode()).digest()
            link = hashlib.sha256(link + entry["seq"].to_bytes(8, "big") + digest).digest()
            equal((entry["sha256"], entry["chain"]), (digest.hex(), link.hex()), f"entry {entry['seq']} of the log")
            entries.append(json.loads(entry["request"]))
            after = entry["seq"]
        if not page["more"]:
            break
    check(any(json.loads(e["body"]).get("rationale") == RATIONALE for e in entries), "the rationale in the log")
    check(any(e["path"].endswith("/approve") and e["key"] == "reg-2" for e in entries), "the approval in the log")
    return link.hex(), len(entries)


async def story(arguments, folder):
    keys = {name: Key(name, account, [role]) for name, account, role in
            [("op", "exchange", "operator"), ("reg-1", "regulator", "regulator"), ("reg-2", "ministry", "regulator"),
             ("buyer", "acme", "buyer"), ("prov", "prov", "provider")]}
    keys["poor"] = Key("poor", "poor", ["buyer", "provider"])
    config = folder / "market.toml"
    config.write_text(REGULATED + "".join(key.toml() for key in keys.values()))
    with Exchange(arguments.binary, folder, config) as exchange:
        one, two = (Regulator(exchange, keys[name], folder) for name in ("reg-1", "reg-2"))
        exchange.post(keys["op"], "/v1/admin/credits", {"account": "acme", "amount": "100000"})
        buyer = await PythonClient(exchange.socket_url, keys["buyer"]).connect()
        check("required" in one.say("propose", "guidance", plain=True), "what guidance may say")
        order = await guidance(exchange, one, two, buyer)
        await four_eyes(exchange, one, two, buyer)
        factors(exchange, one)
        roles_and_signatures(exchange, keys, one)
        await asyncio.to_thread(race, exchange, keys, arguments.rounds)  # the sockets answer pings meanwhile
        for account in ("prov", "poor"):
            exchange.post(keys["op"], "/v1/admin/credits", {"account": account, "amount": "100000"})
        provider, other = [await PythonClient(exchange.socket_url, keys[name]).connect() for name in ("prov", "poor")]
        await declared_cost(exchange, one, provider)
        alerts = await layer(one, exchange, provider, other)
        own = await limits(one, buyer)
        why = explain_band(one)
        sandbox(exchange, one)
        live = one.say("explain", order)
        bands, classes = exchange.get_json("/v1/bands"), exchange.get_json("/v1/classes")
        link, requests = audit_log(exchange, one)
        for client in (buyer, provider, other):
            await client.close()
        # Everything is still there after kill -9, from a snapshot or from the beginning.
        exchange.kill()
        exchange.start()
        equal(exchange.get_json("/v1/bands")["bands"], bands["bands"], "bands after a restart")
        equal(exchange.get_json("/v1/classes")["classes"], classes["classes"], "classes after a restart")
        equal([r["status"] for r in one.say("changes")["changes"]], ["approved", "refused", "rejected"], "changes after a restart")
        equal(one.say("limits")["accounts"], [{"account": "acme", "limits": own}], "limits after a restart")
        until = time.time() + 30
        while (again := one.say("surveillance"))["applied"] < live["seq"] and time.time() < until:
            time.sleep(0.2)
        equal(again["alerts"], alerts, "alerts after a restart")
        equal(one.say("limits", "acme", "clear")["limits"], {}, "limits cleared")
        exchange.stop()
        # The same explanation from the journal alone.
        copy = json.loads(subprocess.run(
            [arguments.binary, "explain", "--data", str(exchange.data), "--order", order, "--at", str(live["seq"]), "--json"],
            check=True, capture_output=True, text=True, timeout=120).stdout)
        for name in ("ts", "time"):
            live.pop(name, None)
        equal(copy, live, "the explanation from a replayed copy")
        copy = json.loads(subprocess.run(
            [arguments.binary, "explain", "--data", str(exchange.data), "--family", A100, "--at", str(why["seq"]), "--json"],
            check=True, capture_output=True, text=True, timeout=120).stdout)
        equal(copy, why, "the explanation of a band from a replayed copy")
        found = subprocess.run([arguments.binary, "surveillance", "--data", str(exchange.data), "--config", str(config), "--json"],
                               check=True, capture_output=True, text=True, timeout=120).stdout
        equal([json.loads(line) for line in found.splitlines()], alerts, "alerts from a copy of the journal")
        lines = exchange.audit()
        signed = next(line for line in lines if "signed by the keys they name" in line)
        check(f"{requests} requests; the log ends with {link}" in signed, f"{signed}\nwanted {requests} and {link}")


HOUR = time.strftime("%Y%m%dT%HZ", time.gmtime(time.time() + 3 * 3600))

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rounds", type=int, default=200, help="changes that two regulators race for")
    options = parser.parse_args()
    with Folder() as path:
        asyncio.run(story(options, path))
    print("a regulator's day: PASSED")
