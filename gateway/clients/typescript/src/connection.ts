// SPDX-License-Identifier: Apache-2.0
import { Disconnected, Refused } from "./errors.js";

/** A JSON object of the exchange; which members it has is said by protocol and AsyncAPI document. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Message = Record<string, any>;

interface Waiting {
  resolve: (message: Message) => void;
  reject: (error: Error) => void;
}

/** The exchange says something every 5 s. */
const silenceMs = 15_000;

/** The browser's own WebSocket, or the npm package ws. */
async function webSocket(): Promise<typeof WebSocket> {
  if (typeof WebSocket !== "undefined") return WebSocket;
  return (await import("ws")).default as unknown as typeof WebSocket;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** One WebSocket. Replies find their requests by id; every message goes to `onMessage` in its order. */
export class Connection {
  readonly closed: Promise<void>;
  private readonly waiting = new Map<string, Waiting>();
  private last = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(
    private readonly socket: WebSocket,
    private readonly onMessage: (message: Message) => void,
  ) {
    this.closed = new Promise((resolve) => {
      socket.onclose = (event) => {
        clearTimeout(this.timer);
        const error = new Disconnected(`closed: ${event.code} ${event.reason}`);
        for (const request of this.waiting.values()) request.reject(error);
        this.waiting.clear();
        resolve();
      };
    });
    socket.onmessage = (event) => this.take(JSON.parse(String(event.data)) as Message);
    this.listen();
  }

  static async open(url: string, onMessage: (message: Message) => void): Promise<Connection> {
    const socket = new (await webSocket())(url);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Disconnected(`cannot connect to ${url}`));
      // The first message may come with the handshake.
      socket.onmessage = (event) => early.push(String(event.data));
      const early: string[] = [];
      (socket as unknown as { early: string[] }).early = early;
    });
    const connection = new Connection(socket, onMessage);
    socket.onerror = () => undefined;
    for (const text of (socket as unknown as { early: string[] }).early) connection.take(JSON.parse(text) as Message);
    return connection;
  }

  /** The reply. Rejects with Refused, or with Disconnected when there will be none. */
  request(op: string, fields: Message = {}): Promise<Message> {
    const id = String(++this.last);
    return new Promise<Message>((resolve, reject) => {
      if (this.socket.readyState !== 1) return reject(new Disconnected("closed"));
      this.waiting.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ id, op, ...fields }));
    });
  }

  close(): void {
    this.socket.close();
  }

  private listen(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.close(), silenceMs);
  }

  private take(message: Message): void {
    this.listen();
    // The account stream wants replies too: they stand for events.
    this.onMessage(message);
    const request = this.waiting.get(message.id);
    if (!request) return;
    this.waiting.delete(message.id);
    if (message.ok) request.resolve(message);
    else request.reject(new Refused(message.error));
  }
}
