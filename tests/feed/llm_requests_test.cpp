// SPDX-License-Identifier: Apache-2.0
// An hour of requests to two services of large language models (Azure, 2023), each drawn from holdings of
// tokens (rule T2 of the data's mapping: a request is a draw, not an order). More is used than is held, so
// the hour runs into the end of the holdings; every token is drawn once, no balance is under zero, and all of
// it again draws nothing.
#include <map>

#include "tests/engine/snapshot_bytes.hpp"
#include "tests/engine/tokens_story.hpp"
#include "tests/feed/rows.hpp"

namespace gridbook::tests {

namespace {

const std::string folder = "azure-llm-2023/";

struct Request {
    engine::Duration at{};  // since the full hour before the first one
    std::string usage;
    Use use;

    std::uint64_t quarters() const { return 4 * use.uncached + 16 * use.output; }
};

// "2023-11-16 18:17:03.9799600" -> since 18:00. The hour ends before 20:00.
engine::Duration since_six(const std::string& stamp) {
    const auto number = [&](std::size_t at, std::size_t n) { return std::stoll(stamp.substr(at, n)); };
    const std::int64_t seconds = (number(11, 2) - 18) * 3'600 + number(14, 2) * 60 + number(17, 2);
    return engine::Duration{seconds * engine::second.value + number(20, 7) * 100};
}

std::vector<Request> requests() {
    std::vector<Request> all;
    for (const char* service : {"code", "conv"}) {
        std::size_t row = 0;
        for (const Row& r : rows_of(folder + service + ".csv"))
            all.push_back({since_six(r[0]),
                           fmt::format("{}-{}", service, ++row),
                           {.uncached = std::stoull(r[1]), .output = std::stoull(r[2])}});
    }
    std::ranges::stable_sort(all, {}, &Request::at);
    return all;
}

// Fifty blocks of three sellers in two zones; 18:00 of their day.
Drawing market() {
    Drawing x(drawing_genesis(15));
    x.trade(Market::prov, Market::acme, 20);
    x.trade(Market::bert, Market::acme, 17);
    x.trade(Market::carl, Market::acme, 13, Drawing::north);
    x.d.at(clock(24 + 18));
    return x;
}

// What the events say, counted anew.
struct Told {
    std::uint64_t answered = 0, drawn = 0, draws = 0, duplicates = 0, refused = 0;
    std::map<std::uint32_t, std::uint64_t> by_holding;  // told to the buyer
    std::map<std::string, int> usages;

    void hear(const engine::Event& e) {
        using engine::EventKind;
        if (e.kind() == EventKind::tokens_drawn) {
            const bool again = (e.header.flags & engine::event_flag::duplicate) != 0;
            ++(again ? duplicates : draws);
            if (!again) answered += e.as<engine::TokensDrawn>().amount;
            if (!again) ++usages[std::string(e.as<engine::TokensDrawn>().usage.view())];
        }
        if (e.kind() == EventKind::refused) {
            REQUIRE(e.as<engine::Refused>().reason == engine::RejectReason::quota_exhausted);
            ++refused;
        }
        if (e.kind() != EventKind::holding) return;
        const auto h = e.as<engine::HoldingChanged>();
        if (h.change != engine::HoldingChange::drawn || h.party != engine::Side::buy) return;
        drawn += h.amount;
        by_holding[h.holding.value] += h.amount;
        REQUIRE(h.drawn == by_holding[h.holding.value]);
        REQUIRE(h.remaining == h.qty * engine::block_quarters - h.drawn);
        REQUIRE(h.drawn <= h.qty * engine::block_quarters);
    }
};

}  // namespace

TEST_CASE("an hour of real requests is drawn from holdings until they are used up") {
    if (absent(folder)) return;
    const std::vector<Request> hour = requests();
    CHECK(hour.size() == 28'185);
    Drawing x = market();
    engine::Exchange copy;  // out of a snapshot in the middle of the hour, and from there on by the journal
    std::size_t copied = 0, n = 0;
    std::uint64_t left = 50 * engine::block_quarters, fits = 0;
    const auto& driver = x.d.m.driver();
    for (const Request& r : hour) {
        x.d.at(clock(24 + 18) + r.at);
        const Events told = x.send(Market::acme, r.usage, r.use);
        const bool goes = r.quarters() <= left;
        REQUIRE((told[0].kind() == engine::EventKind::tokens_drawn) == goes);
        if (goes) left -= r.quarters(), ++fits;
        if (goes) REQUIRE(told[0].as<engine::TokensDrawn>().remaining == left);
        if (++n != hour.size() / 2) continue;
        Bytes bytes;
        REQUIRE(x.d.m.exchange().save(bytes));
        REQUIRE(copy.restore(bytes) == engine::SnapshotError::none);
        copied = driver.journal().size();
    }
    const std::uint64_t hash = x.d.m.exchange().state_hash();
    const auto held = x.holdings(Market::acme);

    // Word for word once more: nothing is drawn.
    for (const Request& r : hour) x.send(Market::acme, r.usage, r.use);
    Told told;
    for (const engine::Event& e : driver.all_events()) told.hear(e);
    CHECK(told.draws == fits);
    CHECK(told.duplicates == fits);
    CHECK(told.refused == 2 * (hour.size() - fits));
    CHECK(told.refused > 0);
    CHECK(told.usages.size() == fits);
    CHECK(told.answered == told.drawn);
    CHECK(told.drawn == 50 * engine::block_quarters - left);
    CHECK(x.d.m.exchange().state_hash() != hash);  // its sequence is another
    std::uint64_t drawn = 0, remaining = 0;
    const auto held_now = x.holdings(Market::acme);
    REQUIRE(held_now.size() == 3);
    for (std::size_t i = 0; i < held_now.size(); ++i) {
        CHECK(held_now[i].drawn == held[i].drawn);
        CHECK(held_now[i].drawn == told.by_holding[held_now[i].holding.value]);
        drawn += held_now[i].drawn, remaining += held_now[i].remaining;
    }
    CHECK(drawn == told.drawn);
    CHECK(remaining == left);

    // From genesis and from the snapshot: the same market.
    engine::Exchange replayed;
    engine::EventBuffer buffer;
    std::size_t at = 0, event = 0;
    for (const engine::Command& c : driver.journal()) {
        engine::EventSink sink = buffer.sink();
        replayed.apply(c, sink);
        for (std::size_t i = 0; i < sink.count(); ++i, ++event) {
            const engine::Event e = buffer[i].event();
            REQUIRE(std::memcmp(&e, &driver.all_events()[event], sizeof e) == 0);
        }
        engine::EventSink other = buffer.sink();
        if (at++ >= copied) copy.apply(c, other);
    }
    CHECK(replayed.state_hash() == x.d.m.exchange().state_hash());
    CHECK(copy.state_hash() == x.d.m.exchange().state_hash());
    std::cout << fmt::format(
        "llm requests: {} of {} drawn, {} standard tokens of 50 blocks, left {}, {} refused\n", told.draws,
        hour.size(), tokens_text(told.drawn), tokens_text(left), hour.size() - fits);

    // What is left of the day's holdings is gone with it.
    const Lines end = x.told_at(clock(48));
    CHECK(x.told(Market::acme, "late", {.cached = 1})[0] == "acme refused QUOTA_EXHAUSTED class, got 1");
}

}  // namespace gridbook::tests
