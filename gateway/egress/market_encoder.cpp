// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/market_encoder.hpp"

#include <zlib.h>

#include <array>
#include <limits>

#include "gateway/egress/encoder.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/regulator_encoder.hpp"

namespace gridbook::gateway {

namespace {

constexpr std::size_t crc_levels = 10;

void append_pair(engine::Price price, engine::Quantity lots, engine::Product product, std::string& out) {
    out += "[\"";
    append_price(price, out);
    out += "\",\"";
    append_quantity(lots, product, out);
    out += "\"]";
}

// The changes of one side, in the order they come.
void append_changes(std::span<const LevelChange> changes, engine::Side side, engine::Product product,
                    std::string& out) {
    out += '[';
    for (const LevelChange& change : changes) {
        if (change.side != side) continue;
        if (out.back() != '[') out += ',';
        append_pair(change.price, change.lots, product, out);
    }
    out += ']';
}

void append_best(const Depth& depth, engine::Product product, std::string& out) {
    for (std::size_t i = 0; i < std::min(depth.size(), crc_levels); ++i) {
        if (!out.empty()) out += '|';
        append_price(depth.at(i).price, out);
        out += ':';
        append_quantity(depth.at(i).lots, product, out);
    }
}

std::string_view word_of(engine::PhaseReason reason) {
    constexpr std::array<std::string_view, 9> words{
        "", "LISTED", "GATE_CLOSED", "WINDOW", "LIMIT_STATE", "OPERATOR", "EXTENDED", "CALL", "REOPENED"};
    return words[static_cast<std::size_t>(reason)];
}

std::string_view word_of(engine::BandCause cause) {
    constexpr std::array<std::string_view, 10> words{"",         "LISTED",   "TAKEOVER", "CALL",
                                                     "REOPENED", "GUIDANCE", "WIDENED",  "PAUSED",
                                                     "RESUMED",  "SUSPENDED"};
    return words[static_cast<std::size_t>(cause)];
}

std::string_view word_of(engine::LimitKind kind) {
    constexpr std::array<std::string_view, 5> words{"", "LIMIT_UP", "LIMIT_DOWN", "WALL_UP", "WALL_DOWN"};
    return words[static_cast<std::size_t>(kind)];
}

void append_instrument(engine::InstrumentId instrument, const Directory& directory, Members& m,
                       std::string& out) {
    m.quoted<"symbol">([&] { directory.append_symbol(instrument, out); });
}

// The soft range as a share: 0.10.
void append_soft(engine::BasisPoints soft, Members& m, std::string& out) {
    if (soft.value % 100 == 0)
        m.price<"soft">(engine::Price{soft.value / 100});
    else
        m.quoted<"soft">([&] { append_decimal(engine::Decimal{std::int64_t{soft.value} * 100}, out); });
}

}  // namespace

std::uint32_t book_crc(const Market& market, engine::Product product) {
    // One string a thread, so that a book message allocates nothing.
    thread_local std::string text;
    text.clear();
    append_best(market.bids, product, text);
    append_best(market.asks, product, text);
    return static_cast<std::uint32_t>(
        ::crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
}

void append_levels(const Depth& depth, engine::Product product, std::size_t levels_max, std::string& out) {
    out += '[';
    for (std::size_t i = 0; i < std::min(depth.size(), levels_max); ++i) {
        if (i != 0) out += ',';
        append_pair(depth.at(i).price, depth.at(i).lots, product, out);
    }
    out += ']';
}

void append_book_snapshot(const Market& market, const Directory& directory, std::string& out) {
    const engine::Product product = directory.product(market.instrument.family);
    constexpr std::size_t all = std::numeric_limits<std::size_t>::max();
    Members m(out);
    m.raw(R"({"ev":"book.snapshot")").quoted<"symbol">([&] {
        directory.append_symbol(market.instrument, out);
    });
    m.number<"seq">(market.sequence.value).raw(",\"bids\":");
    append_levels(market.bids, product, all, out);
    m.raw(",\"asks\":");
    append_levels(market.asks, product, all, out);
    m.number<"crc">(book_crc(market, product)).raw("}");
}

void append_book_delta(const Market& market, const BookDelta& delta, const Directory& directory,
                       std::string& out) {
    const engine::Product product = directory.product(market.instrument.family);
    Members m(out);
    m.raw(R"({"ev":")").raw(delta.channel).raw("\"").quoted<"symbol">([&] {
        directory.append_symbol(market.instrument, out);
    });
    m.number<"prev">(delta.previous.value).number<"seq">(market.sequence.value).raw(",\"bids\":");
    append_changes(delta.changes, engine::Side::buy, product, out);
    m.raw(",\"asks\":");
    append_changes(delta.changes, engine::Side::sell, product, out);
    m.number<"crc">(book_crc(market, product)).raw("}");
}

void append_ticker(const Market& market, const Directory& directory, std::string& out) {
    const engine::Product product = directory.product(market.instrument.family);
    Members m(out);
    m.raw(R"({"ev":"ticker")").quoted<"symbol">([&] { directory.append_symbol(market.instrument, out); });
    m.number<"seq">(directory.sequence().value).word<"phase">(wire_name(market.phase));
    if (!market.bids.empty()) {
        m.raw(",\"bid\":");
        append_pair(market.bids.at(0).price, market.bids.at(0).lots, product, out);
    }
    if (!market.asks.empty()) {
        m.raw(",\"ask\":");
        append_pair(market.asks.at(0).price, market.asks.at(0).lots, product, out);
    }
    if (market.trades != 0) m.price<"last">(market.last_price);
    m.qty<"volume">(market.traded, product).number<"trades">(market.trades);
    if (market.reference != engine::Price{})
        m.price<"reference">(market.reference).price<"low">(market.low).price<"high">(market.high);
    m.time<"ts">(directory.time()).raw("}");
}

void append_resync(std::uint64_t dropped, engine::Time now, std::string& out) {
    Members(out).raw(R"({"ev":"resync")").number<"dropped">(dropped).time<"ts">(now).raw("}");
}

void append_trade(const engine::Event& event, const Directory& directory, std::string& out) {
    const auto fill = event.as<engine::Fill>();
    Members m(out);
    m.raw(R"({"ev":"trade")").quoted<"symbol">([&] { directory.append_symbol(fill.instrument, out); });
    m.number<"seq">(event.header.sequence.value)
        .id<"tid">(fill.trade.value)
        .price<"price">(fill.price)
        .qty<"qty">(engine::Quantity{fill.qty}, directory.product(fill.instrument.family))
        .word<"aggressor">(fill.call ? "none" : wire_name(fill.side))
        .time<"ts">(event.header.time)
        .raw("}");
}

void append_band(const Bands::Version& version, engine::Sequence sequence, const Directory& directory,
                 std::string& out) {
    const engine::BandChanged& band = version.band;
    const auto& keys = directory.keys();
    Members m(out);
    m.raw(R"({"ev":"band")").text<"family">(directory.families()[band.family.value].name);
    m.number<"seq">(sequence.value)
        .number<"version">(band.version)
        .price<"floor">(band.floor)
        .price<"ceiling">(band.ceiling)
        .price<"guidance">(band.guidance);
    append_soft(directory.rules().soft_range, m, out);
    m.text<"rationale">(band.rationale.view())
        .rfc3339<"effective">(band.effective)
        .text<"by">(version.key.value < keys.size() ? std::string_view(keys[version.key.value].name) : "")
        .text<"reason">(version.reason);
    if (version.approved_by.value < keys.size()) m.text<"approved_by">(keys[version.approved_by.value].name);
    if (band.converted) m.truth<"converted">(true);
    if (version.guidance) append_rationale(version, out);
    out += '}';
}

void append_phase(const engine::Event& event, const Directory& directory, std::string& out) {
    const auto change = event.as<engine::PhaseChanged>();
    Members m(out);
    m.raw(R"({"ev":"phase")").quoted<"symbol">([&] { directory.append_symbol(change.instrument, out); });
    m.number<"seq">(event.header.sequence.value).word<"phase">(wire_name(change.phase));
    if (change.until.value != 0 && change.until != engine::never) m.rfc3339<"until">(change.until);
    m.word<"reason">(word_of(change.reason));
    if (change.extension != 0) m.number<"extension">(change.extension);
    m.raw("}");
}

void append_indicative(const engine::Event& event, const Directory& directory, std::string& out) {
    const auto told = event.as<engine::Indicative>();
    const engine::Product product = directory.product(told.instrument.family);
    Members m(out);
    m.raw(R"({"ev":"indicative")");
    append_instrument(told.instrument, directory, m, out);
    m.number<"seq">(event.header.sequence.value);
    if (told.price != engine::Price{}) m.price<"price">(told.price);
    m.qty<"qty">(told.qty, product)
        .qty<"surplus">(engine::Quantity{told.surplus}, product)
        .time<"ts">(event.header.time)
        .raw("}");
}

void append_reference(const engine::Event& event, const Directory& directory, std::string& out) {
    const auto change = event.as<engine::ReferenceChanged>();
    Members m(out);
    m.raw(R"({"ev":"reference")");
    append_instrument(change.instrument, directory, m, out);
    m.number<"seq">(event.header.sequence.value)
        .price<"reference">(change.reference)
        .price<"low">(change.low)
        .price<"high">(change.high)
        .number<"version">(change.band)
        .word<"reason">(word_of(change.cause));
    if (change.trades != 0) m.number<"trades">(change.trades);
    m.time<"ts">(event.header.time).raw("}");
}

void append_limit_state(const engine::Event& event, const Directory& directory, std::string& out) {
    const auto limit = event.as<engine::LimitState>();
    Members m(out);
    m.raw(R"({"ev":"limit")");
    append_instrument(limit.instrument, directory, m, out);
    m.number<"seq">(event.header.sequence.value)
        .word<"what">(word_of(limit.what))
        .truth<"on">(limit.on)
        .price<"edge">(limit.edge);
    if (limit.on && limit.pause != engine::Time{} && limit.pause != engine::never)
        m.rfc3339<"pause">(limit.pause);
    m.time<"ts">(event.header.time).raw("}");
}

void append_suspension(const engine::Event& event, const Directory& directory, std::string& out) {
    const auto suspended = event.as<engine::DynamicSuspended>();
    Members m(out);
    m.raw(R"({"ev":"dynamic")").text<"family">(directory.families()[suspended.family.value].name);
    m.number<"seq">(event.header.sequence.value).truth<"suspended">(suspended.until != engine::Time{});
    if (suspended.until != engine::Time{}) m.rfc3339<"until">(suspended.until);
    m.time<"ts">(event.header.time).raw("}");
}

}  // namespace gridbook::gateway
