// SPDX-License-Identifier: Apache-2.0
// A market watcher loses messages on purpose, notices the gap, resyncs, and ends with the exchange's checksum.
import { Http, MarketClient, TradeClient } from "../src/index.js";
import { httpOf, load, must, run } from "./common.js";

await run(async (o) => {
  const market = await new MarketClient(o.url!).connect();
  const mover = await new TradeClient(o.url!, await load(o.key!, o.pem!)).connect();
  await market.subscribe(["book", "trades"], [o.symbol!]);
  await market.until(() => market.books.has(o.symbol!));
  const book = market.books.get(o.symbol!)!;
  console.log(`in step at ${book.seq}`);
  const lost: number[] = [];
  market.lose = (message) => {
    if (message.ev !== "book" || lost.length > 0) return false;
    lost.push(message.seq as number);
    return true;
  };
  for (let n = 0; n < 4; ++n) {
    const order = { symbol: o.symbol, side: "buy", type: "limit", price: `12.1${n}`, qty: "1", cid: `watch-${n}` };
    await mover.patient("order.place", order);
  }
  await market.until(() => market.resyncs > 0 && book.inStep);
  console.log(`lost seq ${lost[0]}, noticed, resynced at ${book.seq}`);
  const there = await new Http(httpOf(o.url!)).get(`/v1/book/${o.symbol}`);
  await market.until(() => book.inStep && book.seq === there.seq);
  must(book.crc() === there.crc, "another crc here", [book.crc(), there]);
  console.log(`crc ${there.crc} here and there, at ${there.seq}`);
  for (let n = 0; n < 4; ++n) await mover.patient("order.cancel", { cid: `watch-${n}` });
  await market.until(() => book.inStep && book.bids().length === 0);
}, "key", "pem", "symbol");
