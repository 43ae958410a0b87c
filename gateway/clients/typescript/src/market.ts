// SPDX-License-Identifier: Apache-2.0
import { Book, BookError } from "./book.js";
import { Connection, sleep, type Message } from "./connection.js";
import { Disconnected } from "./errors.js";
import { Inbox } from "./inbox.js";

/** Subscriptions on /v1/market that outlive their connection (protocol section 4). Books are kept in `books`; a gap or
 * a wrong checksum is noticed and mended with a new snapshot. Everything else is in `events`. Of one symbol subscribe
 * either `book` or `book.100ms`. */
export class MarketClient {
  readonly books = new Map<string, Book>();
  readonly events = new Inbox<Message>();
  resyncs = 0;
  /** To try what a lossy path would do: true loses the message. */
  lose: (message: Message) => boolean = () => false;
  private readonly wanted: Message[] = [];
  private connection: Connection | undefined;
  private over = false;

  constructor(
    private readonly url: string,
    private readonly reconnectMs = 200,
  ) {}

  async connect(): Promise<this> {
    await this.open();
    void this.keepUp();
    return this;
  }

  close(): void {
    this.over = true;
    this.connection?.close();
  }

  subscribe(channels: string[], symbols: string[]): Promise<Message> {
    this.wanted.push({ channels, symbols });
    return this.connection!.request("subscribe", { channels, symbols });
  }

  /** Resolves when `ready` holds; rejects after `ms`. */
  async until(ready: () => boolean, ms = 10_000): Promise<void> {
    for (const end = Date.now() + ms; !ready(); await sleep(5))
      if (Date.now() > end) throw new Error(`did not happen within ${ms} ms: ${ready}`);
  }

  private async open(): Promise<void> {
    this.connection = await Connection.open(`${this.url}/v1/market`, (message) => this.take(message));
  }

  private async keepUp(): Promise<void> {
    while (!this.over) {
      await this.connection?.closed;
      for (const book of this.books.values()) book.seq = undefined;
      if (this.over) return;
      await sleep(this.reconnectMs);
      try {
        await this.open();
        for (const wanted of this.wanted) await this.connection!.request("subscribe", wanted);
      } catch (error) {
        if (!(error instanceof Disconnected)) throw error;
      }
    }
  }

  private take(message: Message): void {
    if (this.lose(message)) return;
    if (["book.snapshot", "book", "book.100ms"].includes(message.ev)) this.book(message);
    else if (message.ev && message.ev !== "hb") this.events.put(message);
  }

  private book(message: Message): void {
    let book = this.books.get(message.symbol);
    if (!book) this.books.set(message.symbol, (book = new Book(message.symbol)));
    try {
      if (message.ev === "book.snapshot") book.snapshot(message);
      else book.delta(message);
    } catch (error) {
      if (!(error instanceof BookError)) throw error;
      ++this.resyncs;
      this.connection!.request("book.snapshot", { symbol: message.symbol }).catch(() => undefined);
    }
  }
}
