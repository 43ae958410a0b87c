// SPDX-License-Identifier: Apache-2.0
/** A client of the Gridbook exchange: orders, account stream, market data with books, signed HTTP. */
export { Book, BookError, crc32 } from "./book.js";
export { Disconnected, Refused, type WireError } from "./errors.js";
export { Http } from "./http.js";
export { MarketClient } from "./market.js";
export { Key } from "./signing.js";
export { TradeClient } from "./trade.js";
export type { Message } from "./connection.js";
