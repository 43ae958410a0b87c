#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A buyer places, amends, is partly filled, loses the connection while more happens, resumes, and hears every
event of the account exactly once."""

import argparse

from common import must, run, step

from gridbook import Key, TradeClient


async def buyer(args: argparse.Namespace) -> None:
    async with TradeClient(args.url, Key.load(args.key, args.pem)) as buyer, \
            TradeClient(args.url, Key.load(args.seller_key, args.seller_pem)) as seller:
        await seller.request("resource.register", **{"class": "H100"}, zone="CN-EAST", tier="G2", count="64")
        placed = await buyer.place(args.symbol, "buy", "13.00", "16", "walk-b-1")
        must(placed["state"] == "open", f"not open: {placed}")
        step(f"placed {placed['oid']}: {placed['qty']} at {placed['price']}")
        amended = await buyer.replace("walk-b-1", "13.40", "20")
        step(f"amended to {amended['qty']} at {amended['price']}, kept priority: {amended['kept']}")
        await seller.place(args.symbol, "sell", "13.40", "5", "walk-s-1", tif="ioc")
        seen = [await buyer.event() for _ in range(3)]
        must(seen[-1]["ev"] == "fill" and seen[-1]["leaves"] == "15", f"not partly filled: {seen}")
        step(f"filled {seen[-1]['qty']}, leaves {seen[-1]['leaves']}; now the connection is lost")
        await buyer.drop()
        for number in (2, 3):
            await seller.place(args.symbol, "sell", "13.40", "5", f"walk-s-{number}", tif="ioc")
        seen += [await buyer.event() for _ in range(2)]
        cancelled = await buyer.patient("order.cancel", cid="walk-b-1")
        seen.append(await buyer.event())
        must(cancelled["cum"] == "15" and seen[-1]["n"] == cancelled["n"], f"not the rest: {cancelled}")
        numbers = [event["n"] for event in seen]
        must(numbers == list(range(numbers[0], numbers[0] + 6)), f"not once each: {numbers}")
        step(f"resumed; events {numbers[0]} to {numbers[-1]}, each once: {[e['ev'] for e in seen]}")


if __name__ == "__main__":
    run(buyer, ("--key", "name of the buyer's key"), ("--pem", "its private key"),
        ("--seller-key", "name of a provider's key, for the other side"), ("--seller-pem", "its private key"),
        ("--symbol", "instrument to trade"))
