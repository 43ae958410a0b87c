// SPDX-License-Identifier: Apache-2.0
import { Connection, sleep, type Message } from "./connection.js";
import { Disconnected, Refused } from "./errors.js";
import { Inbox } from "./inbox.js";
import type { Key } from "./signing.js";

export interface TradeOptions {
  cod?: "off" | "connection" | "account";
  reconnectMs?: number;
}

/** A session of one key on /v1/trade (protocol sections 1 to 3).
 *
 * Every event of the account comes exactly once and in the order of `n`, also after a connection was lost: the
 * client signs in again with the `n` that it wants next. Replies to its own commands stand for their events and are
 * among them. An event `snapshot` says that the past could not be replayed (RESUME_TOO_OLD): what is told there
 * replaces what one knew. */
export class TradeClient {
  readonly events = new Inbox<Message>();
  logon: Message = {};
  private stream: string | undefined;
  private next: number | undefined;
  private readonly early = new Map<number, Message>();
  private connection: Connection | undefined;
  private welcome: (message: Message) => void = () => undefined;
  private over = false;

  constructor(
    private readonly url: string,
    private readonly key: Key,
    private readonly options: TradeOptions = {},
  ) {}

  /** Signs in once; a refusal is the caller's. From then on the session is kept up. */
  async connect(): Promise<this> {
    await this.signIn();
    void this.keepUp();
    return this;
  }

  close(): void {
    this.over = true;
    this.connection?.close();
  }

  /** Loses the connection, as a network would; the client comes back by itself. */
  async drop(): Promise<void> {
    const connection = this.connection;
    this.connection = undefined;
    connection?.close();
    await connection?.closed;
  }

  async request(op: string, fields: Message = {}): Promise<Message> {
    while (!this.connection && !this.over) await sleep(10);
    if (!this.connection) throw new Disconnected("closed");
    return this.connection.request(op, fields);
  }

  /** As request, but obeys: on RATE_LIMIT and BUSY it waits as long as told, and on a lost connection it asks
   * again, which is safe because of the cid. */
  async patient(op: string, fields: Message = {}): Promise<Message> {
    for (;;) {
      try {
        return await this.request(op, fields);
      } catch (error) {
        if (error instanceof Disconnected && !this.over) await sleep(this.options.reconnectMs ?? 200);
        else if (error instanceof Refused && ["RATE_LIMIT", "BUSY"].includes(error.code))
          await sleep(error.error.retry_ms ?? 50);
        else throw error;
      }
    }
  }

  place(symbol: string, side: "buy" | "sell", price: string, qty: string, cid: string, more: Message = {}): Promise<Message> {
    return this.request("order.place", { symbol, side, type: "limit", price, qty, cid, ...more });
  }

  replace(cid: string, price: string, qty: string): Promise<Message> {
    return this.request("order.replace", { cid, price, qty });
  }

  cancel(cid: string): Promise<Message> {
    return this.request("order.cancel", { cid });
  }

  /** One result an order, in their order; some may be refusals. */
  async batch(orders: Message[]): Promise<Message[]> {
    return (await this.request("order.batch", { orders })).results as Message[];
  }

  /** The seller says where the buyer finds its units; `attestation` may be given besides. */
  ready(did: string, endpoint_ref: string, more: Message = {}): Promise<Message> {
    return this.request("delivery.ready", { did, endpoint_ref, ...more });
  }

  /** What was available in a minute of the window, from 0; the lesser of both sides counts. */
  meter(did: string, minute: number, available: string, more: Message = {}): Promise<Message> {
    return this.request("meter.report", { did, minute, available, ...more });
  }

  /** Of a token day: its requests since it began, up to this minute, and how many of them were served. */
  served(did: string, minute: number, requests: number, served: number, more: Message = {}): Promise<Message> {
    return this.request("meter.report", { did, minute, requests, served, ...more });
  }

  /** Says ahead that `count` units of a resource, or all of it, are not there for so many hours or days from `start`, as
   * symbols write it. Refused (OBLIGATION) where more is owed than would be left. */
  maintain(resource: string, start: string, windows: number, count?: string): Promise<Message> {
    return this.request("maintenance.declare", { resource, start, windows, ...(count === undefined ? {} : { count }) });
  }

