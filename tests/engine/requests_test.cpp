// SPDX-License-Identifier: Apache-2.0
// Token days: D/M is the share of the day's requests that were served, as the side says that says less; what
// that gives back is exact to the micro-CNY (market-rules section 7).
#include "tests/engine/snapshot_bytes.hpp"
#include "tests/engine/tokens_story.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr AccountId acme = Market::acme, bert = Market::bert, prov = Market::prov;

struct Said {
    std::uint32_t minute = 0;
    std::uint64_t requests = 0, served = 0;
};

Command report(AccountId from, const Said& said, std::uint32_t id = 1) {
    ReportMeter r;
    r.delivery = DeliveryId{id};
    r.minute = said.minute;
    r.requests = said.requests;
    r.served = said.served;
    r.power_w = 70;
    return Command::of(r, from, no_key, asked);
}

// Ten blocks at 14.00 of prov's are acme's; the day has run for ten hours. The tier promises 99.5 %, λ 0.5.
Drawing begun() {
    Drawing x(drawing_genesis(0));
    x.trade(prov, acme, 10);
    x.d.at(clock(34));
    return x;
}

std::string line(const Event& e) {
    if (e.kind() == EventKind::metered) {
        const auto m = e.as<Metered>();
        return fmt::format("{} minute {}: {} of {}{}", who(e.header.account), m.minute, m.served, m.requests,
                           (e.header.flags & event_flag::duplicate) != 0 ? ", dup" : "");
    }
    return token_line(e);
}
Lines said(Drawing& x, AccountId from, const Said& said) {
    Lines lines;
    for (const Event& e : x.d.send(report(from, said))) lines.push_back(line(e));
    return lines;
}

// Until an hour after its day.
std::vector<DeliverySettled> settled(Drawing& x) {
    std::vector<DeliverySettled> all;
    for (const Event& e : x.d.at(clock(49, 0, 1)))
        if (e.kind() == EventKind::delivery_settled) all.push_back(e.as<DeliverySettled>());
    return all;
}
DeliverySettled settled_with(const Said& by_seller, const Said& by_buyer = {}) {
    Drawing x = begun();
    if (by_seller.requests != 0) x.d.send(report(prov, by_seller));
    if (by_buyer.requests != 0) x.d.send(report(acme, by_buyer));
    const auto all = settled(x);
    REQUIRE(all.size() == 2);
    return all[0];
}

}  // namespace

TEST_CASE("a day of which nobody reports requests is whole", "[requests]") {
    const DeliverySettled s = settled_with({});
    CHECK(s.requests == 0);
    CHECK(s.delivered == s.promised);
    CHECK(s.refund == Money{});
}

