// SPDX-License-Identifier: Apache-2.0
// A provider's bot quotes faster than it may, is told RATE_LIMIT with retry_ms, obeys, and loses nothing.
import { Refused, TradeClient } from "../src/index.js";
import { load, must, run } from "./common.js";

await run(async (o) => {
  const bot = await new TradeClient(o.url!, await load(o.key!, o.pem!), { cod: "connection" }).connect();
  await bot.patient("resource.register", { class: "H100", zone: "CN-EAST", tier: "G2", count: "64" });
  const limits = (await bot.request("limits.get")).key.orders;
  console.log(`may send ${limits.per_s} orders a second, ${limits.burst} at once`);
  // All at once, so that some of them must come back later.
  const wanted = (limits.burst as number) + 20;
  let waits = 0;
  const quote = async (n: number): Promise<void> => {
    try {
      await bot.place(o.symbol!, "sell", "15.00", "0.1", `bot-${n}`);
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== "RATE_LIMIT") throw error;
      must((error.error.retry_ms ?? 0) > 0, "no retry_ms", error.error);
      ++waits;
      await new Promise((resolve) => setTimeout(resolve, error.error.retry_ms));
      await quote(n);
    }
  };
  await Promise.all(Array.from({ length: wanted }, (_, n) => quote(n)));
  must(waits > 0, "never refused", limits);
  const { count } = await bot.request("order.cancel_all");
  must(count === wanted, `${wanted} quoted, ${count} cancelled`);
  console.log(`${wanted} quotes entered, ${waits} refusals obeyed, all ${count} cancelled`);
}, "key", "pem", "symbol");
