// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/market_encoder.hpp"

#include <zlib.h>

#include <limits>

#include "gateway/egress/encoder.hpp"
#include "gateway/egress/json.hpp"

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

// Why an instrument entered a phase; all of these come by the calendar.
std::string_view phase_reason(engine::Phase phase) {
    switch (phase) {
        case engine::Phase::open: return "LISTED";
        case engine::Phase::gated: return "GATE_CLOSED";
        case engine::Phase::delivering: return "WINDOW";
        default: return "";
    }
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

void append_book_delta(const Market& market, std::span<const LevelChange> changes, const Directory& directory,
                       std::string& out) {
    const engine::Product product = directory.product(market.instrument.family);
    Members m(out);
    m.raw(R"({"ev":"book")").quoted<"symbol">([&] { directory.append_symbol(market.instrument, out); });
    m.number<"prev">(market.previous.value).number<"seq">(market.sequence.value).raw(",\"bids\":");
    append_changes(changes, engine::Side::buy, product, out);
    m.raw(",\"asks\":");
    append_changes(changes, engine::Side::sell, product, out);
    m.number<"crc">(book_crc(market, product)).raw("}");
}

void append_trade(const engine::Event& event, const Directory& directory, std::string& out) {
    const auto fill = event.as<engine::Fill>();
    Members m(out);
    m.raw(R"({"ev":"trade")").quoted<"symbol">([&] { directory.append_symbol(fill.instrument, out); });
    m.number<"seq">(event.header.sequence.value)
        .id<"tid">(fill.trade.value)
        .price<"price">(fill.price)
        .qty<"qty">(engine::Quantity{fill.qty}, directory.product(fill.instrument.family))
        .word<"aggressor">(wire_name(fill.side))
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
        .price<"guidance">(band.guidance)
        .word<"soft">("0.10")
        .text<"rationale">(band.rationale.view())
        .rfc3339<"effective">(band.effective)
        .text<"by">(version.key.value < keys.size() ? std::string_view(keys[version.key.value].name) : "")
        .text<"reason">(version.reason)
        .raw("}");
}

void append_phase(const engine::Event& event, const Directory& directory, std::string& out) {
    const auto change = event.as<engine::PhaseChanged>();
    Members m(out);
    m.raw(R"({"ev":"phase")").quoted<"symbol">([&] { directory.append_symbol(change.instrument, out); });
    m.number<"seq">(event.header.sequence.value).word<"phase">(wire_name(change.phase));
    if (change.until.value != 0 && change.until != engine::never) m.rfc3339<"until">(change.until);
    m.word<"reason">(phase_reason(change.phase)).raw("}");
}

}  // namespace gridbook::gateway
