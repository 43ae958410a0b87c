// SPDX-License-Identifier: Apache-2.0
import type { Message } from "./connection.js";

/** A message was missed, or the book here is not the one there: ask for a snapshot. */
export class BookError extends Error {}

const table = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; ++bit) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

/** CRC-32 of ASCII text, as zlib computes it. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; ++i) crc = table[(crc ^ text.charCodeAt(i)) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

export type Level = [price: string, qty: string];

/** One instrument's levels from a snapshot and deltas (protocol section 4). Nothing is trusted until a snapshot
 * has come, nor after an error. */
export class Book {
  static readonly crcLevels = 10;
  /** Of the last message; undefined: not in step with the exchange. */
  seq: number | undefined;
  private readonly levels = { bids: new Map<string, string>(), asks: new Map<string, string>() };

  constructor(readonly symbol: string) {}

  get inStep(): boolean {
    return this.seq !== undefined;
  }

  /** Best first. */
  bids(): Level[] {
    return [...this.levels.bids].sort((a, b) => Number(b[0]) - Number(a[0]));
  }

  asks(): Level[] {
    return [...this.levels.asks].sort((a, b) => Number(a[0]) - Number(b[0]));
  }

  crc(): number {
    const best = [...this.bids().slice(0, Book.crcLevels), ...this.asks().slice(0, Book.crcLevels)];
    return crc32(best.map(([price, qty]) => `${price}:${qty}`).join("|"));
  }

  snapshot(message: Message): void {
    for (const side of ["bids", "asks"] as const) {
      this.levels[side].clear();
      for (const [price, qty] of message[side] as Level[]) this.levels[side].set(price, qty);
    }
    this.settle(message);
  }

  delta(message: Message): void {
    // What happened before the snapshot is already in it.
    if (this.seq === undefined || message.seq <= this.seq) return;
    if (message.prev !== this.seq) {
      const missed = this.seq;
      this.seq = undefined;
      throw new BookError(`${this.symbol}: a gap: prev ${message.prev} after seq ${missed}`);
    }
    for (const side of ["bids", "asks"] as const) {
      for (const [price, qty] of message[side] as Level[]) {
        if (qty === "0") this.levels[side].delete(price);
        else this.levels[side].set(price, qty);
      }
    }
    this.settle(message);
  }

  private settle(message: Message): void {
    this.seq = message.seq;
    if (this.crc() === message.crc) return;
    this.seq = undefined;
    throw new BookError(`${this.symbol}: crc ${message.crc} there, ${this.crc()} here`);
  }
}
