// SPDX-License-Identifier: Apache-2.0
#pragma once
// The messages of /v1/market, with the members in the order of the protocol's examples (protocol section 4),
// and the checksum of a book. It appends to the caller's string and keeps no state.
//
// crc is the CRC-32 of zlib over the best ten bids, then the best ten asks, best first, each as it is
// published, `price:qty`, all joined by `|`:   bids 13.40:300, asks 13.50:120   ->   13.40:300|13.50:120   ->
// 497567635 A delta carries the checksum of the book that it leads to.

#include <string>

#include "gateway/directory.hpp"
#include "gateway/egress/bands.hpp"
#include "gateway/egress/market_data.hpp"

namespace gridbook::gateway {

std::uint32_t book_crc(const Market& market, engine::Product product);

void append_book_snapshot(const Market& market, const Directory& directory, std::string& out);
// A message of channel book or book.100ms; `changes` are all of the market's instrument.
struct BookDelta {
    std::string_view channel = "book";
    engine::Sequence previous{};
    std::span<const LevelChange> changes{};
};
void append_book_delta(const Market& market, const BookDelta& delta, const Directory& directory,
                       std::string& out);
// Best prices, last trade, what was traded, the effective band and the phase of an instrument, in one
// message.
void append_ticker(const Market& market, const Directory& directory, std::string& out);
// {"ev":"resync","dropped":…}: the reader was behind; snapshots of what moved follow.
void append_resync(std::uint64_t dropped, engine::Time now, std::string& out);
// `fill` is the taker's: its side is the aggressor's.
void append_trade(const engine::Event& fill, const Directory& directory, std::string& out);
void append_band(const Bands::Version& version, engine::Sequence sequence, const Directory& directory,
                 std::string& out);
void append_phase(const engine::Event& phase, const Directory& directory, std::string& out);
void append_indicative(const engine::Event& indicative, const Directory& directory, std::string& out);
// Of channel band too: what moves with the market, not by the regulator's hand.
void append_reference(const engine::Event& change, const Directory& directory, std::string& out);
void append_limit_state(const engine::Event& limit_state, const Directory& directory, std::string& out);
void append_suspension(const engine::Event& suspended, const Directory& directory, std::string& out);

// ["13.40","300"] pairs, best first, at most `depth` of them.
void append_levels(const Depth& depth, engine::Product product, std::size_t levels_max, std::string& out);

}  // namespace gridbook::gateway
