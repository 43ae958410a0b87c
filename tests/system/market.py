# SPDX-License-Identifier: Apache-2.0
"""A small market on a replay clock: its configuration, its participants, and the clock in the operator's hands. What
they say and hear is held against the served AsyncAPI description."""

import asyncio
import datetime
import json
from decimal import Decimal

from clients import PythonClient
from exchange import SMALL_POOLS, Key, check, equal
from specs import Described

DAY = datetime.datetime(2026, 12, 1, tzinfo=datetime.timezone.utc)
# What is traded: a class, its tier and its family, all in CN-EAST.
HOURS = """
[[classes]]
name = "H100"
tflops = "989.4"
memory_gb = 80
bandwidth = "3.35"
[[tiers]]
name = "G2"
availability = "99.5"
start_by_s = 300
penalty_bp = 5000
[[families]]
classes = "H100"
zones = "CN-EAST"
tiers = "G2"
guidance = "14.00"
"""
TOKENS = """
[[classes]]
name = "CHAT-L"
tokens = true
[[tiers]]
name = "T1"
availability = "99.0"
penalty_bp = 2500
product = "token"
[[families]]
classes = "CHAT-L"
zones = "CN-EAST"
tiers = "T1"
guidance = "8.00"
"""
CHAT = "CHAT-L.CN-EAST.T1"


def config(traded, roles, **pools):
    """The text of a market of `roles` by account; pools as they are named, deliveries always."""
    pools = {"positions": 4096, "deliveries": 4096, **pools}
    text = SMALL_POOLS.replace("positions = 65536", "\n".join(f"{name} = {size}" for name, size in pools.items()))
    accounts = "".join(f'[[accounts]]\nname = "{name}"\nroles = {json.dumps(words)}\n' for name, words in roles.items())
    return ('clock = "replay"\nclock_start = "2026-12-01T00:00:00Z"\n' + text + traded
            + '[[zones]]\nname = "CN-EAST"\nhub = "Yangtze delta"\nresidency = "CN"\n' + accounts)


def keys(roles):
    """A key for each account; the operator's acts for all, and moves the clock."""
    return {name: Key(f"k-{name}", name, words, on_behalf="operator" in words) for name, words in roles.items()}


def token_day(day):
    return f"{CHAT}.{DAY:%Y%m}{day:02}"


def tokens(quarters):
    """Quarters of a standard token as the wire writes them."""
    return f"{quarters // 4}{['', '.25', '.5', '.75'][quarters % 4]}"


class Held(PythonClient):
    """Holds everything that it says and hears against the served AsyncAPI description."""

    def __init__(self, url, key, described):
        super().__init__(url, key)
        self.described, self.said = described, {}

    async def send(self, text):
        message = json.loads(text)
        self.said[message["id"]] = message
        await super().send(text)

    async def take(self, text):
        message = json.loads(text)
        if "closed" not in message:
            said = self.said.pop(message.get("id"), None)
            if message.get("ok") is False:
                name = "refusal"
            else:
                name = f"event.{message['ev']}" if "ev" in message else f"reply.{said['op']}"
            try:
                # What was not refused is as it is described, too.
                if said is not None and name != "refusal":
                    self.described.hold("trade", f"request.{said['op']}", said)
                self.described.hold("trade", name, message)
            except AssertionError as wrong:
                self.described.wrong.append(str(wrong))
        await super().take(text)


class Market:
    """The three participants, each signed in, and the clock in the hands of the operator."""

    def __init__(self, exchange, keys):
        self.exchange, self.keys, self.clients = exchange, keys, {}
        self.described = Described(exchange.get_json("/v1/asyncapi.json"))
        self.described.wrong = []

    async def connect(self):
        self.clients = {name: await Held(self.exchange.socket_url, key, self.described).connect()
                        for name, key in self.keys.items()}

    def __getattr__(self, name):
        return self.clients[name]

    async def at(self, hour, minute=0, second=0):
        time = DAY + datetime.timedelta(hours=hour, minutes=minute, seconds=second)
        await self.office.done("clock.advance", ts=str(int(time.timestamp()) * 10**9))

    async def die(self):
        self.exchange.kill()
        for client in self.clients.values():
            try:
                await client.close()
            except Exception:  # its other end is gone
                pass
        self.exchange.start()
        await self.connect()

    async def cash(self, name):
        balance = await self.clients[name].done("balance.get")
        equal((balance["hold"], balance["receivable"], balance["penalty"]), ("0", "0", "0"), f"what {name} is owed")
        return Decimal(balance["cash"])


async def remembered(market, sequence):
    """A snapshot stands behind that sequence: the next start does not hear the events of before."""
    for _ in range(600):
        if any(int(file.stem.split("-")[1]) >= sequence for file in (market.exchange.data / "snapshots").glob("snapshot-*.gbs")):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"no snapshot behind {sequence} within a minute")


async def invoices(market, name, credited):
    """The account's invoices of days, all of them written, and their lines: both sum to what its cash has changed by."""
    key = market.keys[name]

    def get(target):
        return asyncio.to_thread(market.exchange.signed, key, "GET", f"/v1/account/invoices{target}")
    spent, total = credited - Decimal((await market.clients[name].done("balance.get"))["cash"]), None
    for _ in range(200):
        status, listed = await get("")
        total = sum(Decimal(invoice["total"]) for invoice in listed["invoices"]) if status == 200 else None
        if total == spent and "open" not in listed:
            break
        await asyncio.sleep(0.05)
    equal((total, listed.get("open")), (spent, None), f"what {name} owes, and what is left of it")
    lines = []
    for invoice in listed["invoices"]:
        lines += (await get(f"/{invoice['invoice']}.json"))[1]["lines"]
    equal(sum(Decimal(line["BilledCost"]) for line in lines), spent, f"the lines of {name}")
    return listed["invoices"], lines