  /** The capacity is there after all, also from now on while it runs. */
  cancelMaintenance(maintenance: string): Promise<Message> {
    return this.request("maintenance.cancel", { maintenance });
  }

  /** Asks money back: it is held until an operator says that it is paid, or refused. `reference` is your own id. */
  payout(amount: string, reference: string): Promise<Message> {
    return this.request("payout.request", { amount, reference });
  }

  /** These minutes were metered wrongly: what they would change is held back until a regulator decides. */
  dispute(did: string, minutes: number[], more: Message = {}): Promise<Message> {
    return this.request("dispute.open", { did, minutes, ...more });
  }

  /** A use of tokens, once for each usage id: `class`, `holding` or `grant`, `uncached`, `cached`, `output`. */
  draw(usage: string, use: Message): Promise<Message> {
    return this.request("token.draw", { usage, ...use });
  }

  /** Sells packages of tokens: `class`, `blocks` for `days` of 24 hours at a `price`; `carry` percent of what is left
   * goes on once, and a block beyond the balance costs `overage`, or is refused. */
  offer(terms: Message): Promise<Message> {
    return this.request("package.offer", terms);
  }

  /** The package is sold no more; what was bought of it goes on. */
  takeBack(package_: string): Promise<Message> {
    return this.request("package.withdraw", { package: package_ });
  }

  /** The grant, once for each purchase id: said again it is answered as it was (`dup`). */
  buy(package_: string, qty: number, purchase: string): Promise<Message> {
    return this.request("package.buy", { package: package_, qty, purchase });
  }

  /** The account's deliveries that are not settled, all pages. */
  deliveries(): Promise<Message[]> {
    return this.pages("deliveries.get", "deliveries", "did");
  }

  /** What the account has registered, each with the maintenance that is declared of it, all pages. */
  resources(): Promise<Message[]> {
    return this.pages("resources.get", "resources", "resource");
  }

  /** The packages of all issuers, all pages. */
  packages(): Promise<Message[]> {
    return this.pages("packages.get", "packages", "package");
  }

  /** What the account bought or sold of packages and is not over, all pages. */
  grants(): Promise<Message[]> {
    return this.pages("grants.get", "grants", "grant");
  }

  private async pages(op: string, name: string, key: string): Promise<Message[]> {
    const rows: Message[] = [];
    for (;;) {
      const last = rows[rows.length - 1];
      const page = await this.request(op, last === undefined ? {} : { after: last[key] });
      rows.push(...(page[name] as Message[]));
      if (!page.more) return rows;
    }
  }

  private async signIn(): Promise<void> {
    const welcomed = new Promise<Message>((resolve) => (this.welcome = resolve));
    const connection = await Connection.open(`${this.url}/v1/trade`, (message) => this.take(message));
    try {
      const signed = await this.key.logon((await welcomed).nonce);
      const resume = this.next === undefined ? {} : { stream: this.stream, from: this.next };
      this.logon = await connection.request("session.logon", { ...signed, cod: this.options.cod ?? "off", ...resume });
    } catch (error) {
      connection.close();
      throw error;
    }
    this.connection = connection;
  }

  private async keepUp(): Promise<void> {
    while (!this.over) {
      await this.connection?.closed;
      this.connection = undefined;
      if (this.over) return;
      await sleep(this.options.reconnectMs ?? 200);
      try {
        await this.signIn();
      } catch (error) {
        if (!(error instanceof Disconnected)) throw error;
      }
    }
  }

  private take(message: Message): void {
    if (message.ev === "welcome") return this.welcome(message);
    if (message.role && message.stream) this.begin(message);
    for (const event of [message, ...((message.results ?? []) as Message[])]) {
      if (event.ev === "snapshot") this.events.put(event);
      else if (event.n !== undefined && event.ev) this.inOrder(event);
    }
  }

  /** What a logon says of the stream, before the first of its events is read. */
  private begin(logon: Message): void {
    if (this.next === undefined || logon.error) {
      this.next = (logon.n as number) + 1;
      this.early.clear();
    }
    this.stream = logon.stream as string;
  }

  private inOrder(event: Message): void {
    if (this.next === undefined || event.n < this.next) return;
    this.early.set(event.n as number, event);
    for (let found = this.early.get(this.next); found; found = this.early.get(this.next)) {
      this.early.delete(this.next++);
      this.events.put(found);
    }
  }
}
