// SPDX-License-Identifier: Apache-2.0

/** An error as the exchange tells it (protocol section 6); `code` is stable. */
export interface WireError {
  code: string;
  msg: string;
  field?: string;
  rule?: string;
  limit?: string[];
  got?: string;
  retry_ms?: number;
}

/** The exchange said no. */
export class Refused extends Error {
  constructor(readonly error: WireError) {
    super(`${error.code}: ${error.msg}`);
  }
  get code(): string {
    return this.error.code;
  }
}

/** The connection is over, and with it every request that has no reply. The outcome of a command that was under
 * way is told by the account stream when it is resumed, or by the same cid once more. */
export class Disconnected extends Error {}
