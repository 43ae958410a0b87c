// SPDX-License-Identifier: Apache-2.0
// The book against the examples of the protocol.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Book, BookError, crc32 } from "../src/index.js";

const snapshot = { seq: 88119, bids: [["13.40", "300"]], asks: [["13.50", "120"]], crc: 497567635 };
const delta = { prev: 88119, seq: 88120, bids: [], asks: [["13.50", "104"]], crc: 687071496 };

function book(): Book {
  const fresh = new Book("H100.CN-EAST.G2.20261201T01Z");
  fresh.snapshot(snapshot);
  return fresh;
}

test("crc-32 is zlib's", () => assert.equal(crc32("123456789"), 0xcbf43926));

test("the examples of the protocol", () => {
  const b = book();
  b.delta(delta);
  assert.deepEqual(b.asks(), [["13.50", "104"]]);
  assert.equal(b.seq, 88120);
});

test("a gap is noticed, and nothing is believed until a snapshot", () => {
  const b = book();
  assert.throws(() => b.delta({ ...delta, prev: 88118, seq: 88121 }), BookError);
  b.delta(delta);
  assert.equal(b.inStep, false);
  b.snapshot(snapshot);
  assert.equal(b.inStep, true);
});

test("a wrong checksum is noticed", () => {
  const b = book();
  assert.throws(() => b.delta({ ...delta, crc: 1 }), /crc/);
  assert.equal(b.inStep, false);
});
