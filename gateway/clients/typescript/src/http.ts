// SPDX-License-Identifier: Apache-2.0
import type { Message } from "./connection.js";
import { Refused } from "./errors.js";
import type { Key } from "./signing.js";

/** Public and signed HTTP (protocol section 5). With a key, requests are signed one by one. */
export class Http {
  constructor(
    private readonly url: string,
    private readonly key?: Key,
  ) {}

  get(target: string): Promise<Message> {
    return this.call("GET", target, "");
  }

  /** A signed admin call. Its answer comes when the change is durable. */
  post(target: string, body: Message): Promise<Message> {
    return this.call("POST", target, JSON.stringify(body));
  }

  private async call(method: string, target: string, body: string): Promise<Message> {
    const signed = this.key ? await this.key.headers(method, target, body) : {};
    const headers = { "Content-Type": "application/json", ...signed };
    const answer = await fetch(this.url + target, { method, headers, body: body || undefined });
    const message = (await answer.json()) as Message;
    if (message.error) throw new Refused(message.error);
    return message;
  }
}
