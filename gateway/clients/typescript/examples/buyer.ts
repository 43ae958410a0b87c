// SPDX-License-Identifier: Apache-2.0
// A buyer places, amends, is partly filled, loses the connection while more happens, resumes, and hears every event of
// the account exactly once.
import { TradeClient, type Message } from "../src/index.js";
import { load, must, run } from "./common.js";

await run(async (o) => {
  const buyer = await new TradeClient(o.url!, await load(o.key!, o.pem!)).connect();
  const seller = await new TradeClient(o.url!, await load(o["seller-key"]!, o["seller-pem"]!)).connect();
  const sell = (n: number) => seller.place(o.symbol!, "sell", "13.40", "5", `walk-s-${n}`, { tif: "ioc" });
  await seller.request("resource.register", { class: "H100", zone: "CN-EAST", tier: "G2", count: "64" });
  const placed = await buyer.place(o.symbol!, "buy", "13.00", "16", "walk-b-1");
  must(placed.state === "open", "not open", placed);
  console.log(`placed ${placed.oid}: ${placed.qty} at ${placed.price}`);
  const amended = await buyer.replace("walk-b-1", "13.40", "20");
  console.log(`amended to ${amended.qty} at ${amended.price}, kept priority: ${amended.kept}`);
  await sell(1);
  const seen: Message[] = [];
  const hear = async (count: number) => {
    for (let i = 0; i < count; ++i) seen.push(await buyer.events.take());
    return seen.at(-1)!;
  };
  const fill = await hear(3);
  must(fill.ev === "fill" && fill.leaves === "15", "not partly filled", seen);
  console.log(`filled ${fill.qty}, leaves ${fill.leaves}; now the connection is lost`);
  await buyer.drop();
  await sell(2);
  await sell(3);
  await hear(2);
  const cancelled = await buyer.patient("order.cancel", { cid: "walk-b-1" });
  must(cancelled.cum === "15" && (await hear(1)).n === cancelled.n, "not the rest", cancelled);
  const numbers = seen.map((event) => event.n as number);
  must(numbers.every((n, i) => n === numbers[0]! + i), "not once each", numbers);
  console.log(`resumed; events ${numbers[0]} to ${numbers.at(-1)}, each once: ${seen.map((e) => e.ev).join(" ")}`);
}, "key", "pem", "seller-key", "seller-pem", "symbol");