TEST_CASE("15 of 1,000 requests failed: 2.10 of 140.00 back, and half of that", "[requests]") {
    const DeliverySettled s = settled_with({600, 1'000, 985});
    CHECK(s.requests == 1'000);
    CHECK(s.served == 985);
    CHECK(s.promised == 14'400);
    CHECK(s.delivered == 14'184);
    CHECK(s.short_of == 216);
    CHECK(text_of(s.refund) == "2.1");
    CHECK(text_of(s.penalty) == "1.05");
}

TEST_CASE("at the SLA nothing is given back, one request below it all that failed is", "[requests]") {
    CHECK(settled_with({600, 1'000, 995}).refund == Money{});
    CHECK(settled_with({600, 1'000, 995}).short_of == 0);
    CHECK(text_of(settled_with({600, 1'000, 994}).refund) == "0.84");
    CHECK(text_of(settled_with({600, 1, 0}).refund) == "140");
    CHECK(text_of(settled_with({600, 1, 0}).penalty) == "70");
}

TEST_CASE("refund and penalty are rounded once, half to even", "[requests]") {
    CHECK(text_of(settled_with({600, 3, 2}).refund) == "46.666667");
    CHECK(text_of(settled_with({600, 3, 2}).penalty) == "23.333333");
    // 140.000000 / 2^32 parts: the largest day there may be.
    const DeliverySettled most = settled_with({600, most_requests, 0});
    CHECK(text_of(most.refund) == "140");
    CHECK(text_of(most.penalty) == "70");
}

TEST_CASE("the lesser share of both sides counts, whoever says it", "[requests]") {
    CHECK(settled_with({600, 1'000, 1'000}, {600, 100, 98}).requests == 100);
    CHECK(text_of(settled_with({600, 1'000, 1'000}, {600, 100, 98}).refund) == "2.8");
    CHECK(settled_with({600, 1'000, 970}, {600, 100, 98}).requests == 1'000);
    CHECK(settled_with({600, 1'000, 980}, {600, 100, 98}).requests == 1'000);  // equal: the seller's
    CHECK(settled_with({}, {600, 100, 98}).requests == 100);                   // a silent seller says nothing
}

TEST_CASE("totals grow minute by minute; an earlier minute changes nothing", "[requests]") {
    Drawing x = begun();
    CHECK(said(x, prov, {10, 100, 90}) == Lines{"prov minute 10: 90 of 100"});
    CHECK(said(x, prov, {10, 500, 500}) == Lines{"prov minute 10: 90 of 100, dup"});
    CHECK(said(x, prov, {9, 500, 500}) == Lines{"prov minute 9: 90 of 100, dup"});
    CHECK(said(x, prov, {11, 100, 90}) == Lines{"prov minute 11: 90 of 100"});
    CHECK(said(x, acme, {5, 10, 10}) == Lines{"acme minute 5: 10 of 10"});
    CHECK(said(x, prov, {600, 1'100, 1'080}) == Lines{"prov minute 600: 1080 of 1100"});
    CHECK(settled(x).at(0).served == 1'080);
}

TEST_CASE("the answer is told to who reported, in nobody's stream", "[requests]") {
    Drawing x = begun();
    const Events events = x.d.send(report(acme, {600, 5, 5}));
    REQUIRE(events.size() == 1);
    CHECK(events[0].header.flags == event_flag::reply);
    CHECK(events[0].header.number == StreamNumber{});
    const auto m = events[0].as<Metered>();
    CHECK(m.origin == asked);
    CHECK(m.party == Side::buy);
    CHECK(m.power_w == 70);
    CHECK(m.available == 0);
    CHECK(m.gaps == 0);
}

TEST_CASE("what no report of a token day may be", "[requests]") {
    Drawing x = begun();
    x.d.send(report(prov, {10, 100, 90}));
    CHECK(said(x, bert, {11, 100, 90}) == Lines{"bert refused DELIVERY_UNKNOWN did, got 1"});
    CHECK(said(x, prov, {11, 0, 0}) == Lines{"prov refused DELIVERY_STATE did, got 1"});
    CHECK(said(x, prov, {601, 100, 90}) == Lines{"prov refused FORMAT_VALUE minute, limit 600, got 601"});
    CHECK(said(x, prov, {11, 99, 90}) ==
          Lines{"prov refused FORMAT_VALUE requests, at least 100, limit 4294967295, got 99"});
    CHECK(said(x, prov, {11, most_requests + 1, 90}) ==
          Lines{"prov refused FORMAT_VALUE requests, at least 100, limit 4294967295, got 4294967296"});
    CHECK(said(x, prov, {11, 100, 89}) ==
          Lines{"prov refused FORMAT_VALUE served, at least 90, limit 100, got 89"});
    CHECK(said(x, prov, {11, 100, 101}) ==
          Lines{"prov refused FORMAT_VALUE served, at least 90, limit 100, got 101"});
    CHECK(settled(x).at(0).requests == 100);
}

TEST_CASE("a day takes reports from its beginning until five minutes after its end", "[requests]") {
    Drawing x(drawing_genesis(0));
    x.trade(prov, acme, 10);
    x.d.at(clock(23, 50));
    CHECK(said(x, prov, {0, 1, 1}) == Lines{"prov refused FORMAT_VALUE minute, limit -1"});
    x.d.at(clock(48, 4, 59));
    CHECK(said(x, prov, {1'439, 10, 9}) == Lines{"prov minute 1439: 9 of 10"});
    x.d.at(clock(48, 5));
    CHECK(said(x, acme, {1'439, 10, 8}) == Lines{"acme refused DELIVERY_STATE did, got 1"});
    CHECK(text_of(settled(x).at(0).refund) == "14");
}

TEST_CASE("requests are of token days alone", "[requests]") {
    Delivering d;
    d.trade(prov, acme, 4, "14.00");
    d.at(clock(12, 1));
    const Events events = d.send(report(prov, {0, 10, 9}));
    REQUIRE(events.size() == 1);
    CHECK(token_line(events[0]) == "prov refused FORMAT_VALUE requests, got 10");
}

TEST_CASE("what was reported is in a snapshot, and in the hash", "[requests]") {
    Drawing x = begun();
    const std::uint64_t before = x.d.m.exchange().state_hash();
    x.d.send(report(prov, {10, 100, 90}));
    x.d.send(report(acme, {12, 7, 7}));
    CHECK(x.d.m.exchange().state_hash() != before);
    Exchange restored;
    Bytes bytes;
    REQUIRE(x.d.m.exchange().save(bytes));
    REQUIRE(restored.restore(bytes) == SnapshotError::none);
    CHECK(restored.state_hash() == x.d.m.exchange().state_hash());
}
