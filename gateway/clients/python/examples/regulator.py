#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A regulator moves the floor of a family: a signed change with compare-and-swap, its impact in the answer, and
told to everybody who watches. The same change against the old version is refused. A large step of the guidance only
becomes a proposal, until a second regulator signs it, too."""

import argparse
from decimal import Decimal

from common import must, run, step

from gridbook import Http, Key, MarketClient, Refused


async def regulator(args: argparse.Namespace) -> None:
    http = Http(args.url.replace("ws", "http", 1), Key.load(args.key, args.pem))
    async with MarketClient(args.url) as market:
        await market.subscribe(["band"], [args.family])
        now = Http(args.url.replace("ws", "http", 1)).get(f"/v1/bands?family={args.family}")["bands"][0]
        step(f"version {now['version']}: {now['floor']} to {now['ceiling']} around {now['guidance']}")
        change = {"family": args.family, "floor": str(Decimal(now["floor"]) + Decimal("0.10")),
                  "expect": now["version"], "reason": "cost survey"}
        answer = http.post("/v1/admin/bands", change)
        told = await market.events.get()
        must(told["version"] == answer["version"] and told["by"] == args.key, f"not what was told: {told}")
        step(f"version {answer['version']} {answer['status']}; impact {answer['impact']}; told to the market by {told['by']}")
        try:
            http.post("/v1/admin/bands", change)
            raise AssertionError("the same change passed twice")
        except Refused as refused:
            must(refused.code == "VERSION_CONFLICT", f"refused otherwise: {refused.error}")
            step(f"the same once more: {refused}")
        guidance = (Decimal(now["guidance"]) * Decimal("1.25")).quantize(Decimal("0.01"))
        large = {"family": args.family, "guidance": str(guidance), "expect": answer["version"], "reason": "new survey"}
        proposed = http.post("/v1/admin/bands", large)
        must(proposed["status"] == "proposed", f"a large step passed alone: {proposed}")
        step(f"guidance {guidance}: proposed, change {proposed['change']}")
        second = Http(args.url.replace("ws", "http", 1), Key.load(args.second_key, args.second_pem))
        approve = f"/v1/admin/{proposed['change']}/approve"
        try:
            http.post(approve, {"reason": "my own"})
            raise AssertionError("one regulator was enough")
        except Refused as refused:
            must(refused.code == "AUTH_ROLE", f"refused otherwise: {refused.error}")
            step(f"approved by who proposed it: {refused}")
        done = second.post(approve, {"reason": "seen"})
        told = await market.events.get()
        must(told["version"] == done["version"] and told["approved_by"] == args.second_key, f"not what was told: {told}")
        step(f"version {done['version']}: proposed by {told['by']}, approved by {told['approved_by']}")


if __name__ == "__main__":
    run(regulator, ("--key", "name of the regulator's key"), ("--pem", "its private key"),
        ("--second-key", "name of another regulator's key"), ("--second-pem", "its private key"),
        ("--family", "family whose band is moved"))
