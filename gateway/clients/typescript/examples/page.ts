// SPDX-License-Identifier: Apache-2.0
// The client in a browser (page.html): signs in with a key that never leaves the page, trades, and follows a book
// through a message that it loses on purpose. What it did is written on the page and told to whoever served it.
import { Key, MarketClient, TradeClient, type Message } from "../src/index.js";

interface Wanted {
  url: string; // ws://HOST:PORT of the exchange
  key: string;
  pem: string;
  symbol: string;
}

const steps: string[] = [];

function step(text: string): void {
  steps.push(text);
  document.body.append(Object.assign(document.createElement("p"), { textContent: text }));
}

function must(condition: boolean, sentence: string, about: unknown): void {
  if (!condition) throw new Error(`${sentence}: ${JSON.stringify(about)}`);
}

async function trade(o: Wanted): Promise<void> {
  const market = await new MarketClient(o.url).connect();
  const me = await new TradeClient(o.url, await Key.fromPem(o.key, o.pem)).connect();
  step(`signed in as ${me.logon.account}`);
  await market.subscribe(["book", "trades"], [o.symbol]);
  await market.until(() => market.books.has(o.symbol));
  const book = market.books.get(o.symbol)!;
  const asks = book.asks().length;
  must(asks > 0, "there is nothing to buy", asks);
  const lost: number[] = [];
  market.lose = (message) => {
    if (message.ev !== "book" || lost.length > 0) return false;
    lost.push(message.seq as number);
    return true;
  };
  const bought = await me.place(o.symbol, "buy", "14.20", "1", "page-1");
  let fill: Message;
  do fill = await me.events.take();
  while (fill.ev !== "fill");
  must(fill.oid === bought.oid && fill.price === "13.50", "another fill", fill);
  step(`bought 1 at ${fill.price}`);
  for (let n = 2; n < 5; ++n) await me.place(o.symbol, "buy", `12.1${n}`, "1", `page-${n}`);
  await market.until(() => market.resyncs > 0 && book.inStep && book.bids().length === 3);
  step(`lost seq ${lost[0]}, noticed, resynced; three bids with the exchange's checksum ${book.crc()}`);
  await me.drop();
  await me.patient("order.cancel_all", { symbol: o.symbol });
  await market.until(() => book.inStep && book.bids().length === 0);
  step("lost the connection, came back, cancelled all");
  me.close();
  market.close();
}

async function main(): Promise<void> {
  let failure = "";
  try {
    await trade((await (await fetch("/wanted.json")).json()) as Wanted);
  } catch (error) {
    failure = String(error);
    step(failure);
  }
  await fetch("/told", { method: "POST", body: JSON.stringify({ steps, failure }) });
}

await main();
