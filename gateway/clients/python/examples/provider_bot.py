#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A provider's bot quotes faster than it may, is told RATE_LIMIT with retry_ms, obeys, and loses nothing."""

import argparse
import asyncio
import time

from common import must, run, step

from gridbook import Key, Refused, TradeClient


async def provider(args: argparse.Namespace) -> None:
    async with TradeClient(args.url, Key.load(args.key, args.pem), cod="connection") as bot:
        await bot.patient("resource.register", **{"class": "H100"}, zone="CN-EAST", tier="G2", count="64")
        limits = (await bot.request("limits.get"))["key"]["orders"]
        step(f"may send {limits['per_s']} orders a second, {limits['burst']} at once")
        quoted, waits = 0, 0
        while waits == 0 or quoted < int(limits["burst"]):
            try:
                await bot.place(args.symbol, "sell", "15.00", "0.1", f"bot-{quoted}")
                quoted += 1
            except Refused as refused:
                must(refused.code == "RATE_LIMIT" and bool(refused.retry_ms), f"not a rate: {refused.error}")
                waits += 1
                await asyncio.sleep(refused.retry_ms / 1000)
                begin = time.monotonic()
                await bot.place(args.symbol, "sell", "15.00", "0.1", f"bot-{quoted}")
                quoted += 1
                step(f"refused after {quoted - 1}; waited {refused.retry_ms} ms as told, and was let in "
                     f"{(time.monotonic() - begin) * 1000:.1f} ms later")
        count = (await bot.request("order.cancel_all"))["count"]
        must(count == quoted, f"{quoted} quoted, {count} cancelled")
        step(f"{quoted} quotes entered, {waits} refusals obeyed, all {count} cancelled")


if __name__ == "__main__":
    run(provider, ("--key", "name of the provider's key"), ("--pem", "its private key"),
        ("--symbol", "instrument to quote"))
