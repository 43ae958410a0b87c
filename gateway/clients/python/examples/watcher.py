#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A market watcher loses messages on purpose, notices the gap, resyncs, and ends with the exchange's checksum."""

import argparse

from common import must, run, step

from gridbook import Http, Key, MarketClient, TradeClient


async def watcher(args: argparse.Namespace) -> None:
    async with MarketClient(args.url) as market, TradeClient(args.url, Key.load(args.key, args.pem)) as mover:
        await market.subscribe(["book", "trades"], [args.symbol])
        await market.until(lambda: args.symbol in market.books)
        book = market.books[args.symbol]
        step(f"in step at {book.seq}: {book.bids()[:1]} / {book.asks()[:1]}")
        lost = []

        def lose(message: dict) -> bool:
            if message.get("ev") != "book" or lost:
                return False
            lost.append(message["seq"])
            return True

        market.lose = lose
        for number in range(4):
            await mover.patient("order.place", symbol=args.symbol, side="buy", type="limit",
                                price=f"12.{10 + number}", qty="1", cid=f"watch-{number}")
        await market.until(lambda: market.resyncs > 0 and book.in_step)
        step(f"lost seq {lost[0]}, noticed, resynced at {book.seq}")
        there = Http(args.url.replace("ws", "http", 1)).get(f"/v1/book/{args.symbol}")
        await market.until(lambda: book.in_step and book.seq == there["seq"])
        must(book.crc() == there["crc"], f"crc {book.crc()} here, {there['crc']} there")
        step(f"crc {there['crc']} here and there, at {there['seq']}")
        for number in range(4):
            await mover.patient("order.cancel", cid=f"watch-{number}")
        await market.until(lambda: book.in_step and not book.bids())


if __name__ == "__main__":
    run(watcher, ("--key", "name of a key that moves the book"), ("--pem", "its private key"),
        ("--symbol", "instrument to watch"))
